"""Alarms at the desk: on top of every page to those whom they concern, until somebody puts them aside."""

from flask import Flask

from campaign.domain.accounts.role import Role
from campaign.domain.site.alarm import AlarmKind
from campaign.runtime import Runtime
from campaign.store.site import alarms
from tests.html_validator import html_problems
from tests.support.desk_client import new_campaigner, page_text
from tests.support.factories import new_campaign


def test_an_alarm_is_on_top_of_each_page_until_it_is_put_aside(runtime: Runtime, app: Flask) -> None:
    campaign = new_campaign(runtime)
    moderator, viewer = (new_campaigner(runtime, app, campaign, role) for role in (Role.MODERATOR, Role.VIEWER))
    operator = new_campaigner(runtime, app, operator=True)
    with runtime.transaction() as connection:
        facts = {"amount": 4_000, "verified": 3}
        alarms.raise_alarm(connection, AlarmKind.FLOOD, runtime.now(), campaign_id=campaign.id, facts=facts)
        alarms.raise_alarm(connection, AlarmKind.SENDER_REFUSED, runtime.now())
    page = moderator.get("/desk/c/save-the-pond/signatures")
    assert html_problems(page.text) == []
    assert "4,000 signatures of the last hour came from one network; 3 of them are confirmed." in page_text(page)
    assert "refuses our sender" not in page.text
    path = "/desk/c/save-the-pond/alarms/1/dismiss"
    assert path in page.text
    shown = viewer.get("/desk/c/save-the-pond/").text
    assert "A flood of signatures" in shown
    assert path not in shown
    assert "A flood of signatures" not in viewer.get("/desk/").text
    shown = operator.get("/desk/site/").text
    assert "refuses our sender" in shown
    assert "A flood of signatures" not in shown
    moderator.post(path)
    assert "A flood of signatures" not in moderator.get("/desk/c/save-the-pond/signatures").text
    operator.post("/desk/site/alarms/2/dismiss")
    assert "refuses our sender" not in operator.get("/desk/site/").text

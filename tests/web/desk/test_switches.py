"""The page of switches: who may throw them, what is asked before, what is shown after."""

import pytest
from flask import Flask

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.accounts.role import Role
from campaign.domain.site.switch import Switch
from campaign.runtime import Runtime
from campaign.services.site import switches
from tests.support.desk_client import new_campaigner, page_text
from tests.support.factories import new_campaign


def test_an_operator_reads_what_a_switch_does_throws_it_and_throws_it_back(app: Flask, runtime: Runtime) -> None:
    ida = new_campaigner(runtime, app, name="Ida Rhodes", operator=True)
    page = page_text(ida.get("/desk/site/switches"))
    assert page.count("Never thrown.") == 4
    asked = page_text(ida.get("/desk/site/switches/pause-signing"))
    assert "If you turn this on:" in asked
    assert "No campaign takes new signatures." in asked
    assert not switches.current_switches(runtime).pauses_signing
    answer = ida.post("/desk/site/switches/pause-signing", {"on": "1", "message": " Back\nat noon. "})
    assert (answer.status_code, answer.location) == (303, "/desk/site/switches")
    assert switches.current_switches(runtime).message == "Back at noon."
    page = page_text(ida.get("/desk/site/switches"))
    assert "Signing is paused on the whole site." in page
    assert "The public reads: “ Back at noon. ”" in page
    assert "Turned on by Ida Rhodes on 23 November 2026 at noon GMT." in page
    again = ida.post("/desk/site/switches/pause-signing", {"on": "1", "message": "Back at noon."}, follow_redirects=True)
    assert "It stood so already." in again.text
    assert ida.post("/desk/site/switches/pause-signing", {"on": "0"}).status_code == 303
    assert not switches.current_switches(runtime).pauses_signing
    assert "Turned off by Ida Rhodes" in page_text(ida.get("/desk/site/switches"))


@pytest.mark.parametrize(("path", "data", "status"), [
    ("/desk/site/switches/nothing", {"on": "1"}, 404),
    ("/desk/site/switches/pause-signing", {}, 422),
    ("/desk/site/switches/pause-signing", {"on": "2"}, 422),
    ("/desk/site/switches/pause-signing", {"on": "1", "message": "x" * 301}, 422),
])  # fmt: skip
def test_what_makes_no_sense_throws_nothing(app: Flask, runtime: Runtime, path: str, data: dict[str, str], status: int) -> None:
    ida = new_campaigner(runtime, app, operator=True)
    answer = ida.post(path, data)
    assert answer.status_code == status
    assert switches.current_switches(runtime).revision == 0
    if "message" in data:
        assert "x" * 301 in answer.text
        assert "Write 300 characters or fewer; these are 301." in answer.text


def test_nobody_else_throws_them(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    owner = new_campaigner(runtime, app, campaign, Role.OWNER)
    assert owner.get("/desk/site/switches").status_code == 404
    assert owner.post("/desk/site/switches/read-only", {"on": "1"}).status_code == 404
    assert not switches.current_switches(runtime).read_only


def test_while_read_only_the_desk_shows_takes_no_form_and_can_be_left_entered_and_freed(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    ida = new_campaigner(runtime, app, campaign, Role.OWNER, operator=True)
    mary = new_campaigner(runtime, app, campaign, Role.EDITOR)
    switches.set_switch(runtime, COMMAND_LINE, Switch.READ_ONLY, on=True)
    assert mary.get("/desk/").status_code == 200
    answer = ida.post("/desk/site/campaigns/save-the-pond/take-down", {"reason": "Spam"})
    assert (answer.status_code, "The site is read-only right now" in answer.text) == (409, True)
    # Who is somebody is asked first: a stranger, and a form that is not theirs, learn nothing.
    assert app.test_client().post("/desk/site/people/invite").status_code == 401
    assert mary.post("/desk/site/people/invite").status_code == 404
    assert app.test_client().post("/desk/sign-in", data={"email": "a@b.example"}).location == "/desk/check-your-email"
    assert mary.post("/desk/sign-out").status_code == 303
    assert mary.get("/desk/").status_code == 303
    assert ida.post("/desk/site/switches/read-only", {"on": "0"}).status_code == 303
    assert ida.post("/desk/site/campaigns/save-the-pond/take-down", {"reason": "Spam"}).status_code == 303

"""Notes on what happens at each goal: said at the bar, in a list on the page, and in the open data."""

from collections.abc import Callable

from flask import Flask

from campaign.domain.campaigns.definition import language_version
from campaign.runtime import Runtime
from tests.support.caches import expire_campaigns
from tests.support.factories import new_campaign
from tests.support.signatory import Signatory, run_workers

NOTES = "1: we meet <at> noon\n10: the council answers\n99: not a goal"


def test_the_next_goal_and_the_list_say_what_happens(app: Flask, runtime: Runtime, signatory: Callable[..., Signatory]) -> None:
    welsh = language_version("save-the-pond", "cy", title="Y pwll", ask="Cadwch.", goal_notes="10: mae’r cyngor yn ateb")
    new_campaign(runtime, goals=(1, 10), goal_notes=NOTES, translations=(welsh,))
    page = app.test_client().get("/c/save-the-pond").text
    assert "At 1: we meet &lt;at&gt; noon" in page
    assert "the council answers" in page
    assert "not a goal" not in page
    assert "Reached on" not in page

    ada = signatory()
    ada.sign()
    run_workers(runtime)
    ada.confirm()
    run_workers(runtime)
    expire_campaigns()
    page = app.test_client().get("/c/save-the-pond").text
    assert "At 10: the council answers" in page
    assert page.count('<li class="reached">') == page.count("Reached on") == 1
    assert "Ar 10: mae’r cyngor yn ateb" in app.test_client().get("/c/save-the-pond?lang=cy").text
    attributes = app.test_client().get("/c/save-the-pond.json").json["data"]["attributes"]  # type: ignore[index]
    assert attributes["goal_notes"] == [
        {"goal": 1, "note": "we meet <at> noon"}, {"goal": 10, "note": "the council answers"},
    ]  # fmt: skip


def test_a_campaign_without_notes_has_no_list(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime)
    assert "What happens at each goal" not in app.test_client().get("/c/save-the-pond").text

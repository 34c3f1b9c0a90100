"""The room where a campaign is taken through its life, and the list of one's campaigns."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.stages import LifecycleAction
from campaign.domain.campaigns.window import FINALISATION_DELAY, CampaignState
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find, lifecycle
from campaign.services.ledger import finalise
from campaign.store.campaigns import campaigns
from campaign.web.desk.lifecycle_labels import STEP_DONE_MESSAGES
from tests.html_validator import html_problems
from tests.support.desk_client import DeskClient, new_campaigner, page_text
from tests.support.factories import ManualClock, definition, new_campaign

PATH = "/desk/c/save-the-pond/running"


@pytest.fixture
def draft(runtime: Runtime) -> Campaign:
    with runtime.transaction() as connection:
        made = definition(contact="pond@example.org", controller="The pond society")
        campaign_id = campaigns.create(connection, made, runtime.now(), preview_key="key")
        return campaigns.get_by_id(connection, campaign_id)


def owner(runtime: Runtime, app: Flask, campaign: Campaign) -> DeskClient:
    return new_campaigner(runtime, app, campaign, Role.OWNER)


def stored(runtime: Runtime, slug: str = "save-the-pond") -> Campaign:
    campaign = create_and_find.get_by_slug(runtime, slug)
    assert campaign is not None
    return campaign


def offered(page: TestResponse) -> set[str]:
    """The steps a page leads to."""
    return set(re.findall(rf'href="{PATH}/([a-z-]+)"', page.text))


def said_after(person: DeskClient, answer: TestResponse) -> str:
    assert answer.status_code == 303, page_text(answer)
    return page_text(person.get(answer.location))


# What is offered


def _scheduled(runtime: Runtime, now: ManualClock) -> None:
    new_campaign(runtime, opens_at=now() + timedelta(days=1))


def _open(runtime: Runtime, _now: ManualClock) -> None:
    new_campaign(runtime)


def _paused(runtime: Runtime, _now: ManualClock) -> None:
    lifecycle.pause_campaign(runtime, new_campaign(runtime), COMMAND_LINE)


def _closed(runtime: Runtime, now: ManualClock) -> None:
    now.at = new_campaign(runtime, closes_at=now() + timedelta(minutes=5)).window.closes_at


def _final(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime, closes_at=now() + timedelta(minutes=5), grace=timedelta())
    now.at = campaign.window.verify_until + FINALISATION_DELAY
    assert finalise.finalise_due_campaigns(runtime) == [campaign.id]


def _taken_down(runtime: Runtime, _now: ManualClock) -> None:
    lifecycle.take_down_campaign(runtime, new_campaign(runtime), COMMAND_LINE)


@pytest.mark.parametrize(
    ("bring_there", "steps"),
    [
        (_scheduled, {"opening", "extend", "address", "take-down"}),
        (_open, {"pause", "extend", "close", "address", "take-down"}),
        (_paused, {"resume", "extend", "close", "address", "take-down"}),
        (_closed, {"extend", "address", "take-down"}),
        (_final, {"address", "take-down"}),
        (_taken_down, {"put-back"}),
    ],
)
def test_just_what_is_possible_is_offered(
    app: Flask, runtime: Runtime, now: ManualClock, bring_there: Callable[[Runtime, ManualClock], None], steps: set[str]
) -> None:
    bring_there(runtime, now)
    mary = owner(runtime, app, stored(runtime))
    page = mary.get(PATH)
    assert page.status_code == 200
    assert offered(page) == steps
    assert html_problems(page.text) == []
    for move in LifecycleAction:
        answer = mary.get(f"{PATH}/{move.value}")
        assert answer.status_code == (200 if move.value in steps else 303), move
        if answer.status_code == 200:
            assert html_problems(answer.text) == [], move
        else:
            assert "not possible" in said_after(mary, answer), move
            assert "not possible" in said_after(mary, mary.post(f"{PATH}/{move.value}", _filled(now))), move


@pytest.mark.parametrize(
    ("bring_there", "step"),
    [
        (_scheduled, LifecycleAction.RESCHEDULE), (_open, LifecycleAction.PAUSE), (_paused, LifecycleAction.RESUME),
        (_open, LifecycleAction.EXTEND), (_open, LifecycleAction.CLOSE), (_final, LifecycleAction.CHANGE_SLUG),
        (_closed, LifecycleAction.TAKE_DOWN), (_taken_down, LifecycleAction.RESTORE),
    ],
)  # fmt: skip
def test_a_step_that_is_offered_is_taken_and_said(
    app: Flask,
    runtime: Runtime,
    now: ManualClock,
    bring_there: Callable[[Runtime, ManualClock], None],
    step: LifecycleAction,
) -> None:
    bring_there(runtime, now)
    mary = owner(runtime, app, stored(runtime))
    assert STEP_DONE_MESSAGES[step] in said_after(mary, mary.post(f"{PATH}/{step.value}", _filled(now)))


def test_an_opening_is_put_off_and_brought_forward(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    _scheduled(runtime, now)
    mary = owner(runtime, app, stored(runtime))
    assert mary.post(f"{PATH}/opening", {"when": "later", "opens_at": "2026-11-30T09:00"}).status_code == 303
    assert stored(runtime).window.opens_at.isoformat() == "2026-11-30T09:00:00+00:00"
    for typed, words in (("soon", "Write a date and time"), ("2027-03-31T09:00", "It must open before it closes.")):
        wrong = mary.post(f"{PATH}/opening", {"when": "later", "opens_at": typed})
        assert (wrong.status_code, 'href="#opens_at"' in wrong.text, typed in wrong.text) == (422, True, True)
        assert words in page_text(wrong)
    assert mary.post(f"{PATH}/opening", {"when": "now", "opens_at": ""}).status_code == 303
    assert stored(runtime).state(now()) is CampaignState.OPEN


def _filled(now: ManualClock) -> dict[str, str]:
    later = (now() + timedelta(days=90)).strftime("%Y-%m-%dT%H:%M")
    return {"reason": "A reason.", "message": "", "closes_at": later, "when": "now", "opens_at": "", "slug": "another-pond"}


def test_an_editor_runs_a_campaign_but_does_not_take_it_down(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    ed = new_campaigner(runtime, app, campaign, Role.EDITOR)
    assert "take-down" not in offered(ed.get(PATH))
    assert ed.post(f"{PATH}/take-down").status_code == 403
    assert not stored(runtime).taken_down


def test_the_operator_pauses_a_campaign_of_others_and_the_public_reads_that(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime)
    op = new_campaigner(runtime, app, operator=True, name="Op Erator")
    op.post(f"{PATH}/pause", {"message": "Under attack."})
    assert stored(runtime).window.paused
    page = page_text(app.test_client().get("/c/save-the-pond/history"))
    assert "by the operator of this site" in page
    assert "Erator" not in page


# Publishing


def test_a_draft_is_published_and_everybody_sees_it(app: Flask, runtime: Runtime, draft: Campaign) -> None:
    mary = owner(runtime, app, draft)
    assert offered(mary.get(PATH)) == {"publish", "address"}
    assert app.test_client().get("/c/save-the-pond").status_code == 404
    page = mary.get(f"{PATH}/publish")
    assert html_problems(page.text) == []
    assert "All is there" in page_text(page)
    said = said_after(mary, mary.post(f"{PATH}/publish", {"when": "now"}))
    assert "The campaign is published." in said
    assert "Share it with the first people" in said, "what comes next"
    assert app.test_client().get("/c/save-the-pond").status_code == 200


def test_a_draft_can_be_published_to_open_by_the_clock_of_its_zone(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    with runtime.transaction() as connection:
        made = definition(contact="pond@example.org", time_zone="Europe/Paris")
        campaigns.create(connection, made, runtime.now(), preview_key="key")
    mary = owner(runtime, app, stored(runtime))
    mary.post(f"{PATH}/publish", {"when": "later", "opens_at": "2026-11-25T09:00"})
    after = stored(runtime)
    assert after.state(now()) is CampaignState.SCHEDULED
    assert after.window.opens_at.isoformat() == "2026-11-25T08:00:00+00:00"


def test_what_a_draft_lacks_is_listed_with_the_way_to_it(app: Flask, runtime: Runtime) -> None:
    with runtime.transaction() as connection:
        campaigns.create(connection, definition(recipient=""), runtime.now(), preview_key="key")
    mary = owner(runtime, app, stored(runtime))
    for page in (mary.get(PATH), mary.get(f"{PATH}/publish")):
        assert 'href="/desk/c/save-the-pond/text#recipient"' in page.text
        assert 'href="/desk/c/save-the-pond/settings#contact"' in page.text
    answer = mary.post(f"{PATH}/publish", {"when": "now"})
    assert answer.status_code == 422
    assert "not ready yet" in page_text(answer)
    assert not stored(runtime).published


# What is typed


@pytest.mark.parametrize(
    ("step", "typed", "field", "words"),
    [
        ("close", {"reason": " "}, "reason", "Say why"),
        ("close", {"reason": "x" * 301}, "reason", "300 characters or fewer"),
        ("extend", {"reason": "", "closes_at": "2027-03-31T23:59"}, "reason", "Say why"),
        ("extend", {"reason": "More time", "closes_at": "soon"}, "closes_at", "Write a date and time"),
        ("extend", {"reason": "More time", "closes_at": "2026-11-23T11:59"}, "closes_at", "in the future"),
        ("extend", {"reason": "More time", "closes_at": "2026-12-01T12:00"}, "closes_at", "later than the deadline"),
        ("extend", {"reason": "More time", "closes_at": "2027-03-28T01:30"}, "closes_at", "no such time"),
        ("extend", {"reason": "More time", "closes_at": "9999-12-31T23:59"}, "closes_at", "Write a year"),
        ("pause", {"message": "x" * 301}, "message", "300 characters or fewer"),
        ("address", {"slug": "Save the pond!"}, "slug", "rite 1 to 80 small letters"),
        ("address", {"slug": "save-the-wood"}, "slug", "Another campaign has this address"),
        ("address", {"slug": "save-the-pond"}, "slug", "This is the address it has"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    app: Flask, runtime: Runtime, step: str, typed: dict[str, str], field: str, words: str
) -> None:
    campaign = new_campaign(runtime)
    new_campaign(runtime, slug="save-the-wood")
    answer = owner(runtime, app, campaign).post(f"{PATH}/{step}", typed)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert words in page_text(answer)
    for value in typed.values():
        assert value.strip() in answer.text
    assert html_problems(answer.text) == []
    assert stored(runtime) == campaign


@pytest.mark.parametrize("text", ["a\x00b", "\u202eevil", "<script>", "Ünïcödé 🦆", "one\r\ntwo"])
def test_no_reason_is_too_odd(app: Flask, runtime: Runtime, text: str) -> None:
    campaign = new_campaign(runtime)
    mary = owner(runtime, app, campaign)
    assert mary.post(f"{PATH}/close", {"reason": text}).status_code == 303
    moved = stored(runtime).history.deadline_change
    assert moved is not None
    assert "\x00" not in moved.reason
    assert "<script>" not in mary.get(PATH).text
    assert app.test_client().get("/c/save-the-pond").status_code == 200


# What comes of it


def test_closing_early_and_extending_again_are_both_told(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    mary = owner(runtime, app, campaign)
    assert "The campaign is closed." in said_after(mary, mary.post(f"{PATH}/close", {"reason": "We have won."}))
    now.advance(hours=1)
    typed = {"reason": "Not quite.", "closes_at": "2027-01-31T23:59"}
    assert "The deadline was extended." in said_after(mary, mary.post(f"{PATH}/extend", typed))
    assert stored(runtime).state(now()) is CampaignState.OPEN
    page = page_text(app.test_client().get("/c/save-the-pond/history"))
    assert page.index("Not quite.") < page.index("We have won.")
    assert "by the campaigners" in page
    assert "Mary Seacole" not in page


def test_a_new_address_is_where_the_desk_goes_on(app: Flask, runtime: Runtime) -> None:
    mary = owner(runtime, app, new_campaign(runtime))
    answer = mary.post(f"{PATH}/address", {"slug": " Save-The-Village-Pond "})
    assert answer.location == "/desk/c/save-the-village-pond/running"
    assert "sign.example.org/c/save-the-pond" in said_after(mary, answer)


def test_taking_down_and_putting_back(app: Flask, runtime: Runtime) -> None:
    mary = owner(runtime, app, new_campaign(runtime))
    assert mary.post(f"{PATH}/take-down", {"reason": "A court order."}).status_code == 303
    assert app.test_client().get("/c/save-the-pond").status_code == 410
    assert mary.post(f"{PATH}/put-back").status_code == 303
    assert app.test_client().get("/c/save-the-pond").status_code == 200


# The list of campaigns


def test_a_newcomer_is_told_how_to_begin(app: Flask, runtime: Runtime) -> None:
    page = new_campaigner(runtime, app).get("/desk/")
    assert "No campaign yet" in page.text
    assert page.text.count('href="/desk/campaigns/new"') == 2
    assert html_problems(page.text) == []


def test_campaigns_are_listed_by_lifecycle_stage(app: Flask, runtime: Runtime, draft: Campaign, now: ManualClock) -> None:
    ed = new_campaigner(runtime, app, draft, Role.VIEWER)
    made = [
        new_campaign(runtime, slug="open"),
        lifecycle.pause_campaign(runtime, new_campaign(runtime, slug="paused"), COMMAND_LINE),
        new_campaign(runtime, slug="later", opens_at=now() + timedelta(days=1)),
    ]
    new_campaign(runtime, slug="not-mine")
    with runtime.transaction() as connection:
        from campaign.store.accounts import team

        for campaign in made:
            assert campaign is not None
            team.add_member(connection, campaign.id, ed.id, Role.EDITOR, now())
    page = ed.get("/desk/")
    assert html_problems(page.text) == []
    titles = re.findall(r"<h2[^>]*>([^<]+)</h2>", page.text)
    assert titles == ["Open", "Paused", "Not open yet", "Drafts"]
    assert re.findall(r'<h3><a href="/desk/c/([a-z-]+)/"', page.text) == ["open", "paused", "later", "save-the-pond"]
    said = page_text(page)
    assert "30 days left, until 23 December 2026" in said
    assert "you are editor" in said
    assert "you are viewer" in said
    assert 'href="/desk/c/open/updates"' in page.text
    assert 'href="/desk/c/save-the-pond/running"' not in page.text, "who only watches"
    assert 'href="/c/save-the-pond"' not in page.text, "a draft has no public page"

"""The room where a campaign is taken through its life, and the list of one's campaigns."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from campaign import campaigning, closing, running
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.life import Move
from campaign.domain.role import Role
from campaign.domain.standing import Standing
from campaign.domain.window import SETTLING, State
from campaign.runtime import Runtime
from campaign.store import campaigns
from tests.desk import Campaigner, new_campaigner, text_of
from tests.factories import Now, definition, new_campaign
from tests.html import problems

ROOM = "/desk/c/save-the-pond/running"


@pytest.fixture
def draft(runtime: Runtime) -> Standing:
    with runtime.transaction() as connection:
        made = definition(contact="pond@example.org", controller="The pond society")
        campaign_id = campaigns.create(connection, made, runtime.now(), preview_key="key")
        return campaigns.by_id(connection, campaign_id)


def owner(runtime: Runtime, app: Flask, campaign: Standing) -> Campaigner:
    return new_campaigner(runtime, app, campaign, Role.OWNER)


def stored(runtime: Runtime, slug: str = "save-the-pond") -> Standing:
    standing = campaigning.find(runtime, slug)
    assert standing is not None
    return standing


def offered(page: TestResponse) -> set[str]:
    """The steps a page leads to."""
    return set(re.findall(rf'href="{ROOM}/([a-z-]+)"', page.text))


def said_after(person: Campaigner, answer: TestResponse) -> str:
    assert answer.status_code == 303, text_of(answer)
    return text_of(person.get(answer.location))


# What is offered


def _scheduled(runtime: Runtime, now: Now) -> None:
    new_campaign(runtime, opens_at=now() + timedelta(days=1))


def _open(runtime: Runtime, _now: Now) -> None:
    new_campaign(runtime)


def _paused(runtime: Runtime, _now: Now) -> None:
    running.pause(runtime, new_campaign(runtime), COMMAND_LINE)


def _closed(runtime: Runtime, now: Now) -> None:
    now.at = new_campaign(runtime, closes_at=now() + timedelta(minutes=5)).window.closes_at


def _final(runtime: Runtime, now: Now) -> None:
    campaign = new_campaign(runtime, closes_at=now() + timedelta(minutes=5), grace=timedelta())
    now.at = campaign.window.verify_until + SETTLING
    assert closing.finalise_due(runtime) == [campaign.id]


def _taken_down(runtime: Runtime, _now: Now) -> None:
    running.take_down(runtime, new_campaign(runtime), COMMAND_LINE)


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
    app: Flask, runtime: Runtime, now: Now, bring_there: Callable[[Runtime, Now], None], steps: set[str]
) -> None:
    bring_there(runtime, now)
    mary = owner(runtime, app, stored(runtime))
    page = mary.get(ROOM)
    assert page.status_code == 200
    assert offered(page) == steps
    assert problems(page.text) == []
    for move in Move:
        answer = mary.get(f"{ROOM}/{move.value}")
        assert answer.status_code == (200 if move.value in steps else 303), move
        if answer.status_code == 200:
            assert problems(answer.text) == [], move
        else:
            assert "not possible" in said_after(mary, answer), move
            assert "not possible" in said_after(mary, mary.post(f"{ROOM}/{move.value}", _filled(now))), move


def _filled(now: Now) -> dict[str, str]:
    later = (now() + timedelta(days=90)).strftime("%Y-%m-%dT%H:%M")
    return {"reason": "A reason.", "message": "", "closes_at": later, "when": "now", "opens_at": "", "slug": "another-pond"}


def test_an_editor_runs_a_campaign_but_does_not_take_it_down(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    ed = new_campaigner(runtime, app, campaign, Role.EDITOR)
    assert "take-down" not in offered(ed.get(ROOM))
    assert ed.post(f"{ROOM}/take-down").status_code == 403
    assert not stored(runtime).taken_down


def test_the_operator_pauses_a_campaign_of_others_and_the_public_reads_that(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime)
    op = new_campaigner(runtime, app, operator=True, name="Op Erator")
    op.post(f"{ROOM}/pause", {"message": "Under attack."})
    assert stored(runtime).window.paused
    page = text_of(app.test_client().get("/c/save-the-pond/history"))
    assert "by the operator of this site" in page
    assert "Erator" not in page


# Publishing


def test_a_draft_is_published_and_everybody_sees_it(app: Flask, runtime: Runtime, draft: Standing) -> None:
    mary = owner(runtime, app, draft)
    assert offered(mary.get(ROOM)) == {"publish", "address"}
    assert app.test_client().get("/c/save-the-pond").status_code == 404
    page = mary.get(f"{ROOM}/publish")
    assert problems(page.text) == []
    assert "All is there" in text_of(page)
    assert "The campaign is published." in said_after(mary, mary.post(f"{ROOM}/publish", {"when": "now"}))
    assert app.test_client().get("/c/save-the-pond").status_code == 200


def test_a_draft_can_be_published_to_open_by_the_clock_of_its_zone(app: Flask, runtime: Runtime, now: Now) -> None:
    with runtime.transaction() as connection:
        made = definition(contact="pond@example.org", time_zone="Europe/Paris")
        campaigns.create(connection, made, runtime.now(), preview_key="key")
    mary = owner(runtime, app, stored(runtime))
    mary.post(f"{ROOM}/publish", {"when": "later", "opens_at": "2026-11-25T09:00"})
    after = stored(runtime)
    assert after.state(now()) is State.SCHEDULED
    assert after.window.opens_at.isoformat() == "2026-11-25T08:00:00+00:00"


def test_what_a_draft_lacks_is_listed_with_the_way_to_it(app: Flask, runtime: Runtime) -> None:
    with runtime.transaction() as connection:
        campaigns.create(connection, definition(recipient=""), runtime.now(), preview_key="key")
    mary = owner(runtime, app, stored(runtime))
    for page in (mary.get(ROOM), mary.get(f"{ROOM}/publish")):
        assert 'href="/desk/c/save-the-pond/text#recipient"' in page.text
        assert 'href="/desk/c/save-the-pond/settings#contact"' in page.text
    answer = mary.post(f"{ROOM}/publish", {"when": "now"})
    assert answer.status_code == 422
    assert "not ready yet" in text_of(answer)
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
    answer = owner(runtime, app, campaign).post(f"{ROOM}/{step}", typed)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert words in text_of(answer)
    for value in typed.values():
        assert value.strip() in answer.text
    assert problems(answer.text) == []
    assert stored(runtime) == campaign


@pytest.mark.parametrize("text", ["a\x00b", "\u202eevil", "<script>", "Ünïcödé 🦆", "one\r\ntwo"])
def test_no_reason_is_too_odd(app: Flask, runtime: Runtime, text: str) -> None:
    campaign = new_campaign(runtime)
    mary = owner(runtime, app, campaign)
    assert mary.post(f"{ROOM}/close", {"reason": text}).status_code == 303
    moved = stored(runtime).past.deadline
    assert moved is not None
    assert "\x00" not in moved.reason
    assert "<script>" not in mary.get(ROOM).text
    assert app.test_client().get("/c/save-the-pond").status_code == 200


# What comes of it


def test_closing_early_and_extending_again_are_both_told(app: Flask, runtime: Runtime, now: Now) -> None:
    campaign = new_campaign(runtime)
    mary = owner(runtime, app, campaign)
    assert "The campaign is closed." in said_after(mary, mary.post(f"{ROOM}/close", {"reason": "We have won."}))
    now.forward(hours=1)
    typed = {"reason": "Not quite.", "closes_at": "2027-01-31T23:59"}
    assert "The deadline was extended." in said_after(mary, mary.post(f"{ROOM}/extend", typed))
    assert stored(runtime).state(now()) is State.OPEN
    page = text_of(app.test_client().get("/c/save-the-pond/history"))
    assert page.index("Not quite.") < page.index("We have won.")
    assert "by the campaigners" in page
    assert "Mary Seacole" not in page


def test_a_new_address_is_where_the_desk_goes_on(app: Flask, runtime: Runtime) -> None:
    mary = owner(runtime, app, new_campaign(runtime))
    answer = mary.post(f"{ROOM}/address", {"slug": " Save-The-Village-Pond "})
    assert answer.location == "/desk/c/save-the-village-pond/running"
    assert "sign.example.org/c/save-the-pond" in said_after(mary, answer)


def test_taking_down_and_putting_back(app: Flask, runtime: Runtime) -> None:
    mary = owner(runtime, app, new_campaign(runtime))
    assert mary.post(f"{ROOM}/take-down", {"reason": "A court order."}).status_code == 303
    assert app.test_client().get("/c/save-the-pond").status_code == 410
    assert mary.post(f"{ROOM}/put-back").status_code == 303
    assert app.test_client().get("/c/save-the-pond").status_code == 200


# The list of campaigns


def test_a_newcomer_is_told_how_to_begin(app: Flask, runtime: Runtime) -> None:
    page = new_campaigner(runtime, app).get("/desk/")
    assert "No campaign yet" in page.text
    assert page.text.count('href="/desk/campaigns/new"') == 2
    assert problems(page.text) == []


def test_campaigns_are_listed_by_where_they_are_in_their_life(app: Flask, runtime: Runtime, draft: Standing, now: Now) -> None:
    ed = new_campaigner(runtime, app, draft, Role.VIEWER)
    made = [
        new_campaign(runtime, slug="open"),
        running.pause(runtime, new_campaign(runtime, slug="paused"), COMMAND_LINE),
        new_campaign(runtime, slug="later", opens_at=now() + timedelta(days=1)),
    ]
    new_campaign(runtime, slug="not-mine")
    with runtime.transaction() as connection:
        from campaign.store import people

        for standing in made:
            assert standing is not None
            people.join(connection, standing.id, ed.id, Role.EDITOR, now())
    page = ed.get("/desk/")
    assert problems(page.text) == []
    titles = re.findall(r"<h2[^>]*>([^<]+)</h2>", page.text)
    assert titles == ["Open", "Paused", "Not open yet", "Drafts"]
    assert re.findall(r'<h3><a href="/desk/c/([a-z-]+)/"', page.text) == ["open", "paused", "later", "save-the-pond"]
    said = text_of(page)
    assert "30 days left, until 23 December 2026" in said
    assert "you are editor" in said
    assert "you are viewer" in said
    assert 'href="/desk/c/open/running"' in page.text
    assert 'href="/desk/c/save-the-pond/running"' not in page.text, "who only watches"
    assert 'href="/c/save-the-pond"' not in page.text, "a draft has no public page"

"""Beginning a campaign at the desk: little is asked, what is wrong is said at once, and a draft is its maker's alone."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask

from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.stages import missing_items
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find
from campaign.store.accounts import audit_log
from tests.conftest import on_both_databases
from tests.support.desk_client import new_campaigner, page_text
from tests.support.factories import new_campaign
from tests.support.queries import execute_sql

TYPED = {
    "title": "Keep the library’s doors open", "recipient_kind": "council", "recipient": "The town council",
    "ask": "Keep it open.", "closes_at": "2027-03-31T23:59", "slug": "",
}  # fmt: skip


def test_a_new_campaign_is_a_draft_of_its_maker(app: Flask, runtime: Runtime) -> None:
    mary = new_campaigner(runtime, app)
    assert mary.get("/desk/campaigns/new").status_code == 200
    answer = mary.post("/desk/campaigns/new", TYPED)
    assert (answer.status_code, answer.location) == (303, "/desk/c/keep-the-librarys-doors-open/text")
    draft = create_and_find.get_by_slug(runtime, "keep-the-librarys-doors-open")
    assert draft is not None
    assert (draft.published, draft.text.title, draft.recipient_kind) == (False, "Keep the library’s doors open", "council")
    assert draft.window.closes_at == datetime(2027, 3, 31, 22, 59, tzinfo=UTC)
    assert [roles for _, roles in create_and_find.list_campaigns_of(runtime, mary.id)] == [{Role.OWNER}]
    assert "Nobody sees it until you publish it." in mary.get(answer.location).text
    assert app.test_client().get("/c/keep-the-librarys-doors-open").status_code == 404
    with runtime.reading() as connection:
        (entry,) = audit_log.list_entries(connection, draft.id)
    assert (entry.action, entry.campaigner_id, entry.subject) == ("create campaign", mary.id, draft.slug)


def test_a_draft_lacks_nothing_that_publishing_asks_for(app: Flask, runtime: Runtime) -> None:
    mary = new_campaigner(runtime, app, email="mary@campaign.example")
    form = mary.get("/desk/campaigns/new").text
    suggested = {name: re.search(f'name="{name}" value="([^"]*)"', form) for name in ("organiser", "contact")}
    assert {name: found and found[1] for name, found in suggested.items()} == {
        "organiser": "Mary Seacole", "contact": "mary@campaign.example",
    }  # fmt: skip
    mary.post("/desk/campaigns/new", {**TYPED, "slug": "library", "organiser": "Friends of it", "contact": "us@example.org"})
    draft = create_and_find.get_by_slug(runtime, "library")
    assert draft is not None
    assert (draft.appearance.organiser, draft.contact) == ("Friends of it", "us@example.org")
    assert missing_items(draft, runtime.now()) == ()
    assert mary.post("/desk/c/library/running/publish", {"when": "now"}).status_code == 303
    assert app.test_client().get("/c/library").status_code == 200


def test_somebody_elses_draft_is_not_there(app: Flask, runtime: Runtime) -> None:
    new_campaigner(runtime, app).post("/desk/campaigns/new", {**TYPED, "slug": "library"})
    assert new_campaigner(runtime, app).get("/desk/c/library/text").status_code == 404


def test_everything_that_is_wrong_is_said_at_once_and_what_was_typed_stays(app: Flask, runtime: Runtime) -> None:
    mary = new_campaigner(runtime, app)
    wrong = {
        "title": "x" * 151, "recipient_kind": "king", "recipient": "y" * 201, "ask": "\x00", "closes_at": "soon",
        "slug": "Not A Slug",
    }  # fmt: skip
    answer = mary.post("/desk/campaigns/new", wrong)
    assert answer.status_code == 422
    for name in wrong:
        assert f'id="{name}-error"' in answer.text
        assert f'<a href="#{name}">' in answer.text
    assert "x" * 151 in answer.text
    assert 'value="Not A Slug"' in answer.text
    said = page_text(answer)
    assert "Title must be 150 characters or fewer; it has 151." in said
    assert "Write a date and time" in said
    assert create_and_find.list_campaigns(runtime) == []


def test_nothing_at_all_is_told_what_is_missing(app: Flask, runtime: Runtime) -> None:
    said = page_text(new_campaigner(runtime, app).post("/desk/campaigns/new"))
    assert "Title is missing" in said
    assert "What you ask is missing" in said


@pytest.mark.parametrize("closes_at", ["2026-11-23T11:00", "2027-03-28T01:30", "9999-12-31T23:59", "2027-02-30T10:00"])
def test_a_deadline_is_a_time_that_there_is_and_that_is_to_come(app: Flask, runtime: Runtime, closes_at: str) -> None:
    answer = new_campaigner(runtime, app).post("/desk/campaigns/new", {**TYPED, "closes_at": closes_at})
    assert answer.status_code == 422
    assert 'id="closes_at-error"' in answer.text


def test_a_title_that_was_used_before_gets_an_address_of_its_own(app: Flask, runtime: Runtime) -> None:
    mary = new_campaigner(runtime, app)
    paths = [mary.post("/desk/campaigns/new", TYPED).location for _ in range(3)]
    assert paths == [f"/desk/c/keep-the-librarys-doors-open{end}/text" for end in ("", "-2", "-3")]


@on_both_databases
def test_an_address_that_is_taken_is_refused_and_a_free_one_suggested(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime, slug="library")
    execute_sql(
        runtime, "INSERT INTO former_slugs (slug, campaign_id, created_at) SELECT 'library-2', id, created_at FROM campaigns"
    )
    mary = new_campaigner(runtime, app)
    answer = mary.post("/desk/campaigns/new", {**TYPED, "slug": "library"})
    assert answer.status_code == 422
    assert "This one is free: library-3." in page_text(answer)
    assert 'value="library-3"' in answer.text
    # An address that once was another campaign's is as good as taken: it leads there.
    assert mary.post("/desk/campaigns/new", {**TYPED, "slug": "library-2"}).status_code == 422
    assert mary.post("/desk/campaigns/new", {**TYPED, "slug": "library-3"}).status_code == 303


def test_a_title_no_letter_of_which_can_be_in_an_address_still_makes_one(app: Flask, runtime: Runtime) -> None:
    answer = new_campaigner(runtime, app).post("/desk/campaigns/new", {**TYPED, "title": "保护池塘"})
    assert answer.location == "/desk/c/campaign/text"

"""Updates at the desk: written, previewed, published, scheduled, stopped; and nothing typed is lost."""

from collections.abc import Callable

import pytest
from flask import Flask

from campaign.domain.accounts.role import Role
from campaign.domain.updates.update import MAX_ANSWER_LENGTH, UpdateKind
from campaign.runtime import Runtime
from campaign.services.mail.campaigner_tests import MAX_TESTS
from campaign.services.updates import mailing
from tests.html_validator import html_problems
from tests.services.updates.test_updates import add_signatures
from tests.support.compile_cache import make_app
from tests.support.desk_client import DeskClient, new_campaigner, page_text
from tests.support.factories import new_campaign
from tests.support.queries import query_scalar
from tests.support.servers import MailServer

UPDATES = "/desk/c/save-the-pond/updates"
HERON = {"kind": "news", "title": "A heron", "body": "It *came*.", "wants_mail": "1"}


@pytest.fixture
def mary(runtime: Runtime, app: Flask) -> DeskClient:
    return new_campaigner(runtime, app, new_campaign(runtime), Role.EDITOR)


def test_an_update_from_its_first_word_to_a_mailing_that_is_stopped(runtime: Runtime, mary: DeskClient) -> None:
    assert "No updates yet" in mary.get(UPDATES).text
    stored = mary.post(f"{UPDATES}/new", HERON)
    assert stored.location == f"{UPDATES}/1"
    page = mary.get(stored.location)
    assert html_problems(page.text) == []
    assert "<em>came</em>" in page.text
    assert "0 people have asked for updates" in page_text(page)
    assert "test is on its way" in mary.get(mary.post(f"{UPDATES}/1/test").location).text
    mary.post(f"{UPDATES}/1/edit", HERON | {"revision": "1", "title": "Two herons"})
    # What was seen is not what is there now.
    assert "Somebody else has changed" in mary.get(mary.post(f"{UPDATES}/1/publish", {"revision": "1"}).location).text
    wrong = mary.post(f"{UPDATES}/1/publish", {"revision": "2", "when": "later", "publish_at": "soon"})
    assert (wrong.status_code, html_problems(wrong.text)) == (422, [])
    assert 'value="soon"' in wrong.text
    mary.post(f"{UPDATES}/1/publish", {"revision": "2", "when": "later", "publish_at": "2026-12-01T08:00"})
    assert "1 December 2026 at 8:00 am" in page_text(mary.get(f"{UPDATES}/1"))
    mary.post(f"{UPDATES}/1/unschedule")
    assert mary.post(f"{UPDATES}/1/publish", {"revision": "4", "when": "now"}).status_code == 303
    assert "Two herons" in mary.get("/c/save-the-pond/updates/1").text
    mary.post(f"{UPDATES}/1/stop")
    mailing.run_due_updates(runtime)
    assert "The mailing was stopped." in mary.get(f"{UPDATES}/1").text
    assert "Two herons" in mary.get(UPDATES).text
    # It is published: what is wrong is put right, not taken back.
    assert "Nothing was done" in mary.get(mary.post(f"{UPDATES}/1/delete").location).text
    mary.post(f"{UPDATES}/1/edit", HERON | {"revision": "5", "title": "Three herons"})
    assert "Three herons" in mary.get(f"{UPDATES}/1").text


@pytest.mark.parametrize("kind", UpdateKind)
def test_nothing_typed_is_lost_whatever_is_wrong(mary: DeskClient, kind: UpdateKind) -> None:
    typed = {
        "csrf": mary.csrf, "kind": kind.value, "title": "", "body": "b" * 20_001, "happened_on": "soon",
        "recipient": "r" * 201, "wants_mail": "1", "answer": "a" * (MAX_ANSWER_LENGTH + 1), "result": "unheard of",
    }  # fmt: skip
    # As browsers send it: the form is multipart, since a text may be long.
    page = mary.post_multipart(f"{UPDATES}/new", typed)
    assert (page.status_code, html_problems(page.text)) == (422, [])
    assert "b" * 20_001 in page.text
    assert 'name="wants_mail" value="1" checked' in page.text
    shown = {
        UpdateKind.NEWS: (), UpdateKind.DELIVERED: ("happened_on", "recipient"),
        UpdateKind.ANSWERED: ("happened_on", "recipient", "answer"), UpdateKind.ENDED: ("happened_on",),
    }[kind]  # fmt: skip
    for name in shown:
        assert typed[name] in page.text
    for name in ("title", "body", *shown):
        assert f'href="#{name}"' in page.text
    preview = mary.post_multipart(f"{UPDATES}/new", typed | {"preview": "1"})
    assert (preview.status_code, html_problems(preview.text)) == (200, [])
    assert "b" * 20_001 in preview.text
    assert mary.get(UPDATES).text.count('<li class="card">') == 0


def test_who_was_overtaken_sees_what_they_typed_and_may_store_it_all_the_same(mary: DeskClient) -> None:
    mary.post(f"{UPDATES}/new", HERON)
    mary.post(f"{UPDATES}/1/edit", HERON | {"revision": "1", "title": "Theirs"})
    page = mary.post(f"{UPDATES}/1/edit", HERON | {"revision": "1", "title": "Mine"})
    assert (page.status_code, html_problems(page.text)) == (409, [])
    assert 'value="Mine"' in page.text
    assert "Theirs" in page.text
    assert 'name="revision" value="2"' in page.text
    assert mary.post(f"{UPDATES}/1/edit", HERON | {"revision": "2", "title": "Mine"}).status_code == 303


def test_a_mailing_too_many_is_said_beside_how_many_people_would_get_it(runtime: Runtime, app: Flask) -> None:
    pond = new_campaign(runtime)
    mary = new_campaigner(runtime, app, pond, Role.OWNER)
    add_signatures(runtime, pond, 2)
    for number in (1, 2, 3):
        mary.post(f"{UPDATES}/new", HERON)
        last = mary.post(f"{UPDATES}/{number}/publish", {"revision": "1", "when": "now"})
    assert last.status_code == 422
    assert "2 updates a week can be mailed, and no more. The next can go on 30 November 2026" in page_text(last)
    assert "2 people have asked for updates" in page_text(last)
    assert mary.get("/c/save-the-pond/updates/3").status_code == 404


@pytest.mark.parametrize(
    ("publish_at", "words"),
    [
        ("2026-11-23T11:59", "That time is over."),
        ("2028-11-24T12:00", "Choose a time within a year."),
        ("soon", "Write a date"),
    ],
)
def test_a_time_that_cannot_be_is_said_at_its_field(mary: DeskClient, publish_at: str, words: str) -> None:
    mary.post(f"{UPDATES}/new", HERON)
    page = mary.post(f"{UPDATES}/1/publish", {"revision": "1", "when": "later", "publish_at": publish_at})
    assert (page.status_code, html_problems(page.text)) == (422, [])
    assert 'href="#publish_at"' in page.text
    assert words in page_text(page)
    assert f'value="{publish_at}"' in page.text
    assert "draft" in page_text(mary.get(UPDATES))


def test_an_update_of_a_campaign_that_nobody_can_see_is_not_published(runtime: Runtime, app: Flask) -> None:
    pond = new_campaign(runtime)
    mary = new_campaigner(runtime, app, pond, Role.OWNER)
    mary.post(f"{UPDATES}/new", HERON)
    mary.post("/desk/c/save-the-pond/running/take-down", {"reason": "A court order."})
    page = mary.post(f"{UPDATES}/1/publish", {"revision": "1", "when": "now"})
    assert (page.status_code, html_problems(page.text)) == (422, [])
    assert "Nobody can see this campaign. Publish it first." in page_text(page)


def test_a_stored_update_is_previewed_before_it_is_changed(mary: DeskClient) -> None:
    mary.post(f"{UPDATES}/new", HERON)
    page = mary.post(f"{UPDATES}/1/edit", HERON | {"revision": "1", "body": "It *left*.", "preview": "1"})
    assert (page.status_code, html_problems(page.text)) == (200, [])
    assert "<em>left</em>" in page.text
    assert "<em>came</em>" in mary.get(f"{UPDATES}/1").text


def test_a_test_too_many_is_refused(runtime: Runtime, mary: DeskClient) -> None:
    mary.post(f"{UPDATES}/new", HERON)
    said = [page_text(mary.post(f"{UPDATES}/1/test", follow_redirects=True)) for _ in range(MAX_TESTS + 1)]
    assert ["That was enough tests for now." in one for one in said] == [False] * MAX_TESTS + [True]
    mails = query_scalar(runtime, "SELECT count(*) FROM outbox WHERE kind = 'desk_update_test'")
    assert mails == MAX_TESTS


def test_a_scheduled_one_that_would_be_a_mail_too_many_keeps_what_was_typed(mary: DeskClient) -> None:
    for number in (1, 2, 3):
        mary.post(f"{UPDATES}/new", HERON | ({} if number < 3 else {"wants_mail": ""}))
        typed = {"revision": "1", "when": "later", "publish_at": f"2026-12-0{number}T08:00"}
        assert mary.post(f"{UPDATES}/{number}/publish", typed).status_code == 303
    page = mary.post(f"{UPDATES}/3/edit", HERON | {"revision": "2", "title": "Three herons"})
    assert (page.status_code, html_problems(page.text)) == (422, [])
    assert 'href="#wants_mail"' in page.text
    assert 'value="Three herons"' in page.text
    assert "updates a week can be mailed" in page_text(page)
    assert mary.post(f"{UPDATES}/3/edit", HERON | {"revision": "2", "wants_mail": ""}).status_code == 303


@pytest.mark.parametrize(("limit", "words"), [(0, "This site mails no updates."), (1, "One update a week can be mailed")])
def test_the_limit_of_the_site_is_said(make_runtime: Callable[..., Runtime], mail: MailServer, limit: int, words: str) -> None:
    runtime = make_runtime(mail_url=mail.url, update_mails_per_week=limit)
    mary = new_campaigner(runtime, make_app(runtime), new_campaign(runtime), Role.EDITOR)
    for number in range(1, limit + 2):
        mary.post(f"{UPDATES}/new", HERON)
        page = mary.post(f"{UPDATES}/{number}/publish", {"revision": "1", "when": "now"})
    assert (page.status_code, html_problems(page.text)) == (422, [])
    assert words in page_text(page)

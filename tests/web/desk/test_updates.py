"""Updates at the desk: written, previewed, published, scheduled, stopped; and nothing typed is lost."""

import pytest
from flask import Flask

from campaign.domain.accounts.role import Role
from campaign.domain.updates.update import MAX_ANSWER_LENGTH, UpdateKind
from campaign.runtime import Runtime
from campaign.services.updates import mailing
from tests.html_validator import html_problems
from tests.services.updates.test_updates import add_signatures
from tests.support.desk_client import DeskClient, new_campaigner, page_text
from tests.support.factories import new_campaign

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

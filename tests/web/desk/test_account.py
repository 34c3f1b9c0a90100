"""One's own account: name, mails, and the browsers one is signed in with."""

import pytest
from flask import Flask

from campaign.runtime import Runtime
from campaign.store.accounts import audit_log, campaigners
from campaign.store.redis import sessions
from tests.conftest import on_both_databases
from tests.html_validator import html_problems
from tests.support.desk_client import DeskClient, new_campaigner, new_session, page_text


@pytest.fixture
def mary(runtime: Runtime, app: Flask) -> DeskClient:
    return new_campaigner(runtime, app, email="mary@example.org")


def on_file(runtime: Runtime, who: DeskClient) -> campaigners.Campaigner:
    with runtime.reading() as connection:
        found = campaigners.get_by_id(connection, who.id)
    assert found is not None
    return found


def last_act(runtime: Runtime) -> tuple[str, str, object]:
    with runtime.reading() as connection:
        entry = audit_log.list_entries(connection, None)[0]
    return entry.action, entry.subject, entry.after


def test_the_account_shows_what_is_stored_and_links_to_every_sign_in_method(mary: DeskClient) -> None:
    page = mary.get("/desk/account")
    assert page.status_code == 200
    assert html_problems(page.text) == []
    for words in ("Mary Seacole", "mary@example.org", "Firefox on Linux", "this one"):
        assert words in page.text
    for path in ("passkeys", "password", "second-factor"):
        assert f'href="/desk/account/{path}"' in page.text


def test_somebody_is_called_otherwise(runtime: Runtime, mary: DeskClient) -> None:
    assert mary.post("/desk/account/name", {"name": "  Mary  Jane Seacole "}).status_code == 303
    assert on_file(runtime, mary).name == "Mary Jane Seacole"
    assert last_act(runtime) == ("change name", f"campaigner {mary.id}", {})
    assert "Your name is saved." in mary.get("/desk/account").text


@pytest.mark.parametrize("name", ["", "=1", "x" * 121, "www.example.org", "\u202e", "1"])
def test_a_name_that_will_not_do_is_shown_again_with_words(runtime: Runtime, mary: DeskClient, name: str) -> None:
    page = mary.post("/desk/account/name", {"name": name})
    assert page.status_code == 422
    assert 'id="name-error"' in page.text
    assert html_problems(page.text) == []
    assert on_file(runtime, mary).name == "Mary Seacole"


def test_what_nobody_can_see_in_a_name_is_dropped(runtime: Runtime, mary: DeskClient) -> None:
    assert mary.post("/desk/account/name", {"name": "\u202eMary Seacole\u2069 "}).status_code == 303
    assert on_file(runtime, mary).name == "Mary Seacole"


@on_both_databases
def test_somebody_chooses_their_mails(runtime: Runtime, mary: DeskClient) -> None:
    mary.post("/desk/account/mails", {"digest": "1"})
    found = on_file(runtime, mary)
    assert (found.wants_alerts, found.wants_digest) == (False, True)
    assert last_act(runtime) == ("change mails", f"campaigner {mary.id}", {"told": False, "digest": True})
    mary.post("/desk/account/mails", {"told": "1"})
    found = on_file(runtime, mary)
    assert (found.wants_alerts, found.wants_digest) == (True, False)


@on_both_databases
def test_somebody_chooses_the_language_of_the_desk(runtime: Runtime, app: Flask, mary: DeskClient) -> None:
    assert '<html lang="en" dir="ltr"' in mary.get("/desk/account").text
    answer = mary.post("/desk/account/language", {"language": "cy", "next": "/desk/help"})
    assert answer.location == "/desk/help"
    assert on_file(runtime, mary).language == "cy"
    assert last_act(runtime) == ("change language", f"campaigner {mary.id}", {"language": "cy"})
    page = mary.get("/desk/account", headers={"Accept-Language": "en"}).text
    assert '<html lang="cy" dir="ltr"' in page
    assert html_problems(page) == []
    # It is theirs, not the browser's, and no address changes it.
    other = new_session(runtime, app, mary.id)
    assert '<html lang="cy"' in other.get("/desk/?lang=en").text
    for nonsense in ("", "xx", "de", "../cy"):
        mary.post("/desk/account/language", {"language": nonsense})
        assert on_file(runtime, mary).language == "cy"
    mary.post("/desk/account/language", {"language": "en"})
    assert '<html lang="en"' in mary.get("/desk/account", headers={"Accept-Language": "cy"}).text


def test_before_anybody_is_known_the_desk_speaks_as_the_browser_asks(app: Flask) -> None:
    browser = app.test_client()
    for path, asked, spoken in (
        ("/desk/sign-in", "", "en"), ("/desk/sign-in", "cy-GB,en;q=0.5", "cy"), ("/desk/sign-in", "de", "en"),
        ("/desk/sign-in?lang=cy", "en", "cy"), ("/desk/sign-in?lang=en", "cy", "en"), ("/desk/nowhere?lang=cy", "", "cy"),
    ):  # fmt: skip
        page = browser.get(path, headers={"Accept-Language": asked})
        assert f'<html lang="{spoken}" dir="ltr" class="desk">' in page.text, path


def test_one_browser_is_signed_out_from_another(runtime: Runtime, app: Flask, mary: DeskClient) -> None:
    other = new_session(runtime, app, mary.id)
    (session,) = [
        each.id
        for each in sessions.list_sessions(runtime.redis, runtime.tokens, mary.id, runtime.now())
        if each.csrf == other.csrf
    ]
    assert session in mary.get("/desk/account").text
    mary.post("/desk/account/sessions/end", {"session": session})
    assert "That browser is signed out." in mary.get("/desk/account").text
    assert other.get("/desk/").status_code == 303
    assert last_act(runtime)[0] == "end session"
    mary.post("/desk/account/sessions/end", {"session": session})
    assert "signed out already" in mary.get("/desk/account").text


def test_all_others_are_signed_out_at_once(runtime: Runtime, app: Flask, mary: DeskClient) -> None:
    others = [new_session(runtime, app, mary.id) for _ in range(3)]
    ben = new_campaigner(runtime, app, name="Ben")
    mary.post("/desk/account/sessions/end-others")
    assert [each.get("/desk/").status_code for each in (*others, mary, ben)] == [303, 303, 303, 200, 200]
    assert "Sign out all others" not in page_text(mary.get("/desk/account"))


def test_nobody_signs_out_a_browser_of_somebody_else(runtime: Runtime, app: Flask, mary: DeskClient) -> None:
    ben = new_campaigner(runtime, app, name="Ben")
    (session,) = sessions.list_sessions(runtime.redis, runtime.tokens, ben.id, runtime.now())
    mary.post("/desk/account/sessions/end", {"session": session.id})
    mary.post("/desk/account/sessions/end", {"session": "*"})
    assert ben.get("/desk/").status_code == 200


@pytest.mark.parametrize("path", ["name", "mails", "sessions/end", "sessions/end-others"])
def test_a_form_of_another_page_changes_nothing(runtime: Runtime, mary: DeskClient, path: str) -> None:
    before = on_file(runtime, mary)
    answer = mary.browser.post(f"/desk/account/{path}", data={"csrf": "x", "name": "Eve", "digest": "1"})
    assert answer.status_code == 403
    assert on_file(runtime, mary) == before

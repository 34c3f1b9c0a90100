"""Signing in by a mailed link: one answer for everybody, looking changes nothing, a press signs one browser in."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.domain.common.email_address import read_email_address
from campaign.runtime import Runtime
from campaign.services.accounts import login_links
from campaign.store.redis import sessions
from tests.conftest import on_both_databases
from tests.html_validator import html_problems
from tests.journeys.test_races import run_concurrently
from tests.support.compile_cache import make_app
from tests.support.desk_client import SESSION_COOKIE, new_campaigner, page_text
from tests.support.factories import ManualClock
from tests.support.queries import execute_sql, query_scalar
from tests.support.servers import MailServer
from tests.support.signatory import run_workers

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def link(runtime: Runtime) -> str:
    """The path of a link that signs Mary in."""
    printed = login_links.add_campaigner(runtime, read_email_address("mary@example.org"), "Mary Seacole", operator=False)
    assert printed is not None
    return printed.url.removeprefix(runtime.settings.base_url)


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def ask(browser: FlaskClient, email: str, **more: str) -> TestResponse:
    return browser.post("/desk/sign-in", data={"email": email, **more})


def seen(answer: TestResponse) -> tuple[int, str, str]:
    return answer.status_code, answer.text, str(answer.headers)


def test_a_campaigner_asks_for_a_link_and_comes_in_where_they_wanted_to(
    runtime: Runtime, browser: FlaskClient, mail: MailServer, link: str
) -> None:
    wanted = "/desk/account?x=1&y=2"
    first = browser.get("/desk/sign-in?next=/desk/account%3Fx%3D1%26y%3D2")
    assert 'value="/desk/account?x=1&amp;y=2"' in first.text
    answer = ask(browser, "mary@example.org", next=wanted)
    assert (answer.status_code, answer.location) == (303, "/desk/check-your-email")
    assert "Check your email" in browser.get(answer.location).text
    run_workers(runtime)
    (message,) = mail.mails_to("mary@example.org")
    path = re.search(r"https://sign.example.org(/desk/enter/\S+)", str(message.get_body(("plain",)).get_content()))  # type: ignore[union-attr]
    assert path is not None
    page = browser.get(path[1])
    assert "You are about to sign in as Mary Seacole" in page_text(page)
    form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
    action = re.search(r'action="(/desk/enter/[^"]+)"', page.text)
    assert action is not None
    entered = browser.post(action[1], data={"next": form["next"].replace("&amp;", "&")}, headers={"User-Agent": FIREFOX})
    assert (entered.status_code, entered.location) == (303, wanted)
    assert browser.get("/desk/account").status_code == 200
    assert link


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(browser: FlaskClient, link: str) -> None:
    cookie = browser.post(link).headers["Set-Cookie"]
    assert cookie.startswith(f"{SESSION_COOKIE}=")
    for part in ("Secure", "HttpOnly", "Path=/desk", "SameSite=Lax", "Max-Age=604800"):
        assert part in cookie.split("; ")


def test_without_https_the_cookie_works_all_the_same(make_runtime: Callable[..., Runtime]) -> None:
    runtime = make_runtime(base_url="http://127.0.0.1:8000")
    printed = login_links.add_campaigner(runtime, read_email_address("mary@example.org"), "Mary", operator=False)
    assert printed is not None
    cookie = make_app(runtime).test_client().post(printed.url.removeprefix("http://127.0.0.1:8000")).headers["Set-Cookie"]
    assert "Secure" not in cookie


def test_everybody_who_asks_gets_the_same_answer(runtime: Runtime, browser: FlaskClient, mail: MailServer, link: str) -> None:
    known = [seen(ask(browser, "mary@example.org")) for _ in range(login_links.MAX_LINKS_PER_ADDRESS + 1)]
    unknown = seen(ask(browser, "nobody@example.org"))
    execute_sql(runtime, "UPDATE campaigners SET disabled_at = created_at")
    shut_out = seen(ask(browser, "mary@example.org"))
    assert set(known) == {unknown} == {shut_out}
    run_workers(runtime)
    assert mail.delivered == []
    assert link


def test_who_asks_too_often_gets_no_more_mails_and_is_told_nothing(
    runtime: Runtime, browser: FlaskClient, mail: MailServer, link: str
) -> None:
    answers = {seen(ask(browser, "mary@example.org")) for _ in range(login_links.MAX_LINKS_PER_ADDRESS + 3)}
    assert len(answers) == 1
    run_workers(runtime)
    assert len(mail.mails_to("mary@example.org")) == login_links.MAX_LINKS_PER_ADDRESS
    assert link


def test_a_network_that_asks_too_often_is_told_so_and_a_known_browser_is_not_locked_out(
    runtime: Runtime, app: Flask, browser: FlaskClient, mail: MailServer, link: str
) -> None:
    browser.post(link)
    for number in range(login_links.MAX_REQUESTS_PER_NETWORK):
        assert ask(app.test_client(), f"{number}@example.org").status_code == 303
    for typed in ("mary@example.org", "nobody@example.org"):
        refused = ask(app.test_client(), typed)
        assert refused.status_code == 429
        assert "Too many links were asked for from your network" in refused.text
        assert f'value="{typed}"' in refused.text
    browser.delete_cookie(SESSION_COOKIE, path="/desk")
    assert ask(browser, "mary@example.org").status_code == 303
    run_workers(runtime)
    assert len(mail.mails_to("mary@example.org")) == 1
    # It has a bound of its own, and a cookie that we have not signed opens nothing.
    found = [ask(browser, "mary@example.org").status_code for _ in range(login_links.MAX_REQUESTS_PER_BROWSER)]
    assert found == [303] * (login_links.MAX_REQUESTS_PER_BROWSER - 1) + [429]
    stranger = app.test_client()
    stranger.set_cookie("__Secure-cs_known", "x" * 22, path="/desk")
    assert ask(stranger, "mary@example.org").status_code == 429


def test_strangers_use_up_a_mailboxs_links_of_the_day_and_not_those_of_its_own_browser(
    runtime: Runtime, app: Flask, browser: FlaskClient, mail: MailServer, link: str
) -> None:
    browser.post(link)
    browser.delete_cookie(SESSION_COOKIE, path="/desk")
    for _ in range(login_links.MAX_LINKS_PER_ADDRESS_A_DAY + 3):
        ask(app.test_client(), "mary@example.org")
        for name in runtime.redis.keys("countersign:attempts:mailing:*"):
            runtime.redis.delete(name)  # as if a quarter of an hour had passed
    run_workers(runtime)
    assert len(mail.mails_to("mary@example.org")) == login_links.MAX_LINKS_PER_ADDRESS_A_DAY
    assert ask(browser, "mary@example.org").status_code == 303
    run_workers(runtime)
    assert len(mail.mails_to("mary@example.org")) == login_links.MAX_LINKS_PER_ADDRESS_A_DAY + 1


@pytest.mark.parametrize(
    "typed", ["", "mary", "x" * 5000 + "@example.org", "mary@example.org\r\nBcc: x@example.org", "a\x00@b.org"]
)
def test_what_is_no_address_is_shown_again_with_words_at_the_field(browser: FlaskClient, typed: str) -> None:
    page = ask(browser, typed, next="/desk/account")
    assert page.status_code == 422
    assert 'id="email-error"' in page.text
    assert "<title>Error: Sign in" in page.text
    assert 'name="next" value="/desk/account"' in page.text


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example/desk/", "/desk/\\evil", "/c/pond", "/desk/\r\nX: 1"]
)
def test_nobody_is_led_away_from_the_desk(browser: FlaskClient, link: str, wanted: str) -> None:
    assert 'name="next" value=""' in browser.get("/desk/sign-in", query_string={"next": wanted}).text
    assert browser.post(link, data={"next": wanted}).location == "/desk/"


def test_looking_at_a_link_changes_nothing_for_anybody(runtime: Runtime, app: Flask, link: str) -> None:
    for method in ("get", "head", "options"):
        scanner = app.test_client()
        for _ in range(2):
            answer = getattr(scanner, method)(link)
            assert answer.status_code == 200
            assert "Set-Cookie" not in answer.headers
    assert runtime.redis.keys("countersign:session*") == []
    assert query_scalar(runtime, "SELECT count(*) FROM login_links WHERE used_at IS NULL") == 1
    assert app.test_client().post(link).status_code == 303


def test_a_press_that_comes_from_another_site_does_nothing(runtime: Runtime, browser: FlaskClient, link: str) -> None:
    assert browser.post(link, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert browser.post(link, headers={"Origin": "https://evil.example"}).status_code == 403
    assert runtime.redis.keys("countersign:session*") == []
    assert browser.post(link, headers={"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_a_page_known_by_its_link_lets_its_own_form_be_sent_and_tells_nobody_else(browser: FlaskClient, link: str) -> None:
    page = browser.get(link)
    # With "no-referrer" browsers send "Origin: null" with the form, and access control takes that for another site.
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"


@on_both_databases
def test_eight_browsers_that_press_at_once_sign_one_in(runtime: Runtime, app: Flask, link: str) -> None:
    answers = run_concurrently([lambda: app.test_client().post(link)] * 8)
    assert sorted(answer.status_code for answer in answers) == [303] + [410] * 7  # type: ignore[attr-defined]
    assert len(runtime.redis.keys("countersign:session:*")) == 1


def test_a_second_press_of_the_same_browser_leads_where_the_first_did(browser: FlaskClient, link: str) -> None:
    browser.post(link)
    again = browser.post(link, data={"next": "/desk/account"})
    assert (again.status_code, again.location) == (303, "/desk/account")


@pytest.mark.parametrize("path", ["/desk/enter/x", "/desk/enter/1-" + "a" * 22 + "." + "b" * 43, "/desk/enter/%00"])
def test_a_link_that_is_none_is_over_in_words(browser: FlaskClient, path: str) -> None:
    for answer in (browser.get(path), browser.post(path)):
        assert answer.status_code == 410
        assert "This link is over" in answer.text


def test_a_link_is_over_after_a_day_and_says_how_to_get_another(browser: FlaskClient, link: str, now: ManualClock) -> None:
    now.advance(hours=24)
    page = browser.get(link + "?next=/desk/account")
    assert page.status_code == 410
    assert 'href="/desk/sign-in?next=%2Fdesk%2Faccount"' in page.text or 'href="/desk/sign-in?next=/desk/account"' in page.text


def test_who_comes_in_gets_a_new_session_and_the_old_one_of_that_browser_ends(runtime: Runtime, app: Flask, link: str) -> None:
    ben = new_campaigner(runtime, app, name="Ben")
    before = ben.browser.get_cookie(SESSION_COOKIE, path="/desk")
    assert before is not None
    ben.browser.post(link)
    after = ben.browser.get_cookie(SESSION_COOKIE, path="/desk")
    assert after is not None
    assert after.value != before.value
    assert sessions.get_session(runtime.redis, runtime.tokens, before.value, runtime.now()) is None
    assert sessions.list_sessions(runtime.redis, runtime.tokens, ben.id, runtime.now()) == []


def test_what_a_browser_says_of_itself_is_not_kept(runtime: Runtime, browser: FlaskClient, link: str) -> None:
    browser.post(link, headers={"User-Agent": FIREFOX + " somebody-special/1"})
    (name,) = runtime.redis.keys("countersign:session:*")
    kept = runtime.redis.hgetall(name)
    assert kept[b"device"] == b"Firefox on Linux"
    assert b"special" not in b" ".join(kept.values())


def test_who_has_no_name_yet_is_asked_for_one(runtime: Runtime, browser: FlaskClient) -> None:
    printed = login_links.add_campaigner(runtime, read_email_address("ada@example.org"), "", operator=False)
    assert printed is not None
    path = printed.url.removeprefix(runtime.settings.base_url)
    assert 'name="name"' in browser.get(path).text
    refused = browser.post(path, data={"name": "=1+1"})
    assert refused.status_code == 422
    assert 'value="=1+1"' in refused.text
    assert browser.post(path, data={"name": "Ada Lovelace"}).status_code == 303
    assert "Ada Lovelace" in browser.get("/desk/account").text


def test_the_first_campaigner_says_name_and_address_and_is_told_what_is_wrong(runtime: Runtime, browser: FlaskClient) -> None:
    path = login_links.first_login_link(runtime).removeprefix(runtime.settings.base_url)
    page = browser.get(path)
    assert "Welcome to the desk" in page.text
    assert html_problems(page.text) == []
    refused = browser.post(path, data={"name": "", "email": "mary"})
    assert refused.status_code == 422
    assert 'id="name-error"' in refused.text
    assert 'id="email-error"' in refused.text
    login_links.add_campaigner(runtime, read_email_address("ben@example.org"), "Ben", operator=False)
    taken = browser.post(path, data={"name": "Mary", "email": "BEN@example.org"})
    assert taken.status_code == 422
    assert "There is a campaigner with this address already." in taken.text
    assert browser.post(path, data={"name": "Mary", "email": "mary@example.org"}).status_code == 303
    assert "mary@example.org" in browser.get("/desk/account").text


def test_who_signs_out_is_out(runtime: Runtime, app: Flask) -> None:
    mary = new_campaigner(runtime, app)
    answer = mary.post("/desk/sign-out")
    assert (answer.status_code, answer.location) == (303, "/desk/sign-in")
    assert sessions.list_sessions(runtime.redis, runtime.tokens, mary.id, runtime.now()) == []
    assert mary.browser.get_cookie(SESSION_COOKIE, path="/desk") is None
    assert "You are signed out." in mary.get("/desk/sign-in").text
    assert mary.get("/desk/").status_code == 303
    assert app.test_client().post("/desk/sign-out").status_code == 303


def test_another_site_signs_nobody_out(runtime: Runtime, app: Flask) -> None:
    mary = new_campaigner(runtime, app)
    assert mary.post("/desk/sign-out", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert mary.get("/desk/").status_code == 200


def test_who_is_signed_in_is_not_asked_again(runtime: Runtime, app: Flask) -> None:
    mary = new_campaigner(runtime, app)
    assert mary.get("/desk/sign-in?next=/desk/account").location == "/desk/account"


def test_the_pages_are_html_without_a_mistake(browser: FlaskClient, link: str) -> None:
    pages = ["/desk/sign-in?next=/desk/account", "/desk/check-your-email", link, "/desk/enter/x", "/desk/invitation/x"]
    assert {path: html_problems(browser.get(path).text) for path in pages} == {path: [] for path in pages}
    assert html_problems(ask(browser, "mary").text) == []


def test_who_has_a_code_app_is_asked_for_a_code_before_they_are_in(runtime: Runtime, browser: FlaskClient, link: str) -> None:
    execute_sql(runtime, "UPDATE campaigners SET totp_secret = 'x'")
    answer = browser.post(link, data={"next": "/desk/account"})
    assert (answer.status_code, answer.location) == (303, "/desk/sign-in/code?next=%2Fdesk%2Faccount")
    assert SESSION_COOKIE + "=" not in str(answer.headers)
    assert browser.get("/desk/account").status_code == 303
    assert browser.get(answer.location).status_code == 200
    assert runtime.redis.keys("countersign:session:*") == []
    assert browser.post(link).status_code == 410

"""Codes as a second factor: set up, asked for, each good once; and recovery codes for when the app is lost."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pyotp
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from campaign.domain.accounts.role import Role
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.runtime import Runtime
from campaign.services.accounts.auth import totp
from campaign.services.accounts.auth.rate_limits import TooManyAttemptsError
from campaign.store.accounts import audit_log, campaigners, credentials, team
from campaign.store.redis import pending_logins, sessions
from tests.conftest import on_both_databases
from tests.support.compile_cache import make_app
from tests.support.desk_client import SESSION_COOKIE, DeskClient, new_campaigner, new_session, page_text
from tests.support.factories import ManualClock, new_campaign
from tests.support.secret_keys import OTHER_SECRET_KEY, SECRET_KEY

PATH = "/desk/account/second-factor"
PASSWORD = "four words nobody puts together"
EMAIL = "mary@campaign.example"


@dataclass
class CodeApp:
    """An app that shows codes, and what it was told."""

    secret: str
    now: ManualClock
    recovery_codes: list[str]

    def code(self, steps: int = 0) -> str:
        """What it shows now; or some steps of half a minute later."""
        return pyotp.TOTP(self.secret).generate_otp(int(self.now().timestamp()) // 30 + steps)


def set_up_code_app(campaigner: DeskClient, now: ManualClock) -> CodeApp:
    page = campaigner.get(PATH)
    secret, sealed = offered(page)
    phone = CodeApp(secret, now, [])
    answer = campaigner.post(PATH, {"sealed": sealed, "code": phone.code()})
    assert answer.status_code == 200, answer.text
    phone.recovery_codes = re.findall(r"<code>([a-z2-7-]{19})</code>", answer.text)
    return phone


def offered(page: TestResponse) -> tuple[str, str]:
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)
    sealed = re.search(r'name="sealed" value="([^"]+)"', page.text)
    assert secret
    assert sealed
    return secret[1].replace(" ", ""), sealed[1]


@pytest.fixture
def mary(runtime: Runtime, app: Flask) -> DeskClient:
    mary = new_campaigner(runtime, app, email=EMAIL)
    assert mary.post("/desk/account/password", {"password": PASSWORD}).status_code == 303
    return mary


@pytest.fixture
def phone(mary: DeskClient, now: ManualClock) -> CodeApp:
    """Mary's, set up half a minute ago."""
    made = set_up_code_app(mary, now)
    now.advance(seconds=30)
    return made


def by_password(app: Flask) -> Any:
    """A browser that has given the password."""
    browser = app.test_client()
    answer = browser.post("/desk/sign-in/password", data={"address": EMAIL, "password": PASSWORD, "next": "/desk/account"})
    assert answer.status_code == 303
    assert browser.get_cookie(SESSION_COOKIE, path="/desk") is None
    assert answer.location.startswith("/desk/sign-in/code")
    return browser


def enter(browser: Any, code: str) -> TestResponse:
    answer: TestResponse = browser.post("/desk/sign-in/code", data={"code": code})
    return answer


def acts(runtime: Runtime) -> list[str]:
    with runtime.reading() as connection:
        return [entry.action for entry in audit_log.list_entries(connection, None)]


def test_setting_up_shows_a_picture_and_the_key_and_asks_for_a_code(mary: DeskClient, runtime: Runtime) -> None:
    page = mary.get(PATH)
    assert "<svg" in page.text
    secret, sealed = offered(page)
    assert len(secret) == 32
    wrong = mary.post(PATH, {"sealed": sealed, "code": "000000"})
    assert wrong.status_code == 422
    # The same key again: it is in the app already.
    assert offered(wrong)[0] == secret
    with runtime.reading() as connection:
        assert credentials.get_totp_secret(connection, mary.id) == ""


def test_once_it_is_on_ten_recovery_codes_are_shown_this_once(
    app: Flask, runtime: Runtime, mary: DeskClient, now: ManualClock
) -> None:
    other = new_session(runtime, app, mary.id)
    phone = set_up_code_app(mary, now)
    assert len(set(phone.recovery_codes)) == 10
    assert other.get("/desk/").status_code == 303
    again = mary.get(PATH)
    assert "You have 10 left" in page_text(again)
    assert not any(code in again.text for code in phone.recovery_codes)
    assert acts(runtime)[0] == "set up code app"
    [session] = sessions.list_sessions(runtime.redis, runtime.tokens, mary.id, runtime.now())
    assert session.second_factor


def test_recovery_codes_can_be_kept_as_a_text(mary: DeskClient, now: ManualClock) -> None:
    _, sealed = offered(page := mary.get(PATH))
    answer = mary.post(PATH, {"sealed": sealed, "code": CodeApp(offered(page)[0], now, []).code()})
    link = re.search(r'download="recovery-codes.txt" href="data:text/plain;charset=utf-8,([^"]+)"', answer.text)
    assert link
    assert all(code in link[1] for code in re.findall(r"<code>([a-z2-7-]{19})</code>", answer.text))


def test_neither_the_key_nor_a_recovery_code_can_be_read_from_the_database(
    runtime: Runtime, mary: DeskClient, phone: CodeApp
) -> None:
    with runtime.reading() as connection:
        rows = [
            *connection.exec_driver_sql("SELECT * FROM campaigners"),
            *connection.exec_driver_sql("SELECT * FROM recovery_codes"),
        ]
    kept = str([tuple(row) for row in rows])
    assert phone.secret not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in phone.recovery_codes)


def test_a_code_is_asked_for_after_the_password(app: Flask, runtime: Runtime, mary: DeskClient, phone: CodeApp) -> None:
    sessions.end_all_sessions(runtime.redis, mary.id)
    browser = by_password(app)
    assert sessions.list_sessions(runtime.redis, runtime.tokens, mary.id, runtime.now()) == []
    assert browser.get("/desk/").status_code == 303
    assert enter(browser, "000000").status_code == 422
    answer = enter(browser, phone.code())
    assert (answer.status_code, answer.location) == (303, "/desk/account")
    assert browser.get("/desk/account").status_code == 200
    [session] = sessions.list_sessions(runtime.redis, runtime.tokens, mary.id, runtime.now())
    assert session.second_factor


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clocks_may_differ_by_half_a_minute(
    app: Flask, mary: DeskClient, phone: CodeApp, now: ManualClock, steps: int, taken: bool
) -> None:
    now.advance(minutes=5)
    assert (enter(by_password(app), phone.code(steps)).status_code == 303) is taken


def test_a_code_is_good_once(app: Flask, mary: DeskClient, phone: CodeApp, now: ManualClock) -> None:
    code = phone.code()
    assert enter(by_password(app), code).status_code == 303
    refused = enter(by_password(app), code)
    assert (refused.status_code, "used before" in page_text(refused)) == (422, True)
    # Nor is the one before it, which somebody may have read over a shoulder.
    assert enter(by_password(app), phone.code(-1)).status_code == 422
    now.advance(seconds=30)
    assert enter(by_password(app), phone.code()).status_code == 303


def test_the_code_that_set_the_app_up_is_used_by_that(app: Flask, mary: DeskClient, now: ManualClock) -> None:
    phone = set_up_code_app(mary, now)
    assert enter(by_password(app), phone.code()).status_code == 422


@on_both_databases
def test_of_many_who_enter_one_code_at_once_one_gets_in(runtime: Runtime, mary: DeskClient, phone: CodeApp) -> None:
    assert at_once(runtime, mary, phone.code()) == 1


def test_a_recovery_code_is_good_once(app: Flask, runtime: Runtime, mary: DeskClient, phone: CodeApp) -> None:
    code = phone.recovery_codes[3]
    assert enter(by_password(app), code.upper().replace("-", " ")).status_code == 303
    assert acts(runtime)[:2] == ["sign in", "use recovery code"]
    assert enter(by_password(app), code).status_code == 422
    assert totp.recovery_codes_left(runtime, mary.id) == 9


@on_both_databases
def test_of_many_who_enter_one_recovery_code_at_once_one_gets_in(runtime: Runtime, mary: DeskClient, phone: CodeApp) -> None:
    assert at_once(runtime, mary, phone.recovery_codes[0]) == 1
    assert totp.recovery_codes_left(runtime, mary.id) == 9


def at_once(runtime: Runtime, campaigner: DeskClient, code: str) -> int:
    with runtime.reading() as connection:
        who = campaigners.get_by_id(connection, campaigner.id)
    assert who

    def one(_: int) -> bool:
        try:
            totp.verify_code(runtime, who.id, codes_actor(who.id), code)
        except TooManyAttemptsError:
            raise
        except InvalidInputError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(one, range(8)))


def codes_actor(campaigner_id: int) -> Any:
    from campaign.domain.accounts.actor import Actor

    return Actor("Mary Seacole", campaigner_id, "192.0.2.0/24")


def test_anothers_recovery_code_is_none(
    app: Flask, runtime: Runtime, mary: DeskClient, phone: CodeApp, now: ManualClock
) -> None:
    eve = new_campaigner(runtime, app)
    hers = set_up_code_app(eve, now)
    assert enter(by_password(app), hers.recovery_codes[0]).status_code == 422
    assert totp.recovery_codes_left(runtime, eve.id) == 10


def test_new_recovery_codes_end_the_old_ones(app: Flask, runtime: Runtime, mary: DeskClient, phone: CodeApp) -> None:
    answer = mary.post(f"{PATH}/recovery-codes")
    new = re.findall(r"<code>([a-z2-7-]{19})</code>", answer.text)
    assert len(new) == 10
    assert enter(by_password(app), phone.recovery_codes[0]).status_code == 422
    assert enter(by_password(app), new[0]).status_code == 303
    assert "make recovery codes" in acts(runtime)


def test_turned_off_no_code_is_asked_for_and_no_recovery_code_is_left(
    app: Flask, runtime: Runtime, mary: DeskClient, phone: CodeApp
) -> None:
    other = new_session(runtime, app, mary.id, second_factor=True)
    assert mary.post(f"{PATH}/off").status_code == 303
    assert other.get("/desk/").status_code == 303
    browser = app.test_client()
    answer = browser.post("/desk/sign-in/password", data={"address": EMAIL, "password": PASSWORD})
    assert answer.location == "/desk/"
    assert browser.get("/desk/").status_code == 200
    assert totp.recovery_codes_left(runtime, mary.id) == 0
    assert "remove code app" in acts(runtime)


def test_that_the_app_is_off_is_said_in_the_language_of_the_desk(mary: DeskClient, phone: CodeApp) -> None:
    mary.post("/desk/account/language", {"language": "cy"})
    mary.post(f"{PATH}/off")
    assert "Ni ofynnir am god mwyach. Mae eich porwyr eraill wedi’u hallgofnodi." in page_text(mary.get(PATH))


def test_five_wrong_codes_and_the_password_is_asked_for_again(app: Flask, mary: DeskClient, phone: CodeApp) -> None:
    browser = by_password(app)
    for _ in range(pending_logins.MAX_ATTEMPTS):
        assert enter(browser, "000000").status_code == 422
    answer = enter(browser, phone.code())
    assert (answer.status_code, answer.location) == (303, "/desk/sign-in?next=%2Fdesk%2F")


def test_codes_are_limited_for_an_account_from_anywhere(runtime: Runtime, mary: DeskClient, phone: CodeApp) -> None:
    for _ in range(totp.ATTEMPT_LIMITS[0].max_attempts):
        with pytest.raises(InvalidInputError):
            totp.verify_code(runtime, mary.id, codes_actor(mary.id), "000000")
    with pytest.raises(TooManyAttemptsError):
        totp.verify_code(runtime, mary.id, codes_actor(mary.id), phone.code())


def test_without_a_first_factor_nobody_is_asked_for_a_code(app: Flask, mary: DeskClient, phone: CodeApp) -> None:
    browser = app.test_client()
    assert browser.get("/desk/sign-in/code?next=/desk/account").location == "/desk/sign-in?next=%2Fdesk%2Faccount"
    assert enter(browser, phone.code()).location == "/desk/sign-in?next=%2Fdesk%2F"
    browser.set_cookie("__Secure-cs_pending_login", "guess", path="/desk/sign-in")
    assert enter(browser, phone.code()).location == "/desk/sign-in?next=%2Fdesk%2F"


def test_a_pending_login_is_gone_once_it_is_complete(app: Flask, mary: DeskClient, phone: CodeApp, now: ManualClock) -> None:
    browser = by_password(app)
    cookie = browser.get_cookie("__Secure-cs_pending_login", path="/desk/sign-in")
    assert cookie.http_only
    assert enter(browser, phone.code()).status_code == 303
    thief = app.test_client()
    thief.set_cookie("__Secure-cs_pending_login", cookie.value, path="/desk/sign-in")
    now.advance(seconds=30)
    assert enter(thief, phone.code()).location.startswith("/desk/sign-in?")


def test_a_code_confirms_and_the_mailbox_or_password_alone_do_not(mary: DeskClient, phone: CodeApp, now: ManualClock) -> None:
    now.advance(minutes=11)
    assert mary.get(PATH).location == "/desk/confirm?next=%2Fdesk%2Faccount%2Fsecond-factor"
    page = page_text(mary.get(f"/desk/confirm?next={PATH}"))
    assert "With a code" in page
    assert "With your password" not in page
    assert mary.post("/desk/confirm/password", {"password": PASSWORD, "next": PATH}).status_code == 422
    assert mary.post("/desk/confirm/mail", {"next": PATH}).status_code == 422
    assert mary.post("/desk/confirm/code", {"code": "000000", "next": PATH}).status_code == 422
    assert mary.get(PATH).status_code == 303
    assert mary.post("/desk/confirm/code", {"code": phone.code(), "next": PATH}).location == PATH
    assert mary.get(PATH).status_code == 200


def test_a_campaign_that_wants_a_second_factor_has_it_set_up_or_confirmed(
    app: Flask, runtime: Runtime, mary: DeskClient, now: ManualClock
) -> None:
    campaign = new_campaign(runtime)
    with runtime.transaction() as connection:
        team.add_member(connection, campaign.id, mary.id, Role.OWNER, runtime.now())
        connection.exec_driver_sql("UPDATE campaigns SET second_factor = true")
    path = f"/desk/c/{campaign.slug}/team"
    assert mary.get(path).location.startswith("/desk/account/second-factor")
    phone = set_up_code_app(mary, now)
    assert mary.get(path).status_code == 200
    weak = new_session(runtime, app, mary.id)
    assert weak.get(path).location.startswith("/desk/confirm")
    now.advance(seconds=30)
    assert weak.post("/desk/confirm/code", {"code": phone.code(), "next": path}).location == path
    assert weak.get(path).status_code == 200


def test_the_key_survives_a_new_secret_key_while_the_old_one_is_a_fallback(
    make_runtime: Callable[..., Runtime], mary: DeskClient, phone: CodeApp, now: ManualClock
) -> None:
    rotated = make_runtime(secret_key=OTHER_SECRET_KEY, secret_key_fallbacks=(SECRET_KEY,))
    assert enter(by_password(make_app(rotated)), phone.code()).status_code == 303
    # Used once, it needs the old key no longer.
    now.advance(seconds=30)
    later = make_runtime(secret_key=OTHER_SECRET_KEY)
    assert enter(by_password(make_app(later)), phone.code()).status_code == 303


def test_with_the_key_gone_only_a_recovery_code_helps(
    make_runtime: Callable[..., Runtime], mary: DeskClient, phone: CodeApp
) -> None:
    other = make_app(make_runtime(secret_key=SECRET_KEY[::-1]))
    browser = by_password(other)
    assert enter(browser, phone.code()).status_code == 422
    assert enter(browser, phone.recovery_codes[0]).status_code == 303


def test_an_offer_of_another_campaigner_or_of_long_ago_sets_nothing_up(
    app: Flask, runtime: Runtime, mary: DeskClient, now: ManualClock
) -> None:
    eve = new_campaigner(runtime, app)
    secret, sealed = offered(eve.get(PATH))
    answer = mary.post(PATH, {"sealed": sealed, "code": CodeApp(secret, now, []).code()})
    assert answer.status_code == 422
    assert "Begin again" in answer.text
    for nonsense in ("", "nonsense", "é"):
        assert mary.post(PATH, {"sealed": nonsense, "code": "123456"}).status_code == 422
    with runtime.reading() as connection:
        assert credentials.get_totp_secret(connection, mary.id) == ""


def test_who_has_tried_too_often_with_an_offer_that_is_over_is_told_so_and_offered_another(mary: DeskClient) -> None:
    answers = [mary.post(PATH, {"sealed": "nonsense", "code": "123456"}) for _ in range(12)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429] * 2
    assert offered(answers[-1])


def test_an_app_that_is_set_up_is_not_replaced_unasked(mary: DeskClient, runtime: Runtime, now: ManualClock) -> None:
    secret, sealed = offered(mary.get(PATH))
    phone = set_up_code_app(mary, now)
    now.advance(seconds=30)
    assert mary.post(PATH, {"sealed": sealed, "code": CodeApp(secret, now, []).code()}).status_code == 422
    totp.verify_code(runtime, mary.id, codes_actor(mary.id), phone.code())

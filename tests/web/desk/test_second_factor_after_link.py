"""A second factor is asked for after every first one, before anything opens: mailed link, invitation, password."""

import re
from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.domain.accounts.role import Role
from campaign.domain.common.email_address import read_email_address
from campaign.domain.mail.kinds import INVITATION_LIFETIME
from campaign.runtime import Runtime
from campaign.services.accounts import login_links
from campaign.services.accounts.auth import totp
from campaign.store.accounts import audit_log, invitations
from campaign.store.redis import sessions
from tests.conftest import BASE_URL
from tests.support.authenticator import Authenticator
from tests.support.desk_client import SESSION_COOKIE, DeskClient, new_campaigner, page_text
from tests.support.factories import ManualClock, new_campaign
from tests.web.desk.test_passkeys import PATH as PASSKEYS_PATH
from tests.web.desk.test_second_factor import PASSWORD, CodeApp, set_up_code_app

EMAIL = "mary@campaign.example"
HOST = "sign.example.org"
FIRST_FACTORS, SECOND_FACTORS = ("link", "invitation", "password"), ("app", "passkey", "passkey and app")


@pytest.fixture
def mary(runtime: Runtime, app: Flask) -> DeskClient:
    mary = new_campaigner(runtime, app, email=EMAIL)
    cookie = mary.browser.get_cookie(SESSION_COOKIE, path="/desk")
    assert cookie is not None
    mary.browser.set_cookie(SESSION_COOKIE, cookie.value, path="/desk", domain=HOST)
    assert mary.post("/desk/account/password", {"password": PASSWORD}, base_url=BASE_URL).status_code == 303
    return mary


class SecondFactor:
    """Second factor of Mary, beside her mailbox and her password."""

    def __init__(self, mary: DeskClient, kind: str, now: ManualClock) -> None:
        self.device, self.app, self.recovery_codes = Authenticator(), CodeApp("", now, []), list[str]()
        if "passkey" in kind:
            question = mary.post(f"{PASSKEYS_PATH}/new.json", base_url=BASE_URL)
            form = {"name": "Phone", "credential": self.device.create(question.text)}
            answer = mary.post(PASSKEYS_PATH, form, base_url=BASE_URL)
            self.recovery_codes = re.findall(r"<code>([a-z2-7-]{19})</code>", answer.text)
        if "app" in kind:
            self.app = set_up_code_app(mary, now)
            self.recovery_codes = self.app.recovery_codes
            now.advance(seconds=30)


def give_first_factor(runtime: Runtime, browser: FlaskClient, kind: str) -> str:
    """The path of the page that a first factor leads to."""
    data = {"next": "/desk/account"}
    if kind == "link":
        printed = login_links.add_campaigner(runtime, read_email_address(EMAIL), "", operator=False)
        assert printed is not None
        path = printed.url.removeprefix(runtime.settings.base_url)
    elif kind == "invitation":
        campaign, key, now = new_campaign(runtime), runtime.random_token(), runtime.now()
        with runtime.transaction() as connection:
            number = invitations.add_invitation(
                connection, key, campaign.id, Role.EDITOR, (EMAIL, EMAIL), None, now, now + INVITATION_LIFETIME
            )
        path = f"/desk/invitation/{runtime.tokens.invitation_token(number, key)}"
    else:
        path, data = "/desk/sign-in/password", {**data, "address": EMAIL, "password": PASSWORD}
    answer = browser.post(path, data=data, base_url=BASE_URL)
    assert answer.status_code == 303
    return answer.location


def cookie_of(browser: FlaskClient) -> bool:
    return browser.get_cookie(SESSION_COOKIE, path="/desk", domain=HOST) is not None


@pytest.mark.parametrize(("first", "second"), list(product(FIRST_FACTORS, SECOND_FACTORS)))
def test_no_first_factor_opens_the_desk_of_who_has_a_second_one(
    app: Flask, runtime: Runtime, now: ManualClock, mary: DeskClient, first: str, second: str
) -> None:
    factor = SecondFactor(mary, second, now)
    assert len(set(factor.recovery_codes)) == 10
    sessions.end_all_sessions(runtime.redis, mary.id)
    browser = app.test_client()
    path = give_first_factor(runtime, browser, first)
    assert path.startswith("/desk/sign-in/code?next=")
    assert not cookie_of(browser)
    assert sessions.list_sessions(runtime.redis, runtime.tokens, mary.id, now()) == []
    page = browser.get(path, base_url=BASE_URL)
    assert "One more step" in page_text(page)
    assert ('data-passkey="use"' in page.text) is ("passkey" in second)
    assert browser.get("/desk/account", base_url=BASE_URL).status_code == 303
    wrong = browser.post("/desk/sign-in/code", data={"code": "000000"}, base_url=BASE_URL)
    assert (wrong.status_code, cookie_of(browser)) == (422, False)

    if "app" in second:
        answer = browser.post("/desk/sign-in/code", data={"code": factor.app.code()}, base_url=BASE_URL)
        by = first
    else:
        question = browser.post("/desk/sign-in/passkey.json", base_url=BASE_URL)
        form = {"credential": factor.device.get(question.text), "next": "/desk/account"}
        answer, by = browser.post("/desk/sign-in/passkey", data=form, base_url=BASE_URL), "passkey"
    assert (answer.status_code, cookie_of(browser)) == (303, True)
    [session] = sessions.list_sessions(runtime.redis, runtime.tokens, mary.id, now())
    assert session.second_factor
    with runtime.reading() as connection:
        entry = audit_log.list_entries(connection, None)[0]
    assert (entry.action, entry.after["by"]) == ("sign in", by)
    assert browser.get("/desk/account", base_url=BASE_URL).status_code == 200


@pytest.mark.parametrize("second", SECOND_FACTORS)
def test_a_recovery_code_opens_the_desk_once_where_the_second_factor_is_lost(
    app: Flask, runtime: Runtime, now: ManualClock, mary: DeskClient, second: str
) -> None:
    factor = SecondFactor(mary, second, now)
    for code, status in ((factor.recovery_codes[0], 303), (factor.recovery_codes[0], 422), (factor.recovery_codes[1], 303)):
        browser = app.test_client()
        give_first_factor(runtime, browser, "link")
        answer = browser.post("/desk/sign-in/code", data={"code": code}, base_url=BASE_URL)
        assert (answer.status_code, cookie_of(browser)) == (status, status == 303)
    assert totp.recovery_codes_left(runtime, mary.id) == 8


def test_a_link_is_used_up_by_who_is_asked_for_a_second_factor(
    app: Flask, runtime: Runtime, now: ManualClock, mary: DeskClient
) -> None:
    SecondFactor(mary, "passkey", now)
    printed = login_links.add_campaigner(runtime, read_email_address(EMAIL), "", operator=False)
    assert printed is not None
    path = printed.url.removeprefix(runtime.settings.base_url)
    assert app.test_client().post(path, base_url=BASE_URL).status_code == 303
    assert app.test_client().post(path, base_url=BASE_URL).status_code == 410

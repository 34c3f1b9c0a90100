"""Who has a code app is asked for a code also after a mailed link or an invitation, before anything opens."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.domain.accounts.role import Role
from campaign.domain.common.email_address import read_email_address
from campaign.domain.mail.kinds import INVITATION_LIFETIME
from campaign.runtime import Runtime
from campaign.services.accounts import login_links
from campaign.store.accounts import audit_log, invitations
from campaign.store.redis import sessions
from campaign.web.desk.access import SESSION_COOKIE
from tests.support.desk_client import DeskClient, new_campaigner
from tests.support.factories import ManualClock, new_campaign
from tests.web.desk.test_second_factor import CodeApp, set_up_code_app

EMAIL = "mary@campaign.example"


@pytest.fixture
def mary(runtime: Runtime, app: Flask) -> DeskClient:
    return new_campaigner(runtime, app, email=EMAIL)


@pytest.fixture
def phone(mary: DeskClient, now: ManualClock) -> CodeApp:
    made = set_up_code_app(mary, now)
    now.advance(seconds=30)
    return made


def asked_for_a_code(runtime: Runtime, mary: DeskClient, browser: FlaskClient, path: str) -> None:
    """A press on what the mail led to begins no session; the code that comes next does."""
    sessions.end_all_sessions(runtime.redis, mary.id)
    answer = browser.post(path)
    assert answer.status_code == 303
    assert answer.location.startswith("/desk/sign-in/code?next=")
    assert browser.get_cookie(SESSION_COOKIE, path="/desk") is None
    assert sessions.list_sessions(runtime.redis, mary.id, runtime.now()) == []
    assert "Enter your code" in browser.get(answer.location).text


def let_in_by(runtime: Runtime, mary: DeskClient, browser: FlaskClient, phone: CodeApp, by: str, wanted: str) -> None:
    answer = browser.post("/desk/sign-in/code", data={"code": phone.code()})
    assert (answer.status_code, answer.location) == (303, wanted)
    [session] = sessions.list_sessions(runtime.redis, mary.id, runtime.now())
    assert session.second_factor
    with runtime.reading() as connection:
        entry = audit_log.list_entries(connection, None)[0]
    assert (entry.action, entry.after["by"]) == ("sign in", by)


def test_after_a_link(app: Flask, runtime: Runtime, mary: DeskClient, phone: CodeApp) -> None:
    printed = login_links.add_campaigner(runtime, read_email_address(EMAIL), "", operator=False)
    assert printed is not None
    path, browser = printed.url.removeprefix(runtime.settings.base_url), app.test_client()
    asked_for_a_code(runtime, mary, browser, f"{path}?next=/desk/account")
    let_in_by(runtime, mary, browser, phone, "link", "/desk/account")
    # The link is used up all the same.
    assert app.test_client().post(path).status_code == 410


def test_after_an_invitation(app: Flask, runtime: Runtime, mary: DeskClient, phone: CodeApp) -> None:
    campaign, key = new_campaign(runtime), runtime.random_token()
    now = runtime.now()
    with runtime.transaction() as connection:
        number = invitations.add_invitation(
            connection, key, campaign.id, Role.EDITOR, (EMAIL, EMAIL), None, now, now + INVITATION_LIFETIME
        )
    browser = app.test_client()
    asked_for_a_code(runtime, mary, browser, f"/desk/invitation/{runtime.tokens.invitation_token(number, key)}")
    let_in_by(runtime, mary, browser, phone, "invitation", f"/desk/c/{campaign.slug}/")

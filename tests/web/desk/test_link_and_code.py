"""Who has a code app is asked for a code also after a mailed link or an invitation, before anything opens."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign import entering
from campaign.domain.address import read_address
from campaign.domain.notice import INVITATION_LASTS
from campaign.domain.role import Role
from campaign.runtime import Runtime
from campaign.store import audit, invitations, sessions
from campaign.web.desk.gate import COOKIE
from tests.desk import Campaigner, new_campaigner
from tests.factories import Now, new_campaign
from tests.web.desk.test_second_factor import Phone, set_up

EMAIL = "mary@campaign.example"


@pytest.fixture
def mary(runtime: Runtime, app: Flask) -> Campaigner:
    return new_campaigner(runtime, app, email=EMAIL)


@pytest.fixture
def phone(mary: Campaigner, now: Now) -> Phone:
    made = set_up(mary, now)
    now.forward(seconds=30)
    return made


def asked_for_a_code(runtime: Runtime, mary: Campaigner, browser: FlaskClient, path: str) -> None:
    """A press on what the mail led to begins no session; the code that comes next does."""
    sessions.end_all(runtime.redis, mary.id)
    answer = browser.post(path)
    assert answer.status_code == 303
    assert answer.location.startswith("/desk/sign-in/code?next=")
    assert browser.get_cookie(COOKIE, path="/desk") is None
    assert sessions.of(runtime.redis, mary.id, runtime.now()) == []
    assert "Enter your code" in browser.get(answer.location).text


def let_in_by(runtime: Runtime, mary: Campaigner, browser: FlaskClient, phone: Phone, by: str, wanted: str) -> None:
    answer = browser.post("/desk/sign-in/code", data={"code": phone.code()})
    assert (answer.status_code, answer.location) == (303, wanted)
    [session] = sessions.of(runtime.redis, mary.id, runtime.now())
    assert session.second_factor
    with runtime.reading() as connection:
        entry = audit.page(connection, None)[0]
    assert (entry.act, entry.became["by"]) == ("sign in", by)


def test_after_a_link(app: Flask, runtime: Runtime, mary: Campaigner, phone: Phone) -> None:
    printed = entering.add(runtime, read_address(EMAIL), "", operator=False)
    assert printed is not None
    path, browser = printed.url.removeprefix(runtime.settings.base_url), app.test_client()
    asked_for_a_code(runtime, mary, browser, f"{path}?next=/desk/account")
    let_in_by(runtime, mary, browser, phone, "link", "/desk/account")
    # The link is used up all the same.
    assert app.test_client().post(path).status_code == 410


def test_after_an_invitation(app: Flask, runtime: Runtime, mary: Campaigner, phone: Phone) -> None:
    campaign, key = new_campaign(runtime), runtime.token()
    now = runtime.now()
    with runtime.transaction() as connection:
        number = invitations.add(connection, key, campaign.id, Role.EDITOR, (EMAIL, EMAIL), None, now, now + INVITATION_LASTS)
    browser = app.test_client()
    asked_for_a_code(runtime, mary, browser, f"/desk/invitation/{runtime.links.invitation_token(number, key)}")
    let_in_by(runtime, mary, browser, phone, "invitation", f"/desk/c/{campaign.slug}/")

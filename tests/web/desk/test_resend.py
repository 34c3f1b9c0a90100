"""Nothing typed at the desk is lost: whatever stands in the way of a form, its words come back, and can be sent again."""

import html
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.site.switch import Switch
from campaign.runtime import Runtime
from campaign.services.site import switches
from tests.html_validator import Validator
from tests.support.desk_client import new_session, page_text
from tests.support.factories import ManualClock
from tests.web.desk.test_access_by_role import ACCESS_ROWS, POSTS, ROLES_TRIED, RoleClients, _path

FORMS = [rule for rule in POSTS if ACCESS_ROWS["POST", rule][0] == "401" and not rule.endswith(".json")]
"""All that somebody who is signed in can send."""
TYPED = {"ask": "Siân wrote\nthis <b>", "title": "Achub “pwll”", "slug": "the-pond", "password": "hunter2 hunter2"}
ORIGIN = {"Origin": "http://localhost"}
_VALIDATOR = Validator()


def resent(answer: TestResponse) -> dict[str, str]:
    """The fields of the form that an answer gives back."""
    form = re.search(r"<form[^>]*data-resend.*?</form>", answer.text, re.DOTALL)
    assert form is not None, page_text(answer)
    inputs = re.findall(r'<input type="(?:hidden|text)"[^>]*name="([^"]+)" value="([^"]*)"', form[0])
    areas = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', form[0], re.DOTALL)
    return {name: html.unescape(value) for name, value in [*inputs, *areas]}


def lost(answer: TestResponse, status: int, path: str, csrf: str) -> str:
    """What is wrong with an answer that should give a form back; "" for nothing."""
    if answer.status_code != status:
        return f"status {answer.status_code}"
    if "hunter2" in answer.text:
        return "a password is sent back"
    given = {name: value.replace("\r\n", "\n") for name, value in resent(answer).items()}
    if given != {"csrf": csrf, **{name: value for name, value in TYPED.items() if name != "password"}}:
        return f"fields {given}"
    varying = html.escape(path), html.escape(quote(path, safe="")), *([csrf] if len(csrf) > 10 else [])
    well = f'action="{html.escape(path)}"' in answer.text and not _VALIDATOR.problems(answer.text, *varying)
    return "" if well else "no form to send again"


@pytest.mark.timeout(300)
def test_every_form_comes_back_with_its_words_whatever_stands_in_its_way(
    app: Flask, runtime: Runtime, now: ManualClock
) -> None:
    world = RoleClients(app, runtime, now)
    (owner, names), (stale, stale_names) = world.new("owner", operator=True), world.new("stale")
    found = {}
    for rule in FORMS:
        path = _path(rule, names)
        found["signed out", rule] = lost(app.test_client().post(path, data={**TYPED, "csrf": "old"}), 401, path, "old")
        found["signed in again", rule] = lost(
            owner.browser.post(path, data={**TYPED, "csrf": "old"}, headers=ORIGIN), 403, path, owner.csrf
        )
        # Asking for the mail that confirms leads back to where it was asked for.
        if ACCESS_ROWS["POST", rule][ROLES_TRIED.index("stale")] == "confirm" and rule != "/desk/confirm/mail":
            path = _path(rule, stale_names)
            found["confirm first", rule] = lost(stale.post(path, TYPED), 401, path, stale.csrf)
    assert {key: wrong for key, wrong in found.items() if wrong} == {}
    assert len(FORMS) > 60


def test_every_form_comes_back_while_the_site_is_read_only(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    owner, names = RoleClients(app, runtime, now).new("owner", operator=True)
    switches.set_switch(runtime, COMMAND_LINE, Switch.READ_ONLY, on=True)
    kept_out = [rule for rule in FORMS if owner.post(_path(rule, names), {"x": "Words kept"}).status_code == 409]
    found = {rule: lost(owner.post(_path(rule, names), TYPED), 409, _path(rule, names), owner.csrf) for rule in kept_out}
    assert {rule: wrong for rule, wrong in found.items() if wrong} == {}
    assert len(kept_out) > 50


def test_every_form_comes_back_where_the_database_cannot_be_opened(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    owner, names = RoleClients(app, runtime, now).new("owner", operator=True)
    path = Path(str(runtime.engine.url.database))
    runtime.engine.dispose()
    kept = path.rename(path.with_suffix(".kept"))
    path.mkdir()
    try:
        found = {rule: lost(owner.post(_path(rule, names), TYPED), 503, _path(rule, names), owner.csrf) for rule in FORMS}
    finally:
        path.rmdir()
        kept.rename(path)
    assert {rule: wrong for rule, wrong in found.items() if wrong} == {}


def test_what_was_sent_signed_out_is_carried_through_after_signing_in(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    owner, _ = RoleClients(app, runtime, now).new("owner")
    owner.browser.delete_cookie("__Secure-cs_desk", path="/desk", domain="localhost")
    typed = {"name": "Mary Jane Seacole", "csrf": owner.csrf}
    refused = owner.browser.post("/desk/account/name", data=typed, headers=ORIGIN)
    assert refused.status_code == 401
    assert 'href="/desk/sign-in?next=%2Fdesk%2Fdone"' in refused.text
    again = new_session(runtime, app, owner.id, second_factor=True)
    assert "Go back to the other window" in again.get("/desk/done").text
    once = again.browser.post("/desk/account/name", data=resent(refused), headers=ORIGIN)
    assert once.status_code == 403
    assert again.browser.post("/desk/account/name", data=resent(once), headers=ORIGIN).status_code == 303
    assert 'value="Mary Jane Seacole"' in again.get("/desk/account").text


def test_another_site_gets_neither_words_nor_token(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    owner, names = RoleClients(app, runtime, now).new("owner")
    path = _path("/desk/c/<slug>/settings", names)
    answer = owner.browser.post(path, data=TYPED, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "Siân" not in answer.text
    # A browser that does not say where a form comes from is not trusted with the session's token.
    unknown = owner.browser.post(path, data={**TYPED, "csrf": "guessed ☃"})
    assert unknown.status_code == 403
    assert owner.csrf not in unknown.text.split("data-resend")[1].split("</form>")[0]

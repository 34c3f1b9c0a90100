"""Passkeys at the desk: made, used to sign in and to confirm, renamed, removed, and refused where something is not right."""

import json
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from campaign.domain.accounts.role import Role
from campaign.runtime import Runtime
from campaign.services.accounts.auth.passkeys import MAX_PASSKEYS, list_passkeys
from campaign.store.accounts import audit_log, passkeys, team
from campaign.store.redis import passkey_challenges, sessions
from tests.conftest import BASE_URL, on_both_databases
from tests.support.authenticator import Authenticator, challenge_of
from tests.support.desk_client import SESSION_COOKIE, DeskClient, new_campaigner, new_session, page_text
from tests.support.factories import ManualClock, new_campaign
from tests.support.queries import execute_sql

PATH = "/desk/account/passkeys"


def added(campaigner: DeskClient, device: Authenticator, name: str = "Phone") -> TestResponse:
    question = campaigner.post(f"{PATH}/new.json", base_url=BASE_URL)
    assert question.status_code == 200, question.text
    return campaigner.post(PATH, {"name": name, "credential": device.create(question.text)}, base_url=BASE_URL)


def sign_in(app: Flask, device: Authenticator, wanted: str = "/desk/") -> tuple[Any, TestResponse]:
    browser = app.test_client()
    question = browser.post("/desk/sign-in/passkey.json", base_url=BASE_URL)
    form = {"credential": device.get(question.text), "next": wanted}
    return browser, browser.post("/desk/sign-in/passkey", data=form, base_url=BASE_URL)


def acts(runtime: Runtime) -> list[str]:
    with runtime.reading() as connection:
        return [entry.action for entry in audit_log.list_entries(connection, None)]


@pytest.fixture
def mary(runtime: Runtime, app: Flask) -> DeskClient:
    mary = new_campaigner(runtime, app, email="mary@campaign.example")
    cookie = mary.browser.get_cookie(SESSION_COOKIE, path="/desk")
    assert cookie is not None
    mary.browser.set_cookie(SESSION_COOKIE, cookie.value, path="/desk", domain="sign.example.org")
    return mary


@pytest.fixture
def phone(mary: DeskClient) -> Authenticator:
    """A device with a passkey of hers."""
    device = Authenticator()
    assert added(mary, device).status_code == 200
    return device


def test_a_passkey_is_added_and_listed(mary: DeskClient, phone: Authenticator, runtime: Runtime) -> None:
    page = mary.get(PATH)
    assert "Phone" in page_text(page)
    assert "not used yet" in page_text(page)
    assert acts(runtime)[0] == "add passkey"


def test_a_passkey_signs_its_owner_in_and_counts_as_a_second_factor(
    app: Flask, runtime: Runtime, mary: DeskClient, phone: Authenticator
) -> None:
    sessions.end_all_sessions(runtime.redis, mary.id)
    browser, answer = sign_in(app, phone, "/desk/account")
    assert (answer.status_code, answer.location) == (303, "/desk/account")
    assert browser.get("/desk/", base_url=BASE_URL).status_code == 200
    [session] = sessions.list_sessions(runtime.redis, runtime.tokens, mary.id, runtime.now())
    assert session.second_factor
    assert session.is_recently_confirmed(runtime.now())
    assert "last used" in page_text(browser.get(PATH, base_url=BASE_URL))
    assert acts(runtime)[0] == "sign in"


def test_adding_or_removing_one_signs_out_every_other_browser(app: Flask, runtime: Runtime, mary: DeskClient) -> None:
    other = new_session(runtime, app, mary.id)
    assert added(mary, Authenticator()).status_code == 200
    assert other.get("/desk/").status_code == 303
    assert mary.get("/desk/").status_code == 200
    other = new_session(runtime, app, mary.id)
    [one] = list_passkeys(runtime, mary.id)
    assert mary.post(f"{PATH}/{one.id}/remove").status_code == 303
    assert other.get("/desk/").status_code == 303
    assert acts(runtime)[0] == "remove passkey"


def test_a_removed_passkey_opens_nothing(app: Flask, runtime: Runtime, mary: DeskClient, phone: Authenticator) -> None:
    [one] = list_passkeys(runtime, mary.id)
    mary.post(f"{PATH}/{one.id}/remove")
    browser, answer = sign_in(app, phone)
    assert answer.status_code == 422
    assert browser.get_cookie(SESSION_COOKIE, path="/desk", domain="sign.example.org") is None
    assert "You have removed that passkey before" in page_text(mary.post(f"{PATH}/{one.id}/remove", follow_redirects=True))


@on_both_databases
def test_a_passkey_is_renamed(mary: DeskClient, phone: Authenticator, runtime: Runtime) -> None:
    [one] = list_passkeys(runtime, mary.id)
    assert mary.post(f"{PATH}/{one.id}/name", {"name": "  Red   phone "}).status_code == 303
    assert list_passkeys(runtime, mary.id)[0].name == "Red phone"
    wrong = mary.post(f"{PATH}/{one.id}/name", {"name": "  "})
    assert (wrong.status_code, "Give the passkey a name" in wrong.text) == (422, True)
    assert acts(runtime).count("rename passkey") == 1


def test_nobody_renames_or_removes_anothers_passkey(
    app: Flask, runtime: Runtime, mary: DeskClient, phone: Authenticator
) -> None:
    eve = new_campaigner(runtime, app)
    [one] = list_passkeys(runtime, mary.id)
    eve.post(f"{PATH}/{one.id}/name", {"name": "Mine"})
    eve.post(f"{PATH}/{one.id}/remove")
    assert [kept.name for kept in list_passkeys(runtime, mary.id)] == ["Phone"]


def test_a_copy_is_refused_and_noted(app: Flask, runtime: Runtime, mary: DeskClient, phone: Authenticator) -> None:
    copy = phone.clone()
    assert sign_in(app, phone)[1].status_code == 303
    assert sign_in(app, phone)[1].status_code == 303
    refused = sign_in(app, copy)[1]
    assert refused.status_code == 422
    assert "a copy of it was used" in page_text(refused)
    assert acts(runtime)[0] == "refuse copied passkey"
    assert sign_in(app, phone)[1].status_code == 303


@on_both_databases
def test_a_passkey_that_does_not_count_may_say_nought_for_ever(app: Flask, mary: DeskClient) -> None:
    phone = Authenticator(counts_signatures=False)
    assert added(mary, phone).status_code == 200
    for _ in range(3):
        assert sign_in(app, phone)[1].status_code == 303


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"host": "evil.example"},
        {"verifies_user": False},
        {"origin": "http://sign.example.org"},
    ],
)
def test_a_passkey_of_another_site_or_of_who_did_not_unlock_it_is_not_added(
    mary: DeskClient, runtime: Runtime, wrong: dict[str, Any]
) -> None:
    assert added(mary, Authenticator(**wrong)).status_code == 422
    assert list_passkeys(runtime, mary.id) == []


@pytest.mark.parametrize("wrong", [{"origin": "https://evil.example"}, {"host": "evil.example"}, {"verifies_user": False}])
def test_an_answer_given_to_another_site_or_without_unlocking_is_refused(
    app: Flask, mary: DeskClient, phone: Authenticator, wrong: dict[str, Any]
) -> None:
    for name, value in wrong.items():
        setattr(phone, name, value)
    assert sign_in(app, phone)[1].status_code == 422


def test_an_answer_is_good_once(app: Flask, mary: DeskClient, phone: Authenticator) -> None:
    browser = app.test_client()
    question = browser.post("/desk/sign-in/passkey.json", base_url=BASE_URL)
    cookie = browser.get_cookie("__Secure-cs_challenge", path="/desk", domain="sign.example.org")
    assert cookie is not None
    assert cookie.http_only
    form = {"credential": phone.get(question.text)}
    assert browser.post("/desk/sign-in/passkey", data=form, base_url=BASE_URL).status_code == 303
    thief = app.test_client()
    thief.set_cookie("__Secure-cs_challenge", cookie.value, path="/desk", domain="sign.example.org")
    assert thief.post("/desk/sign-in/passkey", data=form, base_url=BASE_URL).status_code == 422


def test_an_answer_needs_the_browser_that_was_asked(app: Flask, mary: DeskClient, phone: Authenticator) -> None:
    question = app.test_client().post("/desk/sign-in/passkey.json", base_url=BASE_URL)
    form = {"credential": phone.get(question.text)}
    assert app.test_client().post("/desk/sign-in/passkey", data=form, base_url=BASE_URL).status_code == 422


def test_a_question_to_confirm_is_no_good_for_signing_in(mary: DeskClient, phone: Authenticator) -> None:
    question = mary.post("/desk/confirm/passkey.json", base_url=BASE_URL)
    form = {"credential": phone.get(question.text)}
    assert mary.browser.post("/desk/sign-in/passkey", data=form, base_url=BASE_URL).status_code == 422


def test_a_challenge_is_long_random_once_and_for_five_minutes(runtime: Runtime, app: Flask) -> None:
    asked = [app.test_client().post("/desk/sign-in/passkey.json").text for _ in range(5)]
    assert {len(challenge_of(one)) for one in asked} == {32}
    assert len({challenge_of(one) for one in asked}) == 5
    passkey_challenges.store_challenge(runtime.redis, "name", "sign-in", b"c" * 32)
    [key] = list(runtime.redis.keys("*challenge:sign-in:name"))  # type: ignore[arg-type]
    assert 290 < runtime.redis.ttl(key) <= 300  # type: ignore[operator]
    assert passkey_challenges.take_challenge(runtime.redis, "name", "confirm-1") is None
    assert passkey_challenges.take_challenge(runtime.redis, "name", "sign-in") == b"c" * 32
    assert passkey_challenges.take_challenge(runtime.redis, "name", "sign-in") is None


@on_both_databases
def test_a_shut_out_campaigner_is_not_let_in_by_passkey(
    app: Flask, runtime: Runtime, mary: DeskClient, phone: Authenticator
) -> None:
    shut_out(runtime, mary.id)
    assert sign_in(app, phone)[1].status_code == 422


def test_known_and_unknown_passkeys_are_refused_in_the_same_words(app: Flask, mary: DeskClient, phone: Authenticator) -> None:
    phone.origin = "https://evil.example"
    known = sign_in(app, phone)[1]
    unknown = sign_in(app, Authenticator(credential_id=b"nobodys" * 3, handle="bm9ib2R5"))[1]
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)


def test_one_credential_is_registered_once(runtime: Runtime, mary: DeskClient, phone: Authenticator) -> None:
    again = added(mary, phone)
    assert (again.status_code, "registered already" in again.text) == (422, True)
    assert len(list_passkeys(runtime, mary.id)) == 1


def test_an_account_holds_a_bounded_number(runtime: Runtime, mary: DeskClient) -> None:
    with runtime.transaction() as connection:
        for number in range(MAX_PASSKEYS):
            passkeys.add_passkey(connection, mary.id, f"id{number}", b"key", 0, f"Key {number}", runtime.now())
    [session] = sessions.list_sessions(runtime.redis, runtime.tokens, mary.id, runtime.now())
    sessions.confirm_session(runtime.redis, runtime.tokens, session, runtime.now(), second_factor=True)
    assert "as many passkeys as one account can have" in page_text(mary.get(PATH))
    assert added(mary, Authenticator()).status_code == 422


def test_the_question_names_the_known_passkeys_and_nothing_of_others(
    app: Flask, runtime: Runtime, mary: DeskClient, phone: Authenticator
) -> None:
    eve = new_campaigner(runtime, app)
    for who, many in ((mary, 1), (eve, 0)):
        confirm = json.loads(who.post("/desk/confirm/passkey.json").text)
        assert len(confirm["allowCredentials"]) == many
        assert confirm["userVerification"] == "required"
    new = json.loads(mary.post(f"{PATH}/new.json").text)
    assert len(new["excludeCredentials"]) == 1
    assert new["rp"]["id"] == "sign.example.org"
    selection = new["authenticatorSelection"]
    assert (selection["residentKey"], selection["userVerification"]) == ("required", "required")
    assert json.loads(app.test_client().post("/desk/sign-in/passkey.json").text)["allowCredentials"] == []


def test_old_sessions_must_confirm_before_they_touch_passkeys(now: ManualClock, mary: DeskClient) -> None:
    now.advance(minutes=11)
    for answer in (mary.get(PATH), mary.post(f"{PATH}/new.json"), mary.post(PATH), mary.post(f"{PATH}/1/remove")):
        assert (answer.status_code, answer.location) == (303, "/desk/confirm?next=%2Fdesk%2Faccount%2Fpasskeys")


def test_a_mailbox_alone_does_not_touch_the_passkeys_of_who_has_one(
    app: Flask, runtime: Runtime, mary: DeskClient, phone: Authenticator
) -> None:
    thief = new_session(runtime, app, mary.id)
    [one] = list_passkeys(runtime, mary.id)
    for path in (PATH, "/desk/account/password", "/desk/account/second-factor"):
        assert thief.get(path).status_code == 303
    assert thief.post(f"{PATH}/{one.id}/remove").location.startswith("/desk/confirm")
    asked = thief.post("/desk/account/password", {"password": "four words of a thief"})
    assert (asked.status_code, "/desk/confirm" in asked.text, "four words" in asked.text) == (401, True, False)
    assert len(list_passkeys(runtime, mary.id)) == 1
    page = page_text(thief.get(f"/desk/confirm?next={PATH}"))
    assert "With a passkey" in page
    assert "By email" not in page


def test_a_passkey_confirms(now: ManualClock, mary: DeskClient, phone: Authenticator) -> None:
    now.advance(minutes=11)
    assert mary.get(PATH).status_code == 303
    question = mary.post("/desk/confirm/passkey.json", base_url=BASE_URL)
    form = {"credential": phone.get(question.text), "next": PATH}
    answer = mary.post("/desk/confirm/passkey", form, base_url=BASE_URL)
    assert (answer.status_code, answer.location) == (303, PATH)
    assert mary.get(PATH).status_code == 200


def test_anothers_passkey_does_not_confirm(
    app: Flask, runtime: Runtime, now: ManualClock, mary: DeskClient, phone: Authenticator
) -> None:
    eve = new_campaigner(runtime, app)
    now.advance(minutes=11)
    cookie = eve.browser.get_cookie(SESSION_COOKIE, path="/desk")
    assert cookie is not None
    eve.browser.set_cookie(SESSION_COOKIE, cookie.value, path="/desk", domain="sign.example.org")
    question = eve.post("/desk/confirm/passkey.json", base_url=BASE_URL)
    answer = eve.post("/desk/confirm/passkey", {"credential": phone.get(question.text), "next": PATH}, base_url=BASE_URL)
    assert answer.status_code == 422
    [session] = sessions.list_sessions(runtime.redis, runtime.tokens, eve.id, runtime.now())
    assert not session.is_recently_confirmed(runtime.now())
    assert not session.second_factor


def test_a_campaign_that_wants_a_second_factor_lets_in_who_came_by_passkey(
    app: Flask, runtime: Runtime, mary: DeskClient, phone: Authenticator
) -> None:
    campaign = new_campaign(runtime)
    with runtime.transaction() as connection:
        team.add_member(connection, campaign.id, mary.id, Role.OWNER, runtime.now())
        want_second_factor(connection, campaign.id)
    path = f"/desk/c/{campaign.slug}/team"
    weak = new_session(runtime, app, mary.id)
    assert weak.get(path).location.startswith("/desk/confirm")
    assert "With your password" not in page_text(weak.get(f"/desk/confirm?next={path}"))
    assert "By email" not in page_text(weak.get(f"/desk/confirm?next={path}"))
    browser, answer = sign_in(app, phone, path)
    assert browser.get(answer.location, base_url=BASE_URL).status_code == 200


@pytest.mark.parametrize("change", ["", "[]", "{}", "null", "1", '"x"', "{", "[" * 5000, "\x00", '{"id": "é"}', "x" * 20_000])
def test_an_answer_that_cannot_be_read_is_refused(app: Flask, mary: DeskClient, phone: Authenticator, change: str) -> None:
    browser = app.test_client()
    browser.post("/desk/sign-in/passkey.json", base_url=BASE_URL)
    assert browser.post("/desk/sign-in/passkey", data={"credential": change}, base_url=BASE_URL).status_code == 422
    mary.post(f"{PATH}/new.json", base_url=BASE_URL)
    assert mary.post(PATH, {"credential": change}, base_url=BASE_URL).status_code == 422


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
@pytest.mark.parametrize("value", ["", "AAAA", "!", None, 7, [], {}, "A" * 3000])
def test_an_answer_with_one_part_exchanged_is_refused(
    app: Flask, mary: DeskClient, phone: Authenticator, part: str, value: Any
) -> None:
    browser = app.test_client()
    given = json.loads(phone.get(browser.post("/desk/sign-in/passkey.json", base_url=BASE_URL).text))
    given["response"][part] = value
    answer = browser.post("/desk/sign-in/passkey", data={"credential": json.dumps(given)}, base_url=BASE_URL)
    assert answer.status_code == 422


@pytest.mark.parametrize("part", ["clientDataJSON", "attestationObject"])
@pytest.mark.parametrize("value", ["", "AAAA", "!", None, 7, [], {}, "A" * 3000, "o2NmbXQ"])
def test_a_new_passkey_with_one_part_exchanged_is_refused(mary: DeskClient, part: str, value: Any) -> None:
    given = json.loads(Authenticator().create(mary.post(f"{PATH}/new.json", base_url=BASE_URL).text))
    given["response"][part] = value
    assert mary.post(PATH, {"credential": json.dumps(given)}, base_url=BASE_URL).status_code == 422


def want_second_factor(connection: Any, campaign_id: int) -> None:
    connection.exec_driver_sql(f"UPDATE campaigns SET second_factor = true WHERE id = {campaign_id}")


def shut_out(runtime: Runtime, campaigner_id: int) -> None:
    execute_sql(runtime, f"UPDATE campaigners SET disabled_at = created_at WHERE id = {campaigner_id}")

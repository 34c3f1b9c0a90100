"""A password: set, used, changed, removed; and nothing learnt by who guesses."""

import re
from cProfile import Profile
from pstats import Stats

import pytest
from argon2 import PasswordHasher
from flask import Flask
from werkzeug.test import TestResponse

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.runtime import Runtime
from campaign.services.accounts.auth import passwords
from campaign.store.accounts import audit_log, credentials
from campaign.store.redis import sessions
from tests.conftest import on_both_databases
from tests.support.desk_client import SESSION_COOKIE, DeskClient, new_campaigner, new_session, page_text
from tests.support.factories import ManualClock
from tests.support.queries import execute_sql

PATH = "/desk/account/password"
GOOD = "four wörds nobody puts together"
EMAIL = "Mary@campaign.example"


@pytest.fixture
def mary(runtime: Runtime, app: Flask) -> DeskClient:
    return new_campaigner(runtime, app, email=EMAIL)


@pytest.fixture
def known(mary: DeskClient) -> DeskClient:
    """Mary, with a password."""
    assert mary.post(PATH, {"password": GOOD}).status_code == 303
    return mary


def attempt(
    app: Flask, email: str = EMAIL, password: str = GOOD, wanted: str = "/desk/", network: str = "192.0.2"
) -> TestResponse:
    form = {"address": email, "password": password, "next": wanted}
    return app.test_client().post("/desk/sign-in/password", data=form, environ_base={"REMOTE_ADDR": f"{network}.7"})


def signs_in(answer: TestResponse) -> bool:
    return answer.status_code == 303 and any(
        one.startswith(f"{SESSION_COOKIE}=") for one in answer.headers.getlist("Set-Cookie")
    )


def acts(runtime: Runtime) -> list[str]:
    with runtime.reading() as connection:
        return [entry.action for entry in audit_log.list_entries(connection, None)]


def test_a_password_signs_in_and_is_one_factor(app: Flask, runtime: Runtime, known: DeskClient) -> None:
    sessions.end_all_sessions(runtime.redis, known.id)
    answer = attempt(app, " mary@CAMPAIGN.example ", wanted="/desk/account")
    assert signs_in(answer)
    assert answer.location == "/desk/account"
    [session] = sessions.list_sessions(runtime.redis, runtime.tokens, known.id, runtime.now())
    assert not session.second_factor
    assert acts(runtime)[:2] == ["sign in", "set password"]


def test_it_leads_nowhere_but_to_the_desk(app: Flask, known: DeskClient) -> None:
    assert attempt(app, wanted="https://evil.example/desk/").location == "/desk/"


def test_it_is_kept_as_argon2id_of_two_passes_over_nineteen_mebibytes(runtime: Runtime, known: DeskClient) -> None:
    with runtime.reading() as connection:
        kept = credentials.get_password_hash(connection, known.id)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert GOOD not in kept


@on_both_databases
def test_a_wrong_password_an_unknown_address_and_somebody_without_one_are_answered_alike(
    app: Flask, runtime: Runtime, known: DeskClient
) -> None:
    new_campaigner(runtime, app, email="without@campaign.example")
    shut_out = new_campaigner(runtime, app, email="shut@campaign.example")
    shut_out.post(PATH, {"password": GOOD})
    execute_sql(runtime, f"UPDATE campaigners SET disabled_at = created_at WHERE id = {shut_out.id}")

    def seen(email: str, password: str) -> tuple[int, str, list[str]]:
        answer = attempt(app, email, password)
        page = answer.text.replace(email, "").replace(email.lower(), "")
        return answer.status_code, page, answer.headers.getlist("Set-Cookie")

    wrong = seen(EMAIL, "not her password at all")
    assert wrong[0] == 422
    assert passwords.WRONG_PASSWORD in wrong[1]
    for email in ("nobody@campaign.example", "without@campaign.example", "shut@campaign.example", "no address"):
        assert seen(email, GOOD) == wrong
    assert seen(EMAIL, "") == wrong
    assert seen(EMAIL, "x" * 60_000) == wrong


def test_an_unknown_address_costs_the_same_work(runtime: Runtime, known: DeskClient) -> None:
    def compared(email: str) -> int:
        profile = Profile()
        with pytest.raises(InvalidInputError):
            profile.runcall(passwords.verify_password, runtime, email, "not her password at all", "192.0.2.0/24")
        return sum(calls for (_, _, name), (calls, *_) in Stats(profile).stats.items() if name == "verify_secret")  # type: ignore[attr-defined]

    assert [compared(email) for email in (EMAIL, "nobody@campaign.example", "no address")] == [1, 1, 1]
    with runtime.reading() as connection:
        kept = credentials.get_password_hash(connection, known.id)
    assert passwords._dummy_hash().split("$")[:4] == kept.split("$")[:4]


def test_attempts_at_one_address_are_limited_whether_or_not_it_is_known(app: Flask, known: DeskClient) -> None:
    most = passwords.LIMIT_PER_ACCOUNT_AND_NETWORK.max_attempts
    for email in (EMAIL, "nobody@campaign.example"):
        answers = [attempt(app, email, f"guess number {number}") for number in range(most + 1)]
        assert [answer.status_code for answer in answers] == [422] * most + [429]
        assert "tried too often" in page_text(answers[-1])
    # Also the right one, from there; from elsewhere she is not locked out.
    assert attempt(app).status_code == 429
    assert signs_in(attempt(app, network="198.51.100"))


def test_attempts_from_one_network_are_limited_over_all_addresses(app: Flask, known: DeskClient) -> None:
    most = passwords.LIMIT_PER_NETWORK.max_attempts
    answers = [attempt(app, f"guess{number}@campaign.example", "a guess at a password") for number in range(most + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {422}
    assert answers[-1].status_code == 429
    assert attempt(app).status_code == 429


@pytest.mark.parametrize("typed", ["", "short", "password1234", "mary@campaign.example", "Mary Seacole", "x" * 201, "ab" * 8])
def test_a_bad_password_is_not_stored_nor_shown_again(mary: DeskClient, runtime: Runtime, typed: str) -> None:
    answer = mary.post(PATH, {"password": typed})
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert not re.search(r'type="password"[^>]*value="[^"]', answer.text)
    with runtime.reading() as connection:
        assert credentials.get_password_hash(connection, mary.id) == ""


def test_a_password_typed_on_another_keyboard_is_the_same(app: Flask, known: DeskClient) -> None:
    assert signs_in(attempt(app, password=GOOD.replace("ö", "o\u0308")))


def test_changing_and_removing_sign_out_every_other_browser(app: Flask, runtime: Runtime, known: DeskClient) -> None:
    for path, form in ((PATH, {"password": "another four words of hers"}), (f"{PATH}/remove", {})):
        other = new_session(runtime, app, known.id)
        assert known.post(path, form).status_code == 303
        assert other.get("/desk/").status_code == 303
        assert known.get("/desk/").status_code == 200
    assert acts(runtime)[:2] == ["remove password", "change password"]
    assert attempt(app).status_code == 422
    assert attempt(app, password="another four words of hers").status_code == 422


def test_an_old_session_must_confirm_first(known: DeskClient, now: ManualClock) -> None:
    now.advance(minutes=11)
    for answer in (known.get(PATH), known.post(f"{PATH}/remove")):
        assert (answer.status_code, answer.location) == (303, "/desk/confirm?next=%2Fdesk%2Faccount%2Fpassword")
    asked = known.post(PATH, {"password": "another four words"})
    assert (asked.status_code, "/desk/confirm" in asked.text, "another four words" in asked.text) == (401, True, False)


def test_the_password_confirms(known: DeskClient, now: ManualClock) -> None:
    now.advance(minutes=11)
    page = page_text(known.get(f"/desk/confirm?next={PATH}"))
    assert "With your password" in page
    assert "By email" not in page
    wrong = known.post("/desk/confirm/password", {"password": "not her password", "next": PATH})
    assert (wrong.status_code, "That password is not right" in wrong.text) == (422, True)
    assert known.get(PATH).status_code == 303
    answer = known.post("/desk/confirm/password", {"password": GOOD, "next": PATH})
    assert (answer.status_code, answer.location) == (303, PATH)
    assert known.get(PATH).status_code == 200


def test_confirming_leads_nowhere_but_to_the_desk(known: DeskClient) -> None:
    for wanted in ("https://evil.example/", "//evil.example/desk/", "/c/save-the-pond", "/desk/\\evil"):
        assert known.post("/desk/confirm/password", {"password": GOOD, "next": wanted}).location == "/desk/"


@on_both_databases
def test_a_weaker_hash_is_made_anew_when_it_is_used(app: Flask, runtime: Runtime, known: DeskClient) -> None:
    kept = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)
    with runtime.transaction() as connection:
        credentials.set_password_hash(connection, known.id, kept)
    assert signs_in(attempt(app))
    with runtime.reading() as connection:
        assert credentials.get_password_hash(connection, known.id).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert signs_in(attempt(app))

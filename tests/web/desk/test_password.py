"""A password: set, used, changed, removed; and nothing learnt by whoever guesses."""

import re
from cProfile import Profile
from pstats import Stats

import pytest
from argon2 import PasswordHasher
from flask import Flask
from werkzeug.test import TestResponse

from campaign.domain.refusal import Refused
from campaign.proving import passwords
from campaign.runtime import Runtime
from campaign.store import audit, credentials, sessions
from campaign.web.desk.gate import COOKIE
from tests.desk import Campaigner, new_campaigner, signed_in, text_of
from tests.factories import Now

HERE = "/desk/account/password"
GOOD = "four wörds nobody puts together"
EMAIL = "Mary@campaign.example"


@pytest.fixture
def mary(runtime: Runtime, app: Flask) -> Campaigner:
    return new_campaigner(runtime, app, email=EMAIL)


@pytest.fixture
def known(mary: Campaigner) -> Campaigner:
    """Mary, with a password."""
    assert mary.post(HERE, {"password": GOOD}).status_code == 303
    return mary


def attempt(
    app: Flask, email: str = EMAIL, password: str = GOOD, wanted: str = "/desk/", network: str = "192.0.2"
) -> TestResponse:
    form = {"address": email, "password": password, "next": wanted}
    return app.test_client().post("/desk/sign-in/password", data=form, environ_base={"REMOTE_ADDR": f"{network}.7"})


def signs_in(answer: TestResponse) -> bool:
    return answer.status_code == 303 and any(one.startswith(f"{COOKIE}=") for one in answer.headers.getlist("Set-Cookie"))


def acts(runtime: Runtime) -> list[str]:
    with runtime.reading() as connection:
        return [entry.act for entry in audit.page(connection, None)]


def test_a_password_signs_in_and_is_one_factor(app: Flask, runtime: Runtime, known: Campaigner) -> None:
    sessions.end_all(runtime.redis, known.id)
    answer = attempt(app, " mary@CAMPAIGN.example ", wanted="/desk/account")
    assert signs_in(answer)
    assert answer.location == "/desk/account"
    [session] = sessions.of(runtime.redis, known.id, runtime.now())
    assert not session.second_factor
    assert acts(runtime)[:2] == ["sign in", "set password"]


def test_it_leads_nowhere_but_to_the_desk(app: Flask, known: Campaigner) -> None:
    assert attempt(app, wanted="https://evil.example/desk/").location == "/desk/"


def test_it_is_kept_as_argon2id_of_two_passes_over_nineteen_mebibytes(runtime: Runtime, known: Campaigner) -> None:
    with runtime.reading() as connection:
        kept = credentials.password(connection, known.id)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert GOOD not in kept


def test_a_wrong_password_an_unknown_address_and_somebody_without_one_are_answered_alike(
    app: Flask, runtime: Runtime, known: Campaigner
) -> None:
    new_campaigner(runtime, app, email="without@campaign.example")
    shut_out = new_campaigner(runtime, app, email="shut@campaign.example")
    shut_out.post(HERE, {"password": GOOD})
    with runtime.transaction() as connection:
        connection.exec_driver_sql(f"UPDATE campaigners SET disabled_at = created_at WHERE id = {shut_out.id}")

    def seen(email: str, password: str) -> tuple[int, str, list[str]]:
        answer = attempt(app, email, password)
        page = answer.text.replace(email, "").replace(email.lower(), "")
        return answer.status_code, page, answer.headers.getlist("Set-Cookie")

    wrong = seen(EMAIL, "not her password at all")
    assert wrong[0] == 422
    assert passwords.WRONG in wrong[1]
    for email in ("nobody@campaign.example", "without@campaign.example", "shut@campaign.example", "no address"):
        assert seen(email, GOOD) == wrong
    assert seen(EMAIL, "") == wrong
    assert seen(EMAIL, "x" * 60_000) == wrong


def test_an_unknown_address_costs_the_same_work(runtime: Runtime, known: Campaigner) -> None:
    def compared(email: str) -> int:
        profile = Profile()
        with pytest.raises(Refused):
            profile.runcall(passwords.check, runtime, email, "not her password at all", "192.0.2.0/24")
        return sum(calls for (_, _, name), (calls, *_) in Stats(profile).stats.items() if name == "verify_secret")  # type: ignore[attr-defined]

    assert [compared(email) for email in (EMAIL, "nobody@campaign.example", "no address")] == [1, 1, 1]
    with runtime.reading() as connection:
        kept = credentials.password(connection, known.id)
    assert passwords._nobodys().split("$")[:4] == kept.split("$")[:4]


def test_attempts_at_one_address_are_limited_whether_or_not_it_is_known(
    app: Flask, runtime: Runtime, known: Campaigner
) -> None:
    most = passwords.AT_ONE_FROM_ONE_NETWORK.most
    for email in (EMAIL, "nobody@campaign.example"):
        answers = [attempt(app, email, f"guess number {number}") for number in range(most + 1)]
        assert [answer.status_code for answer in answers] == [422] * most + [429]
        assert "tried too often" in text_of(answers[-1])
    # Also the right one, from there; from elsewhere she is not locked out.
    assert attempt(app).status_code == 429
    assert signs_in(attempt(app, network="198.51.100"))


def test_attempts_from_one_network_are_limited_over_all_addresses(app: Flask, known: Campaigner) -> None:
    most = passwords.FROM_ONE_NETWORK.most
    answers = [attempt(app, f"guess{number}@campaign.example", "a guess at a password") for number in range(most + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {422}
    assert answers[-1].status_code == 429
    assert attempt(app).status_code == 429


@pytest.mark.parametrize("typed", ["", "short", "password1234", "mary@campaign.example", "Mary Seacole", "x" * 201, "ab" * 8])
def test_a_bad_password_is_not_stored_nor_shown_again(mary: Campaigner, runtime: Runtime, typed: str) -> None:
    answer = mary.post(HERE, {"password": typed})
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert not re.search(r'type="password"[^>]*value="[^"]', answer.text)
    with runtime.reading() as connection:
        assert credentials.password(connection, mary.id) == ""


def test_a_password_typed_on_another_keyboard_is_the_same(app: Flask, known: Campaigner) -> None:
    assert signs_in(attempt(app, password=GOOD.replace("ö", "o\u0308")))


def test_changing_and_removing_sign_out_every_other_browser(app: Flask, runtime: Runtime, known: Campaigner) -> None:
    for path, form in ((HERE, {"password": "another four words of hers"}), (f"{HERE}/remove", {})):
        other = signed_in(runtime, app, known.id)
        assert known.post(path, form).status_code == 303
        assert other.get("/desk/").status_code == 303
        assert known.get("/desk/").status_code == 200
    assert acts(runtime)[:2] == ["remove password", "change password"]
    assert attempt(app).status_code == 422
    assert attempt(app, password="another four words of hers").status_code == 422


def test_an_old_session_must_confirm_first(known: Campaigner, now: Now) -> None:
    now.forward(minutes=11)
    for answer in (known.get(HERE), known.post(HERE, {"password": "another four words"}), known.post(f"{HERE}/remove")):
        assert (answer.status_code, answer.location) == (303, "/desk/confirm?next=%2Fdesk%2Faccount%2Fpassword")


def test_the_password_confirms(known: Campaigner, now: Now, app: Flask) -> None:
    now.forward(minutes=11)
    page = text_of(known.get(f"/desk/confirm?next={HERE}"))
    assert "With your password" in page
    assert "By mail" not in page
    wrong = known.post("/desk/confirm/password", {"password": "not her password", "next": HERE})
    assert (wrong.status_code, "That password is not right" in wrong.text) == (422, True)
    assert known.get(HERE).status_code == 303
    answer = known.post("/desk/confirm/password", {"password": GOOD, "next": HERE})
    assert (answer.status_code, answer.location) == (303, HERE)
    assert known.get(HERE).status_code == 200


def test_confirming_leads_nowhere_but_to_the_desk(known: Campaigner) -> None:
    for wanted in ("https://evil.example/", "//evil.example/desk/", "/c/save-the-pond", "/desk/\\evil"):
        assert known.post("/desk/confirm/password", {"password": GOOD, "next": wanted}).location == "/desk/"


def test_a_weaker_hash_is_made_anew_when_it_is_used(app: Flask, runtime: Runtime, known: Campaigner) -> None:
    kept = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)
    with runtime.transaction() as connection:
        credentials.set_password(connection, known.id, kept)
    assert signs_in(attempt(app))
    with runtime.reading() as connection:
        assert credentials.password(connection, known.id).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert signs_in(attempt(app))

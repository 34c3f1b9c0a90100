"""The name a request is for: this site's own, or none that a stranger can give to its machine."""

from collections.abc import Callable

import pytest
from flask import Flask

from campaign.runtime import Runtime
from tests.conftest import BASE_URL
from tests.support.compile_cache import make_app
from tests.support.factories import new_campaign

OWN = BASE_URL.partition("://")[2]
FOREIGN = [
    "evil.example", "evil.example:443", f"{OWN}.evil.example", f"evil-{OWN}", f"{OWN}@evil.example", "8.8.8.8", "8.8.8.8:8000",
    "[2001:4860:4860::8888]", "127.0.0.1.evil.example", "localhost.evil.example", "[", "[::1", "::1", "a b", "%00", "\xe9",
    "evil.example, " + OWN, "http://" + OWN,
]  # fmt: skip
ANSWERED = [
    OWN, OWN.upper(), f"{OWN}.", f"{OWN}:443", f"{OWN}:8443", "127.0.0.1", "127.0.0.1:8000", "127.8.9.1", "[::1]", "[::1]:8000",
    "localhost", "localhost:8000", "LOCALHOST", "web", "web:8000", "10.0.0.7:8000", "",
]  # fmt: skip


def status(app: Flask, host: str, path: str = "/") -> int:
    return app.test_client().get(path, headers={"Host": host}).status_code


@pytest.mark.parametrize("host", FOREIGN)
def test_a_foreign_name_is_refused_in_plain_words(app: Flask, host: str) -> None:
    answer = app.test_client().get("/", headers={"Host": host})
    assert answer.status_code in (400, 421)
    assert answer.status_code == 400 or f"This site is at {BASE_URL}" in answer.text
    # Probes ask by whatever address they have.
    assert status(app, host, "/healthz") == 200 or host in ("[", "a b", "\xe9")


def test_the_own_name_and_those_no_stranger_can_give_are_answered(app: Flask) -> None:
    assert {host: status(app, host) for host in ANSWERED} == dict.fromkeys(ANSWERED, 200)


def test_the_development_mailbox_cannot_be_read_under_another_name(make_runtime: Callable[..., Runtime]) -> None:
    site = make_app(make_runtime(mail_url="", base_url="http://127.0.0.1:8000"))
    assert status(site, "127.0.0.1:8000", "/dev/mailbox") == status(site, "localhost:8000", "/dev/mailbox") == 200
    assert status(site, "rebound.evil.example:8000", "/dev/mailbox") == 421


def test_redirects_are_paths(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime)
    client = app.test_client()
    for path, to in {
        "/c//save-the-pond": "/c/save-the-pond",
        "/c//save-the-pond?lang=cy": "/c/save-the-pond?lang=cy",
        "/desk": "/desk/",
        "/c/save-the-pond/thanks": "/c/save-the-pond",
    }.items():
        answer = client.get(path)
        assert answer.status_code in (301, 303, 308), path
        assert answer.headers["Location"] == to
    doubled = client.get("/", environ_overrides={"PATH_INFO": "//c//save-the-pond"})
    assert (doubled.status_code, doubled.headers["Location"]) == (308, "/c/save-the-pond")


def test_the_desk_works_behind_a_proxy_that_does_not_pass_the_name(app: Flask) -> None:
    form = {"email": "ada@example.org"}
    for host, origin, expected in (
        ("127.0.0.1:8000", BASE_URL, {200, 303}),
        (OWN, BASE_URL, {200, 303}),
        ("localhost:8000", "http://localhost:8000", {200, 303}),
        (OWN, "https://evil.example", {403}),
        (OWN, "null", {403}),
        (OWN, "http://[", {403}),
    ):
        answer = app.test_client().post("/desk/sign-in", data=form, headers={"Host": host, "Origin": origin})
        assert answer.status_code in expected, (host, origin)

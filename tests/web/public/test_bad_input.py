"""Bad input of every kind: an answer in words, no row, no mail, never a 500."""

import socket
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any

import pytest
from flask import Flask

from campaign.runtime import Runtime
from tests.support.factories import new_campaign
from tests.support.queries import query_scalar
from tests.support.signatory import Signatory, run_workers

FORM = "application/x-www-form-urlencoded"
GOOD = b"name=Ada&email=ada%40example.org&country=GB&postcode=SW1A1AA"


@pytest.fixture
def stored(runtime: Runtime) -> Callable[[], int]:
    """How many rows there are that only a signature makes."""

    def rows() -> int:
        return sum(int(query_scalar(runtime, f"SELECT count(*) FROM {table}")) for table in ("signatures", "outbox"))

    return rows


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "", "Enter your name"),
        ("name", " \t ", "Enter your name"),
        ("name", "A" * 121, "120 characters or fewer"),
        ("name", "Ada\x00Lovelace", "cannot be shown"),
        ("name", "Ada\x07", "cannot be shown"),
        ("name", "Ada\r\nBcc: everybody@example.org", "cannot be shown"),
        ("name", "Ada\x07evil", "cannot be shown"),
        ("name", "A\u0301\u0301\u0301\u0301\u0301\u0301", "cannot be shown"),
        ("name", "=HYPERLINK(1)", "cannot begin with"),
        ("name", "@ada", "cannot begin with"),
        ("name", "Buy at http://spam.example", "web address"),
        ("name", "1234567", "in letters"),
        ("email", "", "Enter your email address"),
        ("email", "ada", "in the form"),
        ("email", "ada@", "in the form"),
        ("email", "ada@example", "end of your email address is missing"),
        ("email", "ada@example.org\r\nBcc: everybody@example.org", "one email address only"),
        ("email", "ada@example.org, bob@example.org", "one email address only"),
        ("email", "ada\x00@example.org", "in the form"),
        ("email", "a" * 65 + "@example.org", "in the form"),
        ("email", "a" * 300 + "@example.org", "too long"),
        ("email", "ada@[127.0.0.1]", "in the form"),
        ("email", '"ada lovelace"@example.org', "no spaces"),
        ("country", "", "Choose your country"),
        ("country", "XX", "from the list"),
        ("country", "GBR", "from the list"),
        ("country", "G\x00", "from the list"),
        ("postcode", "", "Enter your postcode"),
        ("postcode", "SW1A", "full UK postcode"),
        ("postcode", "12345", "full UK postcode"),
        ("postcode", "SW1A 1AA SW1A 1AA SW1A 1AA", "full UK postcode"),
        ("comment", "x" * 501, "500 characters or fewer"),
        ("comment", "see https://spam.example", "web address"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_with_words_and_what_was_typed_is_kept(
    runtime: Runtime,
    signatory: Callable[..., Signatory],
    stored: Callable[[], int],
    field: str,
    typed: str,
    words: str,
) -> None:
    new_campaign(runtime)
    answer = signatory().sign(**{field: typed})
    assert answer.status_code == 422
    assert words in answer.text
    # An error summary that links to the field, and the error joined to the field itself.
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "<title>Error: " in answer.text
    if field != "name":
        assert 'value="Ada Lovelace"' in answer.text
    assert stored() == 0


@pytest.mark.parametrize("text_hash", ["x", "0" * 64, "0" * 5_000, "\x00", "0\x00", "\ufffd"])
def test_the_hash_of_no_text_is_that_of_a_text_that_was_changed(
    runtime: Runtime, signatory: Callable[..., Signatory], stored: Callable[[], int], text_hash: str
) -> None:
    new_campaign(runtime)
    answer = signatory().sign(text=text_hash)
    assert answer.status_code == 422
    assert "The text of this campaign was changed" in answer.text
    assert stored() == 0


def test_all_errors_are_told_at_once(app: Flask, runtime: Runtime, stored: Callable[[], int]) -> None:
    new_campaign(runtime)
    answer = app.test_client().post("/c/save-the-pond/signatures")
    assert answer.status_code == 422
    assert all(words in answer.text for words in ("Enter your name", "Enter your email address", "Choose your country"))
    assert stored() == 0


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"name=%FF%FE&" + GOOD, FORM, 400),
        (b"name=\xff\xfe&" + GOOD, FORM, 400),
        (b"x" * (5 * 1024 * 1024), FORM, 413),
        (GOOD + b"&comment=" + b"x" * (5 * 1024 * 1024), FORM, 413),
        (b"&".join(b"f%d=1" % n for n in range(20_000)), FORM, 413),
        (b"--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x", 422),
        (b"--x\r\n" * 1000, "multipart/form-data; boundary=x", 422),
        (b"", "multipart/form-data", 422),
        (b"\x00\x01\x02", "multipart/form-data; boundary=", 422),
        (b'{"name": "Ada"}', "application/json", 422),
        (b"\x00" * 100, "application/octet-stream", 422),
        (b"", "", 422),
    ],
)
def test_a_body_that_is_no_form_is_refused(
    app: Flask, runtime: Runtime, stored: Callable[[], int], body: bytes, content_type: str, status: int
) -> None:
    new_campaign(runtime)
    answer = app.test_client().post("/c/save-the-pond/signatures", data=body, content_type=content_type)
    assert answer.status_code == status
    assert "Traceback" not in answer.text
    assert "<h1" in answer.text
    assert stored() == 0


def test_a_multipart_form_signs_too(app: Flask, runtime: Runtime, stored: Callable[[], int]) -> None:
    new_campaign(runtime)
    data: dict[str, Any] = {"name": "Ada", "email": "ada@example.org", "country": "GB", "postcode": "SW1A 1AA"}
    answer = app.test_client().post("/c/save-the-pond/signatures", data=data, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert stored() == 2


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/c/save-the-pond?x=%FF", 400),
        ("/c/no-such-campaign", 404),
        ("/c/no-such-campaign/count.json", 404),
        ("/c/no-such-campaign.json", 404),
        ("/c/%00", 404),
        ("/c/..%2f..%2fetc%2fpasswd", 404),
        ("/c/" + "x" * 5000, 404),
        ("/static/../app.py", 404),
        ("/static/%2e%2e/app.py", 404),
        ("/v/x", 404),
        ("/v/" + "A" * 4000, 404),
        ("/v/1-1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 404),
        ("/v/%00", 404),
        ("/s/x", 404),
        ("/s/1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 404),
        ("/dev/mailbox", 404),
        ("/desk/no-such-page", 404),
    ],
)
def test_an_address_that_leads_nowhere_is_a_friendly_page(app: Flask, runtime: Runtime, path: str, status: int) -> None:
    new_campaign(runtime)
    answer = app.test_client().get(path)
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "no-store"
    if path.endswith(".json"):
        assert answer.get_json()["advice"]
    else:
        assert "<h1" in answer.text


@pytest.mark.parametrize("action", ["", "delete", "withdraw\x00"])
def test_an_unknown_act_on_ones_signature_is_refused(
    app: Flask, runtime: Runtime, signatory: Callable[..., Signatory], action: str
) -> None:
    new_campaign(runtime)
    ada = signatory()
    ada.sign()
    run_workers(runtime)
    answer = app.test_client().post(ada.manage_path(), data={"action": action})
    assert answer.status_code == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused_in_words(app: Flask, runtime: Runtime, method: str) -> None:
    new_campaign(runtime)
    answer = app.test_client().open("/c/save-the-pond", method=method)
    assert answer.status_code == 405
    assert "<h1" in answer.text


def test_five_megabytes_are_refused_by_the_real_server_too(live: tuple[str, int]) -> None:
    host, port = live
    connection = HTTPConnection(host, port, timeout=30)
    try:
        connection.request("POST", "/c/save-the-pond/signatures", b"x" * (5 * 1024 * 1024), {"Content-Type": FORM})
        assert connection.getresponse().status == 413
    finally:
        connection.close()
    again = HTTPConnection(host, port, timeout=30)
    again.request("GET", "/healthz")
    assert again.getresponse().status == 200
    again.close()


RAW = {
    b"GET /c/%FF%FE HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n": b"HTTP/1.1 400",
    b"GET /c/%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n": b"HTTP/1.1 404",
    b"GET /c/a%ZZ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n": b"HTTP/1.1 404",
    b"GET /c/\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n": b"HTTP/1.1 4",
    b"GET / HTTP/1.1\r\nHost: \x00\r\nConnection: close\r\n\r\n": b"HTTP/1.1 400",
    b"POST /c/save-the-pond/signatures HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n": b"HTTP/1.1 400",
    b"NONSENSE\r\n\r\n": b"HTTP/1.1 400",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n": b"HTTP/1.1 400",
}


def test_raw_nonsense_on_the_wire_is_refused_in_time(live: tuple[str, int]) -> None:
    for raw, expected in RAW.items():
        with socket.create_connection(live, timeout=20) as wire:
            wire.sendall(raw)
            answer = b""
            while chunk := wire.recv(65536):
                answer += chunk
        assert answer.startswith(expected), (raw, answer[:200])
        assert b"Traceback" not in answer

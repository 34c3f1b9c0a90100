"""Attribution of a signature: from the address or the page before, by way of hidden fields; never by a cookie, never by
failing."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from werkzeug.test import TestResponse

from campaign.runtime import Runtime
from tests.support.factories import new_campaign
from tests.support.queries import query_scalar
from tests.support.signatory import Signatory

PAGE = "/c/save-the-pond"
CODE = "Abc_def-ghi123456789XY"
ELSEWHERE = {"Referer": "https://www.news.example/story?id=7"}


@pytest.fixture
def reader(app: Flask, runtime: Runtime) -> FlaskClient:
    """Somebody who reads the page of an open campaign."""
    new_campaign(runtime)
    return app.test_client()


@pytest.fixture
def came(runtime: Runtime) -> Callable[[], tuple[str, str]]:
    """How the one signature there is came: source, and whose link."""

    def row() -> tuple[str, str]:
        with runtime.reading() as connection:
            found = connection.execute(text("SELECT source, referral_code FROM signatures")).one()
        return found.source, found.referral_code

    return row


def hidden(answer: TestResponse) -> dict[str, str]:
    """The hidden fields of the sign form that say how its reader came."""
    (form,) = re.findall(r'<form method="post" action="[^"]*/signatures[^"]*".*?</form>', answer.text, re.DOTALL)
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)
    assert len(fields) == len(dict(fields)), "no field is there twice"
    return {name: unescape(value) for name, value in fields if name != "text"}


# From the address and the page before into the form


def test_the_form_carries_how_its_reader_came(reader: FlaskClient) -> None:
    came: list[tuple[str, dict[str, str], dict[str, str]]] = [
        ("", {}, {"source": ""}),
        (f"?via={CODE}", {}, {"source": "", "via": CODE}),
        (f"?via={CODE}", ELSEWHERE, {"source": "", "via": CODE}),
        ("?via=Leaflet", ELSEWHERE, {"source": "leaflet"}),
        ("?utm_source=News.Letter", ELSEWHERE, {"source": "news.letter"}),
        ("?utm_source=letter&utm_medium=email&utm_campaign=x", {}, {"source": "letter"}),
        ("?via=stall-2&utm_source=letter", {}, {"source": "stall-2"}),
        ("?via=not+a+label&utm_source=letter", {}, {"source": "letter"}),
        ("", ELSEWHERE, {"source": "news.example"}),
        ("?lang=cy", ELSEWHERE, {"source": "news.example"}),
        ("", {"Referer": "https://sign.example.org/"}, {"source": ""}),
        ("", {"Referer": "https://www.sign.example.org/c/x?y"}, {"source": ""}),
        ("", {"Referer": "http://192.0.2.7/"}, {"source": ""}),
        ("?utm_source=sign.example.org", {}, {"source": ""}),
        # Who writes an address must say something in it that can be read; the page before is not asked instead.
        ("?via=%22%3E%3Cscript%3E", ELSEWHERE, {"source": ""}),
        ("?via=" + "a" * 21, {}, {"source": ""}),
        ("?via=share", {}, {"source": ""}),
    ]
    for query, headers, fields in came:
        answer = reader.get(PAGE + query, headers=headers)
        assert (answer.status_code, hidden(answer)) == (200, fields), (query, headers)
        assert "Set-Cookie" not in answer.headers


def test_a_page_that_says_where_its_reader_came_from_is_kept_by_no_proxy(reader: FlaskClient) -> None:
    for query, headers, whose in (
        ("", {}, "public"),
        ("", {"Referer": "https://sign.example.org/"}, "public"),
        (f"?via={CODE}", {}, "public"),
        (f"?via={CODE}", ELSEWHERE, "public"),
        ("?utm_source=letter", ELSEWHERE, "public"),
        ("?via=", {}, "public"),
        ("", ELSEWHERE, "private"),
        ("?lang=cy", ELSEWHERE, "private"),
        # An address that says nothing, however loudly.
        ("?via=", ELSEWHERE, "private"),
        ("?utm_source=&via=", ELSEWHERE, "private"),
    ):
        answer = reader.get(PAGE + query, headers=headers)
        assert answer.headers["Cache-Control"].startswith(f"{whose}, max-age="), (query, headers)
        assert ("news.example" in answer.text) == (whose == "private")


def test_sharing_leaves_the_page_that_everybody_gets_as_it_is(reader: FlaskClient) -> None:
    plain = reader.get(PAGE)
    tags = {plain.headers["ETag"]}
    for query, headers in ((f"?via={CODE}", {}), ("?via=leaflet", {}), ("", ELSEWHERE)):
        answer = reader.get(PAGE + query, headers=headers)
        # Nothing is different but the hidden fields.
        assert re.sub(r"\n +<input type=.hidden. name=.source.*", "", answer.text) == re.sub(
            r"\n +<input type=.hidden. name=.source.*", "", plain.text
        )
        tags.add(answer.headers["ETag"])
    assert len(tags) == 4
    again = reader.get(PAGE)
    assert (again.data, again.headers["ETag"]) == (plain.data, plain.headers["ETag"])
    assert reader.get(PAGE, headers={"If-None-Match": plain.headers["ETag"]}).status_code == 304
    # And is no answer to somebody who comes by a link.
    assert reader.get(f"{PAGE}?via={CODE}", headers={"If-None-Match": plain.headers["ETag"]}).status_code == 200


# From the form onto the signature


@pytest.mark.parametrize(
    ("query", "headers", "row"),
    [
        ("", {}, ("", "")),
        (f"?via={CODE}", ELSEWHERE, ("share", CODE)),
        ("?via=leaflet", {}, ("leaflet", "")),
        ("?utm_source=letter", {}, ("letter", "")),
        ("", ELSEWHERE, ("news.example", "")),
    ],
)
def test_a_signature_keeps_how_it_came(
    reader: FlaskClient, signatory: Callable[..., Signatory], came: Callable[[], Any], query: str, headers: Any, row: Any
) -> None:
    assert signatory().sign(**hidden(reader.get(PAGE + query, headers=headers))).status_code == 303
    assert came() == row


def test_a_form_with_a_mistake_keeps_how_its_reader_came(
    reader: FlaskClient, signatory: Callable[..., Signatory], came: Callable[[], Any]
) -> None:
    for fields, row in (({"source": "news.example"}, ("news.example", "")), ({"source": "", "via": CODE}, ("share", CODE))):
        again = signatory().sign(**fields, name="")
        assert again.status_code == 422
        assert hidden(again) == fields
        changed = signatory().sign(**fields, text="0" * 64)
        assert changed.status_code == 422
        assert hidden(changed) == fields
        assert signatory().sign(**hidden(again)).status_code == 303
        assert came() == row


def test_who_signs_again_before_verifying_came_as_they_came_last_unless_somebody_brought_them(
    reader: FlaskClient, signatory: Callable[..., Signatory], came: Callable[[], Any], runtime: Runtime
) -> None:
    signatory().sign(source="facebook.com")
    signatory().sign(via=CODE)
    assert came() == ("share", CODE)
    signatory().sign(source="facebook.com")
    assert came() == ("share", CODE)
    # It is no correction: the link that was mailed first still verifies.
    assert query_scalar(runtime, "SELECT edition FROM signatures") == 1


@pytest.mark.parametrize(
    "junk",
    [
        {"via": "x" * 60_000},
        {"source": "x" * 60_000},
        {"via": "\x00", "source": "\x00"},
        {"via": "=1+1", "source": "@SUM(A1)"},
        {"via": "\u202e", "source": "https://[::1"},
        {"via": CODE + "=", "source": "two words"},
        {"source": "https://sign.example.org/"},
        {"source": "127.0.0.1"},
    ],
)
def test_what_says_nothing_is_dropped_and_the_signature_taken(
    reader: FlaskClient, signatory: Callable[..., Signatory], came: Callable[[], Any], junk: dict[str, str]
) -> None:
    assert signatory().sign(**junk).status_code == 303
    assert came() == ("", "")


anything = st.text(st.characters(codec="utf-8"), max_size=80) | st.sampled_from(
    ["https://[::1", "//", "data:text/html,x", CODE, CODE + "\n", "\x00", "http://\u2100/", "-x", "é" * 22, "x" * 5_000]
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(via=anything, source=anything, referer=anything)
def test_no_address_is_too_odd_for_the_page(reader: FlaskClient, via: str, source: str, referer: str) -> None:
    # A header is one line of octets, whatever they are meant to say.
    octets = "".join(letter for letter in referer.encode().decode("latin-1") if letter not in "\r\n")
    query = urlencode({"via": via, "utm_source": source})
    for path in (f"{PAGE}?{query}", PAGE, f"{PAGE}/embed", f"{PAGE}/share?{query}"):
        answer = reader.get(path, headers={"Referer": octets})
        assert answer.status_code == 200
        if "/share" not in path:
            fields = hidden(answer)
            assert re.fullmatch(r"[a-z0-9._-]{0,64}", fields["source"])
            assert re.fullmatch(r"([A-Za-z0-9_-]{22})?", fields.get("via", ""))

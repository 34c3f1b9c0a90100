"""Attribution of a signature: read from addresses anybody can write, so nothing in them may fail or spill over."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from campaign.domain.signatures.attribution import Attribution, read_attribution, referring_host
from tests.domain.text_strategies import any_text

OWN = "sign.example.org"
CODE = "Abc_def-ghi123456789XY"


def source(text: str) -> str:
    return read_attribution("", text, OWN).source


def test_a_personal_link_says_who_brought_the_signature() -> None:
    assert read_attribution(CODE, "") == Attribution("share", CODE)
    assert read_attribution(f" {CODE}\n", "facebook.com", OWN) == Attribution("share", CODE)


@pytest.mark.parametrize(("via", "label"), [("leaflet", "leaflet"), ("Stall-2", "stall-2"), ("a" * 20, "a" * 20), ("7", "7")])
def test_a_label_in_a_link_is_the_source(via: str, label: str) -> None:
    assert read_attribution(via, "facebook", OWN) == Attribution(label, "")


@pytest.mark.parametrize("via", ["", "a" * 21, CODE + "x", CODE[:-1] + "!", "two words", "-x", "é", "a_b", "../x", "<b>"])
def test_what_is_neither_a_code_nor_a_label_is_dropped_and_the_source_read(via: str) -> None:
    assert read_attribution(via, "Facebook", OWN) == Attribution("facebook", "")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("facebook", "facebook"),
        (" News.Letter_1-a ", "news.letter_1-a"),
        ("https://www.Facebook.com/some/page?fbclid=secret", "facebook.com"),
        ("http://user:pass@news.example:8080/x", "news.example"),
        ("android-app://com.google.android.gm/", "com.google.android.gm"),
        ("//t.co/abc", "t.co"),
        ("t.co/abc", "t.co"),
        ("www.example.com", "example.com"),
        ("example.com.", "example.com"),
        ("a" * 64, "a" * 64),
    ],
)
def test_a_source_is_reduced_to_a_word_or_a_host(text: str, read: str) -> None:
    assert source(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "two words", "a" * 65, "ünï", "a@b", "-x", ".x", "=1+1", "https://", "https://[::1", "https://[::1]/", "http://127.0.0.1:8000/x",
        "127.0.0.1", "data:text/html,x", "https://" + "a" * 65 + ".com/", "/c/park", "\x00", "a\nb",
    ],
)  # fmt: skip
def test_any_other_source_is_dropped(text: str) -> None:
    assert source(text) == ""


@pytest.mark.parametrize("own", [OWN, f"www.{OWN}", f"{OWN}:8000", f"https://{OWN}/", OWN.upper()])
@pytest.mark.parametrize("text", [OWN, f"https://{OWN}/c/park", f"http://www.{OWN}:80/", f"HTTPS://{OWN.upper()}"])
def test_we_are_not_our_own_source(text: str, own: str) -> None:
    assert read_attribution("", text, own).source == ""
    assert referring_host(text, own) == ""


@pytest.mark.parametrize(
    ("referer", "host"),
    [
        ("https://www.theguardian.com/uk", "theguardian.com"),
        ("https://l.facebook.com/", "l.facebook.com"),
        ("http://news.example:8080", "news.example"),
        (f"https://other.{OWN}/", f"other.{OWN}"),
        ("http://192.0.2.7/", ""),
        ("http://[2001:db8::1]:80/", ""),
        ("about:blank", ""),
        ("facebook.com", ""),
        ("", ""),
    ],
)
def test_a_referring_site_is_reduced_to_its_host(referer: str, host: str) -> None:
    assert referring_host(referer, OWN) == host


near = st.text("abcXYZ019-_./:@[]?#% \n\u0130www.https://", max_size=80)


@given(any_text | near, any_text | near, any_text | near)
@example("", "http://[v1.x]/", OWN)
@example("", "http://a\u2100b/", OWN)
@example("", "//\u0130.com", "\u0130.com")
def test_an_attribution_never_fails_and_never_spills_over(via: str, text: str, host: str) -> None:
    came = read_attribution(via, text, host)
    assert re.fullmatch(r"[a-z0-9._-]{0,64}", came.source)
    assert re.fullmatch(r"(?:[A-Za-z0-9_-]{22})?", came.referral_code)
    assert re.fullmatch(r"[a-z0-9._-]{0,64}", referring_host(text, host))


@given(st.from_regex(r"[A-Za-z0-9_-]{22}", fullmatch=True))
def test_every_code_is_kept_as_it_is(code: str) -> None:
    assert read_attribution(code, "x", OWN) == Attribution("share", code)


@given(near)
def test_a_source_read_twice_is_the_same(text: str) -> None:
    assert source(source(text)) == source(text)

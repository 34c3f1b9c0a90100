"""Pages that are the same for everybody: compressed once, kept by who likes, apart from what is for one person."""

import gzip
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.domain.campaigns.definition import language_version
from campaign.runtime import Runtime
from campaign.web.compressed_page import compress_page
from tests.support.factories import new_campaign
from tests.support.signatory import Signatory, run_workers

PAGE = "/c/save-the-pond"
SAME_FOR_ALL = (
    "/",
    PAGE,
    f"{PAGE}/embed",
    f"{PAGE}/share",
    f"{PAGE}/privacy",
    "/sitemap.xml",
    "/campaigns.atom",
    "/robots.txt",
)


@pytest.fixture
def reader(app: Flask, runtime: Runtime) -> FlaskClient:
    """Somebody who reads about an open campaign."""
    new_campaign(runtime)
    return app.test_client()


def test_the_same_page_is_the_same_bytes() -> None:
    assert compress_page("Pond") == compress_page("Pond")
    assert gzip.decompress(compress_page("Pŵll").gzipped) == compress_page("Pŵll").body == "Pŵll".encode()
    assert compress_page("Pond").etag != compress_page("Pool").etag


def test_a_page_is_compressed_for_who_takes_it_so(reader: FlaskClient) -> None:
    for path in SAME_FOR_ALL:
        plain, packed = reader.get(path), reader.get(path, headers={"Accept-Encoding": "br;q=1.0, gzip;q=0.8, *;q=0.1"})
        assert plain.status_code == packed.status_code == 200
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert len(packed.data) == int(packed.headers["Content-Length"])
        for answer in (plain, packed):
            assert "Accept-Encoding" in answer.vary
        # Two forms of one page are two things to who keeps them.
        assert plain.headers["ETag"] != packed.headers["ETag"]
        for form in (plain, packed):
            assert not form.headers["ETag"].startswith("W/")


def test_who_does_not_take_it_compressed_gets_it_plain(reader: FlaskClient) -> None:
    for accepts, encoding in (
        (None, None),
        ("", None),
        ("identity", None),
        ("br", None),
        ("gzip;q=0", None),
        ("gzip;q=0, *;q=1", None),
        ("*;q=0", None),
        ("*", "gzip"),
        ("gzip", "gzip"),
        ("GZIP;q=0.1", "gzip"),
        ("gzip;q=nonsense", None),
        ("\x7f;;;=,,,", None),
    ):
        answer = reader.get(PAGE, headers={} if accepts is None else {"Accept-Encoding": accepts})
        assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, encoding), accepts


def test_who_has_a_page_already_is_sent_nothing_whichever_form_they_have(reader: FlaskClient) -> None:
    for path in SAME_FOR_ALL:
        for accepts in ("identity", "gzip"):
            headers = {"Accept-Encoding": accepts}
            first = reader.get(path, headers=headers)
            again = reader.get(path, headers={**headers, "If-None-Match": first.headers["ETag"]})
            assert (again.status_code, again.data) == (304, b"")
            # What a keeper must know of it is said again.
            for name in ("ETag", "Vary", "Cache-Control", "Content-Security-Policy"):
                assert again.headers[name] == first.headers[name]
            assert "Set-Cookie" not in again.headers
            other = {"Accept-Encoding": "identity" if accepts == "gzip" else "gzip"}
            assert reader.get(path, headers={**other, "If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_page_whose_language_is_in_its_address_is_kept_for_all_languages(app: Flask, runtime: Runtime) -> None:
    welsh = language_version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.")
    new_campaign(runtime, translations=(welsh,))
    new_campaign(runtime, slug="english")
    reader = app.test_client()
    for path, varies in (
        ("/", True), ("/?lang=cy", False), (PAGE, True), (f"{PAGE}?lang=cy", False), (f"{PAGE}?lang=xx", True),
        (f"{PAGE}/embed", True), (f"{PAGE}/embed?lang=en", False), (f"{PAGE}/share", True), (f"{PAGE}/privacy?lang=cy", False),
        ("/c/english", False), ("/c/english?lang=cy", False), ("/c/english/embed", False), ("/c/english/share", False),
        (f"{PAGE}.json", False), (f"{PAGE}/count.json", False),
    ):  # fmt: skip
        answer = reader.get(path, headers={"Accept-Language": "cy"})
        assert answer.status_code == 200
        assert ("Accept-Language" in answer.vary) is varies, path
        # What it varies with by nature it must not hide from a keeper either.
        assert "Cookie" not in answer.vary


def test_what_is_for_one_person_is_neither_kept_nor_compressed(
    reader: FlaskClient, signatory: Callable[..., Signatory], runtime: Runtime
) -> None:
    # A secret beside words that somebody else can choose gives itself away by how well the two compress together.
    ada = signatory()
    ada.browser.environ_base["HTTP_ACCEPT_ENCODING"] = "gzip, deflate, br"
    answers = [ada.sign(name=""), ada.sign(), ada.browser.get(f"{PAGE}/check-your-email")]
    run_workers(runtime)
    answers += [ada.open_verification(), ada.confirm()]
    run_workers(runtime)
    answers += [ada.browser.get(f"{PAGE}/thanks"), ada.browser.get(ada.manage_path())]
    answers.append(ada.browser.post(ada.manage_path(), data={"action": "download"}))
    assert [answer.status_code for answer in answers] == [422, 303, 200, 200, 303, 200, 200, 200]
    for answer in answers:
        assert "Content-Encoding" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers
    assert ada.browser.get(PAGE).headers["Content-Encoding"] == "gzip"

"""Headers with anything in them: each that is read, with each odd string, on pages of every kind, and never a 500."""

from collections.abc import Callable

from flask import Flask

from campaign.runtime import Runtime
from tests.support.compile_cache import make_app
from tests.support.factories import new_campaign

HEADERS = (
    "Host", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Prefix", "Forwarded",
    "Accept", "Accept-Language", "Accept-Encoding", "Cookie", "Content-Type", "Range", "If-None-Match", "If-Modified-Since",
    "If-Range", "Origin", "Referer", "User-Agent", "Sec-Fetch-Site", "Authorization", "X-Requested-With",
)  # fmt: skip
VALUES = (
    "", " ", ",", ";", ":", "=", '"', "[", "[::1", "]:80", "a:b:c", "null", "\xff\xfe", "\xe2\x80\xae", "\x7f", "%00",
    "a" * 8_000, "203.0.113.7:51234", "[2001:db8::1]:443", "1.2.3.4, 999.1.1.1", "evil.example:99999999", "http://[",
    "https://sign.example.org:port", "en;q=abc", "en;q=9e99", ",,,;q=,", "cs_desk=\xff; cs_b1=x", "cs_thanks=.; cs_typed=..",
    "=;=;a", "multipart/form-data", "multipart/form-data; boundary=\xff", "text/plain; charset=nonsense",
    "application/x-www-form-urlencoded; charset=utf-7", "bytes=0-1,2-3", "bytes=-", "bytes=99999999999999999999-", 'W/"x",*',
    "Wed, 99 Foo 2026 99:99:99 GMT",
)  # fmt: skip
FORMS = ("/c/save-the-pond/signatures", "/desk/sign-in")
PATHS = ("/", "/c/save-the-pond", "/c/save-the-pond/count.json", "/v/x", "/desk/", *FORMS)


def test_no_header_breaks_a_page(make_runtime: Callable[..., Runtime]) -> None:
    runtime = make_runtime(trusted_proxies=1)
    new_campaign(runtime)
    site = make_app(runtime)
    broken = [
        (header, value[:40], path, status)
        # Each pair on one page, each header on all: they are read in few places, whatever the page.
        for row, header in enumerate(HEADERS)
        for column, value in enumerate(VALUES)
        for path in [PATHS[(row + column) % len(PATHS)]]
        if (status := _status(site, path, header, value)) >= 500
    ]
    assert not broken


def _status(site: Flask, path: str, header: str, value: str) -> int:
    key = header.upper().replace("-", "_")
    environ = {key if key == "CONTENT_TYPE" else f"HTTP_{key}": value}
    client = site.test_client()
    if path in FORMS:
        environ = {"CONTENT_TYPE": "application/x-www-form-urlencoded"} | environ
        return client.post(path, data=b"name=Ada&email=nobody&country=GB", environ_overrides=environ).status_code
    return client.get(path, environ_overrides=environ).status_code

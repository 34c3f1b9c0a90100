"""Addresses as they are pasted and printed lead to the page that is meant; right ones are left alone."""

import pytest
from flask import Flask

from campaign.runtime import Runtime
from tests.support.factories import new_campaign

PAGE = "/c/save-the-pond"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (f"{PAGE}/", PAGE),
        (f"{PAGE}.", PAGE),
        (f"{PAGE}...", PAGE),
        (f"{PAGE})", PAGE),
        (f"{PAGE}),", PAGE),
        (f"{PAGE}%20", PAGE),
        (f"{PAGE}%20%20.", PAGE),
        (f"{PAGE}%E2%80%9D", PAGE),
        (f"{PAGE}%E2%80%8B", PAGE),
        (f"{PAGE}%3E", PAGE),
        (f"{PAGE}%E2%80%A6)", PAGE),
        (f"{PAGE}%E3%80%82", PAGE),
        (f"{PAGE}%E7%AD%BE%E5%90%8D", PAGE),
        (f"{PAGE}%F0%9F%91%8D%F0%9F%8F%BD", PAGE),
        (f"{PAGE}-", PAGE),
        ("/c/Save-The-Pond", PAGE),
        ("/C/SAVE-THE-POND", PAGE),
        ("/c/SAVE-THE-POND/.", PAGE),
        ("/c/Save-the-pond/share/", f"{PAGE}/share"),
        (f"{PAGE}/share.", f"{PAGE}/share"),
        (f"{PAGE}/count.json/", f"{PAGE}/count.json"),
        ("/privacy/", "/privacy"),
        ("/privacy).", "/privacy"),
        ("/v/some-token_.", "/v/some-token_"),
        ("/v/some-token)", "/v/some-token"),
        ("/v/some-token-%E2%80%A6", "/v/some-token-"),
        ("/v/Some.Token%20", "/v/Some.Token"),
        ("/s/Some-Token/", "/s/Some-Token"),
    ],
)
def test_an_address_that_is_nearly_right_leads_to_the_page(app: Flask, runtime: Runtime, typed: str, meant: str) -> None:
    new_campaign(runtime)
    for query in ("", "?lang=cy&via=abc"):
        answer = app.test_client().get(typed + query)
        assert (answer.status_code, answer.headers["Location"]) == (301, meant + query)
        is_secret = meant.startswith(("/v/", "/s/"))
        assert ("no-store" in answer.headers["Cache-Control"]) is is_secret
        assert (answer.headers["Referrer-Policy"] == "no-referrer") is is_secret


def test_what_leads_nowhere_stays_not_found(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime)
    client = app.test_client()
    for path in (
        "/nothing", "/nothing/", "/v/token", "/c/no-such-campaign", "/c/No-Such-Campaign.", "/static/none.css", "/x/y/z.",
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path
    assert client.post(f"{PAGE}/signatures/").status_code == 404


def test_the_address_of_a_form_with_errors_leads_to_the_campaign(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime)
    for query in ("", "?lang=cy"):
        answer = app.test_client().get(f"{PAGE}/signatures{query}")
        assert (answer.status_code, answer.headers["Location"]) == (303, PAGE + query)

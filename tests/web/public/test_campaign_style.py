"""The campaign's colours: one style element, which the policy of that very page names by its hash, and none otherwise."""

import gzip
import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.runtime import Runtime
from tests.support.factories import ManualClock, new_campaign
from tests.support.signatory import Signatory

PAGE = "/c/save-the-pond"
COLOURED = ("", "?lang=cy", "?via=leaflet", "/embed", "/share", "/share/mastodon", "/share/mastodon?server=toot.wales")


def styles(answer: TestResponse) -> list[str]:
    """What stands in the style elements of a page."""
    packed = answer.headers.get("Content-Encoding") == "gzip"
    page = gzip.decompress(answer.data) if packed else answer.data
    return re.findall(r"<style[^>]*>(.*?)</style>", page.decode(), re.DOTALL)


def allowed(answer: TestResponse) -> str:
    """Which styles the policy of a page lets a browser use."""
    (found,) = re.findall(r"style-src ([^;]+)", answer.headers["Content-Security-Policy"])
    return str(found)


def named(style: str) -> str:
    return f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'"


def answers(reader: FlaskClient, signatory: Callable[..., Signatory]) -> dict[str, TestResponse]:
    """Every page that shows the campaign's colours, answers to its form among them."""
    found = {path: reader.get(PAGE + path) for path in COLOURED}
    found["wrong server"] = reader.get(f"{PAGE}/share/mastodon?server=x")
    found["from elsewhere"] = reader.get(PAGE, headers={"Referer": "https://news.example/"})
    found["packed"] = reader.get(PAGE, headers={"Accept-Encoding": "gzip"})
    found["not changed"] = reader.get(PAGE, headers={"If-None-Match": found[""].headers["ETag"]})
    found["mistake"] = signatory().sign(name="")
    found["older text"] = signatory().sign(text="0" * 64)
    assert {name: answer.status_code for name, answer in found.items() if answer.status_code != 200} == {
        "wrong server": 422, "mistake": 422, "older text": 422, "not changed": 304,
    }  # fmt: skip
    return found


def test_the_policy_of_a_page_names_its_one_style_by_its_hash(
    app: Flask, runtime: Runtime, signatory: Callable[..., Signatory]
) -> None:
    new_campaign(runtime, accent="#7a1f5c")
    found = answers(app.test_client(), signatory)
    style = styles(found[""])[0]
    assert re.search(r"--[a-z-]+:\s*#[0-9a-f]{6}", style)
    for name, answer in found.items():
        assert allowed(answer) == f"'self' {named(style)}", name
        if name != "not changed":
            assert styles(answer) == [style], name


def test_a_campaign_in_the_colours_of_the_site_has_no_style_of_its_own(
    app: Flask, runtime: Runtime, signatory: Callable[..., Signatory]
) -> None:
    new_campaign(runtime)
    for name, answer in answers(app.test_client(), signatory).items():
        assert (styles(answer), allowed(answer)) == ([], "'self'"), name


def test_a_page_without_the_campaigns_colours_allows_none(
    app: Flask, runtime: Runtime, signatory: Callable[..., Signatory], now: ManualClock
) -> None:
    new_campaign(runtime, accent="#7a1f5c")
    ada = signatory()
    for answer in (
        ada.browser.get(ada.sign().location), app.test_client().get("/"), app.test_client().get(f"{PAGE}/privacy"),
        app.test_client().get("/nowhere"), app.test_client().get(f"{PAGE}.json"),
    ):  # fmt: skip
        assert (styles(answer), allowed(answer)) == ([], "'self'")
    now.advance(days=30)
    late = ada.sign()
    assert late.status_code == 409
    assert (styles(late), allowed(late)) == ([], "'self'")


def test_each_campaign_has_its_own_colours(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime, accent="#7a1f5c")
    new_campaign(runtime, slug="save-the-wood", accent="#00aa00")
    new_campaign(runtime, slug="plain")
    reader = app.test_client()
    pond, wood, plain = (reader.get(f"/c/{slug}") for slug in ("save-the-pond", "save-the-wood", "plain"))
    assert allowed(pond) != allowed(wood)
    assert styles(pond) != styles(wood)
    assert (allowed(wood), allowed(plain)) == (f"'self' {named(styles(wood)[0])}", "'self'")
    assert "unsafe" not in pond.headers["Content-Security-Policy"]

"""Feeds by which programs find campaigns, read by a parser that forgives nothing."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.definition import language_version
from campaign.languages import BUNDLED_LANGUAGES
from campaign.runtime import Runtime
from campaign.services.campaigns import lifecycle, listing
from tests.html_validator import html_problems
from tests.support.caches import expire_campaigns
from tests.support.compile_cache import make_app
from tests.support.factories import START_TIME, ManualClock, new_campaign
from tests.support.servers import MailServer
from tests.support.signatory import Signatory, run_workers

SITE = "https://sign.example.org"
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
ATOM = {"a": "http://www.w3.org/2005/Atom"}
FEEDS = (("/sitemap.xml", "application/xml"), ("/campaigns.atom", "application/atom+xml"), ("/robots.txt", "text/plain"))
RUDE = "Save & <b>\"all\"</b> \x01\x0b\x1f\ufffe ]]> 'ponds' 🦆"
"""A title that no format likes."""


@pytest.fixture
def reader(app: Flask) -> FlaskClient:
    return app.test_client()


def xml(reader: FlaskClient, path: str) -> ElementTree.Element:
    return ElementTree.fromstring(reader.get(path).data)


def texts(root: ElementTree.Element, path: str, names: dict[str, str]) -> list[str]:
    return [found.text or "" for found in root.findall(path, names)]


def data_of(reader: FlaskClient, path: str) -> dict[str, Any]:
    """What a page says to machines."""
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', reader.get(path).text, re.DOTALL)
    data: dict[str, Any] = json.loads(found)
    return data


@pytest.mark.parametrize(("path", "mimetype"), FEEDS)
def test_anybody_may_keep_them_for_a_while(runtime: Runtime, reader: FlaskClient, path: str, mimetype: str) -> None:
    new_campaign(runtime)
    answer = reader.get(path, headers={"Accept-Language": "cy"})
    assert (answer.status_code, answer.mimetype) == (200, mimetype)
    assert re.match(r"public, max-age=\d{3,}", answer.headers["Cache-Control"])
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert reader.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", ["/sitemap.xml", "/campaigns.atom"])
def test_the_store_is_asked_once_however_many_read_them(runtime: Runtime, reader: FlaskClient, path: str) -> None:
    new_campaign(runtime)
    asked: list[str] = []
    event.listen(runtime.autocommit_engine, "before_cursor_execute", lambda _c, _cur, sql, *_: asked.append(sql))
    for _ in range(5):
        assert reader.get(path).status_code == 200
    assert 1 <= len(asked) <= 7


@pytest.mark.parametrize("path", ["/sitemap.xml", "/campaigns.atom"])
def test_without_the_database_there_is_none(make_runtime: Callable[..., Runtime], path: str) -> None:
    down = make_runtime(database_url="postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    assert make_app(down).test_client().get(path).status_code == 503


# The sitemap


def test_the_sitemap_has_the_home_page_and_every_campaign_that_is_public(
    runtime: Runtime, reader: FlaskClient, now: ManualClock
) -> None:
    new_campaign(runtime, slug="open")
    new_campaign(runtime, slug="over", closes_at=START_TIME + timedelta(hours=1), opens_at=START_TIME - timedelta(days=9))
    lifecycle.take_down_campaign(runtime, new_campaign(runtime, slug="gone"), COMMAND_LINE)
    now.advance(hours=2)
    root = xml(reader, "/sitemap.xml")
    assert root.tag == f"{{{SITEMAP['s']}}}urlset"
    places = texts(root, "s:url/s:loc", SITEMAP)
    assert [place for place in places if "lang=" not in place] == [f"{SITE}/", f"{SITE}/c/open", f"{SITE}/c/over"]
    changed = dict(zip(places[-2:], texts(root, "s:url/s:lastmod", SITEMAP), strict=True))
    assert changed == {f"{SITE}/c/open": "2026-11-23T12:00:00Z", f"{SITE}/c/over": "2026-11-23T13:00:00Z"}


def test_each_page_in_several_languages_names_all_of_them(runtime: Runtime, reader: FlaskClient) -> None:
    welsh = language_version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.")
    new_campaign(runtime, translations=(welsh,))
    new_campaign(runtime, slug="plain")
    others: dict[str, dict[str, str]] = {}
    for page in xml(reader, "/sitemap.xml").findall("s:url", SITEMAP):
        links = page.findall("x:link", SITEMAP)
        assert {link.get("rel") for link in links} <= {"alternate"}
        others[page.findtext("s:loc", "", SITEMAP)] = {link.get("hreflang", ""): link.get("href", "") for link in links}
    page = f"{SITE}/c/save-the-pond"
    every = {"x-default": page, "en": f"{page}?lang=en", "cy": f"{page}?lang=cy"}
    assert {place: named for place, named in others.items() if place.startswith(page)} == dict.fromkeys(every.values(), every)
    assert others[f"{SITE}/c/plain"] == {}
    assert set(others[f"{SITE}/"]) == {"x-default", *BUNDLED_LANGUAGES.codes}


def test_every_address_in_the_sitemap_is_a_page(runtime: Runtime, reader: FlaskClient) -> None:
    welsh = language_version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.")
    new_campaign(runtime, translations=(welsh,))
    for place in texts(xml(reader, "/sitemap.xml"), "s:url/s:loc", SITEMAP):
        assert reader.get(place.removeprefix(SITE)).status_code == 200


# Robots


def test_robots_are_told_what_is_not_for_them(reader: FlaskClient) -> None:
    lines = reader.get("/robots.txt").text.splitlines()
    assert lines[0] == "User-agent: *"
    assert f"Sitemap: {SITE}/sitemap.xml" in lines
    refused = {line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow")}
    assert refused == {"/v/", "/s/", "/u/", "/desk", "/dev", "/c/*/thanks", "/c/*/check-your-email"}


# The feed


def test_the_feed_has_the_newest_campaigns_that_have_opened(runtime: Runtime, reader: FlaskClient) -> None:
    new_campaign(runtime, slug="older", title="The older one", opens_at=START_TIME - timedelta(days=2), language="cy")
    new_campaign(runtime, ask="Keep the **pond**, and [the ducks](https://example.org/).")
    new_campaign(runtime, slug="scheduled", opens_at=START_TIME + timedelta(days=1))
    lifecycle.take_down_campaign(runtime, new_campaign(runtime, slug="gone"), COMMAND_LINE)
    root = xml(reader, "/campaigns.atom")
    assert texts(root, "a:entry/a:title", ATOM) == ["Save the village pond", "The older one"]
    assert texts(root, "a:entry/a:summary", ATOM) == ["Keep the pond, and the ducks.", "Keep the pond."]
    assert texts(root, "a:entry/a:id", ATOM) == [f"{SITE}/c/save-the-pond", f"{SITE}/c/older"]
    assert texts(root, "a:entry/a:published", ATOM) == ["2026-11-23T11:00:00Z", "2026-11-21T12:00:00Z"]
    languages = [entry.get("{http://www.w3.org/XML/1998/namespace}lang") for entry in root.findall("a:entry", ATOM)]
    assert languages == ["en", "cy"]


@pytest.mark.parametrize("campaigns", [0, 1, 3])
def test_the_feed_has_all_that_atom_wants(runtime: Runtime, reader: FlaskClient, campaigns: int) -> None:
    # RFC 4287, sections 4.1.1 and 4.1.2: exactly one id, title and updated; an author; a link to itself.
    for n in range(campaigns):
        new_campaign(runtime, slug=f"pond-{n}", opens_at=START_TIME - timedelta(hours=n + 1))
    root = xml(reader, "/campaigns.atom")
    entries = root.findall("a:entry", ATOM)
    assert len(entries) == campaigns
    for each in (root, *entries):
        for name in ("id", "title", "updated"):
            (found,) = each.findall(f"a:{name}", ATOM)
            assert found.text
        updated = each.findtext("a:updated", "", ATOM)
        assert datetime.fromisoformat(updated).tzinfo is not None
        assert any(link.get("rel") == "alternate" for link in each.findall("a:link", ATOM))
    assert root.findtext("a:author/a:name", "", ATOM) == "sign.example.org"
    (itself,) = (link for link in root.findall("a:link", ATOM) if link.get("rel") == "self")
    assert itself.get("href") == root.findtext("a:id", "", ATOM) == f"{SITE}/campaigns.atom"
    assert len({*texts(root, "a:entry/a:id", ATOM)}) == campaigns


def test_the_feed_ends_after_fifty(runtime: Runtime, reader: FlaskClient) -> None:
    for n in range(listing.MAX_IN_FEED + 2):
        new_campaign(runtime, slug=f"pond-{n}", opens_at=START_TIME - timedelta(hours=n + 1))
    found = texts(xml(reader, "/campaigns.atom"), "a:entry/a:id", ATOM)
    assert found == [f"{SITE}/c/pond-{n}" for n in range(listing.MAX_IN_FEED)]


def test_whatever_a_campaign_is_called_the_feed_can_be_read(runtime: Runtime, reader: FlaskClient) -> None:
    new_campaign(runtime, title=RUDE, ask=f"{RUDE}\n\n&lt; &amp; <!-- -->")
    root = xml(reader, "/campaigns.atom")
    assert texts(root, "a:entry/a:title", ATOM) == ["Save & <b>\"all\"</b>  ]]> 'ponds' 🦆"]


# What pages say to machines


def test_a_campaign_says_to_machines_what_it_says_to_people(
    app: Flask, runtime: Runtime, reader: FlaskClient, mail: MailServer
) -> None:
    new_campaign(runtime)
    ada = Signatory(app, mail)
    ada.sign()
    run_workers(runtime)
    ada.confirm()
    run_workers(runtime)
    expire_campaigns()
    data = data_of(make_app(runtime).test_client(), "/c/save-the-pond")
    petition, page = data["mainEntity"], f"{SITE}/c/save-the-pond"
    assert (data["@context"], data["@type"], data["url"]) == ("https://schema.org", "WebPage", page)
    assert data["isPartOf"]["url"] == f"{SITE}/"
    assert (petition["name"], petition["inLanguage"]) == ("Save the village pond", "en")
    assert petition["expires"] == "2026-12-23T12:00:00Z"
    assert petition["image"].startswith(f"{page}/card.png")
    assert petition["interactionStatistic"] == {
        "@type": "InteractionCounter",
        "interactionType": "https://schema.org/EndorseAction",
        "userInteractionCount": 1,
    }
    assert petition["potentialAction"]["target"]["urlTemplate"] == f"{page}#sign"


def test_a_closed_campaign_offers_machines_nothing_to_sign(runtime: Runtime, reader: FlaskClient, now: ManualClock) -> None:
    new_campaign(runtime)
    now.advance(days=31)
    assert "potentialAction" not in data_of(reader, "/c/save-the-pond")["mainEntity"]


def test_whatever_a_campaign_is_called_its_data_stays_where_it_is(runtime: Runtime, reader: FlaskClient) -> None:
    rude = "</script><script>alert(1)</script><!-- <script> & ]]> \u2028"
    new_campaign(runtime, title=rude, ask=rude, recipient=rude)
    assert data_of(reader, "/c/save-the-pond")["name"] == rude
    written = re.findall(r'application/ld\+json">(.*?)</script>', reader.get("/c/save-the-pond").text, re.DOTALL)[0]
    assert not re.search("[<>&]", written)
    assert html_problems(reader.get("/c/save-the-pond").text) == []


def test_the_home_page_tells_machines_how_to_search_it(runtime: Runtime, reader: FlaskClient) -> None:
    new_campaign(runtime)
    data = data_of(reader, "/")
    assert (data["@type"], data["url"]) == ("WebSite", f"{SITE}/")
    template = data["potentialAction"]["target"]["urlTemplate"]
    found = reader.get(template.removeprefix(SITE).replace("{search_term_string}", "pond"))
    assert "Save the village pond" in found.text

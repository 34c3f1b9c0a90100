"""The campaign on other sites: one page may be framed and no other, and who frames it learns nothing from it."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.definition import language_version
from campaign.runtime import Runtime
from campaign.services.campaigns import lifecycle
from campaign.web.public.embed import WIDGET_HEIGHT_PIXELS, WIDGET_WIDTH_PIXELS
from tests.html_validator import html_problems
from tests.support.caches import expire_campaigns
from tests.support.factories import ManualClock, new_campaign
from tests.support.signatory import Signatory, run_workers

EMBED = "/c/save-the-pond/embed"
PAGE = "https://sign.example.org/c/save-the-pond"


@pytest.fixture
def reader(app: Flask, runtime: Runtime) -> FlaskClient:
    """Somebody who reads about an open campaign."""
    new_campaign(runtime)
    return app.test_client()


def framable(answer: TestResponse) -> bool:
    """Whether other pages may show this one in a frame; the two headers that say so must agree."""
    ancestors = re.findall(r"frame-ancestors ([^;]+)", answer.headers["Content-Security-Policy"])
    said = (ancestors, answer.headers.get("X-Frame-Options"))
    assert said in ((["*"], None), (["'none'"], "DENY")), said
    return ancestors == ["*"]


# Frames


def test_only_the_widget_may_be_framed(app: Flask, runtime: Runtime, signatory: Callable[..., Signatory]) -> None:
    new_campaign(runtime, accent="#7a1f5c")
    ada = signatory()
    ada.sign()
    run_workers(runtime)
    verify = ada.verify_path()
    ada.confirm()
    run_workers(runtime)
    # The path that stands for each rule: with what is there, so that no page is looked at by its error alone.
    values: dict[str, dict[str, Any]] = {
        "/v/<token>": {"token": verify.removeprefix("/v/")},
        "/s/<token>": {"token": ada.manage_path().removeprefix("/s/")},
        "/s/<token>/receipt": {"token": ada.manage_path().removeprefix("/s/")},
        "/u/<token>": {"token": "x"},
        "/static/<path:name>": {"name": "site.css"},
        "/c/<slug>/picture-<int:width>.webp": {"slug": "save-the-pond", "width": 480},
        "/c/<slug>/image-<name>": {"slug": "save-the-pond", "name": "0123456789abcdef-480.webp"},
        "/c/<slug>/updates/<int:number>": {"slug": "save-the-pond", "number": 1},
        "/c/<slug>/card-<any(square, story):shape>.<any(png, jpg):_kind>": {
            "slug": "save-the-pond",
            "shape": "story",
            "_kind": "png",
        },
        "/petitions/<int:number>.json": {"number": 1},
        "/petitions/<int:number>": {"number": 1},
        "/log/tile/<level>/<path:number>": {"level": "0", "number": "000.p/1"},
        "/preview/<slug>/<key>": {"slug": "save-the-pond", "key": "k" * 22},
        "/preview/<slug>/<key>/image-<name>": {"slug": "save-the-pond", "key": "k" * 22, "name": "0123456789abcdef-480.webp"},
    }
    adapter, framed, answered = app.url_map.bind("localhost"), [], {}
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    for rule in rules:
        if rule.rule.startswith("/desk"):
            continue  # needs a sign-in; what a stranger gets there is looked at below
        path = adapter.build(
            rule.endpoint, values.get(rule.rule, {"slug": "save-the-pond"} if "slug" in rule.arguments else {})
        )
        answer = ada.browser.get(path)
        answered[rule.rule] = answer.status_code
        if framable(answer):
            framed.append(rule.rule)
    assert framed == ["/c/<slug>/embed"]
    for path in ("/desk/", "/desk/sign-in", "/desk/c/save-the-pond/"):
        assert not framable(ada.browser.get(path))
    # These need more than this to be found at all.
    assert {rule for rule, status in answered.items() if status != 200} == {
        "/c/<slug>/picture-<int:width>.webp",
        "/c/<slug>/image-<name>",
        "/c/<slug>/signatures",  # leads back to the form
        "/contact",  # leads to the page about the site
        "/terms",  # none without a setting
        "/c/<slug>/updates/<int:number>",
        "/petitions/<int:number>",  # leads to the campaign
        "/log/tile/<level>/<path:number>",
        "/oembed",
        # The log begins when a worker first looks, and nobody watches it here.
        "/log/checkpoint/cosigned",
        "/s/<token>/receipt",
        "/u/<token>",
        "/preview/<slug>/<key>",
        "/preview/<slug>/<key>/image-<name>",
    }
    assert len(answered) > 20


def test_no_answer_to_a_form_and_no_error_may_be_framed(
    reader: FlaskClient, signatory: Callable[..., Signatory], runtime: Runtime, now: ManualClock
) -> None:
    ada = signatory()
    answers = [ada.sign(name=""), ada.sign(), reader.get("/nowhere"), reader.get(f"{EMBED}?x=%FF"), reader.post(EMBED)]
    assert [answer.status_code for answer in answers] == [422, 303, 404, 400, 405]
    lifecycle.take_down_campaign(runtime, new_campaign(runtime, slug="gone"), COMMAND_LINE)
    answers += [reader.get("/c/gone/embed"), reader.get("/c/nothing/embed")]
    now.advance(days=40)
    answers.append(ada.sign())
    assert [answer.status_code for answer in answers[5:]] == [410, 404, 409]
    assert not any(framable(answer) for answer in answers)


def test_the_page_that_shows_the_widget_may_frame_our_own_pages_only(reader: FlaskClient) -> None:
    policy = reader.get("/c/save-the-pond/share").headers["Content-Security-Policy"]
    assert re.findall(r"frame-src ([^;]+)", policy) == ["'self'"]
    assert "frame-src" not in reader.get("/c/save-the-pond").headers["Content-Security-Policy"]
    assert "frame-src" not in reader.get(EMBED).headers["Content-Security-Policy"]


# The widget


def test_the_widget_sets_no_cookie_and_opens_a_tab_of_its_own(reader: FlaskClient) -> None:
    answer = reader.get(EMBED, headers={"Cookie": "cs_thanks=x; other=y"})
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert html_problems(answer.text) == []
    assert '<base target="_blank">' in answer.text
    (form,) = re.findall(r"<form[^>]*>", answer.text)
    assert 'action="/c/save-the-pond/signatures"' in form
    assert not re.search(r'target="(?!_blank)', answer.text)
    assert f'<link rel="canonical" href="{PAGE}">' in answer.text
    assert '<meta name="robots" content="noindex">' in answer.text


def test_a_signature_made_in_the_widget_comes_from_the_page_around_it(
    reader: FlaskClient, signatory: Callable[..., Signatory]
) -> None:
    answer = reader.get(EMBED, headers={"Referer": "https://www.pond.example/"})
    assert answer.headers["Cache-Control"].startswith("private, ")
    assert '<input type="hidden" name="source" value="pond.example">' in answer.text
    labelled = reader.get(f"{EMBED}?via=leaflet", headers={"Referer": "https://www.pond.example/"})
    assert labelled.headers["Cache-Control"].startswith("public, ")
    assert '<input type="hidden" name="source" value="leaflet">' in labelled.text


def test_a_campaign_that_has_closed_says_so_in_the_widget_and_asks_for_nothing(reader: FlaskClient, now: ManualClock) -> None:
    assert "<form" in reader.get(EMBED).text
    now.advance(days=30)
    expire_campaigns()
    closed = reader.get(EMBED)
    assert closed.status_code == 200
    assert "This campaign has closed" in closed.text
    assert "<form" not in closed.text
    assert html_problems(closed.text) == []
    assert framable(closed)


def test_the_widget_speaks_the_language_it_is_asked_in(app: Flask, runtime: Runtime) -> None:
    welsh = language_version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.")
    new_campaign(runtime, translations=(welsh,))
    page = app.test_client().get(f"{EMBED}?lang=cy").text
    assert "Achubwch y pwll" in page
    assert 'action="/c/save-the-pond/signatures?lang=cy"' in page
    assert welsh.text.hash in page


# What other sites show of a campaign


def test_pages_of_other_sites_may_show_what_is_drawn_for_them(reader: FlaskClient) -> None:
    for name in ("badge.svg", "card.png", "qr.svg", "qr.png"):
        answer = reader.get(f"/c/save-the-pond/{name}")
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert not framable(answer)


# oEmbed


def ask(reader: FlaskClient, **query: str) -> TestResponse:
    return reader.get(f"/oembed?{urlencode({'url': PAGE, **query})}")


def test_an_editor_finds_the_widget_by_the_address_of_the_campaign(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime, title="Save the “village” <pond> & park")
    reader = app.test_client()
    # As it is announced on the campaign's own page.
    (found,) = re.findall(
        r'<link rel="alternate" type="application/json\+oembed" title="[^"]+" href="([^"]+)">',
        reader.get("/c/save-the-pond").text,
    )
    answer = reader.get(unescape(found).removeprefix("https://sign.example.org"))
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    data = answer.get_json()
    assert (data["version"], data["type"], data["provider_name"]) == ("1.0", "rich", "sign.example.org")
    assert data["title"] == "Save the “village” <pond> & park"
    assert (data["width"], data["height"]) == (WIDGET_WIDTH_PIXELS, WIDGET_HEIGHT_PIXELS)
    assert data["html"] == (
        f'<blockquote class="wp-embedded-content"><a href="{PAGE}">Save the “village” &lt;pond&gt; &amp; park</a></blockquote>'
        f'<iframe class="wp-embedded-content" src="{PAGE}/embed" title="Save the “village” &lt;pond&gt; &amp; park" '
        f'width="480" height="760"></iframe>'
    )
    assert reader.get(EMBED).status_code == 200
    card = reader.get(data["thumbnail_url"].removeprefix("https://sign.example.org"))
    assert (card.status_code, card.mimetype) == (200, "image/png")


def test_an_address_that_is_no_campaign_of_ours_is_not_found(reader: FlaskClient) -> None:
    for url in (
        "", PAGE + "s", PAGE + "/", PAGE + "/embed", PAGE + "/../x", "/c/save-the-pond", "save-the-pond", "//", "https://[",
        "https://sign.example.org/", "https://sign.example.org/c/", "https://elsewhere.example/c/save-the-pond",
        "https://sign.example.org.evil.example/c/save-the-pond", "https://sign.example.org:8443/c/save-the-pond",
        "https://user@sign.example.org/c/save-the-pond", "https://[::1]/c/save-the-pond", "http://\u2100/", "\x00",
        "x" * 5_000, PAGE + "\x00", PAGE.replace("pond", "p%6Fnd"),
    ):  # fmt: skip
        assert ask(reader, url=url).status_code == 404, url


def test_an_address_is_known_however_it_was_copied(reader: FlaskClient) -> None:
    for url in (
        f"{PAGE}?via=leaflet&lang=cy#sign", PAGE.replace("https", "http"), "HTTPS://Sign.Example.org/c/save-the-pond",
    ):  # fmt: skip
        assert ask(reader, url=url).get_json()["title"] == "Save the village pond"


def test_only_json_is_spoken(reader: FlaskClient) -> None:
    assert ask(reader, format="json").status_code == 200
    assert ask(reader, format="xml").status_code == 501
    assert reader.get("/oembed").status_code == 404


def test_what_is_gone_cannot_be_embedded(app: Flask, runtime: Runtime) -> None:
    lifecycle.take_down_campaign(runtime, new_campaign(runtime), COMMAND_LINE)
    expire_campaigns()
    assert ask(app.test_client()).status_code == 410


def test_the_widget_is_no_larger_than_there_is_room(reader: FlaskClient) -> None:
    junk = ("", "x", "1e9", "-1", "0", "NaN", "9" * 9_000, "\x00", "3.5")
    asked: list[tuple[dict[str, str], tuple[int, int]]] = [
        ({"maxwidth": "300"}, (300, 760)),
        ({"maxwidth": "300", "maxheight": "500"}, (300, 500)),
        ({"maxwidth": "4000", "maxheight": "4000"}, (480, 760)),
        *(({"maxwidth": text, "maxheight": text}, (480, 760)) for text in junk),
    ]
    for query, (width, height) in asked:
        answer = ask(reader, **query)
        data = answer.get_json()
        assert (answer.status_code, data["width"], data["height"]) == (200, width, height), query
        assert f'width="{width}" height="{height}"' in data["html"]


def test_a_picture_larger_than_there_is_room_is_not_offered(reader: FlaskClient) -> None:
    assert "thumbnail_url" in ask(reader).get_json()
    assert "thumbnail_url" in ask(reader, maxwidth="1200", maxheight="630").get_json()
    for room in ({"maxwidth": "1199"}, {"maxheight": "629"}):
        assert not [name for name in ask(reader, **room).get_json() if name.startswith("thumbnail")]


def test_what_an_editor_is_told_is_kept_for_readers_of_its_language_alone(app: Flask, runtime: Runtime) -> None:
    welsh = language_version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.")
    new_campaign(runtime, translations=(welsh,))
    new_campaign(runtime, slug="english")
    reader = app.test_client()
    answer = reader.get(f"/oembed?url={PAGE}", headers={"Accept-Language": "cy"})
    assert answer.get_json()["title"] == "Achubwch y pwll"
    assert "Accept-Language" in answer.vary
    assert "Accept-Language" not in ask(reader, url="https://sign.example.org/c/english").vary

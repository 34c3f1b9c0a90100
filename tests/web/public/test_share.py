"""Passing a campaign on, without a script: everything on one page, and the way to a Mastodon server whose name was asked."""

import re
from html import escape, unescape
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.definition import language_version
from campaign.runtime import Runtime
from campaign.services.campaigns import lifecycle
from tests.html_validator import html_problems
from tests.support.caches import expire_campaigns
from tests.support.factories import ManualClock, new_campaign

ADDRESS = "https://sign.example.org/c/save-the-pond"
PAGE = "/c/save-the-pond/share"
CODE = "Abc_def-ghi123456789XY"
TEXT = "Our pond & “park” are to go: 100%?"


@pytest.fixture
def reader(app: Flask, runtime: Runtime) -> FlaskClient:
    new_campaign(runtime, share_text=TEXT)
    return app.test_client()


def read(reader: FlaskClient, path: str, status: int = 200) -> str:
    answer = reader.get(path)
    assert answer.status_code == status
    assert html_problems(answer.text) == []
    return answer.text


def shared_on(page: str) -> dict[str, str]:
    """What each way to share shares: everything its link says, by the way's name."""
    (links,) = re.findall(r'<ul class="share-links".*?</ul>', page, re.DOTALL)
    return {name: unescape(url) for url, name in re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', links)}


def codes(page: str) -> list[str]:
    """The lines to put on one's own page."""
    return [unescape(code).strip() for code in re.findall(r"<textarea[^>]*readonly[^>]*>(.*?)</textarea>", page, re.DOTALL)]


def test_every_way_to_share_is_a_plain_link_with_the_campaigns_words(reader: FlaskClient) -> None:
    page = read(reader, PAGE)
    ways = shared_on(page)
    assert list(ways) == [
        "WhatsApp",
        "Messenger",
        "Text message",
        "Email",
        "Facebook",
        "Bluesky",
        "Mastodon",
        "X",
        "Telegram",
        "LinkedIn",
        "Threads",
    ]
    for name in ("WhatsApp", "Email", "Text message", "Bluesky", "X", "Telegram", "Threads"):
        assert quote(TEXT, safe="") in ways[name]
    for name, url in ways.items():
        assert name == "Mastodon" or quote(ADDRESS, safe="") in url
    assert f'value="{ADDRESS}"' in page
    # Nothing is told to any of them before a link is followed.
    assert not re.search(r'src="https?://(?!sign\.example\.org)', page)


def test_a_campaign_without_words_to_share_shares_its_title(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime)
    ways = shared_on(read(app.test_client(), PAGE))
    assert ways["X"] == f"https://x.com/intent/post?text=Save%20the%20village%20pond&url={quote(ADDRESS, safe='')}"


@pytest.mark.parametrize("via", [CODE, "leaflet"])
def test_a_personal_link_is_what_its_page_passes_on(reader: FlaskClient, via: str) -> None:
    page, link = read(reader, f"{PAGE}?via={via}"), f"{ADDRESS}?via={via}"
    assert f'value="{link}"' in page
    assert all(quote(link, safe="") in url for name, url in shared_on(page).items() if name != "Mastodon")
    assert f'<input type="hidden" name="via" value="{via}">' in page
    for path in (f"/c/save-the-pond/qr.svg?via={via}", f"/c/save-the-pond/poster.pdf?via={via}"):
        assert f'"{path}"' in page
        assert reader.get(path).status_code == 200
    badge, widget = codes(page)
    assert f'<a href="{link}">' in badge
    assert f'src="{ADDRESS}/embed?via={via}"' in widget


def test_what_is_no_code_and_no_label_is_passed_on_by_nobody(reader: FlaskClient) -> None:
    plain = read(reader, PAGE)
    for junk in ('"><script>', "x" * 500, "two words", "-x", "é", "\x00", "https://evil.example/"):
        page = read(reader, f"{PAGE}?via={quote(junk)}")
        assert page == plain
        mastodon = read(reader, f"{PAGE}/mastodon?via={quote(junk)}&server=toot.wales")
        assert f"https://toot.wales/share?text={quote(f'{TEXT} {ADDRESS}', safe='')}" in unescape(mastodon)


def test_the_badge_speaks_the_language_of_the_page_it_is_taken_from(reader: FlaskClient) -> None:
    page = read(reader, f"{PAGE}?lang=cy")
    assert 'src="/c/save-the-pond/badge.svg?lang=cy"' in page
    badge, _ = codes(page)
    assert f'<img src="{ADDRESS}/badge.svg?lang=cy"' in badge
    welsh, english = (reader.get(f"/c/save-the-pond/badge.svg{query}").text for query in ("?lang=cy", ""))
    assert "signatures" in english
    assert "signatures" not in welsh


def test_two_lines_put_the_campaign_on_any_page(reader: FlaskClient) -> None:
    badge, widget = codes(read(reader, PAGE))
    frame, script = widget.splitlines()
    assert f'<iframe src="{ADDRESS}/embed" title="Save the village pond"' in frame
    assert script == '<script src="https://sign.example.org/static/embed.js" async></script>'
    assert f'<img src="{ADDRESS}/badge.svg" alt="Save the village pond">' in badge
    for url in re.findall(r'src="https://sign\.example\.org([^"]+)"', badge + widget):
        answer = reader.get(url)
        assert answer.status_code == 200
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_a_rude_title_stays_words_in_what_is_copied(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime, title='"><script>alert(1)</script></textarea>')
    for code in codes(read(app.test_client(), PAGE)):
        # As it will stand in somebody's page.
        assert "alert" in code
        assert not re.search(r"<script>|</textarea>", code)


# Mastodon


def way_to(answer: TestResponse) -> str:
    (found,) = re.findall(r'href="(https://[^"]+/share\?[^"]+)"', answer.text)
    return unescape(found)


def test_mastodon_is_reached_by_way_of_the_server_that_is_named(reader: FlaskClient) -> None:
    answer = reader.get(f"{PAGE}/mastodon?server=%40ann%40Toot.Wales&via={CODE}")
    assert answer.status_code == 200
    assert html_problems(answer.text) == []
    link = urlsplit(way_to(answer))
    assert (link.scheme, link.netloc, link.path) == ("https", "toot.wales", "/share")
    assert parse_qs(link.query) == {"text": [f"{TEXT} {ADDRESS}?via={CODE}"]}
    # A page with a link, and no redirect to wherever a stranger likes.
    assert "Location" not in answer.headers
    assert "Refresh" not in answer.headers
    assert 'http-equiv="refresh"' not in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_the_server_is_asked_for_first(reader: FlaskClient) -> None:
    page = read(reader, f"{PAGE}/mastodon?via={CODE}")
    assert '<form method="get" action="/c/save-the-pond/share/mastodon"' in page
    assert f'<input type="hidden" name="via" value="{CODE}">' in page
    assert "aria-invalid" not in page
    assert "/share?text=" not in page


@pytest.mark.parametrize(
    "server", ["", " ", "mastodon", "toot.wales:8080", "javascript:alert(1)", '"><b>.example', "x" * 3_000]
)
def test_a_server_that_is_none_is_asked_for_again_with_what_was_typed(reader: FlaskClient, server: str) -> None:
    page = read(reader, f"{PAGE}/mastodon?server={quote(server)}&via=leaflet", 422)
    assert 'aria-invalid="true"' in page
    assert "Mastodon server, like mastodon.social." in page or "name of a server, like mastodon.social." in page
    (typed,) = re.findall(r'name="server" value="([^"]*)"', page)
    assert unescape(typed) == server
    assert '<input type="hidden" name="via" value="leaflet">' in page
    assert "/share?text=" not in page


# Everything else a page of ours does


def test_the_page_is_in_the_language_that_is_asked_for(app: Flask, runtime: Runtime) -> None:
    welsh = language_version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.", share_text="Helpwch ni")
    new_campaign(runtime, translations=(welsh,))
    reader = app.test_client()
    page = read(reader, f"{PAGE}?lang=cy")
    assert '<html lang="cy"' in page
    assert "Helpwch%20ni" in shared_on(page)["X"]
    assert '<input type="hidden" name="lang" value="cy">' in page
    assert "lang=cy" in shared_on(page)["Mastodon"]
    again = read(reader, f"{PAGE}/mastodon?lang=cy&server=toot.wales")
    assert '<html lang="cy"' in again
    assert "Helpwch%20ni" in again


def test_a_link_that_is_passed_on_carries_the_language_it_was_read_in(app: Flask, runtime: Runtime) -> None:
    welsh = language_version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.")
    new_campaign(runtime, translations=(welsh,))
    new_campaign(runtime, slug="english")
    reader = app.test_client()
    for path, accepts, carried in (
        ("/c/save-the-pond", "", ""), ("/c/save-the-pond?lang=en", "", ""), ("/c/save-the-pond?lang=cy", "", "?lang=cy"),
        ("/c/save-the-pond", "cy", "?lang=cy"), ("/c/english?lang=cy", "", "?lang=cy"), ("/c/english", "cy", ""),
        (f"/c/save-the-pond/share?lang=cy&via={CODE}", "", f"?lang=cy&via={CODE}"),
    ):  # fmt: skip
        page = reader.get(path, headers={"Accept-Language": accepts} if accepts else {}).text
        address = f"https://sign.example.org{path.partition('?')[0].removesuffix('/share')}{carried}"
        assert parse_qs(urlsplit(shared_on(page)["Facebook"]).query)["u"] == [address], path
        assert f'id="share-link" value="{escape(address)}"' in page, path


def test_a_language_that_only_the_campaign_speaks_stays_chosen(app: Flask, runtime: Runtime) -> None:
    irish = language_version(
        "save-the-pond", "ga", title="Sábháil an lochán", ask="Coinnigh an lochán.", share_text="Cabhraigh linn"
    )
    new_campaign(runtime, translations=(irish,))
    reader = app.test_client()
    for page in (read(reader, f"{PAGE}?lang=ga"), read(reader, f"{PAGE}/mastodon?lang=ga&server=toot.wales")):
        assert '<html lang="en"' in page
        assert '<input type="hidden" name="lang" value="ga">' in page
    assert "Cabhraigh%20linn" in read(reader, f"{PAGE}/mastodon?lang=ga&server=toot.wales")
    assert 'name="lang"' not in read(reader, PAGE)


def test_a_campaign_that_has_closed_can_still_be_shared_and_one_that_is_gone_cannot(
    reader: FlaskClient, runtime: Runtime, now: ManualClock
) -> None:
    lifecycle.take_down_campaign(runtime, new_campaign(runtime, slug="gone"), COMMAND_LINE)
    now.advance(days=30)
    expire_campaigns()
    assert shared_on(read(reader, PAGE))["WhatsApp"]
    for path in ("share", "share/mastodon", "share/mastodon?server=toot.wales"):
        assert reader.get(f"/c/gone/{path}").status_code == 410
        assert reader.get(f"/c/nothing/{path}").status_code == 404


def test_sharing_needs_no_cookie_and_its_page_may_be_kept(reader: FlaskClient) -> None:
    for path in (PAGE, f"{PAGE}?via=leaflet"):
        answer = reader.get(path)
        assert answer.headers["Cache-Control"].startswith("public, max-age=")
        assert "Set-Cookie" not in answer.headers
    assert reader.post(PAGE).status_code == 405


def test_ways_to_share_are_on_the_page_people_sign_too(
    reader: FlaskClient,
) -> None:
    assert shared_on(read(reader, "/c/save-the-pond")) == shared_on(read(reader, PAGE))

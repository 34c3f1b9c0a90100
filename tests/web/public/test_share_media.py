"""Drawings for campaigns, as other sites fetch them: cached, conditional, true, and at no cost to the database."""

import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from threading import Event, Thread
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Appearance, Campaign, SignFormFields
from campaign.domain.campaigns.definition import language_version
from campaign.domain.campaigns.text import LanguageVersion, SignedText
from campaign.domain.campaigns.window import SigningWindow
from campaign.languages import BUNDLED_LANGUAGES
from campaign.rendering.bounded_process import ProcessFailedError
from campaign.rendering.card import draw_card
from campaign.rendering.contents import Card
from campaign.rendering.picture_import import import_picture
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find, lifecycle
from campaign.services.site import switches
from campaign.store.redis import campaign_cache
from campaign.web.cache import ProcessCache, process_cache
from campaign.web.language import register_languages, use_campaign_language
from campaign.web.public import share_media
from campaign.web.public.cached_card import DRAWING, drawn_card
from campaign.web.public.cards import campaign_card, card_url_path
from campaign.web.single_flight import BusyError, SingleFlight
from campaign.web.translation import register_translation
from tests.support.caches import expire_campaigns
from tests.support.factories import START_TIME, ManualClock, definition, new_campaign
from tests.support.processes import wait_until

ADDRESS = "https://sign.example.org/c/save-the-pond"
DRAWN = {
    "card.png": "image/png",
    "card-square.png": "image/png",
    "card-story.png": "image/png",
    "qr.svg": "image/svg+xml",
    "qr.png": "image/png",
    "poster.pdf": "application/pdf",
    "badge.svg": "image/svg+xml",
}
CODE = "Ab-_xyzABCDEFGHIJKL012"


def sample_campaign(**changes: object) -> Campaign:
    """A campaign as it stands in memory."""
    text = SignedText("0" * 64, "Save the village pond", "The parish council", "Keep the pond.", "")
    plain = Campaign(
        id=1,
        slug="save-the-pond",
        versions=(LanguageVersion("en", text),),
        time_zone="Europe/London",
        goals=(3, 10, 1_000),
        window=SigningWindow(START_TIME - timedelta(hours=1), START_TIME + timedelta(days=30), START_TIME + timedelta(days=31)),
        form_fields=SignFormFields(),
        appearance=Appearance(),
        contact="",
        taken_down=False,
        revision=1,
        sequence=0,
        verified=0,
        pending=0,
        final_total=None,
        milestones=(),
        as_of=START_TIME,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def shows(runtime: Runtime, campaign: Campaign) -> None:
    """Let pages show a campaign as it stands here: its copy in Redis is what they go by."""
    campaign_cache.delete_cached_campaign(runtime.redis, campaign.slug)
    campaign_cache.cache_campaign(runtime.redis, campaign, runtime.now())
    expire_campaigns()


SPEAKING = Flask(__name__)
register_languages(SPEAKING, BUNDLED_LANGUAGES)
register_translation(SPEAKING, BUNDLED_LANGUAGES)


def card(campaign: Campaign, after: timedelta = timedelta()) -> Card:
    with SPEAKING.test_request_context("/"):
        use_campaign_language(campaign)
        return campaign_card(campaign, START_TIME + after)


def path(campaign: Campaign, after: timedelta = timedelta(), query: str = "") -> str:
    with SPEAKING.test_request_context(f"/{query}"):
        use_campaign_language(campaign)
        return card_url_path(campaign, START_TIME + after)


@pytest.mark.parametrize("name", DRAWN)
def test_what_is_drawn_may_be_kept_by_a_proxy_and_is_not_sent_twice(app: Flask, runtime: Runtime, name: str) -> None:
    new_campaign(runtime)
    answer = app.test_client().get(f"/c/save-the-pond/{name}")
    assert (answer.status_code, answer.mimetype) == (200, DRAWN[name])
    assert re.search(r"public, max-age=\d+", answer.headers["Cache-Control"])
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    filename = "save-the-pond" + ("." if name == "card.png" else "-") + re.sub(r"^card[.-]", "", name)
    assert answer.headers["Content-Disposition"] == f'inline; filename="{filename}"'
    everybody = "same-origin" if name == "poster.pdf" else "cross-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == everybody
    again = app.test_client().get(f"/c/save-the-pond/{name}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert app.test_client().get("/c/no-such-campaign/" + name).status_code == 404


@pytest.mark.parametrize("name", DRAWN)
def test_a_campaign_that_was_taken_down_is_drawn_no_more(app: Flask, runtime: Runtime, name: str) -> None:
    campaign = new_campaign(runtime)
    assert app.test_client().get(f"/c/save-the-pond/{name}").status_code == 200
    lifecycle.take_down_campaign(runtime, campaign, COMMAND_LINE)
    expire_campaigns()
    assert app.test_client().get(f"/c/save-the-pond/{name}").status_code == 410


def test_no_picture_is_drawn_from_the_database(app: Flask, runtime: Runtime, statements: list[str]) -> None:
    new_campaign(runtime)
    switches.refresh_switch_cache(runtime)  # as the clock does every second
    statements.clear()
    for _ in range(3):
        expire_campaigns()  # as if each came half a second after the other
        for name in DRAWN:
            assert app.test_client().get(f"/c/save-the-pond/{name}?via={CODE}").status_code == 200
    assert statements == []


def test_the_card_is_the_one_its_address_names(app: Flask, runtime: Runtime) -> None:
    shows(runtime, sample_campaign(verified=1_234))
    address = path(sample_campaign(verified=1_234))
    answer = app.test_client().get(address)
    assert Image.open(BytesIO(answer.data)).size == (1200, 630)
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    # An address from an older page gets the card of now, and nobody keeps it for long.
    assert (
        app.test_client().get("/c/save-the-pond/card.png?v=0123456789abcdef").headers["Cache-Control"] == "public, max-age=60"
    )


def test_signatures_within_a_step_are_the_same_card_and_the_next_step_is_another(app: Flask, runtime: Runtime) -> None:
    def fetched(verified: int) -> tuple[str, bytes]:
        campaign = sample_campaign(verified=verified)
        shows(runtime, campaign)
        return path(campaign), app.test_client().get(path(campaign)).data

    assert fetched(1_201) == fetched(1_299)
    before, after = fetched(1_299), fetched(1_300)
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_a_goal_that_is_reached_makes_a_new_card_though_the_step_is_the_same() -> None:
    goals = (1_234, 5_000)
    assert card(sample_campaign(verified=1_233, goals=goals)).number == "1,200+"
    assert card(sample_campaign(verified=1_234, goals=goals)).number == "1,234+"
    assert card(sample_campaign(verified=1_299, goals=goals)).number == "1,234+"


@settings(deadline=None)
@given(st.integers(1, 99_000_000), st.booleans(), st.lists(st.integers(1, 10_000_000), min_size=1, max_size=4, unique=True))
def test_the_number_on_a_card_is_never_above_the_truth(count: int, final: bool, goals: list[int]) -> None:
    window = replace(sample_campaign().window, finalised_at=START_TIME if final else None)
    campaign = sample_campaign(verified=count, goals=tuple(sorted(goals)), window=window, final_total=count if final else None)
    shown = card(campaign)
    number = int(re.sub(r"\D", "", shown.number))
    assert number == count if final else count * 0.9 < number <= count
    assert shown.progress <= min(count / campaign.goal, 1)
    assert ("reached" in shown.goal) == (count >= campaign.goal)


def test_the_card_says_how_much_time_is_left_and_changes_with_the_day() -> None:
    campaign = sample_campaign(verified=7)
    said = card(campaign)
    assert (said.time_left, said.last_day, said.number, said.number_suffix) == (
        "30 days left",
        "Sign by 23 December 2026",
        "7",
        "signatures",
    )
    assert (said.goal, said.recipient) == ("Next goal: 10", "To: The parish council")
    assert path(campaign, timedelta(seconds=1)) == path(campaign, timedelta(hours=23))
    assert path(campaign, timedelta(seconds=1)) != path(campaign, timedelta(hours=25))
    assert card(campaign, timedelta(days=28, hours=23)).time_left == "1 day left"
    assert card(campaign, timedelta(days=29, hours=1)).time_left == "Less than a day left"
    closed = card(campaign, timedelta(days=30))
    assert (closed.time_left, closed.last_day) == ("Closed", "Closed on 23 December 2026")
    final = sample_campaign(window=replace(campaign.window, finalised_at=START_TIME), final_total=1_001, verified=1_001)
    assert (card(final).number, card(final).time_left, card(final).goal) == ("1,001", "Final total", "Goal of 1,000 reached")
    assert card(sample_campaign(verified=1)).number_suffix == "signature"


def test_a_campaign_that_closes_at_midnight_can_be_signed_until_the_day_before() -> None:
    window = sample_campaign().window
    midnight = replace(window, closes_at=START_TIME.replace(month=12, day=1, hour=0).replace(tzinfo=ZoneInfo("Europe/London")))
    assert card(sample_campaign(window=midnight)).last_day == "Sign by 30 November 2026"


def test_a_card_nobody_has_signed_yet_invites() -> None:
    assert card(sample_campaign()).number == "Be the first to sign"
    assert card(sample_campaign(window=replace(sample_campaign().window, paused=True))).number == "0"
    later = replace(sample_campaign().window, opens_at=START_TIME + timedelta(days=3))
    assert (card(sample_campaign(window=later)).number, card(sample_campaign(window=later)).time_left) == (
        "Opens on 26 November 2026",
        "",
    )


def test_a_card_speaks_the_language_of_the_page_it_is_shared_from(app: Flask, runtime: Runtime) -> None:
    welsh = language_version(
        "save-the-pond", "cy", title="Achubwch y pwll", recipient="Y cyngor", ask="Cadwch y pwll.", background=""
    )
    campaign = sample_campaign(versions=(*sample_campaign().versions, welsh))
    shows(runtime, campaign)
    here, chosen = path(campaign), path(campaign, query="?lang=cy")
    assert "lang=en" in here
    assert "lang=cy" in chosen
    english, answer = (app.test_client().get(address) for address in (here, chosen))
    assert english.data != answer.data
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert "Vary" not in answer.headers
    # Without a language in the address it is the one that is asked for, and a proxy is told so.
    asked = app.test_client().get("/c/save-the-pond/card.png", headers={"Accept-Language": "cy"})
    assert asked.data == answer.data
    assert asked.headers["Vary"] == "Accept-Language"
    assert "lang" not in path(sample_campaign())


def test_the_picture_is_fetched_once_for_all_the_cards_it_hangs_on(app: Flask, runtime: Runtime, statements: list[str]) -> None:
    out = BytesIO()
    Image.new("RGB", (960, 640), "#d01020").save(out, "PNG")
    campaign = create_and_find.create_campaign(runtime, definition(), import_picture(out.getvalue()))
    switches.refresh_switch_cache(runtime)
    statements.clear()
    for verified in (1, 2, 3):
        shows(runtime, replace(campaign, verified=verified))
        answer = app.test_client().get(path(replace(campaign, verified=verified)))
        assert answer.mimetype == "image/jpeg"
        assert "max-age=3600" in answer.headers["Cache-Control"]
        found = Image.open(BytesIO(answer.data)).getpixel((1_000, 60))
        assert isinstance(found, tuple)
        assert found[0] > 180 > 60 > found[1]
    assert len(statements) == 1


@pytest.mark.parametrize(
    ("query", "encoded"),
    [
        ("", ""),
        ("?via=", ""),
        ("?via=leaflet-2", "?via=leaflet-2"),
        (f"?via={CODE}", f"?via={CODE}"),
        ("?via=" + "a" * 21, ""),
        ("?via=a%26b", ""),
        ("?via=%22%3E%3Cscript%3E", ""),
        ("?lang=cy&via=leaflet", "?lang=cy&via=leaflet"),
    ],
)
def test_codes_lead_to_the_campaign_and_say_where_they_hang(app: Flask, runtime: Runtime, query: str, encoded: str) -> None:
    shows(runtime, sample_campaign())
    found = zxingcpp.read_barcodes(Image.open(BytesIO(app.test_client().get(f"/c/save-the-pond/qr.png{query}").data)))
    assert [code.text for code in found] == [ADDRESS + encoded]
    poster = pypdfium2.PdfDocument(app.test_client().get(f"/c/save-the-pond/poster.pdf{query}").data)[0]
    found = zxingcpp.read_barcodes(poster.render(scale=2).to_pil())
    parts = [part for part in encoded.strip("?").split("&") if part]
    expected = "&".join(parts if "via" in encoded else [*parts, "via=poster"])
    assert [code.text for code in found] == [f"{ADDRESS}?{expected}"]
    assert "sign.example.org/c/save-the-pond" in poster.get_textpage().get_text_range()


def test_a_personal_code_is_kept_by_its_reader_alone(app: Flask, runtime: Runtime) -> None:
    shows(runtime, sample_campaign())
    for name in ("qr.svg", "qr.png", "poster.pdf"):
        mine = app.test_client().get(f"/c/save-the-pond/{name}?via={CODE}")
        assert mine.headers["Cache-Control"].startswith("private, ")


def test_the_poster_says_until_when_and_what_is_asked_without_markup(app: Flask, runtime: Runtime) -> None:
    text = replace(sample_campaign().text, ask="Keep the **pond**. [Read on](https://example.org/more).")
    shows(runtime, sample_campaign(versions=(LanguageVersion("en", text),)))
    poster = pypdfium2.PdfDocument(app.test_client().get("/c/save-the-pond/poster.pdf").data)[0]
    words = " ".join(poster.get_textpage().get_text_range().split())
    assert "Save the village pond" in words
    assert "Keep the pond. Read on." in words
    assert "Sign by 23 December 2026 at noon GMT" in words


def test_the_poster_of_a_closed_campaign_does_not_ask_to_sign(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    shows(runtime, sample_campaign())
    now.advance(days=30)
    poster = pypdfium2.PdfDocument(app.test_client().get("/c/save-the-pond/poster.pdf").data)[0]
    words = " ".join(poster.get_textpage().get_text_range().split())
    assert "Closed on 23 December 2026" in words
    assert "Scan to sign" not in words


def test_the_badge_has_the_very_number_and_is_drawn_once_in_half_a_minute(
    app: Flask, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn, draw = list[str](), share_media.draw_badge

    def counted(label: str, value: str, accent: str) -> bytes:
        drawn.append(value)
        return draw(label, value, accent)

    monkeypatch.setattr(share_media, "draw_badge", counted)

    def said(verified: int) -> str:
        shows(runtime, sample_campaign(verified=verified))
        answer = app.test_client().get("/c/save-the-pond/badge.svg")
        assert answer.headers["Cache-Control"] == "public, max-age=30"
        return ElementTree.fromstring(answer.data).attrib["aria-label"]

    def half_a_minute_later() -> None:
        with app.app_context():
            process_cache().expire(share_media.BADGES)

    assert (said(0), said(1), said(2)) == ("signatures: 0", "signatures: 0", "signatures: 0")
    half_a_minute_later()
    assert (said(1), said(12_345)) == ("signature: 1", "signature: 1")
    half_a_minute_later()
    assert (said(12_345), drawn) == ("signatures: 12,345", ["0", "1", "12,345"])
    half_a_minute_later()
    assert (said(12_345), drawn) == ("signatures: 12,345", ["0", "1", "12,345"])


def test_while_one_draws_the_others_get_the_last_card() -> None:
    cache, first, second = ProcessCache(), card(sample_campaign(verified=1)), card(sample_campaign(verified=2))
    begun, go_on = Event(), Event()
    drawn: list[bytes] = []

    def slowly(wanted: Card, _: bytes | None) -> bytes:
        begun.set()
        assert go_on.wait(30)
        return draw_card(wanted)

    def at_once(wanted: Card, _: bytes | None) -> bytes:
        return draw_card(wanted)

    kept = drawn_card(cache, "pond", first, at_once, lambda: None)
    thread = Thread(target=lambda: drawn.append(drawn_card(cache, "pond", second, slowly, lambda: None).image))
    thread.start()
    assert begun.wait(30)
    meanwhile = drawn_card(cache, "pond", second, at_once, lambda: None)
    go_on.set()
    thread.join()
    assert meanwhile == kept
    assert drawn_card(cache, "pond", second, slowly, lambda: None).image == drawn[0] != kept.image


def test_a_crawler_that_comes_first_while_others_are_drawn_gets_a_picture(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime)
    with app.app_context():
        flight = process_cache().flight(DRAWING)
    with flight.acquired():
        answer = app.test_client().get("/c/save-the-pond/card.png?v=1")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=60")
    drawn = app.test_client().get("/c/save-the-pond/card.png").data
    assert Image.open(BytesIO(answer.data)).size == Image.open(BytesIO(drawn)).size
    assert answer.data != drawn


def test_where_a_drawing_fails_there_is_a_plain_card_or_the_last_one_and_no_error(
    app: Flask, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> bytes:
        raise ProcessFailedError("exit code -9")

    shows(runtime, sample_campaign())
    here = app.test_client()
    with monkeypatch.context() as broken:
        broken.setattr(share_media, "draw_card", fails)
        plain = here.get("/c/save-the-pond/card.png")
        assert (plain.status_code, plain.headers["Cache-Control"]) == (200, "public, max-age=60")
        broken.setattr(share_media, "draw_poster", fails)
        assert (here.get("/c/save-the-pond/poster.pdf").status_code, here.get("/c/save-the-pond/card.png").data) == (
            503,
            plain.data,
        )
    drawn = here.get("/c/save-the-pond/card.png").data
    assert drawn != plain.data
    shows(runtime, sample_campaign(verified=5))
    with monkeypatch.context() as broken:
        broken.setattr(share_media, "draw_card", fails)
        assert here.get("/c/save-the-pond/card.png").data == drawn
    assert here.get("/c/save-the-pond/poster.pdf").status_code == 200


def test_a_request_that_waits_too_long_for_the_lock_is_told_so_and_the_next_one_gets_it() -> None:
    turn = SingleFlight()
    with turn.acquired(), pytest.raises(BusyError), turn.acquired(wait_seconds=0.01):
        pass
    with turn.acquired(wait_seconds=0.01):
        pass


def test_few_wait_for_the_lock_and_the_rest_are_told_at_once() -> None:
    turn, had = SingleFlight(), []

    def wait() -> None:
        try:
            with turn.acquired(wait_seconds=30):
                had.append(True)
        except BusyError:
            had.append(False)

    with turn.acquired():
        threads = [Thread(target=wait) for _ in range(5)]
        for thread in threads:
            thread.start()
        # Those who may not wait are through before the turn is over.
        wait_until(lambda: len(had) == 3, "three were told")
        assert had == [False, False, False]
    for thread in threads:
        thread.join()
    assert had == [False, False, False, True, True]

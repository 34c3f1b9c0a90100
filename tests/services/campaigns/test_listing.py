"""Finding: each campaign where it belongs, all of them within reach, and none that was taken down."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.definition import language_version
from campaign.domain.campaigns.window import CampaignState
from campaign.runtime import Runtime
from campaign.services.campaigns import lifecycle, listing
from campaign.services.campaigns.listing import HomeLists
from campaign.services.ledger import count, finalise
from campaign.services.signatures import sign
from tests.support.factories import START_TIME, ManualClock, new_campaign, sign_form_data, verify_link_of
from tests.support.queries import execute_sql


def slugs(campaigns: Iterable[Campaign]) -> list[str]:
    return [campaign.slug for campaign in campaigns]


def front(runtime: Runtime) -> HomeLists:
    return listing.home_lists(runtime, runtime.now())


def listed(runtime: Runtime, which: listing.ListKind, page: int = 1) -> list[str]:
    return slugs(listing.list_campaigns(runtime, which, page, runtime.now()).campaigns)


def searched(runtime: Runtime, query: str, page: int = 1) -> list[str]:
    return slugs(listing.search_campaigns(runtime, query, page, runtime.now()).campaigns)


NOTHING = HomeLists(None, (), (), (), (), (), (), {}, more=False, outcomes={})


def leading(shown: HomeLists) -> str:
    """The campaign that is shown large; "" where none is."""
    return shown.featured.slug if shown.featured else ""


def sections(shown: HomeLists) -> dict[str, list[str]]:
    """Every section with what is in it, but for the one campaign that is shown large."""
    return {name: slugs(getattr(shown, name)) for name in ("closing_soon", "growing", "newest", "upcoming", "closed")}


def signed(runtime: Runtime, campaign: Campaign, amount: int) -> None:
    """Some people sign, verify and are counted, all at this moment."""
    for n in range(amount):
        given = sign_form_data(f"person{n}-{runtime.now():%H%M%S}@{campaign.slug}.example.org")
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, given)
        with runtime.reading() as connection:
            sql = text("SELECT id FROM signatures WHERE email_key = :key")
            number = connection.execute(sql, {"key": given.email_key}).scalar_one()
        assert sign.verify_signature(runtime, verify_link_of(runtime, number)).outcome is sign.VerifyOutcome.NOW
    count.advance_ledger(runtime, campaign.id)


def pause(runtime: Runtime, campaign: Campaign) -> None:
    """Nobody can from outside yet."""
    execute_sql(runtime, "UPDATE campaigns SET paused = TRUE WHERE id = :id", id=campaign.id)


def many(runtime: Runtime, amount: int, prefix: str = "many", **changes: Any) -> list[str]:
    """Campaigns that opened one after the other; their slugs, the newest first."""
    made = [
        new_campaign(runtime, slug=f"{prefix}-{n}", opens_at=START_TIME - timedelta(hours=amount - n), **changes).slug
        for n in range(amount)
    ]
    return made[::-1]


# The home page


def test_nothing_is_found_where_there_is_nothing(runtime: Runtime) -> None:
    assert front(runtime) == NOTHING
    assert listed(runtime, "open") == listed(runtime, "closed") == searched(runtime, "pond") == []
    assert listing.sitemap_addresses(runtime, runtime.now()) == listing.newest_campaigns(runtime, runtime.now()) == []


def test_campaigns_that_close_within_a_fortnight_come_first_the_nearest_deadline_first(runtime: Runtime) -> None:
    for days in (20, 14, 3, 9):
        new_campaign(runtime, slug=f"in-{days}", closes_at=START_TIME + timedelta(days=days))
    new_campaign(runtime, slug="just-later", closes_at=START_TIME + timedelta(days=14, seconds=1))
    shown = front(runtime)
    assert [leading(shown), *slugs(shown.closing_soon)] == ["in-3", "in-9", "in-14"]


def test_only_the_six_nearest_deadlines_are_closing_soon_and_the_others_are_still_there(runtime: Runtime) -> None:
    for days in range(1, 9):
        new_campaign(runtime, slug=f"in-{days}", closes_at=START_TIME + timedelta(days=days))
    shown = sections(front(runtime))
    assert ["in-1", *shown["closing_soon"]] == [f"in-{days}" for days in range(1, 7)]
    assert set(shown["newest"]) == {"in-7", "in-8"}


def test_campaigns_grow_by_the_signatures_counted_in_the_last_24_hours(runtime: Runtime, now: ManualClock) -> None:
    once, twice, still = (new_campaign(runtime, slug=slug) for slug in ("once", "twice", "still"))
    signed(runtime, still, 3)
    now.advance(hours=20)
    signed(runtime, once, 1)
    signed(runtime, twice, 2)
    now.advance(hours=5)
    shown = front(runtime)
    assert [leading(shown), *slugs(shown.growing)] == ["twice", "once"]
    assert shown.gained == {twice.id: 2, once.id: 1}
    assert slugs(shown.newest) == ["still"]
    now.advance(hours=20)
    assert front(runtime).growing == ()


def test_what_ended_in_the_last_24_hours_makes_nothing_grow(runtime: Runtime, now: ManualClock) -> None:
    busy, steady, shrinking = (new_campaign(runtime, slug=slug) for slug in ("busy", "steady", "shrinking"))
    signed(runtime, shrinking, 2)
    now.advance(days=2, minutes=1)
    for campaign, amount, ending in ((busy, 5, 4), (steady, 2, 0), (shrinking, 1, 2)):
        signed(runtime, campaign, amount)
        with runtime.reading() as connection:
            sql = text("SELECT id FROM signatures WHERE campaign_id = :id ORDER BY id LIMIT :most")
            ids = connection.execute(sql, {"id": campaign.id, "most": ending}).scalars().all()
        assert [sign.withdraw_signature(runtime, number) for number in ids] == [True] * ending
        count.advance_ledger(runtime, campaign.id)
    shown = front(runtime)
    assert [leading(shown), *slugs(shown.growing)] == ["steady", "busy"]
    assert shown.gained == {steady.id: 2, busy.id: 1}
    assert slugs(shown.newest) == ["shrinking"]


def test_each_campaign_is_in_one_section(runtime: Runtime, now: ManualClock) -> None:
    soon = new_campaign(runtime, slug="soon", closes_at=START_TIME + timedelta(days=2))
    fast = new_campaign(runtime, slug="fast")
    new_campaign(runtime, slug="plain")
    new_campaign(runtime, slug="scheduled", opens_at=START_TIME + timedelta(days=1))
    pause(runtime, new_campaign(runtime, slug="paused"))
    new_campaign(runtime, slug="over", closes_at=START_TIME + timedelta(minutes=30))
    signed(runtime, soon, 2)
    signed(runtime, fast, 1)
    now.advance(hours=1)
    shown = front(runtime)
    assert leading(shown) == "soon"
    assert sections(shown) == {
        "closing_soon": [],
        "growing": ["fast"],
        "newest": ["plain"],
        "upcoming": ["paused", "scheduled"],
        "closed": ["over"],
    }


def test_what_is_left_out_is_within_reach(runtime: Runtime, now: ManualClock) -> None:
    newest_first = many(runtime, listing.MAX_NEWEST)
    shown = front(runtime)
    assert ([leading(shown), *slugs(shown.newest)], shown.more) == (newest_first, False)
    new_campaign(runtime, slug="one-more")
    shown = front(runtime)
    assert ([leading(shown), *slugs(shown.newest)], shown.more) == (["one-more", *newest_first[:-1]], True)
    now.advance(days=40)
    shown = front(runtime)
    assert (shown.newest, len(shown.closed), shown.more) == ((), listing.MAX_CLOSED, False)


def test_the_home_page_costs_as_many_statements_however_many_campaigns_there_are(runtime: Runtime) -> None:
    asked: list[str] = []
    event.listen(runtime.autocommit_engine, "before_cursor_execute", lambda _c, _cur, sql, *_: asked.append(sql))
    new_campaign(runtime)
    front(runtime)
    first, asked[:] = len(asked), []
    many(runtime, 30)
    asked.clear()
    front(runtime)
    assert len(asked) == first <= 11


@pytest.mark.parametrize("state", CampaignState)
def test_the_store_calls_a_campaign_what_its_window_calls_it(runtime: Runtime, now: ManualClock, state: CampaignState) -> None:
    # The one rule stands twice: in the domain, and in the SQL that finds campaigns.
    opens_at = START_TIME + timedelta(days=1) if state is CampaignState.SCHEDULED else START_TIME - timedelta(days=1)
    campaign = new_campaign(runtime, opens_at=opens_at, closes_at=START_TIME + timedelta(days=20))
    if state is CampaignState.PAUSED:
        pause(runtime, campaign)
    if state is CampaignState.CLOSED:
        now.at = campaign.window.closes_at
    if state is CampaignState.FINAL:
        now.at = campaign.window.verify_until + timedelta(minutes=2)
        assert finalise.finalise_campaign(runtime, campaign.id)
    shown = front(runtime)
    featured = () if shown.featured is None else (shown.featured,)
    (found,) = (*featured, *shown.closing_soon, *shown.newest, *shown.upcoming, *shown.closed)
    assert found.state(runtime.now()) is state
    where = {CampaignState.OPEN: "featured", CampaignState.SCHEDULED: "upcoming", CampaignState.PAUSED: "upcoming"}.get(
        state, "closed"
    )
    assert {**sections(shown), "featured": slugs(featured)}[where] == [campaign.slug]
    assert listed(runtime, "closed" if where == "closed" else "open") == [campaign.slug]


# All of them


def test_every_campaign_is_on_one_page_of_one_list(runtime: Runtime, now: ManualClock) -> None:
    amount = listing.PAGE_SIZE + 3
    still_open = many(runtime, amount, "open")
    over = many(runtime, amount, "over", closes_at=START_TIME + timedelta(minutes=1))
    now.advance(hours=1)
    for which, every in (("open", still_open), ("closed", over)):
        first, second, third = (listing.list_campaigns(runtime, which, page, now()) for page in (1, 2, 3))  # type: ignore[arg-type]
        assert (len(first.campaigns), len(second.campaigns), len(third.campaigns)) == (listing.PAGE_SIZE, 3, 0)
        assert (first.more, second.more, third.more) == (True, False, False)
        assert slugs((*first.campaigns, *second.campaigns)) == every


def test_open_campaigns_come_before_those_that_cannot_be_signed_yet(runtime: Runtime) -> None:
    new_campaign(runtime, slug="scheduled", opens_at=START_TIME + timedelta(days=1))
    new_campaign(runtime, slug="old", opens_at=START_TIME - timedelta(days=300))
    assert listed(runtime, "open") == ["old", "scheduled"]


def test_closed_campaigns_come_by_their_deadline_the_newest_first(runtime: Runtime, now: ManualClock) -> None:
    for days in (2, 1, 3):
        new_campaign(runtime, slug=f"day-{days}", closes_at=START_TIME + timedelta(days=days))
    now.advance(days=5)
    assert listed(runtime, "closed") == ["day-3", "day-2", "day-1"]


# Searching


@pytest.mark.parametrize(
    "query",
    ["pond", "POND", "  village   pond ", "pónd", "ＰＯＮＤ", "parish", "old loved", "vill", "keep the pond", "pond " * 50],
)
def test_a_campaign_is_found_by_the_words_of_its_title_and_text(runtime: Runtime, query: str) -> None:
    new_campaign(runtime)
    new_campaign(runtime, slug="lido", title="Heat the lido", ask="Heat it.", background="It is cold.", recipient="")
    assert searched(runtime, query) == ["save-the-pond"]


@pytest.mark.parametrize("query", ["pond lido", "' OR '1'='1", "*", "nothing"])
def test_every_word_must_occur(runtime: Runtime, query: str) -> None:
    new_campaign(runtime)
    new_campaign(runtime, slug="lido", title="Heat the lido", ask="Heat it.", background="It is cold.", recipient="")
    assert searched(runtime, query) == []


@pytest.mark.parametrize(
    ("query", "found"), [("100%", "percent"), ("a_b", "line"), ("c\\d", "slash"), ("%", "percent"), ("\\", "slash")]
)
def test_signs_that_mean_something_to_the_database_are_letters_like_any_other(runtime: Runtime, query: str, found: str) -> None:
    for slug, title in (("percent", "100% clean"), ("line", "Save a_b"), ("slash", r"Keep c\d"), ("none", "100 aXb cd")):
        new_campaign(runtime, slug=slug, title=title)
    assert searched(runtime, query) == [found]


def test_a_campaign_is_found_in_each_of_its_languages(runtime: Runtime) -> None:
    welsh = language_version("save-the-pond", "cy", title="Achubwch y pwll ger Llŷn", ask="Cadwch y pwll.")
    new_campaign(runtime, translations=(welsh,))
    assert searched(runtime, "pwll llyn") == searched(runtime, "village") == ["save-the-pond"]


def test_open_campaigns_are_found_before_closed_ones(runtime: Runtime, now: ManualClock) -> None:
    new_campaign(runtime, slug="over", closes_at=START_TIME + timedelta(minutes=1), opens_at=START_TIME - timedelta(minutes=1))
    new_campaign(runtime, slug="scheduled", opens_at=START_TIME + timedelta(days=1))
    new_campaign(runtime, slug="open", opens_at=START_TIME - timedelta(days=9))
    now.advance(hours=1)
    assert searched(runtime, "pond") == ["open", "scheduled", "over"]


def test_a_search_shows_fifty_at_a_time(runtime: Runtime) -> None:
    every = many(runtime, listing.PAGE_SIZE + 1)
    first = listing.search_campaigns(runtime, "pond", 1, runtime.now())
    assert (len(first.campaigns), first.more) == (listing.PAGE_SIZE, True)
    second = listing.search_campaigns(runtime, "pond", 2, runtime.now())
    assert (slugs((*first.campaigns, *second.campaigns)), second.more) == (every, False)


# What is gone, and what programs are told


def test_a_campaign_that_was_taken_down_is_found_nowhere(runtime: Runtime, now: ManualClock) -> None:
    for slug, closes_at in (
        ("open", START_TIME + timedelta(days=30)),
        ("soon", START_TIME + timedelta(days=1)),
        ("over", START_TIME),
    ):
        lifecycle.take_down_campaign(runtime, new_campaign(runtime, slug=slug, closes_at=closes_at), COMMAND_LINE)
    fast = new_campaign(runtime, slug="fast")
    signed(runtime, fast, 1)
    assert leading(front(runtime)) == "fast"
    lifecycle.take_down_campaign(runtime, fast, COMMAND_LINE)
    assert front(runtime) == NOTHING
    assert listed(runtime, "open") == listed(runtime, "closed") == searched(runtime, "pond") == []
    assert listing.sitemap_addresses(runtime, now()) == listing.newest_campaigns(runtime, now()) == []


def test_a_page_is_said_to_have_changed_when_it_was_written_opened_closed_or_became_final(
    runtime: Runtime, now: ManualClock
) -> None:
    closes_at = START_TIME + timedelta(days=2)
    campaign = new_campaign(runtime, opens_at=START_TIME + timedelta(days=1), closes_at=closes_at)

    def changed() -> Any:
        (address,) = listing.sitemap_addresses(runtime, now())
        return address.changed_at

    assert changed() == START_TIME
    now.advance(days=1, hours=1)
    assert changed() == START_TIME + timedelta(days=1)
    signed(runtime, campaign, 1)
    assert changed() == START_TIME + timedelta(days=1)
    now.advance(days=1)
    assert changed() == closes_at
    now.advance(days=5)
    assert finalise.finalise_campaign(runtime, campaign.id)
    assert changed() == now()


def test_the_newest_are_those_that_have_opened(runtime: Runtime, now: ManualClock) -> None:
    new_campaign(runtime, slug="scheduled", opens_at=START_TIME + timedelta(days=1))
    welsh = language_version("pond", "cy", title="Y pwll", ask="Cadwch y pwll.")
    new_campaign(runtime, slug="pond", translations=(welsh,))
    assert [campaign.slug for _, campaign in listing.newest_campaigns(runtime, now())] == ["pond"]
    addresses = listing.sitemap_addresses(runtime, now())
    assert [(address.slug, address.languages) for address in addresses] == [("scheduled", ("en",)), ("pond", ("en", "cy"))]

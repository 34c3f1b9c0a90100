"""Finding campaigns: what the home page shows, all of them page by page, searching, and the newest for feed and sitemap.

Always from the store. Pages that are made of it are cached, so that a spike of readers costs no more than one reader.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.text_folding import query_words
from campaign.domain.updates.update import Outcome
from campaign.runtime import Runtime
from campaign.store.campaigns import public_listing

CLOSING_WITHIN = timedelta(days=14)
"""How near a deadline is for a campaign to be closing soon."""
GROWING_WITHIN = timedelta(hours=24)
"""How far back signatures are counted to see which campaigns grow."""
MAX_CLOSING_SOON = 6
MAX_GROWING = 6
MAX_NEWEST = 24
MAX_UPCOMING = 12
MAX_CLOSED = 12
MAX_SUCCESSES = 6
PAGE_SIZE = 50
"""Campaigns on one page of a list or of what a search has found."""
MAX_PAGES = 200
"""Pages of one list: who comes further is no reader."""
MAX_RELATED = 3
MAX_IN_SITEMAP = 5_000
MAX_IN_FEED = 50

_MIN_SHORTENED = 5
"""Letters of a word that is searched for by its beginning where the whole is found nowhere."""

ListKind = Literal["open", "closed"]
"""The lists there are: all that are not closed (open ones first), and the closed ones."""


@dataclass(frozen=True, slots=True)
class HomeLists:
    """The home page: each campaign in one section at most."""

    featured: Campaign | None
    """The one that is shown large: the fastest that grows, one with a picture before others. None where none is open."""

    closing_soon: tuple[Campaign, ...]
    growing: tuple[Campaign, ...]
    newest: tuple[Campaign, ...]
    upcoming: tuple[Campaign, ...]
    """Not open yet, or paused."""
    closed: tuple[Campaign, ...]
    successes: tuple[Campaign, ...]
    """Those that were answered or won, the latest first."""
    gained: dict[int, int]
    """How many signatures were gained lately, those that ended taken off, by the ids of those that grow."""
    more: bool
    """Whether there are campaigns, open or to be opened, that are not here."""
    outcomes: dict[int, Outcome]
    """What has become of them, by their ids."""


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """One page of a longer list."""

    campaigns: tuple[Campaign, ...]
    more: bool
    """Whether another page follows."""
    outcomes: dict[int, Outcome]
    """What has become of them, by their ids."""


@dataclass(frozen=True, slots=True)
class PageAddress:
    """A campaign that has a page, and when that page last became another. The number on it moves all the time."""

    id: int
    slug: str
    languages: tuple[str, ...]
    changed_at: datetime


def home_lists(runtime: Runtime, now: datetime) -> HomeLists:
    """What the home page shows. Raises StoreUnavailableError."""
    with runtime.reading() as connection:
        closing = public_listing.closing_campaign_ids(connection, now, now + CLOSING_WITHIN, MAX_CLOSING_SOON)
        added = public_listing.hourly_gains(connection, now, now - GROWING_WITHIN, MAX_CLOSING_SOON + MAX_GROWING)
        growing = [campaign_id for campaign_id in added if campaign_id not in closing][:MAX_GROWING]
        above = {*closing, *growing}
        # One more than is shown says whether there are more.
        opened = public_listing.list_campaign_ids(connection, "open", now, skip=0, limit=len(above) + MAX_NEWEST + 1)
        newest = [campaign_id for campaign_id in opened if campaign_id not in above]
        later = public_listing.list_campaign_ids(connection, "later", now, skip=0, limit=MAX_UPCOMING + 1)
        successes = public_listing.succeeded_campaign_ids(connection, MAX_SUCCESSES)
        ended = public_listing.list_campaign_ids(connection, "closed", now, skip=0, limit=MAX_SUCCESSES + MAX_CLOSED)
        closed = [campaign_id for campaign_id in ended if campaign_id not in successes][:MAX_CLOSED]
        ids = dict.fromkeys((*closing, *growing, *newest[:MAX_NEWEST], *later[:MAX_UPCOMING], *closed, *successes))
        known = {campaign.id: campaign for campaign in public_listing.list_public_campaigns(connection, [*ids])}
        outcomes = public_listing.list_outcomes(connection, [*closed, *successes])
    left_out = len(newest) > MAX_NEWEST or len(later) > MAX_UPCOMING
    featured = _featured(_in_order([*added, *closing, *newest[:MAX_NEWEST]], known))
    # An open campaign that was answered is where it can be signed.
    above |= {*newest[:MAX_NEWEST], *later[:MAX_UPCOMING]}
    if featured is not None:
        del known[featured.id]
    return HomeLists(
        featured=featured,
        successes=_in_order([campaign_id for campaign_id in successes if campaign_id not in above], known),
        closing_soon=_in_order(closing, known), growing=_in_order(growing, known), newest=_in_order(newest[:MAX_NEWEST], known),
        upcoming=_in_order(later[:MAX_UPCOMING], known), closed=_in_order(closed, known), gained=added,
        more=left_out, outcomes=outcomes,
    )  # fmt: skip


def list_campaigns(runtime: Runtime, kind: ListKind, page: int, now: datetime) -> CampaignPage:
    """A page, from 1 to MAX_PAGES, of a list. Raises StoreUnavailableError."""
    wanted: public_listing.ListingState = "current" if kind == "open" else "closed"
    with runtime.reading() as connection:
        found = public_listing.list_campaign_ids(connection, wanted, now, skip=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE + 1)
        shown = public_listing.list_public_campaigns(connection, found[:PAGE_SIZE])
        outcomes = public_listing.list_outcomes(connection, found[:PAGE_SIZE])
    return CampaignPage(tuple(shown), more=len(found) > PAGE_SIZE and page < MAX_PAGES, outcomes=outcomes)


def search_campaigns(runtime: Runtime, query: str, page: int, now: datetime) -> CampaignPage:
    """A page of the campaigns in which all words of a query occur; open ones first. Raises StoreUnavailableError.

    Where there are none: those in which the beginnings of all words do.
    """
    skip, words = (page - 1) * PAGE_SIZE, query_words(query)
    with runtime.reading() as connection:
        found = public_listing.search_campaign_ids(connection, words, now, skip=skip, limit=PAGE_SIZE + 1)
        if page == 1 and not found and (shorter := _beginnings(words)) != words:
            found = public_listing.search_campaign_ids(connection, shorter, now, skip=0, limit=PAGE_SIZE)
        shown = public_listing.list_public_campaigns(connection, found[:PAGE_SIZE])
        outcomes = public_listing.list_outcomes(connection, found[:PAGE_SIZE])
    return CampaignPage(tuple(shown), more=len(found) > PAGE_SIZE and page < MAX_PAGES, outcomes=outcomes)


def related_campaigns(runtime: Runtime, campaign: Campaign, now: datetime) -> tuple[Campaign, ...]:
    """Open campaigns that who comes too late for one may sign, up to MAX_RELATED. Raises StoreUnavailableError."""
    with runtime.reading() as connection:
        found = public_listing.related_campaign_ids(connection, campaign, now, MAX_RELATED)
        return tuple(public_listing.list_public_campaigns(connection, found))


def sitemap_addresses(runtime: Runtime, now: datetime) -> list[PageAddress]:
    """Every campaign that has a page, the newest first, up to MAX_IN_SITEMAP. Raises StoreUnavailableError."""
    with runtime.reading() as connection:
        return [_page_address(found, now) for found in public_listing.newest_sitemap_entries(connection, MAX_IN_SITEMAP)]


def newest_campaigns(runtime: Runtime, now: datetime) -> list[tuple[PageAddress, Campaign]]:
    """The newest campaigns that have opened, up to MAX_IN_FEED. Raises StoreUnavailableError."""
    with runtime.reading() as connection:
        found = [
            _page_address(found, now)
            for found in public_listing.newest_sitemap_entries(connection, MAX_IN_FEED, opened_before=now)
        ]
        known = {
            campaign.id: campaign for campaign in public_listing.list_public_campaigns(connection, [each.id for each in found])
        }
    return [(address, known[address.id]) for address in found if address.id in known]


def _beginnings(words: tuple[str, ...]) -> tuple[str, ...]:
    """Words without their endings: "libraries" finds "library", "closing" finds "closed"."""
    return tuple(word if len(word) < _MIN_SHORTENED else word[: max(4, len(word) - 3)] for word in words)


def _featured(candidates: tuple[Campaign, ...]) -> Campaign | None:
    """The first with a picture, else the first."""
    pictured = (campaign for campaign in candidates if campaign.appearance.picture is not None)
    return next(pictured, candidates[0] if candidates else None)


def _in_order(ids: list[int], known: dict[int, Campaign]) -> tuple[Campaign, ...]:
    return tuple(known[campaign_id] for campaign_id in ids if campaign_id in known)


def _page_address(found: public_listing.SitemapEntry, now: datetime) -> PageAddress:
    past = [turn for turn in found.changed_at_times if turn <= now]
    return PageAddress(found.id, found.slug, found.languages, max(past, default=now))

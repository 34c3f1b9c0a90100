"""Finding campaigns: what the home page shows, all of them page by page, searching, and the newest for feed and sitemap.

Always from the store. Callers keep what they make of it for `campaign.standing.LIST_REMEMBERED`, so that a spike of readers
costs no more than one reader.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from campaign.domain.search import words
from campaign.domain.standing import Standing
from campaign.runtime import Runtime
from campaign.store import listing

CLOSING_WITHIN = timedelta(days=14)
"""How near a deadline is for a campaign to be closing soon."""
GROWING_WITHIN = timedelta(hours=24)
"""How far back signatures are counted to see which campaigns grow."""
MOST_CLOSING = 6
MOST_GROWING = 6
MOST_NEWEST = 24
MOST_LATER = 12
MOST_CLOSED = 12
ON_A_PAGE = 50
"""Campaigns on one page of a list or of what a search has found."""
MOST_PAGES = 200
"""Pages of one list: who comes further is no reader."""
MOST_IN_SITEMAP = 5_000
MOST_IN_FEED = 50

AllOf = Literal["open", "closed"]
"""The lists there are: all that are not closed (open ones first), and the closed ones."""


@dataclass(frozen=True, slots=True)
class Front:
    """The home page: each campaign in one section at most."""

    closing_soon: tuple[Standing, ...]
    growing: tuple[Standing, ...]
    newest: tuple[Standing, ...]
    later: tuple[Standing, ...]
    """Not open yet, or paused."""
    closed: tuple[Standing, ...]
    added: dict[int, int]
    """How many signatures were gained lately, those that ended taken off, by the ids of those that grow."""
    more: bool
    """Whether there are campaigns, open or to be opened, that are not here."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a longer list."""

    campaigns: tuple[Standing, ...]
    more: bool
    """Whether another page follows."""


@dataclass(frozen=True, slots=True)
class Address:
    """A campaign that has a page, and when that page last became another. The number on it moves all the time."""

    id: int
    slug: str
    languages: tuple[str, ...]
    changed_at: datetime


def front(runtime: Runtime, now: datetime) -> Front:
    """What the home page shows. Raises StoreUnavailable."""
    with runtime.reading() as connection:
        closing = listing.closing(connection, now, now + CLOSING_WITHIN, MOST_CLOSING)
        added = listing.growing(connection, now, now - GROWING_WITHIN, MOST_CLOSING + MOST_GROWING)
        growing = [campaign_id for campaign_id in added if campaign_id not in closing][:MOST_GROWING]
        above = {*closing, *growing}
        # One more than is shown says whether there are more.
        opened = listing.page(connection, "open", now, skip=0, most=len(above) + MOST_NEWEST + 1)
        newest = [campaign_id for campaign_id in opened if campaign_id not in above]
        later = listing.page(connection, "later", now, skip=0, most=MOST_LATER + 1)
        closed = listing.page(connection, "closed", now, skip=0, most=MOST_CLOSED)
        ids = dict.fromkeys((*closing, *growing, *newest[:MOST_NEWEST], *later[:MOST_LATER], *closed))
        known = {standing.id: standing for standing in listing.standings(connection, [*ids])}
    left_out = len(newest) > MOST_NEWEST or len(later) > MOST_LATER
    return Front(
        closing_soon=_those(closing, known), growing=_those(growing, known), newest=_those(newest[:MOST_NEWEST], known),
        later=_those(later[:MOST_LATER], known), closed=_those(closed, known), added=added,
        more=left_out,
    )  # fmt: skip


def all_of(runtime: Runtime, which: AllOf, page: int, now: datetime) -> Page:
    """A page, from 1 to MOST_PAGES, of a list. Raises StoreUnavailable."""
    wanted: listing.Which = "current" if which == "open" else "closed"
    with runtime.reading() as connection:
        found = listing.page(connection, wanted, now, skip=(page - 1) * ON_A_PAGE, most=ON_A_PAGE + 1)
        shown = listing.standings(connection, found[:ON_A_PAGE])
    return Page(tuple(shown), more=len(found) > ON_A_PAGE and page < MOST_PAGES)


def search(runtime: Runtime, query: str, page: int, now: datetime) -> Page:
    """A page of the campaigns in which all words of a query occur; open ones first. Raises StoreUnavailable."""
    with runtime.reading() as connection:
        found = listing.search(connection, words(query), now, skip=(page - 1) * ON_A_PAGE, most=ON_A_PAGE + 1)
        shown = listing.standings(connection, found[:ON_A_PAGE])
    return Page(tuple(shown), more=len(found) > ON_A_PAGE and page < MOST_PAGES)


def addresses(runtime: Runtime, now: datetime) -> list[Address]:
    """Every campaign that has a page, the newest first, up to MOST_IN_SITEMAP. Raises StoreUnavailable."""
    with runtime.reading() as connection:
        return [_address(found, now) for found in listing.newest(connection, MOST_IN_SITEMAP)]


def newest(runtime: Runtime, now: datetime) -> list[tuple[Address, Standing]]:
    """The newest campaigns that have opened, up to MOST_IN_FEED. Raises StoreUnavailable."""
    with runtime.reading() as connection:
        found = [_address(found, now) for found in listing.newest(connection, MOST_IN_FEED, opened_by=now)]
        known = {standing.id: standing for standing in listing.standings(connection, [each.id for each in found])}
    return [(address, known[address.id]) for address in found if address.id in known]


def _those(ids: list[int], known: dict[int, Standing]) -> tuple[Standing, ...]:
    return tuple(known[campaign_id] for campaign_id in ids if campaign_id in known)


def _address(found: listing.Found, now: datetime) -> Address:
    past = [turn for turn in found.turns if turn <= now]
    return Address(found.id, found.slug, found.languages, max(past, default=now))

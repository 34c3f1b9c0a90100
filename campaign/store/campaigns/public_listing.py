"""Which campaigns the public finds, and in what order. A draft, or a campaign that was taken down, is never among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal

from sqlalchemy import Connection, Executable

from campaign.domain.campaigns.campaign import Campaign
from campaign.store.campaigns import campaigns, page_texts
from campaign.store.database.statements import statement

ListingState = Literal["open", "later", "current", "closed"]
"""`later` are those not open yet or paused; `current` are these after the open ones."""


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """A campaign's page, for those who list pages."""

    id: int
    slug: str
    languages: tuple[str, ...]
    """The languages it speaks, its main one first."""
    changed_at_times: tuple[datetime, ...]
    """When its page became another: the text was written, it opens, it closes, its total was certified."""


# The states of `campaign.domain.campaigns.window`, once more in SQL.
_PUBLIC = "c.taken_down_at IS NULL AND c.published_at IS NOT NULL"
_NOT_OVER = "c.finalised_at IS NULL AND c.closes_at > :now"
_BEGUN = "c.opens_at <= :now AND NOT c.paused"
_STATE_SQL: dict[ListingState, str] = {
    "open": f"{_NOT_OVER} AND {_BEGUN}",
    "later": f"{_NOT_OVER} AND NOT ({_BEGUN})",
    "current": _NOT_OVER,
    "closed": f"NOT ({_NOT_OVER})",
}
_OPEN_FIRST = f"CASE WHEN NOT ({_NOT_OVER}) THEN 2 WHEN {_BEGUN} THEN 0 ELSE 1 END"
_ORDER: dict[ListingState, str] = {
    "open": "c.opens_at DESC, c.id DESC",
    "later": "c.opens_at, c.id",
    "current": f"{_OPEN_FIRST}, c.opens_at DESC, c.id DESC",
    "closed": "c.closes_at DESC, c.id DESC",
}
_PAGES: dict[ListingState, Executable] = {
    which: statement(
        f"""SELECT c.id FROM campaigns c WHERE {_PUBLIC} AND {condition} ORDER BY {_ORDER[which]}
            LIMIT :most OFFSET :skip"""
    )
    for which, condition in _STATE_SQL.items()
}
_CLOSING = statement(
    f"""SELECT c.id FROM campaigns c WHERE {_PUBLIC} AND {_STATE_SQL["open"]} AND c.closes_at <= :before
        ORDER BY c.closes_at, c.id LIMIT :most"""
)
_MAX_GROWING_CANDIDATES = 500
"""Campaigns whose last day is added up: those whose count has moved last."""
# The hours are added up campaign by campaign, by the key of their table: never more than a day of each.
_GROWING = statement(
    f"""SELECT id, gained FROM (
            SELECT l.id, (SELECT coalesce(sum(h.added - h.ended), 0) FROM hourly_tallies h
                          WHERE h.campaign_id = l.id AND h.hour > :since) AS gained
            FROM (SELECT c.id FROM campaigns c JOIN tallies t ON t.campaign_id = c.id
                  WHERE {_PUBLIC} AND {_STATE_SQL["open"]} AND t.verified > 0 AND t.as_of > :since
                  ORDER BY t.as_of DESC, c.id DESC LIMIT {_MAX_GROWING_CANDIDATES}) AS l
        ) AS grown WHERE gained > 0 ORDER BY gained DESC, id DESC LIMIT :most"""
)
_BY_IDS = statement(f"{campaigns.SELECT_CAMPAIGNS} WHERE c.id IN :ids AND {_PUBLIC}", list_parameters=("ids",))
_STORE_SEARCH_TEXT = statement("UPDATE campaigns SET searched = :searched WHERE id = :id AND searched = ''")
_NEWEST_IDS, _NEWEST_OPENED_IDS = (
    f"SELECT c.id FROM campaigns c WHERE {_PUBLIC}{more} ORDER BY c.opens_at DESC, c.id DESC LIMIT :most"
    for more in ("", " AND c.opens_at <= :now")
)
_FOUND, _FOUND_OPENED = (
    statement(
        f"""SELECT c.id, c.slug, c.language, c.opens_at, c.closes_at, c.finalised_at, x.created_at
            FROM campaigns c JOIN texts x ON x.campaign_id = c.id AND x.hash = c.text_hash
            WHERE c.id IN ({ids}) ORDER BY c.opens_at DESC, c.id DESC"""
    )
    for ids in (_NEWEST_IDS, _NEWEST_OPENED_IDS)
)
_FOUND_IN, _FOUND_OPENED_IN = (
    statement(
        f"""SELECT r.campaign_id, r.language, x.created_at
            FROM translations r JOIN texts x ON x.campaign_id = r.campaign_id AND x.hash = r.text_hash
            WHERE r.campaign_id IN ({ids}) ORDER BY r.language"""
    )
    for ids in (_NEWEST_IDS, _NEWEST_OPENED_IDS)
)


def list_campaign_ids(connection: Connection, state: ListingState, now: datetime, *, skip: int, limit: int) -> list[int]:
    """The ids of campaigns in one state: open ones newest first, later ones as they open, closed ones by newest deadline."""
    return list(connection.execute(_PAGES[state], {"now": now, "skip": skip, "most": limit}).scalars())


def closing_campaign_ids(connection: Connection, now: datetime, before: datetime, limit: int) -> list[int]:
    """The ids of open campaigns whose deadline comes no later than `before`, the nearest first."""
    return list(connection.execute(_CLOSING, {"now": now, "before": before, "most": limit}).scalars())


def hourly_gains(connection: Connection, now: datetime, since: datetime, limit: int) -> dict[int, int]:
    """How many signatures open campaigns gained in the hours begun after `since`, by their ids; the most first.

    What ended in these hours is taken off: who signs and withdraws again and again makes nothing grow.
    """
    rows = connection.execute(_GROWING, {"now": now, "since": since, "most": limit})
    return {row.id: int(row.gained) for row in rows}


def search_campaign_ids(connection: Connection, words: Sequence[str], now: datetime, *, skip: int, limit: int) -> list[int]:
    """The ids of campaigns in whose words all of these (folded) words occur: open ones first, then the newest."""
    patterns = {f"word{n}": f"%{_like_escaped(word)}%" for n, word in enumerate(words)}
    return list(connection.execute(_search_sql(len(words)), {"now": now, "skip": skip, "most": limit, **patterns}).scalars())


def store_search_text(connection: Connection, campaign: Campaign) -> bool:
    """Store the words a campaign is searched by where it has none. False where it has them.

    Those that an older version makes, after the database was brought to this one and before its processes ended, have none.
    """
    given = {"id": campaign.id, "searched": page_texts.search_text(campaign.versions)}
    return connection.execute(_STORE_SEARCH_TEXT, given).rowcount == 1


def list_public_campaigns(connection: Connection, ids: Sequence[int]) -> list[Campaign]:
    """How these campaigns stand, in this order, without those that were taken down in the meantime."""
    if not ids:
        return []
    found = {
        campaign.id: campaign
        for campaign in campaigns.campaigns_from_rows(connection, connection.execute(_BY_IDS, {"ids": ids}).all())
    }
    return [found[campaign_id] for campaign_id in ids if campaign_id in found]


def newest_sitemap_entries(connection: Connection, limit: int, opened_before: datetime | None = None) -> list[SitemapEntry]:
    """The pages of the newest campaigns; of those only that have opened by then, where that is given."""
    given = {"most": limit} if opened_before is None else {"most": limit, "now": opened_before}
    translated: dict[int, list[tuple[str, datetime]]] = {}
    for row in connection.execute(_FOUND_IN if opened_before is None else _FOUND_OPENED_IN, given):
        translated.setdefault(row.campaign_id, []).append((row.language, row.created_at))
    found = []
    for row in connection.execute(_FOUND if opened_before is None else _FOUND_OPENED, given):
        versions = [(row.language, row.created_at), *translated.get(row.id, ())]
        turns = (*(written for _, written in versions), row.opens_at, row.closes_at, row.finalised_at)
        languages = tuple(language for language, _ in versions)
        found.append(SitemapEntry(row.id, row.slug, languages, tuple(turn for turn in turns if turn is not None)))
    return found


@lru_cache(maxsize=32)
def _search_sql(words: int) -> Executable:
    # "Escaped" by a backslash: %, _ and the backslash itself are letters like any other.
    each = " AND ".join(rf"c.searched LIKE :word{n} ESCAPE '\'" for n in range(words))
    return statement(
        f"""SELECT c.id FROM campaigns c WHERE {_PUBLIC} AND {each}
            ORDER BY {_OPEN_FIRST}, c.opens_at DESC, c.id DESC LIMIT :most OFFSET :skip"""
    )


def _like_escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")

"""Public lists of campaigns, their order, and search. A draft, or a campaign that was taken down, is never among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Integer, Select, and_, bindparam, case, func, not_, or_, select, update

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.updates.update import Outcome, UpdateKind, UpdateResult, UpdateState, outcome_of
from campaign.store.campaigns import campaigns, page_texts
from campaign.store.tables import campaigns as table
from campaign.store.tables import hourly_tallies, tallies, texts, translations, updates

ListingState = Literal["open", "later", "current", "closed"]
"""`later` are those not open yet or paused; `current` are these after the open ones."""


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """Sitemap entry of a campaign's page."""

    id: int
    slug: str
    languages: tuple[str, ...]
    """The languages it speaks, its main one first."""
    changed_at_times: tuple[datetime, ...]
    """When its page changed or will: the text was written, it opens, it closes, its total was certified."""


# The states of `campaign.domain.campaigns.window`, once more in SQL.
_NOW = bindparam("now", type_=table.c.opens_at.type)
_LIMIT, _SKIP = bindparam("limit", type_=Integer()), bindparam("skip", type_=Integer())
_IS_PUBLIC = and_(table.c.taken_down_at.is_(None), table.c.published_at.is_not(None))
_NOT_OVER = and_(table.c.finalised_at.is_(None), table.c.closes_at > _NOW)
_BEGUN = and_(table.c.opens_at <= _NOW, ~table.c.paused)
_STATES: dict[ListingState, ColumnElement[bool]] = {
    "open": and_(_NOT_OVER, _BEGUN),
    "later": and_(_NOT_OVER, not_(_BEGUN)),
    "current": _NOT_OVER,
    "closed": not_(_NOT_OVER),
}
_NEWEST_FIRST = (table.c.opens_at.desc(), table.c.id.desc())
_OPEN_FIRST = case((not_(_NOT_OVER), 2), (_BEGUN, 0), else_=1)
_ORDERS: dict[ListingState, tuple[ColumnElement[Any], ...]] = {
    "open": _NEWEST_FIRST,
    "later": (table.c.opens_at, table.c.id),
    "current": (_OPEN_FIRST, *_NEWEST_FIRST),
    "closed": (table.c.closes_at.desc(), table.c.id.desc()),
}
_PUBLIC_IDS = select(table.c.id).where(_IS_PUBLIC)
_PAGES: dict[ListingState, Select[int]] = {
    state: _PUBLIC_IDS.where(condition).order_by(*_ORDERS[state]).limit(_LIMIT).offset(_SKIP)
    for state, condition in _STATES.items()
}
_CLOSING = (
    _PUBLIC_IDS.where(_STATES["open"], table.c.closes_at <= bindparam("before"))
    .order_by(table.c.closes_at, table.c.id)
    .limit(_LIMIT)
)
_MAX_GROWING_CANDIDATES = 500
"""Campaigns whose last day is added up: those whose count has moved last."""
_SINCE = bindparam("since", type_=tallies.c.as_of.type)
_CANDIDATES = (
    select(table.c.id)
    .join(tallies, tallies.c.campaign_id == table.c.id)
    .where(_IS_PUBLIC, _STATES["open"], tallies.c.verified > 0, tallies.c.as_of > _SINCE)
    .order_by(tallies.c.as_of.desc(), table.c.id.desc())
    .limit(_MAX_GROWING_CANDIDATES)
    .subquery()
)
# The hours are added up campaign by campaign, by the key of their table: never more than a day of each.
_GAINS = select(
    _CANDIDATES.c.id,
    select(func.coalesce(func.sum(hourly_tallies.c.added - hourly_tallies.c.ended), 0))
    .where(hourly_tallies.c.campaign_id == _CANDIDATES.c.id, hourly_tallies.c.hour > _SINCE)
    .scalar_subquery()
    .label("gained"),
).subquery()
_GROWING = (
    select(_GAINS.c.id, _GAINS.c.gained)
    .where(_GAINS.c.gained > 0)
    .order_by(_GAINS.c.gained.desc(), _GAINS.c.id.desc())
    .limit(_LIMIT)
)
# What has become of campaigns: the newest answer or success of each.
_SUCCESSES = (
    select(table.c.id, func.max(updates.c.published_at).label("at"))
    .join(updates, updates.c.campaign_id == table.c.id)
    .where(
        _IS_PUBLIC,
        updates.c.state == UpdateState.PUBLISHED,
        or_(updates.c.kind == UpdateKind.ANSWERED, updates.c.result.in_([UpdateResult.WON, UpdateResult.PARTLY])),
    )
    .group_by(table.c.id)
    .order_by(func.max(updates.c.published_at).desc(), table.c.id.desc())
    .limit(_LIMIT)
)
_STEPS = (
    select(updates.c.campaign_id, updates.c.kind, updates.c.result)
    .where(
        updates.c.campaign_id.in_(bindparam("ids", expanding=True)),
        updates.c.state == UpdateState.PUBLISHED,
        updates.c.kind != UpdateKind.NEWS,
    )
    .order_by(updates.c.happened_on, updates.c.number)
    .limit(_LIMIT)
)
_MAX_STEPS = 1_000
"""Steps of outcomes that are read for one page."""
_BY_IDS = campaigns.SELECT_CAMPAIGNS.where(table.c.id.in_(bindparam("ids", expanding=True)), _IS_PUBLIC)
_STORE_SEARCH_TEXT = (
    update(table)
    .where(table.c.id == bindparam("of_id"), table.c.search_text == "")
    .values(search_text=bindparam("search_text"))
)
_NEWEST_IDS = _PUBLIC_IDS.order_by(*_NEWEST_FIRST).limit(_LIMIT)


_MAX_RELATED_CANDIDATES = 200
"""Open campaigns, the newest, among which related ones are looked for."""
_OPEN_OTHERS = (
    select(table.c.id, table.c.organiser, texts.c.recipient, table.c.opens_at)
    .join(texts, and_(texts.c.campaign_id == table.c.id, texts.c.hash == table.c.text_hash))
    .where(_IS_PUBLIC, _STATES["open"], table.c.id != bindparam("of_id"))
    .order_by(*_NEWEST_FIRST)
    .limit(_MAX_RELATED_CANDIDATES)
    .subquery()
)
_RELATED = (
    select(_OPEN_OTHERS.c.id)
    .order_by(
        case(
            (and_(_OPEN_OTHERS.c.organiser != "", _OPEN_OTHERS.c.organiser == bindparam("organiser")), 0),
            (_OPEN_OTHERS.c.recipient == bindparam("recipient"), 1),
            else_=2,
        ),
        _OPEN_OTHERS.c.opens_at.desc(),
        _OPEN_OTHERS.c.id.desc(),
    )
    .limit(_LIMIT)
)


def _sitemap_campaigns(ids: Select[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            table.c.id, table.c.slug, table.c.language, table.c.opens_at, table.c.closes_at, table.c.finalised_at,
            texts.c.created_at,
        )
        .join(texts, and_(texts.c.campaign_id == table.c.id, texts.c.hash == table.c.text_hash))
        .where(table.c.id.in_(ids))
        .order_by(*_NEWEST_FIRST)
    )  # fmt: skip


def _sitemap_translations(ids: Select[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(translations.c.campaign_id, translations.c.language, texts.c.created_at)
        .join(texts, and_(texts.c.campaign_id == translations.c.campaign_id, texts.c.hash == translations.c.text_hash))
        .where(translations.c.campaign_id.in_(ids))
        .order_by(translations.c.language)
    )


_SITEMAP, _SITEMAP_TRANSLATIONS = _sitemap_campaigns(_NEWEST_IDS), _sitemap_translations(_NEWEST_IDS)
_OPENED_IDS = _NEWEST_IDS.where(table.c.opens_at <= _NOW)
_OPENED_SITEMAP, _OPENED_SITEMAP_TRANSLATIONS = _sitemap_campaigns(_OPENED_IDS), _sitemap_translations(_OPENED_IDS)


def list_outcomes(connection: Connection, ids: Sequence[int]) -> dict[int, Outcome]:
    """What has become of campaigns, by their ids; those of which nothing is told are not among them."""
    steps: dict[int, list[tuple[UpdateKind, UpdateResult]]] = {}
    if ids:
        for row in connection.execute(_STEPS, {"ids": list(ids), "limit": _MAX_STEPS}):
            steps.setdefault(row.campaign_id, []).append((row.kind, row.result))
    return {campaign_id: outcome_of(told) for campaign_id, told in steps.items()}


def list_campaign_ids(connection: Connection, state: ListingState, now: datetime, *, skip: int, limit: int) -> list[int]:
    """Ids of campaigns in one state: open ones newest first, later ones as they open, closed ones by newest deadline."""
    return list(connection.execute(_PAGES[state], {"now": now, "skip": skip, "limit": limit}).scalars())


def closing_campaign_ids(connection: Connection, now: datetime, before: datetime, limit: int) -> list[int]:
    """Ids of open campaigns whose deadline comes no later than `before`, the nearest first."""
    return list(connection.execute(_CLOSING, {"now": now, "before": before, "limit": limit}).scalars())


def succeeded_campaign_ids(connection: Connection, limit: int) -> list[int]:
    """Ids of campaigns that were answered or won, the latest first."""
    return list(connection.execute(_SUCCESSES, {"limit": limit}).scalars())


def related_campaign_ids(connection: Connection, campaign: Campaign, now: datetime, limit: int) -> list[int]:
    """Ids of other open campaigns: of the same organiser first, then to the same recipient, then the newest."""
    given = {
        "of_id": campaign.id, "organiser": campaign.appearance.organiser, "recipient": campaign.text.recipient, "now": now,
        "limit": limit,
    }  # fmt: skip
    return list(connection.execute(_RELATED, given).scalars())


def hourly_gains(connection: Connection, now: datetime, since: datetime, limit: int) -> dict[int, int]:
    """Signatures that open campaigns gained in the hours begun after `since`, by their ids; the most first.

    What ended in these hours is taken off: who signs and withdraws again and again makes nothing grow.
    """
    rows = connection.execute(_GROWING, {"now": now, "since": since, "limit": limit})
    return {row.id: int(row.gained) for row in rows}


def search_campaign_ids(connection: Connection, words: Sequence[str], now: datetime, *, skip: int, limit: int) -> list[int]:
    """Ids of campaigns whose search text has all of these (folded) words: open ones first, then the newest."""
    # Autoescaped: %, _ and the escape character itself are letters like any other.
    matching = _PUBLIC_IDS.where(*(table.c.search_text.contains(word, autoescape=True) for word in words))
    page = matching.order_by(_OPEN_FIRST, *_NEWEST_FIRST).limit(_LIMIT).offset(_SKIP)
    return list(connection.execute(page, {"now": now, "skip": skip, "limit": limit}).scalars())


def store_search_text(connection: Connection, campaign: Campaign) -> bool:
    """Store the search text of a campaign that has none. False where it has one.

    Those that an older version makes, after the database was brought to this one and before its processes ended, have none.
    """
    given = {"of_id": campaign.id, "search_text": page_texts.search_text(campaign.versions)}
    return connection.execute(_STORE_SEARCH_TEXT, given).rowcount == 1


def list_public_campaigns(connection: Connection, ids: Sequence[int]) -> list[Campaign]:
    """Campaigns by their ids, in this order, without those that were taken down in the meantime."""
    if not ids:
        return []
    found = {
        campaign.id: campaign
        for campaign in campaigns.campaigns_from_rows(connection, connection.execute(_BY_IDS, {"ids": ids}).all())
    }
    return [found[campaign_id] for campaign_id in ids if campaign_id in found]


def newest_sitemap_entries(connection: Connection, limit: int, opened_before: datetime | None = None) -> list[SitemapEntry]:
    """Sitemap entries of the newest campaigns; only of those that have opened by `opened_before`, where that is given."""
    given = {"limit": limit} if opened_before is None else {"limit": limit, "now": opened_before}
    translated: dict[int, list[tuple[str, datetime]]] = {}
    for row in connection.execute(_SITEMAP_TRANSLATIONS if opened_before is None else _OPENED_SITEMAP_TRANSLATIONS, given):
        translated.setdefault(row.campaign_id, []).append((row.language, row.created_at))
    found = []
    for row in connection.execute(_SITEMAP if opened_before is None else _OPENED_SITEMAP, given):
        versions = [(row.language, row.created_at), *translated.get(row.id, ())]
        times = (*(written_at for _, written_at in versions), row.opens_at, row.closes_at, row.finalised_at)
        languages = tuple(language for language, _ in versions)
        found.append(SitemapEntry(row.id, row.slug, languages, tuple(time for time in times if time is not None)))
    return found

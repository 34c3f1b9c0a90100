"""Flags, and what they are raised by: signatures of the last hour, grouped. Bounded by how many are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Row, Select, bindparam, case, func, select, update

from campaign.domain.moderation.flag import FlagKind, FlagPeriod, Observation, whole_seconds
from campaign.domain.signatures.signature import SignatureState
from campaign.store.database.statements import columns_of
from campaign.store.database.upsert import insert
from campaign.store.tables import campaigners, campaigns, cohort_tallies, flags, signatures, source_tallies, tallies

MAX_RECENT_SIGNATURES = 20_000
"""The newest signatures of a campaign that are read: more than most campaigns ever get in an hour."""
_MAX_GROUPS = 20
MAX_LISTED = 100


@dataclass(frozen=True, slots=True)
class Flag:
    """Flag as it was raised."""

    id: int
    kind: FlagKind
    subject: str
    since: datetime
    """When its first signature was given."""
    before: datetime
    """Just after its last one."""
    score: int
    score_parts: Mapping[str, int]
    """What the score is made of, by name."""
    figures: Mapping[str, int]
    """The numbers of its explanation."""
    created_at: datetime
    dismissed_at: datetime | None
    dismissed_by: str
    """The campaigner's name; "" for the command line."""


_RECENT = (
    select(
        signatures.c.network, signatures.c.domain, signatures.c.source, signatures.c.name_key, signatures.c.surname_key,
        signatures.c.state, signatures.c.signed_at,
    )
    .where(signatures.c.campaign_id == bindparam("campaign_id"), signatures.c.kind == "online")
    .order_by(signatures.c.id.desc())
    .limit(MAX_RECENT_SIGNATURES)
    .cte("recent")
)  # fmt: skip
_IN_TIME = _RECENT.c.signed_at >= bindparam("since")
_COUNT_RECENT = select(func.count()).select_from(_RECENT).where(_IN_TIME)
_MIN_COUNT = bindparam("min_count", type_=Integer())


def _recent_groups(column: ColumnElement[str]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            column.label("subject"),
            func.count().label("amount"),
            func.count(_RECENT.c.domain.distinct()).label("domains"),
            func.count(_RECENT.c.network.distinct()).label("networks"),
            func.count(_RECENT.c.name_key.distinct()).label("names"),
            func.sum(case((_RECENT.c.state == SignatureState.VERIFIED.value, 1), else_=0)).label("verified"),
            func.sum(case((_RECENT.c.surname_key == _RECENT.c.name_key, 1), else_=0)).label("one_word"),
            func.min(_RECENT.c.signed_at).label("first"),
            func.max(_RECENT.c.signed_at).label("last"),
        )
        .where(_IN_TIME, column != "")
        .group_by(column)
        .having(func.count() >= _MIN_COUNT)
        .order_by(func.count().desc(), column)
        .limit(_MAX_GROUPS)
    )


_RECENT_GROUPS = {
    FlagKind.NETWORK: _recent_groups(_RECENT.c.network),
    FlagKind.DOMAIN: _recent_groups(_RECENT.c.domain),
    FlagKind.NAME: _recent_groups(_RECENT.c.name_key),
    FlagKind.SOURCE: _recent_groups(_RECENT.c.source),
}
_SUBJECT_COLUMNS = {
    FlagKind.NETWORK: signatures.c.network, FlagKind.DOMAIN: signatures.c.domain, FlagKind.NAME: signatures.c.name_key,
    FlagKind.SOURCE: signatures.c.source, FlagKind.REFUSED: signatures.c.domain,
}  # fmt: skip
_OF_PERIOD = (
    signatures.c.campaign_id == bindparam("campaign_id"),
    signatures.c.signed_at >= bindparam("since"),
    signatures.c.signed_at < bindparam("before"),
    signatures.c.kind == "online",
)
_COUNT_PERIOD = select(func.count()).where(*_OF_PERIOD)


def _subject_counts(column: ColumnElement[str]) -> Select[*tuple[Any, ...]]:
    verified = case((signatures.c.state == SignatureState.VERIFIED.value, 1), else_=0)
    counts = select(func.count().label("amount"), func.coalesce(func.sum(verified), 0).label("verified"))
    return counts.where(*_OF_PERIOD, column == bindparam("subject"), column != "")


_COUNT_SUBJECT = {kind: _subject_counts(column) for kind, column in _SUBJECT_COLUMNS.items()}
_DOMAIN_SUBMISSIONS = (
    select(cohort_tallies.c.domain, func.sum(cohort_tallies.c.submitted).label("submitted"))
    .where(
        cohort_tallies.c.campaign_id == bindparam("campaign_id"),
        cohort_tallies.c.hour >= bindparam("since"),
        cohort_tallies.c.hour < bindparam("before"),
        cohort_tallies.c.domain.in_(bindparam("domains", expanding=True)),
    )
    .group_by(cohort_tallies.c.domain)
)
_SOURCE_SHARES = (
    select(source_tallies.c.source, source_tallies.c.verified, tallies.c.verified.label("total"))
    .join(tallies, tallies.c.campaign_id == source_tallies.c.campaign_id)
    .where(
        source_tallies.c.campaign_id == bindparam("campaign_id"),
        source_tallies.c.source.in_(bindparam("sources", expanding=True)),
    )
)
_REFUSED_MAILS = func.sum(cohort_tallies.c.refused)
_REFUSED_DOMAINS = (
    select(
        cohort_tallies.c.domain.label("subject"),
        _REFUSED_MAILS.label("amount"),
        (func.sum(cohort_tallies.c.sent) + _REFUSED_MAILS).label("total"),
    )
    .where(cohort_tallies.c.campaign_id == bindparam("campaign_id"), cohort_tallies.c.hour >= bindparam("since"))
    .group_by(cohort_tallies.c.domain)
    .having(_REFUSED_MAILS >= _MIN_COUNT)
    .order_by(_REFUSED_MAILS.desc(), cohort_tallies.c.domain)
    .limit(_MAX_GROUPS)
)
_OPEN_CAMPAIGNS = (
    select(campaigns.c.id)
    .where(
        campaigns.c.opens_at <= bindparam("now"),
        campaigns.c.verify_until > bindparam("now"),
        campaigns.c.published_at.is_not(None),
        campaigns.c.id > bindparam("after"),
    )
    .order_by(campaigns.c.id)
    .limit(bindparam("limit"))
)
_new = insert(flags)
_RAISE = _new.on_conflict_do_nothing(index_elements=[flags.c.campaign_id, flags.c.kind, flags.c.subject, flags.c.since])
_FLAGS = (
    select(*columns_of(Flag, flags, dismissed_by=func.coalesce(campaigners.c.name, "")))
    .select_from(flags)
    .outerjoin(campaigners, campaigners.c.id == flags.c.dismissed_by)
    .where(flags.c.campaign_id == bindparam("campaign_id"))
    .order_by(flags.c.before.desc(), flags.c.score.desc(), flags.c.id.desc())
    .limit(bindparam("limit"))
)  # fmt: skip
_NEWEST_OF_SUBJECT = _FLAGS.where(flags.c.kind == bindparam("kind"), flags.c.subject == bindparam("subject"))
_ACTIVE, _DISMISSED = _FLAGS.where(flags.c.dismissed_at.is_(None)), _FLAGS.where(flags.c.dismissed_at.is_not(None))
_OF_FLAG = update(flags).where(flags.c.id == bindparam("of_id"), flags.c.campaign_id == bindparam("of_campaign"))
_GET = _FLAGS.where(flags.c.id == bindparam("id"))
_EXTEND = _OF_FLAG.where(flags.c.dismissed_at.is_(None)).values(
    before=bindparam("new_before"), figures=bindparam("new_figures"), score=bindparam("new_score"),
    score_parts=bindparam("new_parts"),
)  # fmt: skip
_DISMISS = _OF_FLAG.where(flags.c.dismissed_at.is_(None)).values(
    dismissed_at=bindparam("now"), dismissed_by=bindparam("campaigner_id")
)
_REOPEN = _OF_FLAG.values(dismissed_at=None, dismissed_by=None)
_COUNT_ACTIVE = select(func.count()).where(flags.c.campaign_id == bindparam("campaign_id"), flags.c.dismissed_at.is_(None))

_HIGHEST_ACTIVE = select(func.coalesce(func.max(flags.c.score), 0)).where(
    flags.c.campaign_id == bindparam("campaign_id"), flags.c.dismissed_at.is_(None)
)


def open_campaign_ids(connection: Connection, now: datetime, after: int, limit: int) -> list[int]:
    """Ids, above `after`, of campaigns that signatures can still come to."""
    return list(connection.execute(_OPEN_CAMPAIGNS, {"now": now, "after": after, "limit": limit}).scalars())


def count_recent(connection: Connection, campaign_id: int, since: datetime) -> int:
    """Number of the newest signatures that came since a time."""
    return connection.execute(_COUNT_RECENT, {"campaign_id": campaign_id, "since": since}).scalar_one()


def recent_groups(
    connection: Connection, kind: FlagKind, campaign_id: int, since: datetime, min_count: int, total: int
) -> list[Observation]:  # fmt: skip
    """Networks, domains, names or sources of the newest signatures, the most frequent first, with `min_count` at least."""
    given = {"campaign_id": campaign_id, "since": since, "min_count": min_count}
    rows = connection.execute(_RECENT_GROUPS[kind], given)
    return [
        Observation(
            row.subject,
            row.amount,
            total,
            row.verified,
            row.domains,
            row.networks,
            row.names,
            row.one_word,
            period=whole_seconds(row.first, row.last),
        )
        for row in rows
    ]


def domain_hourly_averages(
    connection: Connection, campaign_id: int, domains: list[str], since: datetime, before: datetime
) -> dict[str, float]:
    """Average signatures per hour of each of some domains, between two times."""
    hours = max((before - since).total_seconds() / 3600, 1.0)
    given = {"campaign_id": campaign_id, "domains": domains, "since": since, "before": before}
    return {row.domain: int(row.submitted) / hours for row in connection.execute(_DOMAIN_SUBMISSIONS, given)}


def source_shares(connection: Connection, campaign_id: int, sources: list[str]) -> dict[str, float]:
    """Share of all verified signatures that each of some sources has brought, 0 to 1."""
    rows = connection.execute(_SOURCE_SHARES, {"campaign_id": campaign_id, "sources": sources})
    return {row.source: row.verified / max(row.total, 1) for row in rows}


def refused_domains(connection: Connection, campaign_id: int, since: datetime, min_count: int) -> list[Observation]:
    """Domains whose servers refused verification mails for good: how many, and of how many."""
    rows = connection.execute(_REFUSED_DOMAINS, {"campaign_id": campaign_id, "since": since, "min_count": min_count})
    return [Observation(row.subject, int(row.amount), int(row.total)) for row in rows]


def count_in_period(
    connection: Connection, campaign_id: int, kind: FlagKind, subject: str, period: FlagPeriod
) -> tuple[int, int, int]:
    """Signatures of a subject in a period, all signatures in it, and how many of the subject's are verified."""
    given = {"campaign_id": campaign_id, "since": period.since, "before": period.before}
    of_subject = connection.execute(_COUNT_SUBJECT[kind], {**given, "subject": subject}).one()
    return int(of_subject.amount), connection.execute(_COUNT_PERIOD, given).scalar_one(), int(of_subject.verified)


def raise_flag(
    connection: Connection, campaign_id: int, kind: FlagKind, observation: Observation, points: Mapping[str, int], now: datetime
) -> bool:
    """Raise a flag for the period of an observation. False where another process has just done so."""
    period = observation.period or FlagPeriod(now, now)
    given = {
        "campaign_id": campaign_id, "kind": kind.value, "subject": observation.subject, "since": period.since,
        "before": period.before, "score": min(100, sum(points.values())), "score_parts": dict(points),
        "figures": observation.facts(), "created_at": now,
    }  # fmt: skip
    return connection.execute(_RAISE, given).rowcount == 1


def extend_flag(
    connection: Connection, campaign_id: int, flag: Flag, observation: Observation, points: Mapping[str, int]
) -> bool:
    """Extend a flag to the end of an observation's period, with its figures, and raise its score. False where that is as high
    already."""
    score = min(100, sum(points.values()))
    higher = score > flag.score
    given = {
        "of_id": flag.id, "of_campaign": campaign_id, "new_before": (observation.period or flag).before,
        "new_figures": observation.facts(), "new_score": score if higher else flag.score,
        "new_parts": dict(points if higher else flag.score_parts),
    }  # fmt: skip
    return connection.execute(_EXTEND, given).rowcount == 1 and higher


def newest_of_subject(connection: Connection, campaign_id: int, kind: FlagKind, subject: str) -> Flag | None:
    """The flag on a subject that ends last, dismissed or not."""
    given = {"campaign_id": campaign_id, "kind": kind.value, "subject": subject, "limit": 1}
    row = connection.execute(_NEWEST_OF_SUBJECT, given).one_or_none()
    return None if row is None else _flag_from_row(row)


def get(connection: Connection, campaign_id: int, flag_id: int) -> Flag | None:
    """One flag of a campaign."""
    row = connection.execute(_GET, {"campaign_id": campaign_id, "id": flag_id, "limit": 1}).one_or_none()
    return None if row is None else _flag_from_row(row)


def list_flags(connection: Connection, campaign_id: int, *, dismissed: bool, limit: int = MAX_LISTED) -> list[Flag]:
    """Flags of a campaign, active or dismissed ones; the newest first."""
    rows = connection.execute(_DISMISSED if dismissed else _ACTIVE, {"campaign_id": campaign_id, "limit": limit})
    return [_flag_from_row(row) for row in rows]


def count_active(connection: Connection, campaign_id: int) -> int:
    """Number of active flags of a campaign."""
    return connection.execute(_COUNT_ACTIVE, {"campaign_id": campaign_id}).scalar_one()


def highest_active_score(connection: Connection, campaign_id: int) -> int:
    """The highest score of the active flags of a campaign; 0 for none."""
    return int(connection.execute(_HIGHEST_ACTIVE, {"campaign_id": campaign_id}).scalar_one())


def dismiss_flag(connection: Connection, campaign_id: int, flag_id: int, campaigner_id: int | None, now: datetime) -> bool:
    """Dismiss a flag. False where it is dismissed already, or not there."""
    given = {"of_campaign": campaign_id, "of_id": flag_id, "campaigner_id": campaigner_id, "now": now}
    return connection.execute(_DISMISS, given).rowcount == 1


def reopen_flag(connection: Connection, campaign_id: int, flag_id: int) -> bool:
    """Reopen a dismissed flag. False where it is not there."""
    return connection.execute(_REOPEN, {"of_campaign": campaign_id, "of_id": flag_id}).rowcount == 1


def _flag_from_row(row: Row[*tuple[Any, ...]]) -> Flag:
    return Flag(**{**row._asdict(), "kind": FlagKind(row.kind)})

"""Observations that flags are raised by: signatures of the last hour, grouped. Bounded by how many are read."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, bindparam, case, func, select

from campaign.domain.moderation.flag import FlagKind, FlagPeriod, Observation, whole_seconds
from campaign.domain.signatures.signature import SignatureState
from campaign.store.tables import campaigns, cohort_tallies, signatures, source_tallies, tallies

MAX_RECENT_SIGNATURES = 20_000
"""The newest signatures of a campaign that are read: more than most campaigns ever get in an hour."""
_MAX_GROUPS = 20
"""Networks, domains, names or sources that are looked at in one round, the most frequent first."""

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

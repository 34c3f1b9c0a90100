"""Flags, and what they are raised by: signatures of the last hour, grouped. Bounded by how many are looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, bindparam

from campaign.domain.moderation.flag import FlagKind, Observation
from campaign.store.database.statements import statement

MAX_RECENT_SIGNATURES = 20_000
"""The newest signatures of a campaign that are looked at: more in an hour than one campaign has had in most."""
_MAX_GROUPS = 20
MAX_LISTED = 100


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag as it was raised."""

    id: int
    kind: FlagKind
    subject: str
    hour: datetime
    score: int
    parts: Mapping[str, int]
    facts: Mapping[str, int]
    created_at: datetime
    dismissed_at: datetime | None
    dismissed_by: str


_COLUMNS = {
    FlagKind.NETWORK: "network", FlagKind.DOMAIN: "domain", FlagKind.NAME: "name_key", FlagKind.SOURCE: "source",
}  # fmt: skip
_RECENT = """recent AS (SELECT network, domain, source, name_key, surname_key, state, signed_at FROM signatures
               WHERE campaign_id = :campaign_id AND kind = 'online' ORDER BY id DESC LIMIT :looked_at)"""
_TOTAL = statement(f"WITH {_RECENT} SELECT count(*) FROM recent WHERE signed_at >= :since")
_RECENT_GROUPS = {
    kind: statement(
        f"""WITH {_RECENT}
            SELECT {column} AS subject, count(*) AS amount, count(DISTINCT domain) AS domains,
                   count(DISTINCT network) AS networks, count(DISTINCT name_key) AS names,
                   sum(CASE WHEN state = 'verified' THEN 1 ELSE 0 END) AS verified,
                   sum(CASE WHEN surname_key = name_key THEN 1 ELSE 0 END) AS one_word
            FROM recent WHERE signed_at >= :since AND {column} <> '' GROUP BY {column} HAVING count(*) >= :least
            ORDER BY count(*) DESC, {column} LIMIT :most"""
    )
    for kind, column in _COLUMNS.items()
}
_DOMAIN_SUBMISSIONS = statement(
    """SELECT domain, sum(submitted) AS submitted FROM cohort_tallies
       WHERE campaign_id = :campaign_id AND hour >= :since AND hour < :before AND domain IN :domains GROUP BY domain""",
    list_parameters=("domains",),
)
_SOURCE_SHARES = statement(
    """SELECT s.source, s.verified AS verified, t.verified AS total FROM source_tallies s
       JOIN tallies t ON t.campaign_id = s.campaign_id WHERE s.campaign_id = :campaign_id AND s.source IN :sources""",
    list_parameters=("sources",),
)
_REFUSED = statement(
    """SELECT domain AS subject, sum(refused) AS amount, sum(sent) + sum(refused) AS total FROM cohort_tallies
       WHERE campaign_id = :campaign_id AND hour >= :since GROUP BY domain HAVING sum(refused) >= :least
       ORDER BY sum(refused) DESC, domain LIMIT :most"""
)
_OPEN_CAMPAIGNS = statement(
    """SELECT id, opens_at FROM campaigns WHERE opens_at <= :now AND verify_until > :now AND published_at IS NOT NULL
       AND id > :after ORDER BY id LIMIT :most"""
)
_RAISE = statement(
    """INSERT INTO flags (campaign_id, kind, subject, hour, score, parts, facts, created_at)
       VALUES (:campaign_id, :kind, :subject, :hour, :score, :parts, :facts, :now)
       ON CONFLICT (campaign_id, kind, subject, hour) DO UPDATE SET score = excluded.score, parts = excluded.parts,
           facts = excluded.facts WHERE flags.score < excluded.score"""
).bindparams(bindparam("parts", type_=JSON()), bindparam("facts", type_=JSON()))  # type: ignore[attr-defined]
_PAGE = statement(
    """SELECT f.id, f.kind, f.subject, f.hour, f.score, f.parts, f.facts, f.created_at, f.dismissed_at,
              coalesce(p.name, '') AS dismissed_by
       FROM flags f LEFT JOIN campaigners p ON p.id = f.dismissed_by
       WHERE f.campaign_id = :campaign_id AND (f.dismissed_at IS NULL) = :standing
       ORDER BY f.hour DESC, f.score DESC, f.id DESC LIMIT :most"""
)
_DISMISS = statement(
    """UPDATE flags SET dismissed_at = :now, dismissed_by = :campaigner_id
       WHERE id = :id AND campaign_id = :campaign_id AND dismissed_at IS NULL"""
)
_REOPEN = statement("UPDATE flags SET dismissed_at = NULL, dismissed_by = NULL WHERE id = :id AND campaign_id = :campaign_id")
_COUNT_ACTIVE = statement("SELECT count(*) FROM flags WHERE campaign_id = :campaign_id AND dismissed_at IS NULL")


def open_campaign_ids(connection: Connection, now: datetime, after: int, limit: int) -> list[int]:
    """Campaigns that signatures can still come to, by number, above `after`."""
    rows = connection.execute(_OPEN_CAMPAIGNS, {"now": now, "after": after, "most": limit})
    return [row.id for row in rows]


def count_recent(connection: Connection, campaign_id: int, since: datetime) -> int:
    """How many of the newest signatures came since then."""
    given = {"campaign_id": campaign_id, "since": since, "looked_at": MAX_RECENT_SIGNATURES}
    return int(connection.execute(_TOTAL, given).scalar_one())


def recent_groups(
    connection: Connection, kind: FlagKind, campaign_id: int, since: datetime, min_count: int, total: int
) -> list[Observation]:  # fmt: skip
    """Networks, domains, names or sources of the newest signatures, the most frequent first."""
    given = {
        "campaign_id": campaign_id, "since": since, "least": min_count, "most": _MAX_GROUPS, "looked_at": MAX_RECENT_SIGNATURES,
    }  # fmt: skip
    rows = connection.execute(_RECENT_GROUPS[kind], given)
    return [
        Observation(row.subject, row.amount, total, row.verified, row.domains, row.networks, row.names, row.one_word)
        for row in rows
    ]


def domain_hourly_averages(
    connection: Connection, campaign_id: int, domains: list[str], since: datetime, before: datetime
) -> dict[str, float]:
    """Signatures an hour of each of some domains, on average between two times."""
    hours = max((before - since).total_seconds() / 3600, 1.0)
    given = {"campaign_id": campaign_id, "domains": domains, "since": since, "before": before}
    return {row.domain: int(row.submitted) / hours for row in connection.execute(_DOMAIN_SUBMISSIONS, given)}


def source_shares(connection: Connection, campaign_id: int, sources: list[str]) -> dict[str, float]:
    """The share of all verified signatures that each of some sources has brought."""
    rows = connection.execute(_SOURCE_SHARES, {"campaign_id": campaign_id, "sources": sources})
    return {row.source: row.verified / max(row.total, 1) for row in rows}


def refused_domains(connection: Connection, campaign_id: int, since: datetime, min_count: int) -> list[Observation]:
    """Domains whose servers refused verification mails for good, and of how many."""
    rows = connection.execute(_REFUSED, {"campaign_id": campaign_id, "since": since, "least": min_count, "most": _MAX_GROUPS})
    return [Observation(row.subject, int(row.amount), int(row.total)) for row in rows]


def raise_flag(
    connection: Connection,
    campaign_id: int,
    kind: FlagKind,
    observation: Observation,
    points: Mapping[str, int],
    hour: datetime,
    now: datetime,
) -> bool:
    """Raise a flag, or raise the score of the one there is for this hour. False where that is as high."""
    given: dict[str, Any] = {
        "campaign_id": campaign_id, "kind": kind.value, "subject": observation.subject, "hour": hour,
        "score": min(100, sum(points.values())), "parts": dict(points), "facts": observation.facts(), "now": now,
    }  # fmt: skip
    return connection.execute(_RAISE, given).rowcount == 1


def list_flags(connection: Connection, campaign_id: int, *, dismissed: bool, limit: int = MAX_LISTED) -> list[Flag]:
    """The flags of a campaign that stand, or that were dismissed; of the newest hour first."""
    rows = connection.execute(_PAGE, {"campaign_id": campaign_id, "standing": not dismissed, "most": limit})
    return [Flag(**{**row._asdict(), "kind": FlagKind(row.kind)}) for row in rows]


def count_active(connection: Connection, campaign_id: int) -> int:
    """How many flags of a campaign stand."""
    return int(connection.execute(_COUNT_ACTIVE, {"campaign_id": campaign_id}).scalar_one())


def dismiss_flag(connection: Connection, campaign_id: int, flag_id: int, campaigner_id: int | None, now: datetime) -> bool:
    """Put a flag away. False where it is not there to be put away."""
    given = {"campaign_id": campaign_id, "id": flag_id, "campaigner_id": campaigner_id, "now": now}
    return connection.execute(_DISMISS, given).rowcount == 1


def reopen_flag(connection: Connection, campaign_id: int, flag_id: int) -> bool:
    """Let a flag stand again."""
    return connection.execute(_REOPEN, {"campaign_id": campaign_id, "id": flag_id}).rowcount == 1

"""Flags as they were raised: stored, listed, dismissed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from campaign.domain.moderation.flag import FlagKind, FlagPeriod, Observation
from campaign.store.database.statements import columns_of
from campaign.store.database.upsert import insert
from campaign.store.tables import campaigners, flags

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
    holds_until: datetime | None
    """Until when its signatures wait uncounted; None where it never held any."""


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

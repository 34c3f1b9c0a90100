"""Held signatures: which flags hold, and the rows that wait for them.

A held signature is verified, and counted as pending and as held until it is released. Which flag holds it stands in its row:
without that it is due to be counted, as the words of `UNCOUNTED_SQL` say.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, func, select, text, update

from campaign.domain.moderation.flag import FlagKind
from campaign.domain.moderation.holding import HOLD_SCORE, HOLDING_KINDS, HoldingFlag, HoldSubject
from campaign.store.database.statements import columns_of, is_any_of, rows_as
from campaign.store.tables import IS_HELD_SQL, campaigns, flags, signatures

_NOW = bindparam("now", type_=flags.c.holds_until.type)
_IS_HOLDING = (flags.c.holds_until > _NOW, flags.c.dismissed_at.is_(None))
_HOLDING = (
    select(*columns_of(HoldingFlag, flags))
    .where(flags.c.campaign_id == bindparam("campaign_id"), flags.c.holds_until.is_not(None), *_IS_HOLDING)
    .order_by(flags.c.id)
)
_BEGIN = (
    update(flags)
    .where(
        flags.c.campaign_id == bindparam("of_campaign"),
        flags.c.holds_until.is_(None),
        flags.c.dismissed_at.is_(None),
        flags.c.score >= HOLD_SCORE,
        flags.c.kind.in_([kind.value for kind in HOLDING_KINDS]),
        flags.c.before >= bindparam("newest_since", type_=flags.c.before.type),
        exists().where(campaigns.c.id == bindparam("of_campaign"), campaigns.c.holds_bursts),
    )
    .values(holds_until=bindparam("until", type_=flags.c.holds_until.type))
)
_END_ALL = (
    update(flags)
    .where(flags.c.campaign_id == bindparam("of_campaign"), flags.c.holds_until > _NOW)
    .values(holds_until=_NOW)
)  # fmt: skip
_SUBJECTS = select(*columns_of(HoldSubject, signatures)).where(is_any_of(signatures.c.id, "ids"))
_HOLD = update(signatures).where(is_any_of(signatures.c.id, "ids")).values(held_flag_id=bindparam("flag_id"), held_at=_NOW)
# In the words of its partial index.
_IS_HELD = text(IS_HELD_SQL)
# What is judged, is over, or was erased with its campaign's flags holds no longer.
_DUE = (
    select(signatures.c.id)
    .where(_IS_HELD, ~exists().where(flags.c.id == signatures.c.held_flag_id, *_IS_HOLDING))
    .order_by(signatures.c.id)
    .limit(bindparam("limit"))
)
_LOCK_DUE = _DUE.with_for_update(skip_locked=True, of=signatures)
_RELEASE = (
    update(signatures)
    .where(is_any_of(signatures.c.id, "ids"))
    .values(held_flag_id=None, held_at=None)
)  # fmt: skip
_HELD_BY_FLAG = (
    select(signatures.c.held_flag_id, func.count().label("amount"))
    .where(signatures.c.campaign_id == bindparam("campaign_id"), _IS_HELD)
    .group_by(signatures.c.held_flag_id)
)
_SETTING = select(campaigns.c.holds_bursts).where(campaigns.c.id == bindparam("campaign_id"))
_ON = bindparam("on", type_=campaigns.c.holds_bursts.type)
_SET = (
    update(campaigns)
    .where(campaigns.c.id == bindparam("of_id"), campaigns.c.holds_bursts != _ON)
    .values(holds_bursts=_ON)
)  # fmt: skip


def holding_flags(connection: Connection, campaign_id: int, now: datetime) -> list[HoldingFlag]:
    """Flags of a campaign that hold, the oldest first."""
    rows = connection.execute(_HOLDING, {"campaign_id": campaign_id, "now": now})
    return [HoldingFlag(**{**row._asdict(), "kind": FlagKind(row.kind)}) for row in rows]


def begin_holding(connection: Connection, campaign_id: int, since: datetime, until: datetime) -> int:
    """Let the open flags of a campaign that asks for it hold until a time, where their score is high enough and their last
    signature is not from before `since`; returns how many began to."""
    return connection.execute(_BEGIN, {"of_campaign": campaign_id, "newest_since": since, "until": until}).rowcount


def end_holding(connection: Connection, campaign_id: int, now: datetime) -> None:
    """Let no flag of a campaign hold any longer."""
    connection.execute(_END_ALL, {"of_campaign": campaign_id, "now": now})


def hold_subjects(connection: Connection, signature_ids: Sequence[int]) -> list[HoldSubject]:
    """What flags are asked about some signatures."""
    return rows_as(HoldSubject, connection.execute(_SUBJECTS, {"ids": list(signature_ids)}))


def hold_signatures(connection: Connection, flag_id: int, signature_ids: Sequence[int], now: datetime) -> None:
    """Hold signatures, whose rows the caller has locked, by a flag."""
    connection.execute(_HOLD, {"ids": list(signature_ids), "flag_id": flag_id, "now": now})


def has_releasable(connection: Connection, now: datetime) -> bool:
    """Whether a signature is held by a flag that holds no longer."""
    return connection.execute(_DUE, {"now": now, "limit": 1}).first() is not None


def release_signatures(connection: Connection, now: datetime, limit: int) -> int:
    """Release up to `limit` signatures whose flag holds no longer; returns how many. The ledger counts them next."""
    ids = connection.execute(_LOCK_DUE, {"now": now, "limit": limit}).scalars().all()
    if ids:
        connection.execute(_RELEASE, {"ids": ids})
    return len(ids)


def held_by_flag(connection: Connection, campaign_id: int) -> Mapping[int, int]:
    """How many signatures of a campaign each flag holds."""
    return {row.held_flag_id: row.amount for row in connection.execute(_HELD_BY_FLAG, {"campaign_id": campaign_id})}


def is_holding_on(connection: Connection, campaign_id: int) -> bool:
    """Whether a campaign asks that bursts are held."""
    return bool(connection.execute(_SETTING, {"campaign_id": campaign_id}).scalar_one())


def set_holding(connection: Connection, campaign_id: int, *, on: bool) -> bool:
    """Store whether a campaign asks that bursts are held. False where it is so already."""
    return connection.execute(_SET, {"of_id": campaign_id, "on": on}).rowcount == 1

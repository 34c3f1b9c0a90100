"""Time stamps of packs: which are due, and what came of each."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, and_, bindparam, exists, select, update

from campaign.store.database.upsert import insert as upsert
from campaign.store.exports.exports import ExportState
from campaign.store.tables import exports, pack_timestamps


class TimestampState(StrEnum):
    """State of the time stamp of a pack."""

    WAITING = "waiting"
    """Not asked for yet, or asked without an answer: it is asked again."""
    STAMPED = "stamped"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """The authority could not be asked, however often; it is not asked again."""


@dataclass(frozen=True, slots=True)
class PackTimestamp:
    """The time stamp of a pack, as far as it has come."""

    export_id: int
    state: TimestampState
    attempts: int
    token: bytes | None
    stamped_at: datetime | None


_IS_DUE = and_(
    pack_timestamps.c.state == TimestampState.WAITING.value,
    pack_timestamps.c.due_at <= bindparam("now", type_=pack_timestamps.c.due_at.type),
    exists(exports.c.id).where(exports.c.id == pack_timestamps.c.export_id, exports.c.state == ExportState.DONE.value),
)
_NEXT = (
    select(pack_timestamps.c.export_id)
    .where(_IS_DUE)
    .order_by(pack_timestamps.c.due_at, pack_timestamps.c.export_id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_new = upsert(pack_timestamps)
_ADD = _new.on_conflict_do_update(
    index_elements=[pack_timestamps.c.export_id],
    set_={name: _new.excluded[name] for name in ("state", "attempts", "due_at", "token", "stamped_at")},
)
_of_export = pack_timestamps.c.export_id == bindparam("of_export")
_CLAIM = update(pack_timestamps).where(_of_export).values(attempts=pack_timestamps.c.attempts + 1, due_at=bindparam("until"))
_RECORD = (
    update(pack_timestamps)
    .where(_of_export, pack_timestamps.c.state == TimestampState.WAITING.value)
    .values(
        state=bindparam("new_state"), token=bindparam("new_token"), stamped_at=bindparam("new_stamped_at"),
        due_at=bindparam("until"),
    )
)  # fmt: skip
_OF_EXPORTS = select(
    pack_timestamps.c.export_id, pack_timestamps.c.state, pack_timestamps.c.attempts, pack_timestamps.c.token,
    pack_timestamps.c.stamped_at,
).where(pack_timestamps.c.export_id.in_(bindparam("export_ids", expanding=True)))  # fmt: skip


def add_due(connection: Connection, export_id: int, now: datetime) -> None:
    """Note that a pack is to be stamped; what was known of one made before it is forgotten."""
    fresh = {"state": TimestampState.WAITING.value, "attempts": 0, "due_at": now, "token": None, "stamped_at": None}
    connection.execute(_ADD, {"export_id": export_id, **fresh})


def has_due(connection: Connection, now: datetime) -> bool:
    """Whether a pack is to be stamped now."""
    return connection.execute(select(exists(pack_timestamps.c.export_id).where(_IS_DUE)), {"now": now}).scalar_one()


def claim_due(connection: Connection, now: datetime, until: datetime) -> PackTimestamp | None:
    """Claim a pack that is to be stamped until a time; None where there is none."""
    found = connection.execute(_NEXT, {"now": now}).scalar_one_or_none()
    if found is None:
        return None
    connection.execute(_CLAIM, {"of_export": found, "until": until})
    return list_timestamps(connection, [found])[found]


def record_outcome(
    connection: Connection, export_id: int, state: TimestampState, token: bytes | None, at: datetime | None, due_at: datetime
) -> None:
    """Record what came of asking: a token and its time where it was stamped, and when to ask again where it waits."""
    given = {"of_export": export_id, "new_state": state.value, "new_token": token, "new_stamped_at": at, "until": due_at}
    connection.execute(_RECORD, given)


def list_timestamps(connection: Connection, export_ids: list[int]) -> dict[int, PackTimestamp]:
    """What is known of the time stamps of some exports; those for which none was asked are left out."""
    rows = connection.execute(_OF_EXPORTS, {"export_ids": export_ids})
    return {
        row.export_id: PackTimestamp(
            row.export_id, TimestampState(row.state), row.attempts, None if row.token is None else bytes(row.token),
            row.stamped_at,
        )
        for row in rows
    }  # fmt: skip

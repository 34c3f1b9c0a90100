"""Witnesses of the log: how each answered, and the cosignatures it gave."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, update

from campaign.domain.log.witness import Witness, WitnessRecord, WitnessStatus, witness_statuses
from campaign.store.database.statements import columns_of, rows_as
from campaign.store.database.upsert import insert as upsert
from campaign.store.log.read import StoredCheckpoint
from campaign.store.tables import log_checkpoints, log_cosignatures, log_witnesses

_LIST = select(*columns_of(WitnessRecord, log_witnesses)).where(
    log_witnesses.c.verifier_key.in_(bindparam("keys", expanding=True))
)
_ADD = upsert(log_witnesses).on_conflict_do_nothing()
_of_key = log_witnesses.c.verifier_key == bindparam("of_key")
_CLAIM = update(log_witnesses).where(_of_key, log_witnesses.c.next_at <= bindparam("now")).values(next_at=bindparam("until"))
_SUCCESS = (
    update(log_witnesses)
    .where(_of_key)
    .values(
        size=bindparam("new_size"), checkpoint_id=bindparam("new_checkpoint_id"), heard_at=bindparam("now"),
        since=func.coalesce(log_witnesses.c.since, bindparam("now")), next_at=bindparam("new_next_at"), failures=0, problem="",
        alarmed_at=None,
    )
)  # fmt: skip
_FAILURE = (
    update(log_witnesses)
    .where(_of_key)
    .values(
        size=bindparam("new_size"), next_at=bindparam("new_next_at"), failures=log_witnesses.c.failures + 1,
        problem=bindparam("new_problem"), alarmed_at=bindparam("new_alarmed_at"),
    )
)  # fmt: skip
_new = upsert(log_cosignatures)
_STORE_COSIGNATURE = _new.on_conflict_do_update(
    index_elements=[log_cosignatures.c.checkpoint_id, log_cosignatures.c.verifier_key],
    set_={"line": _new.excluded.line, "cosigned_at": _new.excluded.cosigned_at},
)
_LINES = (
    select(log_cosignatures.c.line)
    .where(log_cosignatures.c.checkpoint_id == bindparam("checkpoint_id"))
    .order_by(log_cosignatures.c.verifier_key)
)
_FIRST_COSIGNED = select(func.min(log_cosignatures.c.checkpoint_id)).where(
    log_cosignatures.c.checkpoint_id.in_(bindparam("checkpoint_ids", expanding=True))
)
_NEWEST_COSIGNED = (
    select(*columns_of(StoredCheckpoint, log_checkpoints))
    .where(log_checkpoints.c.id == select(func.max(log_cosignatures.c.checkpoint_id)).scalar_subquery())
)  # fmt: skip


def list_witnesses(connection: Connection, configured: Sequence[Witness]) -> list[WitnessRecord]:
    """What is known of the witnesses of the settings; those that were never asked are left out."""
    return _with_keys(connection, [witness.key.serialise() for witness in configured])


def list_statuses(connection: Connection, configured: Sequence[Witness], now: datetime) -> tuple[WitnessStatus, ...]:
    """How the witnesses of the settings stand, in their order."""
    return witness_statuses(configured, list_witnesses(connection, configured), now)


def claim_witness(connection: Connection, key: str, now: datetime, until: datetime) -> WitnessRecord | None:
    """Claim a witness until a time, so that one process asks it; None where it is claimed or to be left alone."""
    fresh = {"size": 0, "next_at": now, "failures": 0, "problem": ""}
    connection.execute(_ADD, {"verifier_key": key, **fresh})
    if connection.execute(_CLAIM, {"of_key": key, "now": now, "until": until}).rowcount != 1:
        return None
    return _with_keys(connection, [key])[0]


def record_cosignature(
    connection: Connection, key: str, checkpoint: StoredCheckpoint, line: str, cosigned_at: datetime, now: datetime,
    next_at: datetime,
) -> None:  # fmt: skip
    """Store a cosignature that was verified, and that its witness was heard."""
    connection.execute(
        _STORE_COSIGNATURE,
        {"checkpoint_id": checkpoint.id, "verifier_key": key, "line": line, "cosigned_at": cosigned_at},
    )
    connection.execute(
        _SUCCESS,
        {"of_key": key, "new_size": checkpoint.size, "new_checkpoint_id": checkpoint.id, "now": now, "new_next_at": next_at},
    )


def record_failure(
    connection: Connection, key: str, size: int, problem: str, alarmed_at: datetime | None, next_at: datetime
) -> None:
    """Note that a witness gave no cosignature, and the size it says it has cosigned."""
    connection.execute(
        _FAILURE,
        {"of_key": key, "new_size": size, "new_problem": problem[:300], "new_alarmed_at": alarmed_at, "new_next_at": next_at},
    )


def cosignature_lines(connection: Connection, checkpoint_id: int) -> list[str]:
    """Signature lines of witnesses below a checkpoint, each with its end."""
    return list(connection.execute(_LINES, {"checkpoint_id": checkpoint_id}).scalars())


def first_cosigned(connection: Connection, checkpoint_ids: Sequence[int]) -> int | None:
    """The first of some checkpoints that a witness has cosigned."""
    found: int | None = connection.execute(_FIRST_COSIGNED, {"checkpoint_ids": list(checkpoint_ids)}).scalar_one()
    return found


def newest_cosigned(connection: Connection) -> StoredCheckpoint | None:
    """The newest checkpoint that a witness has cosigned."""
    found = rows_as(StoredCheckpoint, connection.execute(_NEWEST_COSIGNED))
    return found[0] if found else None


def _with_keys(connection: Connection, keys: Sequence[str]) -> list[WitnessRecord]:
    return rows_as(WitnessRecord, connection.execute(_LIST, {"keys": list(keys)}))

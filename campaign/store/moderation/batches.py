"""Batches: invalidating many signatures at once, step by step, so that it can be watched, stopped and undone."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from campaign.domain.moderation.removal import RemovalKind, SignatureSelection, selection_from_json
from campaign.domain.signatures.signature import INVALIDATE
from campaign.store.database.statements import statement, supports_row_locks
from campaign.store.signatures.filter_sql import filter_condition, state_condition
from campaign.store.tables import batches

MAX_LISTED = 50


class BatchState(StrEnum):
    """Where a batch is."""

    RUNNING = "running"
    CANCELLED = "cancelled"
    """Stopped on the way; what it had invalidated stays so until it is undone."""
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch."""

    id: int
    campaign_id: int
    campaigner_id: int | None
    who: str
    rule: SignatureSelection
    up_to: int
    kind: RemovalKind
    reason: str
    state: BatchState
    expected: int
    seen: int
    moved: int
    """How many are invalidated by it now."""
    restored: int
    created_at: datetime
    finished_at: datetime | None

    @property
    def is_unfinished(self) -> bool:
        """Whether a worker still has something to do for it."""
        return self.state in (BatchState.RUNNING, BatchState.UNDOING)


@dataclass(frozen=True, slots=True)
class SampleSignature:
    """One of the signatures a rule would invalidate."""

    id: int
    state: str
    name: str
    domain: str
    network: str
    source: str
    signed_at: datetime


_BATCH = """
    SELECT b.id, b.campaign_id, b.campaigner_id, coalesce(p.name, '') AS who, b.rule, b.up_to, b.class AS kind, b.reason,
           b.state, b.expected, b.seen, b.moved, b.restored, b.created_at, b.finished_at
    FROM batches b LEFT JOIN campaigners p ON p.id = b.campaigner_id
"""
_GET = statement(f"{_BATCH} WHERE b.id = :id")
_LOCK = statement("SELECT id FROM batches WHERE id = :id FOR UPDATE")
_PAGE = statement(f"{_BATCH} WHERE b.campaign_id = :campaign_id AND b.id < :before_id ORDER BY b.id DESC LIMIT :most")
_DUE = statement("SELECT id FROM batches WHERE state IN ('running', 'undoing') ORDER BY id LIMIT :most")
_NEWEST_SIGNATURE = statement("SELECT coalesce(max(id), 0) FROM signatures WHERE campaign_id = :campaign_id")
_RECORD_PROGRESS = statement("UPDATE batches SET seen = :seen, moved = moved + :moved WHERE id = :id")
_RECORD_UNDO_PROGRESS = statement(
    "UPDATE batches SET moved = moved - :restored, restored = restored + :restored WHERE id = :id"
)
_SET_STATE = statement(
    """UPDATE batches SET state = :to, finished_at = CASE WHEN :finished THEN :now END
       WHERE id = :id AND campaign_id = :campaign_id AND state IN :out_of""",
    list_parameters=("out_of",),
)
_INVALIDATED_BY_BATCH = statement(
    "SELECT id FROM signatures WHERE batch_id = :id AND batch_id IS NOT NULL AND state = 'invalidated' ORDER BY id LIMIT :most"
)


def create(
    connection: Connection, campaign_id: int, campaigner_id: int | None, rule: SignatureSelection, kind: RemovalKind,
    reason: str,
    expected: int, max_signature_id: int, now: datetime,
) -> int:  # fmt: skip
    """A batch that a worker is to run. Signatures that came after the one numbered `up_to` are not meant by it."""
    max_signature_id = min(max_signature_id, newest_signature_id(connection, campaign_id))
    values = {
        "campaign_id": campaign_id,
        "campaigner_id": campaigner_id,
        "rule": rule.to_json(),
        "up_to": max_signature_id,
        "class": kind.value,
        "reason": reason,
        "state": BatchState.RUNNING.value,
        "expected": expected,
        "seen": 0,
        "moved": 0,
        "restored": 0,
        "created_at": now,
    }
    return int(connection.execute(batches.insert().values(**values).returning(batches.c.id)).scalar_one())


def newest_signature_id(connection: Connection, campaign_id: int) -> int:
    """The number of the campaign's newest signature; 0 where it has none."""
    return int(connection.execute(_NEWEST_SIGNATURE, {"campaign_id": campaign_id}).scalar_one())


def get(connection: Connection, batch_id: int) -> Batch | None:
    """One batch."""
    row = connection.execute(_GET, {"id": batch_id}).one_or_none()
    return None if row is None else _batch_from_row(row)


def get_for_update(connection: Connection, batch_id: int) -> Batch | None:
    """One batch, held until the transaction ends: one worker at a time does a step of it."""
    if supports_row_locks(connection):
        connection.execute(_LOCK, {"id": batch_id})
    return get(connection, batch_id)


def list_batches(connection: Connection, campaign_id: int, before_id: int = 2**62, limit: int = MAX_LISTED) -> list[Batch]:
    """The batches of a campaign, newest first."""
    given = {"campaign_id": campaign_id, "before_id": before_id, "most": limit}
    return [_batch_from_row(row) for row in connection.execute(_PAGE, given)]


def due_batch_ids(connection: Connection, limit: int) -> list[int]:
    """Batches a worker has something to do for."""
    return list(connection.execute(_DUE, {"most": limit}).scalars())


def count_matches(connection: Connection, campaign_id: int, rule: SignatureSelection) -> dict[str, int]:
    """How many signatures a rule would invalidate now, by the state they are in."""
    where, given = _rule_condition(campaign_id, rule)
    rows = connection.execute(
        statement(
            f"SELECT state, count(*) AS signatures FROM signatures WHERE {where} GROUP BY state",
            list_parameters=_list_parameters(rule),
        ),
        given,
    )
    return {row.state: row.signatures for row in rows}


def sample_matches(connection: Connection, campaign_id: int, rule: SignatureSelection, limit: int) -> list[SampleSignature]:
    """The newest signatures a rule would invalidate."""
    where, given = _rule_condition(campaign_id, rule)
    sql = f"""SELECT id, state, name, domain, network, source, signed_at FROM signatures
              WHERE {where} ORDER BY id DESC LIMIT :most"""
    return [
        SampleSignature(**row._asdict())
        for row in connection.execute(statement(sql, list_parameters=_list_parameters(rule)), {**given, "most": limit})
    ]


def next_signature_ids(connection: Connection, batch: Batch, limit: int) -> list[int]:
    """The next signatures of a running batch, held until the transaction ends."""
    where, given = _rule_condition(batch.campaign_id, batch.rule, max_signature_id=batch.up_to)
    lock = "FOR UPDATE" if supports_row_locks(connection) else ""
    sql = f"SELECT id FROM signatures WHERE {where} AND id > :seen ORDER BY id LIMIT :most {lock}"
    found = connection.execute(
        statement(sql, list_parameters=_list_parameters(batch.rule)), {**given, "seen": batch.seen, "most": limit}
    )
    return list(found.scalars())


def invalidated_signature_ids(connection: Connection, batch_id: int, limit: int) -> list[int]:
    """Signatures that a batch has invalidated and that were not given back since."""
    return list(connection.execute(_INVALIDATED_BY_BATCH, {"id": batch_id, "most": limit}).scalars())


def record_progress(connection: Connection, batch_id: int, last_signature_id: int, invalidated: int) -> None:
    """Note how far a batch has come."""
    connection.execute(_RECORD_PROGRESS, {"id": batch_id, "seen": last_signature_id, "moved": invalidated})


def record_undo_progress(connection: Connection, batch_id: int, restored: int) -> None:
    """Note how much of a batch has been given back."""
    connection.execute(_RECORD_UNDO_PROGRESS, {"id": batch_id, "restored": restored})


def set_state(
    connection: Connection, batch: Batch, target_state: BatchState, from_states: tuple[BatchState, ...], now: datetime
) -> bool:
    """Bring a batch into another state. False where it is in none of those it may come out of."""
    finished = target_state in (BatchState.CANCELLED, BatchState.DONE, BatchState.UNDONE)
    given = {
        "id": batch.id,
        "campaign_id": batch.campaign_id,
        "to": target_state.value,
        "out_of": [state.value for state in from_states],
        "finished": finished,
        "now": now,
    }
    return connection.execute(_SET_STATE, given).rowcount == 1


def _rule_condition(
    campaign_id: int, rule: SignatureSelection, max_signature_id: int | None = None
) -> tuple[str, dict[str, Any]]:
    """Which signatures a rule means that can be invalidated at all."""
    meant = filter_condition(campaign_id, rule.filters, max_signature_id=max_signature_id)
    where, given = f"{meant.sql} AND {state_condition(INVALIDATE.from_states)}", dict(meant.parameters)
    if rule.ids:
        where += " AND id IN :ids"
        given["ids"] = list(rule.ids)
    return where, given


def _list_parameters(rule: SignatureSelection) -> tuple[str, ...]:
    return ("ids",) if rule.ids else ()


def _batch_from_row(row: Any) -> Batch:
    return Batch(
        **{
            **row._asdict(),
            "rule": selection_from_json(row.rule),
            "kind": RemovalKind(row.kind),
            "state": BatchState(row.state),
        }
    )

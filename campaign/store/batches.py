"""Batches: invalidating many signatures at once, step by step, so that it can be watched, stopped and undone."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from campaign.domain.removal import Removal, Rule, read_rule
from campaign.domain.signature import INVALIDATE
from campaign.store.filtering import condition, states
from campaign.store.sql import locks_rows, statement
from campaign.store.tables import batches

MOST_LISTED = 50


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
    rule: Rule
    up_to: int
    kind: Removal
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
    def busy(self) -> bool:
        """Whether a worker still has something to do for it."""
        return self.state in (BatchState.RUNNING, BatchState.UNDOING)


@dataclass(frozen=True, slots=True)
class Sample:
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
_UP_TO = statement("SELECT coalesce(max(id), 0) FROM signatures WHERE campaign_id = :campaign_id")
_STEP = statement("UPDATE batches SET seen = :seen, moved = moved + :moved WHERE id = :id")
_STEP_BACK = statement("UPDATE batches SET moved = moved - :restored, restored = restored + :restored WHERE id = :id")
_CHANGE = statement(
    """UPDATE batches SET state = :to, finished_at = CASE WHEN :finished THEN :now END
       WHERE id = :id AND campaign_id = :campaign_id AND state IN :out_of""",
    many=("out_of",),
)
_OF_BATCH = statement(
    "SELECT id FROM signatures WHERE batch_id = :id AND batch_id IS NOT NULL AND state = 'invalidated' ORDER BY id LIMIT :most"
)


def create(
    connection: Connection, campaign_id: int, campaigner_id: int | None, rule: Rule, kind: Removal, reason: str,
    expected: int, up_to: int, now: datetime,
) -> int:  # fmt: skip
    """A batch that a worker is to run. Signatures that came after the one numbered `up_to` are not meant by it."""
    up_to = min(up_to, newest(connection, campaign_id))
    values = {
        "campaign_id": campaign_id, "campaigner_id": campaigner_id, "rule": rule.to_json(), "up_to": up_to, "class": kind.value,
        "reason": reason, "state": BatchState.RUNNING.value, "expected": expected, "seen": 0, "moved": 0, "restored": 0,
        "created_at": now,
    }  # fmt: skip
    return int(connection.execute(batches.insert().values(**values).returning(batches.c.id)).scalar_one())


def newest(connection: Connection, campaign_id: int) -> int:
    """The number of the campaign's newest signature; 0 where it has none."""
    return int(connection.execute(_UP_TO, {"campaign_id": campaign_id}).scalar_one())


def get(connection: Connection, batch_id: int) -> Batch | None:
    """One batch."""
    row = connection.execute(_GET, {"id": batch_id}).one_or_none()
    return None if row is None else _batch(row)


def held(connection: Connection, batch_id: int) -> Batch | None:
    """One batch, held until the transaction ends: one worker at a time does a step of it."""
    if locks_rows(connection):
        connection.execute(_LOCK, {"id": batch_id})
    return get(connection, batch_id)


def page(connection: Connection, campaign_id: int, before_id: int = 2**62, most: int = MOST_LISTED) -> list[Batch]:
    """The batches of a campaign, newest first."""
    given = {"campaign_id": campaign_id, "before_id": before_id, "most": most}
    return [_batch(row) for row in connection.execute(_PAGE, given)]


def due(connection: Connection, most: int) -> list[int]:
    """Batches a worker has something to do for."""
    return list(connection.execute(_DUE, {"most": most}).scalars())


def count(connection: Connection, campaign_id: int, rule: Rule) -> dict[str, int]:
    """How many signatures a rule would invalidate now, by the state they are in."""
    where, given = _meant(campaign_id, rule)
    rows = connection.execute(
        statement(f"SELECT state, count(*) AS signatures FROM signatures WHERE {where} GROUP BY state", many=_many(rule)), given
    )
    return {row.state: row.signatures for row in rows}


def sample(connection: Connection, campaign_id: int, rule: Rule, most: int) -> list[Sample]:
    """The newest signatures a rule would invalidate."""
    where, given = _meant(campaign_id, rule)
    sql = f"""SELECT id, state, name, domain, network, source, signed_at FROM signatures
              WHERE {where} ORDER BY id DESC LIMIT :most"""
    return [Sample(**row._asdict()) for row in connection.execute(statement(sql, many=_many(rule)), {**given, "most": most})]


def next_ids(connection: Connection, batch: Batch, most: int) -> list[int]:
    """The next signatures of a running batch, held until the transaction ends."""
    where, given = _meant(batch.campaign_id, batch.rule, up_to=batch.up_to)
    lock = "FOR UPDATE" if locks_rows(connection) else ""
    sql = f"SELECT id FROM signatures WHERE {where} AND id > :seen ORDER BY id LIMIT :most {lock}"
    found = connection.execute(statement(sql, many=_many(batch.rule)), {**given, "seen": batch.seen, "most": most})
    return list(found.scalars())


def ids_of(connection: Connection, batch_id: int, most: int) -> list[int]:
    """Signatures that a batch has invalidated and that were not given back since."""
    return list(connection.execute(_OF_BATCH, {"id": batch_id, "most": most}).scalars())


def step(connection: Connection, batch_id: int, seen: int, moved: int) -> None:
    """Note how far a batch has come."""
    connection.execute(_STEP, {"id": batch_id, "seen": seen, "moved": moved})


def step_back(connection: Connection, batch_id: int, restored: int) -> None:
    """Note how much of a batch has been given back."""
    connection.execute(_STEP_BACK, {"id": batch_id, "restored": restored})


def change(connection: Connection, batch: Batch, to: BatchState, out_of: tuple[BatchState, ...], now: datetime) -> bool:
    """Bring a batch into another state. False where it is in none of those it may come out of."""
    finished = to in (BatchState.CANCELLED, BatchState.DONE, BatchState.UNDONE)
    given = {
        "id": batch.id, "campaign_id": batch.campaign_id, "to": to.value, "out_of": [state.value for state in out_of],
        "finished": finished, "now": now,
    }  # fmt: skip
    return connection.execute(_CHANGE, given).rowcount == 1


def _meant(campaign_id: int, rule: Rule, up_to: int | None = None) -> tuple[str, dict[str, Any]]:
    """Which signatures a rule means that can be invalidated at all."""
    meant = condition(campaign_id, rule.filters, up_to=up_to)
    where, given = f"{meant.sql} AND {states(INVALIDATE.out_of)}", dict(meant.given)
    if rule.ids:
        where += " AND id IN :ids"
        given["ids"] = list(rule.ids)
    return where, given


def _many(rule: Rule) -> tuple[str, ...]:
    return ("ids",) if rule.ids else ()


def _batch(row: Any) -> Batch:
    return Batch(**{**row._asdict(), "rule": read_rule(row.rule), "kind": Removal(row.kind), "state": BatchState(row.state)})

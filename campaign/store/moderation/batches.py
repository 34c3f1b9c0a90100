"""Batches: many signatures invalidated at once, step by step, so that it can be watched, stopped and undone."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, func, select, text, true, update

from campaign.domain.moderation.removal import RemovalKind, SignatureSelection, selection_from_json
from campaign.domain.signatures.signature import INVALIDATE, SignatureState
from campaign.store.database.statements import columns_of, rows_as
from campaign.store.signatures.filter_sql import filter_condition, state_condition, time_parameters
from campaign.store.tables import batches, campaigners, signatures

MAX_LISTED = 50


class BatchState(StrEnum):
    """State of a batch."""

    RUNNING = "running"
    CANCELLED = "cancelled"
    """Stopped on the way; what it had invalidated stays so until it is undone."""
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Batch:
    """Batch of invalidations."""

    id: int
    campaign_id: int
    campaigner_id: int | None
    campaigner_name: str
    """"" for the command line."""
    selection: SignatureSelection
    max_signature_id: int
    """The newest signature there was: later ones are not meant."""
    reason_class: RemovalKind
    reason: str
    state: BatchState
    expected: int
    """Signatures that the dry run found."""
    last_signature_id: int
    """The last signature looked at."""
    invalidated: int
    """Signatures that are invalidated by it now."""
    restored: int
    created_at: datetime
    finished_at: datetime | None
    rule_id: int | None = None
    """The standing rule whose catch it is; None where somebody started it."""

    @property
    def is_unfinished(self) -> bool:
        """Whether a worker still has something to do for it."""
        return self.state in (BatchState.RUNNING, BatchState.UNDOING)

    @property
    def can_be_undone(self) -> bool:
        """Whether it is over and has left something to give back."""
        return self.state in (BatchState.DONE, BatchState.CANCELLED) and self.invalidated > 0


@dataclass(frozen=True, slots=True)
class MatchCounts:
    """Numbers of the signatures that a selection would invalidate."""

    counted: int
    """Verified ones that are in the count."""
    held: int
    """Verified ones that a flag keeps out of the count."""
    pending: int


@dataclass(frozen=True, slots=True)
class SampleSignature:
    """Example of the signatures that a selection would invalidate."""

    id: int
    state: str
    name: str
    domain: str
    network: str
    source: str
    signed_at: datetime
    erased_at: datetime | None


_BATCHES = (
    select(*columns_of(Batch, batches, campaigner_name=func.coalesce(campaigners.c.name, "")))
    .select_from(batches)
    .outerjoin(campaigners, campaigners.c.id == batches.c.campaigner_id)
)  # fmt: skip
_GET = _BATCHES.where(batches.c.id == bindparam("id"))
_LOCK = select(batches.c.id).where(batches.c.id == bindparam("id")).with_for_update()
_PAGE = (
    _BATCHES.where(batches.c.campaign_id == bindparam("campaign_id"), batches.c.id < bindparam("before_id"))
    .order_by(batches.c.id.desc())
    .limit(bindparam("limit"))
)
_DUE = (
    select(batches.c.id)
    .where(batches.c.state.in_([BatchState.RUNNING.value, BatchState.UNDOING.value]))
    .order_by(batches.c.id)
    .limit(bindparam("limit"))
)
_NEWEST_SIGNATURE = select(func.coalesce(func.max(signatures.c.id), 0)).where(
    signatures.c.campaign_id == bindparam("campaign_id")
)
_OF_BATCH = update(batches).where(batches.c.id == bindparam("of_id"))
_RECORD_PROGRESS = _OF_BATCH.values(
    last_signature_id=bindparam("last_signature_id"),
    invalidated=batches.c.invalidated + bindparam("invalidated", type_=batches.c.invalidated.type),
)
_GIVEN_BACK = bindparam("given_back", type_=batches.c.invalidated.type)
_RECORD_UNDO_PROGRESS = _OF_BATCH.values(
    invalidated=batches.c.invalidated - _GIVEN_BACK, restored=batches.c.restored + _GIVEN_BACK
)
_RECORD_RESTORED_SINGLY = _OF_BATCH.values(invalidated=batches.c.invalidated - 1)
_SET_STATE = _OF_BATCH.where(
    batches.c.campaign_id == bindparam("of_campaign"), batches.c.state.in_(bindparam("from_states", expanding=True))
).values(state=bindparam("to_state"), finished_at=bindparam("finished"))
_IS_INVALIDATED_BY_BATCH = and_(
    signatures.c.batch_id == bindparam("batch_id"),
    signatures.c.batch_id.is_not(None),
    signatures.c.state == SignatureState.INVALIDATED.value,
    # One that was erased meanwhile cannot be given back.
    signatures.c.erased_at.is_(None),
)
_INVALIDATED_BY_BATCH = (
    select(signatures.c.id)
    .where(_IS_INVALIDATED_BY_BATCH)
    .order_by(signatures.c.id)
    .limit(bindparam("limit"))
)  # fmt: skip
_COUNT_VERIFIED = select(func.count()).where(_IS_INVALIDATED_BY_BATCH, signatures.c.verified_at.is_not(None))

_BATCH_OF_SIGNATURE = select(signatures.c.batch_id).where(
    signatures.c.id == bindparam("id"), signatures.c.state == SignatureState.INVALIDATED.value
)


def create(
    connection: Connection, campaign_id: int, campaigner_id: int | None, selection: SignatureSelection, kind: RemovalKind,
    reason: str, expected: int, max_signature_id: int, now: datetime,
) -> int:  # fmt: skip
    """Id of a new batch, for a worker to run. Signatures with an id above `max_signature_id` are not meant by it."""
    values = {
        "campaign_id": campaign_id,
        "campaigner_id": campaigner_id,
        "selection": selection.to_json(),
        "max_signature_id": min(max_signature_id, newest_signature_id(connection, campaign_id)),
        "reason_class": kind.value,
        "reason": reason,
        "state": BatchState.RUNNING.value,
        "expected": expected,
        "last_signature_id": 0,
        "invalidated": 0,
        "restored": 0,
        "created_at": now,
    }
    return int(connection.execute(batches.insert().values(**values).returning(batches.c.id)).scalar_one())


def newest_signature_id(connection: Connection, campaign_id: int) -> int:
    """Id of the campaign's newest signature; 0 where it has none."""
    return int(connection.execute(_NEWEST_SIGNATURE, {"campaign_id": campaign_id}).scalar_one())


def get(connection: Connection, batch_id: int) -> Batch | None:
    """One batch."""
    row = connection.execute(_GET, {"id": batch_id}).one_or_none()
    return None if row is None else _batch_from_row(row)


def get_for_update(connection: Connection, batch_id: int) -> Batch | None:
    """One batch, its row locked until the transaction ends: one worker at a time does a step of it."""
    connection.execute(_LOCK, {"id": batch_id})
    return get(connection, batch_id)


def list_batches(connection: Connection, campaign_id: int, before_id: int = 2**62, limit: int = MAX_LISTED) -> list[Batch]:
    """Batches of a campaign, newest first."""
    given = {"campaign_id": campaign_id, "before_id": before_id, "limit": limit}
    return [_batch_from_row(row) for row in connection.execute(_PAGE, given)]


def due_batch_ids(connection: Connection, limit: int) -> list[int]:
    """Ids of batches that a worker has to go on with."""
    return list(connection.execute(_DUE, {"limit": limit}).scalars())


def count_matches(connection: Connection, campaign_id: int, selection: SignatureSelection) -> MatchCounts:
    """Numbers of signatures that a selection would invalidate now."""
    condition, given = _condition(campaign_id, selection)
    is_verified, is_held = signatures.c.state == SignatureState.VERIFIED.value, signatures.c.held_flag_id.is_not(None)
    counts = select(
        func.count().filter(is_verified, ~is_held).label("counted"),
        func.count().filter(is_verified, is_held).label("held"),
        func.count().filter(~is_verified).label("pending"),
    ).where(condition)
    (found,) = rows_as(MatchCounts, connection.execute(counts, given))
    return found


def sample_matches(
    connection: Connection, campaign_id: int, selection: SignatureSelection, limit: int
) -> list[SampleSignature]:
    """The newest signatures that a selection would invalidate."""
    condition, given = _condition(campaign_id, selection)
    sample = (
        select(*columns_of(SampleSignature, signatures))
        .where(condition)
        .order_by(signatures.c.id.desc())
        .limit(limit)
    )  # fmt: skip
    return rows_as(SampleSignature, connection.execute(sample, given))


def next_signature_ids(connection: Connection, batch: Batch, limit: int) -> list[int]:
    """Ids of the next signatures of a running batch, their rows locked until the transaction ends."""
    condition, given = _condition(batch.campaign_id, batch.selection, max_signature_id=batch.max_signature_id)
    following = (
        select(signatures.c.id)
        .where(condition, signatures.c.id > batch.last_signature_id)
        .order_by(signatures.c.id)
        .limit(limit)
        .with_for_update()
    )
    return list(connection.execute(following, given).scalars())


def invalidated_signature_ids(connection: Connection, batch_id: int, limit: int) -> list[int]:
    """Ids of signatures that a batch has invalidated and that were not restored since."""
    return list(connection.execute(_INVALIDATED_BY_BATCH, {"batch_id": batch_id, "limit": limit}).scalars())


def count_verified(connection: Connection, batch_id: int) -> int:
    """Number of signatures that a batch has invalidated and that count once it is undone, those among them that were held."""
    return int(connection.execute(_COUNT_VERIFIED, {"batch_id": batch_id}).scalar_one())


def lock_batch_of(connection: Connection, signature_id: int) -> int | None:
    """Id of the batch that has invalidated a signature, its row locked before that of the signature, as a step of it locks
    them; None where none has."""
    batch_id = connection.execute(_BATCH_OF_SIGNATURE, {"id": signature_id}).scalar_one_or_none()
    if batch_id is not None:
        connection.execute(_LOCK, {"id": batch_id})
    return batch_id


def record_restored_singly(connection: Connection, batch_id: int) -> None:
    """Record that one that a batch had invalidated was restored by itself, and not by undoing it."""
    connection.execute(_RECORD_RESTORED_SINGLY, {"of_id": batch_id})


def record_progress(connection: Connection, batch_id: int, last_signature_id: int, invalidated: int) -> None:
    """Record the progress of a running batch."""
    given = {"of_id": batch_id, "last_signature_id": last_signature_id, "invalidated": invalidated}
    connection.execute(_RECORD_PROGRESS, given)


def record_undo_progress(connection: Connection, batch_id: int, restored: int) -> None:
    """Record the progress of undoing a batch."""
    connection.execute(_RECORD_UNDO_PROGRESS, {"of_id": batch_id, "given_back": restored})


def set_state(
    connection: Connection, batch: Batch, target_state: BatchState, from_states: tuple[BatchState, ...], now: datetime
) -> bool:
    """Bring a batch into another state. False where it is in none of `from_states`."""
    is_finished = target_state in (BatchState.CANCELLED, BatchState.DONE, BatchState.UNDONE)
    given = {
        "of_id": batch.id,
        "of_campaign": batch.campaign_id,
        "to_state": target_state.value,
        "from_states": [state.value for state in from_states],
        "finished": now if is_finished else None,
    }
    return connection.execute(_SET_STATE, given).rowcount == 1


def _condition(
    campaign_id: int, selection: SignatureSelection, *, max_signature_id: int | None = None
) -> tuple[ColumnElement[bool], dict[str, Any]]:
    """Condition, and its parameters, for the signatures of a selection that can be invalidated at all."""
    meant = filter_condition(campaign_id, selection.filters, max_signature_id=max_signature_id)
    # Text, as the filters are: partial indexes are found by their very words.
    sql = f"{meant.sql} AND {state_condition(INVALIDATE.from_states)}"
    condition = text(sql).bindparams(*time_parameters(sql))
    return and_(condition, signatures.c.id.in_(selection.ids) if selection.ids else true()), meant.parameters


def _batch_from_row(row: Row[*tuple[Any, ...]]) -> Batch:
    changed = {
        "selection": selection_from_json(row.selection), "reason_class": RemovalKind(row.reason_class),
        "state": BatchState(row.state),
    }  # fmt: skip
    return Batch(**{**row._asdict(), **changed})

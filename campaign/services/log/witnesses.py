"""Witnesses: new checkpoints are offered to them by a job, and their cosignatures kept. Nothing waits for one.

A witness that says that the log is not the one it knew is told to the operator: by
mail, at the desk, in our log, by `doctor`, and in the metrics.
"""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from campaign.clients.witness import TIMEOUT_SECONDS, WitnessAnswer, WitnessUnavailableError, add_checkpoint
from campaign.domain.log.add_checkpoint import SIZE_CONTENT_TYPE, AddCheckpoint
from campaign.domain.log.cosignature import verify_cosignature
from campaign.domain.log.merkle import Tree
from campaign.domain.log.note import InvalidNoteError, Note, NoteSignature, VerifierKey, parse_signature_lines
from campaign.domain.log.witness import Witness, WitnessRecord
from campaign.domain.site.alarm import AlarmKind
from campaign.runtime import Runtime
from campaign.store.log import read, witnesses
from campaign.store.log.read import tile_reader
from campaign.store.site import alarms

if TYPE_CHECKING:
    from campaign.store.log.read import StoredCheckpoint

log = structlog.get_logger(__name__)

MIN_OFFER_INTERVAL = timedelta(seconds=5)
"""Time between two checkpoints that one witness is offered."""
RENEWAL_INTERVAL = timedelta(hours=1)
"""Age of the last cosignature after which a witness is asked for a new one, though nothing was counted since."""
FIRST_BACKOFF, MAX_BACKOFF = timedelta(seconds=10), timedelta(hours=1)
"""How long a witness is left alone after it failed: twice as long each time."""
JOB_SECONDS = 30.0
"""Seconds all witnesses together are waited for; one that is slower is heard later."""
_LEASE = timedelta(seconds=60)
"""For so long one process alone asks a witness; after that another may."""
_MAX_ATTEMPTS = 3
"""Questions in a row to a witness that knows another size than we thought."""


class _RefusalError(Exception):
    """A witness gave no cosignature; `is_alarm` where it says that the log is not the one it knew."""

    def __init__(self, problem: str, *, is_alarm: bool = False) -> None:
        super().__init__(problem)
        self.is_alarm = is_alarm


def offer_due(runtime: Runtime) -> bool:
    """Whether a witness is to be offered a checkpoint now."""
    return bool(runtime.settings.witnesses and _due(runtime))


def offer_checkpoint(runtime: Runtime, *, wait_seconds: float = JOB_SECONDS) -> int:
    """Offer the newest checkpoint to all witnesses that have not cosigned it, at once; returns how many were asked.

    One that is still being waited for when `wait_seconds` are over is left to its thread: what it answers is kept all the same.
    """
    until = time.monotonic() + wait_seconds
    # Daemons: a witness that hangs keeps no process from ending.
    threads = [threading.Thread(target=_offer, args=(runtime, witness), daemon=True) for witness in _due(runtime)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return len(threads)


def _due(runtime: Runtime) -> list[Witness]:
    configured = runtime.settings.log_witnesses
    with runtime.reading() as connection:
        newest = read.last_checkpoint(connection)
        if newest is None:
            return []
        known = {record.verifier_key: record for record in witnesses.list_witnesses(connection, configured)}
    now = runtime.now()
    return [each for each in configured if _is_due(known.get(each.key.serialise()), newest.id, now)]


def _is_due(record: WitnessRecord | None, newest_id: int, now: datetime) -> bool:
    if record is None:
        return True
    has_news = record.checkpoint_id != newest_id or record.problem != ""
    is_stale = record.heard_at is None or now - record.heard_at > RENEWAL_INTERVAL
    return record.next_at <= now and (has_news or is_stale)


def _offer(runtime: Runtime, witness: Witness) -> None:
    """Ask one witness and keep what it answers. Raises nothing but what the database raises."""
    key, now = witness.key.serialise(), runtime.now()
    with runtime.transaction() as connection:
        record = witnesses.claim_witness(connection, key, now, now + _LEASE)
    if record is None:
        return
    size = record.size
    try:
        for attempt in range(_MAX_ATTEMPTS):
            checkpoint, request = _request(runtime, size, is_first=attempt == 0)
            try:
                answer = add_checkpoint(witness.address, request.serialise(), timeout_seconds=TIMEOUT_SECONDS)
            except WitnessUnavailableError as error:
                raise _RefusalError(str(error)) from None
            known_size = _other_size(answer)
            if known_size is None or known_size == request.old_size:
                signature, timestamp = _read_answer(answer, checkpoint, witness.key)
                _keep(runtime, key, checkpoint, signature, timestamp)
                return
            size = known_size
        raise _RefusalError("it says another size each time it is asked")
    except _RefusalError as refusal:
        _note_refusal(runtime, record, size, refusal, witness.key.name)


def _request(runtime: Runtime, old_size: int, *, is_first: bool) -> tuple["StoredCheckpoint", AddCheckpoint]:
    """The newest checkpoint, with the proof that it continues the tree of `old_size` leaves. Raises _RefusalError.

    The first question is asked whatever we remember: a witness that knew a larger log before may have been mended since.
    """
    with runtime.snapshot() as connection:
        newest = read.last_checkpoint(connection)
        if newest is None:  # pragma: no cover - nothing is offered before there is one
            raise _RefusalError("there is no checkpoint")
        if is_first:
            old_size = min(old_size, newest.size)
        if old_size > newest.size:
            raise _RefusalError(
                f"it has cosigned {old_size} entries, but the log has {newest.size}: was a backup restored?", is_alarm=True
            )
        proof = Tree(newest.size, tile_reader(connection, newest.size)).consistency_proof(old_size)
    return newest, AddCheckpoint(old_size, tuple(proof), newest.note)


def _other_size(answer: WitnessAnswer) -> int | None:
    """The size that a witness says it has cosigned, where it says one (409)."""
    if answer.status != 409 or answer.content_type != SIZE_CONTENT_TYPE:
        return None
    text = answer.body.removesuffix(b"\n")
    if not (text.isdigit() and len(text) <= 18 and str(int(text)).encode() == text):
        raise _RefusalError("its answer says no size")
    return int(text)


def _read_answer(answer: WitnessAnswer, checkpoint: "StoredCheckpoint", key: VerifierKey) -> tuple[NoteSignature, int]:
    """The cosignature in an answer, verified, and its time. Raises _RefusalError."""
    match answer.status:
        case 200:
            return _cosignature(answer.body, Note.parse(checkpoint.note).text, key)
        case 422 | 409:
            # 409 without another size: earlier versions of the protocol say so of another root at the same size.
            raise _RefusalError("it says that the log is not the one it has cosigned before", is_alarm=True)
        case 404:
            raise _RefusalError("it does not know this log; ask who runs it to add the key at /log/key")
        case 403:
            raise _RefusalError("it knows this log with another key")
        case status:
            raise _RefusalError(f"it answered {status}")


def _cosignature(body: bytes, text: str, key: VerifierKey) -> tuple[NoteSignature, int]:
    try:
        for signature in parse_signature_lines(body.decode()):
            if key.signs(signature):
                return signature, verify_cosignature(text, signature, key)
    except (InvalidNoteError, UnicodeDecodeError):
        raise _RefusalError("its answer is no cosignature that holds") from None
    raise _RefusalError("its answer is a cosignature of another key")


def _keep(runtime: Runtime, key: str, checkpoint: "StoredCheckpoint", signature: NoteSignature, timestamp: int) -> None:
    now = runtime.now()
    try:
        cosigned_at = datetime.fromtimestamp(timestamp, UTC)
    except (OverflowError, ValueError, OSError):
        cosigned_at = now
    with runtime.transaction() as connection:
        witnesses.record_cosignature(
            connection, key, checkpoint, signature.line(), cosigned_at, now, now + MIN_OFFER_INTERVAL
        )  # fmt: skip


def _note_refusal(runtime: Runtime, record: WitnessRecord, size: int, refusal: _RefusalError, name: str) -> None:
    now, problem = runtime.now(), str(refusal)
    # An alarm stays until the witness cosigns again: that it is down now takes nothing back.
    alarmed_at = record.alarmed_at or (now if refusal.is_alarm else None)
    backoff = min(MAX_BACKOFF, FIRST_BACKOFF * 2 ** min(record.failures, 16))
    if refusal.is_alarm and record.alarmed_at is None:
        log.error("A witness refuses the log as inconsistent", witness=name, reason=problem)
    elif record.failures == 0:
        log.warning("A witness gave no cosignature; it is asked again", witness=name, reason=problem)
    with runtime.transaction() as connection:
        witnesses.record_failure(connection, record.verifier_key, size, problem, alarmed_at, now + backoff)
        if alarmed_at is not None:
            alarms.raise_alarm(connection, AlarmKind.WITNESS_REFUSED, now)

"""Checks of the public log: its key is the one that is published, it keeps up with the count, its tree is what was signed, and
its witnesses are heard."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from campaign.config import InvalidSettingsError, log_origin
from campaign.domain.exports.timestamp import TimestampRefusedError
from campaign.domain.log.checkpoint import Checkpoint, verify_checkpoint
from campaign.domain.log.merkle import Tree
from campaign.domain.log.note import InvalidNoteError, VerifierKey
from campaign.domain.log.witness import WitnessState
from campaign.domain.site.finding import Finding, fault, note
from campaign.store.log import append, read, witnesses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from campaign.runtime import Runtime

BEHIND_AFTER = timedelta(minutes=1)
"""Age of the last checkpoint after which a log that is behind is not just a moment late."""


def check_key(runtime: Runtime) -> Iterator[Finding]:
    """The key and origin of the settings are those that checkpoints were signed with."""
    try:
        key = runtime.log_key.verifier_key.serialise()
    except InvalidSettingsError as refused:
        yield fault("log", str(refused), "put back the key that the log was signed with; a backup has it")
        return
    with runtime.reading() as connection:
        last = read.last_checkpoint(connection)
    if last is None:
        yield Finding("log", "nothing is logged yet; the key is there")
    elif last.verifier_key != key:
        before = last.verifier_key.partition("+")[0]
        yield fault(
            "log",
            f"LOG_KEY or BASE_URL is another than before: {log_origin(runtime.settings)} now, last signed as {before}",
            "put back the one before: to everybody who watches, this is another log",
        )
    else:
        yield Finding("log", f"is signed with {key}")


def check_tree(runtime: Runtime) -> Iterator[Finding]:
    """The log has what was counted, its last checkpoint is signed, and its tiles lead to the root that was."""
    with runtime.snapshot() as connection:
        due = append.due_campaigns(connection, 1)
        size, last = append.head_size(connection), read.last_checkpoint(connection)
        if last is None:
            return
        try:
            checkpoint = verify_checkpoint(last.note, VerifierKey.parse(last.verifier_key))
            root = Tree(checkpoint.size, read.tile_reader(connection, checkpoint.size)).root()
        except InvalidNoteError as error:
            yield fault("log", f"its last checkpoint does not hold: {error}", "run `countersign reconcile`; see docs/log.md")
            return
        except ValueError as error:
            yield fault("log", f"its tree is damaged: {error}", "run `countersign reconcile`; restore a backup")
            return
    if root != checkpoint.root or checkpoint.size > size:
        yield fault("log", "its tiles are not those that were signed", "run `countersign reconcile`; restore a backup")
    is_behind = bool(due) or size > checkpoint.size
    if is_behind and runtime.now() - last.created_at > BEHIND_AFTER:
        yield fault(
            "log", "does not keep up with the count", "see that a worker of the ledger and a clock run, and what they log"
        )
    else:
        yield from _sound(checkpoint, root)


def _sound(checkpoint: Checkpoint, root: bytes) -> Iterator[Finding]:
    if root == checkpoint.root:
        noun = "entry" if checkpoint.size == 1 else "entries"
        yield Finding("log", f"{checkpoint.size:,} {noun}, and its tiles lead to the root that was signed")


def check_witnesses(runtime: Runtime) -> Iterator[Finding]:
    """Each witness has cosigned lately, and none says that the log is not the one it knew."""
    configured = runtime.settings.log_witnesses
    if not configured:
        yield note("witnesses", "nobody watches the log", "ask somebody to run `countersign witness`, and set WITNESSES")
        return
    with runtime.reading() as connection:
        statuses = witnesses.list_statuses(connection, configured, runtime.now())
    for status in statuses:
        name = status.witness.key.name
        if status.state is WitnessState.REFUSING:
            yield fault(
                "witnesses",
                f"{name} refuses the log: {status.problem}",
                "everybody will see it; was a backup restored, or does a second database sign as this site? See operations.md",
            )
        elif status.state is WitnessState.SILENT:
            yield fault(
                "witnesses",
                f"{name} has not cosigned for a day: {status.problem or 'nothing new was offered'}",
                "ask who runs it; nothing waits for it",
            )
        elif status.problem:
            yield note("witnesses", f"{name} gave no cosignature the last time: {status.problem}", "it is asked again")
        else:
            yield Finding("witnesses", f"{name} watches")


def check_timestamps(runtime: Runtime) -> Iterator[Finding]:
    """The time-stamp authority stamps what it is given: a moment's random octets."""
    url = runtime.settings.tsa_url
    if not url:
        return
    # A web process answers without what asks others.
    from campaign.clients.timestamp_authority import TimestampUnavailableError, request_timestamp  # noqa: PLC0415

    try:
        _, found = request_timestamp(url, runtime.random_bytes(32))
    except (TimestampUnavailableError, TimestampRefusedError) as error:
        yield fault("time stamps", f"{url} gives none: {error}", "no pack waits for it; it is asked again some times")
    else:
        yield Finding("time stamps", f"{url} gives them; by its clock it is {found.at:%Y-%m-%d %H:%M:%S} UTC")

"""The sequencer: appends to the public log what the ledgers have counted, and signs a checkpoint of it.

It runs after the ledger's own transaction and touches nothing of it. It is safe to run twice or in parallel: the head of the
log is locked by the process that appends.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, cast

import structlog

from campaign.domain.log.checkpoint import Checkpoint
from campaign.domain.log.entry import NO_COMMITMENT, SALT_BYTES, LogEntry, Statement, commit, format_hour
from campaign.domain.log.merkle import Tree, extend_tiles, leaf_hash
from campaign.domain.log.tiles import HASH_BYTES, TILE_WIDTH
from campaign.runtime import Runtime
from campaign.runtime.steps import TimeBudget
from campaign.store.log import append, read
from campaign.store.log.append import DueCampaign, HourCounts, Leaf, UnloggedEntry
from campaign.store.log.read import tile_reader

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = structlog.get_logger(__name__)

MAX_ENTRIES_PER_TRANSACTION = 1_000
"""Entries appended in one transaction."""
MAX_CAMPAIGNS_PER_TRANSACTION = 200
"""Campaigns that have a share of it; no long ledger holds up a short one."""
MIN_CHECKPOINT_INTERVAL = timedelta(seconds=1)
"""Time between two checkpoints."""
TIME_BUDGET_SECONDS = 1.0
"""Seconds of one round: counting waits in the same queue."""
WATCHED_AFTER = timedelta(hours=1)
"""Age of an entry, when its campaign is first logged, from which on it counts as one that nobody watched."""


@dataclass(frozen=True, slots=True)
class AppendResult:
    """Result of a round."""

    entries: int
    """Entries appended."""
    is_finished: bool
    """Whether nothing was left to append; else the job is to be asked for again."""


def advance_log(runtime: Runtime, *, time_budget_seconds: float = TIME_BUDGET_SECONDS) -> AppendResult:
    """Append what is not logged yet, in the order of campaigns and sequences, and publish it where a second has passed."""
    budget, appended = TimeBudget(time_budget_seconds), 0
    while True:
        with runtime.transaction() as connection:
            size = append.lock_head(connection)
            added, is_finished = _append_batch(connection, runtime, size)
            _publish(connection, runtime, size + added)
        appended += added
        if is_finished or budget.is_used_up:
            return AppendResult(appended, is_finished)


def is_behind(runtime: Runtime) -> bool:
    """Whether something is to be appended, or was and is in no checkpoint yet."""
    with runtime.reading() as connection:
        if append.due_campaigns(connection, 1):
            return True
        last = read.last_checkpoint(connection)
        return last is None or append.head_size(connection) > last.size


def _append_batch(connection: "Connection", runtime: Runtime, size: int) -> tuple[int, bool]:
    """How many entries were appended, and whether that was all."""
    due = append.due_campaigns(connection, MAX_CAMPAIGNS_PER_TRANSACTION)
    leaves: list[Leaf] = []
    hours: list[HourCounts] = []
    is_finished = len(due) < MAX_CAMPAIGNS_PER_TRANSACTION
    for position, campaign in enumerate(due):
        share = max(1, (MAX_ENTRIES_PER_TRANSACTION - len(leaves)) // (len(due) - position))
        rows = append.unlogged_entries(connection, campaign.campaign_id, campaign.logged, share)
        is_finished = is_finished and len(rows) < share
        if rows:
            start = size + len(leaves)
            leaves += _campaign_leaves(connection, runtime, campaign, rows, start)
            hours += _hours(campaign, rows, start)
    if leaves:
        append.add_leaves(connection, leaves)
        append.add_to_hours(connection, hours)
        _store_tiles(connection, size, [leaf_hash(leaf.entry.encode()) for leaf in leaves])
        append.set_head(connection, size + len(leaves))
    return len(leaves), is_finished


def _campaign_leaves(
    connection: "Connection", runtime: Runtime, campaign: DueCampaign, rows: list[UnloggedEntry], start: int
) -> list[Leaf]:
    now = runtime.now()
    name = campaign.name or append.add_campaign(connection, campaign, now, now - WATCHED_AFTER)
    append.set_logged(connection, campaign.campaign_id, rows[-1].sequence)
    leaves = []
    for index, row in enumerate(rows, start):
        text, salt = _entry(name, row, runtime.random_bytes)
        leaves.append(Leaf(index, campaign.campaign_id, row.sequence, text, salt))
    return leaves


def _entry(name: str, row: UnloggedEntry, random_bytes: Callable[[int], bytes]) -> tuple[str, bytes | None]:
    """The text of an entry, and the salt to keep. Of a signature that is erased already nothing is committed to but chance."""
    commitment, salt = NO_COMMITMENT, None
    if row.change > 0:
        salt = random_bytes(SALT_BYTES)
        statement = _statement(row)
        if statement is None:
            commitment, salt = salt.hex(), None
        else:
            commitment = commit(salt, statement)
    ref = 0 if row.sequence == row.first_sequence else row.first_sequence
    entry = LogEntry(name, row.sequence, row.event, row.change, row.total, format_hour(row.at), ref, commitment)
    return entry.serialise().decode(), salt


def _statement(row: UnloggedEntry) -> Statement | None:
    fields = (row.text_hash, row.name, row.email_key, row.postcode, row.country, row.kind)
    return None if None in fields else Statement(*cast("tuple[str, str, str, str, str, str]", fields))


def _hours(campaign: DueCampaign, rows: list[UnloggedEntry], start: int) -> list[HourCounts]:
    """Of entries in their order, so that those of an hour stand together, but for a clock that was set back."""
    found: dict[datetime, HourCounts] = {}
    size = start
    for hour, entries in groupby(rows, key=lambda row: row.at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)):
        together = list(entries)
        size += len(together)
        counts = Counter([row.event for row in together])
        if hour in found:
            counts.update(found[hour].counts)
        found[hour] = HourCounts(campaign.campaign_id, hour, counts, together[-1].total, size)
    return list(found.values())


def _store_tiles(connection: "Connection", size: int, hashes: list[bytes]) -> None:
    reader = tile_reader(connection, size)
    tiles = extend_tiles(size, lambda level: reader(level, (size >> (8 * level)) // TILE_WIDTH, 1), hashes)
    # The partial tile of level 0 is made from the leaves themselves, which saves writing it again with each of them.
    stored = {key: data for key, data in tiles.items() if key[0] or len(data) == TILE_WIDTH * HASH_BYTES}
    append.store_tiles(connection, stored)


def _publish(connection: "Connection", runtime: Runtime, size: int) -> None:
    """Sign a checkpoint, where there is something new and the last one is a second old."""
    key, now = runtime.log_key, runtime.now()
    last = read.last_checkpoint(connection)
    verifier_key = key.verifier_key.serialise()
    if last is not None:
        is_new = size > last.size or verifier_key != last.verifier_key
        if not is_new or now - last.created_at < MIN_CHECKPOINT_INTERVAL:
            return
        if verifier_key != last.verifier_key:
            log.warning("The log has another key or origin than before; those who monitor it will ask why", key=verifier_key)
    root = Tree(size, tile_reader(connection, size)).root()
    read.add_checkpoint(connection, size, Checkpoint(key.name, size, root).sign(key).serialise(), verifier_key, now)

"""Proof of the public log from scratch: against the ledgers, against the signatures, and of the tree against its leaves."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select

from campaign.domain.log.checkpoint import Checkpoint
from campaign.domain.log.entry import (
    NO_COMMITMENT,
    InvalidEntryError,
    LogEntry,
    Statement,
    format_hour,
    is_commitment_to,
)
from campaign.domain.log.merkle import EMPTY_ROOT, Tree, extend_tiles, leaf_hash
from campaign.domain.log.note import InvalidNoteError, Note
from campaign.domain.log.tiles import HASH_BYTES, TILE_HEIGHT, TILE_WIDTH
from campaign.store.log import read
from campaign.store.log.append import LOGGED_NAME
from campaign.store.tables import ledger, log_campaigns, log_leaves, log_tiles, signatures

_FETCHED_ROWS = 2_000
_TILES_PER_STEP = 64

_others = ledger.alias("others")
_of_same = and_(_others.c.campaign_id == ledger.c.campaign_id, _others.c.signature_id == ledger.c.signature_id)
# Expressions, so that the index of signatures is asked; see `append`.
_FIRST = select(func.min(_others.c.sequence + 0)).where(_of_same).scalar_subquery()
_NEWEST = select(func.max(_others.c.sequence + 0)).where(_of_same, _others.c.change == 1).scalar_subquery()
_LOGGED = (
    select(
        ledger.c.sequence, ledger.c.event, ledger.c.change, ledger.c.total, ledger.c.at, _FIRST.label("first"),
        _NEWEST.label("newest"), log_campaigns.c.name.label("campaign"), log_leaves.c.entry, log_leaves.c.salt,
        signatures.c.state, signatures.c.erased_at,
        signatures.c.verified_at, signatures.c.id, signatures.c.text_hash, LOGGED_NAME.label("name"),
        signatures.c.email_key, signatures.c.postcode, signatures.c.country, signatures.c.kind,
    )
    .join(log_campaigns, log_campaigns.c.campaign_id == ledger.c.campaign_id)
    .outerjoin(
        log_leaves, and_(log_leaves.c.campaign_id == ledger.c.campaign_id, log_leaves.c.sequence == ledger.c.sequence)
    )
    .outerjoin(signatures, signatures.c.id == ledger.c.signature_id)
    .where(
        ledger.c.campaign_id == bindparam("campaign_id"), ledger.c.sequence <= log_campaigns.c.sequence,
        ledger.c.sequence > bindparam("after"), ledger.c.sequence <= bindparam("through"),
    )
    .order_by(ledger.c.sequence)
)  # fmt: skip
_LAST_LOGGED = select(log_campaigns.c.sequence).where(log_campaigns.c.campaign_id == bindparam("campaign_id"))
# Leaves without an entry of the ledger: put in, or of a ledger that lost some.
_ORPHANS = (
    select(func.count())
    .select_from(log_leaves)
    .outerjoin(ledger, and_(log_leaves.c.campaign_id == ledger.c.campaign_id, log_leaves.c.sequence == ledger.c.sequence))
    .outerjoin(log_campaigns, log_campaigns.c.campaign_id == log_leaves.c.campaign_id)
    .where(
        log_leaves.c.campaign_id == bindparam("campaign_id"),
        or_(ledger.c.sequence.is_(None), log_campaigns.c.sequence.is_(None), ledger.c.sequence > log_campaigns.c.sequence),
    )
)
_ALL_ENTRIES = select(log_leaves.c.log_index, log_leaves.c.entry).order_by(log_leaves.c.log_index)
_TILES = select(log_tiles.c.level, log_tiles.c.tile_index, log_tiles.c.hashes)


def check_campaign(connection: Connection, campaign_id: int) -> int:
    """How many entries of a campaign the log does not have as ledger and signatures do; zero where all is well."""
    through = connection.execute(_LAST_LOGGED, {"campaign_id": campaign_id}).scalar() or 0
    return count_orphans(connection, campaign_id) + check_entries(connection, campaign_id, 0, through)[0]


def count_orphans(connection: Connection, campaign_id: int) -> int:
    """How many entries of a campaign the log has and the ledger has not."""
    return int(connection.execute(_ORPHANS, {"campaign_id": campaign_id}).scalar_one())


def check_entries(connection: Connection, campaign_id: int, after: int, through: int) -> tuple[int, bool]:
    """How many of the ledger's entries after a sequence, up to and with another, are not in the log as they are; and whether
    the log has none behind them. Each is compared with what belongs to it, so a part may be of another moment than the next."""
    last = connection.execute(_LAST_LOGGED, {"campaign_id": campaign_id}).scalar() or 0
    given = {"campaign_id": campaign_id, "after": after, "through": through}
    with connection.execution_options(yield_per=_FETCHED_ROWS).execute(_LOGGED, given) as rows:
        return sum(not _is_logged_as_it_is(row) for row in rows), through >= last


def check_tree(connection: Connection) -> int:
    """Faults of the tree: stored tiles that are not those of the leaves, and a last checkpoint with another root."""
    size, faults, made = 0, 0, dict[tuple[int, int], bytes]()
    edge: dict[int, bytes] = {}
    for first_index, hashes in _leaf_hashes(connection):
        faults += first_index != size
        before = size
        tiles = extend_tiles(before, edge.__getitem__, hashes)
        size += len(hashes)
        made |= {key: data for key, data in tiles.items() if key[0] or len(data) == TILE_WIDTH * HASH_BYTES}
        for (level, index), data in sorted(tiles.items()):
            if index == (size >> (TILE_HEIGHT * level)) // TILE_WIDTH:
                edge[level] = data
    stored = {(row.level, row.tile_index): bytes(row.hashes) for row in connection.execute(_TILES)}
    faults += sum(stored.get(key) != made.get(key) for key in stored.keys() | made.keys())
    last = read.last_checkpoint(connection)
    if last is None:
        return faults
    return faults + int(not _has_root(last.note, last.size, size, made, edge))


def _leaf_hashes(connection: Connection) -> Iterator[tuple[int, list[bytes]]]:
    """Leaf hashes of the whole log, in steps of whole tiles and at gaps; with the index of the first of each step."""
    with connection.execution_options(yield_per=_FETCHED_ROWS).execute(_ALL_ENTRIES) as rows:
        position = enumerate(rows)
        step_of = lambda each: (each[1].log_index // (TILE_WIDTH * _TILES_PER_STEP), each[1].log_index - each[0])  # noqa: E731
        for _, step in groupby(position, step_of):
            leaves = [row for _, row in step]
            yield leaves[0].log_index, [leaf_hash(row.entry.encode()) for row in leaves]


def _has_root(note: str, size: int, leaves: int, tiles: dict[tuple[int, int], bytes], edge: dict[int, bytes]) -> bool:
    try:
        checkpoint = Checkpoint.parse_text(Note.parse(note).text)
    except InvalidNoteError:
        return False
    if checkpoint.size != size or size > leaves:
        return False
    tree = Tree(size, lambda level, index, _: tiles.get((level, index)) or edge[level])
    return checkpoint.root == (tree.root() if size else EMPTY_ROOT)


def _is_logged_as_it_is(row: Any) -> bool:
    try:
        entry = LogEntry.parse((row.entry or "").encode())
    except InvalidEntryError:
        return False
    ref = 0 if row.sequence == row.first else row.first
    expected = LogEntry(
        row.campaign, row.sequence, row.event, row.change, row.total, format_hour(row.at), ref, entry.commitment
    )
    if entry != expected or (row.change > 0) == (entry.commitment == NO_COMMITMENT):
        return False
    if row.salt is None:
        return True
    # A salt lives as long as its signature; and the newest is that of what is signed now. Unless it was withdrawn, signed and
    # verified again before the ledger looked: then it counts as before, by the entry of what was signed first.
    if row.id is None or row.erased_at is not None:
        return False
    if row.state != "verified" or row.sequence != row.newest or row.verified_at > row.at:
        return True
    statement = Statement(row.text_hash, row.name, row.email_key, row.postcode, row.country, row.kind)
    return is_commitment_to(entry.commitment, bytes(row.salt), statement)

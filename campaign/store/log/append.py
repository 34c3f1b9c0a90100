"""Appending to the public log: what the ledgers have that it has not, and the leaves, tiles and numbers that make it up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, func, insert, select, tuple_, update

from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.statements import columns_of, rows_as, text_statement
from campaign.store.database.upsert import insert as upsert
from campaign.store.tables import (
    campaigns,
    ledger,
    log_campaigns,
    log_head,
    log_leaves,
    log_tiles,
    signatures,
    tallies,
)

EVENTS = ("verify", "paper", "restore", "withdraw", "invalidate", "undo")


@dataclass(frozen=True, slots=True)
class DueCampaign:
    """A campaign whose ledger has entries that are not logged."""

    campaign_id: int
    slug: str
    name: str | None
    """Its name in the log; None before its first entry."""
    logged: int
    """The last sequence that is logged."""


@dataclass(slots=True)
class UnloggedEntry:
    """An entry of a ledger, with what its signature says now. Not frozen, like `Leaf`: of a ledger from before the log there
    are millions, and each would take three times as long to make."""

    sequence: int
    event: str
    change: int
    total: int
    at: datetime
    first_sequence: int
    """Of the entry that first added this signature."""
    text_hash: str | None
    """None where the signature is gone or erased; so the others."""
    name: str | None
    email_key: str | None
    postcode: str | None
    country: str | None
    kind: str | None


@dataclass(slots=True)
class Leaf:
    """A leaf to append."""

    log_index: int
    campaign_id: int
    sequence: int
    entry: str
    salt: bytes | None


@dataclass(frozen=True, slots=True)
class HourCounts:
    """Counts of a campaign's logged entries of one hour."""

    campaign_id: int
    hour: datetime
    counts: Mapping[str, int]
    """Entries by event."""
    total: int
    log_size: int


_HEAD = select(log_head.c.size).where(log_head.c.id == 1)
_LOCK_HEAD = _HEAD.with_for_update()
_MAKE_HEAD = upsert(log_head).values(id=1, size=0).on_conflict_do_nothing()
_SET_HEAD = update(log_head).where(log_head.c.id == 1).values(size=bindparam("new_size"))
_logged = func.coalesce(log_campaigns.c.sequence, 0)
_DUE = (
    select(tallies.c.campaign_id, campaigns.c.slug, log_campaigns.c.name, _logged.label("logged"))
    .join(campaigns, campaigns.c.id == tallies.c.campaign_id)
    .outerjoin(log_campaigns, log_campaigns.c.campaign_id == tallies.c.campaign_id)
    .where(tallies.c.sequence > _logged)
    .order_by(tallies.c.campaign_id)
    .limit(bindparam("limit"))
)
_first = ledger.alias("first")
# An expression: for the least of a bare column a database would walk the ledger from its beginning, in the order of its key,
# and not ask the index of signatures.
_FIRST_SEQUENCE = (
    select(func.min(_first.c.sequence + 0))
    .where(_first.c.campaign_id == ledger.c.campaign_id, _first.c.signature_id == ledger.c.signature_id)
    .scalar_subquery()
)
LOGGED_NAME = func.coalesce(signatures.c.signed_name, signatures.c.name)
"""The name that the log commits to: the one that was signed, whatever it was corrected to."""
_UNLOGGED = (
    select(
        *columns_of(
            UnloggedEntry, ledger, first_sequence=_FIRST_SEQUENCE, text_hash=signatures.c.text_hash, name=LOGGED_NAME,
            email_key=signatures.c.email_key, postcode=signatures.c.postcode, country=signatures.c.country,
            kind=signatures.c.kind,
        )
    )
    .outerjoin(signatures, and_(signatures.c.id == ledger.c.signature_id, signatures.c.erased_at.is_(None)))
    .where(ledger.c.campaign_id == bindparam("campaign_id"), ledger.c.sequence > bindparam("after"))
    .order_by(ledger.c.sequence)
    .limit(bindparam("limit"))
)  # fmt: skip
_OLDER = select(func.coalesce(func.max(ledger.c.sequence), 0)).where(
    ledger.c.campaign_id == bindparam("campaign_id"), ledger.c.at < bindparam("before", type_=UtcDateTime())
)
_NAME_IS_TAKEN = select(log_campaigns.c.campaign_id).where(log_campaigns.c.name == bindparam("name"))
_ADD_CAMPAIGN = insert(log_campaigns)
_SET_LOGGED = (
    update(log_campaigns)
    .where(log_campaigns.c.campaign_id == bindparam("of_campaign"))
    .values(sequence=bindparam("new_sequence"))
)
_ADD_LEAVES = insert(log_leaves)
# Text: one statement for a thousand leaves takes PostgreSQL and its driver a fifth of the time of a thousand.
_ADD_LEAVES_FROM_ARRAYS = text_statement(
    """INSERT INTO log_leaves (log_index, campaign_id, sequence, entry, salt)
       SELECT * FROM unnest(CAST(:log_index AS bigint[]), CAST(:campaign_id AS bigint[]), CAST(:sequence AS bigint[]),
                            CAST(:entry AS text[]), CAST(:salt AS bytea[]))"""
)
_new_tile = upsert(log_tiles)
_STORE_TILES = _new_tile.on_conflict_do_update(
    index_elements=[log_tiles.c.level, log_tiles.c.tile_index], set_={"hashes": _new_tile.excluded.hashes}
)
# Text: the counts are added to, the total and the size are replaced, which `adding_upsert` cannot say.
_ADD_TO_HOUR = text_statement(
    f"""INSERT INTO log_hours (campaign_id, hour, {", ".join(EVENTS)}, total, log_size)
        VALUES (:campaign_id, :hour, {", ".join(f":{event}" for event in EVENTS)}, :total, :log_size)
        ON CONFLICT (campaign_id, hour) DO UPDATE SET
            {", ".join(f"{event} = log_hours.{event} + excluded.{event}" for event in EVENTS)},
            total = excluded.total, log_size = excluded.log_size""",
    bindparam("hour", type_=UtcDateTime()),
)
_ERASE_SALTS = (
    update(log_leaves)
    .where(
        log_leaves.c.salt.is_not(None),
        tuple_(log_leaves.c.campaign_id, log_leaves.c.sequence).in_(
            select(ledger.c.campaign_id, ledger.c.sequence)
            .join(
                signatures,
                and_(signatures.c.campaign_id == ledger.c.campaign_id, signatures.c.id == ledger.c.signature_id),
            )
            .where(signatures.c.id.in_(bindparam("ids", expanding=True)))
        ),
    )
    .values(salt=None)
)


def lock_head(connection: Connection) -> int:
    """The size of the tree, held until the transaction ends: one process appends at a time."""
    size = connection.execute(_LOCK_HEAD).scalar_one_or_none()
    if size is None:
        connection.execute(_MAKE_HEAD)
        size = connection.execute(_LOCK_HEAD).scalar_one()
    return int(size)


def head_size(connection: Connection) -> int:
    """The size of the tree."""
    return int(connection.execute(_HEAD).scalar_one_or_none() or 0)


def due_campaigns(connection: Connection, limit: int) -> list[DueCampaign]:
    """Campaigns with something to log, at most `limit`."""
    return rows_as(DueCampaign, connection.execute(_DUE, {"limit": limit}))


def unlogged_entries(connection: Connection, campaign_id: int, after: int, limit: int) -> list[UnloggedEntry]:
    """The next entries of a ledger, in their order."""
    given = {"campaign_id": campaign_id, "after": after, "limit": limit}
    return rows_as(UnloggedEntry, connection.execute(_UNLOGGED, given))


def add_campaign(connection: Connection, campaign: DueCampaign, now: datetime, older_before: datetime) -> str:
    """Name a campaign in the log; entries before `older_before` are from before it was watched. Returns its name."""
    older = connection.execute(_OLDER, {"campaign_id": campaign.campaign_id, "before": older_before}).scalar_one()
    # No slug is given twice, so this is for a database that was meddled with: the log must go on.
    taken = connection.execute(_NAME_IS_TAKEN, {"name": campaign.slug}).one_or_none() is not None
    name = f"{campaign.slug[:60]}-{campaign.campaign_id}" if taken else campaign.slug
    connection.execute(
        _ADD_CAMPAIGN,
        {"campaign_id": campaign.campaign_id, "name": name, "sequence": 0, "since": now, "older_entries": older},
    )
    return name


def add_leaves(connection: Connection, leaves: Sequence[Leaf]) -> None:
    """Append leaves."""
    names = ("log_index", "campaign_id", "sequence", "entry", "salt")
    rows = [(leaf.log_index, leaf.campaign_id, leaf.sequence, leaf.entry, leaf.salt) for leaf in leaves]
    if connection.dialect.name == "postgresql":
        connection.execute(_ADD_LEAVES_FROM_ARRAYS, dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))
    else:
        connection.execute(_ADD_LEAVES, [dict(zip(names, row, strict=True)) for row in rows])


def set_logged(connection: Connection, campaign_id: int, sequence: int) -> None:
    """Note how far a ledger is logged."""
    connection.execute(_SET_LOGGED, {"of_campaign": campaign_id, "new_sequence": sequence})


def store_tiles(connection: Connection, tiles: Mapping[tuple[int, int], bytes]) -> None:
    """Store tiles by level and index, in the place of shorter ones."""
    if tiles:
        rows = [{"level": level, "tile_index": index, "hashes": data} for (level, index), data in tiles.items()]
        connection.execute(_STORE_TILES, rows)


def set_head(connection: Connection, size: int) -> None:
    """Note the size of the tree."""
    connection.execute(_SET_HEAD, {"new_size": size})


def add_to_hours(connection: Connection, hours: Sequence[HourCounts]) -> None:
    """Add entries to what was logged of their hours."""
    if hours:
        connection.execute(
            _ADD_TO_HOUR,
            [
                {"campaign_id": each.campaign_id, "hour": each.hour, "total": each.total, "log_size": each.log_size}
                | {event: each.counts.get(event, 0) for event in EVENTS}
                for each in hours
            ],
        )


def erase_salts(connection: Connection, signature_ids: Sequence[int]) -> None:
    """Destroy the salts of signatures that are erased in this transaction: no guess about them can be confirmed any more.

    Waits for a process that is appending, which might be about to store one.
    """
    if signature_ids:
        lock_head(connection)
        connection.execute(_ERASE_SALTS, {"ids": list(signature_ids)})

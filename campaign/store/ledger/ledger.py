"""The ledger: an append-only list of counted and un-counted signatures, and the numbers read from it.

`campaign.services.ledger.count` says when; here stands how: which signatures are due, how an entry is written, what the tally
is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from campaign.domain.paper.entry import ONLINE
from campaign.store import tables
from campaign.store.database.statements import statement, supports_row_locks


@dataclass(frozen=True, slots=True)
class UncountedSignature:
    """A signature whose state the ledger has not counted yet."""

    id: int
    state: str
    counted_as: str
    country: str
    counted_country: str
    source: str
    counted_source: str
    area: str
    counted_area: str
    domain: str
    opened: int
    counted_opened: int
    ordinal: int | None
    """None while it was never in the count."""
    first_signed_at: datetime
    """When it was signed for the first time."""
    signed_at: datetime
    verified_at: datetime | None
    kind: str = ONLINE
    counted_kind: str = ONLINE
    ended_class: str = ""
    place_id: int | None = None
    """Where its postcode lies; None while it was not looked up."""
    counted_place_id: int | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """The numbers of one campaign as the ledger left them."""

    sequence: int
    verified: int
    pending: int
    paper: int = 0
    """Of the verified ones, those on paper."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line of the ledger."""

    sequence: int
    signature_id: int
    event: str
    change: int
    total: int


@dataclass(frozen=True, slots=True)
class LedgerSums:
    """What the ledger of one campaign adds up to, read entry by entry."""

    entries: int
    last_sequence: int
    sum: int
    last_total: int


_UNCOUNTED_CAMPAIGNS = statement(
    f"SELECT DISTINCT campaign_id FROM signatures WHERE {tables.UNCOUNTED_SQL} ORDER BY campaign_id LIMIT :most"
)
_HAS_UNCOUNTED = statement(f"SELECT 1 FROM signatures WHERE {tables.UNCOUNTED_SQL} LIMIT 1")
_HAS_UNCOUNTED_OF_CAMPAIGN = statement(
    f"SELECT 1 FROM signatures WHERE campaign_id = :campaign_id AND {tables.UNCOUNTED_SQL} LIMIT 1"
)
_TALLY_ROW, _TALLY_ROW_LOCKED = (
    statement(
        f"""SELECT t.sequence, t.verified, t.pending, t.paper, c.goals FROM tallies t JOIN campaigns c ON c.id = t.campaign_id
            WHERE t.campaign_id = :campaign_id {lock}"""
    )
    for lock in ("", "FOR UPDATE OF t")
)
# Rows that a request is changing right now are skipped; that request's own hint, or the clock, brings the ledger back.
_UNCOUNTED, _UNCOUNTED_LOCKED = (
    statement(
        f"""SELECT id, state, counted_as, country, counted_country, source, counted_source, area, counted_area, domain, opened,
                   counted_opened, ordinal, coalesce(first_signed_at, signed_at) AS cohort_at, signed_at, verified_at,
                   kind, counted_kind, ended_class, place_id, counted_place_id
            FROM signatures
            WHERE campaign_id = :campaign_id AND {tables.UNCOUNTED_SQL} ORDER BY id LIMIT :most {lock}"""
    )
    for lock in ("", "FOR NO KEY UPDATE SKIP LOCKED")
)
_AS_COUNTED = """counted_as = state, counted_country = country, counted_source = source, counted_area = area,
       counted_opened = opened, counted_kind = kind, counted_place_id = place_id"""
_COUNTED = statement(f"UPDATE signatures SET {_AS_COUNTED} WHERE id IN :ids", list_parameters=("ids",))
# Each row is written once: those that an entry has just added to the total take it along.
_ADDED = statement(
    f"""UPDATE signatures SET {_AS_COUNTED}, ordinal = l.total FROM ledger l
       WHERE l.campaign_id = :campaign_id AND l.sequence > :after AND l.change = 1 AND signatures.id = l.signature_id"""
)
_HOURLY = statement(
    """INSERT INTO hourly_tallies (campaign_id, hour, added, ended) VALUES (:campaign_id, :hour, :added, :ended)
       ON CONFLICT (campaign_id, hour) DO UPDATE SET added = hourly_tallies.added + excluded.added,
           ended = hourly_tallies.ended + excluded.ended"""
)
_SET_TALLY = statement(
    """UPDATE tallies SET sequence = :sequence, verified = :verified, pending = :pending, paper = :paper, as_of = :now,
           revision = revision + 1
       WHERE campaign_id = :campaign_id"""
)
_BY_COUNTRY = statement(
    """SELECT country, verified FROM country_tallies WHERE campaign_id = :campaign_id AND verified > 0 AND country <> ''
       ORDER BY verified DESC, country"""
)
_MILESTONE = statement(
    """INSERT INTO milestones (campaign_id, goal, sequence, reached_at) VALUES (:campaign_id, :goal, :sequence, :now)
       ON CONFLICT (campaign_id, goal) DO NOTHING"""
)
_SUM_LEDGER = statement(
    """SELECT count(*) AS entries, coalesce(max(sequence), 0) AS last_sequence, coalesce(sum(change), 0) AS sum,
              coalesce((SELECT total FROM ledger WHERE campaign_id = :campaign_id ORDER BY sequence DESC LIMIT 1), 0)
                  AS last_total
       FROM ledger WHERE campaign_id = :campaign_id"""
)
_FINALISE = statement(
    """UPDATE campaigns SET finalised_at = :now, revision = revision + 1
       WHERE id = :campaign_id AND finalised_at IS NULL AND verify_until <= :before AND published_at IS NOT NULL"""
)
_CERTIFY = statement(
    """INSERT INTO certificates (campaign_id, total, paper, sequence, certified_at)
       SELECT campaign_id, verified, paper, sequence, :now FROM tallies WHERE campaign_id = :campaign_id"""
)
# A signature restored after that, to pending, was forgotten by nobody yet.
_TO_PURGE = statement(
    """SELECT c.id FROM campaigns c JOIN tallies t ON t.campaign_id = c.id
       WHERE c.finalised_at IS NOT NULL AND (c.forgotten_at IS NULL OR t.pending > 0) ORDER BY c.id LIMIT :most"""
)
_MARK_PURGED = statement("UPDATE campaigns SET forgotten_at = :now WHERE id = :campaign_id")
_TO_FINALISE = statement(
    """SELECT id FROM campaigns WHERE finalised_at IS NULL AND verify_until <= :before AND published_at IS NOT NULL
       ORDER BY id LIMIT :most"""
)


def uncounted_campaign_ids(connection: Connection, limit: int) -> list[int]:
    """Campaigns with something left to count, at most `most`."""
    return list(connection.execute(_UNCOUNTED_CAMPAIGNS, {"most": limit}).scalars())


def has_uncounted(connection: Connection, campaign_id: int | None = None) -> bool:
    """Whether anything (of one campaign) is left to count."""
    if campaign_id is None:
        return connection.execute(_HAS_UNCOUNTED).one_or_none() is not None
    return connection.execute(_HAS_UNCOUNTED_OF_CAMPAIGN, {"campaign_id": campaign_id}).one_or_none() is not None


def lock_tally(connection: Connection, campaign_id: int) -> tuple[Tally, list[int]]:
    """The campaign's numbers, held until the transaction ends (there is one writer of a ledger at a time), and its goals."""
    row = connection.execute(
        _TALLY_ROW_LOCKED if supports_row_locks(connection) else _TALLY_ROW, {"campaign_id": campaign_id}
    ).one()
    return Tally(row.sequence, row.verified, row.pending, row.paper), row.goals


def uncounted_signatures(connection: Connection, campaign_id: int, limit: int) -> list[UncountedSignature]:
    """Up to `most` signatures left to count, held until the transaction ends."""
    sql = _UNCOUNTED_LOCKED if supports_row_locks(connection) else _UNCOUNTED
    return [UncountedSignature(*row) for row in connection.execute(sql, {"campaign_id": campaign_id, "most": limit})]


def append_entries(connection: Connection, campaign_id: int, entries: Sequence[LedgerEntry], now: datetime) -> None:
    """Add entries at the end."""
    if entries:
        connection.execute(
            tables.ledger.insert(),
            [
                {"campaign_id": campaign_id, "sequence": e.sequence, "signature_id": e.signature_id, "event": e.event,
                 "change": e.change, "total": e.total, "at": now}
                for e in entries
            ],
        )  # fmt: skip


def mark_counted(connection: Connection, campaign_id: int, ids: Sequence[int], entries: Sequence[LedgerEntry]) -> None:
    """Note that the ledger has counted these signatures in their present state, by these newest entries of it."""
    added = {entry.signature_id for entry in entries if entry.change == 1}
    if added:
        connection.execute(_ADDED, {"campaign_id": campaign_id, "after": entries[0].sequence - 1})
    if others := [signature_id for signature_id in ids if signature_id not in added]:
        connection.execute(_COUNTED, {"ids": others})


def add_to_hourly_tally(connection: Connection, campaign_id: int, entries: Sequence[LedgerEntry], now: datetime) -> None:
    """Add entries to what this hour has counted."""
    if entries:
        added = sum(entry.change == 1 for entry in entries)
        hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        given = {"campaign_id": campaign_id, "hour": hour, "added": added, "ended": len(entries) - added}
        connection.execute(_HOURLY, given)


def set_tally(connection: Connection, campaign_id: int, tally: Tally, now: datetime) -> None:
    """Store the numbers after the newest entry."""
    connection.execute(
        _SET_TALLY,
        {
            "campaign_id": campaign_id,
            "sequence": tally.sequence,
            "verified": tally.verified,
            "pending": tally.pending,
            "paper": tally.paper,
            "now": now,
        },
    )


def country_totals(connection: Connection, campaign_id: int) -> list[tuple[str, int]]:
    """Verified signatures by country code, most first; at most one line for each country there is."""
    return [(row.country, row.verified) for row in connection.execute(_BY_COUNTRY, {"campaign_id": campaign_id})]


def set_milestone(connection: Connection, campaign_id: int, goal: int, sequence: int, now: datetime) -> None:
    """Note when a goal was reached; the first time stands."""
    connection.execute(_MILESTONE, {"campaign_id": campaign_id, "goal": goal, "sequence": sequence, "now": now})


def sum_ledger(connection: Connection, campaign_id: int) -> LedgerSums:
    """Add the whole ledger of one campaign up again. Reads it all."""
    row = connection.execute(_SUM_LEDGER, {"campaign_id": campaign_id}).one()
    return LedgerSums(int(row.entries), int(row.last_sequence), int(row.sum), int(row.last_total))


def certify_total(connection: Connection, campaign_id: int, grace_over_before: datetime, now: datetime) -> bool:
    """Make the total final, where the grace was over before `grace_over_before`; False where it is final or too early."""
    given = {"campaign_id": campaign_id, "before": grace_over_before, "now": now}
    if connection.execute(_FINALISE, given).rowcount == 0:
        return False
    connection.execute(_CERTIFY, {"campaign_id": campaign_id, "now": now})
    return True


def campaign_ids_to_finalise(connection: Connection, grace_over_before: datetime, limit: int) -> list[int]:
    """Campaigns whose grace was over before then and whose total is not final yet."""
    return list(connection.execute(_TO_FINALISE, {"before": grace_over_before, "most": limit}).scalars())


def campaign_ids_to_purge(connection: Connection, limit: int) -> list[int]:
    """Final campaigns that may still keep signatures which were never verified."""
    return list(connection.execute(_TO_PURGE, {"most": limit}).scalars())


def mark_purged(connection: Connection, campaign_id: int, now: datetime) -> None:
    """Note that a final campaign keeps none of them any more."""
    connection.execute(_MARK_PURGED, {"campaign_id": campaign_id, "now": now})

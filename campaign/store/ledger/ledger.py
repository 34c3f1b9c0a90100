"""The ledger: an append-only list of counted and un-counted signatures, and the numbers read from it.

`campaign.services.ledger.count` says when; here stands how: which signatures are due, how an entry is written, what the tally
is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Integer, String, bindparam, case, func, insert, literal_column, select, text, update

from campaign.domain.paper.entry import ONLINE
from campaign.domain.signatures.signature import SignatureState
from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.statements import adding_upsert, columns_of, is_any_of, rows_as, text_statement
from campaign.store.tables import (
    COUNTS_AS_HELD_SQL,
    COUNTS_AS_SQL,
    UNCOUNTED_SQL,
    campaigns,
    country_tallies,
    hourly_tallies,
    ledger,
    signatures,
    tallies,
)


@dataclass(frozen=True, slots=True)
class UncountedSignature:
    """A signature whose state the ledger has not counted yet."""

    id: int
    state: SignatureState
    counted_as: str
    country: str
    counted_country: str
    source: str
    counted_source: str
    area: str
    counted_area: str
    domain: str
    link_opened: int
    counted_link_opened: int
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
    declaration: int = 0
    counted_declaration: int = 0
    held_flag_id: int | None = None
    """The flag that holds it; None where none does."""
    counted_held: int = 0

    @property
    def is_held(self) -> bool:
        """Whether it is verified, and a flag keeps it from being counted."""
        return self.state == SignatureState.VERIFIED and self.held_flag_id is not None

    @property
    def counts_as_verified(self) -> bool:
        """Whether it is to be in the count."""
        return self.state == SignatureState.VERIFIED and self.held_flag_id is None


@dataclass(frozen=True, slots=True)
class Tally:
    """The numbers of one campaign as the ledger left them."""

    sequence: int
    verified: int
    pending: int
    paper: int = 0
    """Of the verified ones, those on paper."""
    held: int = 0
    """Verified, and held uncounted by a flag; in none of the other numbers."""


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
    """Sums of the ledger of one campaign, read entry by entry."""

    entries: int
    last_sequence: int
    sum: int
    last_total: int


_OF_CAMPAIGN = signatures.c.campaign_id == bindparam("campaign_id")
_IS_UNCOUNTED = text(UNCOUNTED_SQL)
_UNCOUNTED_CAMPAIGNS = (
    select(signatures.c.campaign_id)
    .distinct()
    .where(_IS_UNCOUNTED)
    .order_by(signatures.c.campaign_id)
    .limit(bindparam("limit"))
)
_HAS_UNCOUNTED = select(literal_column("1", Integer())).select_from(signatures).where(_IS_UNCOUNTED).limit(1)
_HAS_UNCOUNTED_OF_CAMPAIGN = _HAS_UNCOUNTED.where(_OF_CAMPAIGN)
_TALLY_AND_GOALS = (
    select(*columns_of(Tally, tallies), campaigns.c.goals)
    .join(campaigns, campaigns.c.id == tallies.c.campaign_id)
    .where(tallies.c.campaign_id == bindparam("campaign_id"))
    .with_for_update(of=tallies)
)
# Rows that a request is changing right now are skipped; the job that request enqueues, or the clock, brings the ledger back.
_UNCOUNTED = (
    select(
        *columns_of(
            UncountedSignature,
            signatures,
            first_signed_at=func.coalesce(signatures.c.first_signed_at, signatures.c.signed_at),
        )
    )
    .where(_OF_CAMPAIGN, _IS_UNCOUNTED)
    .order_by(signatures.c.id)
    .limit(bindparam("limit"))
    .with_for_update(key_share=True, skip_locked=True)
)
_APPEND = insert(ledger)
_AS_COUNTED = {
    "counted_as": literal_column(COUNTS_AS_SQL, String()),
    "counted_held": literal_column(COUNTS_AS_HELD_SQL, Integer()),
    # What ended is held no longer.
    "held_flag_id": case((signatures.c.state == SignatureState.VERIFIED.value, signatures.c.held_flag_id)),
    "held_at": case((signatures.c.state == SignatureState.VERIFIED.value, signatures.c.held_at)),
    "counted_country": signatures.c.country,
    "counted_source": signatures.c.source,
    "counted_area": signatures.c.area,
    "counted_link_opened": signatures.c.link_opened,
    "counted_kind": signatures.c.kind,
    "counted_place_id": signatures.c.place_id,
    "counted_declaration": signatures.c.declaration,
}
_COUNTED = update(signatures).where(is_any_of(signatures.c.id, "ids")).values(_AS_COUNTED)
# Each row is written once: those that an entry has just added to the total take it along.
_ADDED = (
    update(signatures)
    .where(
        ledger.c.campaign_id == bindparam("of_campaign_id"),
        ledger.c.sequence > bindparam("after_sequence"),
        ledger.c.change == 1,
        signatures.c.id == ledger.c.signature_id,
    )
    .values({**_AS_COUNTED, "ordinal": ledger.c.total})
)
_ADD_TO_HOUR = adding_upsert(hourly_tallies)
_SET_TALLY = (
    update(tallies)
    .where(tallies.c.campaign_id == bindparam("of_campaign_id"))
    .values(
        sequence=bindparam("sequence"),
        verified=bindparam("verified"),
        pending=bindparam("pending"),
        paper=bindparam("paper"),
        held=bindparam("held"),
        as_of=bindparam("now"),
        revision=tallies.c.revision + 1,
    )
)
_BY_COUNTRY = (
    select(country_tallies.c.country, country_tallies.c.verified)
    .where(
        country_tallies.c.campaign_id == bindparam("campaign_id"),
        country_tallies.c.verified > 0,
        country_tallies.c.country != "",
    )
    .order_by(country_tallies.c.verified.desc(), country_tallies.c.country)
)
# Text: Core has ON CONFLICT only as a construct of each database.
_MILESTONE = text_statement(
    """INSERT INTO milestones (campaign_id, goal, sequence, reached_at) VALUES (:campaign_id, :goal, :sequence, :now)
       ON CONFLICT (campaign_id, goal) DO NOTHING""",
    bindparam("now", type_=UtcDateTime()),
)
_IN_LEDGER = ledger.c.campaign_id == bindparam("campaign_id")
_LAST_TOTAL = select(ledger.c.total).where(_IN_LEDGER).order_by(ledger.c.sequence.desc()).limit(1).scalar_subquery()
_SUM_LEDGER = select(
    func.count().label("entries"),
    func.coalesce(func.max(ledger.c.sequence), 0).label("last_sequence"),
    func.coalesce(func.sum(ledger.c.change), 0).label("sum"),
    func.coalesce(_LAST_TOTAL, 0).label("last_total"),
).where(_IN_LEDGER)


def uncounted_campaign_ids(connection: Connection, limit: int) -> list[int]:
    """Campaigns with something left to count, at most `limit`."""
    return list(connection.execute(_UNCOUNTED_CAMPAIGNS, {"limit": limit}).scalars())


def has_uncounted(connection: Connection, campaign_id: int | None = None) -> bool:
    """Whether anything (of one campaign) is left to count."""
    if campaign_id is None:
        return connection.execute(_HAS_UNCOUNTED).one_or_none() is not None
    return connection.execute(_HAS_UNCOUNTED_OF_CAMPAIGN, {"campaign_id": campaign_id}).one_or_none() is not None


def lock_tally(connection: Connection, campaign_id: int) -> tuple[Tally, list[int]]:
    """The campaign's numbers, held until the transaction ends (there is one writer of a ledger at a time), and its goals."""
    row = connection.execute(_TALLY_AND_GOALS, {"campaign_id": campaign_id}).one()
    return Tally(row.sequence, row.verified, row.pending, row.paper, row.held), row.goals


def uncounted_signatures(connection: Connection, campaign_id: int, limit: int) -> list[UncountedSignature]:
    """Up to `limit` signatures left to count, held until the transaction ends."""
    return rows_as(UncountedSignature, connection.execute(_UNCOUNTED, {"campaign_id": campaign_id, "limit": limit}))


def append_entries(connection: Connection, campaign_id: int, entries: Sequence[LedgerEntry], now: datetime) -> None:
    """Add entries at the end."""
    if entries:
        connection.execute(
            _APPEND,
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
        connection.execute(_ADDED, {"of_campaign_id": campaign_id, "after_sequence": entries[0].sequence - 1})
    if others := [signature_id for signature_id in ids if signature_id not in added]:
        connection.execute(_COUNTED, {"ids": others})


def add_to_hourly_tally(connection: Connection, campaign_id: int, entries: Sequence[LedgerEntry], now: datetime) -> None:
    """Add entries to what this hour has counted."""
    if entries:
        added = sum(entry.change == 1 for entry in entries)
        hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        totals = {"campaign_id": campaign_id, "hour": hour, "added": added, "ended": len(entries) - added}
        connection.execute(_ADD_TO_HOUR, totals)


def set_tally(connection: Connection, campaign_id: int, tally: Tally, now: datetime) -> None:
    """Store the numbers after the newest entry."""
    connection.execute(
        _SET_TALLY,
        {
            "of_campaign_id": campaign_id,
            "sequence": tally.sequence,
            "verified": tally.verified,
            "pending": tally.pending,
            "paper": tally.paper,
            "held": tally.held,
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

"""Totals for charts, brought up to date in the transaction that counts: what a batch of signatures changes, how it is added.

- By country, source, area, place and declaration (who may sign): verified signatures as the ledger counts them. They go up
  and down with it. By place, only those whose postcode was looked up.
- A *cohort* is the signatures first given in one hour with one mail domain. A signature belongs to one cohort for ever, also
  where it is withdrawn and given again, and is in each stage of it at most once, also where it ended, was forgotten or erased:
  `submitted` once the ledger has seen it, `opened` once its page with the button was seen (or the button pressed), `verified`
  once it was in the count for the first time. So verified <= opened <= submitted. `sent`, `refused` and `unknown` are the
  results of verification mails, of which one signature can have several; `delivered` and `bounced` what was told of those
  later, so a bounce takes a `delivered` back; `reminded` the reminders that were sent. Signatures on paper are in no cohort.
- `wait_tallies` has, for each `verified` of a cohort's hour, how long it took from the signing that was verified.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Executable, Integer, and_, bindparam, func, literal_column, select, text, true, update

from campaign.domain.ledger.latency_histogram import bucket_number
from campaign.domain.mail.delivery import Delivery
from campaign.domain.mail.kinds import MailKind
from campaign.domain.paper.entry import PAPER
from campaign.domain.signatures.signature import SignatureState
from campaign.store.database.statements import adding_upsert, is_any_of
from campaign.store.ledger.ledger import UncountedSignature
from campaign.store.tables import (
    UNTALLIED_DELIVERY_SQL,
    UNTALLIED_SQL,
    area_tallies,
    cohort_tallies,
    country_tallies,
    declaration_tallies,
    outbox,
    place_tallies,
    signatures,
    source_tallies,
    wait_tallies,
)

FUNNEL_STAGES = ("submitted", "sent", "refused", "unknown", "delivered", "bounced", "reminded", "opened", "verified")

_Cohorts = dict[tuple[int, datetime, str], Counter[str]]
"""What each stage of a campaign's cohort (hour, domain) is added to."""


@dataclass(frozen=True, slots=True)
class RollupChanges:
    """Changes of each total by a batch."""

    by_country: Counter[str] = field(default_factory=Counter)
    by_source: Counter[str] = field(default_factory=Counter)
    by_area: Counter[str] = field(default_factory=Counter)
    by_place: Counter[int] = field(default_factory=Counter)
    by_declaration: Counter[int] = field(default_factory=Counter)
    cohorts: dict[tuple[datetime, str], Counter[str]] = field(default_factory=dict)
    """By hour and domain, for each stage."""
    waits: Counter[tuple[datetime, int]] = field(default_factory=Counter)
    """By hour and bucket."""


_COUNTRIES, _SOURCES, _AREAS, _PLACES, _DECLARATIONS, _COHORTS, _WAITS = (
    adding_upsert(table)
    for table in (
        country_tallies,
        source_tallies,
        area_tallies,
        place_tallies,
        declaration_tallies,
        cohort_tallies,
        wait_tallies,
    )
)
_IS_UNTALLIED = text(UNTALLIED_SQL)
# Mails that another process is tallying right now are skipped.
_UNTALLIED_MAILS = (
    select(outbox.c.id)
    .where(_IS_UNTALLIED)
    .order_by(outbox.c.id)
    .limit(bindparam("limit"))
    .with_for_update(key_share=True, skip_locked=True)
)
_MAILS = is_any_of(outbox.c.id, "ids")
_MAIL_RESULTS = (
    select(
        outbox.c.kind,
        outbox.c.state,
        outbox.c.counted_unknown,
        signatures.c.campaign_id,
        signatures.c.domain,
        func.coalesce(signatures.c.first_signed_at, signatures.c.signed_at).label("first_signed_at"),
    )
    .join_from(outbox, signatures, signatures.c.id == outbox.c.signature_id)
    .where(_MAILS)
)
_IS_UNTALLIED_DELIVERY = text(UNTALLIED_DELIVERY_SQL)
_UNTALLIED_DELIVERIES = (
    select(outbox.c.id)
    .where(_IS_UNTALLIED_DELIVERY)
    .order_by(outbox.c.id)
    .limit(bindparam("limit"))
    .with_for_update(key_share=True, skip_locked=True)
)
_DELIVERIES = (
    select(
        outbox.c.delivery,
        outbox.c.counted_delivery,
        signatures.c.campaign_id,
        signatures.c.domain,
        func.coalesce(signatures.c.first_signed_at, signatures.c.signed_at).label("first_signed_at"),
    )
    .join_from(outbox, signatures, signatures.c.id == outbox.c.signature_id)
    .where(_MAILS)
)
_MARK_DELIVERY_TALLIED = update(outbox).where(_MAILS).values(counted_delivery=outbox.c.delivery)
_HAS_UNTALLIED_DELIVERY = select(literal_column("1", Integer())).select_from(outbox).where(_IS_UNTALLIED_DELIVERY).limit(1)
_DELIVERY_STAGES = {
    Delivery.DELIVERED: "delivered", Delivery.COMPLAINT: "delivered",
    Delivery.SOFT_BOUNCE: "bounced", Delivery.HARD_BOUNCE: "bounced",
}  # fmt: skip
"""A complaint is made by who has the mail."""
_MARK_TALLIED = (
    update(outbox)
    .where(_MAILS)
    .values(
        tallied=true(), counted_unknown=and_(outbox.c.kind == MailKind.VERIFY, outbox.c.state == literal_column("'unknown'"))
    )
)
_HAS_UNTALLIED = select(literal_column("1", Integer())).select_from(outbox).where(_IS_UNTALLIED).limit(1)


def rollup_changes(uncounted: Iterable[UncountedSignature]) -> RollupChanges:
    """What counting these signatures in their present state adds to each total."""
    found = RollupChanges()
    for one in uncounted:
        now_verified = one.counts_as_verified
        if one.counted_as == SignatureState.VERIFIED:
            found.by_country[one.counted_country] -= 1
            found.by_source[one.counted_source] -= 1
            found.by_area[one.counted_area] -= 1
            found.by_declaration[one.counted_declaration] -= 1
            if one.counted_place_id is not None:
                found.by_place[one.counted_place_id] -= 1
        if now_verified:
            found.by_country[one.country] += 1
            found.by_source[one.source] += 1
            found.by_area[one.area] += 1
            found.by_declaration[one.declaration] += 1
            if one.place_id is not None:
                found.by_place[one.place_id] += 1
        if one.kind == PAPER:
            continue  # no verification mail was sent, so it is in no funnel
        hour = utc_hour(one.first_signed_at)
        stages = found.cohorts.setdefault((hour, one.domain), Counter())
        # A signature on paper that was withdrawn and is given again online is in the funnel from then on.
        stages["submitted"] += one.counted_as == "none" or one.counted_kind == PAPER
        stages["opened"] += one.link_opened - one.counted_link_opened
        if now_verified and one.ordinal is None:
            stages["verified"] += 1
            waited = (one.verified_at or one.signed_at) - one.signed_at
            found.waits[hour, bucket_number(waited.total_seconds())] += 1
    return found


def add_changes(connection: Connection, campaign_id: int, changes: RollupChanges) -> None:
    """Add them to one campaign's totals, held until the transaction ends."""
    kinds: tuple[tuple[Executable, str, Counter[Any]], ...] = (
        (_COUNTRIES, "country", changes.by_country),
        (_SOURCES, "source", changes.by_source),
        (_AREAS, "area", changes.by_area),
        (_PLACES, "place_id", changes.by_place),
        (_DECLARATIONS, "declaration", changes.by_declaration),
    )
    for sql, column, totals in kinds:
        rows = [
            {"campaign_id": campaign_id, column: key, "verified": change} for key, change in sorted(totals.items()) if change
        ]
        if rows:
            connection.execute(sql, rows)
    _add_cohorts(connection, {(campaign_id, *cohort): stages for cohort, stages in changes.cohorts.items()})
    waits = [
        {"campaign_id": campaign_id, "hour": hour, "bucket": number, "verified": changes.waits[hour, number]}
        for hour, number in sorted(changes.waits)
    ]
    if waits:
        connection.execute(_WAITS, waits)


def tally_mail_results(connection: Connection, limit: int) -> int:
    """Take the results of up to `limit` verification mails and reminders into their cohorts; returns how many."""
    ids = connection.execute(_UNTALLIED_MAILS, {"limit": limit}).scalars().all()
    if not ids:
        return 0
    cohorts: _Cohorts = {}
    for mail in connection.execute(_MAIL_RESULTS, {"ids": ids}):
        stages = cohorts.setdefault((mail.campaign_id, utc_hour(mail.first_signed_at), mail.domain), Counter())
        if mail.kind is MailKind.VERIFY:
            stages[mail.state] += 1
            # An event has told of it since.
            stages["unknown"] -= mail.counted_unknown
        elif mail.state == "sent":
            stages["reminded"] += 1
    connection.execute(_MARK_TALLIED, {"ids": ids})
    _add_cohorts(connection, cohorts)
    return len(ids)


def tally_deliveries(connection: Connection, limit: int) -> int:
    """Take what became of up to `limit` verification mails into their cohorts; returns how many.

    A mail that is told to be delivered and bounces later moves from the one stage to the other.
    """
    ids = connection.execute(_UNTALLIED_DELIVERIES, {"limit": limit}).scalars().all()
    if not ids:
        return 0
    cohorts: _Cohorts = {}
    for mail in connection.execute(_DELIVERIES, {"ids": ids}):
        stages = cohorts.setdefault((mail.campaign_id, utc_hour(mail.first_signed_at), mail.domain), Counter())
        for delivery, change in ((mail.counted_delivery, -1), (mail.delivery, 1)):
            if stage := _DELIVERY_STAGES.get(delivery):
                stages[stage] += change
    connection.execute(_MARK_DELIVERY_TALLIED, {"ids": ids})
    _add_cohorts(connection, cohorts)
    return len(ids)


def has_untallied_mail(connection: Connection) -> bool:
    """Whether the result or the delivery of a verification mail waits to be tallied."""
    return (
        connection.execute(_HAS_UNTALLIED).one_or_none() is not None
        or connection.execute(_HAS_UNTALLIED_DELIVERY).one_or_none() is not None
    )


def utc_hour(moment: datetime) -> datetime:
    """The hour of UTC a moment is in, by its begin."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _add_cohorts(connection: Connection, cohorts: Mapping[tuple[int, datetime, str], Counter[str]]) -> None:
    # In a fixed order, so that counting and tallying mails never wait for each other in a ring.
    rows = [
        {"campaign_id": cohort[0], "hour": cohort[1], "domain": cohort[2]} | {stage: stages[stage] for stage in FUNNEL_STAGES}
        for cohort, stages in sorted(cohorts.items())
        if any(stages.values())
    ]
    if rows:
        connection.execute(_COHORTS, rows)

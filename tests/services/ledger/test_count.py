"""The count: gapless, exact, proved again from scratch."""

from collections.abc import Callable
from datetime import timedelta, timezone
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import text

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign, Milestone
from campaign.domain.campaigns.definition import language_version
from campaign.domain.moderation.removal import RemovalKind
from campaign.domain.signatures.signature import SignatureState
from campaign.runtime import Runtime
from campaign.security.tokens import VerificationRef
from campaign.services.campaigns import listing
from campaign.services.ledger.count import (
    MAX_SIGNATURES_PER_TRANSACTION,
    Reconciliation,
    advance_ledger,
    advance_ledgers,
    ledger_entries,
    reconcile_campaign,
    refresh_campaign_cache,
)
from campaign.services.moderation import removals
from campaign.services.signatures.sign import VerifyOutcome, sign_campaign, verify_signature, withdraw_signature
from campaign.store import tables
from campaign.store.campaigns import lifecycle
from campaign.store.ledger import ledger, reconcile
from campaign.store.ledger.ledger import LedgerEntry, Tally, UncountedSignature
from campaign.store.redis import campaign_cache
from tests.support.factories import START_TIME, ManualClock, new_campaign, sign_form_data, stored_campaign
from tests.support.queries import execute_sql, query_rows
from tests.support.stored_signatures import store_signatures

NOTHING = Tally(sequence=0, verified=0, pending=0)


def due(state: str, counted_as: str, *, ident: int = 1, country: str = "GB", counted_country: str = "GB") -> UncountedSignature:
    return UncountedSignature(
        ident,
        state,
        counted_as,
        country,
        counted_country,
        source="",
        counted_source="",
        area="",
        counted_area="",
        domain="example.org",
        link_opened=0,
        counted_link_opened=0,
        ordinal=None,
        first_signed_at=START_TIME,
        signed_at=START_TIME,
        verified_at=START_TIME,
    )


def by_country(runtime: Runtime, campaign: Campaign) -> dict[str, int]:
    with runtime.reading() as connection:
        return dict(ledger.country_totals(connection, campaign.id))


def entries(runtime: Runtime, campaign: Campaign) -> list[tuple[int, int, str, int, int]]:
    """The ledger as it stands: sequence, signature, event, change, total."""
    sql = text("SELECT sequence, signature_id, event, change, total FROM ledger WHERE campaign_id = :id ORDER BY sequence")
    with runtime.reading() as connection:
        return [tuple(row) for row in connection.execute(sql, {"id": campaign.id})]


def sign(runtime: Runtime, campaign: Campaign, email: str = "ada@example.org", **changes: Any) -> VerificationRef:
    """Somebody signs; the link of the mail that is owed for it."""
    sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(email, **changes))
    sql = text("SELECT id, link_key, edition FROM signatures WHERE campaign_id = :campaign AND email_key = :key")
    with runtime.reading() as connection:
        row = connection.execute(sql, {"campaign": campaign.id, "key": email.lower()}).one()
    return VerificationRef(row.id, row.link_key, row.edition)


def verified(runtime: Runtime, campaign: Campaign, email: str = "ada@example.org", **changes: Any) -> int:
    """Somebody signs and verifies; the id of their signature."""
    link = sign(runtime, campaign, email, **changes)
    assert verify_signature(runtime, link).outcome is VerifyOutcome.NOW
    return link.signature_id


@pytest.fixture
def tamper(runtime: Runtime) -> Callable[..., None]:
    """Somebody with a database console."""

    def change(sql: str) -> None:
        execute_sql(runtime, sql)

    return change


# What the entries are: a pure function


@pytest.mark.parametrize(
    ("state", "counted_as", "written", "after"),
    [
        ("pending", "none", None, Tally(7, 5, 4)),
        ("verified", "none", ("verify", 1), Tally(8, 6, 3)),
        ("verified", "pending", ("verify", 1), Tally(8, 6, 2)),
        ("withdrawn", "none", None, Tally(7, 5, 3)),
        ("withdrawn", "pending", None, Tally(7, 5, 2)),
        ("withdrawn", "verified", ("withdraw", -1), Tally(8, 4, 3)),
        ("invalidated", "none", None, Tally(7, 5, 3)),
        ("invalidated", "pending", None, Tally(7, 5, 2)),
        ("invalidated", "verified", ("invalidate", -1), Tally(8, 4, 3)),
        ("invalidated", "withdrawn", None, Tally(7, 5, 3)),
        ("verified", "invalidated", ("restore", 1), Tally(8, 6, 3)),
        ("pending", "invalidated", None, Tally(7, 5, 4)),
        ("pending", "withdrawn", None, Tally(7, 5, 4)),
        ("verified", "withdrawn", ("verify", 1), Tally(8, 6, 3)),
        ("pending", "verified", ("withdraw", -1), Tally(8, 4, 4)),
        ("verified", "verified", None, Tally(7, 5, 3)),
    ],
)
def test_what_a_signature_adds_to_the_ledger(
    state: str, counted_as: str, written: tuple[str, int] | None, after: Tally
) -> None:
    found, tally = ledger_entries([due(state, counted_as, ident=42)], Tally(sequence=7, verified=5, pending=3))
    assert tally == after
    if written is None:
        assert found == []
    else:
        event, change = written
        assert found == [LedgerEntry(sequence=8, signature_id=42, event=event, change=change, total=after.verified)]


def test_every_move_between_two_states_keeps_the_tally_true() -> None:
    for counted_as in ("none", *SignatureState):
        for state in SignatureState:
            before = Tally(9, int(counted_as == "verified"), int(counted_as == "pending"))
            found, after = ledger_entries([due(state, counted_as)], before)
            assert (after.verified, after.pending) == (int(state == "verified"), int(state == "pending"))
            assert sum(entry.change for entry in found) == after.verified - before.verified
            assert after.sequence == 9 + len(found)


def test_entries_follow_each_other_without_a_gap() -> None:
    moved = [
        due(state, counted_as, ident=ident)
        for ident, (state, counted_as) in enumerate(
            [
                ("verified", "none"),
                ("pending", "none"),
                ("verified", "pending"),
                ("withdrawn", "verified"),
                ("verified", "none"),
            ],
            1,
        )
    ]
    found, after = ledger_entries(moved, Tally(10, 4, 1))
    assert [(entry.sequence, entry.signature_id, entry.change, entry.total) for entry in found] == [
        (11, 1, 1, 5),
        (12, 3, 1, 6),
        (13, 4, -1, 5),
        (14, 5, 1, 6),
    ]
    assert after == Tally(14, 6, 1)


def test_where_nothing_moved_nothing_is_written() -> None:
    assert ledger_entries([], Tally(3, 2, 1)) == ([], Tally(3, 2, 1))


# The count as it moves


def test_a_signature_counts_once_its_email_is_verified(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    link = sign(runtime, campaign)
    assert advance_ledgers(runtime) == 1
    waiting = stored_campaign(runtime, campaign)
    assert (waiting.signatures, waiting.pending, waiting.sequence) == (0, 1, 0)

    verify_signature(runtime, link)
    now.advance(minutes=1)
    assert advance_ledgers(runtime) == 1
    after = stored_campaign(runtime, campaign)
    assert (after.signatures, after.pending, after.sequence, after.as_of) == (1, 0, 1, now())
    assert entries(runtime, campaign) == [(1, link.signature_id, "verify", 1, 1)]


def test_counting_again_counts_nothing_twice(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    verified(runtime, campaign)
    assert [advance_ledgers(runtime) for _ in range(3)] == [1, 0, 0]
    assert len(entries(runtime, campaign)) == stored_campaign(runtime, campaign).signatures == 1


def test_each_way_in_and_out_is_an_entry(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    ada, eve = verified(runtime, campaign, "ada@example.org"), verified(runtime, campaign, "eve@example.org")
    advance_ledgers(runtime)
    for move in (
        lambda: withdraw_signature(runtime, ada),
        lambda: removals.invalidate_signature(runtime, COMMAND_LINE, eve, RemovalKind.PROGRAM, "a bot"),
        lambda: removals.restore_signature(runtime, COMMAND_LINE, eve, "A mistake"),
    ):
        assert move()
        assert advance_ledgers(runtime) == 1
    assert entries(runtime, campaign) == [
        (1, ada, "verify", 1, 1),
        (2, eve, "verify", 1, 2),
        (3, ada, "withdraw", -1, 1),
        (4, eve, "invalidate", -1, 0),
        (5, eve, "restore", 1, 1),
    ]
    assert stored_campaign(runtime, campaign).signatures == 1


def test_campaigns_are_counted_apart(runtime: Runtime) -> None:
    pond, wood = new_campaign(runtime), new_campaign(runtime, slug="save-the-wood")
    verified(runtime, pond)
    verified(runtime, wood)
    verified(runtime, wood, "eve@example.org")
    assert advance_ledgers(runtime) == 3
    assert [entry[0] for entry in entries(runtime, pond)] == [1]
    assert [entry[0] for entry in entries(runtime, wood)] == [1, 2]
    assert (stored_campaign(runtime, pond).signatures, stored_campaign(runtime, wood).signatures) == (1, 2)


def test_a_milestone_is_set_by_the_signature_that_reaches_it(runtime: Runtime) -> None:
    campaign = new_campaign(runtime, goals=(1, 3, 4, 10))
    for number in range(4):
        verified(runtime, campaign, f"{number}@example.org")
    advance_ledgers(runtime)
    assert stored_campaign(runtime, campaign).milestones == (
        Milestone(1, START_TIME),
        Milestone(3, START_TIME),
        Milestone(4, START_TIME),
    )
    reached = query_rows(runtime, "SELECT goal, sequence FROM milestones ORDER BY goal")
    assert [tuple(row) for row in reached] == [(1, 1), (3, 3), (4, 4)]


def test_a_milestone_keeps_its_moment_when_it_is_passed_again(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime, goals=(2, 10))
    ada = verified(runtime, campaign, "ada@example.org")
    verified(runtime, campaign, "eve@example.org")
    advance_ledgers(runtime)

    now.advance(days=1)
    withdraw_signature(runtime, ada)
    advance_ledgers(runtime)
    assert stored_campaign(runtime, campaign).signatures == 1
    assert stored_campaign(runtime, campaign).milestones == (Milestone(2, START_TIME),)

    now.advance(days=1)
    verified(runtime, campaign, "mae@example.org")
    advance_ledgers(runtime)
    assert stored_campaign(runtime, campaign).signatures == 2
    assert stored_campaign(runtime, campaign).milestones == (Milestone(2, START_TIME),)


def test_a_milestone_that_is_reached_and_lost_in_one_round_was_reached(runtime: Runtime) -> None:
    campaign = new_campaign(runtime, goals=(2,))
    ada = verified(runtime, campaign, "0@example.org")
    advance_ledgers(runtime)
    # The ledger takes signatures in the order they were first given: hers, which ends, comes before the new one, and the
    # total never passes one.
    withdraw_signature(runtime, ada)
    verified(runtime, campaign, "1@example.org")
    advance_ledgers(runtime)
    assert stored_campaign(runtime, campaign).milestones == ()
    # The other way round it does pass two.
    sign(runtime, campaign, "2@example.org")
    verified(runtime, campaign, "3@example.org")
    advance_ledgers(runtime)
    assert stored_campaign(runtime, campaign).milestones == (Milestone(2, START_TIME),)


def test_totals_by_country_move_with_signatures(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    ada = verified(runtime, campaign, "ada@example.org", country="GB")
    verified(runtime, campaign, "eve@example.org", country="FR")
    verified(runtime, campaign, "mae@example.org", country="FR")
    sign(runtime, campaign, "zoe@example.org", country="DE")
    verified(runtime, campaign, "noa@example.org", country="")
    advance_ledgers(runtime)
    assert by_country(runtime, campaign) == {"FR": 2, "GB": 1}
    assert list(by_country(runtime, campaign)) == ["FR", "GB"]

    withdraw_signature(runtime, ada)
    advance_ledgers(runtime)
    assert by_country(runtime, campaign) == {"FR": 2}


@pytest.mark.parametrize("counted_in_between", [True, False])
def test_signing_again_from_another_country_moves_the_total_there(runtime: Runtime, counted_in_between: bool) -> None:
    campaign = new_campaign(runtime)
    ada = verified(runtime, campaign, country="GB")
    advance_ledgers(runtime)
    withdraw_signature(runtime, ada)
    if counted_in_between:
        advance_ledgers(runtime)
        assert by_country(runtime, campaign) == {}
    assert verified(runtime, campaign, country="IE") == ada
    advance_ledgers(runtime)

    assert by_country(runtime, campaign) == {"IE": 1}
    assert stored_campaign(runtime, campaign).signatures == 1
    assert [entry[2] for entry in entries(runtime, campaign)] == (
        ["verify", "withdraw", "verify"] if counted_in_between else ["verify"]
    )
    assert advance_ledgers(runtime) == 0


def test_redis_shows_the_count_after_each_round(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    for number in range(3):
        verified(runtime, campaign, f"{number}@example.org")
        advance_ledgers(runtime)
        assert campaign_cache.cached_campaign(runtime.redis, campaign.slug) == stored_campaign(runtime, campaign)
        assert runtime.redis.hget(f"countersign:campaign:{campaign.slug}", "verified") == str(number + 1).encode()


def put_on_file(runtime: Runtime, campaign: Campaign, amount: int) -> None:
    """Many signatures at once, as if each had been given and verified."""
    store_signatures(runtime, campaign, [{"signed_at": START_TIME}] * amount)


def test_more_than_one_batch_is_counted_in_one_go(runtime: Runtime) -> None:
    campaign = new_campaign(runtime, goals=(MAX_SIGNATURES_PER_TRANSACTION, 2 * MAX_SIGNATURES_PER_TRANSACTION))
    put_on_file(runtime, campaign, 2 * MAX_SIGNATURES_PER_TRANSACTION + 1)
    assert advance_ledgers(runtime) == 2 * MAX_SIGNATURES_PER_TRANSACTION + 1
    assert stored_campaign(runtime, campaign).signatures == 2 * MAX_SIGNATURES_PER_TRANSACTION + 1
    assert [entry[0] for entry in entries(runtime, campaign)] == list(range(1, 2 * MAX_SIGNATURES_PER_TRANSACTION + 2))
    assert [entry[4] for entry in entries(runtime, campaign)] == list(range(1, 2 * MAX_SIGNATURES_PER_TRANSACTION + 2))
    assert [milestone.goal for milestone in stored_campaign(runtime, campaign).milestones] == [
        MAX_SIGNATURES_PER_TRANSACTION,
        2 * MAX_SIGNATURES_PER_TRANSACTION,
    ]
    assert by_country(runtime, campaign) == {"GB": 2 * MAX_SIGNATURES_PER_TRANSACTION + 1}


def test_exactly_one_batch_is_counted_to_its_end(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    put_on_file(runtime, campaign, MAX_SIGNATURES_PER_TRANSACTION)
    assert advance_ledger(runtime, campaign.id) == MAX_SIGNATURES_PER_TRANSACTION
    assert stored_campaign(runtime, campaign).signatures == MAX_SIGNATURES_PER_TRANSACTION


def test_many_who_count_at_once_write_one_gapless_ledger(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    put_on_file(runtime, campaign, 2 * MAX_SIGNATURES_PER_TRANSACTION + 500)
    begin, counted = Barrier(3), []

    def count() -> None:
        begin.wait()
        counted.append(advance_ledger(runtime, campaign.id))

    threads = [Thread(target=count) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(counted) == 3
    assert sum(counted) == 2 * MAX_SIGNATURES_PER_TRANSACTION + 500
    found = entries(runtime, campaign)
    assert (
        [entry[0] for entry in found]
        == [entry[4] for entry in found]
        == list(range(1, 2 * MAX_SIGNATURES_PER_TRANSACTION + 501))
    )
    assert len({entry[1] for entry in found}) == 2 * MAX_SIGNATURES_PER_TRANSACTION + 500
    assert stored_campaign(runtime, campaign).signatures == 2 * MAX_SIGNATURES_PER_TRANSACTION + 500
    copy = campaign_cache.cached_campaign(runtime.redis, campaign.slug)
    assert copy is not None
    assert copy.verified == 2 * MAX_SIGNATURES_PER_TRANSACTION + 500
    assert reconcile_campaign(runtime, campaign).consistent


def test_signatures_given_while_the_ledger_is_written_are_all_counted(runtime: Runtime) -> None:
    campaign, begin = new_campaign(runtime), Barrier(3)

    def people(first: int) -> None:
        begin.wait()
        for number in range(first, first + 12):
            ident = verified(runtime, campaign, f"{number}@example.org")
            if number % 3 == 0:
                withdraw_signature(runtime, ident)

    def count() -> None:
        begin.wait()
        for _ in range(20):
            advance_ledgers(runtime)

    threads = [Thread(target=people, args=(0,)), Thread(target=people, args=(12,)), Thread(target=count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    advance_ledgers(runtime)

    assert stored_campaign(runtime, campaign).signatures == 16
    found = entries(runtime, campaign)
    assert [entry[0] for entry in found] == list(range(1, len(found) + 1))
    assert found[-1][4] == sum(entry[3] for entry in found) == 16
    assert reconcile_campaign(runtime, campaign).consistent


# Which signature somebody's is


def ordinals(runtime: Runtime) -> dict[int, int | None]:
    with runtime.reading() as connection:
        return {row.id: row.ordinal for row in connection.execute(text("SELECT id, ordinal FROM signatures ORDER BY id"))}


def test_a_signature_is_the_running_total_that_counting_it_made(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    first = [verified(runtime, campaign, f"{number}@example.org") for number in range(3)]
    waiting = sign(runtime, campaign, "waiting@example.org").signature_id
    assert set(ordinals(runtime).values()) == {None}
    advance_ledgers(runtime)
    later = verified(runtime, campaign, "later@example.org")
    advance_ledgers(runtime)
    # Nobody withdrew, so no two are the same one.
    assert ordinals(runtime) == {first[0]: 1, first[1]: 2, first[2]: 3, waiting: None, later: 4}
    assert ordinals(runtime) == {waiting: None} | {entry[1]: entry[4] for entry in entries(runtime, campaign)}


def test_who_withdrew_and_signed_again_is_the_one_they_are_now(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    ada, eve, mae = (verified(runtime, campaign, f"{name}@example.org") for name in ("ada", "eve", "mae"))
    advance_ledgers(runtime)
    withdraw_signature(runtime, ada)
    advance_ledgers(runtime)
    # What the others were told stays true of the moment they signed.
    assert ordinals(runtime) == {ada: 1, eve: 2, mae: 3}
    assert [verified(runtime, campaign, f"{name}@example.org") for name in ("zoe", "ada")] == [4, ada]
    advance_ledgers(runtime)
    assert ordinals(runtime)[ada] != 1
    newest = {entry[1]: entry[4] for entry in entries(runtime, campaign) if entry[3] == 1}
    assert ordinals(runtime) == newest
    assert sorted((newest[ada], newest[4])) == [3, 4]


def test_who_is_restored_is_the_one_that_restoring_made(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    ada, eve = verified(runtime, campaign, "ada@example.org"), verified(runtime, campaign, "eve@example.org")
    advance_ledgers(runtime)
    removals.invalidate_signature(runtime, COMMAND_LINE, ada, RemovalKind.PROGRAM, "a mistake")
    advance_ledgers(runtime)
    removals.restore_signature(runtime, COMMAND_LINE, ada, "A mistake")
    advance_ledgers(runtime)
    assert ordinals(runtime) == {ada: 2, eve: 2}


def test_a_change_that_adds_nobody_to_the_total_changes_nobodys_number(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    ada, eve = verified(runtime, campaign, "ada@example.org"), verified(runtime, campaign, "eve@example.org")
    advance_ledgers(runtime)
    # Ended and given again within one round: it never left the total, only its country moved.
    withdraw_signature(runtime, ada)
    verified(runtime, campaign, "ada@example.org", country="IE")
    removals.invalidate_signature(runtime, COMMAND_LINE, eve, RemovalKind.PROGRAM, "a bot")
    assert advance_ledgers(runtime) == 2
    assert ordinals(runtime) == {ada: 1, eve: 2}
    assert by_country(runtime, campaign) == {"IE": 1}


def test_campaigns_number_their_signatures_apart(runtime: Runtime) -> None:
    pond, wood = new_campaign(runtime), new_campaign(runtime, slug="save-the-wood")
    first, second = verified(runtime, pond), verified(runtime, wood)
    verified(runtime, wood, "eve@example.org")
    advance_ledgers(runtime)
    assert ordinals(runtime) == {first: 1, second: 1, 3: 2}


# What each hour added


def by_hour(runtime: Runtime, campaign: Campaign) -> dict[int, tuple[int, int]]:
    """Added and ended in each hour, by how many hours after START it is."""
    with runtime.reading() as connection:
        tallies = connection.execute(tables.hourly_tallies.select().where(tables.hourly_tallies.c.campaign_id == campaign.id))
        return {int((row.hour - START_TIME).total_seconds() // 3600): (row.added, row.ended) for row in tallies}


def test_each_hour_says_what_it_added_and_what_ended_in_it(runtime: Runtime, now: ManualClock) -> None:
    campaign, wood = new_campaign(runtime), new_campaign(runtime, slug="save-the-wood")
    ada, eve = verified(runtime, campaign, "ada@example.org"), verified(runtime, campaign, "eve@example.org")
    sign(runtime, campaign, "waiting@example.org")
    advance_ledgers(runtime)
    assert by_hour(runtime, campaign) == {0: (2, 0)}

    # To its last moment it is the same hour.
    now.advance(minutes=59, seconds=59.999)
    verified(runtime, campaign, "mae@example.org")
    verified(runtime, wood)
    withdraw_signature(runtime, ada)
    advance_ledgers(runtime)
    assert by_hour(runtime, campaign) == {0: (3, 1)}

    now.at = START_TIME + timedelta(hours=1)
    removals.invalidate_signature(runtime, COMMAND_LINE, eve, RemovalKind.PROGRAM, "a bot")
    advance_ledgers(runtime)
    assert by_hour(runtime, campaign) == {0: (3, 1), 1: (0, 1)}

    now.advance(hours=30)
    removals.restore_signature(runtime, COMMAND_LINE, eve, "A mistake")
    verified(runtime, campaign, "ada@example.org")
    advance_ledgers(runtime)
    assert by_hour(runtime, campaign) == {0: (3, 1), 1: (0, 1), 31: (2, 0)}
    assert by_hour(runtime, wood) == {0: (1, 0)}

    # Together they are the ledger: not an entry more or less.
    changes = [entry[3] for entry in entries(runtime, campaign)]
    hours = by_hour(runtime, campaign).values()
    assert sum(added for added, _ in hours) == changes.count(1) == 5
    assert sum(ended for _, ended in hours) == changes.count(-1) == 2
    assert sum(added - ended for added, ended in hours) == stored_campaign(runtime, campaign).signatures == 3


def test_a_round_that_writes_no_entry_adds_no_hour(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    sign(runtime, campaign)
    assert advance_ledgers(runtime) == 1
    assert by_hour(runtime, campaign) == {}


def test_an_hour_is_told_apart_whatever_the_zone_of_the_clock(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    now.at = START_TIME.astimezone(timezone(timedelta(hours=5, minutes=45)))
    verified(runtime, campaign)
    advance_ledgers(runtime)
    assert by_hour(runtime, campaign) == {0: (1, 0)}


# Proved again from scratch


def test_a_sound_campaign_reconciles(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    ada = verified(runtime, campaign)
    verified(runtime, campaign, "eve@example.org")
    sign(runtime, campaign, "mae@example.org")
    advance_ledgers(runtime)
    withdraw_signature(runtime, ada)
    advance_ledgers(runtime)
    sign(runtime, campaign, "zoe@example.org")

    found = reconcile_campaign(runtime, campaign)
    assert found == Reconciliation(
        slug="save-the-pond", verified=1, drift=0, pending_drift=0, ledger_drift=0, gaps=0, uncounted=1, redis_drift=0,
        redis_repaired=True,
    )  # fmt: skip
    assert found.consistent


def forged_entry(*, sequence: int, total: int) -> str:
    return f"""
        INSERT INTO ledger (campaign_id, sequence, signature_id, event, change, total, at)
        SELECT campaign_id, {sequence}, signature_id, event, 1, {total}, at FROM ledger WHERE sequence = 1"""


@pytest.mark.parametrize(
    ("sql", "drift"),
    [
        ("UPDATE tallies SET verified = verified + 1, sequence = sequence + 1", {"drift": 1, "ledger_drift": -1}),
        ("UPDATE tallies SET verified = verified - 1", {"drift": -1, "ledger_drift": 1}),
        ("UPDATE tallies SET pending = pending + 5", {"pending_drift": 5}),
        (
            forged_entry(sequence=7, total=3),
            {"ledger_drift": 1, "gaps": 4},
        ),
        (
            forged_entry(sequence=3, total=9),
            {"ledger_drift": 6},
        ),
    ],
)
def test_a_store_that_was_tampered_with_is_reported(
    runtime: Runtime, tamper: Callable[..., None], sql: str, drift: dict[str, int]
) -> None:
    campaign = new_campaign(runtime)
    for email in ("ada@example.org", "eve@example.org"):
        verified(runtime, campaign, email)
    sign(runtime, campaign, "mae@example.org")
    advance_ledgers(runtime)
    assert reconcile_campaign(runtime, campaign).consistent
    tamper(sql)

    found = reconcile_campaign(runtime, campaign)
    assert not found.consistent
    reported = {name: getattr(found, name) for name in ("drift", "pending_drift", "ledger_drift", "gaps")}
    assert reported == {"drift": 0, "pending_drift": 0, "ledger_drift": 0, "gaps": 0, **drift}
    assert found.verified == 2


def test_a_signature_counted_by_hand_is_reported(runtime: Runtime, tamper: Callable[..., None]) -> None:
    campaign = new_campaign(runtime)
    sign(runtime, campaign)
    advance_ledgers(runtime)
    tamper("UPDATE signatures SET state = 'verified', counted_as = 'verified', counted_country = country")
    found = reconcile_campaign(runtime, campaign)
    assert (found.verified, found.drift, found.pending_drift, found.consistent) == (1, -1, 1, False)


def test_reconciling_repairs_the_copy_in_redis(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    verified(runtime, campaign)
    advance_ledgers(runtime)
    truth = stored_campaign(runtime, campaign)
    # A copy from the future, as a database put back from a backup leaves it: no newer one would ever overwrite it.
    runtime.redis.hset(f"countersign:campaign:{campaign.slug}", mapping={"revision": 10_000, "verified": 500})
    facts = runtime.redis.hget(f"countersign:campaign:{campaign.slug}", "facts")
    assert facts is not None
    numbers = f'"numbers":[{truth.sequence},{truth.verified},'.encode()
    assert numbers in facts
    forged = facts.replace(numbers, b'"numbers":[900,500,').replace(
        f'"revision":{truth.revision}'.encode(), b'"revision":10000'
    )
    runtime.redis.hset(f"countersign:campaign:{campaign.slug}", "facts", forged)
    assert not runtime.cache_campaign(truth)

    found = reconcile_campaign(runtime, campaign)
    assert (found.redis_drift, found.consistent) == (499, True)
    assert campaign_cache.cached_campaign(runtime.redis, campaign.slug) == truth
    assert runtime.redis.hget(f"countersign:campaign:{campaign.slug}", "verified") == b"1"
    assert reconcile_campaign(runtime, campaign).redis_drift == 0


def test_reconciling_makes_a_copy_where_redis_has_none(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    runtime.redis.flushall()
    assert reconcile_campaign(runtime, campaign).redis_drift is None
    assert campaign_cache.cached_campaign(runtime.redis, campaign.slug) == stored_campaign(runtime, campaign)


def test_reconciling_lets_searches_find_what_an_older_version_made(runtime: Runtime, tamper: Callable[..., None]) -> None:
    welsh = language_version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.")
    campaign = new_campaign(runtime, translations=(welsh,))
    # The column is one that an older version knows nothing of.
    tamper("UPDATE campaigns SET search_text = ''")
    assert not listing.search_campaigns(runtime, "village", 1, runtime.now()).campaigns
    assert reconcile_campaign(runtime, campaign).search_keys_repaired
    for words in ("village", "pwll", "parish"):
        (found,) = listing.search_campaigns(runtime, words, 1, runtime.now()).campaigns
        assert found.slug == campaign.slug
    assert not reconcile_campaign(runtime, campaign).search_keys_repaired


def test_what_redis_lost_is_copied_again(runtime: Runtime) -> None:
    pond, wood = new_campaign(runtime), new_campaign(runtime, slug="save-the-wood")
    assert refresh_campaign_cache(runtime) == 0
    campaign_cache.delete_cached_campaign(runtime.redis, wood.slug)
    assert refresh_campaign_cache(runtime) == 1
    assert campaign_cache.cached_campaign(runtime.redis, wood.slug) == stored_campaign(runtime, wood)
    runtime.redis.flushall()
    assert refresh_campaign_cache(runtime) == 2
    assert campaign_cache.cached_campaign(runtime.redis, pond.slug) == stored_campaign(runtime, pond)


def test_a_copy_in_an_older_state_is_made_new(runtime: Runtime, tamper: Callable[..., None]) -> None:
    campaign = new_campaign(runtime)
    tamper("UPDATE campaigns SET paused = true, revision = revision + 1")
    assert refresh_campaign_cache(runtime) == 1
    copy = campaign_cache.cached_campaign(runtime.redis, campaign.slug)
    assert copy is not None
    assert copy.window.paused


def test_a_campaign_that_was_taken_down_while_redis_was_down_is_taken_down_there_too(
    runtime: Runtime, tamper: Callable[..., None], now: ManualClock
) -> None:
    campaign = new_campaign(runtime)
    with runtime.transaction() as connection:
        lifecycle.take_down_campaign(connection, campaign.id, now())
    assert refresh_campaign_cache(runtime) == 1
    copy = campaign_cache.cached_campaign(runtime.redis, campaign.slug)
    assert copy is not None
    assert copy.taken_down


def test_every_signature_is_seen_by_the_census(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    verified(runtime, campaign)
    advance_ledgers(runtime)
    sign(runtime, campaign, "eve@example.org")
    now.advance(hours=1)
    removals.invalidate_signature(runtime, COMMAND_LINE, 1, RemovalKind.PROGRAM, "a bot")
    with runtime.reading() as connection:
        assert reconcile.count_by_state(connection, campaign.id) == {("invalidated", "verified"): 1, ("pending", "none"): 1}
    assert now() - START_TIME == timedelta(hours=1)

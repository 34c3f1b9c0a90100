"""Held counting: signatures of a burst wait uncounted until its flag is judged or a day has passed, and are then counted or
not, each once."""

import random
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import text

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.exports.plan import ExportPlan
from campaign.domain.moderation.big_act import UnconfirmedBigActError
from campaign.domain.moderation.flag import SERIOUS_SCORE, FlagKind
from campaign.domain.moderation.holding import HOLD_MARGIN
from campaign.domain.moderation.removal import RemovalKind, SignatureSelection
from campaign.domain.moderation.standing_rule import RuleAction, read_criteria
from campaign.domain.signatures.filters import Filters
from campaign.runtime import Runtime
from campaign.services.ledger import count, finalise, holding
from campaign.services.log import append
from campaign.services.moderation import batches, flags, removals, standing_rules
from campaign.services.moderation import holding as desk_holding
from campaign.services.signatures import comments, erase
from campaign.services.signatures.sign import VerifyOutcome, sign_campaign, verify_signature, withdraw_signature
from campaign.store.campaigns import campaigns
from campaign.store.exports import export_rows, subscribers
from campaign.store.moderation.batches import MatchCounts
from campaign.store.moderation.flags import Flag
from campaign.store.signatures import signature_list
from campaign.store.submissions import submissions
from tests.conftest import on_both_databases
from tests.support.factories import ManualClock, new_campaign, sign_form_data, stored_campaign, verify_link_of
from tests.support.queries import execute_sql, query_rows

pytestmark = on_both_databases

NETWORK = "203.0.113.0/24"
BURST = {"name": "Jo Bloggs", "network": NETWORK, "updates": True}


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    made = new_campaign(runtime)
    assert desk_holding.set_holding(runtime, COMMAND_LINE, made, on=True)
    return made


def sign(runtime: Runtime, campaign: Campaign, address: str, **changes: object) -> int:
    sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(address, **changes))
    with runtime.reading() as connection:
        sql = text("SELECT id FROM signatures WHERE email_key = :key AND campaign_id = :campaign_id")
        return int(connection.execute(sql, {"key": address, "campaign_id": campaign.id}).scalar_one())


def verify(runtime: Runtime, number: int) -> None:
    assert verify_signature(runtime, verify_link_of(runtime, number)).outcome is VerifyOutcome.NOW


def burst(runtime: Runtime, campaign: Campaign, amount: int = 6) -> list[int]:
    """Signatures of a burst, not yet verified, and the flag that holds raised."""
    numbers = [sign(runtime, campaign, f"jo{number}@burst.example", **BURST) for number in range(amount)]
    flags.raise_flags(runtime)
    return numbers


def flag(runtime: Runtime, campaign: Campaign) -> Flag:
    found = [each for each in flags.list_flags(runtime, campaign) if each.kind is FlagKind.NAME]
    assert [each.score >= SERIOUS_SCORE for each in found] == [True]
    return found[0]


def numbers(runtime: Runtime, campaign: Campaign) -> tuple[int, int, int]:
    """Counted, held and pending once the ledger has caught up; everything agrees with everything."""
    count.advance_ledgers(runtime)
    append.advance_log(runtime)
    with runtime.reading() as connection:
        found = campaigns.get_by_id(connection, campaign.id)
        rows = connection.execute(text("SELECT count(*) FROM signatures WHERE state = 'verified' AND held_flag_id IS NOT NULL"))
        assert found.held == rows.scalar_one()
    proved = count.reconcile_campaign(runtime, found)
    assert proved.consistent
    assert (proved.held, proved.uncounted) == (found.held, 0)
    return found.verified, found.held, found.pending


def events(runtime: Runtime) -> list[str]:
    with runtime.reading() as connection:
        return list(connection.execute(text("SELECT event FROM ledger ORDER BY sequence")).scalars())


def test_a_burst_waits_uncounted_and_everybody_else_is_counted(runtime: Runtime, campaign: Campaign) -> None:
    before = sign(runtime, campaign, "early@burst.example", **BURST)
    verify(runtime, before)
    assert numbers(runtime, campaign) == (1, 0, 0)
    for number in burst(runtime, campaign):
        verify(runtime, number)
    verify(runtime, sign(runtime, campaign, "ada@example.org"))
    assert numbers(runtime, campaign) == (2, 6, 0)
    # A second look changes nothing, and nothing is left to do.
    assert numbers(runtime, campaign) == (2, 6, 0)
    assert events(runtime) == ["verify", "verify"]
    assert not holding.has_releasable(runtime)


def test_a_campaign_that_asks_for_nothing_holds_nobody(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    for number in burst(runtime, campaign):
        verify(runtime, number)
    assert flag(runtime, campaign).holds_until is None
    assert numbers(runtime, campaign) == (6, 0, 0)


def test_a_flag_that_is_put_away_counts_what_it_held_once(runtime: Runtime, campaign: Campaign) -> None:
    first, *others = burst(runtime, campaign)
    for number in others:
        verify(runtime, number)
    assert numbers(runtime, campaign) == (0, 5, 1)
    assert holding.release_due(runtime) == 0
    held = flag(runtime, campaign)
    assert desk_holding.read_holding(runtime, campaign) == (True, {held.id: 5})
    assert flags.dismiss_flag(runtime, COMMAND_LINE, campaign, held.id)
    assert holding.has_releasable(runtime)
    assert holding.release_due(runtime) == 5
    assert numbers(runtime, campaign) == (5, 0, 1)
    verify(runtime, first)
    assert numbers(runtime, campaign) == (6, 0, 0)
    # A flag that is judged again holds those that come, never those it has let go.
    assert flags.reopen_flag(runtime, COMMAND_LINE, campaign, held.id)
    verify(runtime, sign(runtime, campaign, "late@burst.example", **BURST))
    assert numbers(runtime, campaign) == (6, 1, 0)
    assert events(runtime) == ["verify"] * 6


def test_to_invalidate_what_is_held_takes_nothing_off_the_count(runtime: Runtime, campaign: Campaign) -> None:
    waiting, *others = burst(runtime, campaign)
    for number in others:
        verify(runtime, number)
    verify(runtime, sign(runtime, campaign, "ada@example.org"))
    assert numbers(runtime, campaign) == (1, 5, 1)
    chosen = SignatureSelection(ids=(waiting, *others))
    dry = batches.dry_run(runtime, campaign, chosen)
    assert (dry.matches, dry.total) == (MatchCounts(counted=0, held=5, pending=1), 6)
    # Nobody is asked whether they mean a tenth of the count.
    batches.start_batch(
        runtime, COMMAND_LINE, campaign, chosen, RemovalKind.PROGRAM, "one machine", dry.total, dry.newest_id,
        counted=dry.matches.counted,
    )  # fmt: skip
    assert batches.run_due_batches(runtime) == 6
    assert numbers(runtime, campaign) == (1, 0, 0)


def test_to_give_back_what_was_held_counts_it_and_is_asked_about_as_what_it_is(runtime: Runtime, campaign: Campaign) -> None:
    waiting, *others = burst(runtime, campaign)
    for number in others:
        verify(runtime, number)
    verify(runtime, sign(runtime, campaign, "ada@example.org"))
    number = invalidate(runtime, campaign, waiting, *others)
    assert numbers(runtime, campaign) == (1, 0, 0)
    # Five count then, since somebody has judged them: that is a big act.
    with pytest.raises(UnconfirmedBigActError):
        undo(runtime, campaign, number)
    assert undo(runtime, campaign, number, confirmed=True)
    assert numbers(runtime, campaign) == (6, 0, 1)
    # Who never confirmed does not count then either: nobody is asked whether they mean a tenth of the count.
    number = invalidate(runtime, campaign, waiting)
    assert undo(runtime, campaign, number)
    assert numbers(runtime, campaign) == (6, 0, 1)


def invalidate(runtime: Runtime, campaign: Campaign, *chosen: int) -> int:
    """Number of a batch that has invalidated some signatures."""
    selection = SignatureSelection(ids=chosen)
    number = batches.start_batch(
        runtime, COMMAND_LINE, campaign, selection, RemovalKind.PROGRAM, "one machine", len(chosen), confirmed=True
    )
    assert batches.run_due_batches(runtime) == len(chosen)
    return number


def undo(runtime: Runtime, campaign: Campaign, number: int, *, confirmed: bool = False) -> bool:
    """Undo a batch, as of what counts now."""
    with runtime.reading() as connection:
        counts = campaigns.get_by_id(connection, campaign.id)
    batch = batches.get_batch(runtime, campaign, number)
    assert batch is not None
    began = batches.undo_batch(runtime, COMMAND_LINE, counts, batch, "a mistake", confirmed=confirmed)
    while batches.run_due_batches(runtime):
        pass
    return began


def test_a_day_without_a_judgement_counts_them(runtime: Runtime, campaign: Campaign, now: ManualClock) -> None:
    for number in burst(runtime, campaign):
        verify(runtime, number)
    assert numbers(runtime, campaign) == (0, 6, 0)
    now.at = (flag(runtime, campaign).holds_until or now.at) - timedelta(seconds=1)
    assert holding.release_due(runtime) == 0
    now.advance(seconds=1)
    assert holding.release_due(runtime) == 6
    assert numbers(runtime, campaign) == (6, 0, 0)


def test_a_campaign_that_holds_no_longer_counts_them(runtime: Runtime, campaign: Campaign) -> None:
    for number in burst(runtime, campaign):
        verify(runtime, number)
    assert numbers(runtime, campaign) == (0, 6, 0)
    assert desk_holding.set_holding(runtime, COMMAND_LINE, campaign, on=False)
    assert not desk_holding.set_holding(runtime, COMMAND_LINE, campaign, on=False)
    assert holding.release_due(runtime) == 6
    verify(runtime, sign(runtime, campaign, "late@burst.example", **BURST))
    assert numbers(runtime, campaign) == (7, 0, 0)


def test_whatever_ends_a_held_signature_ends_its_waiting(runtime: Runtime, campaign: Campaign) -> None:
    withdrawn, erased, invalidated, restored, again, kept = burst(runtime, campaign)
    for number in (withdrawn, erased, invalidated, restored, again, kept):
        verify(runtime, number)
    assert numbers(runtime, campaign) == (0, 6, 0)
    withdraw_signature(runtime, withdrawn)
    assert erase.erase_signature(runtime, COMMAND_LINE, campaign.id, erased, "They asked")
    for number in (invalidated, restored):
        assert removals.invalidate_signature(runtime, COMMAND_LINE, number, RemovalKind.PROGRAM, "A program")
    assert numbers(runtime, campaign) == (0, 2, 0)
    # Somebody at the desk has looked at this one: it is not held a second time.
    assert removals.restore_signature(runtime, COMMAND_LINE, restored, "A person")
    withdraw_signature(runtime, again)
    assert numbers(runtime, campaign) == (1, 1, 0)
    assert sign(runtime, campaign, "jo4@burst.example", **BURST) == again
    assert numbers(runtime, campaign) == (1, 1, 1)
    assert verify_signature(runtime, verify_link_of(runtime, again, 2)).outcome is VerifyOutcome.NOW
    assert numbers(runtime, campaign) == (1, 2, 0)
    assert events(runtime) == ["restore"]


def test_invalidating_a_flag_takes_those_it_holds(runtime: Runtime, campaign: Campaign) -> None:
    for number in burst(runtime, campaign):
        verify(runtime, number)
    assert numbers(runtime, campaign) == (0, 6, 0)
    meant = SignatureSelection(flags.flag_filters(flag(runtime, campaign)))
    batch = batches.start_batch(runtime, COMMAND_LINE, campaign, meant, RemovalKind.PROGRAM, "A burst", 6, confirmed=True)
    batches.run_due_batches(runtime)
    assert numbers(runtime, campaign) == (0, 0, 0)
    found = batches.get_batch(runtime, campaign, batch)
    assert found is not None
    assert batches.undo_batch(runtime, COMMAND_LINE, campaign, found, "They were people", confirmed=True)
    batches.run_due_batches(runtime)
    assert numbers(runtime, campaign) == (6, 0, 0)


def test_a_rule_that_was_made_meanwhile_is_asked_when_they_are_released(runtime: Runtime, campaign: Campaign) -> None:
    for number in burst(runtime, campaign):
        verify(runtime, number)
    assert numbers(runtime, campaign) == (0, 6, 0)
    standing_rules.create_rule(
        runtime,
        COMMAND_LINE,
        campaign,
        RuleAction.BLOCK,
        read_criteria({"address": "jo1@burst.example"}),
        "One",
        confirmed=True,
    )
    assert flags.dismiss_flag(runtime, COMMAND_LINE, campaign, flag(runtime, campaign).id)
    holding.release_due(runtime)
    assert numbers(runtime, campaign) == (5, 0, 0)


def test_a_flag_holds_only_the_time_of_its_burst(runtime: Runtime, campaign: Campaign, now: ManualClock) -> None:
    before = sign(runtime, campaign, "before@burst.example", **BURST)
    now.advance(hours=2)
    burst(runtime, campaign)
    now.at = flag(runtime, campaign).before + HOLD_MARGIN - timedelta(seconds=1)
    still = sign(runtime, campaign, "still@burst.example", **BURST)
    now.advance(seconds=1)
    after = sign(runtime, campaign, "after@burst.example", **BURST)
    for number in (before, still, after):
        verify(runtime, number)
    assert numbers(runtime, campaign) == (2, 1, 6)


def test_a_total_is_final_only_when_nothing_is_held(runtime: Runtime, campaign: Campaign, now: ManualClock) -> None:
    now.at = campaign.window.closes_at - timedelta(minutes=1)
    members = burst(runtime, campaign)
    now.advance(hours=1)
    for number in members:
        verify(runtime, number)
    assert numbers(runtime, campaign) == (0, 6, 0)
    now.at = campaign.window.verify_until + timedelta(minutes=5)
    # The flag is a day old by then; its signatures are released, counted, and only then is the total certified.
    assert finalise.finalise_due_campaigns(runtime) == []
    assert holding.release_due(runtime) == 6
    assert finalise.finalise_due_campaigns(runtime) == []
    assert numbers(runtime, campaign) == (6, 0, 0)
    assert finalise.finalise_due_campaigns(runtime) == [campaign.id]
    assert stored_campaign(runtime, campaign).final_total == 6


def test_nobody_is_handed_what_is_held(runtime: Runtime, campaign: Campaign) -> None:
    first, *others = burst(runtime, campaign)
    plan = ExportPlan(columns=("name", "email"))
    for number in others:
        verify(runtime, number)
    ada = sign(runtime, campaign, "ada@example.org", updates=True)
    verify(runtime, ada)
    assert numbers(runtime, campaign) == (1, 5, 1)
    with runtime.snapshot() as connection:
        rows = [row for rows in export_rows.stream_rows(connection, campaign.id, plan) for row in rows]
        # What waits for its signatory is no secret of the campaign's; what waits for a look is.
        assert sorted(row[1] for row in rows if row[1] != "jo0@burst.example") == ["ada@example.org"]
        assert export_rows.count_rows(connection, campaign.id, plan) == len(rows)
        assert subscribers.count_subscribers(connection, campaign.id, plan) == 1
        assert [row.email for some in subscribers.stream_subscribers(connection, campaign.id, plan) for row in some] == [
            "ada@example.org"
        ]
        assert sum(version.signatures for version in submissions.versions_signed(connection, campaign.id)) == 1
    assert first


def test_the_desk_finds_the_held_and_publishes_no_comment_of_theirs(runtime: Runtime, campaign: Campaign) -> None:
    shown = {"public": True, "comment": "Me too."}
    members = [sign(runtime, campaign, f"jo{number}@burst.example", **BURST, **shown) for number in range(6)]
    flags.raise_flags(runtime)
    for number in members:
        verify(runtime, number)
    ada = sign(runtime, campaign, "ada@example.org", **shown)
    verify(runtime, ada)
    execute_sql(runtime, "UPDATE signatures SET comment_public = true")
    assert numbers(runtime, campaign) == (1, 6, 0)
    with runtime.reading() as connection:
        page = signature_list.signature_page(connection, campaign.id, Filters(held=True), None, 50, with_addresses=False)
    assert sorted(row.id for row in page.rows) == sorted(members)
    published = [
        comments.publish_comment(runtime, COMMAND_LINE, campaign.id, number, "Me too.") for number in (members[0], ada)
    ]
    assert published == [False, True]
    # Counted, they are like all others.
    desk_holding.set_holding(runtime, COMMAND_LINE, campaign, on=False)
    holding.release_due(runtime)
    assert numbers(runtime, campaign) == (7, 0, 0)
    assert comments.publish_comment(runtime, COMMAND_LINE, campaign.id, members[0], "Me too.")
    with runtime.reading() as connection:
        assert (
            signature_list.signature_page(connection, campaign.id, Filters(held=True), None, 50, with_addresses=False).rows
            == ()
        )


def test_all_that_can_happen_at_once_leaves_the_count_exact(runtime: Runtime, campaign: Campaign) -> None:
    """Verify, count, release, dismiss, withdraw, invalidate and restore, all at the same time."""
    members = burst(runtime, campaign, 18)
    for number in members[:12]:
        verify(runtime, number)
    count.advance_ledgers(runtime)
    held = flag(runtime, campaign)

    def in_order(seed: int, act: Callable[[int], object], of: list[int]) -> Callable[[], None]:
        def run() -> None:
            for number in random.Random(seed).sample(of, len(of)):
                act(number)

        return run

    def put_away() -> None:
        flags.dismiss_flag(runtime, COMMAND_LINE, campaign, held.id)
        for _ in range(6):
            holding.release_due(runtime)

    def invalidate(number: int) -> None:
        removals.invalidate_signature(runtime, COMMAND_LINE, number, RemovalKind.PROGRAM, "A program")

    def restore(number: int) -> None:
        removals.restore_signature(runtime, COMMAND_LINE, number, "A person")

    def press(number: int) -> None:
        verify_signature(runtime, verify_link_of(runtime, number))

    acts = [
        in_order(1, press, members[12:]), in_order(2, lambda number: withdraw_signature(runtime, number), members[::4]),
        in_order(3, invalidate, members[1::4]), in_order(4, restore, members[1::4]), put_away,
        in_order(5, lambda _: count.advance_ledgers(runtime), members[:10]),
    ]  # fmt: skip
    begin, failed = Barrier(len(acts)), []

    def together(act: Callable[[], None]) -> None:
        begin.wait()
        try:
            act()
        except Exception as error:
            failed.append(error)

    threads = [Thread(target=together, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    holding.release_due(runtime)
    verified, waiting, pending = numbers(runtime, campaign)
    holding.release_due(runtime)
    states = query_rows(runtime, "SELECT state, count(*) FROM signatures GROUP BY state")
    by_state = {row[0]: row[1] for row in states}
    assert (verified, waiting, pending) == (by_state.get("verified", 0), 0, by_state.get("pending", 0))
    assert sum(by_state.values()) == 18

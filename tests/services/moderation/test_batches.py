"""Batches: many signatures invalidated at once, tried dry first, stopped and undone as a whole."""

import threading
from typing import Any

import pytest
from sqlalchemy import text

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.moderation.removal import RemovalKind, SignatureSelection
from campaign.domain.signatures.filters import Filters
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.services.moderation import batches as batching
from campaign.services.moderation import removals
from campaign.services.signatures.erase import erase_signature
from campaign.services.signatures.sign import sign_campaign, verify_signature, withdraw_signature
from campaign.store.accounts import audit_log
from campaign.store.moderation import batches
from campaign.store.moderation.batches import Batch, BatchState
from campaign.store.signatures.signatures import SignFormData
from tests.support.factories import new_campaign, sign_form_data, stored_campaign, verify_link_of

BURST = SignatureSelection(Filters(domain="burst.example"))


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    return new_campaign(runtime)


def sign(runtime: Runtime, campaign: Campaign, amount: int, domain: str, *, verified: bool = True) -> list[int]:
    """Signatures at one mail domain."""
    ids = []
    for number in range(amount):
        address = f"{number}@{domain}"
        sign_campaign(runtime, campaign.id, campaign.text.hash, some(address))
        with runtime.reading() as connection:
            key = {"key": address, "campaign_id": campaign.id}
            sql = text("SELECT id FROM signatures WHERE email_key = :key AND campaign_id = :campaign_id")
            ids.append(int(connection.execute(sql, key).scalar_one()))
        if verified:
            verify_signature(runtime, verify_link_of(runtime, ids[-1]))
    return ids


def some(address: str) -> SignFormData:
    return sign_form_data(address)


def numbers(runtime: Runtime, campaign: Campaign) -> tuple[int, int]:
    """Verified and pending, once the ledger has caught up."""
    count.advance_ledgers(runtime)
    campaign = stored_campaign(runtime, campaign)
    return campaign.verified, campaign.pending


def removed(runtime: Runtime, campaign: Campaign) -> dict[str, int]:
    """How many are removed by kind, proved against the signatures themselves."""
    with runtime.reading() as connection:
        tallied = text("SELECT reason_class, removed FROM removal_tallies WHERE campaign_id = :id AND removed > 0")
        counted = text(
            """SELECT ended_class, count(*) FROM signatures
               WHERE campaign_id = :id AND state = 'invalidated' AND verified_at IS NOT NULL GROUP BY ended_class"""
        )
        found, expected = (
            {row[0]: row[1] for row in connection.execute(sql, {"id": campaign.id})} for sql in (tallied, counted)
        )
    assert found == expected
    return found


def start(
    runtime: Runtime, campaign: Campaign, rule: SignatureSelection = BURST, kind: RemovalKind = RemovalKind.PROGRAM
) -> int:
    return batching.start_batch(runtime, COMMAND_LINE, campaign, rule, kind, "a script", 0)


def find(runtime: Runtime, campaign: Campaign, number: int) -> Batch:
    batch = batching.get_batch(runtime, campaign, number)
    assert batch is not None
    return batch


def run(runtime: Runtime) -> None:
    while batching.run_due_batches(runtime):
        pass


def test_a_dry_run_says_what_would_happen_and_changes_nothing(runtime: Runtime, campaign: Campaign) -> None:
    sign(runtime, campaign, 3, "burst.example")
    sign(runtime, campaign, 2, "late.burst.example", verified=False)
    sign(runtime, campaign, 4, "honest.example")
    dry = batching.dry_run(runtime, campaign, BURST)
    assert (dry.matches.counted, dry.matches.pending, dry.total) == (3, 0, 3)
    assert [one.domain for one in dry.sample] == ["burst.example"] * 3
    assert batching.dry_run(runtime, campaign, SignatureSelection(Filters(domain="late.burst.example"))).matches.pending == 2
    assert numbers(runtime, campaign) == (7, 2)


def test_a_batch_invalidates_what_fits_and_nothing_else(runtime: Runtime, campaign: Campaign, monkeypatch: Any) -> None:
    monkeypatch.setattr(batching, "MAX_SIGNATURES_PER_STEP", 2)
    burst = sign(runtime, campaign, 5, "burst.example")
    sign(runtime, campaign, 3, "honest.example")
    number = start(runtime, campaign)
    run(runtime)
    batch = find(runtime, campaign, number)
    assert (batch.state, batch.invalidated, batch.last_signature_id) == (BatchState.DONE, 5, burst[-1])
    assert numbers(runtime, campaign) == (3, 0)
    assert removed(runtime, campaign) == {"program": 5}
    reconciled = count.reconcile_campaign(runtime, stored_campaign(runtime, campaign))
    assert reconciled.consistent


def test_undoing_gives_back_the_whole_batch_each_to_what_it_was(runtime: Runtime, campaign: Campaign) -> None:
    sign(runtime, campaign, 3, "burst.example")
    pending = sign(runtime, campaign, 1, "other.example", verified=False)
    number = start(runtime, campaign, SignatureSelection(ids=(1, 2, 3, *pending)))
    run(runtime)
    assert numbers(runtime, campaign) == (0, 0)
    assert batching.undo_batch(runtime, COMMAND_LINE, campaign, find(runtime, campaign, number), "A mistake", confirmed=True)
    run(runtime)
    batch = find(runtime, campaign, number)
    assert (batch.state, batch.invalidated, batch.restored) == (BatchState.UNDONE, 0, 4)
    assert numbers(runtime, campaign) == (3, 1)
    assert removed(runtime, campaign) == {}
    assert not batching.undo_batch(runtime, COMMAND_LINE, campaign, batch, "A mistake", confirmed=True)


def test_what_somebody_else_invalidated_or_restored_is_left_as_they_left_it(runtime: Runtime, campaign: Campaign) -> None:
    first, second, third = sign(runtime, campaign, 3, "burst.example")
    removals.invalidate_signature(runtime, COMMAND_LINE, first, RemovalKind.ABUSIVE, "an insult")
    number = start(runtime, campaign)
    run(runtime)
    removals.restore_signature(runtime, COMMAND_LINE, second, "A mistake")
    assert removed(runtime, campaign) == {"abusive": 1, "program": 1}
    batching.undo_batch(runtime, COMMAND_LINE, campaign, find(runtime, campaign, number), "A mistake", confirmed=True)
    run(runtime)
    batch = find(runtime, campaign, number)
    assert batch.restored == 1
    assert numbers(runtime, campaign) == (2, 0)
    assert removed(runtime, campaign) == {"abusive": 1}
    assert third


def test_a_batch_that_is_stopped_stays_where_it_is_and_can_be_undone(
    runtime: Runtime, campaign: Campaign, monkeypatch: Any
) -> None:
    monkeypatch.setattr(batching, "MAX_SIGNATURES_PER_STEP", 2)
    monkeypatch.setattr(batching, "TIME_BUDGET_SECONDS", 0.0)
    sign(runtime, campaign, 6, "burst.example")
    number = start(runtime, campaign)
    monkeypatch.setattr(batching, "TIME_BUDGET_SECONDS", 5.0)
    batching._run_step(runtime, number)
    assert batching.cancel_batch(runtime, COMMAND_LINE, find(runtime, campaign, number))
    run(runtime)
    assert (find(runtime, campaign, number).state, numbers(runtime, campaign)) == (BatchState.CANCELLED, (4, 0))
    assert not batching.cancel_batch(runtime, COMMAND_LINE, find(runtime, campaign, number))
    assert batching.undo_batch(runtime, COMMAND_LINE, campaign, find(runtime, campaign, number), "A mistake", confirmed=True)
    run(runtime)
    assert numbers(runtime, campaign) == (6, 0)


def test_a_worker_that_died_on_the_way_is_taken_over_from(make_runtime: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(batching, "MAX_SIGNATURES_PER_STEP", 2)
    runtime = make_runtime()
    campaign = new_campaign(runtime)
    sign(runtime, campaign, 5, "burst.example")
    number = start(runtime, campaign)
    batching._run_step(runtime, number)
    real = batches.record_progress

    def die(*_: Any) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr(batches, "record_progress", die)
    with pytest.raises(RuntimeError):
        batching._run_step(runtime, number)
    monkeypatch.setattr(batches, "record_progress", real)
    assert find(runtime, campaign, number).invalidated == 2
    run(runtime)
    assert (find(runtime, campaign, number).invalidated, numbers(runtime, campaign)) == (5, (0, 0))


def test_signatures_that_come_after_it_began_are_not_meant(runtime: Runtime, campaign: Campaign) -> None:
    sign(runtime, campaign, 2, "burst.example")
    number = start(runtime, campaign)
    sign_campaign(runtime, campaign.id, campaign.text.hash, some("late@burst.example"))
    run(runtime)
    assert find(runtime, campaign, number).invalidated == 2
    assert numbers(runtime, campaign) == (0, 1)


def test_several_workers_at_once_move_each_signature_once(runtime: Runtime, campaign: Campaign, monkeypatch: Any) -> None:
    monkeypatch.setattr(batching, "MAX_SIGNATURES_PER_STEP", 3)
    sign(runtime, campaign, 20, "burst.example")
    numbers_of = [start(runtime, campaign, kind=kind) for kind in (RemovalKind.PROGRAM, RemovalKind.DUPLICATE)]
    failed: list[BaseException] = []

    def work() -> None:
        try:
            run(runtime)
        except BaseException as error:
            failed.append(error)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failed == []
    assert sum(find(runtime, campaign, number).invalidated for number in numbers_of) == 20
    assert numbers(runtime, campaign) == (0, 0)
    assert sum(removed(runtime, campaign).values()) == 20


def test_invalidating_while_people_sign_verify_and_withdraw_keeps_the_count_true(
    runtime: Runtime, campaign: Campaign, monkeypatch: Any
) -> None:
    monkeypatch.setattr(batching, "MAX_SIGNATURES_PER_STEP", 2)
    ids = sign(runtime, campaign, 12, "burst.example", verified=False)
    links = [verify_link_of(runtime, number) for number in ids]
    number = start(runtime, campaign)
    failed: list[BaseException] = []

    def attempt(work: Any) -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    def verify_all() -> None:
        for link in links:
            verify_signature(runtime, link)

    def withdraw_some() -> None:
        for signature_id in ids[::3]:
            withdraw_signature(runtime, signature_id)

    acts = [verify_all, withdraw_some, lambda: run(runtime), lambda: count.advance_ledgers(runtime)]
    threads = [threading.Thread(target=attempt, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run(runtime)
    assert failed == []
    assert find(runtime, campaign, number).state is BatchState.DONE
    removed(runtime, campaign)
    assert numbers(runtime, campaign) == (0, 0)
    assert count.reconcile_campaign(runtime, stored_campaign(runtime, campaign)).consistent


def test_a_rule_that_fits_everything_is_no_rule(runtime: Runtime, campaign: Campaign) -> None:
    sign(runtime, campaign, 1, "burst.example")
    for rule in (SignatureSelection(), SignatureSelection(Filters(states=BURST.filters.states))):
        with pytest.raises(InvalidInputError, match="every signature"):
            start(runtime, campaign, rule)
    with pytest.raises(InvalidInputError, match="Select 500"):
        start(runtime, campaign, SignatureSelection(ids=tuple(range(1, 502))))
    with pytest.raises(InvalidInputError, match="Give the reason"):
        batching.start_batch(runtime, COMMAND_LINE, campaign, BURST, RemovalKind.OTHER, "  ", 0)
    assert batching.list_batches(runtime, campaign) == []


def test_a_batch_of_another_campaign_is_not_found(runtime: Runtime, campaign: Campaign) -> None:
    sign(runtime, campaign, 1, "burst.example")
    moor = new_campaign(runtime, slug="moor")
    [number] = sign(runtime, moor, 1, "moor.example")
    batch = start(runtime, campaign, SignatureSelection(ids=(1, number)))
    run(runtime)
    assert batching.get_batch(runtime, moor, batch) is None
    assert find(runtime, campaign, batch).invalidated == 1
    assert numbers(runtime, moor) == (1, 0)


def test_what_was_done_is_in_the_audit_trail(runtime: Runtime, campaign: Campaign) -> None:
    sign(runtime, campaign, 2, "burst.example")
    number = start(runtime, campaign)
    run(runtime)
    batching.undo_batch(runtime, COMMAND_LINE, campaign, find(runtime, campaign, number), "A mistake", confirmed=True)
    run(runtime)
    with runtime.reading() as connection:
        told = [
            (entry.action, entry.actor_name)
            for entry in audit_log.list_entries(connection, campaign.id)
            if "batch" in entry.subject
        ]
    assert told[::-1] == [
        ("invalidate signatures", "command line"), ("finish batch", "the site itself"), ("undo batch", "command line"),
        ("finish undoing batch", "the site itself"),
    ]  # fmt: skip


def test_a_signature_that_is_restored_singly_is_no_longer_one_that_its_batch_has_invalidated(
    runtime: Runtime, campaign: Campaign
) -> None:
    ids = sign(runtime, campaign, 3, "burst.example")
    batch_id = start(runtime, campaign)
    batching.run_due_batches(runtime)
    for _ in range(2):
        removals.restore_signature(runtime, COMMAND_LINE, ids[1], "a person")
        batch = batching.get_batch(runtime, campaign, batch_id)
        assert batch is not None
        assert (batch.invalidated, batch.restored) == (2, 0)
    assert batching.undo_batch(runtime, COMMAND_LINE, campaign, batch, "a mistake", confirmed=True)
    batching.run_due_batches(runtime)
    batch = batching.get_batch(runtime, campaign, batch_id)
    assert batch is not None
    assert (batch.state, batch.invalidated, batch.restored) == (BatchState.UNDONE, 0, 2)
    assert numbers(runtime, campaign) == (3, 0)


def test_undoing_ends_where_one_of_a_batch_was_erased_meanwhile(runtime: Runtime, campaign: Campaign) -> None:
    ids = sign(runtime, campaign, 3, "burst.example")
    batch_id = start(runtime, campaign)
    batching.run_due_batches(runtime)
    assert erase_signature(runtime, COMMAND_LINE, campaign.id, ids[0], "they asked")
    batch = batching.get_batch(runtime, campaign, batch_id)
    assert batch is not None
    batching.undo_batch(runtime, COMMAND_LINE, campaign, batch, "a mistake", confirmed=True)
    batching.run_due_batches(runtime)
    batch = batching.get_batch(runtime, campaign, batch_id)
    assert batch is not None
    assert (batch.state, batch.invalidated, batch.restored) == (BatchState.UNDONE, 1, 2)

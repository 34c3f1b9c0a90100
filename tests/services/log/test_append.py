"""The sequencer: every entry of every ledger once, in order, under a checkpoint; and salts that go with signatures."""

import itertools
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from campaign.config import load_settings
from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.log.audit import LogAudit
from campaign.domain.log.checkpoint import Checkpoint, verify_checkpoint
from campaign.domain.log.entry import LogEntry, Statement, is_commitment_to
from campaign.domain.log.merkle import Tree, leaf_hash
from campaign.domain.log.tiles import unpack_bundle
from campaign.domain.moderation.removal import RemovalKind
from campaign.runtime import Runtime
from campaign.runtime import make_runtime as make_runtime_of
from campaign.services.ledger import count
from campaign.services.log import append
from campaign.services.log import read as log_read
from campaign.services.log.reconcile import reconcile_tree
from campaign.services.moderation import removals
from campaign.services.signatures import erase
from campaign.services.signatures import sign as signing
from campaign.store.log import append as log_append
from campaign.store.log import read
from tests.support.factories import ManualClock, new_campaign, sign_form_data, verify_link_of
from tests.support.processes import shared_settings
from tests.support.queries import execute_sql, query_rows, query_scalar
from tests.support.stored_signatures import store_signatures


def sign_and_verify(runtime: Runtime, campaign: Campaign, email: str, **changes: object) -> int:
    signing.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(email, **changes))
    sql = text("SELECT id, edition FROM signatures WHERE campaign_id = :campaign AND email_key = :key")
    with runtime.reading() as connection:
        row = connection.execute(sql, {"campaign": campaign.id, "key": email}).one()
    signing.verify_signature(runtime, verify_link_of(runtime, row.id, row.edition))
    return int(row.id)


def advance(runtime: Runtime) -> None:
    """What the ledger worker does in a round, and again until all is done."""
    count.advance_ledgers(runtime)
    while not append.advance_log(runtime).is_finished:
        pass


def checkpoint_of(runtime: Runtime) -> Checkpoint:
    with runtime.reading() as connection:
        stored = read.last_checkpoint(connection)
    assert stored is not None
    return verify_checkpoint(stored.note, runtime.log_key.verifier_key)


def entries_of(runtime: Runtime) -> list[LogEntry]:
    """All entries that are published, each proved to be under the newest checkpoint."""
    checkpoint = checkpoint_of(runtime)
    found = []
    for index in range(0, checkpoint.size, 256):
        bundle = log_read.published_bundle(runtime, index // 256, min(256, checkpoint.size - index))
        assert bundle is not None
        found += unpack_bundle(bundle)
    with runtime.reading() as connection:
        reader = read.tile_reader(connection, checkpoint.size)
        assert Tree(checkpoint.size, reader).root() == checkpoint.root
        tiles = b"".join(reader(0, number, 256) for number in range((checkpoint.size + 255) // 256))
    assert tiles == b"".join(map(leaf_hash, found))
    return [LogEntry.parse(entry) for entry in found]


def audited(runtime: Runtime) -> LogAudit:
    audit = LogAudit()
    for entry in entries_of(runtime):
        audit.add(entry)
    return audit


def test_each_entry_of_a_ledger_is_logged_with_what_it_says(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    ada, eve = (sign_and_verify(runtime, campaign, f"{name}@example.org") for name in ("ada", "eve"))
    advance(runtime)
    now.advance(hours=1)
    removals.invalidate_signature(runtime, COMMAND_LINE, eve, RemovalKind.PROGRAM, "a bot")
    advance(runtime)
    now.advance(hours=1)
    removals.restore_signature(runtime, COMMAND_LINE, eve, "no bot")
    signing.withdraw_signature(runtime, ada)
    advance(runtime)
    found = entries_of(runtime)
    told = [(e.campaign, e.sequence, e.event, e.change, e.total, e.hour[-3:], e.ref) for e in found]
    hour = [f"{(now() - timedelta(hours=back)).hour:02}Z" for back in (2, 1, 0)]
    assert told == [
        (campaign.slug, 1, "verify", 1, 1, hour[0], 0),
        (campaign.slug, 2, "verify", 1, 2, hour[0], 0),
        (campaign.slug, 3, "invalidate", -1, 1, hour[1], 2),
        (campaign.slug, 4, "withdraw", -1, 0, hour[2], 1),
        (campaign.slug, 5, "restore", 1, 1, hour[2], 2),
    ]
    assert audited(runtime).campaigns[campaign.slug].total == 1
    assert len({entry.commitment for entry in found if entry.change > 0}) == 3


def test_a_commitment_is_to_what_was_signed(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    sign_and_verify(runtime, campaign, "ada@example.org", name="Ada Lovelace")
    advance(runtime)
    salt = bytes(query_scalar(runtime, "SELECT salt FROM log_leaves"))
    statement = Statement(campaign.text.hash, "Ada Lovelace", "ada@example.org", "SW1A 1AA", "GB", "online")
    [entry] = entries_of(runtime)
    assert len(salt) == 32
    assert is_commitment_to(entry.commitment, salt, statement)


def test_logging_again_logs_nothing_twice(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    sign_and_verify(runtime, campaign, "ada@example.org")
    count.advance_ledgers(runtime)
    assert append.is_behind(runtime)
    assert [append.advance_log(runtime).entries for _ in range(3)] == [1, 0, 0]
    assert not append.is_behind(runtime)
    assert query_scalar(runtime, "SELECT count(*) FROM log_checkpoints") == 1


def test_there_is_a_checkpoint_a_second_at_most(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    for number, (milliseconds, size) in enumerate([(0, 1), (500, 1), (400, 1), (100, 4), (0, 4)]):
        now.advance(milliseconds=milliseconds)
        sign_and_verify(runtime, campaign, f"{number}@example.org")
        advance(runtime)
        assert checkpoint_of(runtime).size == size
    assert append.is_behind(runtime)
    now.advance(seconds=1)
    append.advance_log(runtime)
    assert not append.is_behind(runtime)
    assert len(entries_of(runtime)) == 5


def test_several_workers_at_once_log_each_entry_once(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, now: ManualClock
) -> None:
    monkeypatch.setattr(append, "MAX_ENTRIES_PER_TRANSACTION", 7)
    campaigns = [new_campaign(runtime, slug=f"pond-{number}") for number in range(3)]
    for campaign in campaigns:
        for number in range(20):
            sign_and_verify(runtime, campaign, f"{number}@example.org")
    failed: list[Exception] = []

    def work() -> None:
        try:
            advance(runtime)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    now.advance(seconds=1)
    advance(runtime)
    assert failed == []
    audit = audited(runtime)
    assert {name: found.total for name, found in audit.campaigns.items()} == {f"pond-{number}": 20 for number in range(3)}


def test_a_long_ledger_is_logged_in_steps_and_holds_up_nobody(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(append, "MAX_ENTRIES_PER_TRANSACTION", 10)
    old, new = new_campaign(runtime), new_campaign(runtime, slug="new")
    for number in range(30):
        sign_and_verify(runtime, old, f"{number}@example.org")
    sign_and_verify(runtime, new, "ada@example.org")
    count.advance_ledgers(runtime)
    first = append.advance_log(runtime, time_budget_seconds=0)
    assert (first.entries, first.is_finished) == (6, False)
    assert {entry.campaign for entry in entries_of(runtime)} == {old.slug, "new"}
    assert append.advance_log(runtime).is_finished


def log_until_killed(settings: dict[str, str], salts: int) -> None:
    """Log in steps of 100 entries, in a process of its own that dies as by kill -9 at some salt, in the middle of a step."""
    runtime = make_runtime_of(load_settings(_env_file=None, **settings))
    runtime.now = ManualClock()
    made = itertools.count(1)

    def random_bytes(count: int) -> bytes:
        if next(made) == salts:
            os.kill(os.getpid(), signal.SIGKILL)
        return os.urandom(count)

    runtime.random_bytes = random_bytes  # type: ignore[method-assign]
    append.MAX_ENTRIES_PER_TRANSACTION = 100
    append.advance_log(runtime, time_budget_seconds=600.0)


def test_a_ledger_from_before_the_log_is_logged_the_same_by_one_that_is_killed_and_another_that_goes_on(
    runtime: Runtime, now: ManualClock
) -> None:
    old = new_campaign(runtime, slug="old")
    ids = store_signatures(runtime, old, [{"email": f"{number}@example.org"} for number in range(330)])
    count.advance_ledgers(runtime)
    for signature_id in ids[:20]:
        signing.withdraw_signature(runtime, signature_id)
    count.advance_ledgers(runtime)
    killed = multiprocessing.get_context("forkserver").Process(target=log_until_killed, args=(shared_settings(runtime), 250))
    killed.start()
    killed.join(60)
    assert killed.exitcode == -signal.SIGKILL
    with runtime.reading() as connection:
        assert log_append.head_size(connection) == 200
    assert append.is_behind(runtime)
    now.advance(hours=1)
    advance(runtime)
    found = entries_of(runtime)
    with runtime.reading() as connection:
        ledger = connection.execute(text("SELECT sequence, event, change, total FROM ledger ORDER BY sequence")).all()
        salted = connection.execute(text("SELECT count(*) FROM log_leaves WHERE salt IS NOT NULL")).scalar_one()
    assert [(each.sequence, each.event, each.change, each.total) for each in found] == [tuple(row) for row in ledger]
    assert (len(found), salted, audited(runtime).campaigns["old"].total) == (350, 330, 310)
    assert count.reconcile_campaign(runtime, old).log_drift == 0
    assert reconcile_tree(runtime) == 0


def test_a_campaign_keeps_its_name_in_the_log(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    sign_and_verify(runtime, campaign, "ada@example.org")
    advance(runtime)
    execute_sql(runtime, "UPDATE campaigns SET slug = 'another'")
    now.advance(seconds=1)
    sign_and_verify(runtime, campaign, "eve@example.org")
    advance(runtime)
    assert [entry.campaign for entry in entries_of(runtime)] == [campaign.slug, campaign.slug]


def test_entries_from_before_the_log_are_told_apart(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    sign_and_verify(runtime, campaign, "ada@example.org")
    count.advance_ledgers(runtime)
    now.advance(days=1)
    sign_and_verify(runtime, campaign, "eve@example.org")
    advance(runtime)
    with runtime.reading() as connection:
        row = connection.execute(text("SELECT sequence, older_entries FROM log_campaigns")).one()
    assert tuple(row) == (2, 1)


def test_the_hours_are_those_of_the_log(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    ada = sign_and_verify(runtime, campaign, "ada@example.org")
    sign_and_verify(runtime, campaign, "eve@example.org")
    advance(runtime)
    signing.withdraw_signature(runtime, ada)
    advance(runtime)
    now.advance(hours=2)
    sign_and_verify(runtime, campaign, "mae@example.org")
    advance(runtime)
    rows = query_rows(runtime, "SELECT verify, withdraw, total, log_size FROM log_hours ORDER BY hour")
    assert [tuple(row) for row in rows] == [(2, 1, 1, 3), (1, 0, 2, 4)]


def test_another_key_is_a_new_checkpoint_of_the_same_tree(
    runtime: Runtime, make_runtime: Callable[..., Runtime], now: ManualClock
) -> None:
    campaign = new_campaign(runtime)
    sign_and_verify(runtime, campaign, "ada@example.org")
    advance(runtime)
    now.advance(seconds=1)
    other = make_runtime(log_key="8" * 64)
    advance(other)
    assert checkpoint_of(other).size == 1
    assert not append.is_behind(other)


# Erasing: nothing that is left can confirm a guess


def everything_kept(runtime: Runtime) -> list[bytes]:
    """Every value of 32 octets and every hexadecimal one of 64 digits in the database."""
    found = []
    with runtime.reading() as connection:
        for table in (
            "log_leaves",
            "log_tiles",
            "log_checkpoints",
            "log_campaigns",
            "signatures",
            "ledger",
            "audit_log",
            "outbox",
        ):
            for row in connection.execute(text(f"SELECT * FROM {table}")):
                found += [bytes(value) for value in row if isinstance(value, bytes | memoryview)]
                found += [value.encode() for value in row if isinstance(value, str)]
    return [value[at : at + 32] for value in found for at in range(max(1, len(value) - 31))]


def test_an_erased_signature_cannot_be_guessed_from_anything_that_is_left(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    ada = sign_and_verify(runtime, campaign, "ada@example.org")
    advance(runtime)
    statement = Statement(campaign.text.hash, "Ada Lovelace", "ada@example.org", "SW1A 1AA", "GB", "online")
    [entry] = entries_of(runtime)

    def can_be_guessed() -> bool:
        return any(is_commitment_to(entry.commitment, salt, statement) for salt in everything_kept(runtime))

    assert can_be_guessed()
    assert erase.erase_signature(runtime, COMMAND_LINE, campaign.id, ada, "she asked")
    assert not can_be_guessed()
    now.advance(seconds=1)
    advance(runtime)
    assert [e.event for e in entries_of(runtime)] == ["verify", "withdraw"]
    assert entries_of(runtime)[0] == entry


def test_what_is_erased_before_it_is_logged_is_committed_to_as_chance(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    ada = sign_and_verify(runtime, campaign, "ada@example.org")
    count.advance_ledgers(runtime)
    erase.erase_signature(runtime, COMMAND_LINE, campaign.id, ada, "she asked")
    advance(runtime)
    assert query_scalar(runtime, "SELECT count(*) FROM log_leaves WHERE salt IS NOT NULL") == 0
    assert len(entries_of(runtime)[0].commitment) == 64


def test_erasing_waits_for_a_salt_that_is_about_to_be_stored(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    ada = sign_and_verify(runtime, campaign, "ada@example.org")
    count.advance_ledgers(runtime)
    eraser = threading.Thread(target=lambda: erase.erase_signature(runtime, COMMAND_LINE, campaign.id, ada, "she asked"))
    with runtime.transaction() as connection:
        log_append.lock_head(connection)
        append._append_batch(connection, runtime, 0)
        eraser.start()
        eraser.join(0.3)
        assert eraser.is_alive()
    eraser.join()
    assert query_scalar(runtime, "SELECT salt FROM log_leaves") is None

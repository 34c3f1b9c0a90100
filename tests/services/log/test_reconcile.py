"""Reconciling the log: against the ledgers, the signatures, and its own leaves. Whatever was meddled with is found."""

from contextlib import suppress

from sqlalchemy import text

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.services.log.reconcile import reconcile_tree
from campaign.services.signatures import erase
from campaign.services.signatures import sign as signing
from campaign.store.log import reconcile
from tests.services.log.test_append import advance, sign_and_verify
from tests.support.factories import ManualClock, new_campaign
from tests.support.stored_signatures import store_signatures


def lived_in(runtime: Runtime, now: ManualClock) -> Campaign:
    """A campaign of 300 signatures, of which one was withdrawn and given again, and one was erased."""
    campaign = new_campaign(runtime)
    ids = store_signatures(runtime, campaign, [{}] * 299)
    ids.append(sign_and_verify(runtime, campaign, "ada@example.org"))
    advance(runtime)
    for change in (
        lambda: signing.withdraw_signature(runtime, ids[-1]),
        lambda: sign_and_verify(runtime, campaign, "ada@example.org", name="Ada King"),
        lambda: erase.erase_signature(runtime, COMMAND_LINE, campaign.id, ids[7], "she asked"),
    ):
        change()
        now.advance(seconds=1)
        advance(runtime)
    return campaign


MEDDLING = [
    ("UPDATE log_head SET size = size", 0, 0),
    ("UPDATE log_leaves SET entry = replace(entry, 'verify', 'paper') WHERE log_index = 5", 1, 3),
    ("UPDATE log_leaves SET entry = replace(entry, 'verify', 'paper') WHERE log_index = 299", 1, 1),
    ("UPDATE ledger SET total = total + 1 WHERE sequence = 20", 1, 0),
    ("DELETE FROM log_leaves WHERE log_index = 302", 1, 1),
    ("DELETE FROM ledger WHERE sequence = 303", 1, 0),
    ("UPDATE signatures SET name = 'Somebody else' WHERE email_key = 'ada@example.org'", 1, 0),
    ("UPDATE signatures SET erased_at = signed_at WHERE email_key = 'number5@example.org'", 1, 0),
    ("UPDATE log_leaves SET log_index = 1000 WHERE log_index = 302", 0, 1),
    ("DELETE FROM log_tiles WHERE level = 0", 0, 1),
    ("DELETE FROM log_tiles WHERE level = 1", 0, 1),
    ("UPDATE log_checkpoints SET size = 7 WHERE size = 303", 0, 1),
    ("UPDATE log_checkpoints SET note = 'no note'", 0, 1),
]
"""What somebody does, and how many entries and parts of the tree are not as they were."""


class _UndoneError(Exception):
    """Raised to roll back."""


def test_whatever_was_meddled_with_is_found(runtime: Runtime, now: ManualClock) -> None:
    campaign = lived_in(runtime, now)
    found = {}
    for sql, entries, tree in MEDDLING:
        with suppress(_UndoneError), runtime.transaction() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            else:
                for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
                    connection.exec_driver_sql(f"DROP TRIGGER {name}")
            connection.execute(text(sql))
            counted = reconcile.check_campaign(connection, campaign.id), reconcile.check_tree(connection)
            steps = [reconcile.check_entries(connection, campaign.id, after, after + 100) for after in range(0, 400, 100)]
            in_steps = sum(faults for faults, _ in steps) + reconcile.count_orphans(connection, campaign.id)
            if (*counted, in_steps) != (entries, tree, entries):
                found[sql] = counted
            raise _UndoneError
    assert found == {}
    assert (count.reconcile_campaign(runtime, campaign).log_drift, reconcile_tree(runtime)) == (0, 0)


def test_an_empty_log_is_sound(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    assert reconcile_tree(runtime) == 0
    assert count.reconcile_campaign(runtime, campaign).log_drift == 0

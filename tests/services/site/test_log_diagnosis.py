"""`doctor` looks at the public log: key, tree, keeping up."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from campaign.domain.site.finding import Outcome
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.services.site.diagnosis import log as diagnosis
from tests.services.log.test_append import advance, sign_and_verify
from tests.support.factories import ManualClock, new_campaign

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def told(runtime: Runtime) -> list[tuple[Outcome, str]]:
    return [(each.outcome, each.message) for check in (diagnosis.check_key, diagnosis.check_tree) for each in check(runtime)]


def test_a_sound_log_is_found_sound(runtime: Runtime) -> None:
    assert told(runtime) == [(Outcome.OK, "nothing is logged yet; the key is there")]
    sign_and_verify(runtime, new_campaign(runtime), "ada@example.org")
    advance(runtime)
    assert told(runtime) == [
        (Outcome.OK, f"is signed with {runtime.log_key.verifier_key.serialise()}"),
        (Outcome.OK, "1 entry, and its tiles lead to the root that was signed"),
    ]


@on_sqlite
def test_another_key_a_missing_one_and_another_address_are_faults(
    runtime: Runtime, make_runtime: Callable[..., Runtime]
) -> None:
    sign_and_verify(runtime, new_campaign(runtime), "ada@example.org")
    advance(runtime)
    for changes, words in (
        ({"log_key": "8" * 64}, "is another than before"),
        ({"base_url": "https://other.example.org"}, "other.example.org/log now, last signed as sign.example.org/log"),
        ({"log_key": ""}, "LOG_KEY: is required"),
    ):
        [found] = [each for each in diagnosis.check_key(make_runtime(**changes)) if each.outcome is Outcome.FAULT]
        assert words in found.message


@on_sqlite
def test_a_log_that_does_not_keep_up_is_a_fault(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    sign_and_verify(runtime, campaign, "ada@example.org")
    advance(runtime)
    sign_and_verify(runtime, campaign, "eve@example.org")
    count.advance_ledgers(runtime)
    assert all(outcome is Outcome.OK for outcome, _ in told(runtime))
    now.advance(minutes=2)
    assert told(runtime)[-1] == (Outcome.FAULT, "does not keep up with the count")


@on_sqlite
@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("UPDATE log_leaves SET entry = entry || ' '", "its tiles are not those that were signed"),
        ("DELETE FROM log_leaves", "its tree is damaged"),
        ("UPDATE log_checkpoints SET note = replace(note, 'sign.', 'sing.')", "its last checkpoint does not hold"),
    ],
)
def test_a_tree_that_is_not_what_was_signed_is_a_fault(runtime: Runtime, damage: str, words: str) -> None:
    sign_and_verify(runtime, new_campaign(runtime), "ada@example.org")
    advance(runtime)
    with runtime.transaction() as connection:
        for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text(damage))
    found = told(runtime)
    assert any(outcome is Outcome.FAULT and words in message for outcome, message in found), found

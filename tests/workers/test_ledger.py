"""The ledger's worker: in a spike one job counts round after round, and else one round."""

from collections.abc import Callable

import pytest

from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.store.signatures import signatures
from tests.support.factories import new_campaign, sign_form_data
from workers.ledger import BUSY_ROUND_SIGNATURES, LedgerJobs


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    return new_campaign(runtime)


@pytest.fixture
def sign(runtime: Runtime, campaign: Campaign) -> Callable[[int], None]:
    """Has so many people sign."""
    names = iter(range(1_000))

    def sign_many(many: int) -> None:
        for _ in range(many):
            with runtime.transaction() as connection:
                form = sign_form_data(f"{next(names)}@example.org")
                key, now = runtime.random_link_key(), runtime.now()
                assert signatures.sign_only(connection, campaign.id, campaign.text.hash, form, "0" * 32, key, now)

    return sign_many


def test_what_moves_while_much_is_counted_is_counted_by_the_same_job(runtime: Runtime, sign: Callable[[int], None]) -> None:
    later = iter([BUSY_ROUND_SIGNATURES, 1])

    def sign_between_rounds() -> bool:
        sign(next(later))
        return False

    sign(BUSY_ROUND_SIGNATURES)
    jobs = LedgerJobs(runtime, round_interval_seconds=0, is_stopping=sign_between_rounds)
    assert jobs.advance() == 2 * BUSY_ROUND_SIGNATURES + 1
    assert next(later, None) is None, "the round that counted one was the last"


def test_a_round_that_counts_little_is_the_only_one_of_its_job(runtime: Runtime, sign: Callable[[int], None]) -> None:
    sign(BUSY_ROUND_SIGNATURES - 1)
    asked: list[int] = []
    jobs = LedgerJobs(runtime, round_interval_seconds=0, is_stopping=lambda: bool(asked.append(1)))  # type: ignore[func-returns-value]
    assert jobs.advance() == BUSY_ROUND_SIGNATURES - 1
    assert not asked


def test_a_worker_that_is_told_to_stop_begins_no_other_round(runtime: Runtime, sign: Callable[[int], None]) -> None:
    def sign_and_stop() -> bool:
        sign(2)
        return True

    sign(BUSY_ROUND_SIGNATURES)
    assert LedgerJobs(runtime, round_interval_seconds=0, is_stopping=sign_and_stop).advance() == BUSY_ROUND_SIGNATURES
    assert count.advance_ledgers(runtime) == 2

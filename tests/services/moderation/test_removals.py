"""Removals: a campaigner invalidates signatures, and restores them to what they were."""

from collections.abc import Callable
from typing import Any

import pytest

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.moderation.removal import RemovalKind
from campaign.domain.signatures.signature import SignatureState
from campaign.jobs import LEDGER_QUEUE
from campaign.runtime import Runtime, job_queue
from campaign.services.ledger import count
from campaign.services.moderation import removals
from campaign.services.signatures.sign import (
    VerifyOutcome,
    get_own_signature,
    sign_campaign,
    verify_signature,
    withdraw_signature,
)
from tests.support.factories import START_TIME, ManualClock, new_campaign, sign_form_data, stored_campaign, verify_link_of


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    return new_campaign(runtime)


@pytest.fixture
def sign(runtime: Runtime, campaign: Campaign) -> Callable[..., None]:
    def one(email: str = "ada@example.org", **changes: Any) -> None:
        sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(email, **changes))

    return one


def state(runtime: Runtime, signature_id: int = 1) -> SignatureState:
    signature = get_own_signature(runtime, verify_link_of(runtime, signature_id).signature_ref)
    assert signature is not None
    return signature.state


def numbers(runtime: Runtime, campaign: Campaign) -> tuple[int, int]:
    """Verified and pending, once the ledger has caught up."""
    count.advance_ledgers(runtime)
    campaign = stored_campaign(runtime, campaign)
    return campaign.verified, campaign.pending


def test_an_invalidated_signature_counts_no_longer(runtime: Runtime, campaign: Campaign, sign: Any, now: ManualClock) -> None:
    sign()
    verify_signature(runtime, verify_link_of(runtime, 1))
    assert numbers(runtime, campaign) == (1, 0)
    now.advance(hours=1)
    assert removals.invalidate_signature(runtime, COMMAND_LINE, 1, RemovalKind.PROGRAM, "signed by a script")
    assert numbers(runtime, campaign) == (0, 0)
    signature = get_own_signature(runtime, verify_link_of(runtime, 1).signature_ref)
    assert signature is not None
    assert (signature.state, signature.verified_at, signature.ended_at) == (SignatureState.INVALIDATED, START_TIME, now())


def test_no_link_brings_an_invalidated_signature_back(runtime: Runtime, campaign: Campaign, sign: Any) -> None:
    sign()
    removals.invalidate_signature(runtime, COMMAND_LINE, 1, RemovalKind.PROGRAM, "signed by a script")
    assert verify_signature(runtime, verify_link_of(runtime, 1)).outcome is VerifyOutcome.LINK_VOID
    assert not withdraw_signature(runtime, 1)
    assert state(runtime) is SignatureState.INVALIDATED
    # Nor does signing again.
    sign(name="Somebody Else")
    assert state(runtime) is SignatureState.INVALIDATED
    assert verify_signature(runtime, verify_link_of(runtime, 1, 2)).outcome is VerifyOutcome.LINK_VOID
    signature = get_own_signature(runtime, verify_link_of(runtime, 1).signature_ref)
    assert signature is not None
    assert signature.name == "Ada Lovelace"
    assert numbers(runtime, campaign) == (0, 0)


def test_restoring_gives_back_a_verified_signature_as_verified(runtime: Runtime, campaign: Campaign, sign: Any) -> None:
    sign()
    verify_signature(runtime, verify_link_of(runtime, 1))
    removals.invalidate_signature(runtime, COMMAND_LINE, 1, RemovalKind.PROGRAM, "by mistake")
    assert removals.restore_signature(runtime, COMMAND_LINE, 1, "A mistake")
    signature = get_own_signature(runtime, verify_link_of(runtime, 1).signature_ref)
    assert signature is not None
    assert (signature.state, signature.verified_at, signature.ended_at) == (SignatureState.VERIFIED, START_TIME, None)
    assert numbers(runtime, campaign) == (1, 0)


def test_restoring_never_verifies_what_was_not_verified(runtime: Runtime, campaign: Campaign, sign: Any) -> None:
    sign()
    removals.invalidate_signature(runtime, COMMAND_LINE, 1, RemovalKind.PROGRAM, "by mistake")
    assert numbers(runtime, campaign) == (0, 0)
    assert removals.restore_signature(runtime, COMMAND_LINE, 1, "A mistake")
    assert state(runtime) is SignatureState.PENDING
    assert numbers(runtime, campaign) == (0, 1)
    assert verify_signature(runtime, verify_link_of(runtime, 1)).outcome is VerifyOutcome.NOW
    assert numbers(runtime, campaign) == (1, 0)


def test_a_signature_withdrawn_and_given_again_is_not_restored_as_verified(
    runtime: Runtime, campaign: Campaign, sign: Any
) -> None:
    sign()
    verify_signature(runtime, verify_link_of(runtime, 1))
    withdraw_signature(runtime, 1)
    sign()
    removals.invalidate_signature(runtime, COMMAND_LINE, 1, RemovalKind.PROGRAM, "by mistake")
    removals.restore_signature(runtime, COMMAND_LINE, 1, "A mistake")
    assert state(runtime) is SignatureState.PENDING
    assert numbers(runtime, campaign) == (0, 1)


def test_a_withdrawn_signature_belongs_to_its_signatory(runtime: Runtime, campaign: Campaign, sign: Any) -> None:
    sign()
    withdraw_signature(runtime, 1)
    assert not removals.invalidate_signature(runtime, COMMAND_LINE, 1, RemovalKind.PROGRAM, "too late")
    assert not removals.restore_signature(runtime, COMMAND_LINE, 1, "A mistake")
    assert state(runtime) is SignatureState.WITHDRAWN
    assert numbers(runtime, campaign) == (0, 0)


def test_each_move_happens_once(runtime: Runtime, campaign: Campaign, sign: Any) -> None:
    sign()
    verify_signature(runtime, verify_link_of(runtime, 1))
    assert not removals.restore_signature(runtime, COMMAND_LINE, 1, "A mistake")
    assert [removals.invalidate_signature(runtime, COMMAND_LINE, 1, RemovalKind.PROGRAM, "a bot") for _ in range(2)] == [
        True,
        False,
    ]
    assert [removals.restore_signature(runtime, COMMAND_LINE, 1, "A mistake") for _ in range(2)] == [True, False]
    assert numbers(runtime, campaign) == (1, 0)


def test_a_signature_that_is_not_there_cannot_be_moved(runtime: Runtime) -> None:
    assert not removals.invalidate_signature(runtime, COMMAND_LINE, 4711, RemovalKind.PROGRAM, "a bot")
    assert not removals.restore_signature(runtime, COMMAND_LINE, 4711, "A mistake")


def test_a_move_asks_for_the_count_and_a_refused_one_does_not(runtime: Runtime, sign: Any) -> None:
    sign()
    waiting = job_queue(runtime.redis, LEDGER_QUEUE)
    assert not removals.restore_signature(runtime, COMMAND_LINE, 1, "A mistake")
    assert waiting.count == 0
    assert removals.invalidate_signature(runtime, COMMAND_LINE, 1, RemovalKind.PROGRAM, "a bot")
    assert waiting.count == 1


def test_only_the_signature_meant_is_moved(runtime: Runtime, campaign: Campaign, sign: Any) -> None:
    for number in range(1, 4):
        sign(f"{number}@example.org")
        verify_signature(runtime, verify_link_of(runtime, number))
    removals.invalidate_signature(runtime, COMMAND_LINE, 2, RemovalKind.PROGRAM, "a bot")
    assert [state(runtime, number).value for number in (1, 2, 3)] == ["verified", "invalidated", "verified"]
    assert numbers(runtime, campaign) == (2, 0)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_invalidating_needs_a_reason_that_can_be_kept(runtime: Runtime, sign: Callable[..., None], reason: str) -> None:
    sign()
    with pytest.raises(InvalidInputError):
        removals.invalidate_signature(runtime, COMMAND_LINE, 1, RemovalKind.PROGRAM, reason)
    signature = get_own_signature(runtime, verify_link_of(runtime, 1).signature_ref)
    assert signature is not None
    assert signature.state is SignatureState.PENDING

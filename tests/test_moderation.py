"""What a campaigner can do to signatures: invalidate, and restore to what it was."""

from collections.abc import Callable
from typing import Any

import pytest

from campaign import counting, moderation, signing
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.refusal import Refused
from campaign.domain.removal import Removal
from campaign.domain.signature import SignatureState
from campaign.domain.standing import Standing
from campaign.jobs import LEDGER_QUEUE
from campaign.runtime import Runtime, queue
from campaign.signing import Verified
from campaign.store import campaigns
from tests.factories import START, Now, link_to, new_campaign, submission


@pytest.fixture
def campaign(runtime: Runtime) -> Standing:
    return new_campaign(runtime)


@pytest.fixture
def sign(runtime: Runtime, campaign: Standing) -> Callable[..., None]:
    def one(email: str = "ada@example.org", **changes: Any) -> None:
        signing.sign(runtime, campaign.id, campaign.text.hash, submission(email, **changes))

    return one


def state(runtime: Runtime, signature_id: int = 1) -> SignatureState:
    signature = signing.look_at(runtime, link_to(runtime, signature_id).own)
    assert signature is not None
    return signature.state


def numbers(runtime: Runtime, campaign: Standing) -> tuple[int, int]:
    """Verified and pending, once the ledger has caught up."""
    counting.advance_all(runtime)
    with runtime.reading() as connection:
        standing = campaigns.by_id(connection, campaign.id)
    return standing.verified, standing.pending


def test_an_invalidated_signature_counts_no_longer(runtime: Runtime, campaign: Standing, sign: Any, now: Now) -> None:
    sign()
    signing.verify(runtime, link_to(runtime, 1))
    assert numbers(runtime, campaign) == (1, 0)
    now.forward(hours=1)
    assert moderation.invalidate(runtime, COMMAND_LINE, 1, Removal.PROGRAM, "signed by a script")
    assert numbers(runtime, campaign) == (0, 0)
    signature = signing.look_at(runtime, link_to(runtime, 1).own)
    assert signature is not None
    assert (signature.state, signature.verified_at, signature.ended_at) == (SignatureState.INVALIDATED, START, now())


def test_no_link_brings_an_invalidated_signature_back(runtime: Runtime, campaign: Standing, sign: Any) -> None:
    sign()
    moderation.invalidate(runtime, COMMAND_LINE, 1, Removal.PROGRAM, "signed by a script")
    assert signing.verify(runtime, link_to(runtime, 1)).outcome is Verified.NO_LONGER
    assert not signing.withdraw(runtime, 1)
    assert state(runtime) is SignatureState.INVALIDATED
    # Nor does signing again.
    sign(name="Somebody Else")
    assert state(runtime) is SignatureState.INVALIDATED
    assert signing.verify(runtime, link_to(runtime, 1, 2)).outcome is Verified.NO_LONGER
    signature = signing.look_at(runtime, link_to(runtime, 1).own)
    assert signature is not None
    assert signature.name == "Ada Lovelace"
    assert numbers(runtime, campaign) == (0, 0)


def test_restoring_gives_back_a_verified_signature_as_verified(runtime: Runtime, campaign: Standing, sign: Any) -> None:
    sign()
    signing.verify(runtime, link_to(runtime, 1))
    moderation.invalidate(runtime, COMMAND_LINE, 1, Removal.PROGRAM, "by mistake")
    assert moderation.restore(runtime, COMMAND_LINE, 1)
    signature = signing.look_at(runtime, link_to(runtime, 1).own)
    assert signature is not None
    assert (signature.state, signature.verified_at, signature.ended_at) == (SignatureState.VERIFIED, START, None)
    assert numbers(runtime, campaign) == (1, 0)


def test_restoring_never_verifies_what_was_not_verified(runtime: Runtime, campaign: Standing, sign: Any) -> None:
    sign()
    moderation.invalidate(runtime, COMMAND_LINE, 1, Removal.PROGRAM, "by mistake")
    assert numbers(runtime, campaign) == (0, 0)
    assert moderation.restore(runtime, COMMAND_LINE, 1)
    assert state(runtime) is SignatureState.PENDING
    assert numbers(runtime, campaign) == (0, 1)
    assert signing.verify(runtime, link_to(runtime, 1)).outcome is Verified.NOW
    assert numbers(runtime, campaign) == (1, 0)


def test_a_signature_withdrawn_and_given_again_is_not_restored_as_verified(
    runtime: Runtime, campaign: Standing, sign: Any
) -> None:
    sign()
    signing.verify(runtime, link_to(runtime, 1))
    signing.withdraw(runtime, 1)
    sign()
    moderation.invalidate(runtime, COMMAND_LINE, 1, Removal.PROGRAM, "by mistake")
    moderation.restore(runtime, COMMAND_LINE, 1)
    assert state(runtime) is SignatureState.PENDING
    assert numbers(runtime, campaign) == (0, 1)


def test_a_withdrawn_signature_belongs_to_its_signatory(runtime: Runtime, campaign: Standing, sign: Any) -> None:
    sign()
    signing.withdraw(runtime, 1)
    assert not moderation.invalidate(runtime, COMMAND_LINE, 1, Removal.PROGRAM, "too late")
    assert not moderation.restore(runtime, COMMAND_LINE, 1)
    assert state(runtime) is SignatureState.WITHDRAWN
    assert numbers(runtime, campaign) == (0, 0)


def test_each_move_happens_once(runtime: Runtime, campaign: Standing, sign: Any) -> None:
    sign()
    signing.verify(runtime, link_to(runtime, 1))
    assert not moderation.restore(runtime, COMMAND_LINE, 1)
    assert [moderation.invalidate(runtime, COMMAND_LINE, 1, Removal.PROGRAM, "a bot") for _ in range(2)] == [True, False]
    assert [moderation.restore(runtime, COMMAND_LINE, 1) for _ in range(2)] == [True, False]
    assert numbers(runtime, campaign) == (1, 0)


def test_a_signature_that_is_not_there_cannot_be_moved(runtime: Runtime) -> None:
    assert not moderation.invalidate(runtime, COMMAND_LINE, 4711, Removal.PROGRAM, "a bot")
    assert not moderation.restore(runtime, COMMAND_LINE, 4711)


def test_a_move_asks_for_the_count_and_a_refused_one_does_not(runtime: Runtime, sign: Any) -> None:
    sign()
    waiting = queue(runtime.redis, LEDGER_QUEUE)
    assert not moderation.restore(runtime, COMMAND_LINE, 1)
    assert waiting.count == 0
    assert moderation.invalidate(runtime, COMMAND_LINE, 1, Removal.PROGRAM, "a bot")
    assert waiting.count == 1


def test_only_the_signature_meant_is_moved(runtime: Runtime, campaign: Standing, sign: Any) -> None:
    for number in range(1, 4):
        sign(f"{number}@example.org")
        signing.verify(runtime, link_to(runtime, number))
    moderation.invalidate(runtime, COMMAND_LINE, 2, Removal.PROGRAM, "a bot")
    assert [state(runtime, number).value for number in (1, 2, 3)] == ["verified", "invalidated", "verified"]
    assert numbers(runtime, campaign) == (2, 0)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_invalidating_needs_a_reason_that_can_be_kept(runtime: Runtime, sign: Callable[..., None], reason: str) -> None:
    sign()
    with pytest.raises(Refused):
        moderation.invalidate(runtime, COMMAND_LINE, 1, Removal.PROGRAM, reason)
    signature = signing.look_at(runtime, link_to(runtime, 1).own)
    assert signature is not None
    assert signature.state is SignatureState.PENDING

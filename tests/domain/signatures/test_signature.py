"""The states of a signature and the moves between them."""

import pytest

from campaign.domain.signatures.signature import (
    INVALIDATE,
    RESTORE_PENDING,
    RESTORE_VERIFIED,
    VERIFY,
    WITHDRAW,
    SignatureState,
    Transition,
)
from campaign.store import tables

PENDING, VERIFIED = SignatureState.PENDING, SignatureState.VERIFIED
INVALIDATED, WITHDRAWN = SignatureState.INVALIDATED, SignatureState.WITHDRAWN


@pytest.mark.parametrize(
    ("move", "event", "out_of", "to"),
    [
        (VERIFY, "verify", {PENDING}, VERIFIED),
        (WITHDRAW, "withdraw", {PENDING, VERIFIED}, WITHDRAWN),
        (INVALIDATE, "invalidate", {PENDING, VERIFIED}, INVALIDATED),
        (RESTORE_VERIFIED, "restore", {INVALIDATED}, VERIFIED),
        (RESTORE_PENDING, "restore", {INVALIDATED}, PENDING),
    ],
)
def test_a_move_leads_out_of_its_own_states_only(
    move: Transition, event: str, out_of: set[SignatureState], to: SignatureState
) -> None:
    assert (move.event, set(move.from_states), move.to_state) == (event, out_of, to)


def test_no_link_undoes_an_invalidation() -> None:
    assert INVALIDATED not in VERIFY.from_states
    assert INVALIDATED not in WITHDRAW.from_states


def test_a_move_changes_the_state() -> None:
    for move in (VERIFY, WITHDRAW, INVALIDATE, RESTORE_VERIFIED, RESTORE_PENDING):
        assert move.to_state not in move.from_states


def test_states_are_the_words_of_the_interface() -> None:
    assert [state.value for state in SignatureState] == ["pending", "verified", "invalidated", "withdrawn"]


def test_states_fit_their_column() -> None:
    assert all(len(state) <= tables.signatures.c.state.type.length for state in SignatureState)

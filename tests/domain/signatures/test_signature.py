"""The states of a signature and the moves between them."""

import pytest

from campaign.domain.signatures.signature import (
    INVALIDATE,
    MAIL_AFTER_SIGNING,
    RESTORE_PENDING,
    RESTORE_VERIFIED,
    VERIFY,
    WITHDRAW,
    MailKind,
    SignatureState,
    Transition,
)
from campaign.store import tables
from campaign.store.mail.outbox import MAIL_PRIORITY

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


def test_states_and_kinds_of_mail_fit_their_columns() -> None:
    assert all(len(state) <= tables.signatures.c.state.type.length for state in SignatureState)
    assert all(len(kind) <= tables.outbox.c.kind.type.length for kind in MailKind)


def test_a_submission_is_answered_by_mail_whatever_is_on_file() -> None:
    # A withdrawn signature is pending again once it has been submitted, so that state needs no mail of its own.
    assert MAIL_AFTER_SIGNING == {
        PENDING: MailKind.VERIFY,
        VERIFIED: MailKind.ALREADY_SIGNED,
        INVALIDATED: MailKind.REMOVED,
    }


def test_a_verification_mail_goes_before_every_other() -> None:
    assert set(MAIL_PRIORITY) == set(MailKind)
    assert all(MAIL_PRIORITY[MailKind.VERIFY] < MAIL_PRIORITY[kind] for kind in MailKind if kind is not MailKind.VERIFY)

"""The registry of kinds of mail."""

import pytest

from campaign.config import TEMPLATES
from campaign.domain.mail.kinds import (
    MAIL_AFTER_SIGNING,
    MAIL_KINDS,
    SIGNATORY_MAIL_KINDS,
    MailKind,
)
from campaign.domain.signatures.signature import SignatureState
from campaign.store import tables


def test_every_kind_has_its_rules() -> None:
    assert set(MAIL_KINDS) == set(MailKind)
    assert {*MAIL_AFTER_SIGNING.values()} < {*SIGNATORY_MAIL_KINDS} < set(MailKind)


@pytest.mark.parametrize("kind", MailKind)
def test_each_kind_fits_its_column(kind: MailKind) -> None:
    assert len(kind) <= tables.outbox.c.kind.type.length


# The test of an update is the update itself, as its recipients get it.
@pytest.mark.parametrize("kind", [kind for kind in MailKind if kind not in (MailKind.UPDATE_TEST, MailKind.THANK_YOU_TEST)])
def test_each_kind_has_its_three_templates(kind: MailKind) -> None:
    assert {path.name for path in (TEMPLATES / "email" / kind.value).iterdir()} == {"subject.txt", "body.txt", "body.html"}


def test_a_submission_is_answered_by_mail_whatever_is_on_file() -> None:
    # A withdrawn signature is pending again once it has been submitted, so that state needs no mail of its own.
    assert MAIL_AFTER_SIGNING == {
        SignatureState.PENDING: MailKind.VERIFY,
        SignatureState.VERIFIED: MailKind.ALREADY_SIGNED,
        SignatureState.INVALIDATED: MailKind.REMOVED,
    }


def test_the_answer_to_a_submission_is_owed_in_the_state_it_answers_and_bounded() -> None:
    for state, kind in MAIL_AFTER_SIGNING.items():
        assert MAIL_KINDS[kind].signature_state is state
        assert MAIL_KINDS[kind].stranger_can_cause


def test_a_verification_mail_goes_before_every_other_to_signatories() -> None:
    first = MAIL_KINDS[MailKind.VERIFY].priority
    assert all(first < MAIL_KINDS[kind].priority for kind in SIGNATORY_MAIL_KINDS if kind is not MailKind.VERIFY)
    # Before it go only what is few by itself: links to sign in to the desk, and alarms.
    assert first == sorted({rules.priority for rules in MAIL_KINDS.values()})[1]
    assert not {kind for kind, rules in MAIL_KINDS.items() if rules.priority < first} & set(SIGNATORY_MAIL_KINDS)

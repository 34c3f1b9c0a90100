"""Kinds of mail: the registry of what each is for, how urgent it is, and when it is still owed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum

from campaign.domain.signatures.signature import SignatureState

LOGIN_LINK_LIFETIME = timedelta(minutes=15)
"""How long a mailed link signs somebody in."""
ADDRESS_CHANGE_LIFETIME = timedelta(hours=1)
"""How long a link to a new address makes it somebody's own."""
INVITATION_LIFETIME = timedelta(days=14)
"""How long an invitation can be accepted."""


class MailKind(StrEnum):
    """Kind of a mail: the name of the folder of its templates."""

    VERIFY = "verify"
    ALREADY_SIGNED = "already_signed"
    THANK_YOU = "thank_you"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    """The address belongs to a signature that campaigners invalidated; said only to the address itself."""
    REMINDER = "reminder"
    """A day after, to who has not confirmed."""
    LAST_REMINDER = "last_reminder"
    """The same shortly before the deadline."""
    LIFT_SUPPRESSION = "lift_suppression"
    """To somebody who told us never to write to them, and now has signed and asked for a link to take it back."""
    MY_SIGNATURES = "my_signatures"
    """All that was signed here from one mailbox, to that mailbox, which asked for it on the page of one of its signatures."""
    UPDATE = "update"
    """An update of a campaign, to who asked for them."""
    SIGN_IN = "desk_sign_in"
    INVITATION = "desk_invitation"
    TEAM = "desk_team"
    """A change of somebody's place in a team; the value `what` says how: added, role, removed, and `role` what it is now."""
    CREDENTIALS_CHANGED = "desk_proof_changed"
    """A change of how somebody signs in, or something odd that was done with it; the value `words` says what."""
    ADDRESS = "desk_address"
    """To the address sealed in its values: `what` is confirm, for one that is to be theirs, or changed, for one they had."""
    MILESTONE = "desk_milestone"
    CLOSING_SOON = "desk_closing_soon"
    DIGEST = "desk_digest"
    ALARM = "desk_alarm"
    """What a team or the operator must look at today; the value `alarm` says what."""
    TRIAL = "desk_test"
    """To the address sealed in its values, which an operator has given to see that mail leaves."""
    RETENTION = "desk_retention"
    """To a team whose campaign's personal data ends soon."""
    COMPLAINT_RECEIVED = "complaint"
    """To the address sealed in its values, whose owner has complained about what is done with their data; in the `language` of
    its values."""
    COMPLAINT_TO_ANSWER = "desk_complaint"
    """To the owners of the campaign it is about."""
    THANK_YOU_TEST = "desk_thank_you_test"
    """The mail of thanks as signatories would get it, to the campaigner who writes it, in the `language` of its values."""
    UPDATE_TEST = "desk_update_test"
    """An update as its recipients would get it, to the campaigner who writes it; the value `update` is its number in the
    database."""


class MailPriority(IntEnum):
    """Order of sending; lower goes first."""

    FIRST = 0
    """Few, and bounded by themselves: links to sign in to the desk, and alarms."""
    VERIFICATION = 1
    """Somebody looks into their mailbox for the link in it."""
    ANSWER = 2
    NEWS = 3
    BULK = 4
    """Mailings to many: behind everything else."""


class MailPreference(StrEnum):
    """Choice of a campaigner that a mail depends on."""

    ALERTS = "alerts"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class MailKindRules:
    """Rules of one kind of mail."""

    priority: MailPriority
    signature_state: SignatureState | None = None
    """The state in which a signature is still owed this mail; None for mails to campaigners."""
    stranger_can_cause: bool = False
    """Caused by anybody who knows an address, so bounded for each mailbox. The others answer an act that needed a link from
    the mailbox itself."""
    ignores_suppression: bool = False
    """Sent also to a mailbox that is suppressed."""
    preference: MailPreference | None = None
    """The choice without which it is not owed."""
    max_age: timedelta | None = None
    """The age after which nobody wants to read it any more."""
    is_address_sealed: bool = False
    """It goes to the address that is sealed in its values."""


MAIL_KINDS: Mapping[MailKind, MailKindRules] = {
    MailKind.VERIFY: MailKindRules(MailPriority.VERIFICATION, SignatureState.PENDING, stranger_can_cause=True),
    MailKind.ALREADY_SIGNED: MailKindRules(MailPriority.ANSWER, SignatureState.VERIFIED, stranger_can_cause=True),
    MailKind.REMOVED: MailKindRules(MailPriority.ANSWER, SignatureState.INVALIDATED, stranger_can_cause=True),
    MailKind.REMINDER: MailKindRules(MailPriority.NEWS, SignatureState.PENDING, stranger_can_cause=True),
    MailKind.LAST_REMINDER: MailKindRules(MailPriority.NEWS, SignatureState.PENDING, stranger_can_cause=True),
    # It takes a link from the mailbox; who was given one on is bounded like a stranger.
    MailKind.MY_SIGNATURES: MailKindRules(MailPriority.ANSWER, SignatureState.VERIFIED, stranger_can_cause=True),
    MailKind.THANK_YOU: MailKindRules(MailPriority.ANSWER, SignatureState.VERIFIED),
    MailKind.WITHDRAWN: MailKindRules(MailPriority.ANSWER, SignatureState.WITHDRAWN),
    MailKind.UPDATE: MailKindRules(MailPriority.BULK, SignatureState.VERIFIED),
    MailKind.LIFT_SUPPRESSION: MailKindRules(MailPriority.ANSWER, SignatureState.PENDING, ignores_suppression=True),
    MailKind.SIGN_IN: MailKindRules(MailPriority.FIRST, max_age=timedelta(hours=1)),
    MailKind.ADDRESS: MailKindRules(MailPriority.FIRST, is_address_sealed=True),
    MailKind.INVITATION: MailKindRules(MailPriority.ANSWER),
    MailKind.TEAM: MailKindRules(MailPriority.NEWS),
    MailKind.CREDENTIALS_CHANGED: MailKindRules(MailPriority.NEWS),
    MailKind.TRIAL: MailKindRules(MailPriority.FIRST, max_age=timedelta(hours=1), is_address_sealed=True),
    MailKind.RETENTION: MailKindRules(MailPriority.ANSWER),
    MailKind.COMPLAINT_RECEIVED: MailKindRules(MailPriority.ANSWER, is_address_sealed=True),
    MailKind.COMPLAINT_TO_ANSWER: MailKindRules(MailPriority.ANSWER),
    MailKind.ALARM: MailKindRules(MailPriority.FIRST, max_age=timedelta(days=2)),
    MailKind.THANK_YOU_TEST: MailKindRules(MailPriority.ANSWER, max_age=timedelta(hours=1)),
    MailKind.UPDATE_TEST: MailKindRules(MailPriority.ANSWER, max_age=timedelta(hours=1)),
    MailKind.MILESTONE: MailKindRules(MailPriority.NEWS, preference=MailPreference.ALERTS),
    MailKind.CLOSING_SOON: MailKindRules(MailPriority.NEWS, preference=MailPreference.ALERTS),
    MailKind.DIGEST: MailKindRules(MailPriority.NEWS, preference=MailPreference.DIGEST, max_age=timedelta(days=1)),
}
"""Every kind of mail there is."""

VERIFYING_MAIL_KINDS = (MailKind.VERIFY, MailKind.REMINDER, MailKind.LAST_REMINDER)
"""Mails with a link that verifies."""
SIGNATORY_MAIL_KINDS = tuple(kind for kind, rules in MAIL_KINDS.items() if rules.signature_state is not None)

MAIL_AFTER_SIGNING: Mapping[SignatureState, MailKind] = {
    SignatureState.PENDING: MailKind.VERIFY,
    SignatureState.VERIFIED: MailKind.ALREADY_SIGNED,
    SignatureState.INVALIDATED: MailKind.REMOVED,
}
"""The mail owed for a submission of the form, by the state the signature is in afterwards."""

"""Claimed mails: rows of the outbox in the hands of a worker, with all that is needed to write them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.text import Illustration, Picture
from campaign.domain.common.i18n import N_
from campaign.domain.mail.delivery import SuppressionReason
from campaign.domain.mail.kinds import MAIL_KINDS, VERIFYING_MAIL_KINDS, MailKind, MailPreference
from campaign.domain.moderation.removal import RemovalKind
from campaign.domain.signatures.signature import SignatureState
from campaign.domain.updates.update import MAILED_STATES, MailingState, UpdateText

NOT_WRITTEN_TO = N_("no mail goes to this address")
"""Why a mail was dropped, as campaigners read it: it does not say whether its owner asked for it, or complained."""
MAILBOX_MISSING = N_("its mailbox does not exist")
MAILING_STOPPED = N_("the mailing was stopped")
_STATE_REASONS = {
    SignatureState.PENDING: N_("the signature is not verified yet"),
    SignatureState.VERIFIED: N_("the signature is verified"),
    SignatureState.WITHDRAWN: N_("the signature is withdrawn"),
    SignatureState.INVALIDATED: N_("the signature is invalidated"),
}


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """One owed mail, claimed for one attempt."""

    id: int
    attempt: int
    """Counts from 1; a result is recorded only by the worker that holds the newest attempt."""
    kind: MailKind
    created_at: datetime
    name: str
    email: str
    """The address it goes to, as typed; "" for nobody."""
    slug: str
    """The campaign it is about; "" for none."""
    title: str
    time_zone: str
    unknown_at: datetime | None = field(default=None, kw_only=True)
    """When an earlier attempt ended without an answer; None where none did."""

    def cancel_reason(self, now: datetime) -> str:
        """Why it is not to be sent any more; "" where it is."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class MailedUpdate:
    """The update that a mail brings."""

    id: int
    number: int
    text: UpdateText
    mailing: MailingState
    picture: Illustration | None = None


@dataclass(frozen=True, slots=True)
class SignatoryMail(ClaimedMail):
    """A claimed mail to the signatory of one signature."""

    signature_id: int
    state: SignatureState
    link_key: str
    email_key: str
    edition: int
    contact: str
    organiser: str
    """Who is behind the campaign; "" where nobody has said it."""
    closes_at: datetime
    verify_until: datetime
    language: str = "en"
    """What the signatory reads."""
    campaign_language: str = "en"
    """The campaign's main one."""
    suppression: SuppressionReason | None = field(default=None, kw_only=True)
    """Why its mailbox gets no mail; None where it does."""
    suppressed_until: datetime | None = field(default=None, kw_only=True)
    """None: for good."""
    updates: bool = field(default=False, kw_only=True)
    """Whether the signatory has asked for updates, and still does."""
    updates_at: datetime | None = field(default=None, kw_only=True)
    """When they asked for them."""
    taken_down_at: datetime | None = field(default=None, kw_only=True)
    """When the campaign was taken down; None where it is not."""
    update: MailedUpdate | None = field(default=None, kw_only=True)
    """The update it brings; None for other kinds."""
    organiser_picture: Picture | None = field(default=None, kw_only=True)
    """Their picture or logo."""
    thank_you: str = field(default="", kw_only=True)
    """What the campaigners say in the mail of thanks, in Markdown; "" in others, and where they say nothing."""
    ended_class: str = field(default="", kw_only=True)
    """Why its signature was invalidated; "" where it was not."""

    def cancel_reason(self, now: datetime) -> str:
        """Why it is not to be sent any more; "" where it is."""
        is_suppressed = self.suppression is not None and (self.suppressed_until is None or now < self.suppressed_until)
        if is_suppressed and not MAIL_KINDS[self.kind].ignores_suppression:
            # Campaigners read this: what an owner asked for, or complained of, is told to nobody.
            has_bounced = self.suppression is SuppressionReason.HARD_BOUNCE
            return MAILBOX_MISSING if has_bounced else NOT_WRITTEN_TO
        if self.state is not MAIL_KINDS[self.kind].signature_state and not self._thanks_in_spite_of_rule:
            return _STATE_REASONS[self.state]
        if self.kind in VERIFYING_MAIL_KINDS and now >= self.verify_until:
            return N_("the link would no longer verify")
        if self.kind is MailKind.LAST_REMINDER and now >= self.closes_at:
            return N_("the deadline has passed")
        return self._update_cancel_reason() if self.kind is MailKind.UPDATE else ""

    @property
    def _thanks_in_spite_of_rule(self) -> bool:
        """Whether a standing rule has caught it: its signatory is thanked as everybody is, since no answer tells of rules."""
        is_caught = self.state is SignatureState.INVALIDATED and self.ended_class == RemovalKind.RULE
        return self.kind is MailKind.THANK_YOU and is_caught

    def _update_cancel_reason(self) -> str:
        if not self.updates:
            return N_("they want no updates any more")
        if self.taken_down_at is not None:
            return N_("the campaign is taken down")
        if self.update is None or self.update.mailing not in MAILED_STATES:
            return MAILING_STOPPED
        return ""


@dataclass(frozen=True, slots=True)
class InvitationFacts:
    """Facts that the mail with an invitation tells."""

    id: int
    key: str
    email: str
    role: Role | None
    inviter: str
    expires_at: datetime
    is_open: bool
    """Neither accepted nor revoked."""
    team: str = ""
    """Name of the team of the organisation it is to; "" for none."""


@dataclass(frozen=True, slots=True)
class CampaignerMail(ClaimedMail):
    """A claimed mail to a campaigner, or to the address that an invitation is for."""

    facts: Mapping[str, Any]
    """The values stored with it, for its templates: numbers, times and words of our own; nothing personal."""
    language: str
    """Of the account, or of who invites; "" where none was chosen."""
    campaigner_id: int | None
    wants_alerts: bool
    wants_digest: bool
    disabled: bool
    invitation: InvitationFacts | None = None

    def cancel_reason(self, now: datetime) -> str:
        """Why it is not to be sent any more; "" where it is."""
        if self.invitation is not None and not (self.invitation.is_open and now < self.invitation.expires_at):
            return "the invitation is open no more"
        rules = MAIL_KINDS[self.kind]
        if self.disabled or not (self.email or rules.is_address_sealed):
            return "there is nobody to tell"
        wanted = {None: True, MailPreference.ALERTS: self.wants_alerts, MailPreference.DIGEST: self.wants_digest}
        if not wanted[rules.preference]:
            return "not wanted any more"
        return "too late to be read" if rules.max_age is not None and now - self.created_at > rules.max_age else ""

"""Notices: the mails campaigners get, who wants which, and when one is no longer owed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from campaign.domain.accounts.role import Role

LOGIN_LINK_LIFETIME = timedelta(minutes=15)
"""How long a mailed link signs somebody in."""
ADDRESS_CHANGE_LIFETIME = timedelta(hours=1)
"""How long a link to a new address makes it somebody's own."""
INVITATION_LIFETIME = timedelta(days=14)
"""How long an invitation can be accepted."""


class NoticeKind(StrEnum):
    """What a notice is about: the folder of its templates."""

    SIGN_IN = "desk_sign_in"
    INVITATION = "desk_invitation"
    TEAM = "desk_team"
    """Somebody's place in a team has changed; the fact `what` says how: added, role, removed, and `role` what it is now."""
    CREDENTIALS_CHANGED = "desk_proof_changed"
    """How somebody proves who they are has changed, or something odd was done with it; the fact `words` says what."""
    ADDRESS = "desk_address"
    """To the address sealed in the facts: `what` is confirm, for one somebody wants as theirs, or changed, for one they had."""
    MILESTONE = "desk_milestone"
    CLOSING_SOON = "desk_closing_soon"
    DIGEST = "desk_digest"


PRIORITY = {NoticeKind.SIGN_IN: 0, NoticeKind.ADDRESS: 0, NoticeKind.INVITATION: 1}
"""Lower goes first: somebody waits for a link."""
DEFAULT_PRIORITY = 2

_MAX_AGE = {NoticeKind.SIGN_IN: timedelta(hours=1), NoticeKind.DIGEST: timedelta(days=1)}
"""After which nobody wants to read it any more."""


@dataclass(frozen=True, slots=True)
class InvitationFacts:
    """What the mail with an invitation tells."""

    id: int
    key: str
    email: str
    role: Role | None
    inviter: str
    expires_at: datetime
    is_open: bool
    """Neither accepted nor revoked."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One owed notice, claimed for one attempt, with all that is needed to write it."""

    id: int
    attempt: int
    """Counts from 1; a result is recorded only by whoever holds the newest attempt."""
    kind: NoticeKind
    facts: Mapping[str, Any]
    created_at: datetime
    campaigner_id: int | None
    name: str
    email: str
    """Whom it goes to; "" for nobody."""
    wants_alerts: bool
    wants_digest: bool
    disabled: bool
    slug: str
    """The campaign it is about; "" for none."""
    title: str
    time_zone: str
    invitation: InvitationFacts | None = None

    def cancel_reason(self, now: datetime) -> str:
        """Why it is not to be sent any more; "" where it is."""
        if self.invitation is not None and not (self.invitation.is_open and now < self.invitation.expires_at):
            return "the invitation is open no more"
        if not self.email or self.disabled:
            return "there is nobody to tell"
        unwanted = (self.kind in (NoticeKind.MILESTONE, NoticeKind.CLOSING_SOON) and not self.wants_alerts) or (
            self.kind is NoticeKind.DIGEST and not self.wants_digest
        )
        if unwanted:
            return "not wanted any more"
        lasts = _MAX_AGE.get(self.kind)
        return "too late to be read" if lasts is not None and now - self.created_at > lasts else ""

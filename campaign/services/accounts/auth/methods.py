"""In which ways somebody who is signed in can prove again who they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaign.services.accounts.auth import totp
from campaign.services.accounts.auth.passkey_challenges import site_relying_party

if TYPE_CHECKING:
    from campaign.runtime import Runtime
    from campaign.store.accounts.campaigners import Campaigner


@dataclass(frozen=True, slots=True)
class ConfirmMethods:
    """Methods that are open to a campaigner."""

    passkey: bool
    code: bool
    """Of an app, or a recovery code."""
    password: bool
    mail: bool
    """A mailed link, used in this browser."""

    @property
    def none(self) -> bool:
        """Whether somebody with the machine must help."""
        return not (self.passkey or self.code or self.password or self.mail)


def confirm_methods(runtime: Runtime, campaigner: Campaigner) -> ConfirmMethods:
    """Methods that are enough for a campaigner.

    A mailbox and a password are one factor. For a campaigner with a second one neither will do alone: what a mailbox can get
    round would be no second factor.
    """
    recovery = totp.recovery_codes_left(runtime, campaigner.id) > 0
    one_will_do = not campaigner.has_second_factor
    return ConfirmMethods(
        passkey=campaigner.passkeys > 0 and site_relying_party(runtime).supports_passkeys,
        code=campaigner.has_totp or (recovery and campaigner.has_second_factor),
        password=one_will_do and campaigner.has_password,
        mail=one_will_do and not campaigner.has_password,
    )

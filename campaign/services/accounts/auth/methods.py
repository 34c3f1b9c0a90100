"""In which ways somebody who is signed in can prove again who they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaign.services.accounts.auth import totp
from campaign.services.accounts.auth.passkey_challenges import site_relying_party
from campaign.store.accounts import campaigners

if TYPE_CHECKING:
    from campaign.runtime import Runtime
    from campaign.store.accounts.campaigners import Campaigner

_ACCOUNT_PATH = "/desk/account"


@dataclass(frozen=True, slots=True)
class ConfirmMethods:
    """Which are open."""

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


def confirm_methods(runtime: Runtime, campaigner: Campaigner, path: str) -> ConfirmMethods:
    """The ways that are enough for a path of the desk.

    A mailbox and a password are one factor. Where two are wanted, neither will do; and a campaigner with a code
    app never uses them alone, as then their second factor would be none.
    """
    recovery = totp.recovery_codes_left(runtime, campaigner.id) > 0
    twice = requires_second_factor(runtime, campaigner, path)
    one_will_do = not twice and not campaigner.has_totp
    return ConfirmMethods(
        passkey=campaigner.passkeys > 0 and site_relying_party(runtime).supports_passkeys,
        code=campaigner.has_totp or recovery,
        password=one_will_do and campaigner.has_password,
        mail=one_will_do and not campaigner.has_password,
    )


def requires_second_factor(runtime: Runtime, campaigner: Campaigner, path: str) -> bool:
    """Whether only a second factor will do: for changing one's own proofs, and where a campaign wants it of its team."""
    if not campaigner.has_second_factor:
        return False
    if path.startswith(_ACCOUNT_PATH):
        return True
    parts = path.split("/")
    if parts[:3] != ["", "desk", "c"] or len(parts) < 4:
        return False
    with runtime.reading() as connection:
        place = campaigners.get_membership(connection, parts[3].partition("?")[0], campaigner.id)
    return place is not None and place.requires_second_factor

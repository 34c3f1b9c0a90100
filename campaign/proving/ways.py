"""In which ways somebody who is signed in can prove again who they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaign.proving import codes
from campaign.proving.questions import party
from campaign.store import people

if TYPE_CHECKING:
    from campaign.runtime import Runtime
    from campaign.store.people import Campaigner

_OWN_PROOFS = "/desk/account"


@dataclass(frozen=True, slots=True)
class Ways:
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


def ways(runtime: Runtime, campaigner: Campaigner, wanted: str) -> Ways:
    """The ways that are enough for a path of the desk.

    A mailbox and a password are one factor. Where two are wanted, neither will do; and neither whoever has a code app goes by
    one, as then their second factor would be none.
    """
    recovery = codes.left(runtime, campaigner.id) > 0
    twice = wants_second_factor(runtime, campaigner, wanted)
    one_will_do = not twice and not campaigner.has_totp
    return Ways(
        passkey=campaigner.passkeys > 0 and party(runtime).possible,
        code=campaigner.has_totp or recovery,
        password=one_will_do and campaigner.has_password,
        mail=one_will_do and not campaigner.has_password,
    )


def wants_second_factor(runtime: Runtime, campaigner: Campaigner, wanted: str) -> bool:
    """Whether only a second factor will do: for changing one's own proofs, and where a campaign wants it of its team."""
    if not campaigner.second_factor:
        return False
    if wanted.startswith(_OWN_PROOFS):
        return True
    parts = wanted.split("/")
    if parts[:3] != ["", "desk", "c"] or len(parts) < 4:
        return False
    with runtime.reading() as connection:
        place = people.place(connection, parts[3].partition("?")[0], campaigner.id)
    return place is not None and place.second_factor

"""Codes as a second factor: of an app (TOTP, RFC 6238), each good once, and recovery codes for when the app is lost."""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING, NamedTuple

import pyotp
import structlog

from campaign.domain.refusal import Refused
from campaign.domain.second_factor import (
    RECOVERY_CODES,
    RECOVERY_OCTETS,
    read_app_code,
    read_recovery_code,
    recovery_code,
    recovery_hash,
    steps,
)
from campaign.proving.changing import changed, noted
from campaign.proving.limits import Limit, bounded
from campaign.sealing import Sealed
from campaign.store import credentials, passkeys

if TYPE_CHECKING:
    from campaign.domain.actor import Actor
    from campaign.runtime import Runtime
    from campaign.store.people import Campaigner

log = structlog.get_logger(__name__)

TO_SET_UP = 3600
"""Seconds in which an app is set up, or begun again."""
TRIES = (Limit(10, 900), Limit(40, 86400))
"""Three codes of a million are right at any moment: at this pace one is guessed in twenty years."""
_SECRET_OCTETS = 20
WRONG = "That code is not right, or was used before. Wait for the next one that your app shows."
WRONG_OFFER = "This was open for too long. Begin again."


class NewApp(NamedTuple):
    """An app that is to be set up."""

    secret: str
    """As it is typed into an app, in groups of four."""
    sealed: str
    address: str
    """`otpauth://…`, for a QR code."""


def offer(runtime: Runtime, campaigner: Campaigner, site: str, sealed: str = "") -> NewApp:
    """A secret for an app; the same again where it was offered before. Raises Refused."""
    if sealed:
        secret = _opened(runtime, campaigner.id, sealed)
    else:
        secret = base64.b32encode(runtime.octets(_SECRET_OCTETS)).decode()
        sealed = runtime.sealer.seal(campaigner.id, secret)
    address = pyotp.TOTP(secret).provisioning_uri(name=campaigner.email, issuer_name=site)
    return NewApp(" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)), sealed, address)


def turn_on(runtime: Runtime, campaigner: Campaigner, actor: Actor, sealed: str, typed: str, *, keep: str) -> list[str]:
    """Ask for an app's codes from now on, once it has shown a right one. The recovery codes, to be shown once.

    Raises Refused, TooMany.
    """
    bounded(runtime, "new-app", str(campaigner.id), *TRIES)
    step = _step(runtime, _opened(runtime, campaigner.id, sealed), typed)
    if step is None:
        raise Refused(WRONG)
    codes = _new_codes(runtime)
    with runtime.transaction() as connection:
        if not credentials.begin_totp(connection, campaigner.id, sealed, step):
            raise Refused("An app is set up already.")
        credentials.set_recovery_codes(connection, campaigner.id, map(recovery_hash, codes))
        changed(runtime, connection, campaigner.id, actor, "set up code app", keep=keep)
    return codes


def turn_off(runtime: Runtime, campaigner_id: int, actor: Actor, *, keep: str) -> bool:
    """Ask for codes no longer. False where none were asked for. With the last second factor go the recovery codes."""
    with runtime.transaction() as connection:
        if not credentials.end_totp(connection, campaigner_id):
            return False
        if not passkeys.of(connection, campaigner_id):
            credentials.set_recovery_codes(connection, campaigner_id, ())
        changed(runtime, connection, campaigner_id, actor, "remove code app", keep=keep)
    return True


def new_recovery_codes(runtime: Runtime, campaigner: Campaigner, actor: Actor, *, keep: str) -> list[str]:
    """Ten new ones, to be shown once; the old ones are good no longer."""
    codes = _new_codes(runtime)
    with runtime.transaction() as connection:
        credentials.set_recovery_codes(connection, campaigner.id, map(recovery_hash, codes))
        changed(runtime, connection, campaigner.id, actor, "make recovery codes", keep=keep)
    return codes


def left(runtime: Runtime, campaigner_id: int) -> int:
    """How many recovery codes somebody has left."""
    with runtime.reading() as connection:
        return credentials.recovery_codes_left(connection, campaigner_id)


def check(runtime: Runtime, campaigner_id: int, actor: Actor, typed: str) -> bool:
    """Take a code of somebody's app, or one of their recovery codes; it is used by that. Whether it was of the app.

    Raises Refused, TooMany.
    """
    bounded(runtime, "code", str(campaigner_id), *TRIES)
    if read_app_code(typed):
        _take_app_code(runtime, campaigner_id, typed)
        return True
    _take_recovery_code(runtime, campaigner_id, actor, typed)
    return False


def _take_app_code(runtime: Runtime, campaigner_id: int, typed: str) -> None:
    with runtime.reading() as connection:
        sealed = credentials.totp(connection, campaigner_id)
    try:
        secret, renewed = (runtime.sealer.open(campaigner_id, sealed), runtime.sealer.renewed(sealed)) if sealed else ("", "")
    except Sealed:
        log.warning("The secret of a code app cannot be read; put its key among SECRET_KEY_FALLBACKS", campaigner=campaigner_id)
        secret = renewed = ""
    step = _step(runtime, secret, typed) if secret else None
    if step is None:
        raise Refused(WRONG)
    with runtime.transaction() as connection:
        taken = credentials.take_step(connection, campaigner_id, sealed, renewed, step)
    if not taken:
        raise Refused(WRONG)


def _take_recovery_code(runtime: Runtime, campaigner_id: int, actor: Actor, typed: str) -> None:
    if not read_recovery_code(typed):
        raise Refused("Enter the six digits that your app shows, or one of your recovery codes.")
    with runtime.transaction() as connection:
        used = credentials.use_recovery_code(connection, campaigner_id, recovery_hash(typed), runtime.now())
        if used:
            noted(runtime, connection, campaigner_id, actor, "use recovery code")
    if not used:
        raise Refused("That recovery code is not right, or was used before. Enter another one.")


def _opened(runtime: Runtime, campaigner_id: int, sealed: str) -> str:
    try:
        return runtime.sealer.open(campaigner_id, sealed, seconds=TO_SET_UP)
    except Sealed as error:
        raise Refused(WRONG_OFFER) from error


def _step(runtime: Runtime, secret: str, typed: str) -> int | None:
    """The step whose code was typed; None where it is none of those that are taken now."""
    code, app = read_app_code(typed), pyotp.TOTP(secret)
    right = [step for step in steps(runtime.now()) if hmac.compare_digest(app.generate_otp(step), code)]
    return max(right, default=None)


def _new_codes(runtime: Runtime) -> list[str]:
    return [recovery_code(runtime.octets(RECOVERY_OCTETS)) for _ in range(RECOVERY_CODES)]

"""Codes as a second factor: of an app (TOTP, RFC 6238), each good once, and recovery codes for when the app is lost."""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING, NamedTuple

import pyotp
import structlog

from campaign.domain.accounts.second_factor import (
    read_app_code,
    read_recovery_code,
    recovery_code_hash,
    totp_steps,
)
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.security.encryption import DecryptionError
from campaign.services.accounts.auth.credential_changes import record_and_notify, record_credential_change
from campaign.services.accounts.auth.rate_limits import RateLimit, count_attempt
from campaign.services.accounts.auth.recovery_codes import generate_recovery_codes
from campaign.store.accounts import credentials, passkeys

if TYPE_CHECKING:
    from campaign.domain.accounts.actor import Actor
    from campaign.runtime import Runtime
    from campaign.store.accounts.campaigners import Campaigner

log = structlog.get_logger(__name__)

SETUP_SECONDS = 3600
"""Seconds in which an app is set up, or begun again."""
ATTEMPT_LIMITS = (RateLimit(10, 900), RateLimit(40, 86400))
"""Three codes of a million are right at any moment: at this pace one is guessed in twenty years."""
_SECRET_BYTES = 20
WRONG_CODE = N_("That code is not right, or was used before. Wait for the next one that your app shows.")
_SETUP_EXPIRED = N_("This was open for too long. Begin again.")


class TotpSetup(NamedTuple):
    """An app that is to be set up."""

    secret: str
    """As it is typed into an app, in groups of four."""
    encrypted_secret: str
    otpauth_uri: str
    """`otpauth://…`, for a QR code."""


def begin_totp_setup(runtime: Runtime, campaigner: Campaigner, site: str, encrypted_secret: str) -> TotpSetup:
    """A secret for an app; the same again where it was offered before and that offer is not over."""
    try:
        secret = _decrypt_secret(runtime, campaigner.id, encrypted_secret)
    except InvalidInputError:
        secret = base64.b32encode(runtime.random_bytes(_SECRET_BYTES)).decode()
        encrypted_secret = runtime.text_cipher.encrypt(campaigner.id, secret)
    address = pyotp.TOTP(secret).provisioning_uri(name=campaigner.email, issuer_name=site)
    return TotpSetup(" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)), encrypted_secret, address)


def enable_totp(
    runtime: Runtime, campaigner: Campaigner, actor: Actor, encrypted_secret: str, typed: str, *, keep_session: str
) -> list[str]:
    """Ask for an app's codes from now on, once it has shown a right one. The recovery codes, to be shown once.

    Raises InvalidInputError, TooManyAttemptsError.
    """
    count_attempt(runtime, "new-app", str(campaigner.id), *ATTEMPT_LIMITS)
    step = _matching_step(runtime, _decrypt_secret(runtime, campaigner.id, encrypted_secret), typed)
    if step is None:
        raise InvalidInputError(WRONG_CODE)
    codes = generate_recovery_codes(runtime)
    with runtime.transaction() as connection:
        if not credentials.enable_totp(connection, campaigner.id, encrypted_secret, step):
            raise InvalidInputError("An app is set up already.")
        credentials.set_recovery_codes(connection, campaigner.id, map(recovery_code_hash, codes))
        record_credential_change(runtime, connection, campaigner.id, actor, "set up code app", keep_session=keep_session)
    return codes


def disable_totp(runtime: Runtime, campaigner_id: int, actor: Actor, *, keep_session: str) -> bool:
    """Ask for codes no longer. False where none were asked for. With the last second factor go the recovery codes."""
    with runtime.transaction() as connection:
        if not credentials.disable_totp(connection, campaigner_id):
            return False
        if not passkeys.list_passkeys(connection, campaigner_id):
            credentials.set_recovery_codes(connection, campaigner_id, ())
        record_credential_change(runtime, connection, campaigner_id, actor, "remove code app", keep_session=keep_session)
    return True


def renew_recovery_codes(runtime: Runtime, campaigner: Campaigner, actor: Actor, *, keep_session: str) -> list[str]:
    """Ten new ones, to be shown once; the old ones are good no longer."""
    codes = generate_recovery_codes(runtime)
    with runtime.transaction() as connection:
        credentials.set_recovery_codes(connection, campaigner.id, map(recovery_code_hash, codes))
        record_credential_change(runtime, connection, campaigner.id, actor, "make recovery codes", keep_session=keep_session)
    return codes


def recovery_codes_left(runtime: Runtime, campaigner_id: int) -> int:
    """How many recovery codes somebody has left."""
    with runtime.reading() as connection:
        return credentials.count_unused_recovery_codes(connection, campaigner_id)


def verify_code(runtime: Runtime, campaigner_id: int, actor: Actor, typed: str) -> bool:
    """Take a code of somebody's app, or one of their recovery codes; it is used by that. Whether it was of the app.

    Raises InvalidInputError, TooManyAttemptsError.
    """
    count_attempt(runtime, "code", str(campaigner_id), *ATTEMPT_LIMITS)
    if read_app_code(typed):
        _use_totp_code(runtime, campaigner_id, typed)
        return True
    _use_recovery_code(runtime, campaigner_id, actor, typed)
    return False


def _use_totp_code(runtime: Runtime, campaigner_id: int, typed: str) -> None:
    with runtime.reading() as connection:
        sealed = credentials.get_totp_secret(connection, campaigner_id)
    try:
        secret, renewed = (
            (runtime.text_cipher.decrypt(campaigner_id, sealed), runtime.text_cipher.reencrypt(sealed)) if sealed else ("", "")
        )
    except DecryptionError:
        log.warning("The secret of a code app cannot be read; put its key among SECRET_KEY_FALLBACKS", campaigner=campaigner_id)
        secret = renewed = ""
    step = _matching_step(runtime, secret, typed) if secret else None
    if step is None:
        raise InvalidInputError(WRONG_CODE)
    with runtime.transaction() as connection:
        taken = credentials.use_totp_step(connection, campaigner_id, sealed, renewed, step)
    if not taken:
        raise InvalidInputError(WRONG_CODE)


def _use_recovery_code(runtime: Runtime, campaigner_id: int, actor: Actor, typed: str) -> None:
    if not read_recovery_code(typed):
        raise InvalidInputError("Enter the six digits that your app shows, or one of your recovery codes.")
    with runtime.transaction() as connection:
        used = credentials.use_recovery_code(connection, campaigner_id, recovery_code_hash(typed), runtime.now())
        if used:
            record_and_notify(runtime, connection, campaigner_id, actor, "use recovery code")
    if not used:
        raise InvalidInputError("That recovery code is not right, or was used before. Enter another one.")


def _decrypt_secret(runtime: Runtime, campaigner_id: int, encrypted_secret: str) -> str:
    try:
        return runtime.text_cipher.decrypt(campaigner_id, encrypted_secret, max_age_seconds=SETUP_SECONDS)
    except DecryptionError as error:
        raise InvalidInputError(_SETUP_EXPIRED) from error


def _matching_step(runtime: Runtime, secret: str, typed: str) -> int | None:
    """The step whose code was typed; None where it is none of those that are taken now."""
    code, app = read_app_code(typed), pyotp.TOTP(secret)
    right = [step for step in totp_steps(runtime.now()) if hmac.compare_digest(app.generate_otp(step), code)]
    return max(right, default=None)

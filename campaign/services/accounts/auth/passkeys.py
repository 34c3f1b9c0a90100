"""Passkeys (WebAuthn): registered, used, renamed, removed. Each is two factors: the device, and what unlocks it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import structlog

from campaign.domain.accounts.actor import Actor
from campaign.domain.accounts.second_factor import recovery_code_hash
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.services.accounts.auth.credential_changes import record_and_notify, record_credential_change
from campaign.services.accounts.auth.passkey_challenges import (
    TIMEOUT_MILLISECONDS,
    UNREADABLE_ANSWER,
    PasskeyChallenge,
    credential_descriptors,
    site_relying_party,
    store_challenge,
    take_challenge,
    user_handle,
)
from campaign.services.accounts.auth.rate_limits import RateLimit, count_attempt
from campaign.services.accounts.auth.recovery_codes import generate_recovery_codes
from campaign.store.accounts import audit_log, campaigners, credentials, passkeys

if TYPE_CHECKING:
    from campaign.runtime import Runtime
    from campaign.store.accounts.campaigners import Campaigner
    from campaign.store.accounts.passkeys import Passkey

log = structlog.get_logger(__name__)

MAX_PASSKEYS = 20
"""Passkeys of one campaigner."""
MAX_NAME_CHARACTERS = 80
LIMIT_PER_NETWORK = RateLimit(200, 900)
"""Questions asked of strangers: each is kept for a while."""
SIGN_IN_PURPOSE = "sign-in"
"""What a challenge is made for where nobody knows yet who answers it."""
_MAX_CREDENTIAL_ID_BYTES = 1023
"""Octets of a credential's id (WebAuthn Level 2)."""
_REFUSED_MESSAGE = "That passkey was not accepted. Try again, or sign in another way."
_COPIED_MESSAGE = (
    "That passkey was not accepted: it seems that a copy of it was used. Sign in another way, remove it and add a new one."
)


def confirm_purpose(campaigner_id: int) -> str:
    """What a challenge is made for that a campaigner answers to confirm who they are."""
    return f"confirm-{campaigner_id}"


def list_passkeys(runtime: Runtime, campaigner_id: int) -> list[Passkey]:
    """Somebody's passkeys, the oldest first."""
    with runtime.reading() as connection:
        return passkeys.list_passkeys(connection, campaigner_id)


def begin_registration(runtime: Runtime, campaigner: Campaigner, site: str) -> PasskeyChallenge:
    """Begin to register one."""
    from webauthn import generate_registration_options, options_to_json  # noqa: PLC0415 - large, and seldom needed
    from webauthn.helpers.structs import (  # noqa: PLC0415 - as above
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    challenge = runtime.random_bytes(32)
    options = generate_registration_options(
        rp_id=site_relying_party(runtime).host, rp_name=site, user_id=user_handle(campaigner.id), user_name=campaigner.email,
        user_display_name=campaigner.name or campaigner.email, challenge=challenge, timeout=TIMEOUT_MILLISECONDS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=credential_descriptors(list_passkeys(runtime, campaigner.id)),
    )  # fmt: skip
    return PasskeyChallenge(store_challenge(runtime, f"register-{campaigner.id}", challenge), options_to_json(options))


def finish_registration(
    runtime: Runtime, campaigner: Campaigner, actor: Actor, name: str, answer: tuple[str, str], *, keep_session: str
) -> list[str]:
    """Register what the browser made. `answer` is the question's name and the credential as JSON. Raises InvalidInputError.

    Recovery codes, to be shown once, where the campaigner has none: from the first passkey on the mailbox alone is no way in.
    """
    from webauthn import verify_registration_response  # noqa: PLC0415 - large, and seldom needed
    from webauthn.helpers import bytes_to_base64url  # noqa: PLC0415 - as above

    challenge, credential = take_challenge(runtime, f"register-{campaigner.id}", answer)
    site = site_relying_party(runtime)
    try:
        made = verify_registration_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=site.host, expected_origin=site.origin,
            require_user_verification=True,
        )  # fmt: skip
    except Exception as error:
        # Whatever a stranger's bytes break in the library that reads them, it is their bytes that are refused.
        log.info("A new passkey was refused", cause=type(error).__name__)
        raise InvalidInputError(UNREADABLE_ANSWER) from error
    if len(made.credential_id) > _MAX_CREDENTIAL_ID_BYTES:
        raise InvalidInputError(UNREADABLE_ANSWER)
    with runtime.transaction() as connection:
        if len(passkeys.list_passkeys(connection, campaigner.id)) >= MAX_PASSKEYS:
            raise InvalidInputError(f"You have {MAX_PASSKEYS} passkeys. Remove one that you no longer use first.")
        number = passkeys.add_passkey(
            connection, campaigner.id, bytes_to_base64url(made.credential_id), made.credential_public_key, made.sign_count,
            _read_name(name) or "Passkey", runtime.now(),
        )  # fmt: skip
        if number is None:
            raise InvalidInputError("That passkey is registered already.")
        codes: list[str] = []
        if not credentials.count_unused_recovery_codes(connection, campaigner.id):
            codes = generate_recovery_codes(runtime)
            credentials.set_recovery_codes(connection, campaigner.id, map(recovery_code_hash, codes))
        record_credential_change(
            runtime, connection, campaigner.id, actor, "add passkey", subject=str(number), keep_session=keep_session
        )
    return codes


def rename_passkey(runtime: Runtime, campaigner_id: int, actor: Actor, passkey_id: int, name: str) -> bool:
    """Call one something else. False where they have no such passkey. Raises InvalidInputError."""
    new = _read_name(name)
    if not new:
        raise InvalidInputError("Give the passkey a name.")
    with runtime.transaction() as connection:
        renamed = passkeys.rename_passkey(connection, campaigner_id, passkey_id, new)
        if renamed:
            audit_log.record(connection, actor, "rename passkey", runtime.now(), subject=str(passkey_id))
    return renamed


def remove_passkey(runtime: Runtime, campaigner_id: int, actor: Actor, passkey_id: int, *, keep_session: str) -> bool:
    """Accept one no longer. False where they have no such passkey. With the last second factor go the recovery codes."""
    with runtime.transaction() as connection:
        removed = passkeys.remove_passkey(connection, campaigner_id, passkey_id)
        if removed:
            if not credentials.get_totp_secret(connection, campaigner_id) and not passkeys.list_passkeys(
                connection, campaigner_id
            ):
                credentials.set_recovery_codes(connection, campaigner_id, ())
            record_credential_change(
                runtime, connection, campaigner_id, actor, "remove passkey", subject=str(passkey_id), keep_session=keep_session
            )
    return removed


def begin_authentication(runtime: Runtime, purpose: str, campaigner_id: int | None = None) -> PasskeyChallenge:
    """Ask for a passkey: whosever it is, or one of a campaigner's."""
    from webauthn import generate_authentication_options, options_to_json  # noqa: PLC0415 - large, and seldom needed
    from webauthn.helpers.structs import UserVerificationRequirement  # noqa: PLC0415 - as above

    challenge = runtime.random_bytes(32)
    options = generate_authentication_options(
        rp_id=site_relying_party(runtime).host, challenge=challenge, timeout=TIMEOUT_MILLISECONDS,
        allow_credentials=[] if campaigner_id is None else credential_descriptors(list_passkeys(runtime, campaigner_id)),
        user_verification=UserVerificationRequirement.REQUIRED,
    )  # fmt: skip
    return PasskeyChallenge(store_challenge(runtime, purpose, challenge), options_to_json(options))


def begin_sign_in(runtime: Runtime, network: str) -> PasskeyChallenge:
    """Challenge for signing in with any passkey, limited by network. Raises TooManyAttemptsError."""
    if network:
        count_attempt(runtime, "passkey", f"network:{network}", LIMIT_PER_NETWORK)
    return begin_authentication(runtime, SIGN_IN_PURPOSE)


def finish_authentication(runtime: Runtime, purpose: str, answer: tuple[str, str], network: str) -> Campaigner:
    """Whose passkey answered. Raises InvalidInputError, in the same words whether or not we know the passkey."""
    from webauthn import verify_authentication_response  # noqa: PLC0415 - large, and seldom needed

    challenge, credential = take_challenge(runtime, purpose, answer)
    passkey, campaigner = _owner(runtime, credential, handle_required=purpose == SIGN_IN_PURPOSE)
    site = site_relying_party(runtime)
    try:
        proven = verify_authentication_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=site.host, expected_origin=site.origin,
            credential_public_key=passkey.public_key, require_user_verification=True,
            # Whether it has counted on is asked below, in one step with noting it.
            credential_current_sign_count=0,
        )  # fmt: skip
    except Exception as error:
        log.info("A passkey was refused", cause=type(error).__name__)
        raise InvalidInputError(_REFUSED_MESSAGE) from error
    with runtime.transaction() as connection:
        genuine = passkeys.record_use(connection, passkey.id, proven.new_sign_count, runtime.now())
        if not genuine:
            actor = Actor(campaigner.name or "a campaigner", campaigner.id, network)
            record_and_notify(runtime, connection, campaigner.id, actor, "refuse copied passkey", subject=str(passkey.id))
    if not genuine:
        raise InvalidInputError(_COPIED_MESSAGE)
    return campaigner


def _owner(runtime: Runtime, credential: str, *, handle_required: bool) -> tuple[Passkey, Campaigner]:
    """Whose passkey it says it is. `handle_required`: the answer must say so itself, as nobody else has."""
    from webauthn.helpers import base64url_to_bytes  # noqa: PLC0415 - large, and seldom needed

    try:
        read = json.loads(credential)
        credential_id, handle = str(read["id"]), read["response"].get("userHandle")
        said = base64url_to_bytes(handle) if handle or handle_required else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidInputError(_REFUSED_MESSAGE) from error
    with runtime.reading() as connection:
        passkey = passkeys.get_by_credential(connection, credential_id) if credential_id.isascii() else None
        campaigner = campaigners.get_by_id(connection, passkey.campaigner_id) if passkey else None
    if passkey is None or campaigner is None or campaigner.disabled_at or said not in (None, user_handle(campaigner.id)):
        raise InvalidInputError(_REFUSED_MESSAGE)
    return passkey, campaigner


def _read_name(typed: str) -> str:
    name = " ".join(typed.split())[:MAX_NAME_CHARACTERS]
    return name if name.isprintable() else ""

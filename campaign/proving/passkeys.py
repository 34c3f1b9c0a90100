"""Passkeys (WebAuthn): made, used, renamed, removed. Whoever uses one has it, and unlocked it: that is two factors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import structlog
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from campaign.domain.actor import Actor
from campaign.domain.refusal import Refused
from campaign.proving.changing import changed, noted
from campaign.proving.limits import Limit, bounded
from campaign.proving.questions import NOT_READ, TIMEOUT, Question, descriptors, handle_of, keep, party, taken
from campaign.store import audit, credentials, passkeys, people

if TYPE_CHECKING:
    from campaign.runtime import Runtime
    from campaign.store.passkeys import Passkey
    from campaign.store.people import Campaigner

log = structlog.get_logger(__name__)

MOST = 20
"""Passkeys of one campaigner."""
LONGEST_NAME = 80
FROM_ONE_NETWORK = Limit(200, 900)
"""Questions asked of strangers: each is kept for a while."""
SIGN_IN = "sign-in"
"""What a challenge is made for where nobody knows yet who answers it."""
_LONGEST_ID = 1023
"""Octets of a credential's id (WebAuthn Level 2)."""
_NOT_TAKEN = "That passkey was not accepted. Try again, or sign in another way."
_COPIED = (
    "That passkey was not accepted: it seems that a copy of it was used. Sign in another way, remove it and add a new one."
)


def to_confirm(campaigner_id: int) -> str:
    """What a challenge is made for that a campaigner answers to confirm who they are."""
    return f"confirm-{campaigner_id}"


def of(runtime: Runtime, campaigner_id: int) -> list[Passkey]:
    """Somebody's passkeys, the oldest first."""
    with runtime.reading() as connection:
        return passkeys.of(connection, campaigner_id)


def ask_for_new(runtime: Runtime, campaigner: Campaigner, site: str) -> Question:
    """Begin to register one."""
    challenge = runtime.octets(32)
    options = generate_registration_options(
        rp_id=party(runtime).host, rp_name=site, user_id=handle_of(campaigner.id), user_name=campaigner.email,
        user_display_name=campaigner.name or campaigner.email, challenge=challenge, timeout=TIMEOUT,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=descriptors(of(runtime, campaigner.id)),
    )  # fmt: skip
    return Question(keep(runtime, f"register-{campaigner.id}", challenge), options_to_json(options))


def add(runtime: Runtime, campaigner: Campaigner, actor: Actor, name: str, answer: tuple[str, str], *, keep: str) -> None:
    """Register what the browser made. `answer` is the question's name and the credential as JSON. Raises Refused."""
    challenge, credential = taken(runtime, f"register-{campaigner.id}", answer)
    site = party(runtime)
    try:
        made = verify_registration_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=site.host, expected_origin=site.origin,
            require_user_verification=True,
        )  # fmt: skip
    except Exception as error:
        # Whatever a stranger's bytes break in the library that reads them, it is their bytes that are refused.
        log.info("A new passkey was refused", cause=type(error).__name__)
        raise Refused(NOT_READ) from error
    if len(made.credential_id) > _LONGEST_ID:
        raise Refused(NOT_READ)
    with runtime.transaction() as connection:
        if len(passkeys.of(connection, campaigner.id)) >= MOST:
            raise Refused(f"You have {MOST} passkeys. Remove one that you no longer use first.")
        number = passkeys.add(
            connection, campaigner.id, bytes_to_base64url(made.credential_id), made.credential_public_key, made.sign_count,
            _name(name) or "Passkey", runtime.now(),
        )  # fmt: skip
        if number is None:
            raise Refused("That passkey is registered already.")
        changed(runtime, connection, campaigner.id, actor, "add passkey", subject=str(number), keep=keep)


def rename(runtime: Runtime, campaigner_id: int, actor: Actor, passkey_id: int, name: str) -> bool:
    """Call one something else. False where they have no such passkey. Raises Refused."""
    new = _name(name)
    if not new:
        raise Refused("Give the passkey a name.")
    with runtime.transaction() as connection:
        renamed = passkeys.rename(connection, campaigner_id, passkey_id, new)
        if renamed:
            audit.record(connection, actor, "rename passkey", runtime.now(), subject=str(passkey_id))
    return renamed


def remove(runtime: Runtime, campaigner_id: int, actor: Actor, passkey_id: int, *, keep: str) -> bool:
    """Accept one no longer. False where they have no such passkey. With the last second factor go the recovery codes."""
    with runtime.transaction() as connection:
        removed = passkeys.remove(connection, campaigner_id, passkey_id)
        if removed:
            if not credentials.totp(connection, campaigner_id) and not passkeys.of(connection, campaigner_id):
                credentials.set_recovery_codes(connection, campaigner_id, ())
            changed(runtime, connection, campaigner_id, actor, "remove passkey", subject=str(passkey_id), keep=keep)
    return removed


def ask(runtime: Runtime, purpose: str, campaigner_id: int | None = None) -> Question:
    """Ask for a passkey: whosever it is, or one of a campaigner's."""
    challenge = runtime.octets(32)
    options = generate_authentication_options(
        rp_id=party(runtime).host, challenge=challenge, timeout=TIMEOUT,
        allow_credentials=[] if campaigner_id is None else descriptors(of(runtime, campaigner_id)),
        user_verification=UserVerificationRequirement.REQUIRED,
    )  # fmt: skip
    return Question(keep(runtime, purpose, challenge), options_to_json(options))


def ask_anybody(runtime: Runtime, network: str) -> Question:
    """Ask for a passkey of whoever comes from a network. Raises TooMany."""
    bounded(runtime, "passkey", f"network:{network}", FROM_ONE_NETWORK)
    return ask(runtime, SIGN_IN)


def prove(runtime: Runtime, purpose: str, answer: tuple[str, str], network: str) -> Campaigner:
    """Whose passkey answered. Raises Refused, in the same words whether or not we know the passkey."""
    challenge, credential = taken(runtime, purpose, answer)
    passkey, campaigner = _owner(runtime, credential, named=purpose == SIGN_IN)
    site = party(runtime)
    try:
        proven = verify_authentication_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=site.host, expected_origin=site.origin,
            credential_public_key=passkey.public_key, require_user_verification=True,
            # Whether it has counted on is asked below, in one step with noting it.
            credential_current_sign_count=0,
        )  # fmt: skip
    except Exception as error:
        log.info("A passkey was refused", cause=type(error).__name__)
        raise Refused(_NOT_TAKEN) from error
    with runtime.transaction() as connection:
        genuine = passkeys.used(connection, passkey.id, proven.new_sign_count, runtime.now())
        if not genuine:
            actor = Actor(campaigner.name or "a campaigner", campaigner.id, network)
            noted(runtime, connection, campaigner.id, actor, "refuse copied passkey", subject=str(passkey.id))
    if not genuine:
        raise Refused(_COPIED)
    return campaigner


def _owner(runtime: Runtime, credential: str, *, named: bool) -> tuple[Passkey, Campaigner]:
    """Whose passkey it says it is. `named`: the answer must say so itself, as nobody else has."""
    try:
        read = json.loads(credential)
        credential_id, handle = str(read["id"]), read["response"].get("userHandle")
        said = base64url_to_bytes(handle) if handle or named else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Refused(_NOT_TAKEN) from error
    with runtime.reading() as connection:
        passkey = passkeys.by_credential(connection, credential_id) if credential_id.isascii() else None
        campaigner = people.by_id(connection, passkey.campaigner_id) if passkey else None
    if passkey is None or campaigner is None or campaigner.disabled_at or said not in (None, handle_of(campaigner.id)):
        raise Refused(_NOT_TAKEN)
    return passkey, campaigner


def _name(typed: str) -> str:
    name = " ".join(typed.split())[:LONGEST_NAME]
    return name if name.isprintable() else ""

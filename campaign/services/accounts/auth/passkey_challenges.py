"""Questions that passkeys answer: what a browser is asked, kept until it has answered, and used up by that."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from campaign.domain.accounts.relying_party import RelyingParty, relying_party
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.store.redis import passkey_challenges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    from campaign.runtime import Runtime
    from campaign.store.accounts.passkeys import Passkey

TIMEOUT_MILLISECONDS = passkey_challenges.CHALLENGE_LIFETIME_SECONDS * 1000
"""Milliseconds in which a browser should answer."""
_MAX_CREDENTIAL_CHARACTERS = 16 * 1024
"""Characters of what a browser sends. Honest ones send a tenth of it."""
UNREADABLE_ANSWER = N_("Your browser’s answer could not be read, or came too late. Try again.")


class PasskeyChallenge(NamedTuple):
    """Challenge that a browser is asked."""

    name: str
    """What it must bring back in a cookie with its answer."""
    options_json: str
    """JSON, as `navigator.credentials` takes it once its binary parts are decoded."""


def site_relying_party(runtime: Runtime) -> RelyingParty:
    """What passkeys of this site are bound to."""
    return relying_party(runtime.settings.base_url)


def store_challenge(runtime: Runtime, purpose: str, challenge: bytes) -> str:
    """The random name under which a challenge waits for its answer."""
    name = runtime.random_token()
    runtime.call_redis(lambda redis: passkey_challenges.store_challenge(redis, name, purpose, challenge))
    return name


def take_challenge(runtime: Runtime, purpose: str, answer: tuple[str, str]) -> tuple[bytes, str]:
    """The challenge that was answered, which is used up, and the credential. Raises InvalidInputError."""
    name, credential = answer
    challenge = runtime.call_redis(lambda redis: passkey_challenges.take_challenge(redis, name, purpose)) if name else None
    if challenge is None or not credential or len(credential) > _MAX_CREDENTIAL_CHARACTERS:
        raise InvalidInputError(UNREADABLE_ANSWER)
    return challenge, credential


def user_handle(campaigner_id: int) -> bytes:
    """What authenticators know somebody by: nothing personal, the same for ever."""
    return f"countersign-{campaigner_id}".encode()


def credential_descriptors(known: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    """How a browser is told of passkeys."""
    from webauthn.helpers import base64url_to_bytes  # noqa: PLC0415 - large, and seldom needed
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor  # noqa: PLC0415 - as above

    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(passkey.credential_id)) for passkey in known]

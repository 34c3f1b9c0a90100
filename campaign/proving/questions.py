"""Questions that passkeys answer: what a browser is asked, kept until it has answered, and used up by that."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.structs import PublicKeyCredentialDescriptor

from campaign.domain.refusal import Refused
from campaign.domain.relying_party import RelyingParty, relying_party
from campaign.store import challenges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from campaign.runtime import Runtime
    from campaign.store.passkeys import Passkey

TIMEOUT = challenges.SECONDS * 1000
"""Milliseconds in which a browser should answer."""
_LONGEST_CREDENTIAL = 16 * 1024
"""Characters of what a browser sends. Honest ones send a tenth of it."""
NOT_READ = "Your browser’s answer could not be read, or came too late. Try again."


class Question(NamedTuple):
    """What a browser is asked."""

    name: str
    """What it must bring back in a cookie with its answer."""
    options: str
    """JSON, as `navigator.credentials` takes it once its binary parts are decoded."""


def party(runtime: Runtime) -> RelyingParty:
    """What passkeys of this site are bound to."""
    return relying_party(runtime.settings.base_url)


def keep(runtime: Runtime, purpose: str, challenge: bytes) -> str:
    """The random name under which a challenge waits for its answer."""
    name = runtime.token()
    runtime.ask_redis(lambda redis: challenges.keep(redis, name, purpose, challenge))
    return name


def taken(runtime: Runtime, purpose: str, answer: tuple[str, str]) -> tuple[bytes, str]:
    """The challenge that was answered, which is used up, and the credential. Raises Refused."""
    name, credential = answer
    challenge = runtime.ask_redis(lambda redis: challenges.take(redis, name, purpose)) if name else None
    if challenge is None or not credential or len(credential) > _LONGEST_CREDENTIAL:
        raise Refused(NOT_READ)
    return challenge, credential


def handle_of(campaigner_id: int) -> bytes:
    """What authenticators know somebody by: nothing personal, the same for ever."""
    return f"countersign-{campaigner_id}".encode()


def descriptors(known: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    """How a browser is told of passkeys."""
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(passkey.credential_id)) for passkey in known]

"""Sealing: what is kept must be read again, but not by who has stolen the database alone.

The keys are derived from the secret key and its fallbacks, for this purpose only.
"""

import base64
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Sealed(Exception):  # noqa: N818 - it reads as what it still is
    """It cannot be opened: not sealed by this site, for somebody else, or with a key that is gone."""


class Sealer:
    """Seals short texts. Immutable; safe to share between threads."""

    def __init__(self, secret_key: str, fallbacks: Sequence[str]) -> None:
        # Sealed with the first, opened with any.
        self._box = MultiFernet([Fernet(_key(secret)) for secret in (secret_key, *fallbacks)])

    def seal(self, owner: int, text: str) -> str:
        """Seal a text for somebody, by number: moved to another row it does not open."""
        return self._box.encrypt(f"{owner}:{text}".encode()).decode()

    def open(self, owner: int, token: str, *, seconds: int | None = None) -> str:
        """The text; where `seconds` are given, only if it was sealed no longer ago. Raises Sealed."""
        try:
            found = self._box.decrypt(token.encode(), ttl=seconds).decode()
        except (InvalidToken, UnicodeError) as error:
            raise Sealed from error
        whose, _, text = found.partition(":")
        if whose != str(owner):
            raise Sealed
        return text

    def renewed(self, token: str) -> str:
        """The same, sealed with the newest key. Raises Sealed."""
        try:
            return self._box.rotate(token.encode()).decode()
        except InvalidToken as error:
            raise Sealed from error


def _key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hmac.digest(secret.encode(), b"countersign: sealed secrets", "sha256"))

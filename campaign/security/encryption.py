"""Sealing: what is kept must be read again, but not by who has stolen the database alone.

The keys are derived from the secret key and its fallbacks, for this purpose only.
"""

import base64
import hmac
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class DecryptionError(Exception):
    """Ciphertext that cannot be opened: not sealed by this site, for somebody else, or with a key that is gone."""


class TextCipher:
    """Seals short texts. Immutable; safe to share between threads."""

    def __init__(self, secret_key: str, fallbacks: Sequence[str]) -> None:
        # Sealed with the first, opened with any.
        self._box = MultiFernet([Fernet(_fernet_key(secret)) for secret in (secret_key, *fallbacks)])

    def encrypt(self, owner: int, text: str) -> str:
        """Seal a text for somebody, by number: moved to another row it does not open."""
        return self._box.encrypt(f"{owner}:{text}".encode()).decode()

    def decrypt(self, owner: int, token: str, *, max_age_seconds: int | None = None) -> str:
        """The text; where `max_age_seconds` is given, only if it was sealed no longer ago. Raises DecryptionError."""
        try:
            found = self._box.decrypt(token.encode(), ttl=max_age_seconds).decode()
        except (InvalidToken, UnicodeError) as error:
            raise DecryptionError from error
        whose, _, text = found.partition(":")
        if whose != str(owner):
            raise DecryptionError
        return text

    def reencrypt(self, token: str) -> str:
        """The same, sealed with the newest key. Raises DecryptionError."""
        try:
            return self._box.rotate(token.encode()).decode()
        except InvalidToken as error:
            raise DecryptionError from error


class FileCipher:
    """Seals files in parts. Each file has a key of its own, made of the secret key and the salt that is kept with it: once the
    salt is gone, nobody opens the file again. Immutable; safe to share between threads.
    """

    def __init__(self, secret_key: str, fallbacks: Sequence[str]) -> None:
        self._secrets = [secret.encode() for secret in (secret_key, *fallbacks)]

    def encrypt_part(self, owner: int, salt: str, number: int, body: bytes, *, last: bool) -> bytes:
        """Seal a part of somebody's file, by number: in another place, or without those after it, it does not open."""
        return self._cipher(self._secrets[0], salt).encrypt(_nonce(number), body, _associated_data(owner, number, last=last))

    def decrypt_part(self, owner: int, salt: str, number: int, ciphertext: bytes, *, last: bool) -> bytes:
        """The part. Raises DecryptionError."""
        for secret in self._secrets:
            try:
                return self._cipher(secret, salt).decrypt(
                    _nonce(number), ciphertext, _associated_data(owner, number, last=last)
                )
            except InvalidTag:
                continue
        raise DecryptionError

    @staticmethod
    def _cipher(secret: bytes, salt: str) -> AESGCM:
        if not salt:
            raise DecryptionError
        return AESGCM(HKDF(SHA256(), 32, bytes.fromhex(salt), b"countersign: sealed files").derive(secret))


def _nonce(number: int) -> bytes:
    # A key seals one file, and each number of it once.
    return number.to_bytes(12, "big")


def _associated_data(owner: int, number: int, *, last: bool) -> bytes:
    return f"{owner}:{number}:{'last' if last else 'more'}".encode()


def _fernet_key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hmac.digest(secret.encode(), b"countersign: sealed secrets", "sha256"))

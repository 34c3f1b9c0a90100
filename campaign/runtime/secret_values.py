"""Secrets of a site: what its secret key signs and encrypts, and random values nobody can guess."""

import secrets
from dataclasses import dataclass
from functools import cached_property

from campaign.config import Settings, log_origin, require_log_key, require_secret
from campaign.domain.log.note import SignerKey
from campaign.security.encryption import FileCipher, TextCipher
from campaign.security.tokens import SignedTokens


@dataclass
class Secrets:
    """Tokens and ciphers, each made at its first use. They raise InvalidSettingsError where there is no secret key."""

    settings: Settings

    @cached_property
    def tokens(self) -> SignedTokens:
        """The signed links of this site."""
        return SignedTokens(*self._keys(), self.settings.base_url)

    @cached_property
    def text_cipher(self) -> TextCipher:
        """Encryption of values that the database alone must not give away."""
        return TextCipher(*self._keys())

    @cached_property
    def file_cipher(self) -> FileCipher:
        """Encryption of files that neither database nor disk alone must give away."""
        return FileCipher(*self._keys())

    @cached_property
    def log_key(self) -> SignerKey:
        """The key that signs the public log. Raises InvalidSettingsError where there is none."""
        require_log_key(self.settings)
        return SignerKey(log_origin(self.settings), bytes.fromhex(self.settings.log_key.get_secret_value()))

    def random_token(self) -> str:
        """A random value of 128 bits, in 22 characters."""
        return secrets.token_urlsafe(16)

    def random_link_key(self) -> str:
        """A random value that tells one row from any other that ever had its number: 64 bits, in 16 hexadecimal digits."""
        return secrets.token_hex(8)

    def random_bytes(self, count: int) -> bytes:
        """`count` random octets."""
        return secrets.token_bytes(count)

    def _keys(self) -> tuple[str, list[str]]:
        require_secret(self.settings)
        return self.settings.secret_key.get_secret_value(), [
            key.get_secret_value() for key in self.settings.secret_key_fallbacks
        ]

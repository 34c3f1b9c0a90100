"""Passwords at the desk: what one must be, long, and not what everybody tries first."""

import unicodedata

from campaign.domain.accounts.common_passwords import COMMON_PASSWORDS
from campaign.domain.common.invalid_input import InvalidInputError

MIN_PASSWORD_LENGTH = 12
"""Characters."""
MAX_PASSWORD_LENGTH = 200
"""Characters, so that hashing one takes no longer than it should."""
_MIN_DISTINCT_CHARACTERS = 5


def normalised_password(typed: str) -> str:
    """A password as it is compared: two keyboards may write one letter in two ways."""
    return unicodedata.normalize("NFC", typed)


def read_password(typed: str, email: str, name: str) -> str:
    """A new password of somebody with this address and name, normalised. Raises InvalidInputError."""
    password = normalised_password(typed)
    if not password:
        raise InvalidInputError("Enter a password.")
    if len(password) < MIN_PASSWORD_LENGTH:
        raise InvalidInputError(
            f"Use {MIN_PASSWORD_LENGTH} characters or more. Four words that do not belong together are easy to remember."
        )
    if len(password) > MAX_PASSWORD_LENGTH:
        raise InvalidInputError(f"Use {MAX_PASSWORD_LENGTH} characters or fewer.")
    plain = _comparable(password)
    if plain in COMMON_PASSWORDS or len(set(plain)) < _MIN_DISTINCT_CHARACTERS:
        raise InvalidInputError("That password is one of those that are tried first. Use another one.")
    if plain in {_comparable(email), _comparable(email.partition("@")[0]), _comparable(name)}:
        raise InvalidInputError("Your address or your name is no password. Use something nobody knows of you.")
    return password


def _comparable(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())

"""What a password at the desk must be: long, and not what everybody tries first."""

import unicodedata

from campaign.domain.common_passwords import COMMON
from campaign.domain.refusal import Refused

SHORTEST = 12
"""Characters."""
LONGEST = 200
"""Characters, so that hashing one takes no longer than it should."""
_FEWEST_DIFFERENT = 5


def normalised(typed: str) -> str:
    """A password as it is compared: two keyboards may write one letter in two ways."""
    return unicodedata.normalize("NFC", typed)


def read_password(typed: str, email: str, name: str) -> str:
    """A new password of somebody with this address and name, normalised. Raises Refused."""
    password = normalised(typed)
    if not password:
        raise Refused("Enter a password.")
    if len(password) < SHORTEST:
        raise Refused(f"Use {SHORTEST} characters or more. Four words that do not belong together are easy to remember.")
    if len(password) > LONGEST:
        raise Refused(f"Use {LONGEST} characters or fewer.")
    plain = _plain(password)
    if plain in COMMON or len(set(plain)) < _FEWEST_DIFFERENT:
        raise Refused("That password is one of those that are tried first. Use another one.")
    if plain in {_plain(email), _plain(email.partition("@")[0]), _plain(name)}:
        raise Refused("Your address or your name is no password. Use something nobody knows of you.")
    return password


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())

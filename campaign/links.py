"""Signed links and keyed hashes: all that is derived from the secret key, with one salt per purpose.

A link carries the number of a signature and a signature of its own (HMAC-SHA256, 256 bits), never a name or an address.
Nothing about it is stored, so none can be read from a stolen database; rotating SECRET_KEY keeps old links working as long
as the old key stays among SECRET_KEY_FALLBACKS.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from itsdangerous import BadSignature, Signer, TimestampSigner

THANKS_SECONDS = 3600
"""How long the browser that verified may look at its thank-you page."""


class NotOurs(Exception):  # noqa: N818 - it reads as what is wrong with the link
    """A link or cookie that this site did not sign, or whose time is over."""


@dataclass(frozen=True, slots=True)
class VerifyLink:
    """What a verification link says: which signature, and which edition of its details the mail spoke of."""

    signature_id: int
    edition: int


class Links:
    """Makes and reads links. Immutable; safe to share between threads."""

    def __init__(self, secret_key: str, fallbacks: Sequence[str], base_url: str) -> None:
        # itsdangerous signs with the last key and accepts any of them.
        keys = [*reversed(fallbacks), secret_key]
        self._base_url = base_url
        self._verify = Signer(keys, salt="verify", key_derivation="hmac", digest_method=hashlib.sha256)
        self._manage = Signer(keys, salt="manage", key_derivation="hmac", digest_method=hashlib.sha256)
        self._thanks = TimestampSigner(keys, salt="thanks", key_derivation="hmac", digest_method=hashlib.sha256)
        self._mailbox_key = hashlib.sha256(b"mailbox:" + secret_key.encode()).digest()
        self._message_key = hashlib.sha256(b"message:" + secret_key.encode()).digest()

    def url(self, path: str) -> str:
        """The full address of a path on this site."""
        return self._base_url + path

    def verify_token(self, signature_id: int, edition: int) -> str:
        """The token in a verification link."""
        return self._verify.sign(f"{signature_id}-{edition}").decode()

    def read_verify(self, token: str) -> VerifyLink:
        """Raises NotOurs."""
        signature_id, _, edition = _unsign(self._verify, token).partition("-")
        return VerifyLink(int(signature_id), int(edition))

    def manage_token(self, signature_id: int) -> str:
        """The token in the link to one's own signature. It works for ever: withdrawing must never expire."""
        return self._manage.sign(str(signature_id)).decode()

    def read_manage(self, token: str) -> int:
        """The signature's id. Raises NotOurs."""
        return int(_unsign(self._manage, token))

    def thanks_cookie(self, signature_id: int) -> str:
        """A cookie value that lets one browser see its thank-you page for an hour."""
        return self._thanks.sign(str(signature_id)).decode()

    def read_thanks(self, value: str) -> int:
        """The signature's id. Raises NotOurs, also once the hour is over."""
        try:
            return int(self._thanks.unsign(value, max_age=THANKS_SECONDS))
        except (BadSignature, UnicodeError) as error:
            raise NotOurs from error

    def mailbox_hash(self, email_key: str) -> str:
        """The name under which mails to one mailbox are counted: 128 bits, in hexadecimal, meaningless without the key."""
        return hmac.digest(self._mailbox_key, email_key.encode(), "sha256")[:16].hex()

    def message_id(self, promise_id: int, domain: str) -> str:
        """The Message-ID of one promised mail: the same at every attempt, so that a repeated mail can be told to be one."""
        return f"<{promise_id}.{hmac.digest(self._message_key, str(promise_id).encode(), 'sha256')[:12].hex()}@{domain}>"


def _unsign(signer: Signer, token: str) -> str:
    try:
        return signer.unsign(token).decode()
    except (BadSignature, UnicodeError) as error:
        raise NotOurs from error

"""Signed links and keyed hashes: all that is derived from the secret key, with one salt per purpose.

A link carries the number and the random key of a signature's row, and a signature of its own (HMAC-SHA256, 256 bits); never a
name or an address. With the key it fits that one row, also where a restored backup has given its number to another.
Who has stolen the database still cannot make one; rotating SECRET_KEY keeps old links working as long
as the old key stays among SECRET_KEY_FALLBACKS.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import NamedTuple

import structlog
from itsdangerous import BadSignature, Signer, TimestampSigner
from itsdangerous.encoding import want_bytes

log = structlog.get_logger(__name__)

THANKS_COOKIE_SECONDS = 3600
"""How long the browser that verified may look at its thank-you page."""
MAX_NUMBER_DIGITS = 18
"""Digits of a row's number: 64 bits have room for them."""
KNOWN_BROWSER_COOKIE_SECONDS = 180 * 86_400
"""How long a browser in which somebody signed in to the desk is known to have been one."""
FLASH_COOKIE_SECONDS = 60
"""How long what was done may still be said."""


class InvalidTokenError(Exception):
    """A link or cookie that this site did not sign, or whose time is over."""


class SignatureRef(NamedTuple):
    """Reference in a link to one's own signature: which row, and the key that only this row has."""

    signature_id: int
    link_key: str


class VerificationRef(NamedTuple):
    """Reference in a verification link: which signature, and which edition of its details the mail spoke of."""

    signature_id: int
    link_key: str
    edition: int

    @property
    def signature_ref(self) -> SignatureRef:
        """The signature alone."""
        return SignatureRef(self.signature_id, self.link_key)


class UnsubscribeRef(NamedTuple):
    """Reference in an unsubscribe link: whose consent to updates it ends, and which update's mail it was in."""

    signature_id: int
    link_key: str
    update_id: int


class _Signer(Signer):
    """Signer that derives its keys once, and not anew for each token."""

    def __init__(self, keys: Sequence[str], salt: str) -> None:
        super().__init__(keys, salt=salt, key_derivation="hmac", digest_method=hashlib.sha256)
        self._derived_keys: dict[bytes, bytes] = {}
        for key in self.secret_keys:
            self._derived_keys[key] = super().derive_key(key)

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        """The key to sign with: of one of the secret keys, else of the present one."""
        return self._derived_keys[self.secret_keys[-1] if secret_key is None else want_bytes(secret_key)]


class _TimestampSigner(_Signer, TimestampSigner):
    """The same with the time of signing."""


class SignedTokens:
    """Makes and reads links. Immutable; safe to share between threads."""

    def __init__(self, secret_key: str, fallbacks: Sequence[str], base_url: str) -> None:
        # itsdangerous signs with the last key and accepts any of them.
        keys = [*reversed(fallbacks), secret_key]
        self._base_url = base_url
        self._verify = _Signer(keys, "verify")
        self._manage = _Signer(keys, "manage")
        self._unsubscribe = _Signer(keys, "unsubscribe")
        self._embed = _Signer(keys, "embed")
        self._thanks = _TimestampSigner(keys, "thanks")
        self._typed = _TimestampSigner(keys, "typed")
        self._entrance = _Signer(keys, "entrance")
        self._invitation = _Signer(keys, "invitation")
        self._known = _TimestampSigner(keys, "known browser")
        self._said = _TimestampSigner(keys, "said")
        self._mailbox_keys = [hashlib.sha256(b"mailbox:" + key.encode()).digest() for key in (secret_key, *fallbacks)]
        self._mailbox_key = self._mailbox_keys[0]
        self._record_keys = [hashlib.sha256(b"record:" + key.encode()).digest() for key in (secret_key, *fallbacks)]
        self._message_keys = [hashlib.sha256(b"message:" + key.encode()).digest() for key in (secret_key, *fallbacks)]

    def absolute_url(self, path: str) -> str:
        """The full address of a path on this site."""
        return self._base_url + path

    def verify_token(self, signature_id: int, link_key: str, edition: int) -> str:
        """The token in a verification link."""
        return self._verify.sign(f"{signature_id}-{link_key}-{edition}").decode()

    def read_verify(self, token: str) -> VerificationRef:
        """Raises InvalidTokenError."""
        signature_id, link_key, edition = _unsign(self._verify, token).split("-")
        return VerificationRef(int(signature_id), link_key, int(edition))

    def manage_token(self, signature_id: int, link_key: str) -> str:
        """The token in the link to one's own signature. It works for ever: withdrawing must never expire."""
        return self._manage.sign(f"{signature_id}-{link_key}").decode()

    def read_manage(self, token: str) -> SignatureRef:
        """Raises InvalidTokenError."""
        return _signature_ref(_unsign(self._manage, token))

    def unsubscribe_token(self, signature_id: int, link_key: str, update_id: int) -> str:
        """The token in the link by which a signatory wants no more updates. It works for ever, and opens nothing else."""
        return self._unsubscribe.sign(f"{signature_id}-{link_key}-{update_id}").decode()

    def read_unsubscribe(self, token: str) -> UnsubscribeRef:
        """Raises InvalidTokenError."""
        signature_id, link_key, update_id = _unsign(self._unsubscribe, token).split("-")
        return UnsubscribeRef(int(signature_id), link_key, int(update_id))

    def embed_token(self, slug: str, hour: int) -> str:
        """The token in the form of a campaign's widget; `hour` counts from 1970."""
        return self._embed.sign(f"{slug}.{hour}").decode()

    def read_embed_token(self, token: str) -> tuple[str, int]:
        """Slug and hour of a form of the widget. Raises InvalidTokenError."""
        slug, _, hour = _unsign(self._embed, token).rpartition(".")
        return slug, int(hour)

    def thanks_cookie(self, ref: SignatureRef) -> str:
        """A cookie value that lets one browser see its thank-you page for an hour."""
        return self._thanks.sign(f"{ref.signature_id}-{ref.link_key}").decode()

    def read_thanks(self, value: str) -> SignatureRef:
        """Raises InvalidTokenError, also once the hour is over."""
        try:
            return _signature_ref(self._thanks.unsign(value, max_age=THANKS_COOKIE_SECONDS).decode())
        except (BadSignature, UnicodeError) as error:
            raise InvalidTokenError from error

    def typed_address_cookie(self, address: str) -> str:
        """A cookie value that lets the browser an address was typed in see it again for an hour."""
        return self._typed.sign(base64.urlsafe_b64encode(address.encode())).decode()

    def read_typed_address(self, value: str) -> str:
        """Raises InvalidTokenError, also once the hour is over."""
        try:
            return base64.urlsafe_b64decode(self._typed.unsign(value, max_age=THANKS_COOKIE_SECONDS)).decode()
        except (BadSignature, UnicodeError) as error:
            raise InvalidTokenError from error

    def login_token(self, login_link_id: int, key: str) -> str:
        """The token in a link to sign in to the desk with."""
        return self._entrance.sign(f"{login_link_id}-{key}").decode()

    def read_login(self, token: str) -> tuple[int, str]:
        """Which link to sign in with, and its key. Raises InvalidTokenError."""
        return _row_id_and_key(_unsign(self._entrance, token))

    def invitation_token(self, invitation_id: int, key: str) -> str:
        """The token in the link of an invitation to the desk."""
        return self._invitation.sign(f"{invitation_id}-{key}").decode()

    def read_invitation(self, token: str) -> tuple[int, str]:
        """Which invitation, and its key. Raises InvalidTokenError."""
        return _row_id_and_key(_unsign(self._invitation, token))

    def flash_cookie(self, words: str) -> str:
        """A cookie value by which the next page says what was done."""
        return self._said.sign(base64.urlsafe_b64encode(words.encode())).decode()

    def read_flash(self, value: str) -> str:
        """Raises InvalidTokenError, also once it is too old to be said."""
        try:
            return base64.urlsafe_b64decode(self._said.unsign(value, max_age=FLASH_COOKIE_SECONDS)).decode()
        except (BadSignature, UnicodeError) as error:
            raise InvalidTokenError from error

    def known_browser_cookie(self, browser: str) -> str:
        """A cookie value that shows that somebody has signed in to the desk in this browser; `browser` is a random value."""
        return self._known.sign(browser).decode()

    def read_known_browser(self, value: str) -> str:
        """The random value of a known browser. Raises InvalidTokenError, also once its time is over."""
        try:
            return self._known.unsign(value, max_age=KNOWN_BROWSER_COOKIE_SECONDS).decode()
        except (BadSignature, UnicodeError) as error:
            raise InvalidTokenError from error

    @staticmethod
    def share_code(ref: SignatureRef) -> str:
        """The code in a signatory's personal share link: 22 characters that lead back to nobody.

        It is the same for ever, whatever becomes of the secret key, and opens nothing: what a signature's links can do, they
        can by their signed token alone.
        """
        digest = hashlib.sha256(f"share:{ref.signature_id}-{ref.link_key}".encode()).digest()
        return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")

    def mailbox_hash(self, email_key: str) -> str:
        """The name under which mails to one mailbox are counted: 128 bits, in hexadecimal, meaningless without the key."""
        return hmac.digest(self._mailbox_key, email_key.encode(), "sha256")[:16].hex()

    def mailbox_hashes(self, email_key: str) -> list[str]:
        """The same by each key that still counts, the present one first: what was noted under an older one is still found."""
        return [hmac.digest(key, email_key.encode(), "sha256")[:16].hex() for key in self._mailbox_keys]

    def rate_limit_hash(self, subject: str) -> str:
        """The name under which attempts of a network, or at an account, are counted: meaningless without the key."""
        return hmac.digest(self._mailbox_key, b"attempts:" + subject.encode(), "sha256")[:16].hex()

    def flow_key(self, kind: str, value: str) -> int | None:
        """The number by which mails of one network or domain are told from others in the queue; None for no value."""
        if not value:
            return None
        return int.from_bytes(hmac.digest(self._mailbox_key, f"{kind}:{value}".encode(), "sha256")[:8], "big") >> 1

    def record_mac(self, purpose: str, *parts: str) -> str:
        """MAC of a record that is kept where others may write (HMAC-SHA256, 256 bits, in hexadecimal)."""
        return _record_mac(self._record_keys[0], purpose, parts)

    def is_record_mac(self, mac: str, purpose: str, *parts: str) -> bool:
        """Whether a MAC is that of a record, by any key that still counts."""
        return any(hmac.compare_digest(_record_mac(key, purpose, parts).encode(), mac.encode()) for key in self._record_keys)

    def message_id(self, mail_id: int, domain: str) -> str:
        """The Message-ID of one promised mail: the same at every attempt, so that a repeated mail can be told to be one."""
        return f"<{mail_id}.{_message_mark(self._message_keys[0], mail_id)}@{domain}>"

    def read_message_reference(self, reference: str) -> int:
        """The number of the mail that a Message-ID of ours names, or its local part, or that part with `_` as tags have it.

        Raises InvalidTokenError.
        """
        local = reference.strip("<> \r\n\t").partition("@")[0].replace("_", ".")
        number, _, mark = local.partition(".")
        if not (number.isascii() and number.isdigit() and len(number) <= MAX_NUMBER_DIGITS and mark.isascii()):
            raise InvalidTokenError
        if not any(hmac.compare_digest(_message_mark(key, int(number)), mark) for key in self._message_keys):
            raise InvalidTokenError
        return int(number)


def _record_mac(key: bytes, purpose: str, parts: Sequence[str]) -> str:
    # Each part with its length: no two records are the same octets.
    record = "".join(f"{len(part)}:{part}" for part in (purpose, *parts))
    return hmac.digest(key, record.encode(), "sha256").hex()


def _message_mark(key: bytes, mail_id: int) -> str:
    return hmac.digest(key, str(mail_id).encode(), "sha256")[:12].hex()


def _signature_ref(value: str) -> SignatureRef:
    signature_id, link_key = value.split("-")
    return SignatureRef(int(signature_id), link_key)


def _row_id_and_key(value: str) -> tuple[int, str]:
    # The key is random, and may hold a hyphen itself.
    row_id, _, key = value.partition("-")
    return int(row_id), key


def _unsign(signer: Signer, token: str) -> str:
    try:
        return signer.unsign(token).decode()
    except (BadSignature, UnicodeError) as error:
        # The kind is what the link was to be signed with. Nothing of the link itself is logged.
        log.info("A link was refused: not signed by this site", kind=bytes(signer.salt).decode())
        raise InvalidTokenError from error

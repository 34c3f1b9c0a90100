"""Email addresses: as typed for sending, canonical for comparing.

Two spellings that reach one mailbox must be one signature, and two mailboxes must never be taken for one. So the rules
that join spellings are kept per provider and only where the provider documents them; everywhere else only letter case
is folded.
"""

import unicodedata
from dataclasses import dataclass

import idna
from email_validator import EmailNotValidError, validate_email

from campaign.domain.common.invalid_input import InvalidInputError

MAX_ADDRESS_OCTETS = 254
"""Octets in a forward path without its brackets (RFC 5321, 4.5.3.1.3)."""
MAX_ADDRESS_KEY_LENGTH = 320
"""Characters. Folding can make one letter into many (U+FDFA into eighteen); no address in use comes near this."""


@dataclass(frozen=True, slots=True)
class Provider:
    """How one mail provider reads the part before the @."""

    domain: str
    """The domain all its spellings are filed under."""
    ignored_characters: str = ""
    """Characters it ignores."""
    tag_separator: str = "+"
    """Where a tag begins that it ignores; empty where it keeps tags."""


_GMAIL = Provider("gmail.com", ignored_characters=".")
_PROTON = Provider("proton.me", ignored_characters=".-_")
_APPLE = Provider("icloud.com")
_FASTMAIL = Provider("fastmail.com")

_PROVIDERS: dict[str, Provider] = {
    "gmail.com": _GMAIL,
    "googlemail.com": _GMAIL,
    "proton.me": _PROTON,
    "protonmail.com": _PROTON,
    "pm.me": _PROTON,
    "icloud.com": _APPLE,
    "me.com": _APPLE,
    "mac.com": _APPLE,
    "fastmail.com": _FASTMAIL,
    # One name at each of Microsoft's domains is a mailbox of its own; only the tag is ignored.
    **{d: Provider(d) for d in ("outlook.com", "hotmail.com", "hotmail.co.uk", "live.com", "live.co.uk", "msn.com")},
}


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """One email address in its two readings."""

    typed: str
    """As typed, cleaned of white space and normalised: what mail is sent to."""
    key: str
    """Canonical: equal for two spellings of one mailbox. For comparing only, never for sending."""


def read_email_address(text: str) -> EmailAddress:
    """Read an address as typed into a form. Syntax only: whether the domain takes mail is asked later, in a worker.

    Raises Refused with a sentence that says what to do.
    """
    text = text.strip()
    if not text:
        raise InvalidInputError("Enter your email address.")
    if len(text) > MAX_ADDRESS_OCTETS or len(text.encode(errors="replace")) > MAX_ADDRESS_OCTETS:
        raise InvalidInputError("That email address is too long. Check it for something pasted twice.")
    try:
        found = validate_email(text, check_deliverability=False, strict=True)
    except EmailNotValidError:
        raise InvalidInputError("Enter an email address in the form name@example.org.") from None
    key = _canonical_key(found.local_part, found.ascii_domain)
    if len(key) > MAX_ADDRESS_KEY_LENGTH:
        raise InvalidInputError("Enter an email address in the form name@example.org.")
    return EmailAddress(typed=found.normalized, key=key)


def smtp_address(typed: str) -> str:
    """An address as the mail system takes it: its domain in ASCII (IDNA), its local part as typed."""
    if typed.isascii():
        return typed
    local, _, domain = typed.rpartition("@")
    return f"{local}@{idna.encode(domain, uts46=True).decode()}"


def _canonical_key(local: str, domain: str) -> str:
    # NFKC folds full-width and other look-alike forms of a letter, which mail systems deliver to one mailbox or not at all.
    local = unicodedata.normalize("NFKC", local).casefold()
    domain = domain.lower()
    provider = _PROVIDERS.get(domain)
    if provider is not None:
        name = local.split(provider.tag_separator, 1)[0] if provider.tag_separator else local
        for character in provider.ignored_characters:
            name = name.replace(character, "")
        # An address that is nothing but a tag keeps its spelling rather than becoming everybody's.
        local, domain = (name or local), provider.domain
    return f"{local}@{domain}"

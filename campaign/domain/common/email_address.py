"""Email addresses: as typed for sending, canonical for comparing.

Two spellings that reach one mailbox are one signature. What follows a + is a tag wherever mail is read today, so it is cut
everywhere; who signs again and again as bob+1, bob+2 counts once. Other rules (dots, other spellings of a domain) join two
mailboxes at one provider that are two people's at the next, so they are kept per provider, where it documents them.
"""

import re
import unicodedata
from dataclasses import dataclass

import idna
from email_validator import EmailNotValidError, validate_email

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.common.invisible_characters import INVISIBLE_CHARACTERS, JOINERS

MAX_ADDRESS_OCTETS = 254
"""Octets in a forward path without its brackets (RFC 5321, 4.5.3.1.3)."""
MAX_ADDRESS_KEY_LENGTH = 320
"""Characters. Folding can make one letter into many (U+FDFA into eighteen); no address in use comes near this."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Mail provider: how it reads the part before the @."""

    domain: str
    """The domain all its spellings are filed under."""
    ignored_characters: str = ""
    """Characters it ignores."""


_GMAIL = Provider("gmail.com", ignored_characters=".")
_PROTON = Provider("proton.me", ignored_characters=".-_")
_APPLE = Provider("icloud.com")
_FASTMAIL = Provider("fastmail.com")

_TAG_SEPARATOR = "+"
# What comes along when an address is pasted from a page, a mail or a chat: marks of direction, zero-width spaces, a mailto.
_AROUND = rf"\s{INVISIBLE_CHARACTERS}{JOINERS}"
_PASTED_AROUND = re.compile(rf"\A[{_AROUND}]+|[{_AROUND}]+\Z")
_NAME_AND_ADDRESS = re.compile(r"[^<>]*<([^<>]+)>[.,;]?")

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
    text = _without_what_was_pasted(text)
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


def read_mail_domain(text: str) -> str:
    """The domain of canonical addresses: one in another script, or another name of a provider, as it is stored.

    Raises InvalidInputError.
    """
    return read_email_address(f"someone@{text}").key.partition("@")[2]


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
    provider = _PROVIDERS.get(domain, Provider(domain))
    name = local.split(_TAG_SEPARATOR, 1)[0]
    for character in provider.ignored_characters:
        name = name.replace(character, "")
    # An address that is nothing but a tag keeps its spelling rather than becoming everybody's.
    return f"{name or local}@{provider.domain}"


def _without_what_was_pasted(text: str) -> str:
    """The address itself, out of "mailto:a@b.org", "Ann <a@b.org>", "a@b.org." or "jo @example.org"."""
    text = _PASTED_AROUND.sub("", text)
    if (found := _NAME_AND_ADDRESS.fullmatch(text)) is not None:
        text = found[1].strip()
    if text[:7].lower() == "mailto:":
        text = text[7:]
    local, at, domain = text.rpartition("@")
    return f"{local.rstrip(' ')}{at}{domain.strip(' ').rstrip('.,;')}" if at else text

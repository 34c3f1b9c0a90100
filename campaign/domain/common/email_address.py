"""Email addresses: as typed for sending, canonical for comparing.

Two spellings that reach one mailbox are one signature: who signs again and again as bob+1, bob+2 counts once.
"""

import re
import unicodedata
from dataclasses import dataclass

import idna
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.common.invisible_characters import INVISIBLE_CHARACTERS, JOINERS
from campaign.domain.common.mailbox_rules import AddressRules

MAX_ADDRESS_OCTETS = 254
"""Octets in a forward path without its brackets (RFC 5321, 4.5.3.1.3)."""
MAX_ADDRESS_KEY_LENGTH = 320
"""Characters. Folding can make one letter into many (U+FDFA into eighteen); no address in use comes near this."""


# What comes along when an address is pasted from a page, a mail or a chat: marks of direction, zero-width spaces, a mailto.
_AROUND = rf"\s{INVISIBLE_CHARACTERS}{JOINERS}"
_PASTED_AROUND = re.compile(rf"\A[{_AROUND}]+|[{_AROUND}]+\Z")
_AT = re.compile(r"[@\uff20]")
_NAME_AND_ADDRESS = re.compile(r"[^<>]*<([^<>]+)>[^<>@]*")


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """One email address in its two readings."""

    typed: str
    """As typed, cleaned of white space and normalised: what mail is sent to."""
    key: str
    """Canonical: equal for two spellings of one mailbox. For comparing only, never for sending."""


_site_rules = AddressRules()


def use_address_rules(rules: AddressRules) -> None:
    """Read addresses by the rules of a site from now on: once, as a process starts (docs/decisions, signing)."""
    global _site_rules  # noqa: PLW0603
    _site_rules = rules


def read_email_address(text: str) -> EmailAddress:
    """Read an address as typed into a form. Syntax only: whether the domain takes mail is asked later, in a worker.

    Raises InvalidInputError with a sentence that says what to do.
    """
    text = _without_what_was_pasted(text)
    if not text:
        raise InvalidInputError("Enter your email address.")
    if len(text) > MAX_ADDRESS_OCTETS or len(text.encode(errors="replace")) > MAX_ADDRESS_OCTETS:
        raise InvalidInputError("That email address is too long. Check it for something pasted twice.")
    rules = _site_rules
    try:
        found = validate_email(text, check_deliverability=False, strict=True, test_environment=rules.takes_test_domains)
    except EmailNotValidError:
        raise _refusal(text) from None
    key = _canonical_key(found.local_part, found.ascii_domain, rules)
    if len(key) > MAX_ADDRESS_KEY_LENGTH:
        raise InvalidInputError("That email address is too long. Check it for something pasted twice.")
    return EmailAddress(typed=found.normalized, key=key)


def _refusal(text: str) -> InvalidInputError:
    """Why a text is no address, as far as it can be said."""
    local, _, domain = text.rpartition("@")
    error = InvalidInputError("Enter an email address in the form name@example.org.")
    if not (local and domain) or domain.startswith("["):
        return error
    if len(_AT.findall(text)) > 1:
        return InvalidInputError("Enter one email address only.")
    if any(letter.isspace() for letter in text):
        return InvalidInputError("An email address has no spaces in it. Take them out.")
    if ".." in text or "." in (local[0], local[-1], domain[0]):
        return InvalidInputError("Your email address has a dot too many.")
    if domain.rpartition(".")[2].lower() in SPECIAL_USE_DOMAIN_NAMES:
        return InvalidInputError("Nobody can receive email at %(domain)s. Enter another address.", domain=domain)
    if "." not in domain:
        error = InvalidInputError("The end of your email address is missing, like .org or .co.uk.")
    return error


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


def _canonical_key(local: str, domain: str, rules: AddressRules) -> str:
    # NFKC folds full-width and other look-alike forms of a letter, which mail systems deliver to one mailbox or not at all.
    local = unicodedata.normalize("NFKC", local).casefold()
    rule = rules.mailbox_rule(domain.lower())
    # An address that is nothing but a tag keeps its spelling rather than becoming everybody's.
    return f"{rule.mailbox(local) or local}@{rule.domain}"


def _without_what_was_pasted(text: str) -> str:
    """The address itself, out of "mailto:a@b.org", "Ann <a@b.org>", "a@b.org." or "jo @example.org"."""
    text = _PASTED_AROUND.sub("", text)
    if (found := _NAME_AND_ADDRESS.fullmatch(text)) is not None:
        text = found[1].strip()
    if text[:7].lower() == "mailto:":
        text = text[7:]
    local, at, domain = text.rpartition("@")
    return f"{local.rstrip(' ')}{at}{domain.strip(' ').rstrip('.,;')}" if at else text

"""Mailbox rules: how mail domains read the part of an address before the @, as a table that an operator can extend.

A rule that joins two spellings at one provider joins two people at the next, so each is kept per domain, where the provider
documents it. What follows a + is a tag wherever mail is read today, so it is cut everywhere.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import idna

_PLUS = "+"
_OPTIONS = ("ignore", "tag", "same")
_DOMAIN = re.compile(r"(?=.{3,253}\Z)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")
_SIGNS = re.compile(r"[-._+=#]{1,6}")
MAX_RULES = 1_000


@dataclass(frozen=True, slots=True)
class MailboxRule:
    """Rule of one domain for telling its mailboxes apart."""

    domain: str
    """The domain all its spellings are filed under, in ASCII."""
    ignored_characters: str = ""
    """Characters it ignores before the @."""
    tag_signs: str = _PLUS
    """Signs after which a tag follows, which is cut."""

    def mailbox(self, local: str) -> str:
        """The part before the @ without its tag and without what is ignored; "" where nothing is left."""
        for sign in self.tag_signs:
            local = local.split(sign, 1)[0]
        return local.translate(dict.fromkeys(map(ord, self.ignored_characters)))


_GMAIL = MailboxRule("gmail.com", ignored_characters=".")
_PROTON = MailboxRule("proton.me", ignored_characters=".-_")
_APPLE = MailboxRule("icloud.com")
_FASTMAIL = MailboxRule("fastmail.com")
KNOWN_RULES: Mapping[str, MailboxRule] = MappingProxyType(
    {
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
)
"""Rules by domain, of the providers that document them."""


@dataclass(frozen=True, slots=True)
class AddressRules:
    """Additions of a site to how addresses are read."""

    mailboxes: Mapping[str, MailboxRule] = field(default_factory=lambda: KNOWN_RULES)
    """By domain."""
    takes_test_domains: bool = False
    """Whether addresses at `.test` (RFC 6761) are taken: where mail goes to the development mailbox."""

    def mailbox_rule(self, domain: str) -> MailboxRule:
        """The rule of a domain, in ASCII and small letters."""
        return self.mailboxes.get(domain) or MailboxRule(domain)


def read_mailbox_rules(text: str) -> Mapping[str, MailboxRule]:
    """The rules known, and those of a text like `firm.example ignore=. tag=-; firma.example same=firm.example`.

    Raises ValueError with words that say what is wrong.
    """
    rules = dict(KNOWN_RULES)
    parts = [part.split() for part in text.split(";") if part.strip()]
    if len(parts) > MAX_RULES:
        raise ValueError(f"has more than {MAX_RULES:,} rules")
    for domain, *words in parts:
        options = dict(word.partition("=")[::2] for word in words)
        if not options or set(options) - set(_OPTIONS) or len(options) != len(words):
            raise ValueError(f"{domain}: must be followed by ignore=, tag= or same=, as in firm.example ignore=. tag=-")
        if "same" in options and len(options) > 1:
            raise ValueError(f"{domain}: same= stands alone, since the rule is that of the other domain")
        if any(not _SIGNS.fullmatch(options[name]) for name in ("ignore", "tag") if name in options):
            raise ValueError(f"{domain}: ignore= and tag= take signs like . - _ and no others")
        name = _ascii_domain(domain)
        if "same" in options:
            other = _ascii_domain(options["same"])
            rules[name] = rules.get(other) or MailboxRule(other)
        else:
            rules[name] = MailboxRule(name, options.get("ignore", ""), _PLUS + options.get("tag", ""))
    return MappingProxyType(rules)


def _ascii_domain(text: str) -> str:
    try:
        name = idna.encode(text, uts46=True).decode().lower()
    except (idna.IDNAError, UnicodeError):
        name = ""
    if not _DOMAIN.fullmatch(name):
        raise ValueError(f"“{text}” is not a domain like firm.example")
    return name

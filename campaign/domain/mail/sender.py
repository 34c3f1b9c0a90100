"""Sender of mails: a name and an address as MAIL_FROM gives them, and as the header and the envelope take them."""

import ipaddress
import re
from dataclasses import dataclass
from email.header import Header
from email.utils import formataddr, unquote
from functools import cache, lru_cache

import idna

MAX_SENDER_NAME_LENGTH = 200
"""Characters; a line of a mail has room for 998 octets."""
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN_LITERAL = re.compile(r"\[(?P<ipv6>IPv6:)?(?P<address>[0-9A-Fa-f:.]+)\]")
_HOST_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender of every mail."""

    name: str
    """Any words on one line; "" for none."""
    address: str
    """In ASCII, with an international domain in its A-labels (RFC 5890)."""

    @property
    def domain(self) -> str:
        """The domain of the address, or its address literal without brackets: what may follow the @ of a Message-ID."""
        return self.address.rpartition("@")[2].strip("[]").replace(":", ".")

    @property
    def header(self) -> str:
        """The value of From: words with signs of the grammar quoted, words outside ASCII as encoded words (RFC 2047)."""
        return _from_header(self)

    def named_after(self, whose: str, title: str, organiser: str) -> "Sender":
        """The sender of mails about a campaign: under its title where `whose` is `campaign`, under who is behind it where that
        is said and `whose` is `organiser`, else under its own name. The address is the same."""
        name = {"campaign": title, "organiser": organiser}.get(whose, "")
        name = " ".join(name.split())[:MAX_SENDER_NAME_LENGTH].rstrip()
        return Sender(name, self.address) if name else self

    @property
    def words(self) -> str:
        """As a mailbox shows it to people."""
        local, _, domain = self.address.rpartition("@")
        address = f"{local}@{readable_host(domain)}"
        return f"{self.name} <{address}>" if self.name else address


@cache
def _from_header(sender: Sender) -> str:
    if sender.name.isascii() and not looks_encoded(sender.name):
        return formataddr((sender.name, sender.address))
    return f"{Header(sender.name, 'utf-8', header_name='From').encode()} <{sender.address}>"


def looks_encoded(words: str) -> bool:
    """Whether words in ASCII would be read as encoded ones (RFC 2047), and so as something else, or as nothing."""
    return "=?" in words


@lru_cache(maxsize=64)
def read_sender(text: str) -> Sender:
    """Read `address` or `any name <address>`. Raises ValueError with words that say what is wrong.

    The name needs no quotes, whatever signs it has: it is all that stands before the last `<`.
    """
    text = text.strip()
    name, address = "", text
    if text.endswith(">"):
        # The last bracket, since the name may have some of its own.
        name, _, address = text[:-1].rpartition("<")
        name, address = name.strip(), address.strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = unquote(name)
    if any(ord(character) < 32 or 127 <= ord(character) < 160 or character in "\u2028\u2029" for character in text):
        raise ValueError("must be one line without control characters")
    name = " ".join(name.split())
    if len(name) > MAX_SENDER_NAME_LENGTH:
        raise ValueError(f"must have a name of at most {MAX_SENDER_NAME_LENGTH} characters")
    local, _, domain = address.rpartition("@")
    try:
        return Sender(name, f"{_ascii_local_part(local)}@{_ascii_domain(domain)}")
    except ValueError:
        raise ValueError(
            "must be an address, as in no-reply@example.org or Our Campaign <no-reply@example.org>, with ASCII before the @"
        ) from None


def ascii_host(host: str) -> str:
    """A host name with its international labels in ASCII (IDNA). Raises ValueError where it is none."""
    if host.isascii():
        return host
    return idna.encode(host, uts46=True).decode()


def readable_host(host: str) -> str:
    """A host name as people read it, with its international labels in their own script."""
    try:
        return idna.decode(host)
    except idna.IDNAError:
        return host


def default_sender(host: str) -> Sender:
    """`no-reply@` a host, which may be an IP address: then as an address literal (RFC 5321, 4.1.3)."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return read_sender(f"no-reply@{host}")
    return read_sender(f"no-reply@[{'IPv6:' if address.version == 6 else ''}{address}]")


def _ascii_local_part(local: str) -> str:
    if not _LOCAL_PART.fullmatch(local):
        raise ValueError
    return local


def _ascii_domain(domain: str) -> str:
    if literal := _DOMAIN_LITERAL.fullmatch(domain):
        ipaddress.ip_address(literal["address"])  # raises ValueError
        return domain
    encoded = ascii_host(domain)
    if len(encoded) > 253 or not all(_HOST_LABEL.fullmatch(label) for label in encoded.removesuffix(".").split(".")):
        raise ValueError
    return encoded.removesuffix(".")

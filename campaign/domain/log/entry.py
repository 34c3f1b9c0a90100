"""Entries of the log: what each line of a ledger says in public, and the commitment to what was signed."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

ENTRY_HEADER = "countersign-entry/1"
COMMITMENT_HEADER = "countersign-commitment/1"
_COMMITMENT_PREFIX = COMMITMENT_HEADER.encode() + b"\n"
SALT_BYTES = 32
NO_COMMITMENT = "-"
ADDING_EVENTS = ("verify", "paper", "restore")
REMOVING_EVENTS = ("withdraw", "invalidate", "undo")
_ENTRY = re.compile(
    rf"{re.escape(ENTRY_HEADER)}\n"
    r"(?P<campaign>[a-z0-9-]{1,80})\n"
    r"(?P<sequence>[1-9][0-9]{0,17})\n"
    rf"(?P<event>{'|'.join((*ADDING_EVENTS, *REMOVING_EVENTS))})\n"
    r"(?P<change>[+-]1)\n"
    r"(?P<total>0|[1-9][0-9]{0,17})\n"
    r"(?P<hour>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}Z)\n"
    r"(?P<ref>0|[1-9][0-9]{0,17})\n"
    r"(?P<commitment>[0-9a-f]{64}|-)\n"
)


class InvalidEntryError(ValueError):
    """Octets that are no entry."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One change of one campaign's count."""

    campaign: str
    """The slug that the campaign had when its first entry was logged; it is its name in the log for good."""
    sequence: int
    event: str
    change: int
    """+1 or -1."""
    total: int
    hour: str
    """UTC, like 2026-11-28T21Z."""
    ref: int
    """Sequence of the entry that first added this signature; 0 for a first addition."""
    commitment: str
    """64 hexadecimal digits; `-` where `change` is -1."""

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """An entry from its octets. Raises InvalidEntryError."""
        try:
            found = _ENTRY.fullmatch(data.decode())
        except UnicodeDecodeError:
            found = None
        if found is None:
            raise InvalidEntryError("it is not an entry of a count")
        campaign, sequence, event, change, total, hour, ref, commitment = found.groups()
        return cls(campaign, int(sequence), event, int(change), int(total), hour, int(ref), commitment)

    def serialise(self) -> bytes:
        """The entry as it is logged: a field a line."""
        return (
            f"{ENTRY_HEADER}\n{self.campaign}\n{self.sequence}\n{self.event}\n{self.change:+}\n{self.total}\n{self.hour}\n"
            f"{self.ref}\n{self.commitment}\n"
        ).encode()


@dataclass(frozen=True, slots=True)
class Statement:
    """Statement: what was signed, and by whom; known to the signatory and the site alone."""

    text_hash: str
    name: str
    address: str
    """The canonical email address; for a signature on paper whatever stands in its place."""
    postcode: str
    country: str
    kind: str
    """`online` or `paper`."""

    def serialise(self) -> bytes:
        """The statement as it is committed to: a field a line."""
        return "\n".join((*self.lines(), "")).encode()

    def lines(self) -> tuple[str, ...]:
        """The values in their order, each in one line."""
        values = (self.text_hash, self.name, self.address, self.postcode, self.country, self.kind)
        # What can be printed has no line separator in it.
        return tuple([value if value.isprintable() else " ".join(value.splitlines()) for value in values])


def commit(salt: bytes, statement: Statement) -> str:
    """The commitment to a statement, 64 hexadecimal digits. Without the salt, 32 random octets, no guess can be confirmed."""
    return hashlib.sha256(_COMMITMENT_PREFIX + salt + b"\n" + statement.serialise()).hexdigest()


def is_commitment_to(commitment: str, salt: bytes, statement: Statement) -> bool:
    """Whether salt and statement are what was committed to."""
    return hmac.compare_digest(commitment, commit(salt, statement))


def format_hour(moment: datetime) -> str:
    """The hour a moment is in, as entries say it."""
    return moment.astimezone(UTC).isoformat()[:13] + "Z"

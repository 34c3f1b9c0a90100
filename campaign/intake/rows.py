"""Rows that were read and found good, packed: a hundred thousand of them take some ten megabytes until they are taken in."""

import base64
import json
import zlib
from collections.abc import Iterator
from dataclasses import astuple, dataclass, field, replace

from campaign.domain.likeness import LIKELY, Why
from campaign.domain.paper import Entry
from campaign.store.paper import AT_ONCE

Doubted = tuple[Entry, Why | None]
"""An entry, and whom it looks like."""


@dataclass
class Packed:
    """Entries in their order, AT_ONCE in a pack."""

    packs: list[bytes] = field(default_factory=list)
    length: int = 0

    def add(self, entries: list[Doubted]) -> None:
        """Put some at the end, AT_ONCE at most."""
        if entries:
            # A list of fields each: the names of them would take more room than what they hold.
            rows = [[*astuple(entry), why.value if why else ""] for entry, why in entries]
            self.packs.append(zlib.compress(json.dumps(rows, ensure_ascii=False).encode(), 1))
            self.length += len(rows)

    def __iter__(self) -> Iterator[list[Doubted]]:
        """Pack by pack."""
        for pack in self.packs:
            yield [(Entry(*row[:-1]), Why(row[-1]) if row[-1] else None) for row in json.loads(zlib.decompress(pack))]

    def to_text(self) -> str:
        """As a text that can be sealed. An address that may not be kept is not in it: it has been looked for."""
        kept = Packed()
        for entries in self:
            kept.add([(entry if entry.email else replace(entry, email_key=""), why) for entry, why in entries])
        return "\n".join(base64.b64encode(pack).decode() for pack in kept.packs)


def read_packed(text: str) -> Packed:
    """What `to_text` wrote."""
    packed = Packed([base64.b64decode(line) for line in text.splitlines()])
    packed.length = sum(len(entries) for entries in packed)
    return packed


def wanted(entry: Entry, why: Why | None, *, likely: bool) -> Entry | None:
    """The entry as it is taken in; None where it is not. `likely` says whether those are that look like somebody there is."""
    if why is None:
        return entry
    if not likely or why not in LIKELY:
        return None
    # The address is, or may be, another signature's: one mailbox is one signature.
    return replace(entry, email="", email_key="", updates=False) if why in (Why.ADDRESS, Why.REPEATED) else entry


__all__ = ["AT_ONCE", "Doubted", "Packed", "read_packed", "wanted"]

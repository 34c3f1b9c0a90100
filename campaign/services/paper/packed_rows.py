"""Rows that were read and found good, packed: a hundred thousand of them take some ten megabytes until they are taken in."""

import base64
import json
import zlib
from collections.abc import Iterator
from dataclasses import astuple, dataclass, field, replace

from campaign.domain.paper.duplicates import LIKELY_DUPLICATES, ExclusionReason
from campaign.domain.paper.entry import PaperEntry
from campaign.store.paper.paper_signatures import MAX_ROWS_PER_STATEMENT

EntryWithDoubt = tuple[PaperEntry, ExclusionReason | None]
"""An entry, and why it is left out unless somebody says otherwise."""


@dataclass
class PackedRows:
    """Entries in their order, MAX_ROWS_PER_STATEMENT in a pack."""

    packs: list[bytes] = field(default_factory=list)
    length: int = 0

    def add(self, entries: list[EntryWithDoubt]) -> None:
        """Put some at the end, MAX_ROWS_PER_STATEMENT at most."""
        if entries:
            # A list of fields each: the names of them would take more room than what they hold.
            rows = [[*astuple(entry), why.value if why else ""] for entry, why in entries]
            self.packs.append(zlib.compress(json.dumps(rows, ensure_ascii=False).encode(), 1))
            self.length += len(rows)

    def __iter__(self) -> Iterator[list[EntryWithDoubt]]:
        """Pack by pack."""
        for pack in self.packs:
            yield [
                (PaperEntry(*row[:-1]), ExclusionReason(row[-1]) if row[-1] else None)
                for row in json.loads(zlib.decompress(pack))
            ]

    def to_text(self) -> str:
        """As a text that can be sealed. An address that may not be kept is not in it: it has been looked for."""
        kept = PackedRows()
        for entries in self:
            kept.add([(entry if entry.email else replace(entry, email_key=""), why) for entry, why in entries])
        return "\n".join(base64.b64encode(pack).decode() for pack in kept.packs)


def unpack_text(text: str) -> PackedRows:
    """What `to_text` wrote."""
    packed = PackedRows([base64.b64decode(line) for line in text.splitlines()])
    packed.length = sum(len(entries) for entries in packed)
    return packed


def entry_to_import(entry: PaperEntry, doubt: ExclusionReason | None, *, include_likely: bool) -> PaperEntry | None:
    """The entry as it is taken in; None where it is not. `include_likely` says whether those are that look like somebody there
    is."""
    if doubt is None:
        return entry
    if not include_likely or doubt not in LIKELY_DUPLICATES:
        return None
    # The address is, or may be, another signature's: one mailbox is one signature.
    return (
        replace(entry, email="", email_key="", updates=False)
        if doubt in (ExclusionReason.ADDRESS, ExclusionReason.REPEATED)
        else entry
    )


__all__ = ["MAX_ROWS_PER_STATEMENT", "EntryWithDoubt", "PackedRows", "entry_to_import", "unpack_text"]

"""Verification of a published log and of what a site shows beside it, by anybody who has its files or can reach its address.

Nothing here reads our database: it is for the log of any site, ours included.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from campaign.domain.log.audit import CampaignAudit, LogAudit, LogFaultError
from campaign.domain.log.checkpoint import Checkpoint, verify_checkpoint
from campaign.domain.log.entry import InvalidEntryError, LogEntry
from campaign.domain.log.merkle import Tree, extend_tiles, leaf_hash
from campaign.domain.log.note import InvalidNoteError, VerifierKey
from campaign.domain.log.tiles import HASH_BYTES, TILE_WIDTH, InvalidTileError, tile_path, unpack_bundle

HISTORY_NAMES = {
    "verify": "verified", "paper": "paper", "restore": "restored", "withdraw": "withdrawn", "invalidate": "invalidated",
    "undo": "undone",
}  # fmt: skip
"""What histories call the events of entries."""
_BUNDLES_PER_STEP = 16


class NotPublishedError(Exception):
    """The site has nothing at that path."""


Fetch = Callable[[str], bytes]
"""Reader of a path below the site's address. Raises NotPublishedError, or LogFaultError where the site does not answer."""


@dataclass(frozen=True, slots=True)
class VerifiedCampaign:
    """Findings about one campaign."""

    name: str
    total: int
    """By the log."""
    shown: int | None
    """By the site; None where it does not show the campaign any more."""
    events: Counter[str]
    entries_from_before: int


@dataclass(frozen=True, slots=True)
class VerifiedLog:
    """A log that holds, and what the site shows beside it."""

    checkpoint: Checkpoint
    note: str
    key: VerifierKey
    campaigns: tuple[VerifiedCampaign, ...]


def verify_log(fetch: Fetch, *, key: str = "", remembered: str = "", wait: Callable[[], None] | None = None) -> VerifiedLog:
    """Verify all of a log. `remembered` is a checkpoint that was seen before; `wait` lets a moment pass where the log grows.

    Raises LogFaultError with one sentence, NotPublishedError where there is no log.
    """
    verifier = _read_key(key or fetch("log/key").decode(errors="replace"))
    log = _FetchedLog(fetch, verifier, remembered)
    log.update()
    shown = [_verify_campaign(fetch, log, name, wait) for name in sorted(log.audit.campaigns)]
    return VerifiedLog(_checkpoint(log.note, verifier), log.note, verifier, tuple(shown))


class _FetchedLog:
    """A log as far as it was fetched and verified."""

    def __init__(self, fetch: Fetch, key: VerifierKey, remembered: str) -> None:
        self._fetch, self._key = fetch, key
        self._seen = _checkpoint(remembered, key) if remembered else None
        self._tiles: dict[tuple[int, int], bytes] = {}
        self.audit = LogAudit()
        self.checkpoint: Checkpoint | None = None
        self.note = ""

    def update(self) -> None:
        """Fetch what has come since the last time. Raises LogFaultError."""
        note = self._fetch("log/checkpoint").decode(errors="replace")
        checkpoint = _checkpoint(note, self._key)
        for before in (self._seen, self.checkpoint):
            if before is not None and checkpoint.size < before.size:
                raise LogFaultError(
                    f"The checkpoint is an old one: the log had {before.size:,} entries before, now {checkpoint.size:,}."
                )
        while self.audit.size < checkpoint.size:
            self._fetch_bundles(checkpoint.size)
        for before in (self._seen, self.checkpoint):
            if before is not None and self._root(before.size) != before.root:
                raise LogFaultError(
                    "History was rewritten: the log does not begin with the entries it had when it was last seen."
                )
        if self._root(checkpoint.size) != checkpoint.root:
            raise LogFaultError("The entries are not those that were signed: one was dropped, changed, or two were swapped.")
        self.checkpoint, self.note = checkpoint, note

    def _root(self, size: int) -> bytes:
        return Tree(size, lambda level, index, _: self._tiles[level, index]).root()

    def _fetch_bundles(self, size: int) -> None:
        """Fetch the next bundles, compare them with their tile, and take their entries."""
        start, hashes = self.audit.size, list[bytes]()
        first = start // TILE_WIDTH
        for index in range(first, min(first + _BUNDLES_PER_STEP, -(-size // TILE_WIDTH))):
            width = min(TILE_WIDTH, size - index * TILE_WIDTH)
            entries, leaves = self._bundle(index, width)
            new = start % TILE_WIDTH if index == first else 0
            for entry in entries[new:]:
                try:
                    self.audit.add(LogEntry.parse(entry))
                except InvalidEntryError:
                    raise LogFaultError(f"Entry {self.audit.size} of the log is not an entry of a count.") from None
            hashes += leaves[new:]
        made = extend_tiles(start, lambda level: self._tiles[level, (start >> (8 * level)) // TILE_WIDTH], hashes)
        for (level, index), data in made.items():
            if level and len(data) == HASH_BYTES * TILE_WIDTH:
                self._compare_tile(level, index, data)
        self._tiles |= made

    def _bundle(self, index: int, width: int) -> tuple[list[bytes], list[bytes]]:
        try:
            entries = unpack_bundle(self._fetch("log/" + tile_path(None, index, width)))
        except InvalidTileError:
            entries = []
        if len(entries) != width:
            raise LogFaultError(f"Bundle {index} of entries is cut off: it has not its {width} entries.")
        leaves = [leaf_hash(entry) for entry in entries]
        self._compare_tile(0, index, b"".join(leaves))
        return entries, leaves

    def _compare_tile(self, level: int, index: int, expected: bytes) -> None:
        data = self._fetch("log/" + tile_path(level, index, len(expected) // HASH_BYTES))
        if len(data) != len(expected):
            raise LogFaultError(f"Tile {index} of level {level} is cut off: {len(data)} octets, not {len(expected)}.")
        if data != expected:
            raise LogFaultError(f"Tile {index} of level {level} is not that of its entries: one was changed, or two swapped.")


def _verify_campaign(fetch: Fetch, log: _FetchedLog, name: str, wait: Callable[[], None] | None) -> VerifiedCampaign:
    audit = log.audit.campaigns[name]
    try:
        count, history = _shown(fetch, log, audit, wait)
    except NotPublishedError:
        return VerifiedCampaign(name, audit.total, None, audit.events(), 0)
    try:
        certified = history["certified"]
        expected = audit.total_at((certified or count)["ledger_entries"])
        if certified and certified["total"] != expected:
            raise LogFaultError(f"{name}: {certified['total']:,} are certified as final, but the log says {expected:,}.")
        if count["signatures"] != expected:
            raise LogFaultError(f"{name}: the site shows {count['signatures']:,}, but the log says {expected:,}.")
        _compare_history(audit, history)
        return VerifiedCampaign(name, expected, count["signatures"], audit.events(), history["entries_from_before"])
    except (KeyError, TypeError, IndexError, AttributeError):
        raise LogFaultError(f"{name}: count.json or history.json is not what the format says.") from None


def _shown(
    fetch: Fetch, log: _FetchedLog, audit: CampaignAudit, wait: Callable[[], None] | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Count and history; fetched again where the log has not caught up with them yet."""
    for attempt in range(4):
        try:
            count, history = (json.loads(fetch(f"c/{audit.campaign}/{kind}.json")) for kind in ("count", "history"))
            newest = max(count["ledger_entries"], history["ledger_entries"])
        except (ValueError, KeyError, TypeError):
            raise LogFaultError(f"{audit.campaign}: count.json or history.json is not what the format says.") from None
        if newest <= audit.sequence:
            return count, history
        if wait is None or attempt == 3:
            break
        wait()
        log.update()
    raise LogFaultError(
        f"{audit.campaign}: the site has counted {newest:,} entries, but the log has only {audit.sequence:,}: "
        "the log does not keep up with the count."
    )


def _compare_history(audit: CampaignAudit, history: dict[str, Any]) -> None:
    length = 10 if history["resolution"] == "day" else 13
    expected: dict[str, dict[str, int]] = {}
    for name, together in groupby(audit.entries[: history["ledger_entries"]], lambda each: each.hour[:length]):
        entries = list(together)
        period = expected.setdefault(name, dict.fromkeys(HISTORY_NAMES.values(), 0))
        for event, number in Counter(each.event for each in entries).items():
            period[HISTORY_NAMES[event]] += number
        period.update(total=entries[-1].total, log_size=entries[-1].log_size)
    told = {each["from"][:length]: {key: each[key] for key in each if key != "from"} for each in history["periods"]}
    for period_name in sorted(expected.keys() | told.keys()):
        if expected.get(period_name) != told.get(period_name):
            raise LogFaultError(f"{audit.campaign}: the history of {period_name} is not what the log says.")


def _read_key(text: str) -> VerifierKey:
    try:
        return VerifierKey.parse(text)
    except InvalidNoteError as error:
        raise LogFaultError(f"The key cannot be used: {error}.") from None


def _checkpoint(note: str, key: VerifierKey) -> Checkpoint:
    try:
        return verify_checkpoint(note, key)
    except InvalidNoteError as error:
        raise LogFaultError(f"The checkpoint does not hold: {error}.") from None

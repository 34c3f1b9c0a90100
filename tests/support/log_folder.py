"""A published log in a folder, made from entries: what an honest site publishes, and what one that cheats would."""

import json
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from campaign.domain.log.checkpoint import Checkpoint
from campaign.domain.log.entry import LogEntry
from campaign.domain.log.merkle import Tree, extend_tiles, leaf_hash
from campaign.domain.log.note import SignerKey
from campaign.domain.log.tiles import HASH_BYTES, TILE_WIDTH, pack_bundle, tile_path

KEY = SignerKey("sign.example.org/log", bytes(range(32)))
TEXT = ("save-the-pond", "Save the pond", "The council", "Keep it.", "It is old.")
_HISTORY = {"verify": "verified", "paper": "paper", "restore": "restored", "withdraw": "withdrawn",
            "invalidate": "invalidated", "undo": "undone"}  # fmt: skip


def sound_entries(signatures: int = 300) -> list[LogEntry]:
    """Entries of one campaign: signatures, one removed and put back, one on paper, one withdrawn."""
    made: list[LogEntry] = []

    def add(event: str, change: int, ref: int = 0) -> None:
        total = (made[-1].total if made else 0) + change
        number = len(made) + 1
        commitment = sha256(str(number).encode()).hexdigest() if change > 0 else "-"
        hour = f"2026-11-28T{number // 100:02}Z"
        made.append(LogEntry("save-the-pond", number, event, change, total, hour, ref, commitment))

    for _ in range(signatures - 4):
        add("verify", 1)
    add("invalidate", -1, 2)
    add("restore", 1, 2)
    add("paper", 1)
    add("withdraw", -1, 3)
    return made


def made_up_tree(size: int) -> Tree:
    """A tree of that many leaves, which are always the same; smaller ones are its beginning."""
    tiles = extend_tiles(0, lambda _: b"", [leaf_hash(str(number).encode()) for number in range(size)])
    return Tree(size, lambda level, index, _: tiles[level, index])


def renumbered(entries: Sequence[LogEntry]) -> list[LogEntry]:
    """Entries with sequences and totals made to fit, as a cheat would."""
    made: list[LogEntry] = []
    for number, entry in enumerate(entries, 1):
        made.append(replace(entry, sequence=number, total=(made[-1].total if made else 0) + entry.change))
    return made


def write_log(folder: Path, entries: Sequence[LogEntry], key: SignerKey = KEY, *, shown: int | None = None) -> None:
    """Write the files of a site with this log; `shown` is the number its page shows, the true one without."""
    data = [entry.serialise() for entry in entries]
    tiles = extend_tiles(0, lambda _: b"", map(leaf_hash, data))
    for (level, index), hashes in tiles.items():
        _write(folder / "log" / tile_path(level, index, len(hashes) // HASH_BYTES), hashes)
    for index in range(-(-len(data) // TILE_WIDTH)):
        bundle = data[index * TILE_WIDTH : (index + 1) * TILE_WIDTH]
        _write(folder / "log" / tile_path(None, index, len(bundle)), pack_bundle(bundle))
    root = Tree(len(data), lambda level, index, _: tiles[level, index]).root()
    _write(folder / "log" / "checkpoint", Checkpoint(key.name, len(data), root).sign(key).serialise().encode())
    _write(folder / "log" / "key", key.verifier_key.serialise().encode() + b"\n")
    _write_shown(folder, entries, entries[-1].total if shown is None else shown)


def _write_shown(folder: Path, entries: Sequence[LogEntry], shown: int) -> None:
    """What the site shows of the campaign: count, history, text."""
    periods: dict[str, dict[str, object]] = {}
    for size, entry in enumerate(entries, 1):
        start = f"{entry.hour[:-1]}:00:00Z"
        period = periods.setdefault(start, {"from": start} | dict.fromkeys(_HISTORY.values(), 0))
        name = _HISTORY[entry.event]
        period[name] = int(str(period[name])) + 1
        period |= {"total": entry.total, "log_size": size}
    count = {"slug": "save-the-pond", "signatures": shown, "ledger_entries": len(entries)}
    history = {"ledger_entries": len(entries), "certified": None, "entries_from_before": 0, "resolution": "hour",
               "periods": list(periods.values())}  # fmt: skip
    text_hash = sha256(json.dumps(TEXT, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
    names = ("text_slug", "action", "recipient", "background", "additional_details")
    text = dict(zip(names, TEXT, strict=True)) | {"text_hash": text_hash, "translations": []}
    for path, data in (
        ("c/save-the-pond/count.json", count),
        ("c/save-the-pond/history.json", history),
        ("c/save-the-pond.json", {"data": {"attributes": text}}),
    ):
        _write(folder / path, json.dumps(data).encode())


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)

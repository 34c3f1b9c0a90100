"""`make bench-log`: what checking and proving the public log costs, in processor time; ARGS=1000000 for a million entries.

The floor is hashing as many leaves and their tree in a loop, without reading or understanding any.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from benchmarks import log_migration
from campaign.domain.log.checkpoint import Checkpoint
from campaign.domain.log.entry import LogEntry
from campaign.domain.log.merkle import Tree, extend_tiles, leaf_hash
from campaign.domain.log.note import SignerKey
from campaign.domain.log.tiles import HASH_BYTES, TILE_WIDTH, pack_bundle, tile_path
from campaign.web.assets import STATIC_FOLDER

SLUG = "bench"
KEY = SignerKey("sign.example.org/log", bytes(range(32)))
PROOF_LEAVES = 10_000_000
PROOFS = 1_000
AIMS_SECONDS = {"check.py": 60.0, "verify-log": 15.0}
"""Seconds that a million entries may take."""


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="make bench-log", description=__doc__)
    parser.add_argument("entries", nargs="?", type=int, default=100_000)
    entries = parser.parse_args().entries
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        leaves = _write_site(site, entries)
        floor = _cpu_seconds(lambda: _tiles(leaves))
        print(f"{entries:,} entries; processor time, and how often the floor")
        _print("floor: leaves and tree, hashed", floor, floor, entries)
        for name, command in (
            ("check.py", [sys.executable, str(STATIC_FOLDER / "check.py"), str(site)]),
            ("verify-log", [sys.executable, "-m", "campaign.cli", "verify-log", str(site)]),
        ):
            _print(name, _command_seconds([*command, "--memory", f"{folder}/{name}.json"]), floor, entries)
    first, usual = _proof_seconds()
    log_migration.print_table(entries, ["sqlite", "postgresql"])
    print(f"a proof of {PROOF_LEAVES:,} leaves: {usual * 1e3:.2f} ms (aim: 1 ms), the first of a process {first * 1e3:.2f} ms")


def _print(name: str, seconds: float, floor: float, entries: int) -> None:
    aim = AIMS_SECONDS.get(name)
    a_million = seconds * 1e6 / entries
    note = f", {a_million:.1f} s a million (aim: {aim:g} s)" if aim else ""
    print(f"  {name:<32} {seconds:8.2f} s {seconds / floor:6.1f} ×{note}")


def _write_site(site: Path, count: int) -> list[bytes]:
    """Write the files of a site with a log of one campaign: ten signed for each that withdrew. Returns the leaf hashes."""
    data, periods, total = [], dict[str, dict[str, object]](), 0
    for number in range(1, count + 1):
        removes = number % 11 == 0
        total += -1 if removes else 1
        hour = f"2026-{1 + number * 12 // (count + 1):02}-01T{number * 288 // (count + 1) % 24:02}Z"
        event, change, ref = ("withdraw", -1, number - 1) if removes else ("verify", 1, 0)
        commitment = "-" if removes else sha256(str(number).encode()).hexdigest()
        data.append(LogEntry(SLUG, number, event, change, total, hour, ref, commitment).serialise())
        start = f"{hour[:-1]}:00:00Z"
        names = ("verified", "paper", "restored", "withdrawn", "invalidated", "undone")
        period = periods.setdefault(start, {"from": start, **dict.fromkeys(names, 0)})
        name = "withdrawn" if removes else "verified"
        period |= {name: int(str(period[name])) + 1, "total": total, "log_size": number}
    leaves = [leaf_hash(entry) for entry in data]
    tiles = _tiles(leaves)
    for (level, index), hashes in tiles.items():
        _write(site / "log" / tile_path(level, index, len(hashes) // HASH_BYTES), hashes)
    for index in range(-(-count // TILE_WIDTH)):
        bundle = data[index * TILE_WIDTH : (index + 1) * TILE_WIDTH]
        _write(site / "log" / tile_path(None, index, len(bundle)), pack_bundle(bundle))
    root = Tree(count, lambda level, index, _: tiles[level, index]).root()
    _write(site / "log/checkpoint", Checkpoint(KEY.name, count, root).sign(KEY).serialise().encode())
    _write(site / "log/key", KEY.verifier_key.serialise().encode() + b"\n")
    shown = {"slug": SLUG, "signatures": total, "ledger_entries": count}
    history = {
        "ledger_entries": count, "certified": None, "entries_from_before": 0, "resolution": "hour",
        "periods": list(periods.values()),
    }  # fmt: skip
    text = (SLUG, "A campaign", "The council", "Measure.", "")
    fields = dict(zip(("text_slug", "action", "recipient", "background", "additional_details"), text, strict=True))
    digest = sha256(json.dumps(text, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
    attributes = {**fields, "text_hash": digest, "translations": []}
    for path, body in (
        (f"c/{SLUG}/count.json", shown),
        (f"c/{SLUG}/history.json", history),
        (f"c/{SLUG}.json", {"data": {"attributes": attributes}}),
    ):
        _write(site / path, json.dumps(body).encode())
    return leaves


def _tiles(leaves: list[bytes]) -> dict[tuple[int, int], bytes]:
    return extend_tiles(0, lambda _: b"", leaves)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _cpu_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _command_seconds(command: list[str]) -> float:
    """Processor time of a command, which must end well."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _proof_seconds() -> tuple[float, float]:
    """Processor time of one proof of a tree whose tiles are all different: while nothing of it is kept, and from then on."""

    def read_tile(level: int, index: int, _width: int) -> bytes:
        return sha256(b"%d %d" % (level, index)).digest() * TILE_WIDTH

    def prove(number: int) -> None:
        Tree(PROOF_LEAVES, read_tile).inclusion_proof(number * 9_973)

    def prove_all() -> None:
        for number in range(PROOFS):
            prove(number)

    first = _cpu_seconds(lambda: prove(PROOFS))
    return first, _cpu_seconds(prove_all) / PROOFS


if __name__ == "__main__":
    main()

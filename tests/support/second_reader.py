"""A second verifier of the public log, written from `docs/log.md` and the specifications it names alone.

It imports nothing of Countersign: what the page does not say, it cannot know. Each function raises AssertionError with what
does not hold.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Read = Callable[[str], bytes]
"""Reader of what a site has at a path."""
ADDS, REMOVES = ("verify", "paper", "restore"), ("withdraw", "invalidate", "undo")
PERIOD_NAMES = ("verified", "paper", "restored", "withdrawn", "invalidated", "undone")


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def read_checkpoint(note: str, verifier_key: str) -> tuple[int, bytes]:
    """Size and root of a checkpoint that the key has signed."""
    name, number, encoded = verifier_key.strip().split("+", 2)
    key = base64.b64decode(encoded)
    assert key[0] == 1, "no Ed25519 key"
    assert sha256(name.encode(), b"\n", key)[:4].hex() == number, "no verifier key"
    text, _, signatures = note.rpartition("\n\n")
    origin, size, root = text.split("\n")[:3]
    assert origin == name, "of another log"
    for line in signatures.splitlines():
        dash, signer, data = line.split(" ")
        octets = base64.b64decode(data)
        if (dash, signer, octets[:4].hex()) == ("—", name, number):
            try:
                Ed25519PublicKey.from_public_bytes(key[1:]).verify(octets[4:], f"{text}\n".encode())
            except InvalidSignature:
                raise AssertionError("forged") from None
            return int(size), base64.b64decode(root)
    raise AssertionError("not signed")


def tree_head(leaves: list[bytes]) -> bytes:
    """The root above hashes of leaves (RFC 6962, 2.1)."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256()
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return sha256(b"\x01", tree_head(leaves[:middle]), tree_head(leaves[middle:]))


def tile_path(level: str, index: int, width: int) -> str:
    digits = f"{index:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"log/tile/{level}/{path}" + ("" if width == 256 else f".p/{width}")


def read_entries(read: Read, size: int) -> list[bytes]:
    """All entries of the log, each compared with its hash in the tiles."""
    entries: list[bytes] = []
    for index in range(-(-size // 256)):
        width = min(256, size - 256 * index)
        data, bundle = read(tile_path("entries", index, width)), list[bytes]()
        while data:
            length = int.from_bytes(data[:2], "big")
            bundle.append(data[2 : 2 + length])
            assert len(bundle[-1]) == length, "a bundle is cut off"
            data = data[2 + length :]
        assert len(bundle) == width, "a bundle is cut off"
        hashes = b"".join(sha256(b"\x00", entry) for entry in bundle)
        assert read(tile_path("0", index, width)) == hashes, "a tile is not that of its entries"
        entries += bundle
    return entries


def parse_entry(octets: bytes) -> tuple[str, int, str, int, int, str, int, str]:
    text = octets.decode()
    header, campaign, sequence, event, change, total, hour, ref, commitment, rest = text.split("\n")
    assert (header, rest) == ("countersign-entry/1", ""), "no entry"
    numbers = [int(number) for number in (sequence, total, ref)]
    assert [str(number) for number in numbers] == [sequence, total, ref], "a number with leading zeroes"
    assert change in ("+1", "-1"), "no change of one"
    return campaign, numbers[0], event, int(change), numbers[1], hour, numbers[2], commitment


def verify_campaigns(entries: list[bytes]) -> dict[str, list[tuple[str, str, int, int]]]:
    """Events, hours, totals and sizes of the log by campaign, by the rules that its entries must keep."""
    found: dict[str, list[tuple[str, str, int, int]]] = {}
    counts: dict[tuple[str, int], bool] = {}
    for log_size, octets in enumerate(entries, 1):
        campaign, sequence, event, change, total, hour, ref, commitment = parse_entry(octets)
        before = found.setdefault(campaign, [])
        assert sequence == len(before) + 1, "a gap"
        assert total == (before[-1][2] if before else 0) + change, "a total that does not add up"
        if event in ADDS:
            assert (change, len(commitment)) == (1, 64), "what adds has a commitment"
            int(commitment, 16)
            assert not ref or counts.get((campaign, ref)) is False, "counted twice"
        else:
            assert (event in REMOVES, change, commitment) == (True, -1, "-"), "what removes has none"
            assert counts.get((campaign, ref)), "a removal of nothing"
        counts[campaign, ref or sequence] = change > 0
        before.append((event, hour, total, log_size))
    return found


def verify_shown(read: Read, campaign: str, entries: list[tuple[str, str, int, int]]) -> None:
    """That the number shown and the history are what the entries of the campaign say."""
    count, history = (json.loads(read(f"c/{campaign}/{name}.json")) for name in ("count", "history"))
    told_of = history["certified"] or count
    assert entries[told_of["ledger_entries"] - 1][2] == count["signatures"], "the number is not the log's"
    length = len("2026-11-28T21") if history["resolution"] == "hour" else len("2026-11-28")
    periods: dict[str, dict[str, int]] = {}
    for event, hour, total, log_size in entries[: history["ledger_entries"]]:
        period = periods.setdefault(hour[:length], dict.fromkeys(PERIOD_NAMES, 0))
        period[PERIOD_NAMES[(*ADDS, *REMOVES).index(event)]] += 1
        period |= {"total": total, "log_size": log_size}
    told = {period.pop("from")[:length]: period for period in history["periods"]}
    assert told == periods, "the history is not the log's"


def verify_site(read: Read, verifier_key: str, seen: str = "") -> int:
    """Verify all of a log, which must continue a checkpoint that was seen; returns its size."""
    size, root = read_checkpoint(read("log/checkpoint").decode(), verifier_key)
    old_size, old_root = read_checkpoint(seen, verifier_key) if seen else (0, sha256())
    assert old_size <= size, "an old checkpoint"
    entries = read_entries(read, size)
    leaves = [sha256(b"\x00", entry) for entry in entries]
    assert tree_head(leaves) == root, "not what was signed"
    assert tree_head(leaves[:old_size]) == old_root, "history was rewritten"
    for campaign, found in verify_campaigns(entries).items():
        verify_shown(read, campaign, found)
    return size


def verify_proof(proof: str, entry: bytes, verifier_key: str) -> str:
    """Verify a tlog-proof of an entry; returns its checkpoint."""
    head, _, note = proof.partition("\n\n")
    header, index_line, *path = head.split("\n")
    assert header == "c2sp.org/tlog-proof@v1", "no proof"
    index, (size, root) = int(index_line.removeprefix("index ")), read_checkpoint(note, verifier_key)
    assert index < size, "the checkpoint is older"
    # RFC 9162, 2.1.3.2
    node, last, result = index, size - 1, sha256(b"\x00", entry)
    for line in path:
        sibling = base64.b64decode(line)
        assert last, "too long"
        if node % 2 or node == last:
            result = sha256(b"\x01", sibling, result)
            while node % 2 == 0 and node:
                node, last = node // 2, last // 2
        else:
            result = sha256(b"\x01", result, sibling)
        node, last = node // 2, last // 2
    assert (last, result) == (0, root), "the proof does not lead to the root"
    return note


def verify_receipt(octets: bytes, verifier_key: str) -> str:
    """Verify a receipt; returns the name of its campaign in the log."""
    text = octets.decode().removeprefix("\ufeff").replace("\r\n", "\n")
    assert text.startswith("countersign-receipt/1\n"), "no receipt"
    parts: dict[str, str] = {}
    rest = text
    for part in ("statement", "salt", "entry", "key", "proof"):
        _, found, rest = rest.partition(f"== {part}\n")
        assert found, f"no {part}"
        parts[part] = rest.split("\n== ")[0] + ("\n" if part != "proof" and "\n== " in rest else "")
    labels = ("text", "name", "address", "postcode", "country", "kind")
    values = []
    for label, line in zip(labels, parts["statement"].removesuffix("\n").split("\n"), strict=True):
        assert line.startswith(f"{label}:"), f"no line of the {label}"
        values.append(line.removeprefix(f"{label}:").removeprefix(" "))
    statement = "".join(f"{value}\n" for value in values).encode()
    salt, entry = bytes.fromhex(parts["salt"].strip()), parts["entry"].encode()
    campaign, *_, commitment = parse_entry(entry)
    assert len(salt) == 32, "no salt"
    assert sha256(b"countersign-commitment/1\n", salt, b"\n", statement).hex() == commitment, "of somebody else"
    assert parts["key"].strip() == verifier_key, "another key"
    verify_proof(parts["proof"], entry, verifier_key)
    return campaign


def verify_total(octets: bytes, manifest: dict[str, Any], verifier_key: str) -> int:
    """Verify the proof of a pack's count (`log.json`) against its manifest; returns the count."""
    found = json.loads(octets)
    assert (found["total_proof"], found["key"]) == (1, verifier_key), "another key"
    verify_proof(found["proof"], found["entry"].encode(), verifier_key)
    campaign, sequence, _, _, total, *_ = parse_entry(found["entry"].encode())
    certified, ledger = manifest["certified"], manifest["ledger"]
    told = (certified["ledger_entries"], certified["total"]) if certified else (ledger["size"], ledger["total"])
    assert (manifest["count"], manifest["log"]["campaign"]) == (total, campaign), "of another count"
    assert told == (sequence, total), "not the ledger's"
    return total

"""Verification of a pack: it is as it was made, and its count is the public log's. Nothing is unpacked, and no more is read
than it says."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from campaign.domain.exports.timestamp import MAX_TIMESTAMP_BYTES, InvalidTimestampError, Timestamp, verify_timestamp
from campaign.domain.log.note import VerifierKey
from campaign.domain.log.total_proof import MAX_TOTAL_PROOF_BYTES, InvalidTotalProofError, TotalProof, VerifiedTotal
from campaign.formats.pack import MANIFEST, TIMESTAMP, TOTAL_PROOF
from campaign.formats.pack_source import MAX_FILES, InvalidPackError, PackSource, open_pack, printable_name

_MAX_MANIFEST_BYTES = 4_000_000
_FIRST_VERSION_WITH_LOG = 3
"""Of manifests: the older ones say nothing of the log."""


@dataclass(frozen=True, slots=True)
class VerifiedPack:
    """Pack that is as it was made, and what it says of itself."""

    campaign: str
    count: int
    files: int
    made_at: str
    made_by: str
    total: VerifiedTotal | None
    """What proves the count; None where the pack has no proof of it."""
    timestamp: Timestamp | None
    """Of its manifest, and so of all its files; None where it has none (yet)."""


def verify_pack_file(path: Path, key: VerifierKey | None = None, *, authority_pem: bytes = b"") -> VerifiedPack:
    """Read all of a pack, a ZIP file or a folder. Its proof is compared with the key of the log, and its time stamp with the
    certificates of the authority (PEM), where these are known.

    Raises InvalidPackError, and OSError where a file cannot be read.
    """
    with open_pack(path) as pack:
        sizes = pack.sizes()
        stamp_size = sizes.pop(TIMESTAMP, None)
        octets = _read_manifest(pack, sizes.pop(MANIFEST, None))
        manifest = _parse_manifest(octets)
        listed = _listed_files(manifest)
        for name in sizes:
            if name not in listed:
                raise InvalidPackError(f"{printable_name(name)} is in it, but not in its manifest.")
        for name, facts in listed.items():
            if name not in sizes:
                raise InvalidPackError(f"{printable_name(name)} is in its manifest, but is missing.")
            _verify_file(pack, name, sizes[name], facts, manifest.get("listed", manifest["count"]))
        timestamp = _verify_stamp(pack, octets, stamp_size, authority_pem)
        total = _verify_count(pack, manifest, sizes.get(TOTAL_PROOF), key)
    return VerifiedPack(
        str(manifest.get("campaign", "")), manifest["count"], len(listed), str(manifest.get("made_at", "")),
        str(manifest.get("made_by", "")), total, timestamp,
    )  # fmt: skip


def _read_manifest(pack: PackSource, size: int | None) -> bytes:
    if size is None:
        raise InvalidPackError(f"{MANIFEST} is missing.")
    if size > _MAX_MANIFEST_BYTES:
        raise InvalidPackError(f"{MANIFEST} is too large to be one.")
    return _read_small(pack, MANIFEST, _MAX_MANIFEST_BYTES)


def _parse_manifest(octets: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(octets)
    except (ValueError, RecursionError):
        raise InvalidPackError(f"{MANIFEST} cannot be read.") from None
    if not isinstance(manifest, dict) or type(manifest.get("count")) is not int:
        raise InvalidPackError(f"{MANIFEST} does not say how many signatures there are.")
    return manifest


def _read_small(pack: PackSource, name: str, limit: int) -> bytes:
    """A file, or its beginning where it is longer than it may be."""
    data = b""
    for piece in pack.chunks(name):
        data += piece
        if len(data) > limit:
            break
    return data[: limit + 1]


def _listed_files(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    files = manifest.get("files")
    if not isinstance(files, list) or not files or len(files) > MAX_FILES:
        raise InvalidPackError(f"{MANIFEST} has no list of files.")
    listed: dict[str, Mapping[str, Any]] = {}
    for one in files:
        if not isinstance(one, dict) or not all(isinstance(one.get(name), str) for name in ("path", "sha256")):
            raise InvalidPackError(f"{MANIFEST} lists a file without a name or a hash.")
        if one["path"] in listed:
            raise InvalidPackError(f"{MANIFEST} lists {printable_name(one['path'])} twice.")
        listed[one["path"]] = one
    return listed


def _verify_file(pack: PackSource, path: str, size: int, expected: Mapping[str, Any], listed: object) -> None:
    name, counter = printable_name(path), _RowCounter(path)
    if size != expected.get("size"):
        said = printable_name(str(expected.get("size")))
        raise InvalidPackError(f"{name} was changed: it has {size} octets, not {said} as its manifest says.")
    digest = hashlib.sha256()
    for piece in pack.chunks(path):
        digest.update(piece)
        counter.update(piece)
    if digest.hexdigest() != expected["sha256"]:
        raise InvalidPackError(f"{name} was changed: its SHA-256 is not the one in its manifest.")
    if counter.rows is not None and not counter.rows == expected.get("rows") == listed:
        said = f"{listed} signatures" if type(listed) is int else "no number"
        raise InvalidPackError(f"{name} has {counter.rows} rows, but its manifest says {said}.")


def _verify_count(
    pack: PackSource, manifest: Mapping[str, Any], proof_size: int | None, key: VerifierKey | None
) -> VerifiedTotal | None:
    """Compare the count with the ledger's total, and both with the log; None where there is no proof."""
    version = manifest.get("manifest")
    if type(version) is not int or version < _FIRST_VERSION_WITH_LOG:
        return _unproven(key)
    try:
        certified = manifest["certified"]
        total = certified["total"] if certified else manifest["ledger"]["total"]
        sequence = certified["ledger_entries"] if certified else manifest["ledger"]["size"]
        log_campaign = manifest["log"]["campaign"] if manifest["log"] else None
    except (KeyError, TypeError):
        raise InvalidPackError(f"{MANIFEST} does not say what the ledger and the log are.") from None
    if manifest["count"] != total:
        said = printable_name(str(total))
        raise InvalidPackError(f"{MANIFEST} says {manifest['count']} signatures, but that its ledger has {said}.")
    if log_campaign is None:
        return _unproven(key)
    if proof_size is None:
        raise InvalidPackError(f"{TOTAL_PROOF} is missing, though {MANIFEST} says that there is a proof of the count.")
    try:
        found = TotalProof.parse(_read_small(pack, TOTAL_PROOF, MAX_TOTAL_PROOF_BYTES)).verify(key)
    except InvalidTotalProofError as error:
        raise InvalidPackError(f"{TOTAL_PROOF} does not prove the count: {error}.") from None
    if found.entry.campaign != log_campaign:
        other = printable_name(str(log_campaign))
        raise InvalidPackError(f"{TOTAL_PROOF} is of the campaign {found.entry.campaign}, and not of {other}.")
    if (found.entry.sequence, found.entry.total) != (sequence, total):
        raise InvalidPackError(
            f"The number is not the log's: {MANIFEST} says {manifest['count']} after {printable_name(str(sequence))} entries, "
            f"but entry {found.entry.sequence} of the public log says {found.entry.total}."
        )
    return found


def _verify_stamp(pack: PackSource, manifest: bytes, size: int | None, authority_pem: bytes) -> Timestamp | None:
    if size is None:
        if authority_pem:
            raise InvalidPackError("It has no time stamp, which the certificates could check.")
        return None
    try:
        return verify_timestamp(_read_small(pack, TIMESTAMP, MAX_TIMESTAMP_BYTES), manifest, authority_pem)
    except InvalidTimestampError as error:
        raise InvalidPackError(f"{TIMESTAMP} does not hold: {error}.") from None


def _unproven(key: VerifierKey | None) -> VerifiedTotal | None:
    """What is found where there is no proof. Raises InvalidPackError where a key was given to check one with."""
    if key is not None:
        raise InvalidPackError("It has no proof from the public log, which the key could check.")
    return None


class _RowCounter:
    """Counts the rows of a list without keeping any: lines that do not end inside of quotes."""

    def __init__(self, name: str) -> None:
        self._csv, self._lines, self._quoted = name.endswith(".csv"), name.endswith(".jsonl"), False
        self._ends = 0

    def update(self, chunk: bytes) -> None:
        if self._lines:
            self._ends += chunk.count(b"\n")
        elif self._csv:
            for place, some in enumerate(chunk.split(b'"')):
                if place:
                    self._quoted = not self._quoted
                if not self._quoted:
                    self._ends += some.count(b"\n")

    @property
    def rows(self) -> int | None:
        """How many there are, without the heading; None where the file is no list this can count."""
        return self._ends if self._lines else self._ends - 1 if self._csv else None

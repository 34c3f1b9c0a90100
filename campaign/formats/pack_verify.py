"""Whether a pack is as it was made. It may come from anybody: nothing is unpacked to disk, and no more is read than it says."""

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from campaign.formats.pack import CHUNK_BYTES, MANIFEST, SEAL_BYTES, SEAL_PREFIX, seal_digest
from campaign.formats.zip_end import read_zip_end

MAX_FILES = 5_000
_MAX_MANIFEST_BYTES = 4_000_000
_MAX_COMPRESSION_RATIO = 500
"""A file unpacks to so many times its size at most, and to 16 MB more: what is made of names and dates stays far below."""
_RATIO_ALLOWANCE_BYTES = 16 << 20
_MAX_SHOWN_CHARACTERS = 80


class InvalidPackError(ValueError):
    """The pack is not as it was made; `str()` is a sentence that names what is wrong."""


@dataclass(frozen=True, slots=True)
class VerifiedPack:
    """What a pack that is as it was made says of itself."""

    campaign: str
    count: int
    files: int
    made_at: str
    made_by: str


def verify_pack_file(path: Path) -> VerifiedPack:
    """Read all of a pack. Raises PackRefused, and OSError where the file cannot be read."""
    with path.open("rb") as file:
        tail = read_zip_end(file)
        if tail is None:
            raise InvalidPackError("It is not a ZIP file as a pack is one, or its end is missing.")
        if not tail.comment.startswith(SEAL_PREFIX) or len(tail.comment) != SEAL_BYTES:
            raise InvalidPackError("It has no seal: it is not a pack, or it was packed again by another program.")
        try:
            with ZipFile(file) as pack:
                checked = _verify_entries(pack)
        except (BadZipFile, zlib.error, EOFError, UnicodeError, NotImplementedError, RuntimeError, OverflowError) as error:
            raise InvalidPackError(
                f"The ZIP file is damaged ({str(error)[:_MAX_SHOWN_CHARACTERS] or type(error).__name__})."
            ) from None
        if seal_digest(file, tail.size - SEAL_BYTES) != tail.comment.removeprefix(SEAL_PREFIX).decode("ascii", "replace"):
            raise InvalidPackError("The ZIP file was changed after it was made, though the files in it were not.")
    return checked


def _verify_entries(pack: ZipFile) -> VerifiedPack:
    there: dict[str, ZipInfo] = {}
    for info in pack.infolist():
        if info.filename in there:
            raise InvalidPackError(f"{_printable(info.filename)} is in it twice.")
        if info.flag_bits & 1:
            raise InvalidPackError(f"{_printable(info.filename)} is locked with a password.")
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise InvalidPackError(f"{_printable(info.filename)} is packed in a way that no pack is.")
        if info.file_size > _RATIO_ALLOWANCE_BYTES + _MAX_COMPRESSION_RATIO * info.compress_size:
            raise InvalidPackError(f"{_printable(info.filename)} would unpack to more than any list does.")
        there[info.filename] = info
    manifest = _read_manifest(pack, there.pop(MANIFEST, None))
    listed = _listed_files(manifest)
    for name in there:
        if name not in listed:
            raise InvalidPackError(f"{_printable(name)} is in it, but not in its manifest.")
    for name, facts in listed.items():
        if name not in there:
            raise InvalidPackError(f"{_printable(name)} is in its manifest, but is missing.")
        _verify_entry(pack, there[name], facts, manifest.get("listed", manifest["count"]))
    return VerifiedPack(
        str(manifest.get("campaign", "")), manifest["count"], len(listed), str(manifest.get("made_at", "")),
        str(manifest.get("made_by", "")),
    )  # fmt: skip


def _read_manifest(pack: ZipFile, info: ZipInfo | None) -> dict[str, Any]:
    if info is None:
        raise InvalidPackError(f"{MANIFEST} is missing.")
    if info.file_size > _MAX_MANIFEST_BYTES:
        raise InvalidPackError(f"{MANIFEST} is too large to be one.")
    with pack.open(info) as part:
        octets = part.read(_MAX_MANIFEST_BYTES + 1)
    try:
        manifest = json.loads(octets)
    except (ValueError, RecursionError):
        raise InvalidPackError(f"{MANIFEST} cannot be read.") from None
    if not isinstance(manifest, dict) or type(manifest.get("count")) is not int:
        raise InvalidPackError(f"{MANIFEST} does not say how many signatures there are.")
    return manifest


def _listed_files(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    files = manifest.get("files")
    if not isinstance(files, list) or not files or len(files) > MAX_FILES:
        raise InvalidPackError(f"{MANIFEST} has no list of files.")
    listed: dict[str, Mapping[str, Any]] = {}
    for one in files:
        if not isinstance(one, dict) or not all(isinstance(one.get(name), str) for name in ("path", "sha256")):
            raise InvalidPackError(f"{MANIFEST} lists a file without a name or a hash.")
        if one["path"] in listed:
            raise InvalidPackError(f"{MANIFEST} lists {_printable(one['path'])} twice.")
        listed[one["path"]] = one
    return listed


def _verify_entry(pack: ZipFile, info: ZipInfo, expected: Mapping[str, Any], listed: object) -> None:
    name, counter = _printable(info.filename), _RowCounter(info.filename)
    if info.file_size != expected.get("size"):
        raise InvalidPackError(
            f"{name} has {info.file_size} octets, not {_printable(str(expected.get('size')))} as its manifest says."
        )
    digest = hashlib.sha256()
    with pack.open(info) as part:
        try:
            while piece := part.read(CHUNK_BYTES):
                digest.update(piece)
                counter.update(piece)
        except (BadZipFile, zlib.error, EOFError):
            raise InvalidPackError(f"{name} was changed: it cannot be unpacked any more.") from None
    if digest.hexdigest() != expected["sha256"]:
        raise InvalidPackError(f"{name} was changed: its SHA-256 is not the one in its manifest.")
    if counter.rows is not None and not counter.rows == expected.get("rows") == listed:
        said = f"{listed} signatures" if type(listed) is int else "no number"
        raise InvalidPackError(f"{name} has {counter.rows} rows, but its manifest says {said}.")


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


def _printable(name: str) -> str:
    """A name as it can be printed, whatever somebody has put into it."""
    return (
        "".join(letter if letter.isprintable() else "?" for letter in name[:_MAX_SHOWN_CHARACTERS]) or "a file without a name"
    )

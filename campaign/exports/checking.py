"""Whether a pack is as it was made. It may come from anybody: nothing is unpacked to disk, and no more is read than it says."""

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from campaign.exports.pack import MANIFEST, PIECE, SEAL, SEAL_LENGTH, sealed
from campaign.exports.tail import read_tail

MOST_FILES = 5_000
_LARGEST_MANIFEST = 4_000_000
_MOST_ALIKE = 500
"""A file unpacks to so many times its size at most, and to 16 MB more: what is made of names and dates stays far below."""
_ALLOWED = 16 << 20
_SHORTEST_SHOWN = 80


class PackRefused(ValueError):  # noqa: N818 - it reads as what happened to it
    """The pack is not as it was made; `str()` is a sentence that names what is wrong."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a pack that is as it was made says of itself."""

    campaign: str
    count: int
    files: int
    made_at: str
    made_by: str


def check(path: Path) -> Checked:
    """Read all of a pack. Raises PackRefused, and OSError where the file cannot be read."""
    with path.open("rb") as file:
        tail = read_tail(file)
        if tail is None:
            raise PackRefused("It is not a ZIP file as a pack is one, or its end is missing.")
        if not tail.comment.startswith(SEAL) or len(tail.comment) != SEAL_LENGTH:
            raise PackRefused("It has no seal: it is not a pack, or it was packed again by another program.")
        try:
            with ZipFile(file) as pack:
                checked = _look(pack)
        except (BadZipFile, zlib.error, EOFError, UnicodeError, NotImplementedError, RuntimeError, OverflowError) as error:
            raise PackRefused(f"The ZIP file is damaged ({str(error)[:_SHORTEST_SHOWN] or type(error).__name__}).") from None
        if sealed(file, tail.size - SEAL_LENGTH) != tail.comment.removeprefix(SEAL).decode("ascii", "replace"):
            raise PackRefused("The ZIP file was changed after it was made, though the files in it were not.")
    return checked


def _look(pack: ZipFile) -> Checked:
    there: dict[str, ZipInfo] = {}
    for info in pack.infolist():
        if info.filename in there:
            raise PackRefused(f"{_shown(info.filename)} is in it twice.")
        if info.flag_bits & 1:
            raise PackRefused(f"{_shown(info.filename)} is locked with a password.")
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise PackRefused(f"{_shown(info.filename)} is packed in a way that no pack is.")
        if info.file_size > _ALLOWED + _MOST_ALIKE * info.compress_size:
            raise PackRefused(f"{_shown(info.filename)} would unpack to more than any list does.")
        there[info.filename] = info
    manifest = _manifest(pack, there.pop(MANIFEST, None))
    listed = _listed(manifest)
    for name in there:
        if name not in listed:
            raise PackRefused(f"{_shown(name)} is in it, but not in its manifest.")
    for name, facts in listed.items():
        if name not in there:
            raise PackRefused(f"{_shown(name)} is in its manifest, but is missing.")
        _look_at(pack, there[name], facts, manifest["count"])
    return Checked(
        str(manifest.get("campaign", "")), manifest["count"], len(listed), str(manifest.get("made_at", "")),
        str(manifest.get("made_by", "")),
    )  # fmt: skip


def _manifest(pack: ZipFile, info: ZipInfo | None) -> dict[str, Any]:
    if info is None:
        raise PackRefused(f"{MANIFEST} is missing.")
    if info.file_size > _LARGEST_MANIFEST:
        raise PackRefused(f"{MANIFEST} is too large to be one.")
    with pack.open(info) as part:
        octets = part.read(_LARGEST_MANIFEST + 1)
    try:
        manifest = json.loads(octets)
    except (ValueError, RecursionError):
        raise PackRefused(f"{MANIFEST} cannot be read.") from None
    if not isinstance(manifest, dict) or type(manifest.get("count")) is not int:
        raise PackRefused(f"{MANIFEST} does not say how many signatures there are.")
    return manifest


def _listed(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    files = manifest.get("files")
    if not isinstance(files, list) or not files or len(files) > MOST_FILES:
        raise PackRefused(f"{MANIFEST} has no list of files.")
    listed: dict[str, Mapping[str, Any]] = {}
    for one in files:
        if not isinstance(one, dict) or not all(isinstance(one.get(name), str) for name in ("path", "sha256")):
            raise PackRefused(f"{MANIFEST} lists a file without a name or a hash.")
        if one["path"] in listed:
            raise PackRefused(f"{MANIFEST} lists {_shown(one['path'])} twice.")
        listed[one["path"]] = one
    return listed


def _look_at(pack: ZipFile, info: ZipInfo, facts: Mapping[str, Any], count: int) -> None:
    name, counter = _shown(info.filename), _Rows(info.filename)
    if info.file_size != facts.get("size"):
        raise PackRefused(f"{name} has {info.file_size} octets, not {_shown(str(facts.get('size')))} as its manifest says.")
    digest = hashlib.sha256()
    with pack.open(info) as part:
        try:
            while piece := part.read(PIECE):
                digest.update(piece)
                counter.see(piece)
        except (BadZipFile, zlib.error, EOFError):
            raise PackRefused(f"{name} was changed: it cannot be unpacked any more.") from None
    if digest.hexdigest() != facts["sha256"]:
        raise PackRefused(f"{name} was changed: its SHA-256 is not the one in its manifest.")
    if counter.rows is not None and not counter.rows == facts.get("rows") == count:
        raise PackRefused(f"{name} has {counter.rows} rows, but its manifest says {count} signatures.")


class _Rows:
    """Counts the rows of a list without keeping any: lines that do not end inside of quotes."""

    def __init__(self, name: str) -> None:
        self._csv, self._lines, self._quoted = name.endswith(".csv"), name.endswith(".jsonl"), False
        self._ends = 0

    def see(self, piece: bytes) -> None:
        if self._lines:
            self._ends += piece.count(b"\n")
        elif self._csv:
            for place, some in enumerate(piece.split(b'"')):
                if place:
                    self._quoted = not self._quoted
                if not self._quoted:
                    self._ends += some.count(b"\n")

    @property
    def rows(self) -> int | None:
        """How many there are, without the heading; None where the file is no list this can count."""
        return self._ends if self._lines else self._ends - 1 if self._csv else None


def _shown(name: str) -> str:
    """A name as it can be printed, whatever somebody has put into it."""
    return "".join(letter if letter.isprintable() else "?" for letter in name[:_SHORTEST_SHOWN]) or "a file without a name"

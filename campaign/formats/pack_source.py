"""Source of the files of a pack: its ZIP file, or the folder it was unpacked to. Either may come from anybody."""

import os
import stat
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from campaign.formats.pack import CHUNK_BYTES, SEAL_BYTES, SEAL_PREFIX, seal_digest
from campaign.formats.zip_end import read_zip_end

MAX_FILES = 5_000
_MAX_COMPRESSION_RATIO = 500
"""A file unpacks to so many times its size at most, and to 16 MB more: what is made of names and dates stays far below."""
_RATIO_ALLOWANCE_BYTES = 16 << 20
_MAX_SHOWN_CHARACTERS = 80


class InvalidPackError(ValueError):
    """The pack is not as it was made; `str()` is a sentence that names what is wrong."""


class PackSource(Protocol):
    """The files of a pack."""

    def sizes(self) -> dict[str, int]:
        """Octets of each file by its name. Raises InvalidPackError."""

    def chunks(self, name: str) -> Iterator[bytes]:
        """A file, piece by piece. Raises InvalidPackError, and OSError where it cannot be read."""


@contextmanager
def open_pack(path: Path) -> Iterator[PackSource]:
    """The files of a pack; at the end of the block the seal of a ZIP file is compared. Raises InvalidPackError and OSError."""
    if path.is_dir():
        yield _Folder(path)
        return
    with path.open("rb") as file:
        tail = read_zip_end(file)
        if tail is None:
            raise InvalidPackError("It is not a ZIP file as a pack is one, or its end is missing.")
        if not tail.comment.startswith(SEAL_PREFIX) or len(tail.comment) != SEAL_BYTES:
            raise InvalidPackError("It has no seal: it is not a pack, or it was packed again by another program.")
        try:
            with ZipFile(file) as pack:
                yield _Zip(pack)
        except (BadZipFile, zlib.error, EOFError, UnicodeError, NotImplementedError, RuntimeError, OverflowError) as error:
            raise InvalidPackError(
                f"The ZIP file is damaged ({str(error)[:_MAX_SHOWN_CHARACTERS] or type(error).__name__})."
            ) from None
        if seal_digest(file, tail.size - SEAL_BYTES) != tail.comment.removeprefix(SEAL_PREFIX).decode("ascii", "replace"):
            raise InvalidPackError("The ZIP file was changed after it was made, though the files in it were not.")


def printable_name(name: str) -> str:
    """A name as it can be printed, whatever somebody has put into it."""
    return (
        "".join(letter if letter.isprintable() else "?" for letter in name[:_MAX_SHOWN_CHARACTERS]) or "a file without a name"
    )


@dataclass(frozen=True, slots=True)
class _Zip:
    pack: ZipFile

    def sizes(self) -> dict[str, int]:
        return {name: info.file_size for name, info in self._infos().items()}

    def chunks(self, name: str) -> Iterator[bytes]:
        try:
            with self.pack.open(name) as part:
                while piece := part.read(CHUNK_BYTES):
                    yield piece
        except (BadZipFile, zlib.error, EOFError):
            raise InvalidPackError(f"{printable_name(name)} was changed: it cannot be unpacked any more.") from None

    def _infos(self) -> Mapping[str, ZipInfo]:
        there: dict[str, ZipInfo] = {}
        for info in self.pack.infolist():
            name = printable_name(info.filename)
            if info.filename in there:
                raise InvalidPackError(f"{name} is in it twice.")
            if info.flag_bits & 1:
                raise InvalidPackError(f"{name} is locked with a password.")
            if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
                raise InvalidPackError(f"{name} is packed in a way that no pack is.")
            if info.file_size > _RATIO_ALLOWANCE_BYTES + _MAX_COMPRESSION_RATIO * info.compress_size:
                raise InvalidPackError(f"{name} would unpack to more than any list does.")
            there[info.filename] = info
        return there


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder with what was unpacked. Links are not followed, and what is no file is not opened."""

    path: Path

    def sizes(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for place, folders, names in os.walk(self.path):
            for name in (*names, *(each for each in folders if (Path(place) / each).is_symlink())):
                path = Path(place) / name
                inside, status = path.relative_to(self.path).as_posix(), path.lstat()
                if not stat.S_ISREG(status.st_mode):
                    raise InvalidPackError(f"{printable_name(inside)} is no file: a pack has files alone.")
                found[inside] = status.st_size
                if len(found) > MAX_FILES:
                    raise InvalidPackError("The folder has more files than any pack.")
        return found

    def chunks(self, name: str) -> Iterator[bytes]:
        with (self.path / name).open("rb") as file:
            yield from _read_pieces(file)


def _read_pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(CHUNK_BYTES):
        yield piece

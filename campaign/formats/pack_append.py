"""Adding a file to a pack that is finished, while it is read: what was packed before stays octet for octet, the seal is new."""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from typing import BinaryIO
from zipfile import ZIP_STORED, BadZipFile, ZipFile

from campaign.formats.pack import CHUNK_BYTES, SEAL_BYTES, SEAL_PREFIX
from campaign.formats.zip_entry import zip_entry

MAX_DIRECTORY_BYTES = 1 << 20
"""Octets at the end of a pack that its directory is looked for in; that of five thousand files is half as long."""
_HEADERS_BYTES = 30 + 46
"""Octets that an entry adds beside its name, twice, and its data."""


def appended_size(size: int, name: str, data: bytes) -> int:
    """Octets of a pack with a file added to it."""
    return size + _HEADERS_BYTES + 2 * len(name.encode()) + len(data)


def append_to_pack(
    parts: Iterable[bytes], name: str, data: bytes, *, directory_bytes: int = MAX_DIRECTORY_BYTES
) -> Iterator[bytes]:
    """The octets of a pack with a file added to it, from its octets in parts. Raises BadZipFile where it is none."""
    digest, held, before = hashlib.sha256(), b"", 0
    for part in parts:
        held += part
        if len(held) > 2 * directory_bytes:
            piece, held = held[:-directory_bytes], held[-directory_bytes:]
            digest.update(piece)
            before += len(piece)
            yield piece
    with tempfile.TemporaryFile() as file:
        # The octets that have gone out are a hole in it: of a pack, only the directory is read to add to it.
        file.seek(before)
        file.write(held)
        _append(file, name, data)
        end = file.seek(0, 2) - SEAL_BYTES
        file.seek(before)
        for piece in _pieces(file, end - before):
            digest.update(piece)
            yield piece
    yield SEAL_PREFIX + digest.hexdigest().encode()


def append_in_place(file: BinaryIO, name: str, data: bytes) -> None:
    """Add a file to a pack that lies in a file which can be read and written anywhere. Raises BadZipFile where it is none."""
    _append(file, name, data)
    end, digest = file.seek(0, 2) - SEAL_BYTES, hashlib.sha256()
    file.seek(0)
    for piece in _pieces(file, end):
        digest.update(piece)
    file.seek(end)
    file.write(SEAL_PREFIX + digest.hexdigest().encode())


def _append(file: BinaryIO, name: str, data: bytes) -> None:
    with ZipFile(file, "a") as pack:
        if not pack.comment.startswith(SEAL_PREFIX):
            raise BadZipFile("it has no seal")
        pack.writestr(zip_entry(name, ZIP_STORED), data)


def _pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0 and (piece := file.read(min(CHUNK_BYTES, size))):
        size -= len(piece)
        yield piece

"""The end of a ZIP file, read with care before anything else: it says how much there is to be read (APPNOTE.TXT, 4.3.14-16)."""

import struct
from dataclasses import dataclass
from typing import BinaryIO

MAX_DIRECTORY_BYTES = 4 << 20
"""Octets of the list of files: it is held in memory."""
_MAX_COMMENT_BYTES = 0xFFFF
_END, _END_SIGNATURE = struct.Struct("<4s4H2LH"), b"PK\x05\x06"
_LOCATOR, _LOCATOR_SIGNATURE = struct.Struct("<4sLQL"), b"PK\x06\x07"
_END_64, _END_64_SIGNATURE = struct.Struct("<4sQ2H2L4Q"), b"PK\x06\x06"


@dataclass(frozen=True, slots=True)
class ZipEnd:
    """End record of a ZIP file."""

    size: int
    """Of the whole file."""
    comment: bytes


def read_zip_end(file: BinaryIO) -> ZipEnd | None:
    """The end of a file; None where it is no ZIP file, or one whose list of files is longer than any of ours."""
    size = file.seek(0, 2)
    begin = max(0, size - _END.size - _MAX_COMMENT_BYTES)
    file.seek(begin)
    end = file.read(_END.size + _MAX_COMMENT_BYTES)
    at = end.rfind(_END_SIGNATURE)
    if at < 0 or at + _END.size > len(end):
        return None
    _, disk, _, _, _, listed, _, comment = _END.unpack_from(end, at)
    if disk or at + _END.size + comment != len(end) or listed > MAX_DIRECTORY_BYTES:
        return None
    if not _zip64_within_limit(file, begin + at):
        return None
    return ZipEnd(size, end[at + _END.size :])


def _zip64_within_limit(file: BinaryIO, end: int) -> bool:
    """Whether the longer form of the end, where there is one, names no longer list either."""
    if end < _LOCATOR.size:
        return True
    file.seek(end - _LOCATOR.size)
    mark, _, at, _ = _LOCATOR.unpack(file.read(_LOCATOR.size))
    if mark != _LOCATOR_SIGNATURE:
        return True
    # Looked for where the locator says, and where programs look that do not believe it.
    for place in (at, end - _LOCATOR.size - _END_64.size):
        if 0 <= place <= end - _END_64.size:
            file.seek(place)
            found = _END_64.unpack(file.read(_END_64.size))
            if found[0] == _END_64_SIGNATURE and found[8] > MAX_DIRECTORY_BYTES:
                return False
    return True

"""Tiles of a transparency log: where hashes and entries are found over HTTP (C2SP tlog-tiles).

A tile is 256 hashes side by side at one level; level 0 are the hashes of leaves, and each hash above is the root of a full tile
below. The rightmost tile of a level is partial. An entry bundle holds the entries of one tile of level 0.
"""

import re
from collections.abc import Iterable

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
"""Hashes in a full tile; entries in a full bundle."""
HASH_BYTES = 32
MAX_LEVEL = 63
_NUMBER = re.compile(r"(?:x[0-9]{3}/)*[0-9]{3}")
_WIDTH = re.compile(r"[1-9][0-9]{0,2}")
_MAX_INDEX_ELEMENTS = 5
"""Path elements of an index: 10^15 tiles."""


class InvalidTileError(ValueError):
    """A path that names no tile, or octets that are no bundle."""


def tile_width(level: int, index: int, size: int) -> int:
    """Hashes that the tile has in a tree of `size` leaves: 256 where it is full, 0 or less where it is not there."""
    return min(TILE_WIDTH, (size >> (TILE_HEIGHT * level)) - index * TILE_WIDTH)


def tile_path(level: int | None, index: int, width: int = TILE_WIDTH) -> str:
    """The path of a tile below the prefix of the log; level None for the bundle of entries."""
    elements = [f"{index % 1000:03}"]
    while index := index // 1000:
        elements.insert(0, f"x{index % 1000:03}")
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{'entries' if level is None else level}/{'/'.join(elements)}{partial}"


def read_tile_path(path: str) -> tuple[int, int]:
    """The index and width that the part of a path after the level names: `x001/234.p/7`. Raises InvalidTileError.

    There is one spelling of each, so that one address is one resource.
    """
    number, partial, width_text = path.partition(".p/")
    if not _NUMBER.fullmatch(number) or (partial and not _WIDTH.fullmatch(width_text)):
        raise InvalidTileError("no such tile")
    elements = number.split("/")
    width = int(width_text) if partial else TILE_WIDTH
    is_padded = len(elements) > 1 and elements[0] == "x000"
    if is_padded or len(elements) > _MAX_INDEX_ELEMENTS or (partial and width >= TILE_WIDTH):
        raise InvalidTileError("no such tile")
    return int("".join(element.removeprefix("x") for element in elements)), width


def pack_bundle(entries: Iterable[bytes]) -> bytes:
    """Entries one after the other, each after its length in two octets."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unpack_bundle(data: bytes) -> list[bytes]:
    """The entries of a bundle. Raises InvalidTileError where it ends within one."""
    entries, start, size = [], 2, len(data)
    while start <= size:
        end = start + (data[start - 2] << 8 | data[start - 1])
        entries.append(data[start:end])
        start = end + 2
    if start != size + 2:
        raise InvalidTileError("the bundle of entries is cut off")
    return entries

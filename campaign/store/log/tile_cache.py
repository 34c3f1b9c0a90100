"""Tiles of the log that one process has read. None ever changes, so a proof asks the database for the others alone."""

from collections.abc import Callable
from threading import Lock

from cachetools import LRUCache

MAX_TILES = 1_000
"""Tiles kept, 8 KB each at most."""


class TileCache:
    """The tiles that were used last, by level, index and width. Threads may use it at once."""

    def __init__(self, max_tiles: int = MAX_TILES) -> None:
        self._tiles: LRUCache[tuple[int, int, int], bytes] = LRUCache(max_tiles)
        self._lock = Lock()

    def get(self, level: int, index: int, width: int, load: Callable[[], bytes]) -> bytes:
        """A tile, from `load` where it is not kept."""
        key = (level, index, width)
        with self._lock:
            found = self._tiles.get(key)
        if found is None:
            found = load()
            with self._lock:
                self._tiles[key] = found
        return found

"""Merkle tree of a transparency log: hashes and proofs as RFC 6962, section 2.1, defines them (SHA-256).

A tree is read through `ReadTile`, so that a proof needs a handful of tiles (`campaign.domain.log.tiles`) and never all leaves.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from campaign.domain.log.tiles import HASH_BYTES, TILE_HEIGHT, TILE_WIDTH, tile_width

EMPTY_ROOT = hashlib.sha256().digest()
"""Root of the tree without leaves."""
MAX_PROOF_HASHES = 63
"""Hashes in a proof; a tree that needed more would have 2^63 leaves."""
MAX_CACHED_TILES = 512
"""Tiles above the leaves whose nodes are kept, 8 KB each: enough for thirty million leaves."""

ReadTile = Callable[[int, int, int], bytes]
"""Tile reader: level, index and width of a tile to its hashes, 32 octets each; more than `width` of them do no harm."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry as a leaf, 32 octets."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of the node above two others, 32 octets."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def subtree_root(hashes: bytes) -> bytes:
    """The root of a perfect subtree above hashes, side by side, whose number is a power of two."""
    while len(hashes) > HASH_BYTES:
        hashes = _nodes_above(hashes)
    return hashes


def _nodes_above(hashes: bytes) -> bytes:
    """The nodes above hashes, each above two of them; one that is left over has none."""
    sha256, pair = hashlib.sha256, 2 * HASH_BYTES
    return b"".join([sha256(b"\x01" + hashes[i : i + pair]).digest() for i in range(0, len(hashes) - HASH_BYTES, pair)])


@lru_cache(maxsize=MAX_CACHED_TILES)
def _tile_nodes(tile: bytes) -> tuple[bytes, ...]:
    """The nodes within a tile: its hashes, those above two of them, above four, and so on, each height side by side.

    Kept by the octets of the tile, so that what is kept can never be that of another tree.
    """
    heights = [tile]
    while len(heights[-1]) > HASH_BYTES:
        heights.append(_nodes_above(heights[-1]))
    return tuple(heights)


def split_hashes(data: bytes) -> list[bytes]:
    """The hashes of a tile, one after the other."""
    return [data[i : i + HASH_BYTES] for i in range(0, len(data), HASH_BYTES)]


@dataclass
class Tree:
    """Tree of `size` leaves, as its tiles tell. Each tile is read once at most."""

    size: int
    read_tile: ReadTile
    _tiles: dict[tuple[int, int], bytes] = field(default_factory=dict)
    _nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def root(self) -> bytes:
        """The Merkle tree hash, 32 octets."""
        return self._range(0, self.size) if self.size else EMPTY_ROOT

    def inclusion_proof(self, index: int) -> list[bytes]:
        """The audit path of the leaf at `index`, from its sibling up. Raises ValueError where there is no such leaf."""
        if not 0 <= index < self.size:
            raise ValueError("the tree has no such leaf")
        start, end, path = 0, self.size, []
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(start, middle))
                start = middle
        return path[::-1]

    def consistency_proof(self, old_size: int) -> list[bytes]:
        """The proof that the first `old_size` leaves are those of an older tree. Raises ValueError where it was larger."""
        if not 0 <= old_size <= self.size:
            raise ValueError("the older tree is larger")
        if old_size in (0, self.size):
            return []
        return self._consistency(old_size, 0, self.size, is_whole=True)

    def _consistency(self, old_size: int, start: int, end: int, *, is_whole: bool) -> list[bytes]:
        """SUBPROOF of RFC 6962, 2.1.2; `is_whole` where this is a subtree the verifier knows the root of."""
        if old_size == end:
            return [] if is_whole else [self._range(start, end)]
        middle = start + _split(end - start)
        if old_size <= middle:
            return [*self._consistency(old_size, start, middle, is_whole=is_whole), self._range(middle, end)]
        return [*self._consistency(old_size, middle, end, is_whole=False), self._range(start, middle)]

    def _range(self, start: int, end: int) -> bytes:
        """The hash of leaves `start` to `end`, which is a range that the tree of RFC 6962 has a node for."""
        count = end - start
        if count & (count - 1) == 0:
            return self._node(count.bit_length() - 1, start // count)
        middle = start + _split(count)
        return node_hash(self._range(start, middle), self._range(middle, end))

    def _node(self, height: int, index: int) -> bytes:
        """The root of the perfect subtree of 2^height leaves that is the `index`-th of its kind."""
        key = (height, index)
        if key not in self._nodes:
            level, above = divmod(height, TILE_HEIGHT)
            number, offset = divmod(index << above, TILE_WIDTH)
            self._nodes[key] = self._tile_node(level, number, above, offset >> above)
        return self._nodes[key]

    def _tile_node(self, level: int, number: int, above: int, place: int) -> bytes:
        """The node that is the `place`-th of those at the height `above` within a tile."""
        data = self._tile(level, number)
        if level == 0 and len(data) == HASH_BYTES * TILE_WIDTH:
            # Which of the tiles of leaves a proof begins in is chance, so none is worth keeping.
            width = HASH_BYTES << above
            return subtree_root(data[place * width : (place + 1) * width])
        return _tile_nodes(data)[above][place * HASH_BYTES : (place + 1) * HASH_BYTES]

    def _tile(self, level: int, index: int) -> bytes:
        key = (level, index)
        if key not in self._tiles:
            width = tile_width(level, index, self.size)
            data = self.read_tile(level, index, width)
            if len(data) < width * HASH_BYTES:
                raise ValueError(f"tile {index} of level {level} is cut off")
            self._tiles[key] = data
        return self._tiles[key]


def extend_tiles(size: int, edge: Callable[[int], bytes], leaves: Iterable[bytes]) -> dict[tuple[int, int], bytes]:
    """The tiles that appending leaf hashes to a tree of `size` leaves makes or makes longer, by level and index.

    `edge` gives the hashes of the last, partial tile of a level; it is asked only for levels where there is one.
    """
    tiles: dict[tuple[int, int], bytes] = {}
    level, new = 0, list(leaves)
    while new:
        before = size >> (TILE_HEIGHT * level)
        index, width = divmod(before, TILE_WIDTH)
        hashes = (split_hashes(edge(level))[:width] if width else []) + new
        new = []
        while len(hashes) >= TILE_WIDTH:
            full, hashes = hashes[:TILE_WIDTH], hashes[TILE_WIDTH:]
            tiles[level, index] = b"".join(full)
            new.append(subtree_root(tiles[level, index]))
            index += 1
        if hashes:
            tiles[level, index] = b"".join(hashes)
        level += 1
    return tiles


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a proof shows that the leaf hash is at `index` of the tree with that size and root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            result = node_hash(sibling, result)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and result == root


def inclusion_proof_length(index: int, size: int) -> int:
    """Hashes in the proof of the leaf at `index` of a tree of `size` leaves."""
    shared = (index ^ (size - 1)).bit_length()
    return shared + (index >> shared).bit_count()


def is_consistent(old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a proof shows that the older tree is the beginning of the newer one (RFC 9162, 2.1.4.2)."""
    if old_size > size:
        return False
    if old_size in (0, size):
        return not proof and (old_root == root if old_size else old_root == EMPTY_ROOT)
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not path:
        return False
    node, last = old_size - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    older = newer = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            newer = node_hash(newer, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and older == old_root and newer == root


def _split(count: int) -> int:
    """The largest power of two below `count`, which is 2 or more."""
    return 1 << ((count - 1).bit_length() - 1)

"""Merkle tree: the published vectors of Certificate Transparency, and every proof of small trees."""

import hashlib
from itertools import pairwise

import pytest

from campaign.domain.log.merkle import (
    EMPTY_ROOT,
    Tree,
    extend_tiles,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
)
from campaign.domain.log.tiles import HASH_BYTES, TILE_WIDTH

LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
"""Leaves of the reference tree of Certificate Transparency (RFC 6962)."""
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
A, B, C = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", ROOTS[4], ROOTS[1]
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
G = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
H = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"


def grown(hashes: list[bytes], *steps: int) -> dict[tuple[int, int], bytes]:
    """The tiles of a tree that was made in steps up to these sizes."""
    tiles: dict[tuple[int, int], bytes] = {}

    def extend(size: int, to: int) -> None:
        tiles.update(extend_tiles(size, lambda level: tiles[level, (size >> (8 * level)) // TILE_WIDTH], hashes[size:to]))

    for size, to in pairwise((0, *steps, len(hashes))):
        extend(size, to)
    return tiles


def tree_of(hashes: list[bytes], *steps: int) -> Tree:
    tiles = grown(hashes, *steps)
    return Tree(len(hashes), lambda level, index, _: tiles[level, index])


def mth(hashes: list[bytes]) -> bytes:
    """MTH as RFC 6962 writes it down."""
    if len(hashes) <= 1:
        return hashes[0] if hashes else hashlib.sha256().digest()
    k = 1
    while 2 * k < len(hashes):
        k *= 2
    return node_hash(mth(hashes[:k]), mth(hashes[k:]))


HASHES = [leaf_hash(leaf) for leaf in LEAVES]


@pytest.mark.parametrize("size", range(9))
def test_roots_of_the_reference_tree(size: int) -> None:
    assert tree_of(HASHES[:size]).root().hex() == ROOTS[size]


@pytest.mark.parametrize(
    ("index", "size", "path"), [(0, 8, [G, A, F]), (5, 8, [D, E, B]), (2, 3, [ROOTS[2]]), (1, 5, [C, A, D]), (0, 1, [])]
)
def test_inclusion_proofs_of_the_reference_tree(index: int, size: int, path: list[str]) -> None:
    assert [each.hex() for each in tree_of(HASHES[:size]).inclusion_proof(index)] == path


@pytest.mark.parametrize(("old", "size", "path"), [(1, 1, []), (1, 8, [G, A, F]), (6, 8, [H, E, B]), (2, 5, [A, D])])
def test_consistency_proofs_of_the_reference_tree(old: int, size: int, path: list[str]) -> None:
    assert [each.hex() for each in tree_of(HASHES[:size]).consistency_proof(old)] == path


def test_every_proof_of_a_small_tree_holds_and_none_holds_for_anything_else() -> None:
    hashes = [leaf_hash(bytes([number])) for number in range(21)]
    roots = [mth(hashes[:size]) for size in range(22)]
    for size in range(1, 22):
        tree = tree_of(hashes[:size])
        for index in range(size):
            path = tree.inclusion_proof(index)
            assert is_included(hashes[index], index, size, path, roots[size])
            assert not is_included(hashes[index], (index + 1) % size, size, path, roots[size]) or size == 1
            assert not is_included(hashes[index], index, size, [*path, roots[1]], roots[size])
            assert not is_included(roots[0], index, size, path, roots[size])
            assert not path or not is_included(hashes[index], index, size, path[1:], roots[size])
        for old in range(size + 1):
            path = tree.consistency_proof(old)
            assert is_consistent(old, roots[old], size, roots[size], path)
            assert old == 0 or not is_consistent(old, roots[0], size, roots[size], path)
            assert old == 0 or not is_consistent(old, roots[old], size, roots[0], path)
            assert not is_consistent(old, roots[old], size, roots[size], [*path, roots[1]])
    assert not is_included(hashes[0], 1, 1, [], roots[1])
    assert not is_consistent(2, roots[2], 1, roots[1], [])
    assert not is_consistent(3, roots[3], 5, roots[5], [])


@pytest.mark.parametrize(
    ("size", "steps"),
    [(255, [3]), (256, [255]), (257, [256]), (1_000, [1, 700, 999]), (65_536, [300, 65_535]), (66_001, [65_537])],
)
def test_a_tree_grown_in_any_steps_is_that_of_all_its_leaves(size: int, steps: list[int]) -> None:
    hashes = [number.to_bytes(HASH_BYTES, "big") for number in range(size)]
    tree, root = tree_of(hashes, *steps), mth(hashes)
    assert tree.root() == root
    for at in (0, size // 3, size - 1):
        assert is_included(hashes[at], at, size, tree.inclusion_proof(at), root)
    for old in steps:
        assert is_consistent(old, tree_of(hashes[:old]).root(), size, root, tree.consistency_proof(old))


def test_a_tree_of_70000_has_the_tiles_of_the_specification() -> None:
    tiles = grown([bytes(HASH_BYTES)] * 70_000)
    widths = {key: len(data) // HASH_BYTES for key, data in tiles.items()}
    assert sum(level == 0 and width == TILE_WIDTH for (level, _), width in widths.items()) == 273
    assert (widths[0, 273], widths[1, 0], widths[1, 1], widths[2, 0]) == (112, 256, 17, 1)
    assert len(widths) == 277


def test_what_is_not_in_a_tree_has_no_proof() -> None:
    tree = tree_of(HASHES)
    for question in (lambda: tree.inclusion_proof(8), lambda: tree.inclusion_proof(-1), lambda: tree.consistency_proof(9)):
        with pytest.raises(ValueError, match="tree"):
            question()
    with pytest.raises(ValueError, match="cut off"):
        Tree(8, lambda *_: bytes(HASH_BYTES)).root()
    assert tree_of([]).root() == EMPTY_ROOT

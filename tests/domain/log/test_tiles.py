"""Tiles and bundles: their addresses and octets, as C2SP tlog-tiles has them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.log.tiles import (
    InvalidTileError,
    pack_bundle,
    read_tile_path,
    tile_path,
    tile_width,
    unpack_bundle,
)


def test_the_examples_of_the_specification() -> None:
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_path(None, 5, 7) == "tile/entries/005.p/7"
    assert [tile_width(level, index, 70_000) for level, index in ((0, 272), (0, 273), (1, 1), (2, 0))] == [256, 112, 17, 1]
    assert tile_width(0, 0, 256) == 256
    assert tile_width(0, 1, 256) == tile_width(0, 0, 0) == 0


@given(st.integers(0, 10**12), st.integers(1, 256))
def test_each_tile_has_one_address(index: int, width: int) -> None:
    path = tile_path(3, index, width)
    assert read_tile_path(path.removeprefix("tile/3/")) == (index, width)


@pytest.mark.parametrize(
    "path",
    ["", "1", "0001", "x001", "001/002", "x000/001", "001.p/0", "001.p/256", "001.p/", "001.p/01", "001/", "../001",
     "x001/x002/x003/x004/x005/006", "٠٠١"],
)  # fmt: skip
def test_no_other_spelling_is_an_address(path: str) -> None:
    with pytest.raises(InvalidTileError):
        read_tile_path(path)


@given(st.lists(st.binary(max_size=300), max_size=9))
def test_bundles_give_back_their_entries(entries: list[bytes]) -> None:
    data = pack_bundle(entries)
    assert unpack_bundle(data) == entries
    if data:
        with pytest.raises(InvalidTileError):
            unpack_bundle(data + b"\x00")

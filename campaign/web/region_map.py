"""Map of the United Kingdom in twelve tiles, its regions and nations, each about where it lies beside the others.

Our own drawing: real boundaries would be a megabyte that nobody reads at this size. Every tile says its number; the table on
the same page says all of it again, for who does not see the map.
"""

from collections.abc import Mapping
from dataclasses import dataclass

_TILE_WIDTH, _ROW_HEIGHT = 100, 87
"""Of a tile and from one row to the next, in the units of the drawing."""
_TILE_OUTLINE = ((0, -56), (48, -28), (48, 28), (0, 56), (-48, 28), (-48, -28))
_TILES = {
    "Scotland": ("Scotland", 2.5, 0),
    "Northern Ireland": ("N. Ireland", 1, 1),
    "North East": ("North East", 3, 1),
    "North West": ("North West", 2.5, 2),
    "Yorkshire and The Humber": ("Yorkshire", 3.5, 2),
    "Wales": ("Wales", 2, 3),
    "West Midlands": ("W. Mids", 3, 3),
    "East Midlands": ("E. Mids", 4, 3),
    "South West": ("South West", 2.5, 4),
    "London": ("London", 3.5, 4),
    "East of England": ("East", 4.5, 4),
    "South East": ("South East", 4, 5),
}
"""By region: what its tile says, and where its middle is, in widths from the left and rows from the top."""
VIEW_BOX = f"0 0 {int(4.5 * _TILE_WIDTH)} {5 * _ROW_HEIGHT + 116}"
"""What the drawing fills."""
_SHADE_THRESHOLDS = (0.0, 0.15, 0.4, 0.7)
"""Shares of the greatest number, above which a tile is one shade darker."""


@dataclass(frozen=True, slots=True)
class RegionTile:
    """One region on the map."""

    name: str
    x: int
    y: int
    points: str
    """Its outline, as SVG has it."""
    number: int | None
    """None where it is not told."""
    shade: int
    """0 (nothing, or not told) to 4."""


def region_map(numbers: Mapping[str, int], suppressed: bool) -> list[RegionTile]:
    """The map with a number on each region; where some are `suppressed`, those without one may have some."""
    most = max(numbers.values(), default=0)
    made = []
    for region, (name, column, row) in _TILES.items():
        x, y = round((column - 0.5) * _TILE_WIDTH), row * _ROW_HEIGHT + 58
        number = numbers.get(region, 0)
        made.append(
            RegionTile(
                name,
                x,
                y,
                " ".join(f"{x + dx},{y + dy}" for dx, dy in _TILE_OUTLINE),
                None if suppressed and not number else number,
                sum(number > share * most for share in _SHADE_THRESHOLDS),
            )
        )
    return made

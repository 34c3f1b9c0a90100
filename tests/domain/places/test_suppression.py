"""Small numbers: nothing below five is told, nor can be worked out from what is told."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.places.place import AreaTotal
from campaign.domain.places.suppression import MIN_SHOWN, suppress, suppressed_keys


@pytest.mark.parametrize(("cells", "greatest"), [(3, 13), (4, 7)])
def test_who_knows_the_rule_and_the_sum_cannot_tell_a_small_number(cells: int, greatest: int) -> None:
    """All worlds there are, sorted by what is shown of each: in none of these groups is a small number the same in all."""
    worlds: dict[tuple[object, ...], list[tuple[int, ...]]] = {}
    for world in product(range(greatest + 1), repeat=cells):
        numbers = {f"area {at}": number for at, number in enumerate(world)}
        kept = suppressed_keys(numbers)
        shown = tuple((area, number) for area, number in numbers.items() if number and area not in kept)
        assert all(number >= MIN_SHOWN for _, number in shown)
        worlds.setdefault((sum(world), shown), []).append(world)
    assert len(worlds) > 100
    for alike in worlds.values():
        for column in zip(*alike, strict=True):
            assert len(set(column)) > 1 or not 0 < column[0] < MIN_SHOWN


_UNITED = st.lists(
    st.lists(st.one_of(st.integers(0, 6), st.integers(0, 40)), min_size=1, max_size=5), min_size=1, max_size=5
)  # fmt: skip


@given(_UNITED)
def test_no_sum_or_difference_of_what_is_shown_is_a_small_number(country: list[list[int]]) -> None:
    areas = [
        AreaTotal(f"E{region}{at}", f"Area {region}.{at}", number, f"Region {region}")
        for region, numbers in enumerate(country)
        for at, number in enumerate(numbers)
    ]
    regions = [AreaTotal(f"R{at}", f"Region {at}", sum(numbers)) for at, numbers in enumerate(country)]
    shown = suppress(areas, regions)
    assert all(total.verified >= MIN_SHOWN for total in (*shown.areas, *shown.regions))
    assert set(shown.areas) <= set(areas)
    assert set(shown.regions) <= set(regions)

    # What is known are sums of areas: each that is shown, each region that is shown, and all together.
    at = {area.key: number for number, area in enumerate(areas)}
    known = [_sum(at, [area.key]) for area in shown.areas]
    known += [_sum(at, [area.key for area in areas if area.region == region.name]) for region in shown.regions]
    if shown.regions:
        known.append(_sum(at, list(at)))
    for area in areas:
        if 0 < area.verified < MIN_SHOWN:
            assert not _follows(known, _sum(at, [area.key])), area
    for region in regions:
        if 0 < region.verified < MIN_SHOWN:
            assert not _follows(known, _sum(at, [area.key for area in areas if area.region == region.name])), region


def test_where_every_number_is_large_all_are_shown() -> None:
    areas = [AreaTotal("E1", "Leeds", 50, "North"), AreaTotal("E2", "York", 5, "North"), AreaTotal("E3", "Bath", 0, "West")]
    shown = suppress(areas, [AreaTotal("", "North", 55)])
    assert shown.areas == tuple(areas[:2])
    assert shown.regions == (AreaTotal("", "North", 55),)


def test_what_lies_in_no_area_is_never_shown_and_is_a_part_of_the_sum() -> None:
    shown = suppress(
        [AreaTotal("E1", "Leeds", 50, "North"), AreaTotal("E2", "York", 9, "North"), AreaTotal("", "", 3, "North")],
        [AreaTotal("", "North", 62)],
    )
    assert [area.name for area in shown.areas] == ["Leeds"]


def _sum(at: dict[str, int], keys: list[str]) -> list[Fraction]:
    return [Fraction(key in keys) for key in at]


def _follows(known: list[list[Fraction]], wanted: list[Fraction]) -> bool:
    """Whether a sum can be put together from known ones, by elimination."""
    rows: list[tuple[int, list[Fraction]]] = []

    def reduced(row: list[Fraction]) -> list[Fraction]:
        for pivot, kept in rows:
            if factor := row[pivot]:
                row = [value - factor * other for value, other in zip(row, kept, strict=True)]
        return row

    for row in known:
        left = reduced(row)
        if any(left):
            pivot = next(number for number, value in enumerate(left) if value)
            rows.append((pivot, [value / left[pivot] for value in left]))
    return not any(reduced(wanted))

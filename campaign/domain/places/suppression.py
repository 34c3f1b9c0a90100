"""Small numbers are not told to the public: three signatures from one constituency may be three neighbours.

The rule, for the areas of one kind (constituencies, say) and the regions they lie in:

1. A number below SMALLEST is withheld.
2. A reader can subtract what is shown from a sum. So of each sum (all regions together; all areas of a shown region; all areas
   of the withheld regions together) either nothing is withheld, or so much that the rest tells nothing: at least two numbers,
   which come to SMALLEST or more, and are not all as high as a withheld number can be. Until that is so, the smallest that is
   still shown is withheld too, with all that are as small.

What is withheld is left out, not listed as small: a reader cannot tell it from what has no signatures at all. The rule is for
one answer at one time: a reader who keeps asking sees numbers pass SMALLEST.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from campaign.domain.places.place import AreaTotal

MIN_SHOWN = 5
"""The smallest number that is told. As for statistics of health and crime, where fewer than five are not told either."""
SUPPRESSION_NOTICE = (
    f"Numbers below {MIN_SHOWN} are left out, and so are as many others as keep those from being worked out from what is shown."
)


@dataclass(frozen=True, slots=True)
class ShownTotals:
    """Totals that may be told, in the order they were given."""

    areas: tuple[AreaTotal, ...]
    regions: tuple[AreaTotal, ...]


def suppress(areas: Iterable[AreaTotal], regions: Iterable[AreaTotal]) -> ShownTotals:
    """What may be told of areas, each of which names its region, and of the regions.

    `areas` holds also what is of a region and of no area, without a name: it is never shown, but it is a part of the sum.
    """
    areas, regions = [area for area in areas if area.verified], [region for region in regions if region.verified]
    hidden_regions = suppressed_keys({region.name: region.verified for region in regions})
    groups: dict[str, dict[str, int]] = {}
    for area in areas:
        # Of withheld regions only the sum of all their areas can be worked out.
        group = groups.setdefault("" if area.region in hidden_regions else area.region, {})
        group[area.key] = group.get(area.key, 0) + area.verified
    hidden_areas = {key for group in groups.values() for key in suppressed_keys(group, always_suppressed={""})}
    return ShownTotals(
        tuple(area for area in areas if area.key and area.key not in hidden_areas),
        tuple(region for region in regions if region.name not in hidden_regions),
    )


def suppressed_keys(numbers: Mapping[str, int], always_suppressed: Collection[str] = ()) -> set[str]:
    """Which numbers are not told, where the sum of all of them may be known. `always_suppressed` are never told."""
    out = {key for key, number in numbers.items() if 0 < number < MIN_SHOWN or (number and key in always_suppressed)}
    if not out:
        return out
    shown = {key: number for key, number in numbers.items() if number and key not in out}
    while shown and _discloses([numbers[key] for key in out]):
        # All that are as small: which of them was taken would tell something too.
        least = min(shown.values())
        out |= {key for key, number in shown.items() if number == least}
        shown = {key: number for key, number in shown.items() if number > least}
    return out


def _discloses(numbers: list[int]) -> bool:
    """Whether the sum of these numbers tells what one of them is, or is itself one that is not told."""
    if len(numbers) < 2 or sum(numbers) < MIN_SHOWN:
        return True
    return all(number == MIN_SHOWN - 1 for number in numbers)

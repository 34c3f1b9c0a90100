"""The order in which letters of both directions stand on one line: Unicode Standard Annex 9, for a line of plain text.

Left out is what a title has no use for: embeddings, overrides and isolates (`letters.plain` drops their marks) and the
pairing of brackets (N0).
"""

import unicodedata
from collections.abc import Sequence

_STRONG = {"L": "L", "R": "R", "AL": "R"}


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction is written right to left (rules P2 and P3)."""
    for letter in text:
        if side := _STRONG.get(unicodedata.bidirectional(letter)):
            return side == "R"
    return False


def embedding_levels(text: str, *, right_to_left: bool) -> list[int]:
    """The embedding level of each character: odd ones run right to left."""
    base = int(right_to_left)
    kinds = [unicodedata.bidirectional(letter) for letter in text]
    _resolve_numbers(kinds, "R" if right_to_left else "L")
    _resolve_neutrals(kinds, "R" if right_to_left else "L")
    found = [_level(kind, base) for kind in kinds]
    for at in range(len(text) - 1, -1, -1):  # L1: space at the end of a line belongs to the line
        if not text[at].isspace():
            break
        found[at] = base
    return found


def visual_order(levels: Sequence[int]) -> list[int]:
    """The indices of things on these levels, from left to right (rule L2)."""
    order = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        at = 0
        while at < len(order):
            end = at
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            if end > at:
                order[at:end] = reversed(order[at:end])
            at = end + 1
    return order


def _level(kind: str, base: int) -> int:
    if kind == "R":
        return base | 1
    if kind in ("EN", "AN"):
        return base + 2 - base % 2
    return base if base % 2 == 0 else base + 1


def _resolve_numbers(kinds: list[str], outside: str) -> None:
    """Rules W1 to W7."""
    _join_numbers(kinds, outside)
    strong = outside
    for at, kind in enumerate(kinds):
        if kind == "AL":
            kinds[at] = "R"
        if kinds[at] in ("L", "R"):
            strong = kinds[at]
        elif kind == "EN" and strong == "L":
            kinds[at] = "L"


def _join_numbers(kinds: list[str], outside: str) -> None:
    """Rules W1 to W5: marks belong to what they stand on, and signs in and around numbers to the numbers."""
    strong, before = outside, outside
    for at, kind in enumerate(kinds):
        if kind == "NSM":
            kinds[at] = before
        elif kind == "EN" and strong == "AL":
            kinds[at] = "AN"
        if kind in ("L", "R", "AL"):
            strong = kind
        before = kinds[at]
    for at in range(1, len(kinds) - 1):
        separated = (kinds[at - 1], kinds[at], kinds[at + 1])
        if separated in (("EN", "ES", "EN"), ("EN", "CS", "EN"), ("AN", "CS", "AN")):
            kinds[at] = kinds[at - 1]
    for steps in (range(1, len(kinds)), range(len(kinds) - 2, -1, -1)):
        for at in steps:
            if kinds[at] == "ET" and kinds[at - steps.step] == "EN":
                kinds[at] = "EN"


def _resolve_neutrals(kinds: list[str], outside: str) -> None:
    """Rules N1 and N2: what has no direction takes that of both its sides, else that of the line."""
    at = 0
    while at < len(kinds):
        end = at
        while end < len(kinds) and kinds[end] not in ("L", "R", "EN", "AN"):
            end += 1
        if end > at:
            left = _side(kinds[at - 1]) if at else outside
            right = _side(kinds[end]) if end < len(kinds) else outside
            kinds[at:end] = [left if left == right else outside] * (end - at)
        at = end + 1


def _side(kind: str) -> str:
    return "L" if kind == "L" else "R"

"""Difference between two texts, word by word, for people to read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_LINE = re.compile(r"[^\n]*\n+|[^\n]+")
_MAX_COMPARED = 4_000
"""Lines of a text, or words of a changed part of it, that are compared one by one. Beyond it a part is shown as changed whole:
finding the smallest change takes time that grows with the square of it."""


@dataclass(frozen=True, slots=True)
class DiffPart:
    """A stretch of text that stayed, came or went."""

    kind: Literal["same", "added", "removed"]
    text: str


def word_diff(before: str, after: str) -> tuple[DiffPart, ...]:
    """The two texts as one: what stayed, what went (before what came in its place), what came.

    The pieces that are not "added" make `was`, those that are not "removed" make `became`, to the letter.
    """
    return tuple(_merged(_line_diff(before, after)))


def _line_diff(before: str, after: str) -> Iterator[DiffPart]:
    for kept, old, new in _matching_blocks(_LINE.findall(before), _LINE.findall(after)):
        if kept:
            yield DiffPart("same", old)
        else:
            yield from _word_parts(old, new)


def _word_parts(before: str, after: str) -> Iterator[DiffPart]:
    for kept, old, new in _matching_blocks(_WORD.findall(before), _WORD.findall(after)):
        if kept:
            yield DiffPart("same", old)
            continue
        if old:
            yield DiffPart("removed", old)
        if new:
            yield DiffPart("added", new)


def _matching_blocks(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[bool, str, str]]:
    """Stretches of two lists, in order: whether they are the same, and what they are in each."""
    if max(len(before), len(after)) > _MAX_COMPARED:
        yield False, "".join(before), "".join(after)
        return
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after).get_opcodes():
        yield tag == "equal", "".join(before[i1:i2]), "".join(after[j1:j2])


def _merged(parts: Iterator[DiffPart]) -> Iterator[DiffPart]:
    """Runs of changes as one that goes and one that comes, with the spaces between them, so that nobody reads word by word."""
    went = came = same = gap = ""
    for piece in parts:
        if piece.kind != "same":
            went, came = went + gap + piece.text * (piece.kind == "removed"), came + gap + piece.text * (piece.kind == "added")
            gap = ""
        elif (went or came) and not gap and piece.text.isspace():
            gap = piece.text
        elif went or came:
            yield from _change_parts(same, went, came)
            same, went, came, gap = gap + piece.text, "", "", ""
        else:
            same += piece.text
    yield from _change_parts(same, went, came)
    yield from _change_parts(gap, "", "")


def _change_parts(same: str, removed: str, added: str) -> Iterator[DiffPart]:
    if same:
        yield DiffPart("same", same)
    if removed:
        yield DiffPart("removed", removed)
    if added:
        yield DiffPart("added", added)

"""What changed between two texts, word by word, for people to read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_LINE = re.compile(r"[^\n]*\n+|[^\n]+")
_MOST_COMPARED = 4_000
"""Lines of a text, or words of a changed part of it, that are compared one by one. Beyond it a part is shown as changed whole:
finding the smallest change takes time that grows with the square of it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed, came or went."""

    kind: Literal["same", "added", "removed"]
    text: str


def words_changed(was: str, became: str) -> tuple[Piece, ...]:
    """The two texts as one: what stayed, what went (before what came in its place), what came.

    The pieces that are not "added" make `was`, those that are not "removed" make `became`, to the letter.
    """
    return tuple(_joined(_by_lines(was, became)))


def _by_lines(was: str, became: str) -> Iterator[Piece]:
    for kept, old, new in _compared(_LINE.findall(was), _LINE.findall(became)):
        if kept:
            yield Piece("same", old)
        else:
            yield from _by_words(old, new)


def _by_words(was: str, became: str) -> Iterator[Piece]:
    for kept, old, new in _compared(_WORD.findall(was), _WORD.findall(became)):
        if kept:
            yield Piece("same", old)
            continue
        if old:
            yield Piece("removed", old)
        if new:
            yield Piece("added", new)


def _compared(was: Sequence[str], became: Sequence[str]) -> Iterator[tuple[bool, str, str]]:
    """Stretches of two lists, in order: whether they are the same, and what they are in each."""
    if max(len(was), len(became)) > _MOST_COMPARED:
        yield False, "".join(was), "".join(became)
        return
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, was, became).get_opcodes():
        yield tag == "equal", "".join(was[i1:i2]), "".join(became[j1:j2])


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Runs of changes as one that goes and one that comes, with the spaces between them, so that nobody reads word by word."""
    went = came = same = gap = ""
    for piece in pieces:
        if piece.kind != "same":
            went, came = went + gap + piece.text * (piece.kind == "removed"), came + gap + piece.text * (piece.kind == "added")
            gap = ""
        elif (went or came) and not gap and piece.text.isspace():
            gap = piece.text
        elif went or came:
            yield from _run(same, went, came)
            same, went, came, gap = gap + piece.text, "", "", ""
        else:
            same += piece.text
    yield from _run(same, went, came)
    yield from _run(gap, "", "")


def _run(same: str, went: str, came: str) -> Iterator[Piece]:
    if same:
        yield Piece("same", same)
    if went:
        yield Piece("removed", went)
    if came:
        yield Piece("added", came)

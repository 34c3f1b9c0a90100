"""Words set in lines of one width: in any script and both directions, some of them bold."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from campaign.rendering.bidi import is_right_to_left
from campaign.rendering.fit_text import split_word
from campaign.rendering.fonts import FONT_FALLBACKS, Weight, typeface
from campaign.rendering.printable import printable_line
from campaign.rendering.shaping import ShapedLine, shape_line

_TOKENS = re.compile(r"\n|[^\S\n]+|\S+")
# Chinese and Japanese are written without spaces: a line may end after any letter, but none begins with these.
_EAST_ASIAN = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_NEVER_FIRST = "、。，．！？：；）」』】〉》〕々ーっッゃゅょャュョ"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text in one weight. A new line in it is one on the page."""

    text: str
    weight: Weight = "text"


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a line in one weight."""

    text: str
    weight: Weight
    space_before: bool
    """Whether a space stands before it."""


@dataclass(frozen=True, slots=True)
class _Word:
    """Word or other run that stays together on a line."""

    pieces: tuple[tuple[str, Weight], ...]
    space_before: bool
    line_break: bool = False
    """Whether it is the end of a line and nothing else."""

    @property
    def width(self) -> float:
        return sum(shape_line(text, weight).width for text, weight in self.pieces)


@dataclass(frozen=True, slots=True)
class BrokenLines:
    """Lines, each of segments in the order they are read."""

    lines: tuple[tuple[Segment, ...], ...]
    right_to_left: bool

    def place_line(self, segments: Sequence[Segment]) -> tuple[list[tuple[ShapedLine, float]], float]:
        """What is written of one line, each with where it begins, and the width of the line: both in ems."""
        found, x = [], 0.0
        in_order = list(segments)[::-1] if self.right_to_left else list(segments)
        for at, segment in enumerate(in_order):
            before = in_order[at - 1] if self.right_to_left and at else segment
            if at and before.space_before:
                x += _space_width(segment.weight)
            line = shape_line(segment.text, segment.weight, right_to_left=self.right_to_left)
            found.append((line, x))
            x += line.width
        return found, x


def break_lines(spans: Iterable[Span], max_width: float) -> BrokenLines:
    """Set text in lines not wider than `max_width`, in ems."""
    spans = [Span(span.text, span.weight) for span in spans]
    lines: list[list[_Word]] = [[]]
    width = 0.0
    for word in _words(spans):
        if word.line_break:
            lines.append([])
            width = 0.0
            continue
        for part in _split_long_word(word, max_width):
            gap = _space_width(part.pieces[0][1]) if part.space_before and lines[-1] else 0.0
            if lines[-1] and width + gap + part.width > max_width:
                lines.append([])
                width, gap = 0.0, 0.0
            lines[-1].append(part)
            width += gap + part.width
    right_to_left = is_right_to_left("".join(span.text for span in spans))
    return BrokenLines(tuple(tuple(_segments(line)) for line in lines), right_to_left)


def _words(spans: Sequence[Span]) -> Iterator[_Word]:
    pieces: list[tuple[str, Weight]] = []
    spaced = False
    for text, weight in _atoms(spans):
        if text == "\n" or text.isspace() or (pieces and _may_break(pieces[-1][0][-1], text[0])):
            if pieces:
                yield _Word(tuple(pieces), spaced)
                spaced = False
            pieces = []
        if text == "\n":
            yield _Word((), space_before=False, line_break=True)
            spaced = False
        elif text.isspace():
            spaced = True
        else:
            pieces.append((text, weight))
    if pieces:
        yield _Word(tuple(pieces), spaced)


def _atoms(spans: Sequence[Span]) -> Iterator[tuple[str, Weight]]:
    for span in spans:
        for atom in _TOKENS.findall(span.text):
            if atom.isspace():
                yield atom, span.weight
                continue
            start = 0
            for at in range(1, len(atom)):
                if _may_break(atom[at - 1], atom[at]):
                    yield atom[start:at], span.weight
                    start = at
            yield atom[start:], span.weight


def _may_break(before: str, after: str) -> bool:
    wide = _EAST_ASIAN.match(before) or _EAST_ASIAN.match(after)
    return bool(wide) and after not in _NEVER_FIRST and not unicodedata.combining(after)


def _split_long_word(word: _Word, max_width: float) -> Iterator[_Word]:
    """The word itself, or where it is longer than a line what it is broken into."""
    if word.width <= max_width:
        yield word
        return
    spaced = word.space_before
    for text, weight in word.pieces:
        for part in split_word(printable_line(text), max_width, lambda piece, weight=weight: shape_line(piece, weight).width):  # type: ignore[misc]
            yield _Word(((part, weight),), spaced)
            spaced = False


def _segments(words: Sequence[_Word]) -> Iterator[Segment]:
    text, of, begins = "", None, False
    for word in words:
        for at, (piece, weight) in enumerate(word.pieces):
            spaced = word.space_before and at == 0
            if weight == of:
                text += (" " if spaced else "") + piece
                continue
            if of is not None:
                yield Segment(text, of, begins)
            text, of, begins = piece, weight, spaced
    if of is not None:
        yield Segment(text, of, begins)


@cache
def _space_width(weight: Weight) -> float:
    font = typeface(FONT_FALLBACKS[weight][0])
    return float(font.shaper.get_glyph_h_advance(font.shaper.get_nominal_glyph(ord(" ")))) / font.units_per_em

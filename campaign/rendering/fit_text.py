"""Text set in a box: in lines about equally long, as large as it fits, at worst cut short with an ellipsis."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from campaign.rendering.bidi import is_right_to_left
from campaign.rendering.fonts import Weight
from campaign.rendering.printable import ELLIPSIS, printable_line
from campaign.rendering.shaping import ShapedLine, shape_line


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Lines of one size."""

    lines: tuple[ShapedLine, ...]
    size: float
    leading: float
    """From one baseline to the next, in the unit of `size`."""
    right_to_left: bool

    @property
    def height(self) -> float:
        """From the top of the first line to the bottom of the last."""
        return self.leading * len(self.lines)

    def aligned_with(self, other: "TextBlock") -> "TextBlock":
        """The same lines at the edge where another block begins."""
        return replace(self, right_to_left=other.right_to_left)

    def line_start(self, line: ShapedLine, left: float, right: float) -> float:
        """Where a line begins between two edges: at the side its text is read from."""
        return right - line.width * self.size if self.right_to_left else left


def fit_text(
    text: str,
    weight: Weight,
    *,
    width: float,
    height: float,
    largest: float,
    smallest: float,
    leading: float = 1.1,
    step: float = 2,
    address: bool = False,
) -> TextBlock:
    """Set a text in a box, in the largest size in which it fits; shortened where it does not fit in the smallest.

    An `address` is broken after its slashes and hyphens, with nothing added: every letter of it is to be typed.
    """
    text = printable_line(text)
    right_to_left = is_right_to_left(text)

    def measure(words: str) -> float:
        return shape_line(words, weight, right_to_left=right_to_left).width

    def block(lines: Sequence[str], size: float) -> TextBlock:
        shaped = tuple(shape_line(line, weight, right_to_left=right_to_left) for line in lines)
        return TextBlock(shaped, size, size * leading, right_to_left)

    size, joint = largest, "" if address else " "
    words = re.split(r"(?<=[/-])(?=.)", text) if address else text.split()
    while True:
        room, most = width / size, max(1, int(height / (size * leading)))
        whole = all(measure(word) <= room for word in words)
        lines = _break_words(words, joint, room, measure)
        if len(lines) <= most and (whole or size <= smallest):
            return block(_balance_lines(words, joint, room, len(lines), measure) if whole else lines, size)
        if size <= smallest:
            return block(_truncate_lines(lines, most, room, measure), size)
        size = max(smallest, size - step)


def fit_line(text: str, weight: Weight, *, width: float, largest: float, smallest: float) -> TextBlock:
    """Set a text on one line."""
    return fit_text(text, weight, width=width, height=largest, largest=largest, smallest=smallest, leading=1.0, step=1)


def _break_words(words: Sequence[str], joint: str, max_width: float, measure: Callable[[str], float]) -> list[str]:
    lines: list[str] = []
    for word in words:
        if lines and measure(lines[-1] + joint + word) <= max_width:
            lines[-1] += joint + word
            continue
        parts = [word] if measure(word) <= max_width else split_word(word, max_width, measure)
        lines.extend(parts)
    return lines


def split_word(word: str, max_width: float, measure: Callable[[str], float]) -> list[str]:
    """A word too long for a line, in parts that are not; never between a letter and a mark on it."""
    parts = [""]
    for letter in word:
        if parts[-1] and not unicodedata.combining(letter) and measure(parts[-1] + letter) > max_width:
            parts.append("")
        parts[-1] += letter
    return parts


def _balance_lines(
    words: Sequence[str], joint: str, max_width: float, line_count: int, measure: Callable[[str], float]
) -> list[str]:
    """As many lines as needed, none much longer than the others."""
    least, most = max((measure(word) for word in words), default=0.0), max_width
    if least >= most:
        return _break_words(words, joint, max_width, measure)
    for _ in range(7):
        middle = (least + most) / 2
        least, most = (least, middle) if len(_break_words(words, joint, middle, measure)) <= line_count else (middle, most)
    return _break_words(words, joint, most, measure)


def _truncate_lines(lines: Sequence[str], max_lines: int, max_width: float, measure: Callable[[str], float]) -> list[str]:
    last = lines[max_lines - 1]
    while last and measure(last + ELLIPSIS) > max_width:
        last = last[:-1]
    # Not in the middle of a word, unless there is but one.
    whole = last if last == lines[max_lines - 1] else last.rpartition(" ")[0] or last
    return [*lines[: max_lines - 1], whole.rstrip(" ,;:–-") + ELLIPSIS]

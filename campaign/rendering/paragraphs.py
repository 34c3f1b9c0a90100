"""Paragraphs of a text that must be printed whole: measured once, tried in many sizes, partly beside something."""

from collections.abc import Sequence

from campaign.rendering.bidi import is_right_to_left
from campaign.rendering.fit_text import TextBlock, split_word
from campaign.rendering.printable import printable_line
from campaign.rendering.shaping import shape_line

_LEADING, _PARAGRAPH_GAP = 1.32, 0.55


class Paragraph:
    """A paragraph whose words are measured once, so that many sizes can be tried."""

    def __init__(self, text: str) -> None:
        text = printable_line(text)
        self._right_to_left = is_right_to_left(text)
        self._words = [(word, self._measure(word)) for word in text.split()]
        self._space = self._measure("a a") - self._measure("aa")

    def lines(self, size: float, width: float) -> list[str]:
        """Its lines in a size."""
        # Words side by side can be a little wider than each alone.
        room, lines, end = width / size * 0.995, [""], 0.0
        for word, length in self._words:
            parts = [(word, length)]
            if length > room:
                parts = [(part, self._measure(part)) for part in split_word(word, room, self._measure)]
            for part, wide in parts:
                if lines[-1] and end + self._space + wide <= room:
                    lines[-1] += f" {part}"
                    end += self._space + wide
                elif lines[-1]:
                    lines.append(part)
                    end = wide
                else:
                    lines, end = [part], wide
        return lines

    def text_block(self, lines: Sequence[str], size: float, mirrored: bool) -> TextBlock:
        """Lines of it, ready to be written."""
        shaped = tuple(shape_line(line, "text", right_to_left=self._right_to_left) for line in lines)
        return TextBlock(shaped, size, size * _LEADING, mirrored)

    def _measure(self, words: str) -> float:
        return shape_line(words, "text", right_to_left=self._right_to_left).width


def lay_out(
    paragraphs: Sequence[Paragraph], size: float, y: float, *, beside: float, narrow: float, wide: float
) -> tuple[list[tuple[Paragraph, list[str], float, bool]], float]:  # fmt: skip
    """Each paragraph with its lines, its top, and whether it goes from edge to edge; and where they end.

    From `y` down to `beside` there is room for lines as long as `narrow`, below it as long as `wide`.
    """
    placed = []
    leading, end = size * _LEADING, y
    for paragraph in paragraphs:
        below = y <= beside
        lines = [] if below else paragraph.lines(size, narrow)
        if not below and y - leading * len(lines) < beside - leading * 0.25:
            y, below = beside, True
        if below:
            lines = paragraph.lines(size, wide)
        placed.append((paragraph, lines, y, below))
        end = y - leading * len(lines)
        y = end - size * _PARAGRAPH_GAP
    return placed, end

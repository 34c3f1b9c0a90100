"""A campaign's Markdown as blocks to be printed: headings, paragraphs, items of lists, quotations.

There is no italic among our fonts: what is stressed at all is bold. A link is followed by its address, which paper cannot hide.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from markdown_it.token import Token

from campaign.rendering.fonts import Weight
from campaign.rendering.line_breaking import Span
from campaign.rendering.markdown import inline_text, parse_markdown

BlockKind = Literal["heading", "paragraph", "rule"]
_BULLET = "•"


@dataclass(frozen=True, slots=True)
class MarkdownBlock:
    """One of them."""

    kind: BlockKind
    spans: tuple[Span, ...] = ()
    level: int = 0
    """Of a heading, 1 for the largest."""
    indent: int = 0
    """How many lists and quotations it stands in."""
    marker: str = ""
    """What stands before it: a bullet, a number."""


def markdown_blocks(text: str) -> Iterator[MarkdownBlock]:
    """The blocks of a text, in the order they are read."""
    counts: list[int | None] = []
    quotes, marker, level = 0, "", 0
    for token in parse_markdown(text):
        kind = token.type
        if kind in ("bullet_list_open", "ordered_list_open"):
            counts.append(int(token.attrs.get("start", 1)) if kind == "ordered_list_open" else None)
        elif kind in ("bullet_list_close", "ordered_list_close"):
            counts.pop()
        elif kind in ("blockquote_open", "blockquote_close"):
            quotes += 1 if kind == "blockquote_open" else -1
        elif kind == "list_item_open":
            number = counts[-1]
            marker = _BULLET if number is None else f"{number}."
            counts[-1] = None if number is None else number + 1
        elif kind in ("heading_open", "heading_close"):
            level = int(token.tag[1:]) if kind == "heading_open" else 0
        elif kind == "hr":
            yield MarkdownBlock("rule")
        elif kind in ("inline", "fence", "code_block"):
            spans = tuple(_spans(token.children or ())) if kind == "inline" else (Span(token.content.rstrip("\n")),)
            if any(span.text.strip() for span in spans):
                yield MarkdownBlock("heading" if level else "paragraph", spans, level, len(counts) + quotes, marker)
                marker = ""


def _spans(tokens: Sequence[Token]) -> Iterator[Span]:
    deep, address = 0, ""
    said = ""
    for token in tokens:
        weight: Weight = "bold" if deep else "text"
        if token.type in ("strong_open", "em_open"):
            deep += 1
        elif token.type in ("strong_close", "em_close"):
            deep -= 1
        elif token.type == "link_open":
            address, said = str(token.attrs.get("href", "")), ""
        elif token.type == "link_close":
            if address.removeprefix("mailto:") != said:
                yield Span(f" ({address.removeprefix('mailto:')})", weight)
        else:
            text = inline_text([token])
            said += text
            if text:
                yield Span(text, weight)

"""Campaign text in Markdown, parsed, and as plain text: CommonMark without HTML, its work bounded however the text is built.

What is made of it is each one's own: pages (`campaign.rendering.markdown_html`), printed paper
(`campaign.rendering.markdown_blocks`).
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, image
from markdown_it.token import Token
from markupsafe import escape

_ENDING_MARKS = '.!?:;…,。！？؟۔।”"’)'
"""Marks after which a sentence goes on, or another begins."""
_MAX_CACHED_TEXTS = 256
"""Texts; a site shows far fewer in all their languages on one day."""
_ALLOWED_LINK = re.compile(r"(?:https?://[^/?#]|mailto:.)", re.IGNORECASE)
_PICTURE_DEPTH = "pictures"
_MAX_PICTURE_DEPTH = 3
"""Pictures in the text of pictures; the parser starts anew for each and would run out of stack."""


def parse_markdown(text: str) -> list[Token]:
    """The text as tokens. Links are whole addresses on the web or of a mailbox; of others only the words are left."""
    # Everything after this is UTF-8, which cannot hold half of a surrogate pair.
    return PARSER.parse(text.encode(errors="replace").decode())


def inline_text(tokens: Sequence[Token], *, with_addresses: bool = False) -> str:
    """What inline tokens say without their markup; of a picture its alternative text. After the words of a link comes its
    address in brackets where `with_addresses` is asked for."""
    parts: list[str] = []
    address = ""
    for token in tokens:
        if token.type == "link_open":
            address = str(token.attrs.get("href", ""))
        elif token.type == "link_close":
            if with_addresses and parts[-1:] != [address]:
                parts.append(f" ({address.removeprefix('mailto:')})")
        elif token.type == "softbreak":
            parts.append(" ")
        elif token.type == "hardbreak":
            parts.append("\n")
        else:
            # A picture has its alternative text among its children.
            parts.append(inline_text(token.children) if token.children else "" if token.type == "image" else token.content)
    return "".join(parts)


@lru_cache(maxsize=_MAX_CACHED_TEXTS)
def plain_text(text: str) -> str:
    """The text without its markup: blocks apart by an empty line, items of a list by a new one; links by their words."""
    return _joined(_text_blocks(parse_markdown(text)))


def one_line_text(text: str) -> str:
    """The text without its markup on one line; a heading or paragraph that ends without a mark gets a full stop."""
    blocks = (" ".join(block.split()) for block in plain_text(text).split("\n\n"))
    found = [block for block in blocks if block]
    return " ".join([*(block if block[-1] in _ENDING_MARKS else f"{block}." for block in found[:-1]), *found[-1:]])


@lru_cache(maxsize=_MAX_CACHED_TEXTS)
def mail_text(text: str) -> str:
    """The text as the text part of a mail has it: as `plain_text`, with the addresses of its links."""
    return _joined(_text_blocks(parse_markdown(text), with_addresses=True))


def _joined(blocks: Iterator[tuple[str, str]]) -> str:
    written = ""
    for apart, said in blocks:
        written += (apart if written else "") + said
    return written


def _text_blocks(tokens: Sequence[Token], *, with_addresses: bool = False) -> Iterator[tuple[str, str]]:
    """Each block of text with what sets it apart from the one before."""
    lead, items = "", 0
    counts: list[int | None] = []
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            counts.append(int(token.attrs.get("start", 1)) if token.type == "ordered_list_open" else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            counts.pop()
            items = items if counts else 0
        elif token.type == "list_item_open":
            number = counts[-1]
            lead = "- " if number is None else f"{number}. "
            counts[-1] = None if number is None else number + 1
        elif token.type in ("inline", "fence", "code_block"):
            said = token.content.rstrip("\n")
            if token.type == "inline":
                said = inline_text(token.children or (), with_addresses=with_addresses)
            if said.strip():
                yield "\n" if lead and items else "\n\n", lead + said.strip()
                items += bool(lead)
                lead = ""


def _shallow_image(state: StateInline, silent: bool) -> bool:
    depth = state.env.get(_PICTURE_DEPTH, 0)
    if depth >= _MAX_PICTURE_DEPTH:
        return False
    state.env[_PICTURE_DEPTH] = depth + 1
    try:
        return image(state, silent)
    finally:
        state.env[_PICTURE_DEPTH] = depth


class _Renderer(RendererHTML):
    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:  # noqa: ARG002 - as it is called
        """The alternative text in place of the picture: a picture on another server would tell it who reads."""
        return str(escape(inline_text(tokens[idx].children or ())))


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 - the parser's name
        """Any: of pictures no address is used, and `_drop_unsafe_links` looks at those of links."""
        return True


def _drop_unsafe_links(state: StateCore) -> None:
    """Leave only the words of a link that is no whole address on the web or of a mailbox."""
    for token in state.tokens:
        if token.children:
            token.children = list(_without_unsafe_links(token.children))


def _without_unsafe_links(tokens: Sequence[Token]) -> Iterator[Token]:
    kept = True
    for token in tokens:
        if token.type == "link_open":
            # Links are never inside links.
            kept = _ALLOWED_LINK.match(str(token.attrs.get("href", ""))) is not None
        if kept or token.type not in ("link_open", "link_close"):
            yield token


def _make_parser() -> MarkdownIt:
    parser = _Parser("commonmark", {"html": False, "linkify": False}, renderer_cls=_Renderer)
    parser.disable(["html_block", "html_inline"])
    parser.inline.ruler.at("image", _shallow_image)
    parser.core.ruler.push("whole_links", _drop_unsafe_links)
    return parser


PARSER = _make_parser()

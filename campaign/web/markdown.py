"""Campaign text in Markdown as safe HTML, and as plain text.

CommonMark without HTML and pictures. What the parser makes is cleaned once more by a sanitiser that knows nothing of Markdown,
so that a mistake in one of them is not yet a hole. The parser's work is bounded however the text is built.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, image
from markdown_it.token import Token
from markupsafe import Markup, escape

_KEPT = 256
"""Texts; a site shows far fewer in all their languages on one day."""
_TAGS = frozenset({"p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote", "code", "pre", "hr"})
_SCHEMES = frozenset({"http", "https", "mailto"})
_LINK = re.compile(r"(?:https?://[^/?#]|mailto:.)", re.IGNORECASE)
_PICTURES = "pictures"
_DEEPEST_PICTURE = 3
"""Pictures in the text of pictures; the parser starts anew for each and would run out of stack."""


@lru_cache(maxsize=_KEPT)
def render(text: str, *, top_heading: int = 3) -> Markup:
    """The text as HTML. Its first headings become h`top_heading`, those below them follow one by one, none below h6."""
    tokens = _parsed(text)
    open_above: list[int] = []
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1:])
            # A level that is left out by the writer is left out by nobody who reads with a screen reader.
            open_above = [*(above for above in open_above if above < level), level]
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(top_heading + len(open_above) - 1, 6)}"
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return Markup(  # noqa: S704 - this is the sanitiser
        nh3.clean(
            html, tags={*_TAGS, *(f"h{level}" for level in range(top_heading, 7))}, url_schemes=set(_SCHEMES),
            url_relative="deny", attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
            link_rel="nofollow noopener noreferrer",
        )
    )  # fmt: skip


@lru_cache(maxsize=_KEPT)
def plain(text: str) -> str:
    """The text without its markup: blocks apart by an empty line, items of a list by a new one; links by their words."""
    written = ""
    for apart, words in _blocks(_parsed(text)):
        written += (apart if written else "") + words
    return written


def _parsed(text: str) -> list[Token]:
    # The sanitiser takes UTF-8, which half of a surrogate pair is not.
    return _PARSER.parse(text.encode(errors="replace").decode())


def _blocks(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
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
            words = _words(token.children or ()) if token.type == "inline" else token.content.rstrip("\n")
            if words.strip():
                yield "\n" if lead and items else "\n\n", lead + words.strip()
                items += bool(lead)
                lead = ""


def _words(tokens: Sequence[Token]) -> str:
    parts = []
    for token in tokens:
        if token.type == "softbreak":
            parts.append(" ")
        elif token.type == "hardbreak":
            parts.append("\n")
        else:
            # A picture has its alternative text among its children.
            parts.append(_words(token.children) if token.children else "" if token.type == "image" else token.content)
    return "".join(parts)


def _shallow_image(state: StateInline, silent: bool) -> bool:
    depth = state.env.get(_PICTURES, 0)
    if depth >= _DEEPEST_PICTURE:
        return False
    state.env[_PICTURES] = depth + 1
    try:
        return image(state, silent)
    finally:
        state.env[_PICTURES] = depth


class _Renderer(RendererHTML):
    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:  # noqa: ARG002 - as it is called
        """The alternative text in place of the picture: a picture on another server would tell it who reads."""
        return str(escape(_words(tokens[idx].children or ())))


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 - the parser's name
        """Any: of pictures no address is used, and `_whole_links` looks at those of links."""
        return True


def _whole_links(state: StateCore) -> None:
    """Leave only the words of a link that is no whole address on the web or of a mailbox."""
    for token in state.tokens:
        if token.children:
            token.children = list(_linked(token.children))


def _linked(tokens: Sequence[Token]) -> Iterator[Token]:
    kept = True
    for token in tokens:
        if token.type == "link_open":
            # Links are never inside links.
            kept = _LINK.match(str(token.attrs.get("href", ""))) is not None
        if kept or token.type not in ("link_open", "link_close"):
            yield token


def _parser() -> MarkdownIt:
    parser = _Parser("commonmark", {"html": False, "linkify": False}, renderer_cls=_Renderer)
    parser.disable(["html_block", "html_inline"])
    parser.inline.ruler.at("image", _shallow_image)
    parser.core.ruler.push("whole_links", _whole_links)
    return parser


_PARSER = _parser()

"""Campaign text in Markdown as safe HTML.

CommonMark without HTML and pictures. What the parser makes is cleaned once more by a sanitiser that knows nothing of Markdown,
so that a mistake in one of them is not yet a hole. The parser's work is bounded however the text is built.
"""

from functools import lru_cache

import nh3
from markupsafe import Markup

from campaign.rendering.markdown import PARSER, parse_markdown

_MAX_CACHED_TEXTS = 256
"""Texts; a site shows far fewer in all their languages on one day."""
_ALLOWED_TAGS = frozenset({"p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote", "code", "pre", "hr"})
_ALLOWED_SCHEMES = frozenset({"http", "https", "mailto"})


@lru_cache(maxsize=_MAX_CACHED_TEXTS)
def render_markdown(text: str, *, top_heading: int = 3) -> Markup:
    """The text as HTML. Its first headings become h`top_heading`, those below them follow one by one, none below h6."""
    tokens = parse_markdown(text)
    open_above: list[int] = []
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1:])
            # A level that is left out by the writer is left out by nobody who reads with a screen reader.
            open_above = [*(above for above in open_above if above < level), level]
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(top_heading + len(open_above) - 1, 6)}"
    html = PARSER.renderer.render(tokens, PARSER.options, {})
    return Markup(  # noqa: S704 - this is the sanitiser
        nh3.clean(
            html, tags={*_ALLOWED_TAGS, *(f"h{level}" for level in range(top_heading, 7))}, url_schemes=set(_ALLOWED_SCHEMES),
            url_relative="deny", attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
            link_rel="nofollow noopener noreferrer",
        )
    )  # fmt: skip

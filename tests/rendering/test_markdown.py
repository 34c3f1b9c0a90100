"""Campaign text in Markdown: what a campaigner means is kept, and nothing else gets onto the page."""

import time

import pytest
from markupsafe import Markup
from tinyhtml5 import parse

from campaign.rendering.markdown import one_line_text, plain_text
from campaign.rendering.markdown_html import render_markdown

LINK = '<a href="{}" rel="nofollow noopener noreferrer">{}</a>'
TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote", "h3", "h4", "h5", "h6", "code", "pre", "hr"}
LARGE = 12_500


def elements(html: str) -> list[tuple[str, dict[str, str]]]:
    """Every element a browser would make of it, with its attributes."""
    body = parse(f"<!doctype html><title>x</title><body>{html}", namespace_html_elements=False).find("body")
    return [(element.tag, dict(element.attrib)) for element in body.iter() if element is not body]


def test_paragraphs_emphasis_and_lists_are_kept() -> None:
    html = render_markdown("Save *our* **pond**.\n\n- frogs\n- newts\n\n> quoted\n\n`x < y`\n\n---\n")
    assert isinstance(html, Markup)
    assert html == (
        "<p>Save <em>our</em> <strong>pond</strong>.</p>\n<ul>\n<li>frogs</li>\n<li>newts</li>\n</ul>\n"
        "<blockquote>\n<p>quoted</p>\n</blockquote>\n<p><code>x &lt; y</code></p>\n<hr>\n"
    )


def test_a_list_keeps_the_number_it_begins_with() -> None:
    assert render_markdown("3. c\n4. d") == '<ol start="3">\n<li>c</li>\n<li>d</li>\n</ol>\n'


def test_a_single_line_break_is_a_space_and_two_spaces_make_a_new_line() -> None:
    assert render_markdown("one\ntwo") == "<p>one\ntwo</p>\n"
    assert render_markdown("one  \ntwo") == "<p>one<br>\ntwo</p>\n"


def test_headings_begin_below_those_of_the_page() -> None:
    assert render_markdown("# a\n## b\n### c\n#### d\n##### e\n###### f") == (
        "<h3>a</h3>\n<h4>b</h4>\n<h5>c</h5>\n<h6>d</h6>\n<h6>e</h6>\n<h6>f</h6>\n"
    )
    assert render_markdown("a\n=\nb\n-") == "<h3>a</h3>\n<h4>b</h4>\n"
    assert render_markdown("# a\n## b", top_heading=2) == "<h2>a</h2>\n<h3>b</h3>\n"


@pytest.mark.parametrize(
    ("text", "address", "words"),
    [
        ("[park](https://example.org/a?b=1&c=2)", "https://example.org/a?b=1&amp;c=2", "park"),
        ('[park](http://example.org "title")', "http://example.org", "park"),
        ("[mail](mailto:ann@example.org)", "mailto:ann@example.org", "mail"),
        ("<https://example.org>", "https://example.org", "https://example.org"),
        ("<ann@example.org>", "mailto:ann@example.org", "ann@example.org"),
        ("[park][p]\n\n[p]: https://example.org", "https://example.org", "park"),
        ("[park](HTTPS://example.org)", "HTTPS://example.org", "park"),
    ],
)
def test_a_link_leads_to_the_web_or_a_mailbox_and_vouches_for_nothing(text: str, address: str, words: str) -> None:
    assert render_markdown(text) == f"<p>{LINK.format(address, words)}</p>\n"


def test_a_bare_address_is_no_link() -> None:
    assert render_markdown("https://example.org") == "<p>https://example.org</p>\n"


@pytest.mark.parametrize(
    "text", ["[a](/c/park)", "[a](//example.org)", "[a](park)", "[a](#x)", "[a]()", "[a](?q=1)", "[a](https:)"]
)
def test_of_a_link_without_a_whole_address_the_words_stay(text: str) -> None:
    assert render_markdown(text) == "<p>a</p>\n"


@pytest.mark.parametrize(
    "text",
    [
        "![a frog](https://example.org/x.png)",
        "![a *frog*](x.png 'title')",
        "![a frog][x]\n\n[x]: https://e.org",
        "![a ![frog](y)](x)",
    ],
)
def test_of_a_picture_its_alternative_text_stays(text: str) -> None:
    assert render_markdown(text) == "<p>a frog</p>\n"
    assert plain_text(text) == "a frog"


def test_the_alternative_text_of_a_picture_is_no_markup() -> None:
    assert render_markdown('![<b onclick="x">"](https://example.org)') == '<p>&lt;b onclick="x"&gt;"</p>\n'


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<div\n onclick=alert(1)>x</div>",
    "<style>@import 'x'</style>",
    "<!-- --!><script>alert(1)</script> -->",
    "<a href='javascript:alert(1)'>x</a>",
    "<base href=//example.org>",
    "<form action=//example.org><input name=email></form>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x]( javascript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;avascript&colon;alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](java%0ascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](\u00a0javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](data:image/png;base64,aaaa)",
    "[x](file:///etc/passwd)",
    "[x](view-source:https://example.org)",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "[x][a]\n\n[a]: javascript:alert(1)",
    "![x](javascript:alert(1))",
    "![x](https://example.org/\"onerror='alert(1))",
    '[x](https://example.org "title\\" onmouseover=alert(1) x=\\"")',
    '[x](https://example.org/"onmouseover="alert(1))',
    "[x](https://example.org/'><script>alert(1)</script>)",
    '```html" onclick="alert(1)\n<script>alert(1)</script>\n```',
    "`<script>alert(1)</script>`",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "# <img src=x onerror=alert(1)>",
    "- <script>alert(1)</script>",
    "\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
    "<p id=form class=field style=position:fixed>x</p>",
    "</p></div></main><script>alert(1)</script>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_nothing_but_text_and_safe_links_gets_onto_the_page(text: str) -> None:
    for tag, attributes in elements(render_markdown(text)):
        assert tag in TAGS
        assert set(attributes) <= ({"href", "rel"} if tag == "a" else {"start"} if tag == "ol" else set())
        if tag == "a":
            assert attributes["href"].lower().startswith(("https://", "http://", "mailto:"))
            assert attributes["rel"] == "nofollow noopener noreferrer"


def test_html_is_shown_as_the_text_it_is() -> None:
    assert render_markdown("<b>x</b> & <i>") == "<p>&lt;b&gt;x&lt;/b&gt; &amp; &lt;i&gt;</p>\n"


def test_half_a_character_is_a_question_mark() -> None:
    assert render_markdown("a\ud800b") == "<p>a?b</p>\n"
    assert plain_text("a\ud800b") == "a?b"


def test_no_text_is_nothing() -> None:
    assert render_markdown("") == render_markdown(" \n\n") == ""
    assert plain_text("") == plain_text("***\n") == ""


@pytest.mark.parametrize("nest", ["\n".join("  " * depth + "- a" for depth in range(200)), "> " * 200 + "a", "1. " * 200 + "a"])
def test_nothing_is_nested_without_end(nest: str) -> None:
    assert len(elements(render_markdown(nest))) <= 25


PATHOLOGICAL = {
    "brackets": "[",
    "pictures": "![",
    "linked pictures": "[![",
    "closed brackets": "[[]",
    "stars": "*",
    "open stars": "**a ",
    "mixed stars": "*a_ ",
    "crossed stars": "*a**b",
    "quotes": ">",
    "quoted lists": "> - ",
    "numbers": "1. ",
    "items": "- a\n",
    "references": "[a]: ",
    "unfinished references": "[a\n",
    "unfinished links": '[a](b "',
    "unfinished autolinks": "<a@",
    "comments": "<!-- ",
    "entities": "&#",
    "backslashes": "\\",
    "fences": "```\n",
    "empty lines": "\n",
    "hashes": "# #",
    "words": "pond ",
    "zeros": "\x00",
}


@pytest.mark.parametrize(
    "text",
    [
        *(pytest.param((piece * LARGE)[:LARGE], id=name) for name, piece in PATHOLOGICAL.items()),
        pytest.param("![" * 2_000 + "](https://x.y)" * 600, id="pictures in pictures"),
        pytest.param("*a " * 2_000 + "a*" * 2_000, id="emphasis in emphasis"),
        pytest.param("".join("`" * count + " " for count in range(1, 155)), id="code of every width"),
        pytest.param("> " * 100 + "a\n" * 5_000, id="lazy lines"),
        pytest.param("".join(f"[a{number}]: https://x.y\n" for number in range(375)) + "[a1]" * 1_000, id="many references"),
    ],
)
def test_a_huge_text_is_read_in_bounded_time(text: str) -> None:
    began = time.process_time()
    render_markdown(text)
    plain_text(text)
    # A quarter of what a campaign may hold: half a second at most on a small machine. Quadratic work, which takes minutes for
    # the whole, would take far more than this.
    assert time.process_time() - began < 7.5


def test_plain_text_keeps_blocks_and_lists_apart_and_drops_markup() -> None:
    assert plain_text(
        "# Save *our* pond\n\nIt is\n**dry**.  \nSee [why](https://example.org).\n\n- frogs\n- newts\n\n  and more\n\nEnd"
    ) == ("Save our pond\n\nIt is dry.\nSee why.\n\n- frogs\n- newts\n\nand more\n\nEnd")
    assert plain_text("3. c\n4. d\n   - e\n5. f") == "3. c\n4. d\n- e\n5. f"
    assert plain_text("> a\n\n```\nx = 1\ny = 2\n```\n\n<b> &amp; `c`") == "a\n\nx = 1\ny = 2\n\n<b> & c"
    assert plain_text("- a\n\n1. b") == "- a\n\n1. b"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# Keep the pond\n\nDo **not** build on it.", "Keep the pond. Do not build on it."),
        ("Will you?\n\nSay so", "Will you? Say so"),
        ("Keep:\n\n- frogs\n- herons", "Keep: - frogs - herons"),
        ("池を守れ。\n\n今すぐ", "池を守れ。 今すぐ"),
        ("Keep the pond", "Keep the pond"),
        ("", ""),
    ],
)
def test_blocks_on_one_line_do_not_run_into_one_another(text: str, said: str) -> None:
    assert one_line_text(text) == said

"""The checker of our pages finds each kind of mistake, and nothing wrong with a page that has none."""

import pytest

from tests.html_validator import html_problems

GOOD = """<!doctype html>
<html lang="en-GB" dir="ltr">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>A page</title><link rel="stylesheet" href="/site.css">
<style>:root{--accent:#123456}</style><script src="/site.js" defer></script>
<script type="application/ld+json">{"name": "</"}</script>
</head>
<body>
<a href="#main">Skip</a>
<main id="main" tabindex="-1">
<h1>Title</h1><h2 id="a">Part</h2><h3>Smaller</h3><h2>Next part</h2>
<ul><li><a href="/there?a=1&amp;b=2"><strong>Words</strong> <img src="/a.svg" alt="" width="3" height="3"></a></li></ul>
<dl><div><dt>Name</dt><dd>Ada</dd></div></dl>
<p>Until <time datetime="2026-11-23T12:00:00Z">noon</time>: <progress max="10" value="3" aria-labelledby="a"></progress></p>
<details><summary>More</summary><p>It.</p></details>
<form method="post" action="/sign" novalidate>
<input type="hidden" name="h" value="1">
<fieldset><legend>Both</legend><label><input type="checkbox" name="c" checked> Tick</label></fieldset>
<label for="e">Email</label><input type="email" id="e" name="e" autocomplete="email" inputmode="email" aria-describedby="a">
<button type="submit" name="b">Send</button>
</form>
<svg viewBox="0 0 1 1" aria-hidden="true"><path d="M0 0"/></svg>
</main>
</body>
</html>
"""

MISTAKES = [
    # What is wrong with it: what is put where.
    ("expected-doctype", "<!doctype html>", ""),
    ("has no lang", ' lang="en-GB"', ""),
    ("has no dir", ' dir="ltr"', ""),
    ("is no language", "en-GB", "English"),
    ("no title", "A page", ""),
    ("UTF-8", '<meta charset="utf-8">', ""),
    ("enlarged", "initial-scale=1", "user-scalable=no"),
    ("one <main>", "</main>", "</main><main></main>"),
    ("unexpected-end-tag", "Title</h1>", "Title</b></h1>"),
    ("end-tag-too-early", "<h2>Next part</h2>", "<div><h2>Next part</h2>"),
    ("unexpected-end-tag", "<p>It.</p>", "<p><ul><li>It.</li></ul></p>"),
    ("unexpected-start-tag", "<fieldset>", '<form method="post"><fieldset>'),
    ("expected-named-entity", "b=2", "b=2&nosuch;"),
    ("duplicate-attribute", '<h2 id="a">', '<h2 id="a" id="b">'),
    ("no element <center>", "<p>It.</p>", "<center>It.</center>"),
    ("cannot have align", "<p>It.</p>", '<p align="center">It.</p>'),
    ("cannot have aria-labeledby", "<p>It.</p>", '<p aria-labeledby="a">It.</p>'),
    ("cannot have href", "<p>It.</p>", '<p href="/">It.</p>'),
    ("cannot have role='headline'", "<p>It.</p>", '<p role="headline">It.</p>'),
    ("cannot have aria-hidden='yes'", "<p>It.</p>", '<p aria-hidden="yes">It.</p>'),
    ("cannot have method='put'", 'method="post"', 'method="put"'),
    ("without a value", "checked", 'checked="true"'),
    ("cannot stand in <div>", "<p>It.</p>", "<div><li>It.</li></div>"),
    ("cannot hold <p>", "<ul><li>", "<ul><p>No</p><li>"),
    ("must come first", "<summary>", "<p>Before</p><summary>"),
    ("among the words of <span>", "<p>It.</p>", "<span><div>It.</div></span>"),
    ("which of them", "<strong>Words</strong>", '<button type="button">Words</button>'),
    ("which of them", "Send", '<a href="/">Send</a>'),
    ("which of them", "Tick", '<label for="e">Tick</label>'),
    ("given 2 times", '<h3>', '<h3 id="a">'),
    ("is no id", '<h3>', '<h3 id="a b">'),
    ("for names 'x'", 'for="e"', 'for="x"'),
    ("aria-labelledby names 'x'", 'aria-labelledby="a"', 'aria-labelledby="a x"'),
    ("aria-describedby names 'x'", 'aria-describedby="a"', 'aria-describedby="x"'),
    ("empty aria-describedby", 'aria-describedby="a"', 'aria-describedby=""'),
    ("list names 'x'", 'aria-describedby="a"', 'list="x"'),
    ("leads nowhere", "#main", "#nowhere"),
    ("0 <h1>", "h1", "h2"),
    ("2 <h1>", "<h3>Smaller</h3>", "<h1>Smaller</h1>"),
    ("level is skipped", "h3", "h4"),
    ("<h3> is empty", "Smaller", " "),
    ("has no label", '<label for="e">Email</label>', ""),
    ("has no label", ' aria-labelledby="a"', ""),
    ("<label> has no words", ">Email<", "><"),
    ("cannot have a label", 'for="e"', 'for="main"'),
    ("does not say its type", '<button type="submit"', "<button"),
    ("does not say its type", 'type="email" ', ""),
    ("has no words", "Send", ""),
    ("has no title", "<p>It.</p>", '<iframe src="/x"></iframe>'),
    ("needs src and alt", ' alt=""', ""),
    ("jumps the queue", 'tabindex="-1"', 'tabindex="2"'),
    ("nobody fills in", 'autocomplete="email"', 'autocomplete="e-mail"'),
    ("no moment", "2026-11-23T12:00:00Z", "Monday"),
    ("is no number", 'width="3"', 'width="3px"'),
    ("is past 10", 'value="3"', 'value="11"'),
    ("no address", "/there?a", "/th ere?a"),
    ("no address", 'action="/sign"', 'action=""'),
    ("address is a script", "/there?a=1&amp;b=2", "javascript:void(0)"),
    ("inline style", "<p>It.</p>", '<p style="color:red">It.</p>'),
    ("inline style", '<path d="M0 0"/>', '<path style="fill:red" d="M0 0"/>'),
    ("inline onclick", "<p>It.</p>", '<p onclick="x()">It.</p>'),
    ("inline script", "</main>", "<script>x()</script></main>"),
    ("is not JSON", '"</"}', '"</"'),
    ("more inline style", "<style>", "<style>b{}</style><style>"),
    ("more inline style", ":root{", "@import 'x';:root{"),
]  # fmt: skip


def test_a_good_page_has_no_problems() -> None:
    assert html_problems(GOOD) == []


@pytest.mark.parametrize(("complaint", "right", "wrong"), MISTAKES)
def test_a_mistake_is_found(complaint: str, right: str, wrong: str) -> None:
    assert right in GOOD
    found = html_problems(GOOD.replace(right, wrong))
    assert any(complaint in problem for problem in found), found

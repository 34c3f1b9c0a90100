"""Style sheets and scripts as a phone of 2018 reads them: nothing it would drop without another line that it understands.

A browser drops a declaration it does not know, a whole rule for one selector it does not know, and a whole script for one
sign it does not know. Logical lengths of one side (`margin-inline-start`) are older than the phones meant here; the shorthands
of two sides, `inset` and the functions that compare lengths are not.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign.web.assets import STATIC_FOLDER

TEMPLATES = STATIC_FOLDER.parent.parent / "templates"
OF_OTHERS = STATIC_FOLDER / "desk" / "vendor"
"""As they came, and loaded by one page of the desk, which says the same in a table."""

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CSS_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'')
_CSS_BLOCK = re.compile(r"([^{}]*)\{([^{}]*)\}")
_NEW_PROPERTIES = re.compile(
    r"(?:scroll-)?(?:margin|padding|border)-(?:inline|block)(?:-(?:width|style|color))?|"
    r"inset(?:-inline|-block)?(?:-start|-end)?|rotate|translate|scale"
)
_NEW_FUNCTIONS = re.compile(r"(?<![\w-])(?:clamp|min|max)\(")
_NEW_SELECTORS = re.compile(r":(?:is|where|has|focus-visible)(?![\w-])")
_DROPPED_SELECTORS = re.compile(r":(?:is|where)\(")
_NEW_IN_REGEX = re.compile(r"\(\?<|\\p\{|/[gimuy]*[sdv]\w*$")
_REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n])+/\w*")
_REGEX_MAY_BEGIN_AFTER = frozenset("(,=:[!&|?{};\n>")
_NEW_SYNTAX = {
    "optional chaining": re.compile(r"\?\.(?!\d)"),
    "nullish coalescing": re.compile(r"\?\?"),
    "logical assignment": re.compile(r"(?:&&|\|\|)="),
    "catch without a name": re.compile(r"\bcatch\s*\{"),
    "asynchronous iteration": re.compile(r"\bfor\s+await\b|\basync\s*(?:function)?\s*\*"),
    "numeric separator or BigInt": re.compile(r"(?<![\w$])\d[\d_]*(?:_\d|n\b)"),
    "private or static part of a class": re.compile(r"(?:\bstatic\s*\{|#\w)"),
    "dynamic import": re.compile(r"\bimport\s*[(.]"),
    "function of a later library": re.compile(
        r"\.(?:replaceAll|flatMap|flat|at|findLast|matchAll)\(|\b(?:fromEntries|structuredClone)\("
    ),
    "regular expression of later make": re.compile("\x00"),
}  # fmt: skip


def too_new_in_style(sheet: str) -> list[str]:
    """What an old browser would drop, with no line of the same property before it."""
    plain, found = _CSS_STRING.sub('""', _COMMENT.sub("", sheet)), []
    # What stands in @supports is there for those who know it.
    plain = re.sub(r"@supports[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", plain)
    for selector, block in _CSS_BLOCK.findall(plain):
        if _DROPPED_SELECTORS.search(selector) or ("," in selector and _NEW_SELECTORS.search(selector)):
            found.append(selector.strip())
        known: set[str] = set()
        for declaration in block.split(";"):
            name, _, value = (part.strip() for part in declaration.partition(":"))
            if _NEW_PROPERTIES.fullmatch(name) or (_NEW_FUNCTIONS.search(value) and name not in known):
                found.append(f"{name}: {value}")
            known.add(name)
    return found


def code_of(script: str) -> Iterator[tuple[str, str]]:
    """Each sign of a script that is code, with the open brackets around it; regular expressions whole, strings empty."""
    at, open_brackets, last = 0, "", "\n"
    templates: list[int] = []
    while at < len(script):
        rest = script[at:]
        if found := re.match(r"//[^\n]*|/\*.*?\*/|\s+", rest, re.DOTALL):
            yield " ", open_brackets
            at += found.end()
            continue
        sign = script[at]
        if sign in "\"'" and (found := re.match(rf"{sign}(?:[^{sign}\\]|\\.)*{sign}", rest, re.DOTALL)):
            yield '""', open_brackets
            at, last = at + found.end(), '"'
            continue
        if sign == "/" and last in _REGEX_MAY_BEGIN_AFTER and (found := _REGEX.match(rest)):
            yield "\x00" if _NEW_IN_REGEX.search(found[0]) else '""', open_brackets
            at, last = at + found.end(), "r"
            continue
        if sign == "`" or (sign == "}" and templates and templates[-1] == len(open_brackets)):
            if sign == "}":
                templates.pop()
                open_brackets = open_brackets[:-1]
            found = re.match(r"(?:[^`\\$]|\\.|\$(?!\{))*", script[at + 1 :], re.DOTALL)
            at += 1 + (found.end() if found else 0)
            if script.startswith("${", at):
                open_brackets += "{"
                templates.append(len(open_brackets))
                at += 2
                last = "{"
            else:
                at, last = at + 1, "`"
            yield '""', open_brackets
            continue
        if sign in "([{":
            open_brackets += sign
        elif sign in ")]}":
            open_brackets = open_brackets[:-1]
        yield sign, open_brackets
        at, last = at + 1, sign


def too_new_in_script(script: str) -> list[str]:
    """Names of the syntax after ES2017 that a script has."""
    signs = list(code_of(script))
    text = "".join(sign for sign, _ in signs)
    found = [name for name, pattern in _NEW_SYNTAX.items() if pattern.search(text)]
    spread = (place for place in range(len(signs) - 2) if all(sign == "." for sign, _ in signs[place : place + 3]))
    if any(signs[place][1].endswith("{") for place in spread):
        found.append("spread in an object")
    return found


def _files(pattern: str, folder: Path = STATIC_FOLDER) -> list[Path]:
    return [path for path in sorted(folder.rglob(pattern)) if OF_OTHERS not in path.parents]


@pytest.mark.parametrize("path", _files("*.css"), ids=lambda path: path.relative_to(STATIC_FOLDER).as_posix())
def test_a_style_sheet_has_nothing_that_an_old_phone_drops_without_a_substitute(path: Path) -> None:
    found = too_new_in_style(path.read_text())
    # The desk is worked at with newer browsers: there a selector may be short.
    assert [one for one in found if "desk" not in path.parts or ":is(" not in one] == []


@pytest.mark.parametrize("path", _files("*.js"), ids=lambda path: path.relative_to(STATIC_FOLDER).as_posix())
def test_a_script_has_no_syntax_that_an_old_phone_cannot_read(path: Path) -> None:
    assert too_new_in_script(path.read_text()) == []


def test_templates_have_no_such_styles_and_scripts_in_them_either() -> None:
    pages = [path for path in _files("*.html", TEMPLATES) if "email" not in path.parts]
    assert len(pages) > 50
    for page in pages:
        text = page.read_text()
        styles = re.findall(r"<style[^>]*>(.*?)</style>", text, re.DOTALL) + re.findall(r'\sstyle="([^"]*)"', text)
        scripts = re.findall(r"<script(?![^>]*application/)[^>]*>(.*?)</script>", text, re.DOTALL)
        assert [one for style in styles for one in too_new_in_style(style if "{" in style else f"a{{{style}}}")] == [], page
        assert [one for script in scripts for one in too_new_in_script(script)] == [], page


@pytest.mark.parametrize(
    "sheet",
    [
        "a { margin-inline: auto }",
        "a { padding-block: 1rem 2rem }",
        "a { border-block: 1px solid }",
        "a { inset: 0 }",
        "a { inset-inline-start: 0 }",
        "a { font-size: clamp(1rem, 2vw, 3rem) }",
        "a { width: min(100%, 3rem); width: 3rem }",
        ":root { --title: max(1rem, 2rem) }",
        "@media print { a { color: red; padding: max(1px, 2px) } }",
        "b :is(a, i) { color: red }",
        "b, a:focus-visible { color: red }",
        "@supports (width: max(1px, 2px)) { a { color: red } } b { inset: 0 }",
    ],
)
def test_what_an_old_phone_drops_is_found(sheet: str) -> None:
    assert len(too_new_in_style(sheet)) == 1


@pytest.mark.parametrize(
    "sheet",
    [
        "a { width: 3rem; width: min(100%, 3rem) }",
        'a { content: "inset: 0; clamp(1px)" }',
        "/* inset: 0 */ a { clip-path: inset(50%); min-width: 3rem; margin-inline-start: 1rem }",
        "@media (min-width: 3rem) and (max-width: 4rem) { a { grid-template-columns: minmax(1rem, 1fr) } }",
        "@supports (width: clamp(1px, 2px, 3px)) { a { width: clamp(1rem, 2rem, 3rem) } }",
        "a:has(b) { color: red }",
    ],
)
def test_what_an_old_phone_understands_is_not(sheet: str) -> None:
    assert too_new_in_style(sheet) == []


@pytest.mark.parametrize(
    "script",
    [
        "a?.b", "a?.[0]", "a?.()", "a ?? b", "a ||= b", "try { a() } catch { b() }", "for await (const a of b) c()",
        "f({ ...a })", "const { a, ...b } = c", "g(`${ a?.b }`)", "const f = () => ({ a: 1, ...b })", "a.replaceAll(b, c)",
        "Object.fromEntries(a)", "1_000", "10n", "class A { #b }", r"/\p{M}/u", "/(?<a>b)/", "/a.b/s",
        "const a = `x`; b?.c; const d = `y`",
    ],
)  # fmt: skip
def test_syntax_after_2017_is_found(script: str) -> None:
    assert len(too_new_in_script(script)) == 1


@pytest.mark.parametrize(
    "script",
    [
        "f(...a)", "[...a, ...b]", "a ? .5 : b", '"a?.b ?? c"', "`a?.b ${c} ?? d`", "// a?.b", "/* {...a} */",
        "/[?&]a=/.test(b)",        "/a?./", "try { a() } catch (_) { b() }", "async () => { await a }", "x = y / z.s",
        '$("#a")', "f(a, (...b) => c(...b))",
        "{ f(...a) }", "a ** b", "for (const a of b) { c([...a]) }",
    ],
)  # fmt: skip
def test_syntax_of_2017_is_not(script: str) -> None:
    assert too_new_in_script(script) == []

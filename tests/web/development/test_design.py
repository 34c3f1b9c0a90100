"""The colours of the design can be read, and the page that shows them is for developers alone."""

import re
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from campaign.config import TEMPLATES
from campaign.domain.campaigns.colour import MIN_CONTRAST, accent_palette, contrast_ratio
from campaign.runtime import Runtime
from campaign.web.assets import STATIC_FOLDER
from campaign.web.development.design import SAMPLE_ACCENTS, read_tokens
from tests.support.compile_cache import make_app
from tests.support.factories import new_campaign

EDGE = 3.0
"""The contrast of the edge of a control, and of what has the focus, WCAG 2.2, 1.4.11."""
GROUNDS = ("--ground", "--surface")
PAIRS = (
    *product(("--text", "--muted", "--accent", "--accent-strong", "--wrong"), GROUNDS),
    *product(("--text",), ("--good-ground", "--warn-ground", "--wrong-ground")),
    ("--good", "--good-ground"), ("--warn", "--warn-ground"), ("--wrong", "--wrong-ground"),
    ("--on-accent", "--accent"), ("--on-accent", "--accent-strong"),
)  # fmt: skip
SAID_ELSEWHERE = {"--above", "--swatch", "--on-swatch"}
"""What a page or another sheet says: the room above the content, and the colours that a campaigner is about to choose."""
EDGES = (*product(("--edge", "--focus", "--accent"), GROUNDS), ("--accent", "--track"))
SHEETS = sorted(sheet for sheet in STATIC_FOLDER.rglob("*.css") if sheet.parent.name != "vendor")


def colours(scheme: str) -> dict[str, str]:
    tokens = read_tokens()
    return tokens.light if scheme == "light" else {**tokens.light, **tokens.dark}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_on_its_ground_in_both_schemes(scheme: str) -> None:
    known = colours(scheme)
    poor = {pair: round(contrast_ratio(known[pair[0]], known[pair[1]]), 2) for pair in PAIRS}
    assert {pair: found for pair, found in poor.items() if found < MIN_CONTRAST} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_controls_and_what_has_the_focus_can_be_seen_in_both_schemes(scheme: str) -> None:
    known = colours(scheme)
    found = {pair: round(contrast_ratio(known[pair[0]], known[pair[1]]), 2) for pair in EDGES}
    assert {pair: ratio for pair, ratio in found.items() if ratio < EDGE} == {}


@pytest.mark.parametrize("accent", [*SAMPLE_ACCENTS, "#ffffff", "#808080", "#ff0000", "#0000ff", "#7fff00"])
def test_an_accent_of_a_campaign_can_be_read_wherever_the_style_sheet_puts_it(accent: str) -> None:
    for shades, known in ((accent_palette(accent).light, colours("light")), (accent_palette(accent).dark, colours("dark"))):
        tint = mixed(shades.accent, known["--surface"])
        assert contrast_ratio(shades.accent_strong, tint) >= MIN_CONTRAST
        assert contrast_ratio(known["--text"], tint) >= MIN_CONTRAST
        assert contrast_ratio(shades.accent, known["--track"]) >= EDGE
        assert all(contrast_ratio(shades.accent, known[ground]) >= MIN_CONTRAST for ground in GROUNDS)


def mixed(accent: str, surface: str) -> str:
    """The tint, as a browser mixes it."""
    share = int(re.search(r"var\(--accent\) (\d+)%", read_tokens().light["--tint"])[1]) / 100  # type: ignore[index]
    pairs = ((int(accent[at : at + 2], 16), int(surface[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def test_each_colour_is_said_once_for_light_and_once_for_dark() -> None:
    tokens = read_tokens()
    assert "--accent" in tokens.colours
    assert {name for name in tokens.light if tokens.light[name].startswith("#")} <= set(tokens.colours)
    assert set(tokens.dark) <= set(tokens.light)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_style_sheets_name_colours_and_know_neither_left_nor_right(sheet: Path) -> None:
    bare = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    # An old phone knows no shorthand for both sides: both are said, and are alike, or pages from right to left have a rule.
    for selector, rule in re.findall(r"([^{}]+)\{([^{}]*)\}", bare):
        sides: dict[str, list[str]] = {"left": [], "right": []}
        for name, side, value in re.findall(r"([\w-]*)\b(left|right)\b([^;]*)", rule):
            sides[side].append(name + value)
        mirrored = "[dir=" in selector or f'[dir="rtl"] {selector.strip()} {{' in bare
        assert sides["left"] == sides["right"] or mirrored, selector
    unknown = (
        set(re.findall(r"var\((--[\w-]+)", bare))
        - set(read_tokens().light)
        - set(re.findall(r"(--[\w-]+):", bare))
        - SAID_ELSEWHERE
    )
    assert not unknown
    if sheet.name != "20-tokens.css":
        assert not re.findall(r"#[0-9a-f]{3,8}\b(?![^{}]*\{)", bare.replace("#fff", ""))


def test_the_design_is_shown_in_development_only(make_runtime: Callable[..., Runtime]) -> None:
    runtime = make_runtime(mail_url="", base_url="http://127.0.0.1:8000")
    new_campaign(runtime, accent="#c2185b")
    client = make_app(runtime).test_client()
    page = client.get("/dev/design")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert all(name in page.text for name in (*read_tokens().colours, *SAMPLE_ACCENTS))
    sheet = client.get("/dev/design.css").text
    assert read_tokens().light["--accent"] in sheet
    assert read_tokens().dark["--accent"] in sheet
    assert make_app(make_runtime()).test_client().get("/dev/design").status_code == 404


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_stands_on_the_wash_of_the_accent_can_be_read(scheme: str) -> None:
    known = colours(scheme)
    wash = mixed(known["--accent"], known["--surface"])
    assert {
        name
        for name in ("--text", "--muted", "--accent", "--accent-strong")
        if contrast_ratio(known[name], wash) < MIN_CONTRAST
    } == set()


def test_every_class_of_a_page_of_the_desk_is_in_a_style_sheet() -> None:
    styled = {name for sheet in SHEETS for name in re.findall(r"\.([a-z][\w-]*)", sheet.read_text())}
    plain = {
        (name, path.name)
        for path in sorted((TEMPLATES / "desk").rglob("*.html"))
        for words in re.findall(r'class="([^"]*)"', re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "\0", path.read_text()))
        for name in words.split()
        if "\0" not in name and name not in styled
    }
    assert plain == set()

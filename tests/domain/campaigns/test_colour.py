"""A campaign's accent: whatever colour is chosen, text in it and on it can be read."""

import math
from collections.abc import Callable

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from campaign.domain.campaigns.colour import (
    DARK_BACKGROUNDS,
    LIGHT_BACKGROUNDS,
    MIN_CONTRAST,
    Shades,
    _oklch,
    accent_palette,
    contrast_ratio,
    palette_css,
    read_accent,
)
from campaign.domain.common.invalid_input import InvalidInputError
from tests.domain.text_strategies import any_text

Test = Callable[..., None]

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
ENDS = ["#000000", "#ffffff", "#ffff00", "#0000ff", "#00ff00", "#ff0000", "#00ffff", "#ff00ff", "#808080", "#010101", "#fefefe"]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("#175676", "#175676"),
        ("#AbCdEf", "#abcdef"),
        (" #175676\n", "#175676"),
        ("#1Af", "#11aaff"),
        ("#000", "#000000"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_an_accent_is_read_in_long_and_short_form(typed: str, read: str) -> None:
    assert read_accent(typed) == read


@pytest.mark.parametrize(
    "text",
    ["175676", "#17567", "#1756767", "#12", "#17567g", "teal", "rgb(1,2,3)", "#", "#175676;x:y", "#１２３", "#abc\n#abc"],
)
def test_what_is_no_colour_is_refused_in_words(text: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_accent(text)
    assert str(refused.value) == "write a colour as # and six hexadecimal digits, as in #175676"


@given(any_text)
def test_reading_an_accent_accepts_or_refuses_and_never_fails(text: str) -> None:
    try:
        accent = read_accent(text)
    except InvalidInputError:
        return
    assert accent == "" or (len(accent) == 7 and accent[0] == "#" and int(accent[1:], 16) >= 0)


@pytest.mark.parametrize(
    ("a", "b", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#767676", "#ffffff", 4.54), ("#123456", "#123456", 1.0)],
)
def test_contrast_is_that_of_wcag(a: str, b: str, ratio: float) -> None:
    assert contrast_ratio(a, b) == contrast_ratio(b, a) == pytest.approx(ratio, abs=0.005)


def readable(shades: Shades, grounds: tuple[str, ...]) -> None:
    for accent in (shades.accent, shades.accent_strong):
        for ground in (*grounds, shades.on_accent):
            assert contrast_ratio(accent, ground) >= MIN_CONTRAST, (accent, ground)


def all_ends(test: Test) -> Test:
    for colour in ENDS:
        test = example(colour)(test)
    return test


@all_ends
@given(colours)
def test_any_accent_can_be_read_and_written_on_in_both_schemes(accent: str) -> None:
    readable(accent_palette(accent).light, LIGHT_BACKGROUNDS)
    readable(accent_palette(accent).dark, DARK_BACKGROUNDS)


@all_ends
@given(colours)
def test_the_stronger_accent_stands_out_further_from_its_ground(accent: str) -> None:
    light, dark = accent_palette(accent).light, accent_palette(accent).dark
    assert contrast_ratio(light.accent_strong, "#ffffff") > 1.1 * contrast_ratio(light.accent, "#ffffff")
    assert contrast_ratio(dark.accent_strong, "#000000") > 1.1 * contrast_ratio(dark.accent, "#000000")


@all_ends
@given(colours)
def test_the_hue_of_an_accent_stays(accent: str) -> None:
    _, chroma, hue = _oklch(accent)
    assume(chroma > 0.05)
    for shades in (accent_palette(accent).light, accent_palette(accent).dark):
        for shade in (shades.accent, shades.accent_strong):
            _, left, turned = _oklch(shade)
            # Near white and black little chroma is left, and rounding to a byte turns what is left a little.
            if left > 0.03:
                assert abs(math.remainder(turned - hue, math.tau)) < math.radians(6), (accent, shade)


@pytest.mark.parametrize("accent", ["#175676", "#b01a1a", "#1d7a40", "#5b2a86"])
def test_an_accent_that_can_be_read_as_it_is_stays_as_it_is(accent: str) -> None:
    assert accent_palette(accent).light.accent == accent


@pytest.mark.parametrize("accent", ["#86caec", "#ffbe5c", "#00ff00"])
def test_a_light_accent_stays_as_it_is_in_the_dark(accent: str) -> None:
    assert accent_palette(accent).dark.accent == accent
    assert accent_palette(accent).light.accent != accent


def test_a_palette_is_two_rules_of_custom_properties() -> None:
    light, dark = accent_palette("#175676").light, accent_palette("#175676").dark
    assert palette_css(accent_palette("#175676")) == (
        f":root{{--accent:#175676;--accent-strong:{light.accent_strong};--on-accent:#ffffff}}"
        "@media (prefers-color-scheme:dark){"
        f":root{{--accent:{dark.accent};--accent-strong:{dark.accent_strong};--on-accent:{dark.on_accent}}}}}"
    )

"""Whatever accent a campaign chooses, what is drawn with it can be read."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import campaign
from campaign.domain.campaigns.colour import MIN_CONTRAST, contrast_ratio
from campaign.rendering.colours import DEFAULT_ACCENT, MUTED_COLOUR, PAGE_COLOUR, TEXT_COLOUR, colour_scheme

colours = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@given(colours)
def test_words_on_and_in_any_accent_have_the_contrast_of_wcag(accent: str) -> None:
    found = colour_scheme(accent)
    assert contrast_ratio(found.on_background, found.background) >= MIN_CONTRAST
    assert contrast_ratio(found.muted_on_background, found.background) >= MIN_CONTRAST
    for paper in (PAGE_COLOUR, "#ffffff"):
        assert contrast_ratio(found.accent, paper) >= MIN_CONTRAST


def test_words_without_an_accent_have_it_too() -> None:
    assert contrast_ratio(TEXT_COLOUR, PAGE_COLOUR) >= MIN_CONTRAST
    assert contrast_ratio(MUTED_COLOUR, PAGE_COLOUR) >= MIN_CONTRAST
    assert contrast_ratio(MUTED_COLOUR, "#ffffff") >= MIN_CONTRAST


@pytest.mark.parametrize("accent", ["#ffd400", "#c8102e", "#00a19a", "#111111"])
def test_an_accent_that_words_can_be_read_on_stays_what_it_is(accent: str) -> None:
    assert colour_scheme(accent).background == accent


def test_a_campaign_without_an_accent_has_that_of_the_style_sheet() -> None:
    sheet = "".join(path.read_text() for path in sorted((Path(campaign.__file__).parent / "static" / "css").glob("*.css")))
    found = re.search(r"--accent:\s*(#[0-9a-f]{6})", sheet)
    assert found
    assert found[1] == DEFAULT_ACCENT

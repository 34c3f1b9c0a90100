"""Whatever accent a campaign chooses, what is drawn with it can be read."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import campaign
from campaign.domain.colour import AA, contrast
from campaign.drawing.colours import INK, MUTED, OURS, PAPER, scheme

colours = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@given(colours)
def test_words_on_and_in_any_accent_have_the_contrast_of_wcag(accent: str) -> None:
    found = scheme(accent)
    assert contrast(found.on_ground, found.ground) >= AA
    assert contrast(found.quiet_on_ground, found.ground) >= AA
    for paper in (PAPER, "#ffffff"):
        assert contrast(found.accent, paper) >= AA


def test_words_without_an_accent_have_it_too() -> None:
    assert contrast(INK, PAPER) >= AA
    assert contrast(MUTED, PAPER) >= AA
    assert contrast(MUTED, "#ffffff") >= AA


@pytest.mark.parametrize("accent", ["#ffd400", "#c8102e", "#00a19a", "#111111"])
def test_an_accent_that_words_can_be_read_on_stays_what_it_is(accent: str) -> None:
    assert scheme(accent).ground == accent


def test_a_campaign_without_an_accent_has_that_of_the_style_sheet() -> None:
    sheet = "".join(path.read_text() for path in sorted((Path(campaign.__file__).parent / "static" / "css").glob("*.css")))
    found = re.search(r"--accent:\s*(#[0-9a-f]{6})", sheet)
    assert found
    assert found[1] == OURS

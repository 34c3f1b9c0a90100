"""Corrections of a confirmed name: another spelling is taken, another person is not."""

import pytest

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.signatures.name_correction import read_name_correction

SPELLINGS = [
    ("Jon Smiht", "John Smith"),
    ("jane doe", "Jane Doe"),
    ("Siobhan O Neill", "Siobhán Ó Néill"),
    ("Jane", "Jane Smith"),
    ("Jane Smith", "Jane Mary Smith"),
    ("J Smith", "Jane Smith"),
    ("Smith Jane", "Jane Smith"),
    ("Li Wu", "Li Wo"),
    ("王明", "王朋"),
    ("王小明", "王曉明"),
    ("Мария Ивнова", "Мария Иванова"),
    ("محمد علي", "محمّد علي"),
    ("Ada Lovelace", "Ada Lovelace"),
]
OTHERS = [
    ("Jane Smith", "Robert Brown"),
    ("Anna Lee", "Bob Lee"),
    ("Jane Smith", "Jane"),
    ("王明", "李华"),
    ("Bo", "Jo Johnson"),
    ("A", "B"),
]


@pytest.mark.parametrize(("signed", "corrected"), SPELLINGS)
def test_another_spelling_is_taken(signed: str, corrected: str) -> None:
    assert read_name_correction(f"  {corrected} ", signed) == corrected


@pytest.mark.parametrize(("signed", "corrected"), OTHERS)
def test_another_name_is_refused_in_words_that_say_what_to_do(signed: str, corrected: str) -> None:
    with pytest.raises(InvalidInputError, match="withdraw this signature and sign again"):
        read_name_correction(corrected, signed)


@pytest.mark.parametrize("typed", ["", "Jane Smith www.win.com", "=Jane Smith", "Jane Smith 0207946000"])
def test_what_is_no_name_is_refused_as_in_the_form(typed: str) -> None:
    with pytest.raises(InvalidInputError):
        read_name_correction(typed, "Jane Smith")

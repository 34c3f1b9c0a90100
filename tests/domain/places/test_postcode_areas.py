"""Area that a supporter is shown to be from, and never more."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.places.countries import COUNTRIES
from campaign.domain.places.postcode import read_postcode
from campaign.domain.places.postcode_areas import POSTCODE_AREAS, area_name
from tests.domain.text_strategies import any_text

postcodes = st.from_regex(r"[A-PR-UWYZ][A-HK-Y]?[0-9][0-9]? [0-9][ABD-HJLNP-UW-Z]{2}", fullmatch=True)


def test_every_area_of_royal_mail_has_a_name() -> None:
    assert len(POSTCODE_AREAS) == 124
    assert all(re.fullmatch("[A-PR-UWYZ][A-HK-Y]?", letters) for letters in POSTCODE_AREAS)
    assert all(name == name.strip() and re.fullmatch(r"[A-Z][A-Za-z -]+", name) for name in POSTCODE_AREAS.values())


def test_an_area_is_told_by_the_letters_of_a_postcode() -> None:
    told = {letters: area_name(read_postcode(f"{letters}1 1AA", "GB"), "GB") for letters in POSTCODE_AREAS}
    assert told == dict(POSTCODE_AREAS)


@pytest.mark.parametrize(
    ("postcode", "name"),
    [
        ("SW1A 1AA", "London"),
        ("W1A 1HQ", "London"),
        ("WA1 1AA", "Warrington"),
        ("LS1 4AP", "Leeds"),
        ("L1 1AA", "Liverpool"),
        ("CF10 1EP", "Cardiff"),
        ("BT1 5GS", "Northern Ireland"),
        ("BFPO 57", "British Forces"),
        ("BF1 3AA", "British Forces"),
        ("B33 8TH", "Birmingham"),
        ("GIR 0AA", ""),
        ("BX1 1LT", "United Kingdom"),
        ("", "United Kingdom"),
    ],
)
def test_a_postcode_shows_its_area(postcode: str, name: str) -> None:
    assert area_name(postcode, "GB") == name


@pytest.mark.parametrize(
    ("postcode", "country", "name"),
    [("75001", "FR", "France"), ("", "IE", "Ireland"), ("SW1A 1AA", "US", "United States"), ("", "", ""), ("SW1A 1AA", "", "")],
)
def test_elsewhere_only_the_country_is_shown(postcode: str, country: str, name: str) -> None:
    assert area_name(postcode, country) == name


@given(postcodes)
def test_never_more_than_the_area_is_shown(postcode: str) -> None:
    letters = re.match("[A-Z]+", postcode)
    assert letters is not None
    shown = area_name(postcode, "GB")
    assert shown == area_name(f"{letters[0]}9 9ZZ", "GB")
    assert shown in {*POSTCODE_AREAS.values(), "British Forces", "United Kingdom"}


@given(any_text, st.sampled_from([*COUNTRIES, "", "XX"]))
def test_an_area_never_fails_and_never_repeats_what_was_typed(postcode: str, country: str) -> None:
    assert area_name(postcode, country) in {*POSTCODE_AREAS.values(), *COUNTRIES.values(), "British Forces", ""}

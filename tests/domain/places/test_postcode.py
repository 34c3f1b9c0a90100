"""Postcodes in every usual spelling, and the countries of ISO 3166-1."""

import string
import unicodedata

import pycountry
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.places.countries import COUNTRIES
from campaign.domain.places.postcode import read_country, read_postcode
from campaign.store.tables import signatures
from tests.domain.text_strategies import any_text, has_control_characters, likely_text

FULL = "Enter a full UK postcode, like SW1A 1AA."
DASHES = [chr(c) for c in range(0x20000) if unicodedata.category(chr(c)) == "Pd"] + ["\u2212", "\u00ad"]


def uk(text: str) -> str:
    return read_postcode(text, "GB")


def refusal(text: str, country: str = "GB") -> str:
    with pytest.raises(InvalidInputError) as refused:
        read_postcode(text, country)
    return str(refused.value)


@pytest.mark.parametrize(
    "postcode",
    [
        "M1 1AE", "B33 8TH", "CR2 6XH", "DN55 1PT", "W1A 1HQ", "EC1A 1BB", "SW1A 1AA", "N1C 4AG", "NW1W 8JR", "E1W 1AA",
        "BT1 5GS", "ZE1 0AA", "BX1 1LT", "BF1 3AA", "GIR 0AA",
    ],
)  # fmt: skip
def test_every_shape_of_postcode_is_accepted(postcode: str) -> None:
    assert uk(postcode) == postcode


@pytest.mark.parametrize(
    "typed",
    [
        "SW1A 1AA",
        "sw1a 1aa",
        "sw1a1aa",
        "Sw1A1aA",
        "  SW1A   1AA\t",
        "S W 1 A 1 A A",
        "SW1A\u00a01AA",
        "SW1A\u20091AA",
        "SW1A.1AA",
        "SW1A,1AA",
        "SW1A/1AA",
        "(SW1A 1AA)",
        "SW1A_1AA",
        "ＳＷ１Ａ　１ＡＡ",
        "ｓｗ１ａ１ａａ",
        "SW1A\u200b1AA",
    ],
)
def test_a_postcode_is_read_in_any_usual_spelling(typed: str) -> None:
    assert uk(typed) == "SW1A 1AA"


@pytest.mark.parametrize("dash", DASHES, ids=[f"U+{ord(dash):04X}" for dash in DASHES])
def test_a_dash_of_any_kind_may_stand_in_a_postcode(dash: str) -> None:
    assert uk(f"SW1A{dash}1AA") == uk(f"sw1a {dash} 1aa") == "SW1A 1AA"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("BFPO 57", "BFPO 57"),
        ("bfpo57", "BFPO 57"),
        ("BFPO c/o 57", "BFPO 57"),
        ("BFPO 0801", "BFPO 801"),
        ("B F P O - 1", "BFPO 1"),
    ],
)
def test_forces_may_sign_by_their_bfpo_number(typed: str, read: str) -> None:
    assert uk(typed) == read


@pytest.mark.parametrize("text", ["SW1A", "M1", "EC1A 1", "SW1A 1A", "BFPO", "1AA"])
def test_half_a_postcode_is_refused(text: str) -> None:
    assert refusal(text) == FULL


@pytest.mark.parametrize(
    "text",
    [
        "90210",
        "75001 Paris",
        "QW1 1AA",  # no area begins with Q, V or X
        "VA1 1AA",
        "XA1 1AA",
        "SI1 1AA",  # nor has I, J or Z second
        "SW1A 1CA",  # C, I, K, M, O and V are never in the second half
        "SW1A 1AI",
        "SW1I 1AA",
        "SW1A 11AA",
        "SW1A 1AA SW1A 1AA",
        "GIR 0AB",
        "BFPO 12345",
        "ЅW1A 1AA",  # its first letter is Cyrillic
        "SW1A 1AÄ",
        "SW1A 1AA" + " " * 20 + ".",
        "no postcode",
    ],
)
def test_what_is_no_postcode_is_refused(text: str) -> None:
    assert refusal(text) == FULL


@pytest.mark.parametrize("text", ["", "  ", "\t", "---", "\x00"])
def test_an_empty_postcode_is_asked_for(text: str) -> None:
    assert refusal(text) == "Enter your postcode, like SW1A 1AA."
    if not text.strip():
        assert refusal(text, "FR") == "Enter your postcode."


@pytest.mark.parametrize(
    ("country", "typed", "read"),
    [
        ("FR", "75001", "75001"),
        ("US", "90210-1234", "90210-1234"),
        ("NL", " 1012  ab ", "1012 AB"),
        ("IE", "d02 x285", "D02 X285"),
        ("CA", "k1a\u00a00b1", "K1A 0B1"),
        ("JP", "１００-０００１", "100-0001"),
        ("BR", "01310-100", "01310-100"),
        ("IR", "1193653471", "1193653471"),
        ("", "sw1a 1aa", "SW1A 1AA"),
    ],
)
def test_elsewhere_a_postcode_is_kept_as_typed_in_upper_case(country: str, typed: str, read: str) -> None:
    assert read_postcode(typed, country) == read


@pytest.mark.parametrize("text", ["1234567890123", "=1+1", "-1", "12;34", "12\x0034", "@home", "<b>", "\ud800"])
def test_elsewhere_what_is_no_postcode_is_refused(text: str) -> None:
    assert refusal(text, "FR") == "Enter a postcode of at most 12 letters, digits and spaces."


@given(any_text | likely_text, st.sampled_from(["GB", "FR", "US", ""]))
def test_reading_a_postcode_accepts_or_refuses_and_never_fails(text: str, country: str) -> None:
    try:
        postcode = read_postcode(text, country)
    except InvalidInputError:
        return
    assert 0 < len(postcode) <= signatures.c.postcode.type.length
    assert not has_control_characters(postcode)


@given(st.text(string.ascii_letters + string.digits + " -－ß\u01c5\u0149王αﬁ٣Ⅷ", max_size=16), st.sampled_from(["GB", "FR"]))
def test_a_postcode_read_twice_is_the_same(text: str, country: str) -> None:
    try:
        once = read_postcode(text, country)
    except InvalidInputError:
        assume(False)
    assert read_postcode(once, country) == once


@given(st.from_regex(r"[A-PR-UWYZ][A-HK-Y]?[0-9][0-9]? ?[0-9][ABD-HJLNP-UW-Z]{2}", fullmatch=True))
def test_a_postcode_is_the_same_in_either_case(postcode: str) -> None:
    read = uk(postcode)
    assert uk(postcode.lower()) == read == uk(postcode.replace(" ", ""))
    assert read.replace(" ", "") == postcode.replace(" ", "")
    assert read[-4] == " "


def test_the_countries_are_those_of_iso_3166_and_kosovo() -> None:
    assert set(COUNTRIES) == {country.alpha_2 for country in pycountry.countries} | {"XK"}
    assert COUNTRIES["XK"] == "Kosovo"


def test_names_are_written_out_as_people_look_for_them() -> None:
    assert not [name for name in COUNTRIES.values() if "&" in name or "." in name or "SAR" in name]
    names = {code: COUNTRIES[code] for code in ("AG", "CI", "HK", "LC", "PS", "ST", "VC", "VI")}
    assert names == {
        "AG": "Antigua and Barbuda", "CI": "Côte d’Ivoire", "HK": "Hong Kong", "LC": "Saint Lucia", "PS": "Palestine",
        "ST": "São Tomé and Príncipe", "VC": "Saint Vincent and the Grenadines", "VI": "United States Virgin Islands",
    }  # fmt: skip


def test_each_country_has_a_name_of_its_own() -> None:
    assert all(name == name.strip() and name for name in COUNTRIES.values())
    assert len(set(COUNTRIES.values())) == len(COUNTRIES)


def test_the_countries_carry_their_own_names() -> None:
    names = {code: COUNTRIES[code] for code in ("GB", "FR", "DE", "IE", "US", "AT", "AU", "CH", "CN")}
    assert names == {
        "GB": "United Kingdom", "FR": "France", "DE": "Germany", "IE": "Ireland", "US": "United States", "AT": "Austria",
        "AU": "Australia", "CH": "Switzerland", "CN": "China",
    }  # fmt: skip


def test_a_country_is_read_in_either_case() -> None:
    assert [code for code in COUNTRIES if not read_country(f" {code.lower()} ") == read_country(code) == code] == []


@pytest.mark.parametrize("code", ["UK", "XX", "EU", "ZZ", "GBR", "G", "United Kingdom", "G\x00", "ＧＢ", "\ud800"])
def test_a_country_that_is_none_is_refused(code: str) -> None:
    with pytest.raises(InvalidInputError, match=r"^Choose a country from the list\.$"):
        read_country(code)


@pytest.mark.parametrize("code", ["", "  "])
def test_no_country_is_asked_for(code: str) -> None:
    with pytest.raises(InvalidInputError, match=r"^Choose your country\.$"):
        read_country(code)

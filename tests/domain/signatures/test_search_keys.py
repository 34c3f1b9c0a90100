"""Keys that signatures are found by."""

import pytest

from campaign.domain.places.postcode_areas import POSTCODE_AREAS, area_name, postcode_area
from campaign.domain.signatures.search_keys import MAX_NAME_KEY_LENGTH, email_domain, name_key, surname_key


@pytest.mark.parametrize(
    ("name", "key", "surname"),
    [
        ("Ada Lovelace", "ada lovelace", "lovelace"),
        ("Siân Ó Súilleabháin", "sian o suilleabhain", "suilleabhain"),
        ("STRAẞE Groß", "strasse gross", "gross"),
        ("Łukasz  Wójcik", "lukasz wojcik", "wojcik"),
        ("Bjørn Sørensen", "bjorn sorensen", "sorensen"),
        ("O’Neil", "o'neil", "o'neil"),
        ("Γιώργος ΓΕΩΡΓΊΟΥ", "γιωργοσ γεωργιου", "γεωργιου"),
        ("Иванов", "иванов", "иванов"),
        ("王 小明", "王 小明", "小明"),
        ("Cher", "cher", "cher"),
        ("", "", ""),
    ],
)
def test_names_are_found_without_case_and_accents(name: str, key: str, surname: str) -> None:
    assert (name_key(name), surname_key(name)) == (key, surname)


def test_a_name_that_grows_when_folded_still_fits() -> None:
    assert len(name_key("ß" * 120)) == len(surname_key("ß" * 120)) == MAX_NAME_KEY_LENGTH


def test_the_domain_is_what_follows_the_last_at() -> None:
    assert email_domain('"a@b"@example.org') == "example.org"


@pytest.mark.parametrize(
    ("postcode", "country", "letters"),
    [
        ("SW1A 1AA", "GB", "SW"),
        ("B1 1AA", "GB", "B"),
        ("BFPO 12", "GB", "BF"),
        ("BF1 2AA", "GB", "BF"),
        ("GIR 0AA", "GB", ""),
        ("", "GB", ""),
        ("75001", "FR", ""),
        ("SW1A 1AA", "", ""),
    ],
)
def test_the_area_is_the_letters_of_a_british_postcode(postcode: str, country: str, letters: str) -> None:
    assert postcode_area(postcode, country) == letters


def test_every_area_that_has_a_name_is_found_by_its_letters() -> None:
    for letters, name in POSTCODE_AREAS.items():
        assert postcode_area(f"{letters}1 1AA", "GB") == letters
        assert area_name(f"{letters}1 1AA", "GB") == name

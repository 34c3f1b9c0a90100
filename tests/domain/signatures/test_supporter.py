"""The name a campaign's page shows of a supporter who chose to be public."""

import pytest
from hypothesis import assume, example, given

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.signatures.names import read_name
from campaign.domain.signatures.supporter import MAX_SHOWN_NAME_LENGTH, first_name
from tests.domain.text_strategies import any_text, likely_text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada Lovelace", "Ada"),
        ("Anne-Marie Duff", "Anne-Marie"),
        ("Jean-Luc d’Arcy", "Jean-Luc"),
        ("Siân Llŷr ap Gwilym", "Siân"),
        ("Nguyễn Thị Minh Khai", "Nguyễn"),
        ("Владимир Щукин", "Владимир"),
        ("علی\u200cرضا احمدی", "علی\u200cرضا"),
        ("عبد الله بن عمر", "عبد الله"),
        ("क्ष\u200dरा शर्मा", "क्ष\u200dरा"),
        ("X Æ A-12", "X"),
        ("ʻAʻapueo Kealoha", "ʻAʻapueo"),
        ("Ada & Charles", "Ada"),
        ("Y Thanh", "Y"),
        ("The Anh Tran", "The"),
        ("“Bob” Jones", "Bob"),
        ("(Ann) Jones", "Ann"),
        ("St John Smith", "St John"),
        ("St.John Smith", "St.John"),
    ],
)
def test_a_supporter_is_shown_by_first_name(name: str, shown: str) -> None:
    assert first_name(name) == shown


@pytest.mark.parametrize("name", ["Sukarno", "U", "王小明", "김민준", "さくら・田中", "Anne-Marie"])
def test_a_name_of_one_word_is_shown_whole(name: str) -> None:
    assert first_name(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Dr Ann Jones", "Ann"),
        ("DR. Ann Jones", "Ann"),
        ("Dr.Ann Jones", "Ann"),
        ("mr john smith", "john"),
        ("Prof. Dr. Anna Weber", "Anna"),
        ("Cllr Mrs Mary Rees", "Mary"),
        ("The Rev’d Jo Smith (vicar)", "Jo"),
        ("The Very Revd Jo Smith", "Jo"),
        ("The Rt Hon. the Lord Foulkes", "Foulkes"),
        ("Mr and Mrs Smith", "Smith"),
        ("Mr & Mrs Smith", "Smith"),
        ("Y Parch. Siôn Rhys", "Siôn"),
        ("Sister Mary", "Mary"),
        ("Capt. Tom Moore", "Tom"),
        ("Ann Lord", "Ann"),
        ("Col Smith", "Col"),
        ("Dr. Martin Luther King, Jr.", "Martin"),
    ],
)
def test_honorifics_are_no_first_names(name: str, shown: str) -> None:
    assert first_name(name) == shown


@pytest.mark.parametrize("name", ["Dame", "Mr.", "Prof Dr", "Major"])
def test_somebody_who_is_called_like_an_honorific_is_shown_all_the_same(name: str) -> None:
    assert first_name(name) == name.split(maxsplit=1)[0]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Smith, Ann", "Ann"),
        ("SMITH,Ann Mary", "Ann"),
        ("Smith, Dr Ann", "Ann"),
        ("van der Berg, Ann", "Ann"),
        ("King, Martin Luther, Jr.", "Martin"),
        ("King, Jr., Martin Luther", "Martin"),
        ("Ann Jones, PhD", "Ann"),
        ("Ann Jones MBE, BSc MA", "Ann"),
        ("Ann Jones, Dr", "Ann"),
        ("Ann Jones,", "Ann"),
        (", Ann", "Ann"),
    ],
)
def test_a_family_name_before_a_comma_is_not_the_first_name(name: str, shown: str) -> None:
    assert first_name(name) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [("A. Smith", "A."), ("A Smith", "A"), ("J. R. R. Tolkien", "J."), ("J.R.R. Tolkien", "J.R.R."), ("Dr A. Smith", "A.")],
)
def test_an_initial_is_shown_rather_than_the_family_name_behind_it(name: str, shown: str) -> None:
    assert first_name(name) == shown


def test_a_long_name_is_cut_and_says_so() -> None:
    assert first_name("a" * 40) == "a" * 40
    assert first_name("a" * 41) == "a" * 39 + "…"
    # Not between a letter and its marks.
    assert first_name("a" * 38 + "e\u0316\u0317" + "a" * 20) == "a" * 38 + "…"


@given(any_text | likely_text)
@example("A" + "\u093e" * 100)
@example("Dr. &")
@example("Mr the")
def test_every_name_that_was_accepted_has_something_to_show(text: str) -> None:
    try:
        name = read_name(text)
    except InvalidInputError:
        assume(False)
    shown = first_name(name)
    assert 0 < len(shown) <= MAX_SHOWN_NAME_LENGTH
    assert shown.strip() == shown
    assert shown.removesuffix("…").strip(".") in name


@given(any_text)
def test_a_first_name_never_fails(text: str) -> None:
    assert len(first_name(text)) <= MAX_SHOWN_NAME_LENGTH

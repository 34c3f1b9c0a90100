"""Names and comments: any script, and nothing that would harm who reads the list later."""

import unicodedata

import pytest
from hypothesis import assume, example, given

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.signatures.names import MAX_COMMENT_LENGTH, MAX_NAME_LENGTH, read_comment, read_name
from campaign.store.tables import signatures
from tests.domain.text_strategies import any_text, has_control_characters, likely_text

UNSHOWABLE_NAME = "Your name contains characters that cannot be shown. Type it again."


def refusal(text: str) -> str:
    with pytest.raises(InvalidInputError) as refused:
        read_name(text)
    return str(refused.value)


def comment_refusal(text: str) -> str:
    with pytest.raises(InvalidInputError) as refused:
        read_comment(text)
    return str(refused.value)


@pytest.mark.parametrize(
    "name",
    [
        "Ada Lovelace",
        "Zoë Kravitz",
        "José Ñáñez Müller-Ångström",
        "Þórdís Ægisdóttir",
        "Nguyễn Thị Minh Khai",
        "Siân Llŷr ap Gwilym",
        "Sinéad O’Brien",
        "Shaun O'Brien",
        "Dara Ó Briain",
        "Jean-Luc d’Arcy",
        "Anne-Marie",
        "王小明",
        "محمد بن سلمان",
        "פלוני אלמוני",
        "क्ष\u200dरा शर्मा",
        "علی\u200cرضا",
        "தமிழ்ச்செல்வி",
        "ศิริชัย",
        "Ελένη Παπαδοπούλου",
        "Владимир Щукин",
        "Ქეთევან",
        "አበበ ቢቂላ",
        "김민준",
        "さくら・田中",
        "Sukarno",
        "U",
        "Dr. Martin Luther King, Jr.",
        "Elizabeth II",
        "X Æ A-12",
        "St.John Smith",
        "The Rev’d J. Smith (vicar)",
        "Ngũgĩ wa Thiong’o",
        "ʻAʻapueo",
        "Ada & Charles",
    ],
)
def test_a_name_may_be_written_in_any_script(name: str) -> None:
    assert read_name(name) == unicodedata.normalize("NFC", name)


def test_a_name_put_together_from_marks_is_the_same_as_one_in_whole_letters() -> None:
    assert read_name("Zoe\u0308") == read_name("Zo\u00eb") == "Zo\u00eb"


@pytest.mark.parametrize(
    "typed", ["  Ada  Lovelace ", "Ada\tLovelace", "Ada\u00a0Lovelace", "\u3000Ada\u3000\u3000Lovelace", "Ada Lovelace\r\n"]
)
def test_white_space_in_a_name_becomes_single_spaces(typed: str) -> None:
    assert read_name(typed) == "Ada Lovelace"


@pytest.mark.parametrize(
    "typed",
    [
        "\u200eAda Lovelace\u200f",
        "\ufeffAda Lovelace",
        "Ada Love\u00adlace",
        "\u200e Ada Lovelace",
        "\u2068Ada Lovelace\u2069",
        "\u061cAda Lovelace",
        "Ada\u200b Love\u200blace",
        "\u202aAda Lovelace\u202c",
        "Ada\u202e Lovelace",
        "Ada\u2060 Lovelace",
        "Ada Lovelace\U000e0041",
    ],
)
def test_invisible_marks_that_come_with_pasted_text_are_dropped(typed: str) -> None:
    assert read_name(typed) == "Ada Lovelace"


@pytest.mark.parametrize("text", ["", "   ", "\t\n", "\u3000", "\ufeff", "\u200e \u200f"])
def test_an_empty_name_is_asked_for(text: str) -> None:
    assert refusal(text) == "Enter your name."


@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
@pytest.mark.parametrize("before", ["", "  ", "\u200e", "\ufeff\t"])
def test_a_name_that_begins_like_a_formula_is_refused(lead: str, before: str) -> None:
    assert refusal(f"{before}{lead}SUM(A1:A9)") == "Your name cannot begin with =, +, - or @."


@pytest.mark.parametrize(
    "text",
    [
        "Ada https://example.net",
        "http://example.net",
        "www.example.net",
        "WWW.Example.net Ada",
        "Visit pills.com now",
        "cheap-pills.CO.UK",
        "ftp://x",
        "Claim your £500 at bit.ly/nhs500",
        "see t.me/freemoney",
        "evil。com",
        "freemoney.shop",
        "go to evil.shop now",
        "EVIL.COM",
    ],
)
def test_a_name_cannot_be_a_link(text: str) -> None:
    assert refusal(text) == "Your name cannot contain a web address."


@pytest.mark.parametrize("text", ["Call 0906 123 4567", "win £500", "500€ for you", "ann@example"])
def test_a_name_is_no_telephone_number_price_or_address(text: str) -> None:
    assert refusal(text) == "Enter your name only, without numbers, prices or addresses."


@pytest.mark.parametrize(
    "text",
    [
        "J.Top", "Dr.Ru", "Mehmet.Top", "j.smith", "dr.singh", "Mr.smith", "J.R.R. Tolkien", "A.B.Smith", "St.John Smith",
        "Anne.Marie Top", "Henry 8th", "Smith/Jones", "Ann Smith M.Sc.",
    ],
)  # fmt: skip
def test_initials_titles_and_dotted_names_are_names(text: str) -> None:
    assert read_name(text) == text


@pytest.mark.parametrize("text", ["12345", "...", "'", "🙂🙂", "´", "(((", "\u200d"])
def test_a_name_has_at_least_one_letter(text: str) -> None:
    assert refusal(text) == "Enter your name in letters, in any script."


@pytest.mark.parametrize(
    "character",
    [
        "\x00",
        "\x07",
        "\x1b",
        "\x7f",
        "\x85",
        "\n",
        "\r",
        "\ufffd",
        chr(0xD800),
        "\ue000",
        "\uffff",
    ],
)
def test_a_name_with_characters_that_cannot_be_shown_is_refused(character: str) -> None:
    assert refusal(f"Ada{character}Lovelace") == UNSHOWABLE_NAME


def test_a_name_cannot_spill_over_the_page() -> None:
    assert read_name("a" + "\u0316\u0317\u0318\u0319")
    assert refusal("a" + "\u0316\u0317\u0318\u0319\u031c") == UNSHOWABLE_NAME
    # Three characters, each of which is two marks once it is normalised.
    assert refusal("a" + "\u0344" * 3) == UNSHOWABLE_NAME


def test_a_name_has_120_characters_at_most() -> None:
    assert len(read_name("王" * MAX_NAME_LENGTH)) == 120
    assert read_name("  " + "a" * MAX_NAME_LENGTH + "  ") == "a" * 120
    assert refusal("a" * (MAX_NAME_LENGTH + 1)) == "Your name must be 120 characters or fewer."
    # Decomposed letters count as people count them.
    assert read_name("e\u0301" * 120) == "é" * 120


@pytest.mark.parametrize("text", ["", "  ", "\r\n\r\n", "\ufeff", "\u200e \u200f"])
def test_no_comment_is_no_comment(text: str) -> None:
    assert read_comment(text) == ""


def test_a_comment_keeps_its_lines() -> None:
    assert read_comment("  One.\r\nTwo.\rThree.\n\nFour.\t5 \n") == "One.\nTwo.\nThree.\n\nFour.\t5"


@pytest.mark.parametrize(
    "comment", ["=1+1 is 2", "- because", "@council: no", "+1", "'quoted'", "🙂", "12", "<b>bold</b>", "ძალიან კარგი"]
)
def test_a_comment_may_begin_and_look_as_it_likes(comment: str) -> None:
    assert read_comment(comment) == comment


def test_a_comment_has_500_characters_at_most_and_says_how_many_it_has() -> None:
    assert read_comment("e\u0301" * MAX_COMMENT_LENGTH) == "é" * 500
    assert comment_refusal("a" * 501) == "Your comment must be 500 characters or fewer. It has 501."
    # A browser sends each line break as two characters and counts it as one.
    assert len(read_comment("a\r\n" * 250)) == 499


@pytest.mark.parametrize("text", ["see https://example.net", "www.example.net", "WwW.example.net"])
def test_a_comment_cannot_contain_a_web_address(text: str) -> None:
    assert comment_refusal(text) == "Your comment cannot contain a web address."


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x0c", "\x1b", "\x85", "\ue000", "\uffff", chr(0xDFFF), "\U0010ffff"])
def test_what_cannot_be_shown_is_dropped_from_a_comment(character: str) -> None:
    assert read_comment(f"It is{character} old") == "It is old"


def test_a_comment_cannot_spill_over_the_page() -> None:
    assert read_comment("a" + "\u0316" * 40 + "b") == "a" + "\u0316" * 4 + "b"


# Of Unicode 15 to 17: no interpreter in use knows all of them. An emoji, letters of Garay and Sidetic, and what is free so far.
@pytest.mark.parametrize("young", ["\U0001fae9", "\U0001fac8", "\U00010d50\U00010d51", "\U00010940\U00010941", "\U0003fffd"])
def test_what_is_younger_than_the_interpreter_is_taken(young: str) -> None:
    assert read_comment(f"Diolch {young}") == f"Diolch {young}"
    assert read_name(f"Ada {young}") == f"Ada {young}"


@pytest.mark.parametrize("flag", ["gbwls", "gbsct", "gbeng"])
def test_the_flags_of_wales_scotland_and_england_are_kept_in_a_comment(flag: str) -> None:
    emoji = "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in flag) + "\U000e007f"
    assert read_comment(f"Diolch {emoji}!") == f"Diolch {emoji}!"
    assert read_comment(f"Diolch{emoji[1:]}!") == "Diolch!", "without the flag they are invisible"
    assert read_name(f"Ada {emoji[1:]}Lovelace") == "Ada Lovelace"


@given(any_text | likely_text)
@example("a" + "\u0344" * 3)
@example("a\u200e =b")
def test_reading_a_name_accepts_or_refuses_and_never_fails(text: str) -> None:
    try:
        name = read_name(text)
    except InvalidInputError:
        return
    assert 0 < len(name) <= signatures.c.name.type.length
    assert not has_control_characters(name)
    assert unicodedata.is_normalized("NFC", name)
    assert not name.startswith(tuple("=+-@\t\r\x00＝＋－＠"))
    assert name == " ".join(name.split())


@given(likely_text)
@example("a" + "\u0344" * 2)
@example("\u0958" * 5)
def test_a_name_read_twice_is_the_same(text: str) -> None:
    try:
        once = read_name(text)
    except InvalidInputError:
        assume(False)
    assert read_name(once) == once


@given(any_text | likely_text)
def test_reading_a_comment_accepts_or_refuses_and_never_fails(text: str) -> None:
    try:
        comment = read_comment(text)
    except InvalidInputError:
        return
    assert len(comment) <= signatures.c.comment.type.length
    assert not has_control_characters(comment, allowed="\n\t")
    assert unicodedata.is_normalized("NFC", comment)


@given(likely_text)
@example("\u200e a")
@example("a\r\u200e\n")
@example("a" + "\u0344" * 3)
def test_a_comment_read_twice_is_the_same(text: str) -> None:
    try:
        once = read_comment(text)
    except InvalidInputError:
        assume(False)
    assert read_comment(once) == once

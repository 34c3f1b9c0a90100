"""Searching by words: what is looked for and what it is looked for in are folded alike, whatever is typed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.common.text_folding import FOLDED_LETTERS, MAX_QUERY_LENGTH, fold_text, query_words
from tests.domain.text_strategies import any_text, likely_text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Save the Pond", "save the pond"),
        ("  Save\tthe\r\n\n pond\u00a0", "save the pond"),
        ("Llŷn", "llyn"),
        ("Lly\u0302n", "llyn"),
        ("ŴYDD", "wydd"),
        ("Straße", "strasse"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("İstanbul", "istanbul"),
        ("Ångström", "angstrom"),
        ("ﬁsh", "fish"),
        ("ＰＯＮＤ", "pond"),
        ("𝐏𝐨𝐧𝐝 ℌall", "pond hall"),
        ("№ 7 ™", "no 7 tm"),
        ("Łukasz Wróbel", "lukasz wrobel"),
        ("Bjørn Æsir Þórðardóttir", "bjorn aesir thordardottir"),
        ("Đặng Ħal Œuvre Iŋgá", "dang hal oeuvre inga"),
        ("Əliyev IŞIK ışık", "eliyev isik isik"),
        ("Mary‑Jane O’Neil", "mary-jane o'neil"),
        ("保护池塘", "保护池塘"),
        ("pond\x00life", "pond life"),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_case_and_accents_do_not_matter(text: str, plain: str) -> None:
    assert fold_text(text) == plain


@pytest.mark.parametrize(("letter", "plain"), FOLDED_LETTERS.items())
def test_every_letter_of_the_table_is_folded_in_both_cases_and_for_good(letter: str, plain: str) -> None:
    for typed in {letter, letter.upper(), letter.capitalize()}:
        assert fold_text(f"a{typed}a") == f"a{plain}a"
    assert fold_text(plain) == plain
    # One that case folding or NFKD did away with would stand in the table in vain.
    decomposed = unicodedata.normalize("NFKD", letter).casefold()
    assert decomposed == letter
    assert not unicodedata.combining(letter)


def test_no_letter_that_people_write_names_with_is_left_in_a_word_of_latin_letters() -> None:
    left = {letter for code in range(0xC0, 0x180) if (letter := chr(code)).isalpha() and not fold_text(letter).isascii()}
    assert left == set()


def test_texts_are_searched_as_one_and_their_words_do_not_run_together() -> None:
    assert fold_text("Save the pond", "", "The council ", "Keep it.") == "save the pond the council keep it."


@pytest.mark.parametrize(
    ("query", "looked_for"),
    [
        ("", ()),
        ("   ", ()),
        ("\u0301", ()),
        ("Pond", ("pond",)),
        ("the pond, THE Pŵll", ("the", "pond,", "pwll")),
        ("pond pond POND", ("pond",)),
        ("100% _", ("100%", "_")),
        ("a b c d e f g h i j", ("a", "b", "c", "d", "e", "f", "g", "h")),
        ("x" * 200, ("x" * MAX_QUERY_LENGTH,)),
        ("pond\x00life", ("pond", "life")),
    ],
)
def test_each_word_of_a_query_is_looked_for_once(query: str, looked_for: tuple[str, ...]) -> None:
    assert query_words(query) == looked_for


@given(any_text | likely_text)
def test_what_is_folded_is_folded_for_good(text: str) -> None:
    once = fold_text(text)
    assert fold_text(once) == once
    assert "\x00" not in once
    assert not any(unicodedata.combining(character) for character in once)


@given(st.lists(any_text | likely_text, max_size=4), any_text | likely_text)
def test_a_text_is_found_by_any_of_its_own_words(texts: list[str], text: str) -> None:
    searched = fold_text(*texts, text)
    for word in text.split():
        for looked_for in query_words(word[:MAX_QUERY_LENGTH]):
            assert looked_for in searched


@given(any_text | likely_text)
def test_a_query_is_a_few_words_whatever_is_typed(text: str) -> None:
    found = query_words(text * 20)
    assert len(found) <= 8
    assert len(set(found)) == len(found)
    assert all(word and word == fold_text(word) for word in found)

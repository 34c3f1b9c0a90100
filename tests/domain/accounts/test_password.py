"""Rules for passwords."""

import unicodedata

import pytest

from campaign.domain.accounts.common_passwords import COMMON_PASSWORDS
from campaign.domain.accounts.password import MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, normalised_password, read_password
from campaign.domain.common.invalid_input import InvalidInputError


def read(typed: str) -> str:
    return read_password(typed, "mary.seacole@campaign.example", "Mary Jane Seacole")


@pytest.mark.parametrize(
    "typed", ["four words nobody puts together", "x9!kTz0@pLq3", "пароль которого нет", "  spaces count too  ", "aB3$x" * 40]
)
def test_a_long_password_is_taken_as_it_is(typed: str) -> None:
    assert read(typed) == typed


@pytest.mark.parametrize("typed", ["", "short", "elevenchars", "é" * 11])
def test_a_short_password_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInputError):
        read(typed)


def test_a_password_may_be_as_long_as_a_sentence_and_no_longer() -> None:
    assert read("abcdefgh0 " * (MAX_PASSWORD_LENGTH // 10))
    with pytest.raises(InvalidInputError, match=str(MAX_PASSWORD_LENGTH)):
        read("abcdefgh0 " * (MAX_PASSWORD_LENGTH // 10) + "x")


@pytest.mark.parametrize(
    "typed", ["password1234", "PassWord1234", "pass word 1234", "ｐａｓｓｗｏｒｄ１２３４", "1q2w3e4r5t6y", "administrator"]
)
def test_what_is_tried_first_is_refused_however_it_is_written(typed: str) -> None:
    with pytest.raises(InvalidInputError, match="tried first"):
        read(typed)


@pytest.mark.parametrize("typed", ["aaaaaaaaaaaaaa", "abababababab", "1212121212121212"])
def test_a_few_signs_over_and_over_are_refused(typed: str) -> None:
    with pytest.raises(InvalidInputError):
        read(typed)


@pytest.mark.parametrize(
    "typed",
    ["mary.seacole@campaign.example", "MARY.SEACOLE", "Mary Jane Seacole", "maryjaneseacole", "Mary.Seacole@Campaign.Example"],
)
def test_ones_own_address_or_name_is_no_password(typed: str) -> None:
    with pytest.raises(InvalidInputError):
        read(typed)


def test_two_ways_to_write_a_letter_are_one_password() -> None:
    composed = "café crème brûlée"
    decomposed = unicodedata.normalize("NFD", composed)
    assert composed != decomposed
    assert read(decomposed) == read(composed) == normalised_password(decomposed)


def test_the_list_holds_only_what_would_be_long_enough_otherwise() -> None:
    assert len(COMMON_PASSWORDS) >= 100
    assert [one for one in COMMON_PASSWORDS if len(one) < MIN_PASSWORD_LENGTH - 1 or one != one.casefold()] == []

"""Codes: how recovery codes are written and read, and which codes of an app count at a moment."""

import string
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.accounts.second_factor import (
    RECOVERY_CODE_BYTES,
    format_recovery_code,
    read_app_code,
    read_recovery_code,
    recovery_code_hash,
    totp_steps,
)
from tests.support.factories import START_TIME


@given(st.binary(min_size=RECOVERY_CODE_BYTES, max_size=RECOVERY_CODE_BYTES))
def test_a_recovery_code_is_read_as_it_was_written_and_holds_eighty_bits(chance: bytes) -> None:
    code = format_recovery_code(chance)
    assert len(code) == 19
    assert set(code) <= set(string.ascii_lowercase + "234567-")
    assert RECOVERY_CODE_BYTES * 8 >= 80
    for typed in (code, code.upper(), code.replace("-", ""), code.replace("-", " "), f"  {code} ", code.replace("o", "0")):
        assert read_recovery_code(typed) == code.replace("-", "")
        assert recovery_code_hash(typed) == recovery_code_hash(code)


def test_two_recovery_codes_have_two_hashes() -> None:
    codes = [format_recovery_code(bytes([number]) * RECOVERY_CODE_BYTES) for number in range(200)]
    assert len(set(map(recovery_code_hash, codes))) == 200


@pytest.mark.parametrize(
    "typed", ["", "123456", "abcd-efgh", "abcd-efgh-ijkl-mnop-q", "abcd-efgh-ijkl-mn9p", "äbcd-efgh-ijkl-mnop"]
)
def test_what_is_no_recovery_code_is_not_read_as_one(typed: str) -> None:
    assert read_recovery_code(typed) == ""


@pytest.mark.parametrize("typed", ["123456", "123 456", " 123-456 ", "1 2 3 4 5 6", "000000"])
def test_six_digits_are_an_apps_code_however_they_are_typed(typed: str) -> None:
    assert len(read_app_code(typed)) == 6


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "１２３４５６", "١٢٣٤٥٦", "12345a", "\x00123456"])
def test_anything_else_is_no_code_of_an_app(typed: str) -> None:
    assert read_app_code(typed) == ""


def test_the_code_of_now_the_one_before_and_the_one_after_count() -> None:
    now, before, after = totp_steps(START_TIME)
    assert (before, after) == (now - 1, now + 1)
    assert totp_steps(START_TIME + timedelta(seconds=30))[0] == now + 1

"""Reasons: one line, bounded, without characters that nobody sees."""

import pytest

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.common.reason import read_reason


def test_a_reason_is_one_line_of_visible_characters() -> None:
    assert read_reason("  We\x00 have\r\n\twon.\u202e ", 20) == "We have won."
    assert read_reason("خودمان ۵٪", 9) == "خودمان ۵٪"


@pytest.mark.parametrize("text", ["", " \n", "\x00\u200b"])
def test_an_empty_reason_is_refused_where_one_is_needed(text: str) -> None:
    assert read_reason(text, 20) == ""
    with pytest.raises(InvalidInputError, match=r"^Say why\.$"):
        read_reason(text, 20, missing="Say why.")


def test_a_reason_of_the_greatest_length_is_taken_and_a_longer_one_refused() -> None:
    assert read_reason(" " + "x" * 20 + " ", 20) == "x" * 20
    with pytest.raises(InvalidInputError, match="20 characters or fewer; these are 21"):
        read_reason("x" * 21, 20)

"""Differences between two texts: told word by word, and to the letter."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.campaigns.diff import DiffPart, word_diff

_WORDS = st.lists(st.sampled_from(["the ", "pond", " pond", "\n", "\n\n", "is ", "old.", "🦆 ", "é", "  "]), max_size=40).map(
    "".join
)


def told(was: str, became: str) -> str:
    marks = {"same": "{}", "added": "[+{}]", "removed": "[-{}]"}
    return "".join(marks[piece.kind].format(piece.text) for piece in word_diff(was, became))


@pytest.mark.parametrize(
    ("was", "became", "expected"),
    [
        ("", "", ""),
        ("Keep it.", "Keep it.", "Keep it."),
        ("", "Keep it.", "[+Keep it.]"),
        ("Keep it.", "", "[-Keep it.]"),
        ("Keep the pond wet.", "Keep the old pond wet.", "Keep the[+ old] pond wet."),
        ("Keep the pond wet.", "Keep the pool wet.", "Keep the [-pond][+pool] wet."),
        ("Keep the pond.", "Keep the old pond wet.", "Keep the [+old ]pond[+ wet]."),
        ("One.\n\nTwo.\n\nThree.", "One.\n\nThree.", "One.\n\n[-Two.\n\n]Three."),
        ("a b c d", "a x y d", "a [-b c][+x y] d"),
    ],
)
def test_a_change_is_told_by_the_words_that_went_and_came(was: str, became: str, expected: str) -> None:
    assert told(was, became) == expected


@given(_WORDS, _WORDS)
def test_both_texts_can_be_read_out_of_it_to_the_letter(was: str, became: str) -> None:
    pieces = word_diff(was, became)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == was
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == became
    # No empty stretches, and no two of a kind in a row.
    assert all(piece.text for piece in pieces)
    assert all(one.kind != next_one.kind for one, next_one in pairwise(pieces))


def test_texts_too_long_to_compare_are_told_as_changed_whole() -> None:
    was, became = "a " * 4_000, "b " * 4_000
    assert word_diff(was, became) == (DiffPart("removed", was), DiffPart("added", became))
    # What changed in one paragraph of a long text is still told by the word.
    long = "\n".join(f"Line {n}." for n in range(1_000))
    assert len(word_diff(long, long.replace("Line 500.", "Row 500."))) == 4

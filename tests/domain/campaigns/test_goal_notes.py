"""Notes on what happens at each goal: read from lines as people write them."""

import pytest

from campaign.domain.campaigns.goal_notes import MAX_GOAL_NOTES, MAX_NOTE_LENGTH, goal_notes, read_goal_notes
from campaign.domain.common.invalid_input import InvalidInputError


@pytest.mark.parametrize(
    "line",
    [
        "10000: They answer",
        "10,000: They answer",
        "10 000 – They answer",
        " 10.000 = They   answer ",
        "10\u00a0000:They answer",
    ],
)
def test_a_line_is_read_however_its_number_is_written(line: str) -> None:
    assert read_goal_notes(line) == "10,000: They answer"


def test_lines_are_kept_in_the_order_of_their_numbers_and_read_back() -> None:
    text = read_goal_notes("100,000: A debate: at last\r\n\r\n10,000: An answer")
    assert goal_notes(text, (10_000, 50_000, 100_000)) == ((10_000, "An answer"), (100_000, "A debate: at last"))
    assert goal_notes(text, (100_000,)) == ((100_000, "A debate: at last"),)
    assert read_goal_notes(text) == text
    assert goal_notes(read_goal_notes(""), (10_000,)) == ()


@pytest.mark.parametrize(
    "lines",
    [
        "They answer", "10,000", "10,000:", ": They answer", "-5: no", "0.: " + "x" * (MAX_NOTE_LENGTH + 1), "5: a\n5: b",
        "1234567890: too many", 5, None, "\n".join(f"{goal}: note" for goal in range(1, MAX_GOAL_NOTES + 2)), "5: a\x00b",
    ],
)  # fmt: skip
def test_what_is_no_note_is_refused(lines: object) -> None:
    with pytest.raises(InvalidInputError):
        read_goal_notes(lines)

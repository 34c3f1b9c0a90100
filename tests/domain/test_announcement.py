"""What the public is told of a campaign's life."""

from datetime import UTC, datetime

import pytest

from campaign.domain.announcement import LONGEST_REASON, Announcement, By, Kind, Past, read_reason
from campaign.domain.refusal import Refused

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_reason_is_one_line_without_what_has_no_shape() -> None:
    assert read_reason("  We\x00 have\r\n\twon.\u202e ") == "We have won."


def test_a_reason_is_required_and_bounded_and_a_message_may_be_empty() -> None:
    for wrong in ("", " \n\t", "x" * (LONGEST_REASON + 1)):
        with pytest.raises(Refused):
            read_reason(wrong)
    assert read_reason("x" * LONGEST_REASON) == "x" * LONGEST_REASON
    assert read_reason(" ", required=False) == ""


def test_an_announcement_says_from_when_to_when_the_deadline_was_moved() -> None:
    facts = {"was": "2026-12-01T00:00:00Z", "became": "2026-12-24T00:00:00Z"}
    moved = Announcement(Kind.EXTENDED, By.CAMPAIGNERS, "More time", facts, NOW)
    assert (moved.was, moved.became) == (datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 24, tzinfo=UTC))
    paused = Announcement(Kind.PAUSED, By.OPERATOR, "", {}, NOW)
    assert (paused.was, paused.became) == (None, None)


def test_a_past_without_anything_in_it_is_empty() -> None:
    assert Past().empty
    assert not Past(changed_at=NOW).empty
    assert not Past(told=True).empty

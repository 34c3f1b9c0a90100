"""Announcements: what the public is told of a campaign's life."""

from datetime import UTC, datetime

import pytest

from campaign.domain.campaigns.announcement import (
    MAX_PUBLIC_REASON_LENGTH,
    Announcement,
    AnnouncementKind,
    Announcer,
    PublicHistory,
    read_public_reason,
)
from campaign.domain.common.invalid_input import InvalidInputError

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_reason_is_one_line_without_what_has_no_shape() -> None:
    assert read_public_reason("  We\x00 have\r\n\twon.\u202e ") == "We have won."


def test_a_reason_is_required_and_bounded_and_a_message_may_be_empty() -> None:
    for wrong in ("", " \n\t", "x" * (MAX_PUBLIC_REASON_LENGTH + 1)):
        with pytest.raises(InvalidInputError):
            read_public_reason(wrong)
    assert read_public_reason("x" * MAX_PUBLIC_REASON_LENGTH) == "x" * MAX_PUBLIC_REASON_LENGTH
    assert read_public_reason(" ", required=False) == ""


def test_an_announcement_says_from_when_to_when_the_deadline_was_moved() -> None:
    facts = {"was": "2026-12-01T00:00:00Z", "became": "2026-12-24T00:00:00Z"}
    moved = Announcement(AnnouncementKind.EXTENDED, Announcer.CAMPAIGNERS, "More time", facts, NOW)
    assert (moved.deadline_before, moved.deadline_after) == (
        datetime(2026, 12, 1, tzinfo=UTC),
        datetime(2026, 12, 24, tzinfo=UTC),
    )
    paused = Announcement(AnnouncementKind.PAUSED, Announcer.OPERATOR, "", {}, NOW)
    assert (paused.deadline_before, paused.deadline_after) == (None, None)


def test_a_past_without_anything_in_it_is_empty() -> None:
    assert PublicHistory().is_empty
    assert not PublicHistory(text_changed_at=NOW).is_empty
    assert not PublicHistory(has_announcements=True).is_empty

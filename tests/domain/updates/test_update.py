"""Rules of updates: what a form must say, and how often one may be mailed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.common.field_reader import FieldReader
from campaign.domain.updates.update import (
    MAILS_WINDOW,
    UpdateKind,
    UpdateResult,
    mails_too_often,
    next_mailing_at,
    read_update,
)

TODAY = date(2027, 3, 20)
FULL = {
    "title": "  They have\tanswered ", "body": "Read **it**.", "happened_on": "2027-03-19", "recipient": "The council",
    "answer": "No.\r\nNever.", "result": "partly",
}  # fmt: skip
NEEDED = {
    UpdateKind.NEWS: {"title", "body"},
    UpdateKind.DELIVERED: {"title", "body", "happened_on", "recipient"},
    UpdateKind.ANSWERED: {"title", "happened_on", "recipient", "answer"},
    UpdateKind.ENDED: {"title", "body", "happened_on", "result"},
}


@pytest.mark.parametrize("kind", UpdateKind)
def test_each_kind_asks_for_its_own_fields_and_says_all_that_is_missing_at_once(kind: UpdateKind) -> None:
    fields = FieldReader({})
    read_update(fields, kind, TODAY)
    assert set(fields.errors) == NEEDED[kind]
    fields = FieldReader(FULL)
    text = read_update(fields, kind, TODAY)
    assert fields.errors == {}
    assert text.title == "They have answered"
    assert text.happened_on == (None if kind is UpdateKind.NEWS else date(2027, 3, 19))
    assert text.answer == ("No.\nNever." if kind is UpdateKind.ANSWERED else "")
    assert text.result is (UpdateResult.PARTLY if kind is UpdateKind.ENDED else UpdateResult.NONE)


@pytest.mark.parametrize("day", ["", "soon", "2027-03-21", "0001-01-01", "2027-02-30", "9999-12-31", "20270319x"])
def test_a_day_is_one_that_has_been(day: str) -> None:
    fields = FieldReader(FULL | {"happened_on": day})
    read_update(fields, UpdateKind.ENDED, TODAY)
    assert set(fields.errors) == {"happened_on"}


@given(offsets=st.lists(st.integers(-30 * 24, 30 * 24), max_size=8), limit=st.integers(0, 4), at=st.integers(-24, 24 * 30))
def test_no_week_has_more_mailings_than_allowed_if_each_was_allowed(offsets: list[int], limit: int, at: int) -> None:
    start = datetime(2027, 3, 1, tzinfo=UTC)
    taken: list[datetime] = []
    for offset in offsets:
        moment = start + timedelta(hours=offset)
        if not mails_too_often(taken, moment, limit):
            taken.append(moment)
    for moment in taken:
        assert sum(moment <= other < moment + MAILS_WINDOW for other in taken) <= limit
    now = start + timedelta(hours=at)
    first = next_mailing_at(taken, now, limit)
    assert (first is None) == (limit == 0)
    if first is not None:
        assert first >= now
        assert not mails_too_often(taken, first, limit)

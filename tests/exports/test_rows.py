"""The rows of every export: columns, order, numbering, times."""

from datetime import datetime, timedelta, timezone

import pytest

from campaign.exports.rows import columns, numbered, time_text
from tests.exports.signed import AT, signed

PROMISED = ("number", "name", "postcode", "country", "comment", "public", "updates", "signed_at", "verified_at", "source")


def test_the_columns_are_those_promised() -> None:
    assert columns(with_email=False) == PROMISED


def test_the_address_is_added_only_where_it_is_asked_for() -> None:
    assert set(columns(with_email=True)) - set(PROMISED) == {"email"}
    assert [name for name in columns(with_email=True) if name != "email"] == list(PROMISED)
    [without] = numbered([signed()], with_email=False)
    assert "ada@example.org" not in without.values()
    [with_it] = numbered([signed()], with_email=True)
    assert with_it["email"] == "ada@example.org"


@pytest.mark.parametrize("with_email", [False, True])
def test_nothing_but_the_columns_leaves_the_house(with_email: bool) -> None:
    [row] = numbered([signed()], with_email=with_email)
    assert tuple(row) == columns(with_email=with_email)
    assert not {"key@example.org", "browser-hash", 77} & set(row.values())


def test_rows_are_numbered_from_1_in_the_order_given() -> None:
    rows = list(numbered([signed(name=name) for name in ("Zoë", "Ada", "Mae")], with_email=False))
    assert [(row["number"], row["name"]) for row in rows] == [(1, "Zoë"), (2, "Ada"), (3, "Mae")]


def test_times_are_utc_and_whole_seconds() -> None:
    assert time_text(AT) == "2026-11-23T12:00:00Z"
    assert time_text(datetime(2027, 6, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))) == "2027-05-31T23:30:00Z"
    assert time_text(None) == ""

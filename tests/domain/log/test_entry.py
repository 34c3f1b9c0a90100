"""Entries and commitments: what is public, and what cannot be guessed from it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from campaign.domain.log.audit import CampaignAudit, LogAudit, LogFaultError
from campaign.domain.log.entry import (
    InvalidEntryError,
    LogEntry,
    Statement,
    commit,
    format_hour,
    is_commitment_to,
)

STATEMENT = Statement("ab" * 32, "Ada Lovelace", "ada@example.org", "SW1A 1AA", "GB", "online")
COMMITMENT = "c0" * 32
ADDED = LogEntry("save-the-pond", 1, "verify", 1, 1, "2026-11-28T21Z", 0, COMMITMENT)


def test_an_entry_is_a_field_a_line() -> None:
    text = ADDED.serialise()
    assert text.decode().split("\n") == [
        "countersign-entry/1", "save-the-pond", "1", "verify", "+1", "1", "2026-11-28T21Z", "0", COMMITMENT, "",
    ]  # fmt: skip
    assert LogEntry.parse(text) == ADDED
    removed = replace(ADDED, sequence=2, event="withdraw", change=-1, total=0, ref=1, commitment="-")
    assert LogEntry.parse(removed.serialise()) == removed


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"\n1\nverify", b"\n01\nverify"), (b"/1", b"/2"), (b"+1", b"1"), (b"21Z", b"21:05Z"), (b"c0\n", b"c0"),
     (b"verify", b"vote"), (b"c0", b"C0"), (b"save", b"\xff"), (b"\n0\n", b"\n-1\n"), (b"\n", b"\r\n")],
)  # fmt: skip
def test_there_is_one_way_to_write_an_entry(old: bytes, new: bytes) -> None:
    broken = ADDED.serialise().replace(old, new, 1)
    assert broken != ADDED.serialise()
    with pytest.raises(InvalidEntryError):
        LogEntry.parse(broken)


def test_a_commitment_holds_for_one_statement_and_one_salt() -> None:
    salt = bytes(range(32))
    commitment = commit(salt, STATEMENT)
    # Written down, so that no change of the program changes what receipts of older versions prove.
    assert commitment == "7e6ba8c926ad8391d3d444049620ab97fe3a886198485ab5a87ff04f157f579f"
    assert is_commitment_to(commitment, salt, STATEMENT)
    assert not is_commitment_to(commitment, bytes(32), STATEMENT)
    for field in ("text_hash", "name", "address", "postcode", "country", "kind"):
        assert not is_commitment_to(commitment, salt, replace(STATEMENT, **{field: "x"}))
    # What would be another field's is not taken for it.
    assert commit(salt, replace(STATEMENT, name="Ada\nLovelace")) == commit(salt, replace(STATEMENT, name="Ada Lovelace"))


def test_only_the_hour_is_told() -> None:
    assert format_hour(datetime(2026, 11, 28, 21, 59, 59, tzinfo=UTC)) == "2026-11-28T21Z"


def entry(sequence: int, change: int, total: int, ref: int = 0, event: str = "") -> LogEntry:
    event = event or ("verify" if change > 0 else "withdraw")
    return LogEntry("pond", sequence, event, change, total, "2026-11-28T21Z", ref, COMMITMENT if change > 0 else "-")


def test_a_count_is_what_its_entries_add_up_to() -> None:
    audit = CampaignAudit("pond")
    for each in (
        entry(1, 1, 1), entry(2, 1, 2, event="paper"), entry(3, -1, 1, 1), entry(4, 1, 2, 1), entry(5, -1, 1, 1, "invalidate"),
        entry(6, 1, 2, 1, "restore"), entry(7, -1, 1, 2, "undo"),
    ):  # fmt: skip
        audit.add(each)
    assert (audit.sequence, audit.total, [audit.total_at(number) for number in (0, 6, 7)]) == (7, 1, [0, 2, 1])
    assert audit.events() == {"verify": 2, "paper": 1, "withdraw": 1, "invalidate": 1, "restore": 1, "undo": 1}


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ([entry(2, 1, 1)], "dropped"),
        ([entry(1, 1, 1), entry(3, 1, 2)], "dropped"),
        ([entry(1, 1, 1), entry(1, 1, 2)], "dropped"),
        ([entry(1, 1, 2)], "add up"),
        ([entry(1, 1, 1), entry(2, 1, 2, 1)], "counted twice"),
        ([entry(1, 1, 1), entry(2, 1, 2, 7)], "counted twice"),
        ([entry(1, 1, 1), entry(2, -1, 0, 0)], "removal of nothing"),
        ([entry(1, 1, 1), entry(2, 1, 2), entry(3, -1, 1, 1), entry(4, -1, 0, 1)], "removal of nothing"),
        ([entry(1, 1, 1, event="withdraw")], "do not go together"),
        ([replace(entry(1, 1, 1), commitment="-")], "do not go together"),
    ],
)
def test_what_cannot_be_is_named(entries: list[LogEntry], why: str) -> None:
    audit = LogAudit()
    for each in entries[:-1]:
        audit.add(each)
    with pytest.raises(LogFaultError, match=why):
        audit.add(entries[-1])


def test_campaigns_are_counted_apart() -> None:
    audit = LogAudit()
    audit.add(entry(1, 1, 1))
    audit.add(replace(entry(1, 1, 1), campaign="wood"))
    assert (audit.size, [audit.campaigns[name].total for name in ("pond", "wood")]) == (2, [1, 1])

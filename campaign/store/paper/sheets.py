"""Sheets of paper to be signed by hand: numbered for each campaign, printed in runs, and found again by the number on them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from campaign.domain.campaigns.text import SignedText
from campaign.store.campaigns import lifecycle
from campaign.store.database.statements import statement
from campaign.store.tables import sheets

MAX_LISTED = 50
"""Runs on one page."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet."""

    id: int
    campaign_id: int
    number: int
    run: int
    text_hash: str
    language: str
    profile: str
    rows: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PrintRun:
    """Sheets that were printed together."""

    run: int
    first: int
    last: int
    rows: int
    profile: str
    text_hash: str
    who: str
    created_at: datetime
    typed: int
    """How many of them have been typed in."""


_COLUMNS = "id, campaign_id, number, run, text_hash, language, profile, rows, created_at"
_LAST = statement(
    "SELECT coalesce(max(number), 0) AS number, coalesce(max(run), 0) AS run FROM sheets WHERE campaign_id = :campaign_id"
)
_RUN = statement(f"SELECT {_COLUMNS} FROM sheets WHERE campaign_id = :campaign_id AND run = :run ORDER BY number")
_NUMBERED = statement(f"SELECT {_COLUMNS} FROM sheets WHERE campaign_id = :campaign_id AND number = :number")
_GET = statement(f"SELECT {_COLUMNS} FROM sheets WHERE id = :id")
_RUNS = statement(
    """SELECT s.run, min(s.number) AS first, max(s.number) AS last, max(s.rows) AS rows, max(s.profile) AS profile,
              max(s.text_hash) AS text_hash, coalesce(max(p.name), '') AS who, max(s.created_at) AS created_at,
              count(i.id) AS typed
       FROM sheets s LEFT JOIN campaigners p ON p.id = s.made_by
       LEFT JOIN intakes i ON i.sheet_id = s.id AND i.state <> 'undone' AND i.taken > i.undone
       WHERE s.campaign_id = :campaign_id AND s.run < :before_run GROUP BY s.run ORDER BY s.run DESC LIMIT :most"""
)
_TEXT = statement(
    "SELECT hash, title, recipient, ask, background, slug FROM texts WHERE campaign_id = :campaign_id AND hash = :text_hash"
)


def create_sheets(
    connection: Connection, campaign_id: int, count: int, *, text_hash: str, language: str, profile: str, rows: int,
    made_by: int | None, now: datetime,
) -> tuple[int, int, int]:  # fmt: skip
    """New sheets with the next numbers; returns the number of their run, and those of the first and the last of them."""
    lifecycle.lock_campaign(connection, campaign_id)
    last = connection.execute(_LAST, {"campaign_id": campaign_id}).one()
    same = {
        "campaign_id": campaign_id, "run": last.run + 1, "text_hash": text_hash, "language": language, "profile": profile,
        "rows": rows, "made_by": made_by, "created_at": now,
    }  # fmt: skip
    numbers = range(last.number + 1, last.number + count + 1)
    connection.execute(sheets.insert(), [{**same, "number": number} for number in numbers])
    return last.run + 1, numbers[0], numbers[-1]


def list_sheets_of_run(connection: Connection, campaign_id: int, run: int) -> list[Sheet]:
    """The sheets of one run, in their order."""
    return [Sheet(*row) for row in connection.execute(_RUN, {"campaign_id": campaign_id, "run": run})]


def get_by_number(connection: Connection, campaign_id: int, number: int) -> Sheet | None:
    """The sheet with this number on it."""
    row = connection.execute(_NUMBERED, {"campaign_id": campaign_id, "number": number}).one_or_none()
    return None if row is None else Sheet(*row)


def get(connection: Connection, sheet_id: int) -> Sheet | None:
    """One sheet."""
    row = connection.execute(_GET, {"id": sheet_id}).one_or_none()
    return None if row is None else Sheet(*row)


def list_print_runs(
    connection: Connection, campaign_id: int, before_run: int = 2**31 - 1, limit: int = MAX_LISTED
) -> list[PrintRun]:
    """The runs of a campaign, newest first."""
    given = {"campaign_id": campaign_id, "before_run": before_run, "most": limit}
    return [PrintRun(*row) for row in connection.execute(_RUNS, given)]


def get_text(connection: Connection, campaign_id: int, text_hash: str) -> SignedText | None:
    """A version of the campaign's text."""
    row = connection.execute(_TEXT, {"campaign_id": campaign_id, "text_hash": text_hash}).one_or_none()
    return None if row is None else SignedText(row.hash, row.title, row.recipient, row.ask, row.background, row.slug)

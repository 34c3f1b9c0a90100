"""Sheets of paper to be signed by hand: numbered per campaign, printed in runs, and found by the number on them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, func, select

from campaign.domain.campaigns.text import SignedText
from campaign.store.campaigns import lifecycle
from campaign.store.database.statements import columns_of, rows_as
from campaign.store.paper.intakes import IntakeState
from campaign.store.tables import campaigners, intakes, sheets, texts

MAX_LISTED = 50
"""Print runs on one page."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Printed sheet."""

    id: int
    campaign_id: int
    number: int
    print_run: int
    text_hash: str
    language: str
    profile: str
    rows: int
    created_at: datetime
    declaration: int = 0
    """What a line declares that has no tick; see `domain.campaigns.eligibility`."""


@dataclass(frozen=True, slots=True)
class PrintRun:
    """Sheets that were printed together."""

    print_run: int
    first: int
    last: int
    rows: int
    profile: str
    text_hash: str
    campaigner_name: str
    """"" for the command line."""
    created_at: datetime
    typed: int
    """Number of them that were typed in."""


_SHEETS = select(*columns_of(Sheet, sheets))
_OF_CAMPAIGN = sheets.c.campaign_id == bindparam("campaign_id")
_LAST = select(
    func.coalesce(func.max(sheets.c.number), 0).label("number"),
    func.coalesce(func.max(sheets.c.print_run), 0).label("print_run"),
).where(_OF_CAMPAIGN)
_OF_PRINT_RUN = _SHEETS.where(_OF_CAMPAIGN, sheets.c.print_run == bindparam("print_run")).order_by(sheets.c.number)
_BY_NUMBER = _SHEETS.where(_OF_CAMPAIGN, sheets.c.number == bindparam("number"))
_PRINT_RUNS = (
    select(
        sheets.c.print_run, func.min(sheets.c.number).label("first"), func.max(sheets.c.number).label("last"),
        func.max(sheets.c.rows).label("rows"), func.max(sheets.c.profile).label("profile"),
        func.max(sheets.c.text_hash).label("text_hash"),
        func.coalesce(func.max(campaigners.c.name), "").label("campaigner_name"),
        func.max(sheets.c.created_at).label("created_at"), func.count(intakes.c.id).label("typed"),
    )
    .select_from(sheets)
    .outerjoin(campaigners, campaigners.c.id == sheets.c.created_by)
    .outerjoin(
        intakes,
        and_(
            intakes.c.sheet_id == sheets.c.id,
            intakes.c.state != IntakeState.UNDONE.value,
            intakes.c.imported > intakes.c.undone,
        ),
    )
    .where(_OF_CAMPAIGN, sheets.c.print_run < bindparam("before_run"))
    .group_by(sheets.c.print_run)
    .order_by(sheets.c.print_run.desc())
    .limit(bindparam("limit"))
)  # fmt: skip
_TEXT = select(texts.c.hash, texts.c.title, texts.c.recipient, texts.c.ask, texts.c.background, texts.c.slug).where(
    texts.c.campaign_id == bindparam("campaign_id"), texts.c.hash == bindparam("text_hash")
)


def create_sheets(
    connection: Connection, campaign_id: int, count: int, *, text_hash: str, language: str, profile: str, rows: int,
    created_by: int | None, now: datetime, declaration: int = 0,
) -> tuple[int, int, int]:  # fmt: skip
    """New sheets with the next numbers; returns the number of their print run, and those of the first and the last of them."""
    lifecycle.lock_campaign(connection, campaign_id)
    last = connection.execute(_LAST, {"campaign_id": campaign_id}).one()
    print_run = last.print_run + 1
    same = {
        "campaign_id": campaign_id, "print_run": print_run, "text_hash": text_hash, "language": language, "profile": profile,
        "rows": rows, "created_by": created_by, "created_at": now, "declaration": declaration,
    }  # fmt: skip
    numbers = range(last.number + 1, last.number + count + 1)
    connection.execute(sheets.insert(), [{**same, "number": number} for number in numbers])
    return print_run, numbers[0], numbers[-1]


def list_sheets_of_run(connection: Connection, campaign_id: int, print_run: int) -> list[Sheet]:
    """Sheets of a print run, by number."""
    rows = connection.execute(_OF_PRINT_RUN, {"campaign_id": campaign_id, "print_run": print_run})
    return rows_as(Sheet, rows)


def get_by_number(connection: Connection, campaign_id: int, number: int) -> Sheet | None:
    """The sheet with this number printed on it."""
    row = connection.execute(_BY_NUMBER, {"campaign_id": campaign_id, "number": number}).one_or_none()
    return None if row is None else Sheet(**row._asdict())


def list_print_runs(
    connection: Connection, campaign_id: int, before_run: int = 2**31 - 1, limit: int = MAX_LISTED
) -> list[PrintRun]:
    """Print runs of a campaign, newest first."""
    given = {"campaign_id": campaign_id, "before_run": before_run, "limit": limit}
    return rows_as(PrintRun, connection.execute(_PRINT_RUNS, given))


def get_text(connection: Connection, campaign_id: int, text_hash: str) -> SignedText | None:
    """A version of the campaign's text, by its hash."""
    row = connection.execute(_TEXT, {"campaign_id": campaign_id, "text_hash": text_hash}).one_or_none()
    return None if row is None else SignedText(row.hash, row.title, row.recipient, row.ask, row.background, row.slug)

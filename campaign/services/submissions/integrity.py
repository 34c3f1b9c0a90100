"""The integrity report: its data, and the two pages that tell it to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from campaign.config import site_name
from campaign.domain.common import formatting
from campaign.domain.submissions.integrity import integrity_report
from campaign.rendering.document import Document
from campaign.rendering.pages import HeaderFooter
from campaign.rendering.tables import Column, TableStyle
from campaign.services.submissions.paper_texts import REMOVAL_LABELS
from campaign.store.submissions.integrity import count_integrity

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from campaign.domain.campaigns.campaign import Campaign
    from campaign.runtime import Runtime

_VERSION = 1
_ROWS_ACROSS = ((12, 3), (6, 2))
"""How many rows stand side by side in a table of more than so many, so that all of them are on one page."""
_FIGURE_LABELS = {
    "counted": "In the count",
    "repeated_names": "Names that several email addresses share",
    "largest_domain": "From the largest mail domain",
    "busiest_hours": "Added in the busiest part of the day",
    "not_confirmed": "Not confirmed",
    "removed": "Taken out after they were counted",
    "held": "Confirmed, and held for a look",
    "open_warnings": "Open warnings of unusual patterns",
    "paper_twice": "On paper, with a name and postcode that stand there twice",
}


def gather_integrity(connection: Connection, campaign: Campaign) -> dict[str, Any]:
    """The report of a campaign at the moment the connection sees, as JSON has it."""
    counts = count_integrity(connection, campaign.id, campaign.zone)
    return {
        "integrity_report": _VERSION,
        "campaign": campaign.slug,
        "as_of": formatting.format_utc(campaign.as_of),
        "count": campaign.verified,
        "time_zone": campaign.time_zone,
        **integrity_report(counts),
    }


def write_integrity_paper(runtime: Runtime, campaign: Campaign, report: dict[str, Any], out: BinaryIO) -> int:
    """Write the report as a PDF; returns how many pages it has."""
    title, address = campaign.in_language("en").text.title, runtime.tokens.absolute_url(f"/c/{campaign.slug}")
    moment = formatting.format_moment(campaign.as_of, campaign.zone)
    document = Document(out, HeaderFooter(
        title=f"Integrity report: {title}", header_left=title, header_right="Integrity report", warning="",
        footer=f"{address.partition('//')[2]} · as of {moment}", author=site_name(runtime.settings),
    ))  # fmt: skip
    document.heading("Integrity report")
    document.paragraph(
        f"What the numbers of this campaign show of how it was signed, as of {moment}. But for the count and removals, no "
        f"amount from 1 to {report['smallest'] - 1} is told. Every figure follows from the tables on the second page; "
        "integrity.json has the same, and integrity.py works it out again."
    )
    for figure in report["figures"]:
        percent = "" if figure["percent"] is None else f" ({figure['percent']:.1f}%)"
        document.heading(f"{_FIGURE_LABELS[figure['name']]}: {_amount(figure['value'])}{percent}", 3)
        document.paragraph(figure["definition"], size=9.5)
    document.heading("What this cannot show", 2)
    for sentence in report["cannot_show"]:
        document.paragraph(sentence, indent=1, marker="•", size=9.5)
    document.new_page()
    for heading, columns, rows in _tables(report["tables"], campaign.time_zone):
        document.heading(heading, 3)
        across = next((across for most, across in _ROWS_ACROSS if len(rows) > most), 1)
        style = TableStyle(size=8.5, leading=11.5, across=across)
        document.table([Column(columns[0], 3), *(Column(name, 1.6, right_aligned=True) for name in columns[1:])], rows, style)
    return document.finish()


def _tables(tables: dict[str, Any], zone: str) -> list[tuple[str, tuple[str, ...], list[tuple[str, ...]]]]:
    """Heading, columns and rows of each table that has any."""
    counted = tables["counted"]
    names: list[tuple[str, ...]] = [
        (
            _addresses(row["from"], row["to"]),
            _amount(row["names"]),
            _amount(row["signatures"]),
        )
        for row in tables["names_with_several_addresses"]
    ]
    found: list[tuple[str, tuple[str, ...], list[tuple[str, ...]]]] = [
        ("How given", ("", "Signatures"), [("Online", _amount(counted["online"])), ("On paper", _amount(counted["paper"]))]),
        ("Names used with several email addresses", ("One name with", "Names", "Signatures"), names),
        (
            "Online, by mail domain",
            ("Mail domain", "Signatures"),
            [(row["domain"] or "all others", _amount(row["signatures"])) for row in tables["online_by_mail_domain"]],
        ),
        (
            "Taken out after they were counted",
            ("Why", "Signatures"),
            [
                (REMOVAL_LABELS.get(row["reason"], "for all other reasons"), _amount(row["signatures"]))
                for row in tables["removed_by_reason"]
            ],
        ),
        (
            f"Additions to the count by hour of the day ({zone})",
            ("From and to", "Additions"),
            [(f"{row['from']} to {row['to']}", _amount(row["additions"])) for row in tables["additions_by_hour_of_day"]],
        ),
    ]
    return [(heading, columns, rows) for heading, columns, rows in found if rows]


def _addresses(least: int, most: int | None) -> str:
    if most is None:
        return f"{least} addresses or more"
    return f"{least} addresses" if least == most else f"{least} to {most} addresses"


def _amount(value: int | None) -> str:
    return "not told" if value is None else formatting.format_number(value)

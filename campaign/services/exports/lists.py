"""Lists of signatures: one file in one format. The same signatures and plan give the same octets."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from campaign.domain.exports.plan import ExportFormat
from campaign.formats.csv_write import write_csv
from campaign.formats.json_write import write_json, write_jsonl
from campaign.formats.row_batches import number_rows
from campaign.formats.xlsx_write import write_xlsx
from campaign.store.exports import export_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from campaign.domain.campaigns.campaign import Campaign
    from campaign.domain.exports.plan import ExportPlan
    from campaign.formats.row_batches import RowBatch


def write_list(
    connection: Connection, campaign: Campaign, plan: ExportPlan, kind: ExportFormat, out: BinaryIO,
    on_written: Callable[[int], None],
) -> None:  # fmt: skip
    """Write the rows of a plan as `kind`; `on_written` is told of every batch of rows. Raises ValueError for a mailing list,
    a sample and a pack."""
    batches: Iterator[RowBatch] = number_rows(export_rows.stream_rows(connection, campaign.id, plan), plan.columns, on_written)
    match kind:
        case ExportFormat.CSV:
            write_csv(out, batches, plan.columns)
        case ExportFormat.CSV_EXCEL:
            write_csv(out, batches, plan.columns, for_spreadsheets=True)
        case ExportFormat.XLSX:
            write_xlsx(out, batches, plan.columns)
        case ExportFormat.JSON:
            write_json(out, batches, plan.columns, slug=campaign.slug, text_hash=campaign.text.hash)
        case ExportFormat.JSONL:
            write_jsonl(out, batches, plan.columns)
        case ExportFormat.LIST | ExportFormat.SAMPLE | ExportFormat.PACK:
            raise ValueError("a mailing list, a sample or a pack is not written here")

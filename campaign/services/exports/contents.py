"""What is in the file of an export. The same signatures, ledger, plan, moment and maker give the same octets."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, BinaryIO

from campaign.domain.common.formatting import format_utc
from campaign.domain.exports.plan import ExportFormat, ExportPlan
from campaign.formats.csv_write import write_csv
from campaign.formats.json_write import write_json, write_jsonl
from campaign.formats.pack import CHUNK_BYTES, PackWriter
from campaign.formats.row_batches import number_rows
from campaign.formats.xlsx_write import write_xlsx
from campaign.store.accounts import audit_log
from campaign.store.campaigns import campaigns
from campaign.store.exports import export_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path
    from types import ModuleType

    from sqlalchemy import Connection

    from campaign.domain.accounts.actor import Actor
    from campaign.domain.campaigns.campaign import Campaign
    from campaign.formats.row_batches import RowBatch
    from campaign.runtime import Runtime

PACK_FORMATS = (ExportFormat.CSV, ExportFormat.CSV_EXCEL, ExportFormat.XLSX, ExportFormat.JSONL)
"""The lists in a pack."""
_FILE_NAMES = {ExportFormat.CSV_EXCEL: "signatures-for-excel.csv"}
_MANIFEST_VERSION = 1
"""Of the manifest."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """When and by whom, as a manifest tells it."""

    made_at: datetime
    made_by: str


class Progress:
    """How far writing has come; told of rows as they are written."""

    def __init__(self) -> None:
        self.expected = self.written = 0

    def begin(self, expected: int) -> None:
        """So many rows are to be written, in all files together."""
        self.expected = expected

    def add_rows(self, rows: int) -> None:
        """Some more are. What is raised here stops the writing."""
        self.written += rows


def submission_profiles() -> list[tuple[str, str]]:
    """Whom the printable submission of a pack can be for: key and name."""
    return [(profile.key, profile.name) for profile in _import_submissions().list_profiles() if profile.papers]


def write_export(
    runtime: Runtime, connection: Connection, campaign: Campaign, plan: ExportPlan, out: BinaryIO, folder: Path,
    provenance: Provenance,
    progress: Progress | None = None,
) -> int:  # fmt: skip
    """Write the file of an export; returns how many signatures are in it.

    `connection` is one of `runtime.snapshot()`. `folder` is private and empty; what is put there may be left. `out` must be a
    file that can be written anywhere for XLSX and for a pack. Raises Refused where a profile takes no papers.
    """
    progress = progress or Progress()
    rows = export_rows.count_rows(connection, campaign.id, plan)
    # Papers list each name once, or fewer.
    times = len(PACK_FORMATS) + bool(plan.profile) if plan.format is ExportFormat.PACK else 1
    progress.begin(rows * times)
    if plan.format is not ExportFormat.PACK:
        _write_list(connection, campaign, plan, plan.format, out, progress.add_rows)
        return rows
    # As the ledger has it at this moment: what is printed tells of no other.
    campaign = campaigns.get_by_id(connection, campaign.id)
    with PackWriter(out) as pack:
        for kind in PACK_FORMATS:
            with pack.add(_FILE_NAMES.get(kind, f"signatures.{kind.suffix}")) as part:
                part.rows = rows
                if kind is ExportFormat.XLSX:
                    with tempfile.TemporaryFile(dir=folder) as whole:
                        _write_list(connection, campaign, plan, kind, whole, progress.add_rows)
                        whole.seek(0)
                        shutil.copyfileobj(whole, part, CHUNK_BYTES)
                else:
                    _write_list(connection, campaign, plan, kind, part, progress.add_rows)
        for name, path in _write_submission(runtime, connection, campaign, plan, folder, progress):
            with pack.add(f"submission/{name}") as part, path.open("rb") as paper:
                shutil.copyfileobj(paper, part, CHUNK_BYTES)
            path.unlink()
        pack.finish(_manifest(connection, campaign, plan, rows, provenance))
    return rows


def record_export(runtime: Runtime, actor: Actor, campaign: Campaign, plan: ExportPlan, rows: int) -> None:
    """Note in the audit trail that somebody with the machine has written an export."""
    with runtime.transaction() as connection:
        audit_log.record(
            connection, actor, "export signatures", runtime.now(), campaign_id=campaign.id, subject=campaign.slug,
            after={"format": plan.format.value, "columns": list(plan.columns), "filters": plan.applied_filters, "rows": rows},
        )  # fmt: skip


def _write_list(
    connection: Connection, campaign: Campaign, plan: ExportPlan, kind: ExportFormat, out: BinaryIO, note: Callable[[int], None]
) -> None:  # fmt: skip
    blocks: Iterator[RowBatch] = number_rows(export_rows.stream_rows(connection, campaign.id, plan), plan.columns, note)
    match kind:
        case ExportFormat.CSV:
            write_csv(out, blocks, plan.columns)
        case ExportFormat.CSV_EXCEL:
            write_csv(out, blocks, plan.columns, for_spreadsheets=True)
        case ExportFormat.XLSX:
            write_xlsx(out, blocks, plan.columns)
        case ExportFormat.JSON:
            write_json(out, blocks, plan.columns, slug=campaign.slug, text_hash=campaign.text.hash)
        case ExportFormat.JSONL:
            write_jsonl(out, blocks, plan.columns)
        case ExportFormat.PACK:
            raise ValueError("a pack is no list")


def _write_submission(
    runtime: Runtime, connection: Connection, campaign: Campaign, plan: ExportPlan, folder: Path, progress: Progress
) -> list[tuple[str, Path]]:  # fmt: skip
    """The printable submission, where a profile was chosen."""
    if not plan.profile:
        return []
    submissions = _import_submissions()
    profile = submissions.get_profile(plan.profile)
    options = submissions.get_options(connection, campaign.id, profile)
    written = submissions.write_papers(runtime, connection, campaign, profile, options, folder, progress.add_rows)
    return [(one.name, folder / one.name) for one in written]


def _manifest(
    connection: Connection, campaign: Campaign, plan: ExportPlan, rows: int, provenance: Provenance
) -> dict[str, Any]:
    end = export_rows.ledger_end(connection, campaign.id)
    return {
        "manifest": _MANIFEST_VERSION,
        "campaign": campaign.slug,
        "title": campaign.text.title,
        "text_hash": campaign.text.hash,
        "count": rows,
        "ledger": {"size": end.entries, "total": end.total, "as_of": format_utc(end.as_of) if end.as_of else None},
        "columns": list(plan.columns),
        "filters": plan.applied_filters,
        "order": plan.order.value,
        "profile": plan.profile,
        "made_at": format_utc(provenance.made_at),
        "made_by": provenance.made_by,
        "program": f"countersign {version('countersign')}",
    }


def _import_submissions() -> ModuleType:
    """What sets papers, read when the first are set: a list alone is written in two thirds of the memory without it."""
    from campaign.services import submissions  # noqa: PLC0415 - at the top it would be read for every list too

    return submissions

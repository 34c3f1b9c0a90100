"""What is in the file of an export. The same signatures, ledger, plan, moment and maker give the same octets."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, BinaryIO

from campaign.domain.export import Format, Plan
from campaign.domain.wording import utc
from campaign.exports.csv_export import write_csv
from campaign.exports.json_export import write_json, write_jsonl
from campaign.exports.pack import PIECE, Pack
from campaign.exports.rows import numbered
from campaign.exports.xlsx_export import write_xlsx
from campaign.store import audit, campaigns, exported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path
    from types import ModuleType

    from sqlalchemy import Connection

    from campaign.domain.actor import Actor
    from campaign.domain.standing import Standing
    from campaign.exports.rows import Block
    from campaign.runtime import Runtime

PACKED = (Format.CSV, Format.CSV_EXCEL, Format.XLSX, Format.JSONL)
"""The lists in a pack."""
_NAMES = {Format.CSV_EXCEL: "signatures-for-excel.csv"}
_VERSION = 1
"""Of the manifest."""


@dataclass(frozen=True, slots=True)
class Made:
    """When and by whom, as a manifest tells it."""

    at: datetime
    by: str


class Progress:
    """How far writing has come; told of rows as they are written."""

    def __init__(self) -> None:
        self.expected = self.written = 0

    def begin(self, expected: int) -> None:
        """So many rows are to be written, in all files together."""
        self.expected = expected

    def wrote(self, rows: int) -> None:
        """Some more are. What is raised here stops the writing."""
        self.written += rows


def profiles() -> list[tuple[str, str]]:
    """Whom the printable submission of a pack can be for: key and name."""
    return [(profile.key, profile.name) for profile in _submission().profiles() if profile.papers]


def write(
    runtime: Runtime, connection: Connection, standing: Standing, plan: Plan, out: BinaryIO, folder: Path, made: Made,
    progress: Progress | None = None,
) -> int:  # fmt: skip
    """Write the file of an export; returns how many signatures are in it.

    `connection` is one of `runtime.snapshot()`. `folder` is private and empty; what is put there may be left. `out` must be a
    file that can be written anywhere for XLSX and for a pack. Raises Refused where a profile takes no papers.
    """
    progress = progress or Progress()
    rows = exported.count(connection, standing.id, plan)
    # Papers list each name once, or fewer.
    times = len(PACKED) + bool(plan.profile) if plan.format is Format.PACK else 1
    progress.begin(rows * times)
    if plan.format is not Format.PACK:
        _write_list(connection, standing, plan, plan.format, out, progress.wrote)
        return rows
    # As the ledger has it at this moment: what is printed tells of no other.
    standing = campaigns.by_id(connection, standing.id)
    with Pack(out) as pack:
        for kind in PACKED:
            with pack.add(_NAMES.get(kind, f"signatures.{kind.suffix}")) as part:
                part.rows = rows
                if kind is Format.XLSX:
                    with tempfile.TemporaryFile(dir=folder) as whole:
                        _write_list(connection, standing, plan, kind, whole, progress.wrote)
                        whole.seek(0)
                        shutil.copyfileobj(whole, part, PIECE)
                else:
                    _write_list(connection, standing, plan, kind, part, progress.wrote)
        for name, path in _papers(runtime, connection, standing, plan, folder, progress):
            with pack.add(f"submission/{name}") as part, path.open("rb") as paper:
                shutil.copyfileobj(paper, part, PIECE)
            path.unlink()
        pack.finish(_facts(connection, standing, plan, rows, made))
    return rows


def note_written(runtime: Runtime, actor: Actor, standing: Standing, plan: Plan, rows: int) -> None:
    """Note in the audit trail that somebody with the machine has written an export."""
    with runtime.transaction() as connection:
        audit.record(
            connection, actor, "export signatures", runtime.now(), campaign_id=standing.id, subject=standing.slug,
            became={"format": plan.format.value, "columns": list(plan.columns), "filters": plan.narrowed, "rows": rows},
        )  # fmt: skip


def _write_list(
    connection: Connection, standing: Standing, plan: Plan, kind: Format, out: BinaryIO, note: Callable[[int], None]
) -> None:  # fmt: skip
    blocks: Iterator[Block] = numbered(exported.stream(connection, standing.id, plan), plan.columns, note)
    match kind:
        case Format.CSV:
            write_csv(out, blocks, plan.columns)
        case Format.CSV_EXCEL:
            write_csv(out, blocks, plan.columns, for_spreadsheets=True)
        case Format.XLSX:
            write_xlsx(out, blocks, plan.columns)
        case Format.JSON:
            write_json(out, blocks, plan.columns, slug=standing.slug, text_hash=standing.text.hash)
        case Format.JSONL:
            write_jsonl(out, blocks, plan.columns)
        case Format.PACK:
            raise ValueError("a pack is no list")


def _papers(
    runtime: Runtime, connection: Connection, standing: Standing, plan: Plan, folder: Path, progress: Progress
) -> list[tuple[str, Path]]:  # fmt: skip
    """The printable submission, where a profile was chosen."""
    if not plan.profile:
        return []
    submission = _submission()
    profile = submission.profile(plan.profile)
    options = submission.options_of(connection, standing.id, profile)
    written = submission.write(runtime, connection, standing, profile, options, folder, progress.wrote)
    return [(one.name, folder / one.name) for one in written]


def _facts(connection: Connection, standing: Standing, plan: Plan, rows: int, made: Made) -> dict[str, Any]:
    end = exported.ledger_end(connection, standing.id)
    return {
        "manifest": _VERSION, "campaign": standing.slug, "title": standing.text.title, "text_hash": standing.text.hash,
        "count": rows,
        "ledger": {"size": end.size, "total": end.total, "as_of": utc(end.as_of) if end.as_of else None},
        "columns": list(plan.columns), "filters": plan.narrowed, "order": plan.order.value, "profile": plan.profile,
        "made_at": utc(made.at), "made_by": made.by, "program": f"countersign {version('countersign')}",
    }  # fmt: skip


def _submission() -> ModuleType:
    """What sets papers, read when the first are set: a list alone is written in two thirds of the memory without it."""
    from campaign import submission  # noqa: PLC0415 - at the top it would be read for every list too

    return submission

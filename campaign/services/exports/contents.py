"""The file of an export: a list or a pack. The same signatures, ledger, plan, moment and maker give the same octets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from campaign.domain.exports.plan import ExportFormat, ExportPlan
from campaign.services.exports import packs
from campaign.services.exports.lists import write_list
from campaign.services.exports.mailing_list import write_mailing_list
from campaign.services.exports.sample_pack import write_sample
from campaign.store.accounts import audit_log
from campaign.store.exports import export_rows

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from campaign.domain.accounts.actor import Actor
    from campaign.domain.campaigns.campaign import Campaign
    from campaign.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Provenance:
    """Time and maker of an export, as a manifest tells them."""

    made_at: datetime
    made_by: str


class Progress:
    """Rows to be written and rows written."""

    def __init__(self) -> None:
        self.expected = self.written = 0

    def begin(self, expected: int) -> None:
        """So many rows are to be written, in all files together."""
        self.expected = expected

    def add_rows(self, rows: int) -> None:
        """Some more are. What is raised here stops the writing."""
        self.written += rows


def write_export(
    runtime: Runtime, connection: Connection, campaign: Campaign, plan: ExportPlan, out: BinaryIO, folder: Path,
    provenance: Provenance, progress: Progress | None = None,
) -> int:  # fmt: skip
    """Write the file of an export; returns how many signatures it lists.

    `connection` is one of `runtime.snapshot()`. `folder` is private and empty; what is put there may be left. `out` must be a
    file that can be written anywhere for XLSX and for a pack. Raises InvalidInputError where a recipient takes no papers.
    """
    progress = progress or Progress()
    if plan.format is ExportFormat.PACK:
        write_pack = packs.write_recipient_pack if plan.profile else packs.write_data_pack
        return write_pack(runtime, connection, campaign, plan, out, folder, provenance, progress)
    if plan.format is ExportFormat.SAMPLE:
        return write_sample(runtime, connection, campaign, plan, out, provenance, progress)
    if plan.format is ExportFormat.LIST:
        return write_mailing_list(runtime, connection, campaign, plan, out, progress)
    rows = export_rows.count_rows(connection, campaign.id, plan)
    progress.begin(rows)
    write_list(connection, campaign, plan, plan.format, out, progress.add_rows)
    return rows


def record_export(runtime: Runtime, actor: Actor, campaign: Campaign, plan: ExportPlan, rows: int) -> None:
    """Note in the audit trail that somebody with the machine has written an export."""
    with runtime.transaction() as connection:
        audit_log.record(
            connection, actor, "export signatures", runtime.now(), campaign_id=campaign.id, subject=campaign.slug,
            after={**plan_facts(plan), "rows": rows},
        )  # fmt: skip


def file_name(campaign: Campaign, plan: ExportPlan, made_at: datetime) -> str:
    """What the file of an export is called: the campaign, what it is, and the day it is from on the campaign's clock."""
    kind = plan.program or plan.profile or plan.format.value
    return f"{campaign.slug}-{kind}-{made_at.astimezone(campaign.zone):%Y-%m-%d}.{plan.format.suffix}"


def plan_facts(plan: ExportPlan) -> dict[str, object]:
    """What the audit trail tells of a plan: for whom a pack is, or what a list holds."""
    if plan.profile:
        return {"format": plan.format.value, "recipient": plan.profile}
    if plan.sample:
        return {"format": plan.format.value, "sample": plan.sample}
    if plan.program:
        return {"format": plan.format.value, "program": plan.program, "filters": plan.applied_filters}
    return {"format": plan.format.value, "columns": list(plan.columns), "filters": plan.applied_filters}

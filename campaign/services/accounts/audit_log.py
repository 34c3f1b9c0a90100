"""The audit trail as its readers want it: of a campaign or of the whole site, narrowed, page by page, and as a file."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass

from campaign.domain.accounts.actor import Actor
from campaign.domain.accounts.audit_texts import audit_text
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.formatting import format_utc
from campaign.formats.csv_write import neutralise_formula
from campaign.runtime import Runtime
from campaign.store.accounts import audit_log
from campaign.store.accounts.audit_log import NO_FILTER, AuditEntry, AuditFilter
from campaign.store.campaigns import campaigns

CSV_COLUMNS = ("number", "when", "who", "campaigner", "act", "words", "on", "before", "after", "reason", "network")
_CSV_BATCH_ENTRIES = 500
"""Entries of an export that are in memory at once."""


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page of the audit trail."""

    entries: list[AuditEntry]
    older_id: int | None
    """The entry that the next page begins below; None on the last one."""
    slugs_by_id: dict[int, str]
    """The slugs of the campaigns that the entries are about."""


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """Choices that a trail can be narrowed by."""

    acts: list[str]
    campaigners: list[tuple[int, str]]


def list_entries(
    runtime: Runtime,
    campaign: Campaign | None,
    filters: AuditFilter = NO_FILTER,
    before_id: int | None = None,
    max_entries: int = 50,
) -> AuditPage:
    """What was done with a campaign, or on the whole site, the newest first, older than the entry `before_id`."""
    campaign_id = None if campaign is None else campaign.id
    with runtime.reading() as connection:
        found = audit_log.list_entries(
            connection, campaign_id, 2**62 if before_id is None else before_id, max_entries + 1, audit_filter=filters
        )
        about = {entry.campaign_id for entry in found[:max_entries] if entry.campaign_id is not None}
        named = campaigns.list_by_ids(connection, sorted(about)) if campaign is None else [campaign]
    return AuditPage(
        found[:max_entries],
        found[max_entries - 1].id if len(found) > max_entries else None,
        {each.id: each.slug for each in named},
    )


def filter_choices(runtime: Runtime, campaign: Campaign | None) -> FilterChoices:
    """What the trail of a campaign, or of the site, can be narrowed by."""
    campaign_id = None if campaign is None else campaign.id
    with runtime.reading() as connection:
        return FilterChoices(audit_log.actions(connection, campaign_id), audit_log.actors(connection, campaign_id))


def record_export(runtime: Runtime, actor: Actor, campaign: Campaign | None) -> None:
    """Note that somebody took the trail with them."""
    with runtime.transaction() as connection:
        campaign_id = None if campaign is None else campaign.id
        audit_log.record(connection, actor, "export audit", runtime.now(), campaign_id=campaign_id)


def stream_csv(runtime: Runtime, campaign: Campaign | None, filters: AuditFilter = NO_FILTER) -> Iterator[bytes]:
    """The trail as CSV, the newest first, in pieces: text cells quoted, formulas neutralised, times in UTC.

    Entries that are made while it is read are not in it.
    """
    campaign_id = None if campaign is None else campaign.id
    yield _lines([CSV_COLUMNS])
    before_id = 2**62
    while True:
        with runtime.reading() as connection:
            entries = audit_log.list_entries(connection, campaign_id, before_id, _CSV_BATCH_ENTRIES, audit_filter=filters)
        if not entries:
            return
        yield _lines([_row(entry) for entry in entries])
        before_id = entries[-1].id


def _row(entry: AuditEntry) -> tuple[str | int, ...]:
    texts = (
        entry.action,
        audit_text(entry.action),
        entry.subject,
        _json_cell(entry.before),
        _json_cell(entry.after),
        entry.reason,
        entry.network,
    )
    who = "" if entry.campaigner_id is None else entry.campaigner_id
    return (entry.id, format_utc(entry.created_at), neutralise_formula(entry.actor_name), who, *map(neutralise_formula, texts))


def _json_cell(facts: object) -> str:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True) if facts else ""


def _lines(rows: list[tuple[str | int, ...]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()

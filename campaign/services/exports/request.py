"""Requests for exports by campaigners: ask for one, watch it, stop it, have it made again, download it, delete it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.exports.plan import ExportFormat, ExportPlan
from campaign.formats.pack import TIMESTAMP
from campaign.formats.pack_append import append_to_pack, appended_size
from campaign.jobs import MAKE_EXPORTS
from campaign.services.exports.contents import plan_facts
from campaign.services.exports.samples import draw_sample
from campaign.store.accounts import audit_log
from campaign.store.exports import exports, pack_timestamps
from campaign.store.exports.exports import UNFINISHED_STATES, ExportState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from campaign.domain.accounts.actor import Actor
    from campaign.domain.campaigns.campaign import Campaign
    from campaign.runtime import Runtime
    from campaign.store.exports.exports import Export
    from campaign.store.exports.pack_timestamps import PackTimestamp

FILE_LIFETIME = timedelta(days=7)
"""How long a file is kept to be downloaded."""
MAX_LISTED = 30
MAX_UNFINISHED_PER_CAMPAIGNER = 3
"""Exports of a campaign that one campaigner may have in the making."""
MAX_UNFINISHED_PER_CAMPAIGN = 6
MAX_FILES_PER_CAMPAIGNER = 10
"""Files of a campaign that are kept for one campaigner."""


class ExportGoneError(Exception):
    """Export that cannot be downloaded: not done, expired, or sealed with a key that is gone."""


def request_export(runtime: Runtime, actor: Actor, campaign: Campaign, campaigner_id: int, plan: ExportPlan) -> int:
    """Have an export made; returns its number. Raises InvalidInputError where too many are in the making, or kept."""
    now = runtime.now()
    with runtime.transaction() as connection:
        _require_capacity(connection, campaign.id, campaigner_id)
        number = exports.create_export(connection, campaign.id, campaigner_id, plan, now)
        audit_log.record(
            connection, actor, "ask for export", now, campaign_id=campaign.id, subject=_audit_subject(number),
            after=plan_facts(plan),
        )  # fmt: skip
    runtime.enqueue_once(MAKE_EXPORTS)
    return number


def request_sample(runtime: Runtime, actor: Actor, campaign: Campaign, campaigner_id: int, seed: str, size: int) -> int:
    """Draw a sample and have its file made; returns the number of the export. Raises InvalidInputError."""
    now = runtime.now()
    with runtime.transaction() as connection:
        _require_capacity(connection, campaign.id, campaigner_id)
        drawn = draw_sample(runtime, connection, campaign, actor, seed, size)
        plan = ExportPlan(ExportFormat.SAMPLE, (), sample=drawn.id)
        number = exports.create_export(connection, campaign.id, campaigner_id, plan, now)
        audit_log.record(
            connection, actor, "ask for export", now, campaign_id=campaign.id, subject=_audit_subject(number),
            after=plan_facts(plan),
        )  # fmt: skip
    runtime.enqueue_once(MAKE_EXPORTS)
    return number


def get_export(runtime: Runtime, campaign: Campaign, campaigner_id: int, export_id: int) -> Export | None:
    """An export of a campaign, for the campaigner who requested it; None for everybody else."""
    with runtime.reading() as connection:
        export = exports.get(connection, export_id)
    ours = export is not None and (export.campaign_id, export.campaigner_id) == (campaign.id, campaigner_id)
    return export if ours else None


def list_exports(runtime: Runtime, campaign: Campaign, campaigner_id: int) -> list[Export]:
    """The exports of a campaign that a campaigner has asked for, newest first."""
    with runtime.reading() as connection:
        return exports.list_exports(connection, campaign.id, campaigner_id, MAX_LISTED)


def cancel_export(runtime: Runtime, actor: Actor, export: Export) -> bool:
    """Stop an export that waits or is being made. False where it is neither."""
    return _end_export(runtime, actor, export, "cancel export", ExportState.CANCELLED, UNFINISHED_STATES)


def delete_export(runtime: Runtime, actor: Actor, export: Export) -> bool:
    """Delete an export, whatever state it is in. From now on nobody can open it; its parts go one after the other."""
    anywhere = tuple(state for state in ExportState if state is not ExportState.DELETED)
    return _end_export(runtime, actor, export, "delete export", ExportState.DELETED, anywhere)


def restart_export(runtime: Runtime, actor: Actor, export: Export) -> bool:
    """Have one made again, of the signatures there are now. False where it is not cancelled, failed or expired. Raises
    InvalidInputError."""
    now = runtime.now()
    with runtime.transaction() as connection:
        _require_capacity(connection, export.campaign_id, export.campaigner_id)
        changed = exports.restart_export(connection, export.id, now)
        if changed:
            audit_log.record(
                connection, actor, "restart export", now, campaign_id=export.campaign_id, subject=_audit_subject(export.id)
            )  # fmt: skip
    if changed:
        runtime.enqueue_once(MAKE_EXPORTS)
    return changed


def download_export(runtime: Runtime, actor: Actor, export: Export) -> Iterator[bytes]:
    """The file of an export, part by part, noted in the audit trail before the first. Raises ExportGoneError.

    Each part is read and opened when it is asked for: no more than one is in memory.
    """
    now = runtime.now()
    if export.state is not ExportState.DONE or export.expires_at is None or export.expires_at <= now:
        raise ExportGoneError
    with runtime.transaction() as connection:
        audit_log.record(
            connection, actor, "download export", now, campaign_id=export.campaign_id, subject=_audit_subject(export.id)
        )  # fmt: skip
    token = _timestamp_token(runtime, export)
    parts = decrypted_parts(runtime, export)
    return parts if token is None else append_to_pack(parts, TIMESTAMP, token)


def download_size(runtime: Runtime, export: Export) -> int:
    """Octets of the file of an export as it is downloaded now: a pack that was time-stamped has its token in it."""
    token = _timestamp_token(runtime, export)
    return export.size if token is None else appended_size(export.size, TIMESTAMP, token)


def pack_timestamps_of(runtime: Runtime, listed: Sequence[Export]) -> dict[int, PackTimestamp]:
    """What is known of the time stamps of some exports, by their number."""
    with runtime.reading() as connection:
        return pack_timestamps.list_timestamps(connection, [export.id for export in listed])


def _timestamp_token(runtime: Runtime, export: Export) -> bytes | None:
    found = pack_timestamps_of(runtime, [export]).get(export.id)
    return found.token if found else None


def decrypted_parts(runtime: Runtime, export: Export) -> Iterator[bytes]:
    """The file of an export as it was made, part by part. Raises ExportGoneError."""
    for number in range(export.part_count):
        with runtime.reading() as connection:
            sealed = exports.encrypted_part(connection, export.id, number)
        if sealed is None:
            # Deleted while it was read; the reader sees that it is cut short.
            raise ExportGoneError
        last = number == export.part_count - 1
        yield runtime.file_cipher.decrypt_part(export.id, export.salt, number, sealed, last=last)


def _end_export(
    runtime: Runtime, actor: Actor, export: Export, action: str, to_state: ExportState, from_states: tuple[ExportState, ...]
) -> bool:  # fmt: skip
    now = runtime.now()
    with runtime.transaction() as connection:
        changed = exports.set_state(connection, export.id, to_state, from_states, now)
        if changed:
            audit_log.record(connection, actor, action, now, campaign_id=export.campaign_id, subject=_audit_subject(export.id))
    if changed:
        runtime.enqueue_once(MAKE_EXPORTS)
    return changed


def _require_capacity(connection: Connection, campaign_id: int, campaigner_id: int) -> None:
    own, of_campaign = exports.count_unfinished(connection, campaign_id, campaigner_id)
    if own >= MAX_UNFINISHED_PER_CAMPAIGNER or of_campaign >= MAX_UNFINISHED_PER_CAMPAIGN:
        raise InvalidInputError("Others are in the making. Wait until they are done, or stop one.")
    if exports.count_stored_files(connection, campaign_id, campaigner_id) >= MAX_FILES_PER_CAMPAIGNER:
        raise InvalidInputError("You have %(most)s files here already. Delete one first.", most=MAX_FILES_PER_CAMPAIGNER)


def _audit_subject(number: int) -> str:
    return f"export {number}"

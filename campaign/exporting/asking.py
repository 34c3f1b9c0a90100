"""What a campaigner does with exports of theirs: ask for one, watch it, stop it, have it made again, download it, delete it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from campaign.domain.refusal import Refused
from campaign.jobs import MAKE_EXPORTS
from campaign.store import audit, exports
from campaign.store.exports import UNFINISHED, ExportState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from campaign.domain.actor import Actor
    from campaign.domain.export import Plan
    from campaign.domain.standing import Standing
    from campaign.runtime import Runtime
    from campaign.store.exports import Export

LASTS = timedelta(days=7)
"""How long a file is kept to be downloaded."""
MOST_LISTED = 30
MOST_UNFINISHED = 3
"""Exports of a campaign that one campaigner may have in the making."""
MOST_UNFINISHED_OF_CAMPAIGN = 6
MOST_KEPT = 10
"""Files of a campaign that are kept for one campaigner."""


class Gone(Exception):  # noqa: N818 - it says what became of it
    """It cannot be downloaded: not done, expired, or sealed with a key that is gone."""


def ask(runtime: Runtime, actor: Actor, standing: Standing, campaigner_id: int, plan: Plan) -> int:
    """Have an export made; returns its number. Raises Refused where too many are in the making, or kept."""
    now = runtime.now()
    with runtime.transaction() as connection:
        _refuse_more(connection, standing.id, campaigner_id)
        number = exports.create(connection, standing.id, campaigner_id, plan, now)
        audit.record(
            connection, actor, "ask for export", now, campaign_id=standing.id, subject=_subject(number),
            became={"format": plan.format.value, "columns": list(plan.columns), "filters": plan.narrowed},
        )  # fmt: skip
    runtime.hint(MAKE_EXPORTS)
    return number


def find(runtime: Runtime, standing: Standing, campaigner_id: int, number: int) -> Export | None:
    """An export of a campaign, for whoever asked for it; None for everybody else."""
    with runtime.reading() as connection:
        export = exports.get(connection, number)
    ours = export is not None and (export.campaign_id, export.campaigner_id) == (standing.id, campaigner_id)
    return export if ours else None


def page(runtime: Runtime, standing: Standing, campaigner_id: int) -> list[Export]:
    """The exports of a campaign that a campaigner has asked for, newest first."""
    with runtime.reading() as connection:
        return exports.page(connection, standing.id, campaigner_id, MOST_LISTED)


def cancel(runtime: Runtime, actor: Actor, export: Export) -> bool:
    """Stop an export that waits or is being made. False where it is neither."""
    return _end(runtime, actor, export, "cancel export", ExportState.CANCELLED, UNFINISHED)


def delete(runtime: Runtime, actor: Actor, export: Export) -> bool:
    """Delete an export, whatever state it is in. From now on nobody can open it; its parts go one after the other."""
    anywhere = tuple(state for state in ExportState if state is not ExportState.DELETED)
    return _end(runtime, actor, export, "delete export", ExportState.DELETED, anywhere)


def restart(runtime: Runtime, actor: Actor, export: Export) -> bool:
    """Have one made again, of the signatures there are now. False where it is not cancelled, failed or expired. Raises
    Refused."""
    now = runtime.now()
    with runtime.transaction() as connection:
        _refuse_more(connection, export.campaign_id, export.campaigner_id)
        changed = exports.again(connection, export.id, now)
        if changed:
            audit.record(
                connection, actor, "restart export", now, campaign_id=export.campaign_id, subject=_subject(export.id)
            )  # fmt: skip
    if changed:
        runtime.hint(MAKE_EXPORTS)
    return changed


def opened(runtime: Runtime, actor: Actor, export: Export) -> Iterator[bytes]:
    """The file of an export, part by part, noted in the audit trail before the first. Raises Gone.

    Each part is read and opened when it is asked for: no more than one is in memory.
    """
    now = runtime.now()
    if export.state is not ExportState.DONE or export.expires_at is None or export.expires_at <= now:
        raise Gone
    with runtime.transaction() as connection:
        audit.record(
            connection, actor, "download export", now, campaign_id=export.campaign_id, subject=_subject(export.id)
        )  # fmt: skip
    return _parts(runtime, export)


def _parts(runtime: Runtime, export: Export) -> Iterator[bytes]:
    for number in range(export.part_count):
        with runtime.reading() as connection:
            sealed = exports.part(connection, export.id, number)
        if sealed is None:
            # Deleted while it was read; the reader sees that it is cut short.
            raise Gone
        last = number == export.part_count - 1
        yield runtime.part_sealer.open(export.id, export.salt, number, sealed, last=last)


def _end(
    runtime: Runtime, actor: Actor, export: Export, act: str, to: ExportState, out_of: tuple[ExportState, ...]
) -> bool:  # fmt: skip
    now = runtime.now()
    with runtime.transaction() as connection:
        changed = exports.change(connection, export.id, to, out_of, now)
        if changed:
            audit.record(connection, actor, act, now, campaign_id=export.campaign_id, subject=_subject(export.id))
    if changed:
        runtime.hint(MAKE_EXPORTS)
    return changed


def _refuse_more(connection: Connection, campaign_id: int, campaigner_id: int) -> None:
    own, of_campaign = exports.unfinished(connection, campaign_id, campaigner_id)
    if own >= MOST_UNFINISHED or of_campaign >= MOST_UNFINISHED_OF_CAMPAIGN:
        raise Refused("Others are in the making. Wait until they are done, or stop one.")
    if exports.kept(connection, campaign_id, campaigner_id) >= MOST_KEPT:
        raise Refused("You have %(most)s files here already. Delete one first.", most=MOST_KEPT)


def _subject(number: int) -> str:
    return f"export {number}"

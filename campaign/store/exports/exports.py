"""Exports requested at the desk: rows that workers claim, renew and finish; and the encrypted parts of their files.

A worker has a row for a lease that it renews while it lives (`due_at` lies a little ahead); when that has run out, another
claims it, under another key, and whatever the first still does finds its claim gone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, case, exists, func, or_, select, text, update

from campaign.domain.accounts.role import ROLES_BY_PERMISSION, Permission
from campaign.domain.exports.plan import ExportPlan, plan_from_json
from campaign.store.accounts.memberships import MEMBERSHIPS
from campaign.store.database.statements import columns_of
from campaign.store.tables import UNFINISHED_EXPORT_SQL, campaigners, export_parts, exports


class ExportState(StrEnum):
    """State of an export."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    EXPIRED = "expired"
    DELETED = "deleted"
    """Not listed any more; its row goes once its parts are gone."""


UNFINISHED_STATES = (ExportState.WAITING, ExportState.RUNNING)


@dataclass(frozen=True, slots=True)
class Export:
    """Export of signatures to a file."""

    id: int
    campaign_id: int
    campaigner_id: int
    campaigner_name: str
    """Who asked for it."""
    plan: ExportPlan
    state: ExportState
    expected: int
    """Rows to be written in all its files."""
    written: int
    signature_count: int
    """Signatures in it, once it is done."""
    size: int
    part_count: int
    sha256: str
    salt: str
    claim_key: str
    attempts: int
    failure_reason: str
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None

    @property
    def is_unfinished(self) -> bool:
        """Whether a worker still has something to do for it."""
        return self.state in UNFINISHED_STATES


_EXPORTS = (
    select(*columns_of(Export, exports, campaigner_name=campaigners.c.name))
    .join(campaigners, campaigners.c.id == exports.c.campaigner_id)
    .where(exports.c.state != ExportState.DELETED.value)
)  # fmt: skip
IS_UNFINISHED = text(UNFINISHED_EXPORT_SQL)
"""An export that a worker has still to make, in the words of its partial index."""
_IS_ENTITLED = exists(MEMBERSHIPS.c.campaigner_id).where(
    MEMBERSHIPS.c.campaign_id == exports.c.campaign_id,
    MEMBERSHIPS.c.campaigner_id == exports.c.campaigner_id,
    MEMBERSHIPS.c.role.in_(sorted(role.value for role in ROLES_BY_PERMISSION[Permission.EXPORT])),
    campaigners.c.id == MEMBERSHIPS.c.campaigner_id,
    campaigners.c.disabled_at.is_(None),
)
_NOW = bindparam("now", type_=exports.c.created_at.type)
IS_EXPIRED = and_(exports.c.state == ExportState.DONE.value, or_(exports.c.expires_at <= _NOW, ~_IS_ENTITLED))
"""A file that is kept too long at `now`, or whose campaigner may no longer export."""
IS_ORPHANED = and_(IS_UNFINISHED, ~_IS_ENTITLED)
"""An unfinished export whose campaigner may no longer export."""
_GET = _EXPORTS.where(exports.c.id == bindparam("id"))
_OF_CAMPAIGNER = and_(exports.c.campaign_id == bindparam("campaign_id"), exports.c.campaigner_id == bindparam("campaigner_id"))
_PAGE = _EXPORTS.where(_OF_CAMPAIGNER).order_by(exports.c.id.desc()).limit(bindparam("limit"))
_LOCK_CAMPAIGNER = select(campaigners.c.id).where(campaigners.c.id == bindparam("campaigner_id")).with_for_update()
_COUNT_UNFINISHED = select(
    func.coalesce(func.sum(case((exports.c.campaigner_id == bindparam("campaigner_id"), 1), else_=0)), 0).label("own"),
    func.count().label("of_campaign"),
).where(exports.c.campaign_id == bindparam("campaign_id"), IS_UNFINISHED)
_COUNT_STORED_FILES = select(func.count()).where(_OF_CAMPAIGNER, exports.c.state == ExportState.DONE.value)
# Without its salt nobody can open a file, and without its claim no worker finishes it.
_END = update(exports).values(claim_key="", salt="", failure_reason="", finished_at=_NOW)
_SET_STATE = _END.where(
    exports.c.id == bindparam("of_id"), exports.c.state.in_(bindparam("from_states", expanding=True))
).values(state=bindparam("to_state"))
_RESTARTABLE_STATES = (ExportState.CANCELLED, ExportState.FAILED, ExportState.EXPIRED)
_RESTART = (
    update(exports)
    .where(exports.c.id == bindparam("of_id"), exports.c.state.in_([state.value for state in _RESTARTABLE_STATES]))
    .values(
        state=ExportState.WAITING.value, created_at=_NOW, due_at=_NOW, finished_at=None, expires_at=None, failure_reason="",
        attempts=0, written=0, expected=0, signature_count=0, size=0, sha256="", claim_key="", salt="",
    )
)  # fmt: skip
_EXPIRE = (
    _END.where(or_(IS_EXPIRED, IS_ORPHANED))
    .values(state=ExportState.EXPIRED.value)
    .returning(exports.c.id, exports.c.campaign_id)
)
_DELETE_OF_CAMPAIGN = _END.where(
    exports.c.campaign_id == bindparam("of_campaign"), exports.c.state != ExportState.DELETED.value
).values(state=ExportState.DELETED.value)
_PART = select(export_parts.c.body).where(
    export_parts.c.export_id == bindparam("export_id"), export_parts.c.number == bindparam("number")
)


def create_export(connection: Connection, campaign_id: int, campaigner_id: int, plan: ExportPlan, now: datetime) -> int:
    """Id of a new export, for a worker to make."""
    values = {
        "campaign_id": campaign_id, "campaigner_id": campaigner_id, "plan": plan.to_json(), "state": ExportState.WAITING.value,
        "expected": 0, "written": 0, "signature_count": 0, "size": 0, "part_count": 0, "sha256": "", "salt": "",
        "claim_key": "", "attempts": 0, "failure_reason": "", "created_at": now, "due_at": now,
    }  # fmt: skip
    return int(connection.execute(exports.insert().values(**values).returning(exports.c.id)).scalar_one())


def count_unfinished(connection: Connection, campaign_id: int, campaigner_id: int) -> tuple[int, int]:
    """Numbers of exports of a campaign that wait or are being made: this campaigner's, and all.

    The campaigner's row is locked until the transaction ends, so that two requests of theirs count each other.
    """
    given = {"campaign_id": campaign_id, "campaigner_id": campaigner_id}
    connection.execute(_LOCK_CAMPAIGNER, {"campaigner_id": campaigner_id})
    row = connection.execute(_COUNT_UNFINISHED, given).one()
    return row.own, row.of_campaign


def count_stored_files(connection: Connection, campaign_id: int, campaigner_id: int) -> int:
    """Number of files of a campaign that are kept for a campaigner."""
    given = {"campaign_id": campaign_id, "campaigner_id": campaigner_id}
    return connection.execute(_COUNT_STORED_FILES, given).scalar_one()


def get(connection: Connection, export_id: int) -> Export | None:
    """One export; None where there is none, or it was deleted."""
    row = connection.execute(_GET, {"id": export_id}).one_or_none()
    return None if row is None else _export_from_row(row)


def list_exports(connection: Connection, campaign_id: int, campaigner_id: int, limit: int) -> list[Export]:
    """Exports of a campaign that a campaigner asked for, newest first."""
    given = {"campaign_id": campaign_id, "campaigner_id": campaigner_id, "limit": limit}
    return [_export_from_row(row) for row in connection.execute(_PAGE, given)]


def set_state(
    connection: Connection, export_id: int, target_state: ExportState, from_states: Sequence[ExportState], now: datetime
) -> bool:  # fmt: skip
    """Bring an export into a state in which it cannot be opened any more. False where it is in none of `from_states`."""
    given = {
        "of_id": export_id, "to_state": target_state.value, "from_states": [state.value for state in from_states], "now": now,
    }  # fmt: skip
    return connection.execute(_SET_STATE, given).rowcount == 1


def restart_export(connection: Connection, export_id: int, now: datetime) -> bool:
    """Restart an export that was cancelled, has failed or expired. False for any other."""
    return connection.execute(_RESTART, {"of_id": export_id, "now": now}).rowcount == 1


def expire_exports(connection: Connection, now: datetime) -> list[tuple[int, int]]:
    """Expire the files kept too long, and those whose campaigner may no longer export; returns id and campaign of each.

    Their salts go, so that what was encrypted with them cannot be decrypted any more.
    """
    return [(row.id, row.campaign_id) for row in connection.execute(_EXPIRE, {"now": now})]


def delete_exports_of_campaign(connection: Connection, campaign_id: int, now: datetime) -> None:
    """Delete all exports of a campaign: no file of them can be decrypted, and the worker of exports removes the parts."""
    connection.execute(_DELETE_OF_CAMPAIGN, {"of_campaign": campaign_id, "now": now})


def encrypted_part(connection: Connection, export_id: int, number: int) -> bytes | None:
    """Encrypted part of the file, counted from 0."""
    return connection.execute(_PART, {"export_id": export_id, "number": number}).scalar_one_or_none()


def _export_from_row(row: Row[*tuple[Any, ...]]) -> Export:
    return Export(**{**row._asdict(), "plan": plan_from_json(row.plan), "state": ExportState(row.state)})

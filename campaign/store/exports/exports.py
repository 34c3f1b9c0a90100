"""Exports that were asked for at the desk: rows that workers claim, beat for, and finish; and the sealed parts they hold.

A row is the truth. A worker has it for a lease that it renews while it lives (`due_at` lies a little ahead); when that has run
out, another takes it, under another claim, and whatever the first still does finds its claim gone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from campaign.domain.accounts.role import ROLES_BY_PERMISSION, Permission
from campaign.domain.exports.plan import ExportPlan, plan_from_json
from campaign.store.database.statements import statement, supports_row_locks
from campaign.store.tables import exports


class ExportState(StrEnum):
    """Where an export is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    EXPIRED = "expired"
    DELETED = "deleted"
    """Nobody sees it any more; its row goes once its parts are gone."""


UNFINISHED_STATES = (ExportState.WAITING, ExportState.RUNNING)


@dataclass(frozen=True, slots=True)
class Export:
    """One export."""

    id: int
    campaign_id: int
    campaigner_id: int
    who: str
    """The name of who asked."""
    plan: ExportPlan
    state: ExportState
    expected: int
    """Rows to be written in all its files."""
    written: int
    rows: int
    """Signatures in it, once it is done."""
    size: int
    part_count: int
    sha256: str
    salt: str
    claim: str
    attempts: int
    problem: str
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None

    @property
    def is_unfinished(self) -> bool:
        """Whether a worker still has something to do for it."""
        return self.state in UNFINISHED_STATES


_EXPORT = """
    SELECT e.id, e.campaign_id, e.campaigner_id, p.name AS who, e.plan, e.state, e.expected, e.written, e.rows, e.size,
           e.part_count, e.sha256, e.salt, e.claim, e.attempts, e.problem, e.created_at, e.finished_at, e.expires_at
    FROM exports e JOIN campaigners p ON p.id = e.campaigner_id
"""
_ENTITLED = " OR ".join(f"t.role = '{role.value}'" for role in sorted(ROLES_BY_PERMISSION[Permission.EXPORT]))
_STILL_ENTITLED = f"""EXISTS (SELECT 1 FROM team t JOIN campaigners p ON p.id = t.campaigner_id
    WHERE t.campaign_id = exports.campaign_id AND t.campaigner_id = exports.campaigner_id AND ({_ENTITLED})
        AND p.disabled_at IS NULL)"""
EXPIRED_SQL = f"(state = 'done' AND (expires_at <= :now OR NOT {_STILL_ENTITLED}))"
ORPHANED_SQL = f"(state IN ('waiting', 'running') AND NOT {_STILL_ENTITLED})"
_GET = statement(f"{_EXPORT} WHERE e.id = :id AND e.state <> 'deleted'")
_PAGE = statement(
    f"""{_EXPORT} WHERE e.campaign_id = :campaign_id AND e.campaigner_id = :campaigner_id AND e.state <> 'deleted'
        ORDER BY e.id DESC LIMIT :most"""
)
_LOCK_CAMPAIGNER = statement("SELECT id FROM campaigners WHERE id = :campaigner_id FOR UPDATE")
_UNFINISHED_OF = statement(
    """SELECT coalesce(sum(CASE WHEN campaigner_id = :campaigner_id THEN 1 ELSE 0 END), 0) AS own, count(*) AS of_campaign
       FROM exports WHERE campaign_id = :campaign_id AND state IN ('waiting', 'running')"""
)
_STORED_FILES = statement(
    """SELECT count(*) FROM exports WHERE campaign_id = :campaign_id AND campaigner_id = :campaigner_id AND state = 'done'"""
)
_SET_STATE = statement(
    """UPDATE exports SET state = :to, finished_at = :now, claim = '', salt = '', problem = ''
       WHERE id = :id AND state IN :out_of""",
    list_parameters=("out_of",),
)
_RESTART = statement(
    """UPDATE exports SET state = 'waiting', created_at = :now, due_at = :now, finished_at = NULL, expires_at = NULL,
           problem = '', attempts = 0, written = 0, expected = 0, rows = 0, size = 0, sha256 = '', claim = '', salt = ''
       WHERE id = :id AND state IN ('cancelled', 'failed', 'expired')"""
)
_EXPIRE = statement(
    f"""UPDATE exports SET state = 'expired', salt = '', claim = '', problem = '', finished_at = :now
        WHERE {EXPIRED_SQL} OR {ORPHANED_SQL} RETURNING id, campaign_id"""
)
_PART = statement("SELECT body FROM export_parts WHERE export_id = :id AND number = :number")


def create_export(connection: Connection, campaign_id: int, campaigner_id: int, plan: ExportPlan, now: datetime) -> int:
    """An export that a worker is to make."""
    values = {
        "campaign_id": campaign_id, "campaigner_id": campaigner_id, "plan": plan.to_json(), "state": ExportState.WAITING.value,
        "expected": 0, "written": 0, "rows": 0, "size": 0, "part_count": 0, "sha256": "", "salt": "", "claim": "",
        "attempts": 0, "problem": "", "created_at": now, "due_at": now,
    }  # fmt: skip
    return int(connection.execute(exports.insert().values(**values).returning(exports.c.id)).scalar_one())


def count_unfinished(connection: Connection, campaign_id: int, campaigner_id: int) -> tuple[int, int]:
    """How many exports of a campaign wait or are being made: this campaigner's, and all.

    The campaigner is held until the transaction ends, so that two requests of theirs count each other.
    """
    given = {"campaign_id": campaign_id, "campaigner_id": campaigner_id}
    if supports_row_locks(connection):
        connection.execute(_LOCK_CAMPAIGNER, given)
    row = connection.execute(_UNFINISHED_OF, given).one()
    return int(row.own), int(row.of_campaign)


def count_stored_files(connection: Connection, campaign_id: int, campaigner_id: int) -> int:
    """How many files of a campaign are kept for a campaigner."""
    given = {"campaign_id": campaign_id, "campaigner_id": campaigner_id}
    return int(connection.execute(_STORED_FILES, given).scalar_one())


def get(connection: Connection, export_id: int) -> Export | None:
    """One export; None where there is none, or it was deleted."""
    row = connection.execute(_GET, {"id": export_id}).one_or_none()
    return None if row is None else _export_from_row(row)


def list_exports(connection: Connection, campaign_id: int, campaigner_id: int, limit: int) -> list[Export]:
    """What a campaigner has asked for in a campaign, newest first."""
    given = {"campaign_id": campaign_id, "campaigner_id": campaigner_id, "most": limit}
    return [_export_from_row(row) for row in connection.execute(_PAGE, given)]


def set_state(
    connection: Connection, export_id: int, target_state: ExportState, from_states: Sequence[ExportState], now: datetime
) -> bool:  # fmt: skip
    """Bring an export into a state in which nobody can open it any more. False where it is in none of those it may leave."""
    given = {"id": export_id, "to": target_state.value, "out_of": [state.value for state in from_states], "now": now}
    return connection.execute(_SET_STATE, given).rowcount == 1


def restart_export(connection: Connection, export_id: int, now: datetime) -> bool:
    """Have one made once more that was cancelled, has failed or expired. False for any other."""
    return connection.execute(_RESTART, {"id": export_id, "now": now}).rowcount == 1


def expire_exports(connection: Connection, now: datetime) -> list[tuple[int, int]]:
    """Shut what has expired, and whose campaigner may not have it any more; returns number and campaign of each.

    What was sealed with their salts can be opened by nobody from then on.
    """
    return [(row.id, row.campaign_id) for row in connection.execute(_EXPIRE, {"now": now})]


def encrypted_part(connection: Connection, export_id: int, number: int) -> bytes | None:
    """One sealed part, counted from 0."""
    body: bytes | None = connection.execute(_PART, {"id": export_id, "number": number}).scalar_one_or_none()
    return None if body is None else bytes(body)


def _export_from_row(row: Any) -> Export:
    return Export(**{**row._asdict(), "plan": plan_from_json(row.plan), "state": ExportState(row.state)})

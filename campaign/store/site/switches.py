"""Switches of the whole site: the rows that decide, also inside the statements that sign and verify.

Everything else reads their copy in Redis, `campaign.store.redis.switch_cache`.
"""

from datetime import datetime

from sqlalchemy import Connection

from campaign.domain.site.switch import PAUSING_SWITCHES, Switch, Switches, SwitchState
from campaign.store.database.statements import statement, supports_row_locks

SIGNING_PAUSED_SQL = "EXISTS (SELECT 1 FROM switches w WHERE w.thrown AND w.name IN ({}))".format(
    ", ".join(f"'{switch}'" for switch in PAUSING_SWITCHES)
)
"""Whether the operator holds signing, as part of the statement that would sign."""
READ_ONLY_SQL = f"EXISTS (SELECT 1 FROM switches w WHERE w.thrown AND w.name = '{Switch.READ_ONLY}')"
"""Whether nothing may be changed, as part of the statement that would."""

_ALL = statement(
    """SELECT w.name, w.thrown, w.message, w.created_at, w.revision, p.name AS who
       FROM switches w LEFT JOIN campaigners p ON p.id = w.changed_by"""
)
# Whoever throws one waits for whoever is throwing another, so that revisions are committed in their order. Readers do not wait.
_LOCK = statement("LOCK TABLE switches IN SHARE ROW EXCLUSIVE MODE")
_SET_SWITCH = statement(
    """INSERT INTO switches (name, thrown, message, changed_by, created_at, revision)
       VALUES (:name, :is_on, :message, :changed_by, :now, (SELECT coalesce(max(revision), 0) + 1 FROM switches))
       ON CONFLICT (name) DO UPDATE SET thrown = excluded.thrown, message = excluded.message,
           changed_by = excluded.changed_by, created_at = excluded.created_at, revision = excluded.revision"""
)
_READ_ONLY_SINCE = statement(f"SELECT created_at FROM switches WHERE thrown AND name = '{Switch.READ_ONLY}'")
_IN_GRACE = statement(
    """SELECT id, closes_at, verify_until FROM campaigns
       WHERE verify_until > :since AND closes_at < :now AND finalised_at IS NULL AND published_at IS NOT NULL ORDER BY id"""
)
_EXTEND_GRACE = statement("UPDATE campaigns SET verify_until = :verify_until, revision = revision + 1 WHERE id = :id")


def switch_states(connection: Connection) -> dict[Switch, SwitchState]:
    """Where each switch stands."""
    found = {row.name: row for row in connection.execute(_ALL)}
    stand = {switch: SwitchState(switch) for switch in Switch}
    for switch in Switch:
        if (row := found.get(switch.value)) is not None:
            stand[switch] = SwitchState(switch, bool(row.thrown), row.message, row.who or "", row.created_at)
    return stand


def active_switches(connection: Connection) -> Switches:
    """Which switches are on."""
    rows = connection.execute(_ALL).all()
    thrown = {row.name: row.message for row in rows if row.thrown}
    known = {switch: thrown[switch.value] for switch in Switch if switch.value in thrown}
    return Switches(known, max((row.revision for row in rows), default=0))


def lock_switches(connection: Connection) -> None:
    """Let nobody else throw a switch until the transaction ends."""
    if supports_row_locks(connection):
        connection.execute(_LOCK)


def set_switch(
    connection: Connection, switch: Switch, *, is_on: bool, message: str, campaigner_id: int | None, now: datetime
) -> None:
    """Throw a switch that `hold` keeps from others."""
    given = {"name": switch.value, "is_on": is_on, "message": message, "changed_by": campaigner_id, "now": now}
    connection.execute(_SET_SWITCH, given)


def read_only_since(connection: Connection) -> datetime | None:
    """Since when nothing may be changed; None where it may."""
    row = connection.execute(_READ_ONLY_SINCE).one_or_none()
    return None if row is None else row.created_at


def extend_grace(connection: Connection, since: datetime, now: datetime) -> int:
    """Have mailed links verify for as long again as they could not from `since` until `now`; how many campaigns that is.

    Only what was lost of a grace is given back: before the deadline nothing was lost.
    """
    rows = connection.execute(_IN_GRACE, {"since": since, "now": now}).all()
    for row in rows:
        lost = now - max(since, row.closes_at)
        connection.execute(_EXTEND_GRACE, {"id": row.id, "verify_until": row.verify_until + lost})
    return len(rows)

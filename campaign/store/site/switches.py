"""Switches of the whole site: the rows that decide, also inside the statements that sign and verify.

Everything else reads their copy in Redis, `campaign.store.redis.switch_cache`.
"""

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, update

from campaign.domain.site.switch import PAUSING_SWITCHES, Switch, Switches, SwitchState
from campaign.store.database.statements import text_statement
from campaign.store.database.upsert import insert
from campaign.store.tables import campaigners, campaigns, switches

SIGNING_PAUSED_SQL = "EXISTS (SELECT 1 FROM switches w WHERE w.is_on AND w.name IN ({}))".format(
    ", ".join(f"'{switch}'" for switch in PAUSING_SWITCHES)
)
"""Whether the operator has paused signing, as part of the statement that would sign."""
READ_ONLY_SQL = f"EXISTS (SELECT 1 FROM switches w WHERE w.is_on AND w.name = '{Switch.READ_ONLY}')"
"""Whether nothing may be changed, as part of the statement that would."""

_SWITCHES = (
    select(
        switches.c.name, switches.c.is_on, switches.c.message, switches.c.created_at, switches.c.revision,
        func.coalesce(campaigners.c.name, "").label("changed_by"),
    )
    .select_from(switches)
    .outerjoin(campaigners, campaigners.c.id == switches.c.changed_by)
)  # fmt: skip
# One who sets a switch waits for others who do, so that revisions are committed in their order. Readers do not wait. Text:
# Core cannot lock a table.
_LOCK = text_statement("LOCK TABLE switches IN SHARE ROW EXCLUSIVE MODE")
_new = insert(switches).values(
    revision=select(func.coalesce(func.max(switches.c.revision), 0) + 1).scalar_subquery(),
    **{name: bindparam(name) for name in ("name", "is_on", "message", "changed_by", "created_at")},
)
_SET_SWITCH = _new.on_conflict_do_update(
    index_elements=[switches.c.name],
    set_={name: _new.excluded[name] for name in ("is_on", "message", "changed_by", "created_at", "revision")},
)
_READ_ONLY_SINCE = select(switches.c.created_at).where(switches.c.is_on, switches.c.name == Switch.READ_ONLY.value)
_IN_GRACE = (
    select(campaigns.c.id, campaigns.c.closes_at, campaigns.c.verify_until)
    .where(
        campaigns.c.verify_until > bindparam("since"),
        campaigns.c.closes_at < bindparam("now"),
        campaigns.c.finalised_at.is_(None),
        campaigns.c.published_at.is_not(None),
    )
    .order_by(campaigns.c.id)
)
_EXTEND_GRACE = (
    update(campaigns)
    .where(campaigns.c.id == bindparam("of_id"))
    .values(verify_until=bindparam("new_end"), revision=campaigns.c.revision + 1)
)


def switch_states(connection: Connection) -> dict[Switch, SwitchState]:
    """State of each switch, and who changed it last."""
    rows = {row.name: row for row in connection.execute(_SWITCHES)}
    states = {switch: SwitchState(switch) for switch in Switch}
    for switch in Switch:
        if (row := rows.get(switch.value)) is not None:
            states[switch] = SwitchState(switch, row.is_on, row.message, row.changed_by, row.created_at)
    return states


def active_switches(connection: Connection) -> Switches:
    """The switches that are on, with their messages."""
    rows = connection.execute(_SWITCHES).all()
    messages = {row.name: row.message for row in rows if row.is_on}
    known = {switch: messages[switch.value] for switch in Switch if switch.value in messages}
    return Switches(known, max((row.revision for row in rows), default=0))


def lock_switches(connection: Connection) -> None:
    """Lock the switches until the transaction ends. On SQLite the whole database has been locked since it began."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)


def set_switch(
    connection: Connection, switch: Switch, *, is_on: bool, message: str, campaigner_id: int | None, now: datetime
) -> None:
    """Set a switch, after `lock_switches`."""
    given = {"name": switch.value, "is_on": is_on, "message": message, "changed_by": campaigner_id, "created_at": now}
    connection.execute(_SET_SWITCH, given)


def read_only_since(connection: Connection) -> datetime | None:
    """Start of the read-only mode; None where it is off."""
    return connection.execute(_READ_ONLY_SINCE).scalar_one_or_none()


def extend_grace(connection: Connection, since: datetime, now: datetime) -> int:
    """Lengthen graces by the time in which mailed links could not verify, `since` until `now`; returns how many.

    Only what was lost of a grace is given back: before the deadline nothing was lost.
    """
    rows = connection.execute(_IN_GRACE, {"since": since, "now": now}).all()
    for row in rows:
        lost = now - max(since, row.closes_at)
        connection.execute(_EXTEND_GRACE, {"of_id": row.id, "new_end": row.verify_until + lost})
    return len(rows)

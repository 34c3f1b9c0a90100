"""Unused accounts: campaigners who were added and never came in, deleted with their address some time after their last link.

Who has a role, looks after the site or was shut out is somebody's decision, and stays until that is taken back.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, exists, select

from campaign.store.accounts.accounts import FIRST_CAMPAIGNER_EMAIL_KEY
from campaign.store.database.statements import is_any_of
from campaign.store.tables import audit_log, campaigners, login_links, organisation_team_members, outbox, team_members

_BEFORE = bindparam("before", type_=login_links.c.expires_at.type)
# Read once for all of them: all who ever came in are in the audit trail, which is for good.
_CAME_IN = select(audit_log.c.campaigner_id).where(audit_log.c.campaigner_id.is_not(None)).distinct()
_UNUSED = (
    select(campaigners.c.id)
    .where(
        campaigners.c.created_at < _BEFORE, ~campaigners.c.operator, campaigners.c.disabled_at.is_(None),
        campaigners.c.email_key != FIRST_CAMPAIGNER_EMAIL_KEY,
        ~exists().where(login_links.c.campaigner_id == campaigners.c.id, login_links.c.expires_at >= _BEFORE),
        ~exists().where(team_members.c.campaigner_id == campaigners.c.id),
        ~exists().where(organisation_team_members.c.campaigner_id == campaigners.c.id),
        ~exists().where(outbox.c.campaigner_id == campaigners.c.id, outbox.c.state == "owed"),
        campaigners.c.id.not_in(_CAME_IN),
    )
)  # fmt: skip
_LOCK = (
    _UNUSED.order_by(campaigners.c.id).limit(bindparam("limit")).with_for_update(skip_locked=True, of=campaigners)
)  # fmt: skip
# Asked again once their rows are locked: by then nobody can add to what leads to them.
_STILL_UNUSED = _UNUSED.where(is_any_of(campaigners.c.id, "ids"))
_OF_CAMPAIGNERS = tuple(delete(table).where(is_any_of(table.c.campaigner_id, "ids")) for table in (login_links, outbox))
_DELETE = delete(campaigners).where(is_any_of(campaigners.c.id, "ids"))


def delete_unused_accounts(connection: Connection, before: datetime, limit: int) -> Sequence[int]:
    """Delete up to `limit` accounts that nobody ever came in with, whose last link expired before a time; their numbers."""
    locked = connection.execute(_LOCK, {"before": before, "limit": limit}).scalars().all()
    if not locked:
        return []
    unused = connection.execute(_STILL_UNUSED, {"before": before, "ids": list(locked)}).scalars().all()
    for statement in (*_OF_CAMPAIGNERS, _DELETE):
        connection.execute(statement, {"ids": list(unused)})
    return unused

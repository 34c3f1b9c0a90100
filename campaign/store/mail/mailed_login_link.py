"""Login link that a mail carries: made when the mail leaves, since its time runs from then."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select, update

from campaign.domain.mail.claim import CampaignerMail
from campaign.store.accounts import login_links
from campaign.store.tables import login_links as links_table
from campaign.store.tables import outbox

_LINK_OF_MAIL = (
    select(links_table.c.id, links_table.c.key)
    .join_from(outbox, links_table, links_table.c.id == outbox.c.login_link_id)
    .where(outbox.c.id == bindparam("mail_id"), links_table.c.used_at.is_(None), links_table.c.expires_at > bindparam("now"))
)
_SET_LINK = update(outbox).where(outbox.c.id == bindparam("mail_id")).values(login_link_id=bindparam("link_id"))


def login_link_of(
    connection: Connection, mail: CampaignerMail, key: str, now: datetime, lifetime: timedelta
) -> tuple[int, str]:
    """The link a mail carries, by number and key: that of an earlier attempt while it is good, else a new one with `key`."""
    row = connection.execute(_LINK_OF_MAIL, {"mail_id": mail.id, "now": now}).one_or_none()
    if row is not None:
        return row.id, row.key
    if mail.campaigner_id is None:
        raise LookupError("a link to sign in with is for a campaigner")
    link_id = login_links.add_login_link(connection, key, mail.campaigner_id, now, now + lifetime)
    connection.execute(_SET_LINK, {"mail_id": mail.id, "link_id": link_id})
    return link_id, key

"""Consequences of a change of credentials: it is written down, they are told, their other browsers are signed out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaign.domain.mail.kinds import MailKind
from campaign.store.accounts import audit_log
from campaign.store.mail import outbox
from campaign.store.redis import sessions

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from campaign.domain.accounts.actor import Actor
    from campaign.runtime import Runtime

_MAIL_TEXTS = {
    "add passkey": "A passkey was added to your account.",
    "remove passkey": "A passkey was removed from your account.",
    "refuse copied passkey": "A passkey of yours was refused: there seems to be a copy of it. Remove it, and add a new one.",
    "set password": "A password was set for your account.",
    "change password": "The password of your account was changed.",
    "remove password": "The password of your account was removed.",
    "set up code app": "A code app was set up as the second factor of your account.",
    "remove code app": "The code app of your account was removed: no code is asked for any more.",
    "make recovery codes": "New recovery codes were made for your account. The old ones are good no longer.",
    "use recovery code": "One of the recovery codes of your account was used.",
    "forget proofs": "The people who run this site have removed all passkeys, codes and the password of your account.",
}
"""What the mail about each act says."""


def record_credential_change(
    runtime: Runtime,
    connection: Connection,
    campaigner_id: int,
    actor: Actor,
    action: str,
    *,
    subject: str = "",
    keep_session: str = "",
) -> None:
    """The last thing in the transaction that gives somebody a proof or takes one away. `keep` is the session that stays.

    Raises RedisUnavailableError; then nothing is changed, as a new credential is no good while sessions of the old one last.
    """
    record_and_notify(runtime, connection, campaigner_id, actor, action, subject=subject)
    runtime.call_redis(lambda redis: sessions.end_all_sessions(redis, campaigner_id, except_session=keep_session))


def record_and_notify(
    runtime: Runtime, connection: Connection, campaigner_id: int, actor: Actor, action: str, *, subject: str = ""
) -> None:
    """Write something down that concerns somebody's proofs, and owe them a mail about it. The clock sees to it that it goes."""
    now = runtime.now()
    audit_log.record(connection, actor, action, now, subject=subject)
    outbox.enqueue_campaigner_mail(
        connection, MailKind.CREDENTIALS_CHANGED, now, campaigner_id=campaigner_id, facts={"words": _MAIL_TEXTS[action]}
    )

"""Signing and verifying, which come in millions, each with the outbox row of the mail that answers it.

Signature and outbox row are committed together or not at all. On PostgreSQL they are one statement, which is a transaction of
its own and one round trip instead of four. SQLite cannot join them, and needs not, since a round trip there costs nothing: it
gets the same two texts as two statements of one transaction.
"""

from datetime import datetime

from sqlalchemy import Connection, bindparam

from campaign.domain.mail.kinds import MAIL_AFTER_SIGNING, MAIL_KINDS, MailKind
from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.statements import supports_writing_ctes, text_statement
from campaign.store.mail import outbox
from campaign.store.mail.outbox import MailboxLimit
from campaign.store.signatures import signatures
from campaign.store.signatures.signatures import ChangedSignature, SignedSignature, SignFormData

_MAIL_KIND_SQL = " ".join(f"WHEN '{state}' THEN '{kind}'" for state, kind in MAIL_AFTER_SIGNING.items())
_MAIL_PRIORITY_SQL = " ".join(
    f"WHEN '{state}' THEN {MAIL_KINDS[kind].priority.value}" for state, kind in MAIL_AFTER_SIGNING.items()
)
_THANKS_PRIORITY = MAIL_KINDS[MailKind.THANK_YOU].priority.value
_NOW = bindparam("now", type_=UtcDateTime())
# Text, being made of the texts of its two parts. The limit is read as of the statement's begin, so simultaneous submissions can
# overshoot it by a few; the unique index on what is owed keeps even those to one mail for each signature.
_SIGN_AND_ENQUEUE = text_statement(
    f"""
    WITH changed AS ({signatures.SIGN_SQL}),
    enqueued AS (
        {outbox.INSERT_MAIL}
        SELECT id, CASE state {_MAIL_KIND_SQL} END, mailbox_hash, CASE state {_MAIL_PRIORITY_SQL} END, 'owed', 0, :now, :now, ''
            FROM changed
        WHERE {outbox.WITHIN_MAILBOX_LIMIT}
        ON CONFLICT DO NOTHING)
    SELECT id, state, edition FROM changed
""",
    _NOW,
    bindparam("since", type_=UtcDateTime()),
    columns=signatures.SIGNED_COLUMNS,
)
_VERIFY_AND_ENQUEUE = text_statement(
    f"""
    WITH changed AS ({signatures.VERIFY_SQL}),
    enqueued AS (
        {outbox.INSERT_MAIL}
        SELECT id, '{MailKind.THANK_YOU}', mailbox_hash, {_THANKS_PRIORITY}, 'owed', 0, :now, :now, '' FROM changed
        ON CONFLICT DO NOTHING)
    SELECT id, slug, mailbox_hash FROM changed
""",
    _NOW,
    columns=signatures.CHANGED_COLUMNS,
)


def sign(
    connection: Connection,
    campaign_id: int,
    text_hash: str,
    submission: SignFormData,
    *,
    mailbox_hash: str,
    link_key: str,
    now: datetime,
    mailbox_limit: MailboxLimit,
) -> SignedSignature | None:
    """`signatures.sign_only`, and the mail that answers it."""
    if supports_writing_ctes(connection):
        parameters = signatures.sign_parameters(campaign_id, text_hash, submission, mailbox_hash, link_key, now)
        limits = {"since": now - mailbox_limit.window, "most": mailbox_limit.max_mails}
        row = connection.execute(_SIGN_AND_ENQUEUE, parameters | limits).one_or_none()
        return None if row is None else SignedSignature(row.id, row.state, row.edition)
    signed = signatures.sign_only(connection, campaign_id, text_hash, submission, mailbox_hash, link_key, now)
    if signed is not None:
        outbox.enqueue_mail(connection, MAIL_AFTER_SIGNING[signed.state], signed.id, mailbox_hash, now, mailbox_limit)
    return signed


def verify(
    connection: Connection, signature_id: int, link_key: str, edition: int, *, now: datetime, mailbox_limit: MailboxLimit
) -> ChangedSignature | None:
    """`signatures.verify_only`, and the thank-you mail."""
    if supports_writing_ctes(connection):
        parameters = {"id": signature_id, "link_key": link_key, "edition": edition, "now": now}
        row = connection.execute(_VERIFY_AND_ENQUEUE, parameters).one_or_none()
        return None if row is None else ChangedSignature(row.id, row.slug, row.mailbox_hash)
    changed = signatures.verify_only(connection, signature_id, link_key, edition, now)
    if changed is not None:
        outbox.enqueue_mail(connection, MailKind.THANK_YOU, changed.id, changed.mailbox_hash, now, mailbox_limit)
    return changed

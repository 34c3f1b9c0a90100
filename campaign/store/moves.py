"""The two moves that come in millions, sign and verify, each with the mail it makes owed.

Move and promise are committed together or not at all. On PostgreSQL they are one statement, which is a transaction of its own
and one round trip instead of four. SQLite cannot join them, and needs not, since a round trip there costs nothing: it gets the
same two texts as two statements of one transaction.
"""

from datetime import datetime

from sqlalchemy import Connection

from campaign.domain.signature import MAIL_AFTER_SIGNING, MailKind, SignatureState
from campaign.store import outbox, signatures
from campaign.store.outbox import PRIORITY, MailboxBound
from campaign.store.signatures import Moved, Signed, Submission
from campaign.store.sql import joins_writes, statement

_KIND = " ".join(f"WHEN '{state}' THEN '{kind}'" for state, kind in MAIL_AFTER_SIGNING.items())
_RANK = " ".join(f"WHEN '{state}' THEN {PRIORITY[kind]}" for state, kind in MAIL_AFTER_SIGNING.items())
# The bound is read as of the statement's begin, so simultaneous submissions can overshoot it by a few; the unique index on what
# is owed keeps even those to one promise for each signature.
_SIGN_AND_PROMISE = statement(f"""
    WITH moved AS ({signatures.SIGN}),
    promised AS (
        {outbox.PROMISE}
        SELECT id, CASE state {_KIND} END, mailbox, CASE state {_RANK} END, 'owed', 0, :now, :now, '' FROM moved
        WHERE {outbox.WITHIN_BOUND}
        ON CONFLICT DO NOTHING)
    SELECT id, state, edition FROM moved
""")
_VERIFY_AND_PROMISE = statement(f"""
    WITH moved AS ({signatures.VERIFY}),
    promised AS (
        {outbox.PROMISE}
        SELECT id, '{MailKind.THANK_YOU}', mailbox, {PRIORITY[MailKind.THANK_YOU]}, 'owed', 0, :now, :now, '' FROM moved
        ON CONFLICT DO NOTHING)
    SELECT id, slug, mailbox FROM moved
""")


def sign(
    connection: Connection,
    campaign_id: int,
    text_hash: str,
    submission: Submission,
    *,
    mailbox: str,
    link_key: str,
    now: datetime,
    bound: MailboxBound,
) -> Signed | None:
    """`signatures.sign`, and the mail that answers it."""
    if joins_writes(connection):
        given = signatures.signing(campaign_id, text_hash, submission, mailbox, link_key, now)
        limits = {"since": now - bound.window, "most": bound.most}
        row = connection.execute(_SIGN_AND_PROMISE, given | limits).one_or_none()
        return None if row is None else Signed(row.id, SignatureState(row.state), row.edition)
    signed = signatures.sign(connection, campaign_id, text_hash, submission, mailbox, link_key, now)
    if signed is not None:
        outbox.promise(connection, MAIL_AFTER_SIGNING[signed.state], signed.id, mailbox, now, bound)
    return signed


def verify(
    connection: Connection, signature_id: int, link_key: str, edition: int, *, now: datetime, bound: MailboxBound
) -> Moved | None:
    """`signatures.verify`, and the thank-you mail."""
    if joins_writes(connection):
        given = {"id": signature_id, "link_key": link_key, "edition": edition, "now": now}
        row = connection.execute(_VERIFY_AND_PROMISE, given).one_or_none()
        return None if row is None else Moved(row.id, row.slug, row.mailbox)
    moved = signatures.verify(connection, signature_id, link_key, edition, now)
    if moved is not None:
        outbox.promise(connection, MailKind.THANK_YOU, moved.id, moved.mailbox, now, bound)
    return moved

"""Signing and verifying, which come in millions, each with the outbox row of the mail that answers it.

Signature and outbox row are committed together or not at all. On PostgreSQL they are one statement, which is a transaction of
its own and one round trip instead of four. SQLite cannot join them, and needs not, since a round trip there costs nothing: it
gets the same texts as statements of one transaction.
"""

from datetime import datetime

from sqlalchemy import Connection, bindparam

from campaign.domain.mail.fair_queue import NO_FLOW, MailFlow
from campaign.domain.mail.kinds import MAIL_AFTER_SIGNING, MAIL_KINDS, MailKind
from campaign.domain.signatures.signature import SignatureState
from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.statements import supports_writing_ctes, text_statement
from campaign.store.mail.signatory_mails import (
    INSERT_MAIL,
    IS_OWED_SQL,
    QUEUE_MS_SQL,
    MailboxLimit,
    MailCause,
    enqueue_mail,
    limit_columns_sql,
    limit_parameters,
    queue_ms,
)
from campaign.store.signatures import corrections, signatures
from campaign.store.signatures.corrections import CORRECTION_VALUES_SQL, INSERT_CORRECTION_SQL, Correction
from campaign.store.signatures.sign_sql import EDITION_JUST_GIVEN_SQL, SIGN_SQL, VERIFY_SQL
from campaign.store.signatures.signatures import ChangedSignature, SignedSignature, SignFormData

_MAIL_KIND_SQL = " ".join(f"WHEN '{state}' THEN '{kind}'" for state, kind in MAIL_AFTER_SIGNING.items())
_MAIL_PRIORITY_SQL = " ".join(
    f"WHEN '{state}' THEN {MAIL_KINDS[kind].priority.value}" for state, kind in MAIL_AFTER_SIGNING.items()
)
_THANKS_PRIORITY = MAIL_KINDS[MailKind.THANK_YOU].priority.value
_NOW = bindparam("now", type_=UtcDateTime())
# Text, being made of the texts of its parts. The limits are read as of the statement's begin, so simultaneous submissions can
# overshoot it by a few; the unique index on what is owed keeps even those to one mail for each edition.
_SIGN_AND_ENQUEUE = text_statement(
    f"""
    WITH changed AS ({SIGN_SQL} RETURNING id, state, details_edition, mailbox_hash, {EDITION_JUST_GIVEN_SQL} AS edition),
    counted AS (SELECT changed.*, {limit_columns_sql("changed.id")} FROM changed),
    enqueued AS (
        {INSERT_MAIL}
        SELECT id, CASE state {_MAIL_KIND_SQL} END, CASE state WHEN 'pending' THEN edition ELSE 0 END, mailbox_hash,
                CASE state {_MAIL_PRIORITY_SQL} END, 'owed', 0,
                :now + CAST(:window AS INTERVAL) * (of_mailbox / CAST(:max_mails AS BIGINT)), :now, '',
                {QUEUE_MS_SQL}, CAST(:network_key AS BIGINT), CAST(:domain_key AS BIGINT)
            FROM counted
        WHERE {IS_OWED_SQL}
        ON CONFLICT DO NOTHING
        RETURNING signature_id),
    kept AS (
        {INSERT_CORRECTION_SQL}
        SELECT id, edition, {CORRECTION_VALUES_SQL} FROM changed JOIN enqueued ON enqueued.signature_id = changed.id
        WHERE state = 'pending' AND edition <> details_edition
        ON CONFLICT DO NOTHING)
    SELECT {", ".join(column.key for column in signatures.SIGNED_COLUMNS)} FROM changed
""",
    _NOW,
    bindparam("since", type_=UtcDateTime()),
    row=signatures.SIGNED_COLUMNS,
)
_VERIFY_AND_ENQUEUE = text_statement(
    f"""
    WITH changed AS ({VERIFY_SQL}),
    enqueued AS (
        {INSERT_MAIL}
        SELECT id, '{MailKind.THANK_YOU}', 0, mailbox_hash, {_THANKS_PRIORITY}, 'owed', 0, :now, :now, '', :now_ms, NULL, NULL
            FROM changed
        ON CONFLICT DO NOTHING),
    needless AS (DELETE FROM corrections USING changed WHERE corrections.signature_id = changed.id)
    SELECT {", ".join(column.key for column in signatures.CHANGED_COLUMNS)} FROM changed
""",
    _NOW,
    row=signatures.CHANGED_COLUMNS,
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
    flow: MailFlow = NO_FLOW,
) -> SignedSignature | None:
    """`signatures.sign_only`, and the mail that answers it; details other than those on file are kept with that mail."""
    cause = MailCause(submission.network, flow)
    parameters = signatures.sign_parameters(campaign_id, text_hash, submission, mailbox_hash, link_key, now)
    if supports_writing_ctes(connection):
        limits = limit_parameters(now, mailbox_limit, cause) | {"window": mailbox_limit.window}
        row = connection.execute(_SIGN_AND_ENQUEUE, parameters | limits).one_or_none()
        return None if row is None else SignedSignature(*row)
    signed = signatures.sign_only(connection, campaign_id, text_hash, submission, mailbox_hash, link_key, now)
    if signed is None:
        return None
    is_pending = signed.state is SignatureState.PENDING
    is_owed = enqueue_mail(
        connection, MAIL_AFTER_SIGNING[signed.state], signed.id, mailbox_hash, now, mailbox_limit,
        edition=signed.edition if is_pending else 0, cause=cause,
    )  # fmt: skip
    is_kept = is_owed and is_pending and signed.edition != signed.details_edition
    corrections.keep_correction(connection, signed.id, signed.edition, parameters, is_kept=is_kept)
    return signed


def verify(
    connection: Connection, signature_id: int, link_key: str, edition: int, *, now: datetime, mailbox_limit: MailboxLimit
) -> ChangedSignature | None:
    """`signatures.verify_only`, and the thank-you mail. Corrections are needed no longer."""
    if supports_writing_ctes(connection):
        parameters = {"id": signature_id, "link_key": link_key, "edition": edition, "now": now, "now_ms": queue_ms(now)}
        row = connection.execute(_VERIFY_AND_ENQUEUE, parameters).one_or_none()
        return None if row is None else ChangedSignature(*row)
    changed = signatures.verify_only(connection, signature_id, link_key, edition, now)
    return _finish(connection, changed, now, mailbox_limit)


def verify_corrected(
    connection: Connection,
    signature_id: int,
    link_key: str,
    correction: Correction,
    *,
    now: datetime,
    mailbox_limit: MailboxLimit,
) -> ChangedSignature | None:
    """The same with the details of a correction, in a transaction."""
    changed = corrections.verify_corrected_only(connection, signature_id, link_key, correction, now)
    return _finish(connection, changed, now, mailbox_limit)


def _finish(
    connection: Connection, changed: ChangedSignature | None, now: datetime, mailbox_limit: MailboxLimit
) -> ChangedSignature | None:
    if changed is not None:
        enqueue_mail(connection, MailKind.THANK_YOU, changed.id, changed.mailbox_hash, now, mailbox_limit)
        corrections.delete_corrections(connection, changed.id)
    return changed

"""Mails owed to signatories: how many one mailbox may get, and the place of each in the queue."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, Connection, bindparam, literal_column

from campaign.domain.mail.fair_queue import NETWORK_GAP_MS, NO_FLOW, MailFlow
from campaign.domain.mail.kinds import MAIL_KINDS, MailKind
from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.statements import text_statement

_LIMITED_KINDS_SQL = ", ".join(f"'{kind}'" for kind, rules in MAIL_KINDS.items() if rules.stranger_can_cause)


@dataclass(frozen=True, slots=True)
class MailboxLimit:
    """Limit on mails that strangers can cause one mailbox: how many, in which time."""

    max_mails: int
    """Over all campaigns."""
    window: timedelta
    max_mails_per_campaign: int = 1_000_000


@dataclass(frozen=True, slots=True)
class MailCause:
    """Cause of a mail that a stranger can cause."""

    network: str = ""
    """The /24 or /48; empty where that is unknown."""
    flow: MailFlow = NO_FLOW


ANYBODY = MailCause()
"""The cause of a mail of which nothing is known."""

INSERT_MAIL = """INSERT INTO outbox (signature_id, kind, edition, mailbox_hash, priority, state, attempts, due_at, created_at,
                reason, queue_ms, network_key, domain_key)"""
"""What every promise to a signatory begins with; the columns of a SELECT follow."""
QUEUE_MS_SQL = """(SELECT max(place) FROM (
            SELECT CAST(:now_ms AS BIGINT) AS place
            UNION ALL SELECT max(queue_ms) + CAST(:network_gap_ms AS BIGINT) FROM outbox
                WHERE state = 'owed' AND network_key IS NOT NULL AND network_key = CAST(:network_key AS BIGINT)
            UNION ALL SELECT max(queue_ms) + CAST(:domain_gap_ms AS BIGINT) FROM outbox
                WHERE state = 'owed' AND domain_key IS NOT NULL AND domain_key = CAST(:domain_key AS BIGINT)) places)"""
"""The place in the queue: `campaign.domain.mail.fair_queue`."""


def limit_columns_sql(signature_id: str) -> str:
    """Columns that the limits are judged by: mails to the mailbox about this signature, and about all, in the window; and
    whether none of them was caused from this network. What is put off counts in the window that it is due in."""
    return f"""(SELECT count(*) FROM outbox WHERE signature_id = {signature_id} AND coalesce(settled_at, due_at) > :since
                    AND kind IN ({_LIMITED_KINDS_SQL})) AS of_campaign,
            (SELECT count(*) FROM outbox WHERE mailbox_hash = :mailbox_hash AND coalesce(settled_at, due_at) > :since
                    AND kind IN ({_LIMITED_KINDS_SQL})) AS of_mailbox,
            (CAST(:network AS VARCHAR(43)) <> ''
                AND NOT EXISTS (SELECT 1 FROM signatures s WHERE s.id = {signature_id} AND s.network = :network)
                AND NOT EXISTS (SELECT 1 FROM corrections k WHERE k.signature_id = {signature_id} AND k.network = :network))
                AS is_new_network"""


IS_OWED_SQL = """(of_campaign = 0 OR (of_mailbox < :max_mails
                AND (of_campaign < :max_mails_per_campaign OR is_new_network)))"""
"""Whether one more mail is owed: always the first about a campaign; then up to the limits, where the limit for the campaign is
not for somebody who comes from another network than all before, so that nobody can use it up for them."""

_NOW = bindparam("now", type_=UtcDateTime())
_SINCE = bindparam("since", type_=UtcDateTime())
# Text: INSERT … SELECT … ON CONFLICT, which Core has only as a construct of each database. A promise not yet kept counts once,
# however often it is asked for: the unique index on what is owed says so.
_ENQUEUE = text_statement(
    f"""{INSERT_MAIL}
        SELECT :signature_id, CAST(:kind AS VARCHAR(20)), CAST(:edition AS INTEGER), CAST(:mailbox_hash AS VARCHAR(32)),
               :priority, 'owed', 0, :due_at, :now, '', {QUEUE_MS_SQL}, CAST(:network_key AS BIGINT),
               CAST(:domain_key AS BIGINT)
        WHERE :is_owed ON CONFLICT DO NOTHING""",
    _NOW,
    bindparam("due_at", type_=UtcDateTime()),
    bindparam("is_owed", type_=Boolean()),
)
_LIMITS = text_statement(
    f"SELECT {IS_OWED_SQL} AS is_owed, of_campaign, of_mailbox FROM (SELECT {limit_columns_sql(':signature_id')}) counted",
    _SINCE,
    columns=(literal_column("is_owed", Boolean()).label("is_owed"),),
)


def queue_ms(at: datetime) -> int:
    """The place in the queue of what is promised at a moment: milliseconds of the epoch."""
    return int(at.timestamp() * 1000)


def limit_parameters(now: datetime, limit: MailboxLimit, cause: MailCause) -> dict[str, Any]:
    """The parameters of the texts above, but for the mailbox."""
    return {
        "since": now - limit.window, "max_mails": limit.max_mails, "max_mails_per_campaign": limit.max_mails_per_campaign,
        "network": cause.network, **queue_parameters(now, cause.flow),
    }  # fmt: skip


def queue_parameters(now: datetime, flow: MailFlow) -> dict[str, Any]:
    """The parameters of QUEUE_MS_SQL."""
    return {
        "now_ms": queue_ms(now) + flow.behind_ms, "network_gap_ms": NETWORK_GAP_MS, "domain_gap_ms": flow.domain_gap_ms,
        "network_key": flow.network_key, "domain_key": flow.domain_key,
    }  # fmt: skip


def enqueue_mail(
    connection: Connection,
    kind: MailKind,
    signature_id: int,
    mailbox_hash: str,
    now: datetime,
    mailbox_limit: MailboxLimit,
    *,
    edition: int = 0,
    cause: MailCause = ANYBODY,
) -> bool:
    """Owe a signatory a mail. False where the same one is owed already, or the mailbox has had its share.

    `edition` is that of the details a verification mail is about. The first mail about a campaign is owed also to a mailbox
    that has had its share over all: then it is put off until there is room, window by window.
    """
    rules, due_at, is_owed = MAIL_KINDS[kind], now, True
    if rules.stranger_can_cause:
        given = limit_parameters(now, mailbox_limit, cause) | {"signature_id": signature_id, "mailbox_hash": mailbox_hash}
        found = connection.execute(_LIMITS, given).one()
        # What is not owed takes as long: nobody can tell by it what a mailbox has had.
        is_owed = found.is_owed
        due_at = now + mailbox_limit.window * (found.of_mailbox // mailbox_limit.max_mails)
    given = {
        "signature_id": signature_id, "kind": kind.value, "edition": edition, "mailbox_hash": mailbox_hash,
        "priority": rules.priority.value, "now": now, "due_at": due_at, "is_owed": is_owed,
    }  # fmt: skip
    return connection.execute(_ENQUEUE, given | queue_parameters(now, cause.flow)).rowcount == 1

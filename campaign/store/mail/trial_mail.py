"""Trial mail: one that an operator asks for to see that mail leaves, and what has become of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from campaign.domain.mail.delivery import Delivery
from campaign.domain.mail.kinds import MAIL_KINDS, MailKind
from campaign.store.database.statements import columns_of
from campaign.store.tables import outbox


@dataclass(frozen=True, slots=True)
class TrialMailResult:
    """Result of a trial mail."""

    state: str
    attempts: int
    reason: str
    delivery: Delivery


_RESULT = select(*columns_of(TrialMailResult, outbox)).where(
    outbox.c.id == bindparam("mail_id"), outbox.c.kind == MailKind.TRIAL
)


def enqueue_trial_mail(connection: Connection, facts: Mapping[str, Any], now: datetime) -> int:
    """Owe it; its number. Its address is sealed among the facts."""
    given = {
        "kind": MailKind.TRIAL, "mailbox_hash": "", "facts": dict(facts), "priority": MAIL_KINDS[MailKind.TRIAL].priority.value,
        "state": "owed", "attempts": 0, "due_at": now, "created_at": now, "reason": "",
    }  # fmt: skip
    return int(connection.execute(insert(outbox).values(**given).returning(outbox.c.id)).scalar_one())


def trial_mail_result(connection: Connection, mail_id: int) -> TrialMailResult | None:
    """What has become of it; None where no test mail has this number."""
    row = connection.execute(_RESULT, {"mail_id": mail_id}).one_or_none()
    return None if row is None else TrialMailResult(**row._asdict())

"""Mail failure: why no mail leaves at present, as the workers last found; gone with the first mail that is taken."""

import json
from dataclasses import dataclass
from datetime import datetime

from redis import Redis

FAILURE_KEY = "countersign:mail-failure"
FAILURE_TTL_SECONDS = 900
"""Seconds after which a failure that nobody has met again is forgotten."""


@dataclass(frozen=True, slots=True)
class MailFailure:
    """A failure that concerns every mail."""

    since: datetime
    reason: str
    """What the server answered, as a code and our own words; names no address."""
    sender_refused: bool
    """Whether it refuses our sender, key or account: then waiting does not help."""


def mail_failure(redis: Redis) -> MailFailure | None:
    """The failure; None where mail leaves, or nobody has tried."""
    raw = redis.get(FAILURE_KEY)
    if raw is None:
        return None
    value = json.loads(raw)
    return MailFailure(datetime.fromisoformat(value["since"]), value["reason"], value["sender_refused"])


def note_mail_failure(redis: Redis, failure: MailFailure) -> None:
    """Keep a failure; where there is one, since when it lasts."""
    known = mail_failure(redis)
    since = failure.since if known is None else min(known.since, failure.since)
    value = {"since": since.isoformat(), "reason": failure.reason[:200], "sender_refused": failure.sender_refused}
    redis.set(FAILURE_KEY, json.dumps(value), ex=FAILURE_TTL_SECONDS)


def clear_mail_failure(redis: Redis) -> None:
    """Forget it: a mail was taken."""
    redis.delete(FAILURE_KEY)

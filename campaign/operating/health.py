"""Whether the site is well, and the nightly proof of its counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from campaign.jobs import DESK_QUEUE, HANDOVER_QUEUE, LEDGER_QUEUE, MAIL_QUEUE, QUEUES
from campaign.runtime import RedisUnavailable, Runtime
from campaign.store import audit, campaigns, counters, directory
from campaign.store import health as stored

if TYPE_CHECKING:
    from datetime import datetime

    from campaign.domain.actor import Actor
    from campaign.domain.standing import Standing
    from campaign.store.health import Backlog, Line

OLD_MAIL = timedelta(minutes=5)
"""Mail owed for longer than this means that nobody delivers it."""
_WORK = {
    MAIL_QUEUE: "mail to signatories", LEDGER_QUEUE: "the count", DESK_QUEUE: "the desk and its mail",
    HANDOVER_QUEUE: "exports and what is handed over",
}  # fmt: skip
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Proved:
    """What proving all counts has found the last time."""

    at: datetime
    campaigns: int
    drift: int
    """All that was off, added up; zero where every count is what the signatures add up to."""
    drifting: tuple[str, ...]
    """The campaigns whose counts were off."""


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the site is well."""

    at: datetime
    mail: Backlog
    notices: Backlog
    lines: tuple[Line, ...] | None
    """The queues; None where Redis does not answer."""
    beat: datetime | None
    """When a clock was last here; None where none was for a minute, or Redis does not answer."""
    proved: Proved | None

    @property
    def troubles(self) -> tuple[str, ...]:
        """What is wrong, as sentences; none where all is well."""
        found = []
        if self.lines is None:
            found.append("Redis does not answer. Signing and counting go on; mail waits.")
        else:
            found += [f"No worker serves {_WORK[line.queue]}." for line in self.lines if not line.workers]
            if self.beat is None:
                found.append("No clock has ticked for a minute.")
        for backlog, to in ((self.mail, "signatories"), (self.notices, "campaigners")):
            if backlog.oldest is not None and self.at - backlog.oldest > OLD_MAIL:
                minutes = int((self.at - backlog.oldest).total_seconds() / 60)
                found.append(f"Mail to {to} has waited for {minutes} minutes.")
        if self.proved is not None and self.proved.drift:
            found.append(f"Counts drift: {', '.join(self.proved.drifting)}. Keep a copy of the database and report it.")
        return tuple(found)


def health(runtime: Runtime) -> Health:
    """Whether the site is well. A few short reads, however many signatures there are."""
    with runtime.reading() as connection:
        mail, notices, entry = stored.mail(connection), stored.notices(connection), audit.last_reconciled(connection)
    try:
        lines: tuple[Line, ...] | None = runtime.ask_redis(lambda redis: stored.lines(redis, QUEUES))
        beat = runtime.ask_redis(counters.last_beat)
    except RedisUnavailable:
        lines, beat = None, None
    proved = None
    if entry is not None:
        found = entry.became
        proved = Proved(entry.created_at, found["campaigns"], found["drift"], tuple(found["drifting"]))
    return Health(runtime.now(), mail, notices, lines, beat, proved)


def note_proved(runtime: Runtime, actor: Actor, amount: int, drifts: dict[str, int]) -> None:
    """Note that the counts of all campaigns were proved again: how many, and by how much those that were off were."""
    became = {"campaigns": amount, "drift": sum(drifts.values()), "drifting": list(drifts)[:_MOST_NAMED]}
    with runtime.transaction() as connection:
        audit.record(connection, actor, "reconcile", runtime.now(), subject=audit.COUNTS, became=became)


def note_proved_one(runtime: Runtime, actor: Actor, standing: Standing, drift: int) -> None:
    """Note that the count of one campaign was proved again, and by how much it was off."""
    with runtime.transaction() as connection:
        now, became = runtime.now(), {"drift": drift}
        audit.record(connection, actor, "reconcile", now, campaign_id=standing.id, subject=standing.slug, became=became)


def last_proved(runtime: Runtime) -> datetime | None:
    """When the counts of all campaigns were last proved; None where they never were."""
    with runtime.reading() as connection:
        entry = audit.last_reconciled(connection)
    return None if entry is None else entry.created_at


def proving(runtime: Runtime) -> dict[str, Any] | None:
    """How far proving all counts has come; None where it is not under way. Raises RedisUnavailable."""
    return runtime.ask_redis(stored.proving)


def set_proving(runtime: Runtime, so_far: dict[str, Any] | None) -> None:
    """Keep how far it has come, or that it is over. Raises RedisUnavailable."""
    runtime.ask_redis(lambda redis: stored.set_proving(redis, so_far))


def next_campaign(runtime: Runtime, after_id: int) -> Standing | None:
    """The campaign after another in the order they were made; None after the last one."""
    with runtime.reading() as connection:
        number = directory.next_campaign(connection, after_id)
        return None if number is None else campaigns.by_id(connection, number)

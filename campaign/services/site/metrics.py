"""Metrics of a site for Prometheus: the numbers an operator is woken by. None of them is about a person."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaign.domain.log.witness import WitnessState
from campaign.jobs import CLOCK_ROLE, QUEUES
from campaign.runtime import RedisUnavailableError
from campaign.services.site.campaigns import site_totals
from campaign.services.site.health import site_health
from campaign.services.site.heartbeats import list_heartbeats
from campaign.services.site.readiness import readiness
from campaign.store.database.engine import StoreUnavailableError
from campaign.store.log import witnesses
from campaign.store.site import health as stored

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from campaign.runtime import Runtime
    from campaign.services.site.health import SiteHealth

_PREFIX = "countersign_"


@dataclass(frozen=True, slots=True)
class Metric:
    """One gauge: a name, what it means, and a value for each set of labels."""

    name: str
    meaning: str
    values: tuple[tuple[Mapping[str, str], float], ...]


def read_metrics(runtime: Runtime) -> list[Metric]:
    """All metrics, as of now. Where database or Redis does not answer, what it would have told is left out."""
    ready = readiness(runtime)
    states = {"database": ready.database, "redis": ready.redis, "clock": ready.clock}
    found = [
        _by("ready", "1 where it can be written to, or agrees; what /readyz says", "part",
            {part: float(state == "up") for part, state in states.items()}),
    ]  # fmt: skip
    with suppress(StoreUnavailableError):
        found += _stored(runtime)
    with suppress(RedisUnavailableError):
        found += _processes(runtime)
    return found


def prometheus_text(metrics: list[Metric]) -> str:
    """Metrics in the text format of Prometheus, version 0.0.4."""
    return "".join(line + "\n" for metric in metrics for line in _lines(metric))


def _stored(runtime: Runtime) -> Iterator[Metric]:
    totals = site_totals(runtime)
    yield _by("signatures", "signatures of all campaigns", "state",
              {state: float(totals[state]) for state in ("verified", "pending", "held")})  # fmt: skip
    yield _one("campaigns", "campaigns, drafts too", totals["campaigns"])
    yield from _witnesses(runtime)
    health = site_health(runtime)
    backlogs = {"signatories": health.mail, "campaigners": health.campaigner_mail}
    yield _by("mails_owed", f"mails owed, {stored.MAX_COUNTED} at most", "to",
              {to: float(backlog.owed) for to, backlog in backlogs.items()})  # fmt: skip
    yield _by("mail_oldest_owed_seconds", "how long the oldest of them has been owed; 0 where none is", "to", {
        to: (health.at - backlog.oldest).total_seconds() if backlog.oldest else 0.0 for to, backlog in backlogs.items()
    })  # fmt: skip
    with runtime.reading() as connection:
        waits = sorted(stored.latest_mail_waits(connection))
    if waits:
        yield _by("mail_wait_seconds", "seconds until a mail was taken, of the last hundred taken", "quantile",
                  {str(share): waits[min(len(waits) - 1, int(share * len(waits)))] for share in (0.5, 0.95)})  # fmt: skip
    yield from _health(health)


def _witnesses(runtime: Runtime) -> Iterator[Metric]:
    configured = runtime.settings.log_witnesses
    if not configured:
        return
    now = runtime.now()
    with runtime.reading() as connection:
        statuses = witnesses.list_statuses(connection, configured, now)
    yield _by("log_witnesses", "witnesses of the log; one that is refusing says that history was rewritten", "standing",
              {state: float(sum(each.state is state for each in statuses)) for state in WitnessState})  # fmt: skip
    heard = {each.witness.key.name: (now - each.heard_at).total_seconds() for each in statuses if each.heard_at}
    if heard:
        yield _by("log_witness_heard_seconds", "how long ago it last cosigned", "witness", heard)


def _health(health: SiteHealth) -> Iterator[Metric]:
    yield _one("mail_failing", "1 where no mail leaves at present", float(health.mail_failure is not None))
    if health.last_reconciliation is not None:
        last = health.last_reconciliation
        yield _one("drift", "how far counts were off when they were last proved; 0 is right", last.drift)
        yield _one("reconciled_seconds", "how long ago that was", (health.at - last.at).total_seconds())
    yield _by("queue_jobs", "jobs that wait", "queue", {line.queue: float(line.waiting) for line in health.queues or ()})


def _processes(runtime: Runtime) -> Iterator[Metric]:
    heartbeats = list_heartbeats(runtime)
    roles = sorted({CLOCK_ROLE, "web", *QUEUES, *(each.role for each in heartbeats)})
    for name, meaning, alive in (
        ("processes_alive", "processes heard of a moment ago; workers by their queue", True),
        ("processes_dead", "processes that fell silent in the last ten minutes without a goodbye", False),
    ):
        counts = {role: sum(each.role == role and each.is_alive == alive for each in heartbeats) for role in roles}
        yield _by(name, meaning, "role", {role: float(count) for role, count in counts.items()})
    skews = {each.machine: each.clock_skew_seconds for each in heartbeats if each.is_alive}
    yield _by("clock_skew_seconds", "how far a machine's clock is ahead of the database's", "machine",
              {machine: skew for machine, skew in skews.items() if skew is not None})  # fmt: skip


def _one(name: str, meaning: str, value: float) -> Metric:
    return Metric(_PREFIX + name, meaning, (({}, float(value)),))


def _by(name: str, meaning: str, label: str, values: Mapping[str, float]) -> Metric:
    return Metric(_PREFIX + name, meaning, tuple(({label: key}, value) for key, value in values.items()))


def _lines(metric: Metric) -> Iterator[str]:
    yield f"# HELP {metric.name} {metric.meaning}"
    yield f"# TYPE {metric.name} gauge"
    for labels, value in metric.values:
        written = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items())
        yield f"{metric.name}{{{written}}} {value:g}" if written else f"{metric.name} {value:g}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")

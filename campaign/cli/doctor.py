"""`countersign doctor`: looks at everything Countersign stands on, and says what to do about each finding."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import click
from redis import Redis

from campaign.cli import own_redis
from campaign.config import InvalidSettingsError, load_settings, require_secret
from campaign.domain.common.formatting import format_utc
from campaign.mail.errors import MailUnavailableError
from campaign.runtime import RedisUnavailableError, Runtime, make_runtime
from campaign.store.database import schema_version
from campaign.store.database.engine import StoreUnavailableError, database_now
from campaign.store.ledger import ledger
from campaign.store.mail import outbox
from campaign.store.redis import heartbeat
from campaign.store.site import switches

MAX_MAIL_WAIT = timedelta(minutes=5)
"""Mail owed for longer than this means that nobody delivers it."""
MAX_CLOCK_SKEW = timedelta(seconds=2)
"""Machines whose clocks are further apart disagree about a deadline."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    subject: str
    message: str
    advice: str = ""
    """What to do; empty where all is well."""
    fault: bool = True
    """A fault makes the exit code 1; the rest is worth knowing."""


@click.command()
def doctor() -> None:
    """Check settings, database, Redis, mail and clock. Exit code 1 on a fault."""
    findings = list(_findings())
    for finding in findings:
        mark = "ok   " if not finding.advice else "FAULT" if finding.fault else "note "
        click.echo(
            f"{mark}  {finding.subject:<9} {finding.message}"
            + (f"\n         {'':<7}→ {finding.advice}" if finding.advice else "")
        )
    faults = sum(bool(finding.advice) and finding.fault for finding in findings)
    if faults:
        raise click.ClickException(f"{faults} fault{'s' if faults > 1 else ''} found; the lines marked → say what to do")


def _findings() -> Iterator[Finding]:
    try:
        settings = load_settings()
        require_secret(settings)
    except InvalidSettingsError as refused:
        yield Finding("settings", str(refused), "set it in the environment or in .env")
        return
    yield Finding("settings", f"read; data in {settings.data_dir}, site at {settings.base_url}")
    runtime = make_runtime(settings, max_connections=1)
    checks: tuple[Callable[[Runtime], Iterator[Finding]], ...] = (_database, _redis, _mail, _clock)
    try:
        for check in checks:
            yield from check(runtime)
    finally:
        runtime.close()


def _database(runtime: Runtime) -> Iterator[Finding]:
    kind = "SQLite" if runtime.settings.is_sqlite else "PostgreSQL"
    try:
        version = schema_version.current_revision(runtime.engine)
        with runtime.reading() as connection:
            there, here = database_now(connection), datetime.now(UTC)
    except StoreUnavailableError as error:
        yield Finding(
            "database",
            f"{kind} does not answer ({type(error.__cause__).__name__})",
            "start it, or correct DATABASE_URL",
        )
        return
    if version != schema_version.head_revision():
        yield Finding(
            "database",
            f"{kind} is at version {version or 'none'}, not {schema_version.head_revision()}",
            "run `countersign migrate`",
        )
        return
    yield Finding("database", f"{kind} answers, schema {version}")
    if abs(there - here) > MAX_CLOCK_SKEW:
        yield Finding(
            "database", f"its clock is {abs(there - here).total_seconds():.0f} s off ours", "set both machines by NTP"
        )
    with runtime.reading() as connection:
        waiting, oldest = ledger.has_uncounted(connection), outbox.oldest_owed_at(connection)
        positions = switches.switch_states(connection)
    for position in positions.values():
        if position.on:
            since = f" since {format_utc(position.changed_at)}" if position.changed_at else ""
            said = f": {position.message!r}" if position.message else ""
            yield Finding(
                "switches", f"{position.switch.value} is on{since}{said}", "turn it off at /desk/site/switches", fault=False
            )  # fmt: skip
    if oldest is not None and here - oldest > MAX_MAIL_WAIT:
        minutes = int((here - oldest).total_seconds() / 60)
        yield Finding(
            "mail",
            f"the oldest mail owed has waited {minutes} min",
            "see that `countersign worker` runs and the mail server takes mail",
        )
    if waiting:
        yield Finding(
            "ledger",
            "signatures wait to be counted",
            "normal for a second; if it stays, see that a worker and a clock run",
            fault=False,
        )


def _redis(runtime: Runtime) -> Iterator[Finding]:
    try:
        facts = runtime.call_redis(_redis_facts)
    except RedisUnavailableError:
        yield Finding(
            "redis",
            "does not answer; signing and counting go on, mail waits",
            "start it, or correct REDIS_URL (`countersign up` runs its own)",
        )
        return
    if facts.version < own_redis.MIN_REDIS_VERSION:
        yield Finding("redis", f"is version {facts.version[0]}.{facts.version[1]}", "use Redis 6.2 or newer, or Valkey")
        return
    yield Finding("redis", f"answers, version {facts.version[0]}.{facts.version[1]}")
    if not facts.persists:
        yield Finding(
            "redis",
            "keeps nothing on disk; what is in it can be rebuilt, jobs wait for the clock",
            "set `appendonly yes`",
            fault=False,
        )
    if facts.evicts:
        yield Finding(
            "redis",
            f"evicts keys when full ({facts.evicts})",
            "set `maxmemory-policy noeviction`: a queue must not lose jobs",
        )


def _mail(runtime: Runtime) -> Iterator[Finding]:
    try:
        yield Finding("mail", runtime.new_transport().check())
    except MailUnavailableError as error:
        yield Finding("mail", f"cannot leave: {error}", "correct MAIL_URL, or start the mail server; mail owed is kept")
        return
    if runtime.settings.development_mailbox is not None:
        yield Finding("mail", "is kept here and sent to nobody", "set MAIL_URL before you ask the public to sign", fault=False)


def _clock(runtime: Runtime) -> Iterator[Finding]:
    try:
        beat = runtime.call_redis(heartbeat.last_heartbeat)
    except RedisUnavailableError:
        return
    if beat is None:
        yield Finding("clock", "has not ticked for a minute", "run `countersign clock` (or `countersign up`)", fault=False)
    else:
        yield Finding("clock", "ticks")


@dataclass(frozen=True, slots=True)
class _RedisFacts:
    version: tuple[int, int]
    persists: bool
    evicts: str


def _redis_facts(redis: Redis) -> _RedisFacts:
    info = redis.info()
    major, minor = str(info["redis_version"]).split(".")[:2]
    # Managed Redis often forbids CONFIG; INFO says the same.
    policy = str(info.get("maxmemory_policy", "noeviction"))
    return _RedisFacts(
        version=(int(major), int(minor)),
        persists=bool(info.get("aof_enabled")) or bool(info.get("rdb_last_save_time") and info.get("rdb_saves")),
        evicts="" if policy == "noeviction" or not info.get("maxmemory") else policy,
    )

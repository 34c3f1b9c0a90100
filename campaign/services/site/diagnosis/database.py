"""Checks of the database: schema, writing, clock, locked tables, and what waits in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaign.domain.common.formatting import format_utc
from campaign.domain.site.finding import Finding, fault, note
from campaign.domain.site.process_heartbeat import MAX_CLOCK_SKEW_SECONDS
from campaign.services.site.heartbeats import clock_skew_seconds
from campaign.services.site.readiness import write_database
from campaign.store.database import schema_version
from campaign.store.database.engine import StoreUnavailableError
from campaign.store.database.failure_reason import failure_reason
from campaign.store.ledger import ledger
from campaign.store.site import locked_tables, switches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from campaign.runtime import Runtime

_PROBE = "doctor"


def check_writing(runtime: Runtime) -> Iterator[Finding]:
    """The schema is this program's, and a row can be committed."""
    kind = "SQLite" if runtime.settings.is_sqlite else "PostgreSQL"
    try:
        found, head = schema_version.current_revision(runtime.engine), schema_version.head_revision()
        if found != head:
            yield fault("database", f"{kind} is at version {found or 'none'}, not {head}", schema_version.advice(found))
            return
        write_database(runtime, _PROBE)
    except StoreUnavailableError as error:
        reason = failure_reason(error)
        yield fault("database", f"{kind} {reason.message}", reason.advice)
        return
    yield Finding("database", f"{kind} stores a row, schema {found}")


def check_clock(runtime: Runtime) -> Iterator[Finding]:
    """The clock of this machine is the database's. Deadlines are judged by ours."""
    try:
        skew = clock_skew_seconds(runtime)
    except StoreUnavailableError:
        return
    if skew is not None and abs(skew) > MAX_CLOCK_SKEW_SECONDS:
        yield fault(
            "clock",
            f"this machine is {abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the database's clock",
            "set both machines by NTP: signatures would be taken after the deadline, or refused before it",
        )


def check_tables(runtime: Runtime) -> Iterator[Finding]:
    """No session holds a table that signing needs."""
    with runtime.reading() as connection:
        held = locked_tables.list_locked_tables(connection)
    for each in held:
        yield fault(
            "database",
            f"the table {each.table} is locked for {each.seconds:.0f} s by session {each.pid} "
            f"({each.application or 'without a name'})",
            f"wait for it, or end it: SELECT pg_terminate_backend({each.pid})",
        )


def check_uncounted(runtime: Runtime) -> Iterator[Finding]:
    """Signatures are counted."""
    with runtime.reading() as connection:
        waiting = ledger.has_uncounted(connection)
    if waiting:
        yield note(
            "ledger", "signatures wait to be counted", "normal for a second; if it stays, see that a worker and a clock run"
        )


def check_switches(runtime: Runtime) -> Iterator[Finding]:
    """Switches that are on."""
    with runtime.reading() as connection:
        states = switches.switch_states(connection)
    for state in states.values():
        if state.on:
            since = f" since {format_utc(state.changed_at)}" if state.changed_at else ""
            said = f": {state.message!r}" if state.message else ""
            yield note("switches", f"{state.switch.value} is on{since}{said}", "turn it off at /desk/site/switches")

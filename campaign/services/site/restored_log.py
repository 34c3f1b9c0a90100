"""What restoring a backup does to the public log: it loses the entries made since, and those who watch will say so."""

from dataclasses import dataclass
from datetime import datetime

from campaign.domain.common.formatting import format_number, format_utc
from campaign.runtime import Runtime
from campaign.store.database import schema_version
from campaign.store.database.engine import StoreUnavailableError
from campaign.store.log import read, witnesses


@dataclass(frozen=True, slots=True)
class LogEnd:
    """How far a log goes."""

    size: int
    signed_at: datetime
    """Of its last checkpoint."""


def log_end(runtime: Runtime) -> LogEnd | None:
    """How far the log of the database goes; None where there is none, or the database is not one that can be read."""
    try:
        if schema_version.current_revision(runtime.engine) != schema_version.head_revision():
            return None
        with runtime.reading() as connection:
            last = read.last_checkpoint(connection)
    except StoreUnavailableError:
        return None
    return LogEnd(last.size, last.created_at) if last else None


def ask_witnesses_anew(runtime: Runtime) -> None:
    """Have the witnesses asked as soon as the site runs again: they know whether the log has lost something."""
    with runtime.transaction() as connection:
        witnesses.ask_all_anew(connection, runtime.now())


def describe_loss(replaced: LogEnd | None, restored: LogEnd | None) -> str:
    """What an operator must know of the log after restoring, in sentences; nothing where no log was lost."""
    if replaced is not None and replaced.size > (restored.size if restored else 0):
        lost = replaced.size - (restored.size if restored else 0)
        known = f"Of the public log {format_number(lost)} entries are gone: the database that was replaced had them. "
    elif restored is not None and replaced is None:
        known = (
            f"The public log ends with {format_number(restored.size)} entries, signed on {format_utc(restored.signed_at)}; "
            "those made since are gone. "
        )
    else:
        return ""
    return (
        f"{known}Whoever has seen a later checkpoint, and every witness that has, will say that history was rewritten: say "
        "publicly what happened (docs/operations.md, Restore)."
    )

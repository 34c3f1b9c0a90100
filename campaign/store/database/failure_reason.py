"""Failure reason: why the database could not be used, in words that tell an operator what to do."""

import re
from dataclasses import dataclass

from sqlalchemy.exc import TimeoutError as PoolTimeout


@dataclass(frozen=True, slots=True)
class FailureReason:
    """Reason of a failure, and what to do about it."""

    message: str
    advice: str


_WRONG_URL = "correct DATABASE_URL"
_BY_SQLSTATE = (
    ("25006", FailureReason("takes no writes: it is read-only", "point DATABASE_URL at the primary; else see whether a "
        "standby was not promoted, or default_transaction_read_only is on")),
    ("28", FailureReason("refuses user or password", f"{_WRONG_URL}: user and password")),
    ("3D000", FailureReason("has no such database", f"create it (`createdb`), or {_WRONG_URL}")),
    ("53100", FailureReason("has no room on its disk", "free or add disk space; nothing can be stored until then")),
    ("53200", FailureReason("is out of memory", "give it more, or lower its settings")),
    ("53300", FailureReason("has all its connections taken", "raise max_connections or the role's limit, or lower "
        "WEB_PROCESSES and WEB_THREADS")),
    ("53400", FailureReason("has reached a limit of its own for files or space", "raise it (temp_file_limit), or free disk "
        "space")),
    ("55P03", FailureReason("kept us waiting for a lock: another session holds a table", "see who in pg_stat_activity; a "
        "migration or a manual session ends it")),
    ("57014", FailureReason("took longer than a statement may", "see pg_stat_activity for what it is busy with")),
    ("57P03", FailureReason("is starting up or shutting down", "wait, then try again")),
    ("57P0", FailureReason("ended the connection: it was stopped", "start it")),
    ("42501", FailureReason("does not let our user do that", "give the role of DATABASE_URL the ownership of the database")),
    ("42P01", FailureReason("lacks one of our tables", "run `countersign migrate`")),
)  # fmt: skip
"""By SQLSTATE or the beginning of one; the first that fits."""
_BY_WORDS = (
    (r"password authentication failed|no password supplied|role .* does not exist|no pg_hba\.conf entry|authentication failed",
     _BY_SQLSTATE[1][1]),
    (r"database .* does not exist", _BY_SQLSTATE[2][1]),
    (r"too many (clients|connections)|remaining connection slots", _BY_SQLSTATE[5][1]),
    (r"failed to resolve|could not translate host|name or service not known|nodename nor servname|no address associated",
     FailureReason("is at a host that DNS does not know", f"{_WRONG_URL}: the host; or see to the machine's DNS")),
    (r"starting up|shutting down|recovery mode", _BY_SQLSTATE[9][1]),
    (r"connection refused|no such file or directory", FailureReason("does not run where DATABASE_URL says",
     f"start it, or {_WRONG_URL}: host and port")),
    (r"timeout expired|connection timeout|timed out|no route to host|network is unreachable", FailureReason(
     "does not answer within the time", "see whether a firewall lies between, or the host is down")),
    (r"certificate|ssl", FailureReason("does not agree on encryption", f"{_WRONG_URL}: sslmode and certificates")),
    (r"database or disk is full|disk i/o error|no space left", FailureReason("has no room on its disk, or the disk fails",
     "free or add disk space; nothing can be stored until then")),
    (r"readonly database|read-only|unable to open database file|permission denied", FailureReason(
     "cannot be written by our user", "see to owner and permissions of the file and its folder")),
    (r"database is locked|database table is locked", FailureReason("is locked by another program",
     "end the program that holds it; see `fuser` on the file")),
    (r"malformed|not a database", FailureReason("is damaged, or no database",
     "restore it with `countersign restore`; a copy put back by hand must not lie beside old -wal and -shm files")),
)  # fmt: skip
"""By the words of the driver. PostgreSQL gives no SQLSTATE for a connection it refuses, and its words may be translated."""


def failure_reason(error: BaseException) -> FailureReason:
    """Why a statement or a connection failed: from a StoreUnavailableError, an error of SQLAlchemy or of the driver."""
    chain: list[BaseException] = [error]
    while (below := getattr(chain[-1], "orig", None) or chain[-1].__cause__) is not None and below not in chain:
        chain.append(below)
    if any(isinstance(each, PoolTimeout) for each in chain):
        return FailureReason("did not give us a connection in time: all of ours are busy", "see what it is busy with")
    state = next((state for each in chain if (state := getattr(each, "sqlstate", None))), "")
    for beginning, reason in _BY_SQLSTATE:
        if state.startswith(beginning):
            return reason
    words = str(chain[-1])
    for pattern, reason in _BY_WORDS:
        if re.search(pattern, words, re.IGNORECASE):
            return reason
    first_line = words.strip().splitlines()[0][:200] if words.strip() else type(chain[-1]).__name__
    return FailureReason(f"cannot be used ({first_line})", "see its log")

"""Faults of the database, by error class: which mean that it cannot answer now, and which end all connections."""

import select
import sqlite3
from typing import Any

from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError

_UNAVAILABLE_CLASSES = (
    "08",  # connection exceptions
    "28",  # the role or its password is refused
    "3D",  # no such database
    "53",  # insufficient resources: disk full, out of memory, too many connections
    "57",  # operator intervention: shutdown, crash, starting up, a statement cancelled by its timeout
    "58",  # system errors: input, output
    "XX",  # internal errors: damaged data
)
_UNAVAILABLE_STATES = frozenset({
    "25006",  # read-only: a standby after a failover, or an administrator's doing
    "25P03",  # idle in a transaction for too long
    "25P04",  # a transaction took too long
    "40001",  # a serialization failure
    "40P01",  # a deadlock
    "42501",  # our role may not do that: for who runs the database to change
    "55P03",  # a lock was not to be had in time
})  # fmt: skip
_DISCARDED_CLASSES = ("08", "57P")
_DISCARDED_STATES = frozenset({"25006", "25P03", "25P04"})
"""After these, and the classes above, every connection of the pool is thrown away: others lead to the same server."""
_SQLITE_UNAVAILABLE = frozenset({
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_NOTADB,
})  # fmt: skip
_PRIMARY_CODE = 0xFF
"""Bits of an extended result code of SQLite that are its primary one."""


def is_unavailable(error: DBAPIError) -> bool:
    """Whether an error means that the database cannot answer now; else it is a mistake of ours."""
    if error.connection_invalidated:
        return True
    if isinstance(error.orig, sqlite3.Error):
        return _sqlite_code(error.orig) in _SQLITE_UNAVAILABLE
    state = _state(error.orig)
    if state:
        return state.startswith(_UNAVAILABLE_CLASSES) or state in _UNAVAILABLE_STATES
    # The driver's own: no connection was to be had, or it broke.
    return isinstance(error, OperationalError)


def discard_connections_after_error(context: ExceptionContext) -> None:
    """Throw all connections of a pool away after an error of the server, not of the statement (`handle_error`)."""
    state = _state(context.original_exception)
    if state.startswith(_DISCARDED_CLASSES) or state in _DISCARDED_STATES:
        context.is_disconnect = True


def refuse_dead_connection(connection: Any, _record: Any, _proxy: Any) -> None:
    """Replace a connection that died while nobody used it, before anything is sent on it (`checkout`).

    Between statements a server says nothing. Where there is something to read, it has said that it shuts down, or is gone; to
    look costs a system call, and a question to the server would cost a round trip. Raises DisconnectionError.
    """
    poll = select.poll()
    try:
        poll.register(connection.fileno(), select.POLLIN)
    except Exception as error:
        raise DisconnectionError("the connection is closed") from error
    if poll.poll(0):
        raise DisconnectionError("the server has closed the connection")


def _state(error: BaseException | None) -> str:
    return getattr(error, "sqlstate", None) or ""


def _sqlite_code(error: sqlite3.Error) -> int:
    """The primary result code; that of an error of the driver itself is none."""
    return (getattr(error, "sqlite_errorcode", None) or 0) & _PRIMARY_CODE

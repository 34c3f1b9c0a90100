"""Statement timeout of reads that may turn out long: much shorter than that of any request."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

_SQLITE_PROGRESS_STEPS = 1_000
"""Steps SQLite takes between two looks at the clock: well under a millisecond."""
_POSTGRES_QUERY_CANCELED = "57014"
_SQLITE_INTERRUPTED = "interrupted"
_SET_TIMEOUT = text(
    """SELECT set_config('statement_timeout', :milliseconds, true), set_config('plan_cache_mode', 'force_custom_plan', true),
              set_config('jit', 'off', true)"""
)


class StatementTimeoutError(Exception):
    """A statement was stopped: it took longer than its timeout."""


@contextmanager
def statement_timeout(connection: Connection, seconds: float) -> Iterator[None]:
    """Stop each statement of the block after so long. The connection must be in a transaction. Raises StatementTimeoutError.

    PostgreSQL plans each for the very values it is asked with: a plan for the usual ones is a bad one for the rare, and
    compiling one takes longer than running it. After StatementTimeoutError nothing more can be asked in the transaction.
    """
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        until = time.monotonic() + seconds
        driver: Any = connection.connection.driver_connection
        driver.set_progress_handler(lambda: time.monotonic() >= until, _SQLITE_PROGRESS_STEPS)
    else:
        connection.execute(_SET_TIMEOUT, {"milliseconds": str(max(1, int(seconds * 1000)))})
    try:
        yield
    except OperationalError as error:
        if _is_timeout(error):
            raise StatementTimeoutError from error
        raise
    finally:
        if sqlite:
            driver.set_progress_handler(None, _SQLITE_PROGRESS_STEPS)


def _is_timeout(error: OperationalError) -> bool:
    return getattr(error.orig, "sqlstate", None) == _POSTGRES_QUERY_CANCELED or str(error.orig) == _SQLITE_INTERRUPTED

"""Times in SQL texts that say no type: refused on SQLite.

`sqlite3` would store such a one by an adapter of its own, in another form than the columns have, and with a DeprecationWarning
from Python 3.12 on. A `bindparam` with its `type_` stores it as the column does.
"""

import sqlite3
from datetime import date, datetime


class UntypedTimeError(TypeError):
    """Time given to SQLite as it is."""


def refuse_untyped_times() -> None:
    """Let every statement of this process fail that gives a time to SQLite without a type."""
    for kind in (date, datetime):
        sqlite3.register_adapter(kind, _refuse)


def _refuse(value: date) -> str:
    raise UntypedTimeError(f'{value!r} has no type: say bindparam("…", type_=UtcDateTime()) in the text')

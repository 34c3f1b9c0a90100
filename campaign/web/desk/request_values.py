"""Readers of a request's values: integers, cursors of lists, and text that a form shows again after an error."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from flask import request

from campaign.domain.common.invisible_characters import NOT_IN_HTML
from campaign.store.signatures.signature_list import Cursor, PageDirection

MAX_ECHOED_CHARACTERS = 1_000
MAX_ID_DIGITS = 18
"""Decimal digits of an id that any database can look for."""
MAX_COUNT_DIGITS = 9
"""The same for columns of 32 bits: revisions, line numbers."""
_CURSOR = re.compile(r"([0-9]{1,18})(?:-([0-9]{1,16}))?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def read_integer(text: str, max_digits: int = MAX_ID_DIGITS) -> int | None:
    """Integer from 0 on, written in ASCII digits alone and at most `max_digits` of them; None for any other text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= max_digits else None


def submitted_revision() -> int:
    """Revision that a form was made from; 0, which none ever has, where the form holds no integer."""
    return read_integer(request.form.get("revision", ""), MAX_COUNT_DIGITS) or 0


def read_cursor(query: Mapping[str, str]) -> Cursor | None:
    """Cursor of a page of a list: `?older=17` or, in the order of time, `?older=17-1795435200000000` (microseconds).

    None for the newest page, also where the query holds none that can be read.
    """
    for direction in ("older", "newer"):
        if found := _CURSOR.fullmatch(query.get(direction, "")):
            return _cursor(direction, found)
    return None


def write_cursor(cursor: Cursor) -> tuple[str, str]:
    """Name and value of a cursor in a query; see `read_cursor`."""
    at = "" if cursor.signed_at is None else f"-{(cursor.signed_at - _EPOCH) // _MICROSECOND}"
    return cursor.direction, f"{cursor.id}{at}"


def looked_for(text: str) -> str:
    """Text that something is looked for by, without what none in the database has; PostgreSQL refuses to look for a NUL."""
    return NOT_IN_HTML.sub("", text[:MAX_ECHOED_CHARACTERS])


def echoed_input(text: str) -> str:
    """The beginning of a text that should have been short, as a form shows it again."""
    return text[:MAX_ECHOED_CHARACTERS]


def echoed_fields(*names: str) -> dict[str, str]:
    """Fields of the form that was sent, each as it is shown again."""
    return {name: echoed_input(request.form.get(name, "")) for name in names}


def _cursor(direction: PageDirection, found: re.Match[str]) -> Cursor:
    return Cursor(direction, int(found[1]), None if found[2] is None else _EPOCH + int(found[2]) * _MICROSECOND)

"""Where a page of a list begins, as its address says it: `?older=17` or, in the order of time, `?older=17-1795435200000000`."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from campaign.store.signatures.signature_list import Cursor, PageDirection

_CURSOR = re.compile(r"([0-9]{1,18})(?:-([0-9]{1,16}))?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def read_cursor(query: Mapping[str, str]) -> Cursor | None:
    """Where the page begins; None for the newest, also where the address says nothing that can be read."""
    for towards in ("older", "newer"):
        if found := _CURSOR.fullmatch(query.get(towards, "")):
            return _cursor(towards, found)
    return None


def write_cursor(cursor: Cursor) -> tuple[str, str]:
    """The name and the value that stand for it in a query."""
    at = "" if cursor.signed_at is None else f"-{(cursor.signed_at - _EPOCH) // _MICROSECOND}"
    return cursor.direction, f"{cursor.id}{at}"


def _cursor(towards: PageDirection, found: re.Match[str]) -> Cursor:
    return Cursor(towards, int(found[1]), None if found[2] is None else _EPOCH + int(found[2]) * _MICROSECOND)

"""The rows of every export: which columns, in which order, and what each holds."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from campaign.domain.wording import utc

COLUMNS = (
    "number",
    "name",
    "postcode",
    "country",
    "comment",
    "public",
    "updates",
    "signed_at",
    "verified_at",
    "source",
)
"""Never a token, a network address or a password hash; `email` only where it is asked for."""

Row = dict[str, Any]


def columns(*, with_email: bool) -> tuple[str, ...]:
    """The columns of an export; the address stands beside the name."""
    return (*COLUMNS[:2], "email", *COLUMNS[2:]) if with_email else COLUMNS


def numbered(signatures: Iterable[Any], *, with_email: bool) -> Iterator[Row]:
    """Rows for signatures in the order given, numbered from 1."""
    wanted = columns(with_email=with_email)[1:]
    for number, signature in enumerate(signatures, 1):
        yield {"number": number, **{name: getattr(signature, name) for name in wanted}}


def time_text(at: datetime | None) -> str:
    """A time as files carry it: UTC, whole seconds; empty for none."""
    return "" if at is None else utc(at)

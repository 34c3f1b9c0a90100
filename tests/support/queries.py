"""Questions that tests ask a database in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text

from campaign.runtime import Runtime


def query_scalar(runtime: Runtime, sql: str, **values: Any) -> Any:
    """The one value that a statement gives."""
    with runtime.reading() as connection:
        return connection.execute(text(sql), values).scalar_one()


def query_rows(runtime: Runtime, sql: str, **values: Any) -> Sequence[Row[Any]]:
    """All rows that a statement gives."""
    with runtime.reading() as connection:
        return connection.execute(text(sql), values).all()

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


def execute_sql(runtime: Runtime, sql: str, **values: Any) -> None:
    """Change rows in a transaction of its own, as nothing of ours would."""
    with runtime.transaction() as connection:
        connection.execute(text(sql), values)

"""Column types that read back the same from SQLite and PostgreSQL."""

import json
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import ARRAY, BigInteger, DateTime, Dialect, Integer, String
from sqlalchemy.types import TypeDecorator, TypeEngine

BigId = BigInteger().with_variant(Integer, "sqlite")
"""A number for rows that can be many millions; SQLite counts up only in a column it calls INTEGER."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC. SQLite forgets zones, so they are taken off and put back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuses naive times: which zone they meant would be a guess."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_Member = TypeVar("_Member", bound=StrEnum)


class EnumText(TypeDecorator[_Member]):
    """A member of an enumeration, kept as its value. Raises KeyError where the database has a value that is none of them."""

    impl = String
    cache_ok = True

    def __init__(self, members: type[_Member], length: int) -> None:
        super().__init__(length)
        self.members = members
        self._by_value: dict[str | None, _Member | None] = {None: None, **{member.value: member for member in members}}

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """A plain string, as drivers know it; what is compared with need not be a member."""
        return None if value is None else str(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], _Member | None]:  # noqa: ARG002
        """The member of a value: one look-up, since the ledger reads a thousand at once."""
        return self._by_value.__getitem__


class ValueList(TypeDecorator[Collection[Any]]):
    """Numbers or texts as one parameter: an array on PostgreSQL, JSON on SQLite. No column is of it."""

    impl = String
    cache_ok = True

    def __init__(self, item_type: TypeEngine[Any]) -> None:
        super().__init__()
        self.item_type = item_type

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type as the database knows it."""
        return dialect.type_descriptor(ARRAY(self.item_type) if dialect.name == "postgresql" else String())

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> Any:
        """A list, whatever collection is given."""
        values = list(value or ())
        return values if dialect.name == "postgresql" else json.dumps(values)

"""Statements as text, with the types of their parameters and of what they return; and what only one of the databases can do.

SQLAlchemy Core is the rule: `select`, `insert`, `update` and `delete` over `campaign.store.tables` take every type from there.
`text_statement` is for what Core cannot say, or says worse than SQL; a comment at each use gives the reason.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import (
    JSON,
    BindParameter,
    Boolean,
    ColumnElement,
    Connection,
    CursorResult,
    Executable,
    FromClause,
    Table,
    bindparam,
    text,
)
from sqlalchemy.sql.elements import KeyedColumnElement
from sqlalchemy.types import TypeEngine

from campaign.store.database.column_types import UtcDateTime

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_RowClass = TypeVar("_RowClass")

_TIME_PARAMETERS = ("now", "since", "before", "hour", "opens_at", "closes_at", "verify_until", "due_at", "expires_at", "until")
_COLUMN_TYPES: dict[str, TypeEngine[Any]] = {
    **dict.fromkeys(
        (
            "opens_at",
            "closes_at",
            "verify_until",
            "taken_down_at",
            "finalised_at",
            "created_at",
            "as_of",
            "reached_at",
            "signed_at",
            "first_signed_at",
            "cohort_at",
            "verified_at",
            "ended_at",
            "updates_at",
            "due_at",
            "certified_at",
            "submitted_at",
            "hour",
            "published_at",
            "expires_at",
            "used_at",
            "accepted_at",
            "revoked_at",
            "disabled_at",
            "finished_at",
            "dismissed_at",
            "settled_at",
            "erased_at",
            "changed_at",
            "told_at",
            "undone_at",
        ),
        UtcDateTime(),
    ),
    **dict.fromkeys(("goals", "facts", "filters", "plan"), JSON()),
    **dict.fromkeys(("public", "updates", "paused", "operator", "wants_alerts", "wants_digest", "second_factor"), Boolean()),
}


def statement(sql: str, *, list_parameters: tuple[str, ...] = ()) -> Executable:
    """One statement, made once when its module is read.

    Parameters named like a time are sent as times; `many` names those that stand for a list. Columns of the result that
    are named like a time, a flag or a list come back as one.
    """
    clause = text(sql)
    binds: list[BindParameter[Any]] = [
        bindparam(name, type_=UtcDateTime()) for name in _TIME_PARAMETERS if f":{name}" in sql.replace(f":{name}_", "")
    ]
    binds += [bindparam(name, expanding=True) for name in list_parameters]
    clause = clause.bindparams(*binds)
    # Each type named is looked for in each result, so only those are named that the statement can bring back.
    brought = sql if sql.lstrip().startswith("SELECT") else sql.partition("RETURNING")[2]
    types = {name: kind for name, kind in _COLUMN_TYPES.items() if name in set(re.findall(r"\w+", brought))}
    return clause.columns(**types) if types else clause


def columns_of(
    row_class: "type[DataclassInstance]", table: FromClause, **other_columns: ColumnElement[Any]
) -> list[KeyedColumnElement[Any]]:
    """The columns that a row class is made from, `row_class(**row._asdict())`: one for each field, and by its name.

    Those that are not given are the columns of the table with the names of the fields.
    """
    names = [field.name for field in fields(row_class)]
    return [other_columns[name].label(name) if name in other_columns else table.c[name] for name in names]


def rows_as(row_class: Callable[..., _RowClass], result: CursorResult[Any]) -> list[_RowClass]:
    """All rows of a result, each as one of a row class: the columns are found by the names of its fields."""
    names = [field.name for field in fields(cast("type[DataclassInstance]", row_class))]
    return [row_class(*row) for row in result.columns(*names)]


def text_statement(sql: str, *parameters: BindParameter[Any], columns: Sequence[KeyedColumnElement[Any]] = ()) -> Executable:
    """SQL as text, made once when its module is read.

    `parameters` are those whose values need a type or stand for a list: `bindparam("now", type_=UtcDateTime())`,
    `bindparam("ids", expanding=True)`. `columns` are the columns of the result, by their names in it, with the types of
    the tables: `signatures.c.signed_at`, or `ledger.c.at.label("counted_at")`. One that is left out comes back as the
    driver gives it, which for times, flags and JSON is not the same on both databases.
    """
    clause = text(sql).bindparams(*parameters)
    return clause.columns(**{column.key: column.type for column in columns}) if columns else clause


def adding_upsert(table: Table) -> Executable:
    """INSERT of a row of totals; where one with its primary key is there, every other column is added to.

    Parameters are named like the columns. Text: Core has ON CONFLICT only as a construct of each database.
    """
    names = [column.name for column in table.columns]
    keys = ", ".join(column.name for column in table.primary_key)
    sums = ", ".join(
        f"{column.name} = {table.name}.{column.name} + excluded.{column.name}"
        for column in table.columns
        if not column.primary_key
    )
    return text_statement(
        f"""INSERT INTO {table.name} ({", ".join(names)}) VALUES ({", ".join(f":{name}" for name in names)})
            ON CONFLICT ({keys}) DO UPDATE SET {sums}""",
        *(bindparam(column.name, type_=column.type) for column in table.columns),
    )


def supports_writing_ctes(connection: Connection) -> bool:
    """Whether several writes can be one statement (`WITH x AS (INSERT … RETURNING …) INSERT …`)."""
    return connection.dialect.name == "postgresql"


def supports_row_locks(connection: Connection) -> bool:
    """Whether rows can be locked one by one. SQLite locks the whole database instead, before the transaction's first read."""
    return connection.dialect.name == "postgresql"

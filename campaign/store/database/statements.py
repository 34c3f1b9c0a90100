"""Statements as text, with the types of their parameters and of what they return; and what only one of the databases can do.

SQLAlchemy Core is the rule: `select`, `insert`, `update` and `delete` over `campaign.store.tables` take every type from there.
`text_statement` is for what Core cannot say, or says worse than SQL; a comment at each use gives the reason.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Connection,
    CursorResult,
    Executable,
    FromClause,
    Table,
    bindparam,
    column,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import KeyedColumnElement
from sqlalchemy.sql.functions import FunctionElement

from campaign.store.database.column_types import ValueList

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

LIKE_ESCAPE = "!"
"""What stands before a sign of LIKE that means itself, in the patterns of `anywhere_pattern`."""
_RowClass = TypeVar("_RowClass")


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


def text_statement(
    sql: str,
    *parameters: BindParameter[Any],
    columns: Sequence[KeyedColumnElement[Any]] = (),
    row: Sequence[KeyedColumnElement[Any]] = (),
) -> Executable:
    """SQL as text, made once when its module is read.

    `parameters` are those whose values need a type or stand for a list: `bindparam("now", type_=UtcDateTime())`,
    `bindparam("ids", expanding=True)`. `columns` are the columns of the result, by their names in it, with the types of
    the tables: `signatures.c.signed_at`, or `ledger.c.at.label("counted_at")`. One that is left out comes back as the
    driver gives it, which for times, flags and JSON is not the same on both databases. Instead of them `row` are all columns of
    the result, in its order: then what is in a row is found out once, and not at each execution.
    """
    clause = text(sql).bindparams(*parameters)
    if row:
        return clause.columns(*(column(each.key, each.type) for each in row))
    return clause.columns(**{each.key: each.type for each in columns}) if columns else clause


class _IsAnyOf(FunctionElement[bool]):
    """Comparison of a column with the values of one parameter."""

    type = Boolean()
    name = "is_any_of"
    inherit_cache = True


@compiles(_IsAnyOf, "postgresql")
def _compare_with_array(element: _IsAnyOf, compiler: SQLCompiler, **more: Any) -> str:
    compared, values = (compiler.process(part, **more) for part in element.clauses)
    return f"{compared} = ANY ({values})"


@compiles(_IsAnyOf, "sqlite")
def _compare_with_json(element: _IsAnyOf, compiler: SQLCompiler, **more: Any) -> str:
    compared, values = (compiler.process(part, **more) for part in element.clauses)
    return f"{compared} IN (SELECT value FROM json_each({values}))"


def is_any_of(compared: ColumnElement[Any], parameter: str) -> ColumnElement[bool]:
    """Whether a column of numbers or texts has one of the values of a parameter, a list.

    For lists that are not always of one length, where a statement comes often: its text is the same for each, so that a
    database reads and plans it once. With `in_` each value is a parameter of its own, and each length another statement.
    """
    return _IsAnyOf(compared, bindparam(parameter, type_=ValueList(compared.type)))


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


def anywhere_pattern(words: str) -> str:
    """Pattern of LIKE for words anywhere in a text, with LIKE_ESCAPE."""
    return "%" + "".join(f"{LIKE_ESCAPE}{one}" if one in f"{LIKE_ESCAPE}%_" else one for one in words) + "%"

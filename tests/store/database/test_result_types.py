"""What statements bring back has the types of the tables: times, flags and JSON are the same from both databases."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from sqlalchemy import JSON, Boolean, Engine, Executable, TextClause, insert, select
from sqlalchemy.sql.dml import Insert, UpdateBase
from sqlalchemy.sql.selectable import SelectBase
from sqlalchemy.types import TypeEngine

import campaign.store
from campaign.domain.signatures.filters import Filters
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.services.signatures import sign
from campaign.store import tables
from campaign.store.database.column_types import UtcDateTime
from campaign.store.ledger import chart_data, ledger
from campaign.store.signatures import comments, saved_filters, signature_list, signatures, timeline
from campaign.store.site import health
from tests.support.factories import new_campaign, sign_form_data, verify_link_of

_POSTGRES_TYPES: dict[int, type[TypeEngine[Any]]] = {1184: UtcDateTime, 1114: UtcDateTime, 16: Boolean, 114: JSON, 3802: JSON}
"""Types by their number in PostgreSQL whose values SQLite gives as texts and numbers, unless a statement says what they are."""


def store_statements() -> dict[str, Executable]:
    """Every statement that a module of the store makes when it is read and that returns rows, by where it is."""
    found: dict[str, Executable] = {}
    for module in pkgutil.walk_packages(campaign.store.__path__, f"{campaign.store.__name__}."):
        for name, value in vars(importlib.import_module(module.name)).items():
            for key, statement in (value if isinstance(value, Mapping) else {"": value}).items():
                if isinstance(statement, Executable) and key != "sqlite" and _returns_rows(statement):
                    found[f"{module.name}.{name}{key}"] = statement
    return found


def _returns_rows(statement: Executable) -> bool:
    if isinstance(statement, TextClause):
        return statement.text.lstrip().startswith(("SELECT", "WITH")) or "RETURNING" in statement.text
    if isinstance(statement, UpdateBase):
        # What an insert of Core returns is typed by its table; without values it cannot be run.
        return bool(statement.exported_columns) and not isinstance(statement, Insert)
    return isinstance(statement, SelectBase)


def _declared_types(statement: Executable) -> Mapping[str, TypeEngine[Any]]:
    """The types of a statement's columns by name: none for text that names none."""
    if isinstance(statement, SelectBase | UpdateBase):
        return {column.key: column.type for column in statement.exported_columns}
    return {}


def _empty_parameters(statement: Executable, engine: Engine) -> dict[str, Any]:
    """A null for each parameter that a statement must be given; a list of one for each that is a list."""
    binds = statement.compile(engine).binds  # type: ignore[attr-defined]
    return {name: [None] if bind.expanding else None for name, bind in binds.items() if bind.required}


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_every_time_flag_and_json_that_a_statement_returns_is_declared(engine: Engine) -> None:
    """PostgreSQL knows what each column of a result is; a statement that does not say so gives something else on SQLite."""
    undeclared = []
    with engine.connect() as connection, connection.begin() as transaction:
        for where, statement in store_statements().items():
            with connection.begin_nested() as savepoint:
                result = connection.execute(statement, _empty_parameters(statement, engine))
                returned = {column.name: column.type_code for column in result.cursor.description}
                savepoint.rollback()
            declared = _declared_types(statement)
            undeclared += [
                f"{where}: {name} is no {expected.__name__}"
                for name, number in returned.items()
                if (expected := _POSTGRES_TYPES.get(number)) and not isinstance(declared.get(name), expected)
            ]
        transaction.rollback()
    assert undeclared == []


def _mismatches(value: Any, hint: Any, where: str) -> list[str]:
    """Where a value is not what its annotation says, fields of data classes and members of collections included."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        found = [_mismatches(value, one, where) for one in arguments]
        return [] if [] in found else found[0]
    if origin in (list, tuple):
        if not isinstance(value, origin):
            return [f"{where}: {value!r} is no {origin.__name__}"]
        each = arguments[:1] * len(value) if origin is list or arguments[1:] == (...,) else arguments
        return [wrong for one, of in zip(value, each, strict=True) for wrong in _mismatches(one, of, f"{where}[]")]
    if not isinstance(hint, type) and origin is None:
        return []  # a literal, or anything
    kind = origin or hint
    # A flag of SQLite is a number, and a member of an enumeration a text: neither passes for the other.
    if not (type(value) is kind if kind in (int, bool, str) else isinstance(value, kind)):
        return [f"{where}: {value!r} is no {kind.__name__}"]
    if kind is datetime and value.tzinfo is not UTC:
        return [f"{where}: {value!r} is not in UTC"]
    if not is_dataclass(value):
        return []
    hints = get_type_hints(type(value))
    return [
        wrong
        for one in fields(value)
        for wrong in _mismatches(getattr(value, one.name), hints[one.name], f"{where}.{one.name}")
    ]


def test_what_the_store_returns_is_what_it_says_on_both_databases(runtime: Runtime) -> None:
    campaign, now = new_campaign(runtime), runtime.now()
    form = sign_form_data(comment="Come to tea.", public=True, updates=True, network="203.0.113.0/24")
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, form)
    sign.verify_signature(runtime, verify_link_of(runtime, 1))
    count.advance_ledgers(runtime)
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data("ben@example.org"))
    with runtime.transaction() as connection:
        link_key = connection.execute(select(tables.signatures.c.link_key).where(tables.signatures.c.id == 1)).scalar_one()
        mary = {"email": "mary@example.org", "email_key": "mary@example.org", "name": "Mary Seacole", "created_at": now}
        campaigner_id = connection.execute(
            insert(tables.campaigners).values(mary).returning(tables.campaigners.c.id)
        ).scalar_one()
        saved_filters.save_filter(connection, campaigner_id, campaign.id, "Bens", {"name": "ben"}, now)
        since = now - timedelta(days=1)
        calls: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = [
            (signatures.get_signature, (1, link_key), {}),
            (signatures.set_consents, (1,), {"is_public": False, "wants_updates": True, "wording": "2", "now": now}),
            (signature_list.signature_page, (campaign.id, Filters(), None, 10), {"with_addresses": True}),
            (signature_list.signature_page, (campaign.id, Filters(), None, 10), {"with_addresses": False}),
            (comments.list_comments, (campaign.id, "all", "older", 10, 10), {}),
            (saved_filters.list_saved_filters, (campaigner_id, campaign.id), {}),
            (timeline.get_details, (campaign.id, 1), {}),
            (timeline.list_mails, (1,), {}),
            (timeline.list_ledger_entries, (campaign.id, 1), {}),
            (ledger.uncounted_signatures, (campaign.id, 10), {}),
            (ledger.lock_tally, (campaign.id,), {}),
            (ledger.sum_ledger, (campaign.id,), {}),
            (chart_data.hourly_counts, (campaign.id, since), {}),
            (chart_data.funnel_by_hour, (campaign.id, since), {}),
            (chart_data.funnel_by_domain, (campaign.id, since), {}),
            (chart_data.country_totals, (campaign.id,), {}),
            (health.signatory_mail_backlog, (), {}),
        ]
        wrong = []
        for read, arguments, named in calls:
            found = read(connection, *arguments, **named)
            assert found, f"{read.__name__} brings nothing that could be looked at"
            wrong += _mismatches(found, get_type_hints(read)["return"], f"{read.__module__}.{read.__name__}")
    assert wrong == []

"""Results of statements have the types of the tables: times, flags and JSON are the same from both databases."""

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from sqlalchemy import JSON, Boolean, Engine, Executable, TextClause, insert, select
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.sql.dml import Insert, UpdateBase
from sqlalchemy.sql.selectable import SelectBase, TextualSelect
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine

import campaign.store
from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.announcement import AnnouncementKind, Announcer
from campaign.domain.exports.plan import ExportPlan
from campaign.domain.moderation.flag import FlagKind, Observation
from campaign.domain.moderation.removal import RemovalKind, SignatureSelection
from campaign.domain.signatures.filters import Filters
from campaign.domain.site.switch import Switch
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.services.signatures import sign
from campaign.store import tables
from campaign.store.accounts import audit_log, campaigners, invitations, organisation_teams, passkeys, team
from campaign.store.campaigns import announcements, campaigns, public_listing, text_versions
from campaign.store.database.column_types import UtcDateTime
from campaign.store.exports import exports
from campaign.store.ledger import chart_data, ledger
from campaign.store.moderation import batches, flags
from campaign.store.paper import intakes, sheets
from campaign.store.paper.intakes import IntakeState
from campaign.store.signatures import comments, saved_filters, signature_list, signatures, timeline
from campaign.store.site import administration, health, switches
from campaign.store.submissions import submissions
from tests.support.factories import new_campaign, sign_form_data, verify_link_of

_POSTGRES_TYPES: dict[int, type[TypeEngine[Any]]] = {1184: UtcDateTime, 1114: UtcDateTime, 16: Boolean, 114: JSON, 3802: JSON}
"""Types by their number in PostgreSQL whose values SQLite gives as texts and numbers, unless a statement says what they are."""


def store_statements() -> dict[str, Executable]:
    """Every statement that a module of the store makes when it is read, by where it is."""
    found: dict[str, Executable] = {}
    for module in pkgutil.walk_packages(campaign.store.__path__, f"{campaign.store.__name__}."):
        for name, value in vars(importlib.import_module(module.name)).items():
            for key, statement in (value if isinstance(value, Mapping) else {"": value}).items():
                if isinstance(statement, TextClause | SelectBase | UpdateBase) and key != "sqlite":
                    found[f"{module.name}.{name}{key}"] = statement
    return found


def _is_text(statement: Executable) -> bool:
    return isinstance(statement, TextClause | TextualSelect)


def _returns_rows(statement: Executable) -> bool:
    if isinstance(statement, TextClause):
        return statement.text.lstrip().startswith(("SELECT", "WITH")) or "RETURNING" in statement.text
    if isinstance(statement, UpdateBase):
        # What an insert of Core returns is typed by its table; without values it cannot be run.
        return bool(statement.exported_columns) and not isinstance(statement, Insert)
    return True


def _declared_types(statement: Executable, names: list[str]) -> list[TypeEngine[Any] | None]:
    """The types that a statement gives its columns: by their place in Core, by their name in text."""
    if isinstance(statement, TextualSelect):
        types = {column.key: column.type for column in statement.selected_columns}
        return [types.get(name) for name in names]
    if isinstance(statement, SelectBase | UpdateBase):
        return [column.type for column in statement.exported_columns]
    return [None] * len(names)


def _is_type(kind: TypeEngine[Any] | None, expected: type[TypeEngine[Any]]) -> bool:
    """Whether a type is of a class, itself or as what a type of ours is kept as."""
    return isinstance(kind, expected) or (isinstance(kind, TypeDecorator) and isinstance(kind.impl_instance, expected))


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
            if not _returns_rows(statement):
                continue
            with connection.begin_nested() as savepoint:
                result = connection.execute(statement, _empty_parameters(statement, engine))
                returned = list(result.cursor.description)
                savepoint.rollback()
            declared = _declared_types(statement, [column.name for column in returned])
            undeclared += [
                f"{where}: {column.name} is no {expected.__name__}"
                for column, kind in zip(returned, declared, strict=True)
                if (expected := _POSTGRES_TYPES.get(column.type_code)) and not _is_type(kind, expected)
            ]
        transaction.rollback()
    assert undeclared == []


def test_every_parameter_of_a_statement_in_core_has_a_type(engine: Engine) -> None:
    """A comparison gives its right side the type of its left one, and not the other way round."""
    untyped = [
        f"{where}: {name}"
        for where, statement in store_statements().items()
        if not _is_text(statement)
        for name, bind in statement.compile(engine).binds.items()  # type: ignore[attr-defined]
        if bind.required and isinstance(bind.type, NullType) and name not in ("limit", "skip")
    ]
    assert untyped == []


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_every_time_that_a_statement_in_text_is_given_is_declared(engine: Engine) -> None:
    """PostgreSQL knows what each parameter is; SQLite takes what the driver makes of it."""
    undeclared = []
    with engine.connect() as connection, connection.begin() as transaction:
        for number, (where, statement) in enumerate(store_statements().items()):
            compiled = statement.compile(dialect=psycopg.dialect())  # type: ignore[attr-defined]
            sql = re.sub(r"__\[POSTCOMPILE_(\w+)\]", r"%(\1)s", str(compiled))
            if not _is_text(statement) or not sql.lstrip().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
                continue
            names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", sql)))
            numbered = re.sub(r"%\((\w+)\)s", lambda found, names=names: f"${names.index(found[1]) + 1}", sql)
            connection.exec_driver_sql(f"PREPARE statement_{number} AS {numbered}")
            types = connection.exec_driver_sql(
                f"SELECT parameter_types::oid[] FROM pg_prepared_statements WHERE name = 'statement_{number}'"
            ).scalar_one()
            undeclared += [
                f"{where}: {name}"
                for name, oid in zip(names, types, strict=True)
                if _POSTGRES_TYPES.get(oid) is UtcDateTime and not isinstance(compiled.binds[name].type, UtcDateTime)
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
    kind = origin or hint
    if not isinstance(kind, type):
        return []  # a literal, or anything
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
            (
                signatures.set_consents,
                (1,),
                {"is_public": False, "wants_updates": True, "comment": None, "wording": "2", "now": now},
            ),
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


def test_what_the_desk_stores_comes_back_as_it_says_on_both_databases(runtime: Runtime) -> None:
    campaign, now = new_campaign(runtime), runtime.now()
    later = now + timedelta(days=1)
    with runtime.transaction() as connection:
        mary = campaigners.add_campaigner(connection, "mary@example.org", "mary@example.org", "Mary Seacole", now)
        assert mary is not None
        team.add_member(connection, campaign.id, mary, Role.OWNER, now)
        audit_log.record(connection, COMMAND_LINE, "close campaign", now, before={"a": 1}, after={"a": 2})
        passkeys.add_passkey(connection, mary, "credential", b"key", 1, "Phone", now)
        invitations.add_invitation(
            connection, "key", campaign.id, Role.EDITOR, ("ben@example.org", "ben@example.org"), mary, now, later
        )
        announcements.add_announcement(
            connection, campaign.id, AnnouncementKind.PAUSED, Announcer.CAMPAIGNERS, "A storm", {"a": "b"}, now
        )
        batches.create(connection, campaign.id, mary, SignatureSelection(ids=(1,)), RemovalKind.FALSE, "Made up", 1, 1, now)
        flags.raise_flag(connection, campaign.id, FlagKind.DOMAIN, Observation("x.example", 9, 10), {"size": 40}, now)
        _, number, _ = sheets.create_sheets(
            connection, campaign.id, 1, text_hash=campaign.text.hash, language="en", profile="council", rows=5,
            created_by=mary, now=now,
        )  # fmt: skip
        sheet = sheets.get_by_number(connection, campaign.id, number)
        assert sheet is not None
        intakes.create_intake(
            connection, campaign.id, "typed", IntakeState.IMPORTED, now, created_by=mary, label="1", sheet_id=sheet.id,
            excluded={"wrong": 2},
        )  # fmt: skip
        export_id = exports.create_export(connection, campaign.id, mary, ExportPlan(), now)
        switches.set_switch(connection, Switch.READ_ONLY, is_on=True, message="Wait.", campaigner_id=mary, now=now)
        submissions.store_options(connection, campaign.id, "council", {"salutation": "Dear all"}, 0, now)
        north = organisation_teams.create_team(connection, "North", now)
        organisation_teams.add_member(connection, north, mary, Role.OWNER, now)
        organisation_teams.hold_campaign(connection, north, campaign.id, now)
        calls: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = [
            (campaigners.get_by_id, (mary,), {}),
            (campaigners.get_membership, (campaign.slug, mary), {}),
            (team.list_members, (campaign.id,), {}),
            (organisation_teams.list_teams, (), {}),
            (organisation_teams.list_members, (north,), {}),
            (organisation_teams.list_members_by_teams, (campaign.id,), {}),
            (passkeys.list_passkeys, (mary,), {}),
            (invitations.list_pending, (campaign.id,), {}),
            (audit_log.list_entries, (None,), {}),
            (campaigns.get_by_slug, (campaign.slug,), {}),
            (announcements.list_announcements, (campaign.id,), {}),
            (text_versions.list_text_versions, (campaign.id,), {}),
            (public_listing.newest_sitemap_entries, (10,), {}),
            (batches.list_batches, (campaign.id,), {}),
            (flags.list_flags, (campaign.id,), {"dismissed": False}),
            (sheets.list_print_runs, (campaign.id,), {}),
            (intakes.list_intakes, (campaign.id,), {}),
            (exports.get, (export_id,), {}),
            (administration.list_campaigners, (10, 10), {}),
            (switches.read_only_since, (), {}),
            (submissions.get_options, (campaign.id, "council"), {}),
        ]
        wrong = []
        for read, arguments, named in calls:
            found = read(connection, *arguments, **named)
            assert found, f"{read.__name__} brings nothing that could be looked at"
            wrong += _mismatches(found, get_type_hints(read)["return"], f"{read.__module__}.{read.__name__}")
    assert wrong == []

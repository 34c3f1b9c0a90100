"""The migration that folds stored names further does what folding them anew would do, letter by letter."""

import importlib.util
import unicodedata

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

from campaign.domain.common.text_folding import FOLDED_LETTERS
from campaign.domain.signatures.search_keys import name_key, surname_key
from campaign.runtime import Runtime
from campaign.store.database.schema_version import MIGRATIONS_FOLDER
from tests.support.factories import new_campaign
from tests.support.stored_signatures import store_signatures

NAMES = [f"A{letter}b C{letter.upper()}{letter}d" for letter in FOLDED_LETTERS] + ["þ" * 119, "Ada Lovelace", ""]


def old_fold(name: str) -> str:
    """As names were folded before."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())[:120]


def test_names_folded_by_the_old_table_are_those_folded_by_the_new_one(runtime: Runtime) -> None:
    ids = store_signatures(runtime, new_campaign(runtime), [{} for _ in NAMES])
    with runtime.transaction() as connection:
        for number, name in zip(ids, NAMES, strict=True):
            given = {"id": number, "key": old_fold(name), "surname": old_fold(name).rpartition(" ")[2]}
            connection.execute(
                text("UPDATE signatures SET name_key = :key, surname_key = :surname WHERE id = :id"), given
            )  # fmt: skip
        with Operations.context(MigrationContext.configure(connection)):
            _migration().upgrade()
        rows = connection.execute(text("SELECT name_key, surname_key FROM signatures ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [(name_key(name), surname_key(name)) for name in NAMES]


def _migration():  # type: ignore[no-untyped-def]
    [path] = (MIGRATIONS_FOLDER / "versions").glob("v*_folded_letters.py")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

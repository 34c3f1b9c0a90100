"""Fixtures of the tests of the store beside the shared servers."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from campaign.runtime import Runtime
from campaign.store.database.engine import make_engine
from tests.conftest import POSTGRES_URL_VARIABLE
from tests.support.servers import postgres_database


@pytest.fixture
def empty_databases(database: str, tmp_path: Path, worker_id: str) -> Iterator[Callable[[], str]]:
    """Makes databases nobody has migrated, of the kind of `database`, and says their URLs."""
    numbers = count()
    with ExitStack() as made:

        def make() -> str:
            number = next(numbers)
            if database.startswith("sqlite"):
                return f"sqlite:///{tmp_path / f'empty{number}.sqlite3'}"
            name = f"countersign_empty_{worker_id}_{os.getpid()}_{number}"
            return made.enter_context(postgres_database(os.environ[POSTGRES_URL_VARIABLE], name))

        yield make


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    """An engine on an empty, migrated database."""
    engine = make_engine(database, 4)
    yield engine
    engine.dispose()


@pytest.fixture
def rows(runtime: Runtime) -> Callable[..., list[dict[str, Any]]]:
    """Reads rows as they are: `rows("SELECT …", id=1)`."""

    def read(sql: str, **given: Any) -> list[dict[str, Any]]:
        with runtime.reading() as connection:
            return [dict(row._mapping) for row in connection.execute(text(sql), given)]

    return read

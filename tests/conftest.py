"""Real servers, one set a test process; each test begins with an empty Redis, an empty mailbox and an empty database."""

import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

import tests.hypotheses  # noqa: F401 - it sets how all properties are looked for
from campaign.app import create_app
from campaign.config import Settings, load_settings
from campaign.runtime import Runtime, redis_client
from campaign.store import schema
from campaign.store.engine import make_engine
from campaign.store.tables import metadata
from tests.drivers import Signatory
from tests.factories import Now
from tests.servers import MailServer, RedisServer, given_postgres, postgres_database, postgres_server
from tests.thrift import build_routes_once, compile_once

BASE_URL = "https://sign.example.org"
DATABASES = ("sqlite", "postgresql")
POSTGRES = "COUNTERSIGN_TESTS_POSTGRES"
"""The variable with the address of the PostgreSQL server that all test processes share."""
NOT_TESTED = "NOT TESTED IN A BROWSER: install Chromium (Debian, Ubuntu: apt install chromium) or Google Chrome"

# The settings of whoever runs the tests are not the tests' settings. A PostgreSQL they name is used all the same.
if os.environ.get("DATABASE_URL", "").startswith("postgres"):
    os.environ.setdefault("COUNTERSIGN_TEST_DATABASE_URL", os.environ["DATABASE_URL"])
for _name in Settings.model_fields:
    os.environ.pop(_name.upper(), None)
# No test asks anybody outside, unless it says whom.
os.environ["PLACES_URL"] = "off"

_servers = ExitStack()
build_routes_once()


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once, before xdist starts its processes, which inherit its address."""
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        os.environ[POSTGRES] = given_postgres() or _servers.enter_context(postgres_server())


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are processors: tests of processes and browsers wait as much as they work."""
    return 1 + (os.cpu_count() or 1)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        _servers.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What could not be tested must not look as if it had been."""
    skipped = (str(report.longrepr) for report in terminalreporter.stats.get("skipped", ()))
    if any(NOT_TESTED in reason for reason in skipped):
        terminalreporter.write_sep("=", NOT_TESTED, red=True, bold=True)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    server = RedisServer()
    yield server
    server.close()


@pytest.fixture(scope="session")
def _mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def mail(_mail_server: MailServer) -> MailServer:
    """A mail server that takes everything, until told otherwise."""
    _mail_server.reset()
    return _mail_server


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    engine = make_engine(f"sqlite:///{path}", 1)
    schema.migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def _postgres_database(worker_id: str) -> Iterator[str]:
    with postgres_database(os.environ[POSTGRES], f"countersign_{worker_id}_{os.getpid()}") as url:
        engine = make_engine(url, 1)
        schema.migrate(engine)
        engine.dispose()
        yield url


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty, migrated database: each test that asks for it runs on both."""
    if request.param == "sqlite":
        path = tmp_path / "countersign.sqlite3"
        shutil.copy(request.getfixturevalue("_sqlite_template"), path)
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("_postgres_database")
    engine = create_engine(url)
    tables = ", ".join(table.name for table in metadata.sorted_tables)
    with engine.begin() as connection:
        # The ledger refuses to be emptied; tests begin with an empty one all the same.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))
    engine.dispose()
    return url


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def make_runtime(database: str, redis_server: RedisServer, tmp_path: Path, now: Now) -> Iterator[Callable[..., Runtime]]:
    """Makes runtimes on the test's servers: `make_runtime(mailbox_limit=3)`."""
    made: list[Runtime] = []
    first = load_settings(_env_file=None, data_dir=tmp_path, redis_url=redis_server.url)
    client = redis_client(first)
    client.flushall()
    client.close()

    def make(*, connections: int = 12, clock: Callable[[], Any] = now, **changes: Any) -> Runtime:
        plain = {
            "data_dir": tmp_path,
            "database_url": database,
            "redis_url": redis_server.url,
            "base_url": BASE_URL,
            "secret_key": "0" * 64,
            "mail_url": "smtp://127.0.0.1:9",
            "places_url": "off",
        }
        settings = load_settings(_env_file=None, **{**plain, **changes})
        runtime = Runtime(
            settings=settings,
            engine=make_engine(settings.database_url, connections),
            connections=connections,
            redis=redis_client(settings),
            now=clock,
            chance=random.Random(1),
            hint_every=0.0,
        )
        made.append(runtime)
        return runtime

    yield make
    for runtime in made:
        runtime.close()


@pytest.fixture
def runtime(make_runtime: Callable[..., Runtime], mail: MailServer) -> Runtime:
    """The world of one test."""
    return make_runtime(mail_url=mail.url)


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    made = create_app(runtime)
    compile_once(made)
    return made


@pytest.fixture
def signatory(app: Flask, mail: MailServer) -> Callable[..., Signatory]:
    """Makes signatories: `signatory(email=…)`."""
    return lambda **who: Signatory(app, mail, **who)

"""Real servers, one set a test process; each test begins with an empty Redis, an empty mailbox and an empty database."""

import gc
import itertools
import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import structlog
from flask import Flask
from pydantic import BaseModel
from redis import Redis
from sqlalchemy import NullPool, create_engine, text

import tests.support.hypothesis_profile  # noqa: F401 - it sets how all properties are looked for
from campaign.config import Settings
from campaign.runtime import Runtime, redis_client
from campaign.runtime.database import Database
from campaign.runtime.job_queue import JobQueue
from campaign.runtime.redis_connection import RedisConnection
from campaign.runtime.secret_values import Secrets
from campaign.store.database import migrate
from campaign.store.database.engine import make_engine
from campaign.store.tables import metadata
from tests.page_states import PageCatalogue, build_page_catalogue
from tests.support.caches import track_caches
from tests.support.cases import merge_cases
from tests.support.compile_cache import drop_connections, make_app, share_compiled_routes, shared_engine
from tests.support.factories import ManualClock
from tests.support.secret_keys import SECRET_KEY
from tests.support.servers import MailServer, RedisServer, postgres_database, postgres_from_environment, postgres_server
from tests.support.signatory import Signatory
from tests.support.untyped_times import refuse_untyped_times
from tests.support.work_units import PROCESSES, UnitScheduling, place_of

BASE_URL = "https://sign.example.org"
DATABASES = ("sqlite", "postgresql")
on_both_databases = pytest.mark.parametrize("database", DATABASES, indirect=True)
_TESTS_PER_VACUUM = 50
"""On PostgreSQL the rows of so many tests lie about before their room is given back."""
POSTGRES_URL_VARIABLE = "COUNTERSIGN_TESTS_POSTGRES"
"""The variable with the address of the PostgreSQL server that all test processes share."""
NO_BROWSER_WARNING = "NOT TESTED IN A BROWSER: install Chromium (Debian, Ubuntu: apt install chromium) or Google Chrome"

# The settings of who runs the tests are not the tests' settings. A PostgreSQL they name is used all the same.
if os.environ.get("DATABASE_URL", "").startswith("postgres"):
    os.environ.setdefault("COUNTERSIGN_TEST_DATABASE_URL", os.environ["DATABASE_URL"])
for _name in Settings.model_fields:
    os.environ.pop(_name.upper(), None)
# No test asks anybody outside, unless it says whom.
os.environ["PLACES_URL"] = "off"

# A traceback with the values around each line takes seconds; a test of a hundred pages that all fail would run out of time.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)

# By default the collector begins anew with each 700 objects, which takes two thirds of the time of putting a site together.
gc.set_threshold(20_000, 20, 20)

_servers = ExitStack()
share_compiled_routes()
track_caches()
refuse_untyped_times()


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once, before xdist starts its processes, which inherit its address."""
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        os.environ[POSTGRES_URL_VARIABLE] = postgres_from_environment() or _servers.enter_context(postgres_server())


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After what `-k` and `-m` leave."""
    merge_cases(items)
    items.sort(key=lambda item: place_of(item.nodeid))


def pytest_collection_finish() -> None:
    """What has been collected stays until the end, so the collector need not look at it."""
    gc.collect()
    gc.freeze()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    return PROCESSES


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> UnitScheduling:
    return UnitScheduling(config, log)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        _servers.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What could not be tested must not look as if it had been."""
    skipped = (str(report.longrepr) for report in terminalreporter.stats.get("skipped", ()))
    if any(NO_BROWSER_WARNING in reason for reason in skipped):
        terminalreporter.write_sep("=", NO_BROWSER_WARNING, red=True, bold=True)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    server = RedisServer()
    yield server
    server.close()


@pytest.fixture(scope="session")
def _redis(redis_server: RedisServer) -> Iterator[Redis]:
    with Redis.from_url(redis_server.url) as client:
        yield client


@pytest.fixture
def _empty_redis(_redis: Redis, redis_server: RedisServer) -> str:
    """The URL of an empty Redis."""
    _redis.flushall()
    return redis_server.url


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
    migrate.upgrade_to_head(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def _postgres_database(worker_id: str) -> Iterator[str]:
    with postgres_database(os.environ[POSTGRES_URL_VARIABLE], f"countersign_{worker_id}_{os.getpid()}") as url:
        engine = make_engine(url, 1)
        migrate.upgrade_to_head(engine)
        engine.dispose()
        yield url
        drop_connections()


@pytest.fixture(scope="session")
def _emptied_postgresql(_postgres_database: str) -> Iterator[Callable[[], str]]:
    """Empties the process's database on PostgreSQL and says its URL."""
    engine = create_engine(_postgres_database, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        sequences = connection.execute(text("SELECT oid::regclass FROM pg_class WHERE relkind = 'S'")).scalars().all()
        # DELETE takes 3 ms for all tables where TRUNCATE takes 100: it makes no new files. The ledger refuses to be emptied;
        # tests begin with an empty one all the same.
        delete = "; ".join(
            ["BEGIN", "SET LOCAL session_replication_role = replica"]
            + [f"DELETE FROM {table.name}" for table in metadata.sorted_tables]
            + [f"SELECT setval('{sequence}', 1, false)" for sequence in sequences]
            + ["COMMIT"]
        )
        unfinished = text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
        )

        tests = itertools.count(1)

        def empty() -> str:
            # What the last test has left in the middle of a transaction would keep its locks.
            drop_connections(idle_above=0 if connection.execute(unfinished).all() else 2)
            connection.exec_driver_sql(delete)
            if next(tests) % _TESTS_PER_VACUUM == 0:
                connection.exec_driver_sql("VACUUM")
            return _postgres_database

        yield empty


@pytest.fixture(scope="session")
def _emptied_sqlite(_sqlite_template: Path) -> Iterator[Callable[[], str]]:
    """Empties the process's database on SQLite and says its URL."""
    path = _sqlite_template.with_name("countersign.sqlite3")

    def empty() -> str:
        # A copy takes 1 ms, less than to delete from all tables, and to put back the triggers that refuse it.
        drop_connections()
        for old in path.parent.glob(f"{path.name}*"):
            old.unlink()
        shutil.copyfile(_sqlite_template, path)
        return f"sqlite:///{path}"

    yield empty
    drop_connections()


@pytest.fixture(scope="session")
def pages(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageCatalogue]:
    """Every page in every state."""
    if worker_id != "master":
        # Fails where another process has made it in the same run: see `work_units`.
        (tmp_path_factory.getbasetemp().parent / "page-catalogue").touch(exist_ok=False)
    with build_page_catalogue() as made:
        yield made


def emptied_database(request: pytest.FixtureRequest) -> str:
    """The URL of the process's database of the kind that a fixture's parameter names, empty and migrated."""
    url: str = request.getfixturevalue(f"_emptied_{request.param}")()
    return url


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    """The URL of an empty, migrated database: each test that asks for it runs on both, but for those of `tests/web`."""
    return emptied_database(request)


def settings_of(**values: Any) -> Settings:
    """Settings of these values alone, checked like any: looking for the others in the environment takes four times as long."""
    settings = Settings.__new__(Settings)
    BaseModel.__init__(settings, **values)
    return settings


@pytest.fixture
def now() -> ManualClock:
    return ManualClock()


@pytest.fixture
def make_runtime(database: str, _empty_redis: str, tmp_path: Path, now: ManualClock) -> Iterator[Callable[..., Runtime]]:
    """Makes runtimes on the test's servers: `make_runtime(mailbox_limit=3)`."""
    made: list[Runtime] = []

    def make(*, connections: int = 12, clock: Callable[[], Any] = now, **changes: Any) -> Runtime:
        plain = {
            "data_dir": tmp_path,
            "database_url": database,
            "redis_url": _empty_redis,
            "base_url": BASE_URL,
            "secret_key": SECRET_KEY,
            "log_key": "7" * 64,
            "mail_url": "smtp://127.0.0.1:9",
            # Over several connections the mails of one batch arrive in any order; a test that means so says so.
            "mail_connections": 1,
            "places_url": "off",
        }
        settings = settings_of(**{**plain, **changes})
        site_database = Database(settings.database_url, shared_engine(settings.database_url, connections), connections)
        site_database.autocommit_engine = shared_engine(settings.database_url, connections, autocommit=True)
        redis_connection = RedisConnection(redis_client(settings))
        runtime = Runtime(
            settings=settings,
            database=site_database,
            redis_connection=redis_connection,
            queue=JobQueue(redis_connection, interval_seconds=0.0),
            secrets=Secrets(settings),
            now=clock,
            rng=random.Random(1),
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
    return make_app(runtime)


@pytest.fixture
def signatory(app: Flask, mail: MailServer) -> Callable[..., Signatory]:
    """Makes signatories: `signatory(email=…)`."""
    return lambda **who: Signatory(app, mail, **who)

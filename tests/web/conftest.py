"""Fixtures for tests of pages: SQLite, everything the database is asked, a real web server where only the real one will do."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from campaign.rendering import drawing, drawing_process
from campaign.runtime import Runtime
from tests.conftest import emptied_database
from tests.support.factories import new_campaign
from tests.support.processes import web_process
from tests.support.servers import MailServer, free_port


@pytest.fixture(params=["sqlite"])
def database(request: pytest.FixtureRequest) -> str:
    """The URL of an empty, migrated database.

    SQLite alone: the statements below a page are tested on both databases where they stand. A page's test that depends on
    the database, by locks, by time limits or by the number of statements, says `@on_both_databases`.
    """
    return emptied_database(request)


@pytest.fixture(autouse=True)
def _drawn_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """What pages draw is drawn in this process: one of its own for each of some hundred drawings would take half a minute. Of
    that tell `tests/rendering/test_drawing.py` and `test_imports.py`."""

    def run(module: str, *, given: bytes, timeout_seconds: float) -> bytes:
        assert module == drawing_process.__name__
        assert timeout_seconds > 0
        return drawing_process.draw(given)

    monkeypatch.setattr(drawing, "run_bounded", run)


@pytest.fixture
def live(make_runtime: Callable[..., Runtime], mail: MailServer) -> Iterator[tuple[str, int]]:
    """The address of a running site with one open campaign."""
    port = free_port()
    runtime = make_runtime(mail_url=mail.url, clock=lambda: datetime.now(UTC))
    opens_at = runtime.now() - timedelta(hours=1)
    new_campaign(runtime, opens_at=opens_at, closes_at=opens_at + timedelta(days=1))
    with web_process(runtime, port):
        yield "127.0.0.1", port


@pytest.fixture
def statements(runtime: Runtime) -> list[str]:
    """Every statement the database is asked from here on."""
    asked: list[str] = []
    for engine in (runtime.engine, runtime.autocommit_engine):
        event.listen(engine, "before_cursor_execute", lambda _c, _cur, sql, *_: asked.append(sql))
    return asked

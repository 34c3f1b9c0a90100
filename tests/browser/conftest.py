"""One Chromium and two running sites, one on each database, for as long as the tests of this folder run.

Two units of tests run beside each other (`tests/support/work_units.py`), each with a Chromium of its own: those that go
through the catalogue of pages, which takes long to build, and those that use a running site.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.catalogue_browser import CatalogueBrowser
from tests.browser.chromium import find_executable, launch_chromium, launch_unpainted
from tests.browser.visitor import PHONE, Visitor
from tests.conftest import NO_BROWSER_WARNING, POSTGRES_URL_VARIABLE
from tests.support.servers import free_port, postgres_database
from tests.support.up_process import UpProcess

_visitor_numbers = count(1)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    executable = find_executable()
    if executable is None:
        pytest.skip(NO_BROWSER_WARNING)
    with launch_chromium(executable) as browser:
        yield browser


@pytest.fixture(scope="package")
def unpainted_browser(browser: Browser) -> Iterator[Browser]:
    """One that does not paint what it lays out."""
    executable = find_executable()
    assert executable is not None
    with launch_unpainted(browser, executable) as unpainted:
        yield unpainted


@contextmanager
def running_site(port: int = 0, **settings: object) -> Iterator[UpProcess]:
    """A site of its own, that must end well and without an error in its log."""
    with tempfile.TemporaryDirectory(prefix="cs-site-") as folder:
        up = UpProcess(Path(folder), port or free_port(), **settings)
        try:
            up.wait_until_running()
            yield up
            assert up.process.stop() == 0, up.process.output
            assert '"level": "error"' not in up.process.output, up.process.output
        finally:
            up.close()


@pytest.fixture(scope="package")
def _sqlite_site() -> Iterator[UpProcess]:
    with running_site() as up:
        yield up


@pytest.fixture(scope="package")
def _postgresql_site(worker_id: str) -> Iterator[UpProcess]:
    with (
        postgres_database(os.environ[POSTGRES_URL_VARIABLE], f"countersign_site_{worker_id}_{os.getpid()}") as url,
        running_site(database_url=url) as up,
    ):
        yield up


@pytest.fixture
def site(browser: Browser, request: pytest.FixtureRequest) -> UpProcess:
    """A running site, on SQLite unless the test's parameters say otherwise."""
    up: UpProcess = request.getfixturevalue(f"_{getattr(request, 'param', 'sqlite')}_site")
    return up


@pytest.fixture
def catalogue_browser(browser: Browser) -> Iterator[CatalogueBrowser]:
    """Goes through all pages."""
    made = CatalogueBrowser(browser, PHONE)
    yield made
    made.close()


@pytest.fixture
def visitor(browser: Browser, site: UpProcess) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors, each with an address and a browser of their own: `visitor(screen=PHONE, scripts=False)`."""
    made: list[Visitor] = []

    def make(**how: Any) -> Visitor:
        made.append(Visitor(browser, site, f"visitor{next(_visitor_numbers)}@example.org", **how))
        return made[-1]

    yield make
    for one in made:
        one.check_and_close()


@pytest.fixture(scope="package")
def closed_campaign(_sqlite_site: UpProcess) -> str:
    """The path of a campaign that has closed, with words that hardly fit a phone."""
    definition = _sqlite_site.folder / "closed.toml"
    definition.write_text(
        """
        slug = "donauversickerung"
        title = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
        recipient = "The council"
        ask = "https://example.org/a/long/address/without/any/place/where/it/could/be/broken/0123456789abcdefghij"
        contact = "the-organisers-of-this-very-campaign@a-long-name-of-a-host.example.org"
        closes_at = 2099-12-31T23:59:59
        """
    )
    _sqlite_site.run_command("campaign", "create", str(definition))
    _sqlite_site.run_command("campaign", "close", "donauversickerung", "--yes")
    return "/c/donauversickerung"

"""Fixtures of backups: the machine a site runs on, a backup of it, and another machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from campaign.runtime import Runtime
from tests.conftest import POSTGRES_URL_VARIABLE
from tests.support.factories import new_campaign
from tests.support.machine import Machine
from tests.support.processes import shared_settings
from tests.support.servers import postgres_database


@pytest.fixture
def old_machine(runtime: Runtime, tmp_path: Path) -> Machine:
    return Machine(tmp_path, shared_settings(runtime))


@pytest.fixture
def new_machine(old_machine: Machine, runtime: Runtime, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """Another machine: another folder, another database, no key; the Redis is that of before, with its newer copies."""
    with _empty_database(runtime, tmp_path_factory) as url:
        folder = tmp_path_factory.mktemp("another machine ?")
        changes = {"data_dir": str(folder / "var"), "database_url": url, "secret_key": "", "log_key": ""}
        yield Machine(folder, old_machine.settings | changes)


@contextmanager
def _empty_database(runtime: Runtime, folders: pytest.TempPathFactory) -> Iterator[str]:
    if runtime.settings.is_sqlite:
        yield f"sqlite:///{folders.mktemp('restored')}/countersign.sqlite3"
        return
    with postgres_database(os.environ[POSTGRES_URL_VARIABLE], f"restored_{os.getpid()}") as url:
        yield url


@pytest.fixture
def backup_file(old_machine: Machine, runtime: Runtime) -> Path:
    """A backup of a site with one campaign."""
    new_campaign(runtime)
    code, said = old_machine.run("backup", "site.backup")
    assert code == 0, said
    return old_machine.folder / "site.backup"

"""`countersign restore`: all of a site or nothing of it, and in words what to do where it cannot be put back."""

import fcntl
import json
import os
import resource
import sys
import termios
from collections.abc import Callable
from pathlib import Path
from typing import IO

import psutil
import pytest
from flask import Flask
from sqlalchemy import Engine, text

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.accounts.role import Role
from campaign.runtime import Runtime
from campaign.security.stream_cipher import EncryptingWriter
from campaign.services.campaigns import lifecycle
from campaign.store.database.engine import make_engine
from campaign.store.tables import metadata
from tests.conftest import POSTGRES_URL_VARIABLE
from tests.support.desk_client import new_campaigner
from tests.support.factories import new_campaign
from tests.support.machine import PASSPHRASE, Machine
from tests.support.processes import Process, process_environment, wait_until
from tests.support.signatory import run_workers
from tests.support.stored_signatures import store_signatures
from tests.web.desk.route_values import new_campaign_with_picture, sample_route_values

MANIFEST = {
    "made_at": "2026-11-23T12:00:00+00:00", "program": "99.0", "revision": "9999", "kind": "sqlite", "settings": {},
    "tables": [], "sequences": {},
}  # fmt: skip


def rows_of(engine: Engine) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    with engine.connect() as connection:
        return {name: sorted(map(repr, connection.execute(text(f"SELECT * FROM {name}")))) for name in metadata.tables}


def files_of(machine: Machine) -> set[str]:
    """What there is in the machine's folders, but for the lock and the passphrase."""
    folders = {machine.data_dir, machine.folder, Path(machine.settings["database_url"].removeprefix("sqlite:///")).parent}
    return {path.name for folder in folders for path in folder.glob("*")} - {"up.lock", "passphrase", "var"}


def unread(pipe: IO[bytes]) -> int:
    """Octets in a pipe that nobody has read yet."""
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4), sys.byteorder)


def backup_with(path: Path, manifest: dict[str, object]) -> Path:
    """A backup with another manifest and nothing else in it."""
    body = json.dumps(manifest).encode()
    with path.open("wb") as file:
        writer = EncryptingWriter(file, PASSPHRASE)
        writer.write(b"\x08manifest" + len(body).to_bytes(4, "big") + body + b"\0")
        writer.finish()
    return path


def test_every_row_of_a_site_with_one_of_everything_comes_back(
    old_machine: Machine, new_machine: Machine, app: Flask, runtime: Runtime, make_runtime: Callable[..., Runtime]
) -> None:
    campaign = new_campaign_with_picture(runtime, "save-the-pond")
    mary = new_campaigner(runtime, app, campaign, Role.OWNER)
    sample_route_values(runtime, campaign, mary.id)
    store_signatures(runtime, campaign, [{}] * 300)
    lifecycle.change_slug(runtime, campaign, COMMAND_LINE, "village-pond")
    run_workers(runtime)
    before = rows_of(runtime.engine)
    assert sum(map(bool, before.values())) > 35, "a site with something in most tables"
    old_machine.settings |= {"site_name": "Ann’s “pond” # 1", "places_url": "off", "secret_key_fallbacks": "an older key " * 3}
    code, said = old_machine.run("backup", "site.backup")
    assert code == 0, said
    new_machine.settings.pop("places_url", None)
    code, said = new_machine.run("restore", str(old_machine.folder / "site.backup"))
    assert code == 0, said
    assert rows_of(make_runtime(database_url=new_machine.settings["database_url"]).engine) == before
    assert "Restored what site.backup held on" in said
    # What it was told about itself is said where it is not so here: links of older keys would not open.
    assert "These settings are not what they were: SECRET_KEY_FALLBACKS, SITE_NAME.\n" in said
    lines = (new_machine.data_dir / "restored.env").read_text().splitlines()
    assert "PLACES_URL=off" in lines
    assert "SITE_NAME='Ann’s “pond” # 1'" in lines


def test_a_database_of_another_program_is_never_replaced(new_machine: Machine, backup_file: Path) -> None:
    engine = make_engine(new_machine.settings["database_url"], 1)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE their_orders (id integer)"))
        connection.execute(text("INSERT INTO their_orders VALUES (7)"))
    for more in ((), ("--overwrite",)):
        code, said = new_machine.run("restore", str(backup_file), *more)
        assert code == 1
        assert "DATABASE_URL: holds tables that are not Countersign's (their_orders), which would be lost" in said
    with engine.connect() as connection:
        assert connection.execute(text("SELECT id FROM their_orders")).scalar_one() == 7
    engine.dispose()
    assert not (new_machine.data_dir / "secret_key").exists()


def test_a_backup_goes_back_into_its_own_kind_of_database(new_machine: Machine, runtime: Runtime, backup_file: Path) -> None:
    other = {True: os.environ[POSTGRES_URL_VARIABLE], False: f"sqlite:///{new_machine.folder}/other.sqlite3"}
    new_machine.settings["database_url"] = other[runtime.settings.is_sqlite]
    code, said = new_machine.run("restore", str(backup_file))
    assert (code, said.count("\n")) == (1, 1), said
    assert said.endswith(": set DATABASE_URL\n")
    assert not (new_machine.data_dir / "secret_key").exists()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_restore_that_cannot_be_carried_out_is_one_line_and_leaves_nothing(
    old_machine: Machine, new_machine: Machine, backup_file: Path
) -> None:
    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    newer = backup_with(old_machine.folder / "newer", MANIFEST)
    unknown = backup_with(old_machine.folder / "unknown", {**MANIFEST, "compression": "zstd"})
    for line, file, more in (
        ("this backup was made by a newer program (99.0): install that version", newer, {}),
        ("this backup is of a version this program does not know", unknown, {}),
        ("the database cannot be used ([Errno 27] File too large)", backup_file, {"preexec_fn": small_disk}),
        ("--passphrase-file: passphrase is not text in UTF-8", backup_file, {"passphrase": b"\xff\xfe"}),
        ("--passphrase-file: the first line of passphrase is empty", backup_file, {"passphrase": ""}),
    ):
        code, said = new_machine.run("restore", str(file), **more)  # type: ignore[arg-type]
        assert (code, said.count("\n")) == (1, 1), said
        assert line in said
        assert files_of(new_machine) == set(), line
    new_machine.data_dir.joinpath("secret_key").mkdir()
    code, said = new_machine.run("restore", str(backup_file))
    assert (code, said.count("\n")) == (1, 1), said
    assert "DATA_DIR: " in said
    assert files_of(new_machine) == {"secret_key"}, "no database without its keys"
    new_machine.settings["data_dir"] = str(backup_file)
    assert f"DATA_DIR: {backup_file} cannot be made" in new_machine.run("restore", str(backup_file))[1]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_restore_that_is_stopped_half_way_leaves_nothing_and_can_be_begun_again(
    old_machine: Machine, new_machine: Machine, runtime: Runtime, backup_file: Path
) -> None:
    """Its file comes through a pipe, of which the end is missing: it waits for that, and is stopped there."""
    # More than the part of a megabyte that is encrypted, and so read, as one.
    store_signatures(runtime, new_campaign(runtime, slug="lido"), [{"comment": "It matters. " * 60}] * 1_500)
    code, said = old_machine.run("backup", "site.backup")
    assert code == 0, said
    new_machine.write_passphrase()
    pipe = new_machine.folder / "pipe"
    os.mkfifo(pipe)
    process = Process(
        ["-m", "campaign.cli", "restore", "pipe", "--passphrase-file", "passphrase"],
        process_environment(**new_machine.settings), new_machine.folder, new_interpreter=False,
    )  # fmt: skip
    database = Path(new_machine.settings["database_url"].removeprefix("sqlite:///"))
    half = database.with_name(f".{database.name}.restored")
    try:
        with pipe.open("wb") as file:
            file.write(backup_file.read_bytes()[:-40])
            file.flush()
            wait_until(lambda: half.exists() and unread(file) == 0, "it has read all there is")
            wait_until(lambda: psutil.Process(process.popen.pid).status() == psutil.STATUS_SLEEPING, "it waits for more")
            assert process.stop() == 1
        assert process.output.strip() == "countersign: stopped; nothing was changed"
    finally:
        process.close()
    pipe.unlink()
    assert {name for name in files_of(new_machine) if not name.startswith("process-")} == set()
    code, said = new_machine.run("restore", str(backup_file))
    assert code == 0, said


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_backup_that_finds_no_room_says_where_and_one_that_was_killed_leaves_no_copy(
    old_machine: Machine, runtime: Runtime, backup_file: Path
) -> None:
    backup_file.unlink()
    there = set(old_machine.folder.iterdir())

    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    code, said = old_machine.run("backup", "site.backup", preexec_fn=small_disk)
    assert (code, said.count("\n")) == (1, 1), said
    assert "no room on its disk" in said
    assert set(old_machine.folder.iterdir()) == there
    assert "FILE: there is no folder" in old_machine.run("backup", "no/such/folder/site.backup")[1]
    left = runtime.settings.data_dir / ".backup-killed"
    left.mkdir()
    (left / "copy.sqlite3").write_bytes(b"all names and addresses")
    code, said = old_machine.run("backup", "site.backup")
    assert code == 0, said
    assert not left.exists()

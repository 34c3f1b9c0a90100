"""`countersign doctor` and `/readyz`: each fault of an installation is told in its own words, and none hides another."""

import re
import resource
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import psycopg
import pytest
from flask import Flask
from sqlalchemy import create_engine, make_url, update

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.site.finding import Finding, Outcome
from campaign.domain.site.switch import Switch
from campaign.jobs import MAIL_QUEUE
from campaign.runtime import Runtime
from campaign.services.signatures import sign
from campaign.services.site import switches
from campaign.services.site.diagnosis import diagnose
from campaign.services.site.readiness import readiness
from campaign.store.database.schema_version import head_revision
from campaign.store.redis import process_heartbeats
from campaign.store.tables import outbox
from tests.support.compile_cache import make_app
from tests.support.factories import new_campaign, sign_form_data, verify_link_of
from tests.support.heartbeats import record_all_alive
from tests.support.processes import run_command, shared_settings
from tests.support.queries import execute_sql
from tests.support.secret_keys import SECRET_KEY
from tests.support.servers import MailServer, RedisServer, free_port

Doctor = Callable[..., subprocess.CompletedProcess[str]]

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


@pytest.fixture
def doctor(runtime: Runtime, tmp_path: Path) -> Doctor:
    """Runs `countersign doctor` on the test's own servers: `doctor(port="9000")`. Workers and clock seem to live."""
    record_all_alive(runtime)

    def run(**changes: str) -> subprocess.CompletedProcess[str]:
        return run_command(tmp_path, "doctor", settings=shared_settings(runtime) | {"base_url": "http://127.0.0.1:9"} | changes)

    return run


@pytest.fixture
def fragile_redis(make_runtime: Callable[..., Runtime], mail: MailServer) -> Iterator[tuple[RedisServer, Runtime]]:
    """A Redis of this test's own and a runtime on it."""
    server = RedisServer()
    runtime = make_runtime(mail_url=mail.url, redis_url=server.url)
    record_all_alive(runtime)
    yield server, runtime
    server.close()


def faults(ended: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines of faults and unknowns, each with what to do."""
    assert "Traceback" not in ended.stderr, ended.stderr
    lines = ended.stdout.splitlines()
    found = [
        f"{line} {lines[number + 1].strip()}" for number, line in enumerate(lines) if line.startswith(("FAULT", "UNKNOWN"))
    ]
    assert ended.returncode == bool(found), ended
    assert all("→" in line for line in found)
    return found


def only_fault(ended: subprocess.CompletedProcess[str], subject: str, *words: str) -> None:
    [found] = faults(ended)
    assert found.startswith(f"FAULT    {subject:<9} "), found
    for word in words:
        assert word in found


def test_it_finds_nothing_where_all_is_well_and_sends_nothing(doctor: Doctor, mail: MailServer) -> None:
    ended = doctor()
    assert faults(ended) == []
    for subject in ("settings", "database", "redis", "workers", "clock", "mail", "disk"):
        assert f"\nok       {subject:<9} " in f"\n{ended.stdout}"
    assert not mail.delivered


@on_sqlite
@pytest.mark.parametrize(
    ("changes", "subject"),
    [
        ({"redis_url": "redis://127.0.0.1:1"}, "redis"),
        ({"mail_url": "smtp://127.0.0.1:1"}, "mail"),
        ({"secret_key": ""}, "settings"),
        ({"port": "http"}, "settings"),
        ({"database_url": "postgresql+psycopg://127.0.0.1:1/countersign"}, "database"),
        ({"data_dir": "/dev/null/countersign"}, "disk"),
    ],
)
def test_each_fault_is_named_with_what_to_do_and_hides_no_other(doctor: Doctor, changes: dict[str, str], subject: str) -> None:
    ended = doctor(**changes)
    found = faults(ended)
    assert found[0].startswith(f"FAULT    {subject:<9} ") if subject != "disk" else any("DATA_DIR" in line for line in found)
    # What needs the broken part is unknown, neither well nor a fault of its own.
    assert sum(line.startswith("FAULT") for line in found) == 1
    if subject != "settings":
        assert "mail      " in ended.stdout
        assert "address   " in ended.stdout


def test_a_database_nobody_has_migrated_is_named(tmp_path: Path) -> None:
    ended = run_command(tmp_path, "doctor", settings={"secret_key": SECRET_KEY})
    assert f"FAULT    database  SQLite is at version none, not {head_revision()}" in ended.stdout
    assert "run `countersign migrate`" in ended.stdout


@pytest.mark.parametrize("arguments", [("migrate",), ("web",), ("worker",), ("clock",), ("campaign", "list"), ("up",)])
@on_sqlite
def test_a_program_older_than_the_database_is_refused_in_one_line(
    runtime: Runtime, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    execute_sql(runtime, "UPDATE alembic_version SET version_num = '9999'")
    settings = shared_settings(runtime) | {"port": str(free_port()), "base_url": ""}
    ended = run_command(tmp_path, *arguments, settings=settings, new_interpreter=arguments == ("up",))
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1, ended.stderr
    assert ended.stderr.startswith("countersign: DATABASE_URL: the database is ")
    assert "a newer program has migrated it: install that version here too" in ended.stderr


def test_switches_that_are_on_are_told(doctor: Doctor, runtime: Runtime) -> None:
    switches.set_switch(runtime, COMMAND_LINE, Switch.READ_ONLY, on=True, message="Moving house.")
    switches.set_switch(runtime, COMMAND_LINE, Switch.SLOW_COUNT, on=True)
    switches.set_switch(runtime, COMMAND_LINE, Switch.SLOW_COUNT, on=False)
    ended = doctor()
    assert faults(ended) == []
    assert "note     switches  read-only is on since 2026-11-23T12:00:00Z: 'Moving house.'" in ended.stdout
    assert "→ turn it off at /desk/site/switches" in ended.stdout
    assert "slow-count" not in ended.stdout


def _sign(runtime: Runtime) -> Campaign:
    campaign = new_campaign(runtime)
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data("ada@example.org"))
    return campaign


def test_mail_that_nobody_delivers_is_noticed(doctor: Doctor, runtime: Runtime) -> None:
    _sign(runtime)
    with runtime.transaction() as connection:
        connection.execute(update(outbox).values(created_at=datetime.now(UTC) - timedelta(minutes=90)))
    only_fault(doctor(), "mail", "the oldest mail owed has waited 90 minutes")


@on_sqlite
def test_signatures_that_nobody_counts_are_noticed(doctor: Doctor, runtime: Runtime) -> None:
    _sign(runtime)
    sign.verify_signature(runtime, verify_link_of(runtime, 1))
    execute_sql(runtime, "UPDATE outbox SET state = 'dropped'")
    assert "note     ledger    signatures wait to be counted" in doctor().stdout


# The database


@contextmanager
def database_setting(url: str, setting: str) -> Iterator[None]:
    """A setting of the test's database alone, for connections that are made from now on."""
    name = make_url(url).database
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            # The setting itself must be lifted even where the database is read-only.
            connection.exec_driver_sql("SET default_transaction_read_only = off")
            connection.exec_driver_sql(f"ALTER DATABASE {name} SET {setting}")
            try:
                yield
            finally:
                connection.exec_driver_sql(f"ALTER DATABASE {name} RESET {setting.partition(' ')[0]}")
    finally:
        engine.dispose()


@on_postgresql
@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("default_transaction_read_only = on", "takes no writes: it is read-only"),
        ("temp_file_limit = '8kB'", "has reached a limit of its own for files or space"),
    ],
)
def test_a_database_that_takes_no_writes_is_not_ready(
    doctor: Doctor, make_runtime: Callable[..., Runtime], mail: MailServer, setting: str, said: str
) -> None:
    url = make_runtime(mail_url=mail.url).settings.database_url
    with database_setting(url, setting):
        only_fault(doctor(), "database", said)
        # An address of its own has connections of its own, which have seen the setting.
        fresh = make_runtime(mail_url=mail.url, database_url=f"{url}{'&' if '?' in url else '?'}application_name={setting[:4]}")
        answer = make_app(fresh).test_client().get("/readyz")
        fresh.engine.dispose()
        fresh.autocommit_engine.dispose()
    assert (answer.status_code, answer.get_json()["database"]) == (503, f"down: {said}")


@on_sqlite
def test_a_disk_without_room_is_told_by_sqlite_too(runtime: Runtime, tmp_path: Path) -> None:
    record_all_alive(runtime)

    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    # Nor may it write compiled modules, which would be cut off.
    settings = shared_settings(runtime) | {"pythondontwritebytecode": "1"}
    ended = run_command(tmp_path, "doctor", settings=settings, preexec_fn=small_disk)
    found = " ".join(faults(ended))
    assert "database  SQLite has no room on its disk, or the disk fails" in found
    assert "takes no file (File too large)" in found


@on_postgresql
def test_why_a_connection_is_refused_is_told(doctor: Doctor, runtime: Runtime) -> None:
    url = make_url(runtime.settings.database_url)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    name = f"doctor_{url.database}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP ROLE IF EXISTS {name}")
        connection.exec_driver_sql(f"CREATE ROLE {name} LOGIN CONNECTION LIMIT 0")
    try:
        for changed, said in (
            (url.set(database="nowhere"), "has no such database"),
            (url.set(username="nobody_there"), "refuses user or password"),
            (url.set(username=name), "has all its connections taken"),
            (url.set(host="nowhere.invalid", query={}), "is at a host that DNS does not know"),
            (url.set(host="127.0.0.1", port=free_port(), query={}), "does not run where DATABASE_URL says"),
        ):
            ended = doctor(database_url=changed.render_as_string(hide_password=False))
            first = faults(ended)[0]
            assert first.startswith(f"FAULT    database  PostgreSQL {said}"), first
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP ROLE {name}")
        engine.dispose()


def test_a_wrong_password_is_told_by_the_words_of_the_driver() -> None:
    from campaign.store.database.failure_reason import failure_reason

    error = psycopg.OperationalError('connection failed: FATAL:  password authentication failed for user "x"')
    assert failure_reason(error).message == "refuses user or password"
    odd = psycopg.OperationalError("connection failed: FATAL:  Passwort-Authentifizierung fehlgeschlagen")
    assert "Passwort-Authentifizierung" in failure_reason(odd).message


@on_postgresql
def test_a_table_that_is_locked_is_named_and_hides_nothing(doctor: Doctor, runtime: Runtime) -> None:
    engine = create_engine(runtime.settings.database_url)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT set_config('application_name', 'a long migration', false)")
        connection.exec_driver_sql("LOCK TABLE outbox, signatures")
        time.sleep(3.1)
        ended = doctor()
        connection.rollback()
    engine.dispose()
    found = faults(ended)
    assert sum("is locked for" in line and "(a long migration)" in line for line in found) == 2, found
    assert any(line.startswith("UNKNOWN  mail      cannot be seen: the database kept us waiting") for line in found)
    assert "ok       redis " in ended.stdout


def test_a_check_that_hangs_or_fails_is_unknown_and_the_others_are_told(runtime: Runtime) -> None:
    over = Event()

    def hangs(_: Runtime) -> Iterator[Finding]:
        yield Finding("slow", "has begun")
        over.wait()

    def fails(_: Runtime) -> Iterator[Finding]:
        raise ZeroDivisionError

    def works(_: Runtime) -> Iterator[Finding]:
        yield Finding("quick", "works")

    # Nobody waits for the check that ends only once all are done.
    found = list(diagnose(runtime, [("slow", hangs), ("odd", fails), ("quick", works)], seconds=1.0))
    over.set()
    assert [(each.subject, each.outcome) for each in found] == [
        ("slow", Outcome.OK), ("slow", Outcome.UNKNOWN), ("odd", Outcome.UNKNOWN), ("quick", Outcome.OK),
    ]  # fmt: skip


@on_postgresql
@pytest.mark.parametrize("minutes", [5, -5])
def test_a_clock_that_is_off_is_not_ready_and_the_machine_is_named(
    doctor: Doctor, make_runtime: Callable[..., Runtime], mail: MailServer, minutes: int
) -> None:
    ahead = "ahead of" if minutes > 0 else "behind"
    wrong = make_runtime(mail_url=mail.url, clock=lambda: datetime.now(UTC) + timedelta(minutes=minutes))
    # Half of the time that the question took may lie on either side.
    assert re.fullmatch(rf"(299|300|301) s {ahead} the database's clock", readiness(wrong).clock)
    assert not readiness(wrong).is_ready
    assert readiness(make_runtime(mail_url=mail.url, clock=lambda: datetime.now(UTC))).clock == "up"
    record_all_alive(wrong, skew=minutes * 60.0, machine="web-2")
    only_fault(doctor(), "machines", f"the clock of web-2 is 300 s {ahead} the database's", "NTP")


# Redis


@on_sqlite
@pytest.mark.parametrize(
    ("commands", "words"),
    [
        ([("CONFIG", "SET", "maxmemory", "1")], "is full: takes no writes"),
        ([("REPLICAOF", "127.0.0.1", "1")], "is a replica"),
        (
            [("CONFIG", "SET", "maxmemory", "100mb"), ("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")],
            "evicts keys",
        ),
        ([("CONFIG", "SET", "requirepass", "x")], "wants another password"),
    ],
)
def test_a_redis_that_cannot_be_relied_on_is_told(
    fragile_redis: tuple[RedisServer, Runtime], tmp_path: Path, commands: list[tuple[str, ...]], words: str
) -> None:
    server, runtime = fragile_redis
    for command in commands:
        runtime.redis.execute_command(*command)
    ended = run_command(tmp_path, "doctor", settings=shared_settings(runtime))
    found = [line for line in faults(ended) if line.startswith("FAULT    redis")]
    assert words in " ".join(found), ended.stdout
    # Connections that are there outlive a new password.
    if words not in ("evicts keys", "wants another password"):
        ready = readiness(runtime)
        assert not ready.is_ready
        assert ready.redis.startswith("down: ")
    assert server.url


# Workers


@on_sqlite
def test_queues_nobody_serves_and_workers_that_died_are_told(doctor: Doctor, runtime: Runtime) -> None:
    process_heartbeats.forget(runtime.redis, MAIL_QUEUE, "one", 100)
    only_fault(doctor(), "workers", "nobody works off mail")
    runtime.redis.delete("countersign:processes")
    only_fault(doctor(), "workers", "nobody works off mail, ledger, desk, exports")


# Mail


@on_sqlite
def test_a_sender_the_mail_server_refuses_is_a_fault(doctor: Doctor, mail: MailServer) -> None:
    ended = doctor(mail_from="Keep our NHS, Leeds <no-reply@example.org>")
    assert faults(ended) == []
    assert "takes mails from no-reply@example.org" in ended.stdout
    mail.mail_reply = "550 5.7.1 who are you"
    only_fault(doctor(), "mail", "MAIL_FROM was refused: 550 5.7.1")
    mail.mail_reply = "250 OK"
    mail.rcpt_reply = "550 5.1.1 no such user"
    ended = doctor()
    assert faults(ended) == []
    assert "note     mail      takes our sender, but refused a mail to its own domain's postmaster: 550 5.1.1" in ended.stdout


# Addresses of visitors


@on_sqlite
def test_readyz_says_what_kind_of_address_arrives(app: Flask) -> None:
    client = app.test_client()
    for address, kind in (("203.0.113.9", "private"), ("81.2.69.142", "public"), ("10.0.0.1", "private"), ("", "none")):
        found = client.get("/readyz", environ_base={"REMOTE_ADDR": address}).get_json()["your_address"]
        assert found == kind, address


@on_sqlite
def test_a_flood_of_health_checks_writes_once(app: Flask, runtime: Runtime) -> None:
    client = app.test_client()
    answers = {client.get("/readyz").status_code for _ in range(50)}
    assert answers == {200}
    assert len(list(runtime.redis.scan_iter("countersign:write-probe:*"))) == 1

"""`countersign up`: everything on one machine.

This process only watches the others, so it imports as little as it can.
"""

import fcntl
import json
import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import click

from campaign.cli.own_redis import prepare_socket, redis_command, redis_log, wait_for_redis
from campaign.cli.role_commands import pool_command, web_command
from campaign.cli.supervisor import ChildProcess, Supervisor
from campaign.cli.web_port import require_free_port
from campaign.config import ADDRESS_FILE, LOG_KEY_FILE, SECRET_KEY_FILE, Settings, load_settings
from campaign.logs import configure_logging

START_TIMEOUT_SECONDS = 60
"""How long the site may take to answer before `up` says that something is wrong."""


@click.command()
def up() -> None:
    """Run everything on this machine: web, workers, clock, and a Redis of its own where REDIS_URL is not set.

    Brings the database to the newest version, creates the demonstration campaign in an empty one, and prints the addresses.
    Ctrl-C stops all of it cleanly; the next start finds everything as it was.
    """
    settings = load_settings()
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise click.ClickException(f"DATA_DIR: {settings.data_dir} cannot be made ({error.strerror})") from None
    with _exclusive_lock(settings):
        require_free_port(settings)
        _create_keys(settings)
        settings = load_settings()
        configure_logging(settings.log_level)
        with _announced_address(settings), Supervisor() as supervisor:
            _start_processes(supervisor, settings)
            supervisor.watch()
            click.echo("Stopping…")
    click.echo("Stopped. Everything is kept in " + str(settings.data_dir))


def _start_processes(supervisor: Supervisor, settings: Settings) -> None:
    if not settings.redis_url:
        prepare_socket(settings)
        supervisor.start(ChildProcess("Redis", redis_command(settings), log_file=redis_log(settings), stops_last=True))
        wait_for_redis(settings)
    first_start = _prepare_site()
    for child in (ChildProcess("workers", pool_command()), ChildProcess("web", web_command())):
        supervisor.start(child)
    _wait_for_site(supervisor, settings)
    if not supervisor.stop_requested:
        _print_addresses(settings, first_start)


def _prepare_site() -> dict[str, str]:
    """What `campaign.cli.first_start` says. In a process of its own: migrating imports what is never needed again."""
    ended = subprocess.run(
        [sys.executable, "-m", "campaign.cli.first_start"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        line = (ended.stderr.strip().splitlines() or [f"the database could not be prepared (exit code {ended.returncode})"])[-1]
        raise click.ClickException(line.removeprefix("countersign: "))
    found: dict[str, str] = json.loads(ended.stdout)
    return found


@contextmanager
def _exclusive_lock(settings: Settings) -> Iterator[None]:
    """Hold DATA_DIR for ourselves; the system lets go when this process ends, however it ends."""
    with (settings.data_dir / "up.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise click.ClickException(f"DATA_DIR: another `countersign up` is running in {settings.data_dir}") from None
        yield


@contextmanager
def _announced_address(settings: Settings) -> Iterator[None]:
    """Tell the other commands in this folder at which address the site runs: they need no PORT of their own then."""
    path = settings.data_dir / ADDRESS_FILE
    path.write_text(f"{os.getpid()} {settings.base_url}\n")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _create_keys(settings: Settings) -> None:
    """Make the keys once. Who reads them can forge links and the log of the count, so nobody else may read the files."""
    for key, name in ((settings.secret_key, SECRET_KEY_FILE), (settings.log_key, LOG_KEY_FILE)):
        if key.get_secret_value():
            continue
        path = settings.data_dir / name
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32) + "\n")


def _wait_for_site(supervisor: Supervisor, settings: Settings) -> None:
    until = time.monotonic() + START_TIMEOUT_SECONDS
    while not supervisor.stop_requested:
        supervisor.restart_ended()
        try:
            with urllib.request.urlopen(f"{_local_address(settings)}/healthz", timeout=5):  # noqa: S310 - http
                return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > until:
                raise click.ClickException(
                    f"the site did not answer within {START_TIMEOUT_SECONDS} seconds; see the lines above"
                ) from None
        time.sleep(0.1)


def _local_address(settings: Settings) -> str:
    everywhere = settings.host in ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to
    host = "127.0.0.1" if everywhere else f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def _what_is_not_ready(settings: Settings) -> str:
    """What `/readyz` says is wrong; "" where all is well."""
    try:
        with urllib.request.urlopen(f"{_local_address(settings)}/readyz", timeout=20):  # noqa: S310 - http
            return ""
    except urllib.error.HTTPError as error:
        found = json.loads(error.read())
        wrong = [f"{name}: {state}" for name, state in found.items() if state != "up" and name != "your_address"]
        return "; ".join(wrong)
    except (urllib.error.URLError, OSError, ValueError) as error:
        return f"/readyz does not answer ({type(error).__name__})"


def _print_addresses(settings: Settings, first_start: dict[str, str]) -> None:
    lines = ["", "Countersign is running.", ""]
    if wrong := _what_is_not_ready(settings):
        lines += [f"  But not all is well  {wrong}; see `countersign doctor`"]
    lines.append(f"  Campaign page        {settings.base_url}/c/{first_start['slug']}")
    lines.append(f"  All campaigns        {settings.base_url}/")
    if first_start["login_link"]:
        lines.append(f"  Desk                 {first_start['login_link']}")
        lines.append("                       (lets the first campaigner in, once, within 24 hours)")
    else:
        lines.append(f"  Desk                 {settings.base_url}/desk/")
    if settings.development_mailbox is not None:
        lines.append(f"  Development mailbox  {settings.base_url}/dev/mailbox   (mails are kept here until MAIL_URL is set)")
    lines += [f"  Data                 {settings.data_dir}", "", "Ctrl-C stops everything.", ""]
    click.echo("\n".join(lines))

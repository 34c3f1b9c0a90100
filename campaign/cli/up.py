"""`countersign up`: everything on one machine."""

import fcntl
import os
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import click
from redis.exceptions import RedisError

from campaign.cli.demonstration import demonstration_campaign
from campaign.cli.own_redis import prepare_socket, redis_command, redis_log, wait_for_redis
from campaign.cli.processes import clock_command, web_command, worker_command
from campaign.cli.supervisor import ChildProcess, Supervisor
from campaign.cli.web_port import require_free_port
from campaign.config import LOG_KEY_FILE, SECRET_KEY_FILE, Settings, load_settings
from campaign.domain.campaigns.campaign import Campaign
from campaign.logs import configure_logging
from campaign.runtime import make_runtime, redis_client
from campaign.services.accounts import login_links
from campaign.services.campaigns import create_and_find
from campaign.store.database import migrate

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
        with Supervisor() as supervisor:
            _start_processes(supervisor, settings)
            supervisor.watch()
            click.echo("Stopping…")
    click.echo("Stopped. Everything is kept in " + str(settings.data_dir))


def _start_processes(supervisor: Supervisor, settings: Settings) -> None:
    if not settings.redis_url:
        prepare_socket(settings)
        supervisor.start(ChildProcess("Redis", redis_command(settings), log_file=redis_log(settings), stops_last=True))
        wait_for_redis(settings)
    else:
        _require_redis_answer(settings)
    featured, entrance = _prepare_database(settings)
    for child in (
        ChildProcess("clock", clock_command()),
        ChildProcess("worker ledger", worker_command("ledger")),
        ChildProcess("worker mail", worker_command("mail")),
        ChildProcess("worker desk", worker_command("desk")),
        ChildProcess("worker exports", worker_command("exports")),
        ChildProcess("web", web_command()),
    ):
        supervisor.start(child)
    _wait_for_site(supervisor, settings)
    if not supervisor.stop_requested:
        _print_addresses(settings, featured, entrance)


def _prepare_database(settings: Settings) -> tuple[Campaign, str]:
    """Migrate; create the demonstration campaign in an empty database. Returns the campaign to point a newcomer to, and the
    link by which the first campaigner comes in, where nobody has come yet."""
    runtime = make_runtime(settings, max_connections=1)
    try:
        migrate.upgrade_to_head(runtime.engine)
        first = create_and_find.list_campaigns(runtime)
        featured = first[0] if first else create_and_find.create_campaign(runtime, demonstration_campaign(runtime.now()))
        return featured, login_links.first_login_link(runtime)
    finally:
        runtime.close()


@contextmanager
def _exclusive_lock(settings: Settings) -> Iterator[None]:
    """Hold DATA_DIR for ourselves; the system lets go when this process ends, however it ends."""
    with (settings.data_dir / "up.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise click.ClickException(f"DATA_DIR: another `countersign up` is running in {settings.data_dir}") from None
        yield


def _require_redis_answer(settings: Settings) -> None:
    redis = redis_client(settings)
    try:
        redis.ping()
    except (RedisError, OSError) as error:
        raise click.ClickException(
            f"REDIS_URL: does not answer ({type(error).__name__}); start it, or unset REDIS_URL"
        ) from None
    finally:
        redis.close()


def _create_keys(settings: Settings) -> None:
    """Make the keys once. Who reads them can forge links and the log of the count, so nobody else may read the files."""
    for key, name in ((settings.secret_key, SECRET_KEY_FILE), (settings.log_key, LOG_KEY_FILE)):
        if key.get_secret_value():
            continue
        path = settings.data_dir / name
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32) + "\n")


def _wait_for_site(supervisor: Supervisor, settings: Settings) -> None:
    everywhere = settings.host in ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to
    host = "127.0.0.1" if everywhere else f"[{settings.host}]" if ":" in settings.host else settings.host
    until = time.monotonic() + START_TIMEOUT_SECONDS
    while not supervisor.stop_requested:
        supervisor.restart_ended()
        try:
            with urllib.request.urlopen(f"http://{host}:{settings.port}/readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > until:
                raise click.ClickException(
                    f"the site did not answer within {START_TIMEOUT_SECONDS} seconds; see the lines above"
                ) from None
        time.sleep(0.1)


def _print_addresses(settings: Settings, featured: Campaign | None, login_link: str) -> None:
    lines = ["", "Countersign is running.", ""]
    if featured is not None:
        lines.append(f"  Campaign page        {settings.base_url}/c/{featured.slug}")
    lines.append(f"  All campaigns        {settings.base_url}/")
    if login_link:
        lines.append(f"  Desk                 {login_link}")
        lines.append("                       (lets the first campaigner in, once, within 24 hours)")
    else:
        lines.append(f"  Desk                 {settings.base_url}/desk/")
    if settings.development_mailbox is not None:
        lines.append(f"  Development mailbox  {settings.base_url}/dev/mailbox   (mails are kept here until MAIL_URL is set)")
    lines += [f"  Data                 {settings.data_dir}", "", "Ctrl-C stops everything.", ""]
    click.echo("\n".join(lines))

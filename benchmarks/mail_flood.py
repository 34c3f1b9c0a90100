"""Mail flood: ten thousand mails caused from one network, a server that takes ten a second, and ten people from elsewhere.

    python -m benchmarks.mail_flood [POSTS] [sqlite|postgresql]

Prints how long each of the ten waited for the server to have their mail.
"""

import asyncio
import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from benchmarks.environment import benchmark_environment
from campaign.domain.campaigns.definition import CampaignDefinition
from campaign.mail.smtp import SmtpTransport
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find
from campaign.services.signatures import sign
from campaign.store.signatures.signatures import SignFormData
from workers.mail import Mailer

POSTS = 10_000
MAILS_PER_SECOND = 10
PEOPLE = 10
_RECIPIENT = re.compile(rb"RCPT TO:<([^>]*)>", re.IGNORECASE)


class SlowServer:
    """An SMTP server that takes so many mails a second, over all connections, and remembers when it had whose."""

    def __init__(self, per_second: float) -> None:
        self._interval, self._next_at = 1 / per_second, 0.0
        self.taken: dict[str, float] = {}
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self.port = 0
        threading.Thread(target=self._run, daemon=True).start()
        self._ready.wait(10)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 20))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 slow\r\n")
        recipient = ""
        while line := await reader.readline():
            verb = line[:4].upper()
            if found := _RECIPIENT.match(line):
                recipient = found[1].decode()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                at = max(time.monotonic(), self._next_at)
                self._next_at = at + self._interval
                await asyncio.sleep(at - time.monotonic())
                self.taken[recipient] = time.monotonic()
                writer.write(b"250 taken\r\n")
            else:
                writer.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
            await writer.drain()
        writer.close()


@contextmanager
def _delivering(runtime: Runtime, server: SlowServer) -> Iterator[None]:
    mailer = Mailer(runtime, new_transport=lambda: SmtpTransport(f"smtp://127.0.0.1:{server.port}", "no-reply@example.org"))
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            mailer.deliver()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def waiting_seconds(runtime: Runtime, server: SlowServer, posts: int) -> list[float]:
    """How long each of the ten waited, with so many mails of a flood owed before the first of them signs."""
    now = runtime.now()
    pond = create_and_find.create_campaign(
        runtime,
        CampaignDefinition(
            slug="pond", title="Save the pond", recipient="The council", ask="Keep it.", background="",
            opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=30), goals=(1_000_000,),
        ),
    )  # fmt: skip
    began = time.monotonic()
    for number in range(posts):
        form = _form(f"fake{number}@made-up-{number % 500}.example", "203.0.113.0/24")
        sign.sign_campaign(runtime, pond.id, pond.text.hash, form)
    print(f"{posts:,} posts of one network: {time.monotonic() - began:.1f} s", flush=True)
    waited = []
    with _delivering(runtime, server):
        time.sleep(2)  # so that it is amid the flood
        for number in range(PEOPLE):
            address, signed_at = f"person{number}@elsewhere-{number}.example", time.monotonic()
            sign.sign_campaign(runtime, pond.id, pond.text.hash, _form(address, f"198.51.{number}.0/24"))
            while address not in server.taken:
                time.sleep(0.01)
            waited.append(server.taken[address] - signed_at)
    return waited


def _form(email: str, network: str) -> SignFormData:
    return SignFormData(
        name="Ada Lovelace", email=email, email_key=email, country="GB", postcode="SW1A 1AA", comment="", public=False,
        updates=False, updates_wording="", source="", browser_hash="", network=network,
    )  # fmt: skip


def main() -> None:
    """Run it."""
    database = "postgresql" if "postgresql" in sys.argv else "sqlite"
    posts = next((int(given) for given in sys.argv[1:] if given.isdigit()), POSTS)
    server = SlowServer(MAILS_PER_SECOND)
    with benchmark_environment(database) as environment:
        waited = waiting_seconds(environment.runtime, server, posts)
    server.close()
    for number, seconds in enumerate(waited, 1):
        print(f"person {number:2} from elsewhere waited {seconds:.2f} s")
    print(f"the longest: {max(waited):.2f} s, with a server that takes {MAILS_PER_SECOND} mails a second")


if __name__ == "__main__":
    main()

"""A whole signature as benchmarks make it: signed, mailed, verified, mailed, counted."""

import time
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy import text

from benchmarks.environment import BenchmarkEnvironment
from benchmarks.http_load import LoadResult, Request, send
from campaign.domain.campaigns.definition import CampaignDefinition
from campaign.jobs import LEDGER_QUEUE, MAIL_QUEUE
from campaign.services.campaigns import create_and_find

SLUG = "bench"
WORKERS = {
    "worker mail": ("workers", "worker", MAIL_QUEUE),
    "worker ledger": ("workers", "worker", LEDGER_QUEUE),
    "clock": ("workers", "clock"),
}
"""Module and arguments of each worker."""
TIMEOUT_SECONDS = 300
"""Seconds to wait for workers to have done their part."""


def create_campaign(made: BenchmarkEnvironment) -> None:
    """The campaign that is signed."""
    opens_at = made.runtime.now() - timedelta(hours=1)
    create_and_find.create_campaign(
        made.runtime,
        CampaignDefinition(slug=SLUG, title="A campaign to measure", ask="Measure.", background="x " * 1000,
                   opens_at=opens_at, closes_at=opens_at + timedelta(days=30)),
    )  # fmt: skip


def whole_signature(made: BenchmarkEnvironment, who: str, n: int, port: int | None = None, connections: int = 8) -> LoadResult:
    """Sign, mail, verify, mail, count: all at once, as in a spike, by the web server on a port."""
    port = port or made.port
    counted = verified(made)
    began = time.perf_counter()
    signed = send(port, (sign_request(who, i) for i in range(n)), connections=connections)
    # On a busy machine the site may have told some to come again; the statuses say so.
    taken = signed.statuses[303]
    presses = (Request("POST", made.verify_links.get(timeout=TIMEOUT_SECONDS), "edition=1") for _ in range(taken))
    answered = send(port, presses, connections=connections)
    wait_until(lambda: verified(made) == counted + answered.statuses[303] and unsent_mails(made) == 0)
    return LoadResult(taken, time.perf_counter() - began, signed.statuses + answered.statuses)


def start_worker(made: BenchmarkEnvironment, name: str, module: str = "workers") -> None:
    """Start a worker and wait until it says that it lives."""
    made.start(name, "-m", module, *WORKERS[name][1:])
    made.wait_for_heartbeat(name)


def sign_request(who: str, number: int) -> Request:
    """A signature of somebody made up."""
    form = {"name": "Ada Lovelace", "email": f"{who}{number}@example.org", "country": "GB", "postcode": "sw1a 1aa",
            "comment": "", "public": "1"}  # fmt: skip
    return Request("POST", f"/c/{SLUG}/signatures", urlencode(form))


def scalar(made: BenchmarkEnvironment, sql: str) -> int:
    """The one number a statement returns."""
    with made.runtime.reading() as connection:
        return int(connection.execute(text(sql)).scalar_one())


def unsent_mails(made: BenchmarkEnvironment) -> int:
    """How many mails are owed."""
    return scalar(made, "SELECT count(*) FROM outbox WHERE state = 'owed'")


def verified(made: BenchmarkEnvironment) -> int:
    """How many signatures are counted."""
    return scalar(made, "SELECT verified FROM tallies")


def wait_until(true: Callable[[], bool]) -> None:
    """Wait until something is so; ends the program where it does not become so."""
    end = time.monotonic() + TIMEOUT_SECONDS
    while not true():
        if time.monotonic() > end:
            raise SystemExit("the workers did not finish")
        time.sleep(0.2)

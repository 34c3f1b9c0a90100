"""`make bench`: measure, and print a table. `make bench ARGS="--signatures 500 postgresql"` measures less."""

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from granian import __version__ as granian_version
from sqlalchemy import text

from benchmarks import desk, exports, memory
from benchmarks.environment import BenchmarkEnvironment, benchmark_environment, wait_for_web
from benchmarks.http_load import LoadResult, Request, repeat, send
from benchmarks.idle_polling import IDLE_TABS, poll, poll_interval_seconds, raise_open_file_limit
from benchmarks.whole_signature import (
    SLUG,
    WORKERS,
    create_campaign,
    scalar,
    sign_request,
    start_worker,
    unsent_mails,
    wait_until,
    whole_signature,
)
from campaign.jobs import ADVANCE_LEDGER, DELIVER_MAIL, JobSpec
from campaign.runtime import job_queue

IDLE_TABS_LABEL = f"{IDLE_TABS:,} idle tabs"
LOG_LEFT_OUT = "without the log"


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    name: str
    requests: int
    requests_per_second: float
    cpu_ms: dict[str, float]
    """CPU milliseconds a request, by process."""

    @property
    def total_cpu_ms(self) -> float:
        return sum(self.cpu_ms.values())


def main() -> None:
    """Measure each database asked for."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--signatures", type=int, default=2000)
    parser.add_argument("--desk", type=int, default=20_000, help="signatures the desk is timed with; 0 for not at all")
    options = parser.parse_args()
    raise_open_file_limit()
    for database in options.databases:
        with benchmark_environment(database) as made:
            _print(database, list(_measure(made, options.signatures)))
        if options.desk:
            with benchmark_environment(database) as made:
                desk.print_table(database, options.desk, desk.measure(made.runtime, options.desk))
                exports.print_table(database, exports.measure(made.settings.database_url))
    memory.print_table()


def _measure(made: BenchmarkEnvironment, n: int) -> Iterator[Figure]:
    create_campaign(made)
    yield _floor(made, n)
    made.start("web", "-m", "campaign.cli", "web")
    wait_for_web(made.port)
    send(made.port, (sign_request("warm", i) for i in range(50)))
    yield _figure(made, "page", lambda: send(made.port, repeat(Request("GET", f"/c/{SLUG}"), n * 2)))
    yield _figure(made, "count", lambda: send(made.port, repeat(Request("GET", f"/c/{SLUG}/count.json"), n * 2)))
    yield _figure(made, IDLE_TABS_LABEL, lambda: poll(made.port, f"/c/{SLUG}/count.json"))
    yield _figure(made, "sign", lambda: send(made.port, (sign_request("s", i) for i in range(n))))
    # Before they are verified, when their mails would be dropped unsent.
    yield _drain(made, "mail", DELIVER_MAIL, unsent_mails)
    links = _links(made)
    yield _figure(made, "verify", lambda: send(made.port, (Request("POST", link, "edition=1") for link in links[-n:])))
    yield _drain(made, "ledger", ADVANCE_LEDGER, _uncounted)
    for name in WORKERS:
        start_worker(made, name)
    wait_until(lambda: unsent_mails(made) == 0)
    while not made.verify_links.empty():
        made.verify_links.get()
    yield _figure(made, "a whole signature", lambda: whole_signature(made, "w", n))
    for name in ("worker ledger", "clock"):
        made.stop(name)
        start_worker(made, name, "benchmarks.without_log")
    yield _figure(made, LOG_LEFT_OUT, lambda: whole_signature(made, "x", n))


def _floor(made: BenchmarkEnvironment, n: int) -> Figure:
    with made.runtime.transaction() as connection:
        kind = "INTEGER PRIMARY KEY" if made.settings.is_sqlite else "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
        connection.execute(text(f"CREATE TABLE floor (id {kind}, name VARCHAR(120) NOT NULL)"))
    made.start("web", "-m", "granian", "benchmarks.floor:app", "--interface", "wsgi", "--http", "1", "--workers", "1",
               "--blocking-threads", str(made.settings.web_threads), "--port", str(made.floor_port), "--no-log")  # fmt: skip
    wait_for_web(made.floor_port)
    requests = Request("POST", "/floor", urlencode({"name": "Ada Lovelace"}))
    send(made.floor_port, repeat(requests, 100))
    figure = _figure(made, "floor", lambda: send(made.floor_port, repeat(requests, n)))
    made.stop("web")
    return figure


def _drain(made: BenchmarkEnvironment, name: str, job: JobSpec, left: Callable[[BenchmarkEnvironment], int]) -> Figure:
    """What a worker does with what waits in the store, and nothing else: it has started when it is asked for its job."""
    job_queue(made.runtime.redis, job.queue).empty()  # type: ignore[no-untyped-call]
    made.runtime.mark_started(job)
    start_worker(made, f"worker {name}")
    waiting = left(made)

    def is_done() -> bool:
        made.runtime.enqueue_once(job)  # as the clock does
        return left(made) == 0

    def work() -> LoadResult:
        began = time.perf_counter()
        wait_until(is_done)
        return LoadResult(waiting, time.perf_counter() - began, Counter())

    figure = _figure(made, name, work)
    made.stop(f"worker {name}")
    return figure


def _figure(made: BenchmarkEnvironment, name: str, load: Callable[[], LoadResult]) -> Figure:
    before = made.cpu_seconds()
    answered = load()
    after = made.cpu_seconds()
    wrong = {status: times for status, times in answered.statuses.items() if status not in (200, 204, 303, 304)}
    if wrong:
        raise SystemExit(f"{name}: answered with {wrong}")
    cpu = {process: (seconds - before[process]) * 1000 / answered.requests for process, seconds in after.items()}
    return Figure(name, answered.requests, answered.requests / answered.seconds, cpu)


def _links(made: BenchmarkEnvironment) -> list[str]:
    with made.runtime.reading() as connection:
        found = connection.execute(text("SELECT id, link_key FROM signatures WHERE state = 'pending' ORDER BY id")).all()
    return [f"/v/{made.runtime.tokens.verify_token(row.id, row.link_key, 1)}" for row in found]


def _uncounted(made: BenchmarkEnvironment) -> int:
    return scalar(made, "SELECT count(*) FROM signatures WHERE counted_as <> state")


def _print(database: str, figures: list[Figure]) -> None:
    floor = figures[0].total_cpu_ms
    names = list(dict.fromkeys(name for figure in figures for name in figure.cpu_ms))
    print(f"\n{database}, granian {granian_version}; CPU milliseconds each, over all processes\n")
    print(f"{'':<18}{'number':>8}{'a second':>10}{'CPU ms':>9}{'× floor':>9}   " + "".join(f"{name:>15}" for name in names))
    for figure in figures:
        by_process = "".join(f"{figure.cpu_ms.get(name, 0.0):>15.2f}" for name in names)
        print(
            f"{figure.name:<18}{figure.requests:>8}{figure.requests_per_second:>10.0f}{figure.total_cpu_ms:>9.2f}"
            f"{figure.total_cpu_ms / floor:>9.2f}   {by_process}"
        )
    counted, unlogged = figures[-2].total_cpu_ms, figures[-1].total_cpu_ms
    print(f"\nthe public log: a whole signature costs {counted / unlogged:.2f} × of what it costs without")
    idle = next(figure for figure in figures if figure.name == IDLE_TABS_LABEL)
    seen, unseen = (IDLE_TABS / poll_interval_seconds(pace) for pace in ("idle", "slowest"))
    print(
        f"\n{IDLE_TABS_LABEL} in sight ask {seen:.0f} times a second, which takes {seen * idle.total_cpu_ms:.0f} ms of "
        f"processor time a second "
        f"({seen * idle.total_cpu_ms / 10:.1f} % of one); out of sight {unseen:.0f} times, {unseen * idle.total_cpu_ms:.0f} ms"
    )


if __name__ == "__main__":
    main()

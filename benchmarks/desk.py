"""`python -m benchmarks.desk --signatures 5000000 postgresql`: how long the desk takes with a campaign of millions.

The crowd is that of `benchmarks.seed`. `make bench` has it as a part, with fewer signatures.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from benchmarks.crowd import BURST
from benchmarks.seed import seed
from benchmarks.world import world
from campaign import counting, searching, watching
from campaign.domain.filters import Filters
from campaign.domain.signature import SignatureState
from campaign.domain.standing import Standing
from campaign.runtime import Runtime
from campaign.store.bounded import TooSlow

SLUG = "crowd"
TIMES = 7
"""Each is done so often; told are the first time, when nothing is in memory yet, and the middle one."""

_DASHBOARD: dict[str, Callable[[Runtime, Standing], object]] = {
    "numbers": watching.numbers,
    "growth": watching.growth,
    "origins": watching.origins,
    "funnel": watching.funnel,
}


@dataclass(frozen=True)
class Took:
    """How long one thing took."""

    name: str
    first: float
    """Milliseconds."""
    usual: float
    result: str


def main() -> None:
    """Seed each database asked for, and time the desk on it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk", description=__doc__)
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--signatures", type=int, default=20_000)
    options = parser.parse_args()
    for database in options.databases:
        with world(database) as made:
            print_table(database, options.signatures, measure(made.runtime, options.signatures))


def measure(runtime: Runtime, signatures: int) -> Iterator[Took]:
    """Fill the database, then do what campaigners do."""
    began = time.perf_counter()
    standing = seed(runtime, signatures, slug=SLUG)
    took = time.perf_counter() - began
    yield Took("seed", took * 1000, took * 1000, f"{signatures / took:,.0f} a second")
    for name, filters in _searches(runtime, standing):
        yield _timed(name, lambda filters=filters: _look(runtime, standing, filters))  # type: ignore[misc]
    yield _timed("the next page", lambda: _next_page(runtime, standing))
    for name, part in _DASHBOARD.items():
        yield _timed(f"dashboard: {name}", lambda part=part: type(part(runtime, standing)).__name__)  # type: ignore[misc]
    began = time.perf_counter()
    sound = counting.reconcile(runtime, standing).sound
    took = (time.perf_counter() - began) * 1000
    yield Took("reconcile", took, took, "sound" if sound else "DRIFTS")


def print_table(database: str, signatures: int, figures: Iterator[Took]) -> None:
    """One line for each."""
    print(f"\nthe desk on {database}, {signatures:,} signatures; milliseconds, each {TIMES} times\n")
    print(f"{'':<26}{'first':>10}{'usual':>10}   found")
    for figure in figures:
        print(f"{figure.name:<26}{figure.first:>10.1f}{figure.usual:>10.1f}   {figure.result}", flush=True)


def _searches(runtime: Runtime, standing: Standing) -> Iterator[tuple[str, Filters]]:
    with runtime.reading() as connection:
        sql = text(
            "SELECT email, postcode FROM signatures WHERE campaign_id = :id AND area <> '' ORDER BY id LIMIT 1 OFFSET 500"
        )
        somebody = connection.execute(sql, {"id": standing.id}).one()
    now = runtime.now()
    yield "list", Filters()
    yield "by a whole name", Filters(name="Siân Llŷn")
    yield "by a common surname", Filters(name="Jones")
    yield "by a name nobody has", Filters(name="Zzyzx")
    yield "by address", Filters(address=somebody.email)
    yield "by address as typed", Filters(address=somebody.email, as_typed=True)
    yield "by a common domain", Filters(domain="gmail.com")
    yield "by a rare domain", Filters(domain=BURST[0])
    yield "by area", Filters(area="SW")
    yield "by half a postcode", Filters(area=somebody.postcode.split()[0])
    yield "by a common source", Filters(source="newsletter")
    yield "by a rare source", Filters(source="site7.example")
    yield "by network", Filters(network=BURST[1])
    yield "by country", Filters(country="FR")
    yield "invalidated", Filters(states=(SignatureState.INVALIDATED,))
    yield "with a comment", Filters(comment=True)
    yield "of one day", Filters(since=now - timedelta(days=31), before=now - timedelta(days=30))
    yield "domain, area and a day", Filters(domain="gmail.com", area="SW", since=now - timedelta(days=3))


def _look(runtime: Runtime, standing: Standing, filters: Filters) -> str:
    try:
        found = searching.look(runtime, standing, filters, None, searching.SIZE, addresses=True)
    except TooSlow:
        return "TOO SLOW"
    total = "not counted" if found.total is None else f"{found.total.amount:,}{' and more' if found.total.more else ''}"
    return f"{len(found.page.rows)} rows; {total}"


def _next_page(runtime: Runtime, standing: Standing) -> str:
    first = searching.look(runtime, standing, Filters(), None, searching.SIZE, addresses=True)
    second = searching.look(runtime, standing, Filters(), first.page.older, searching.SIZE, addresses=True)
    return f"{len(second.page.rows)} rows"


def _timed(name: str, do: Callable[[], str]) -> Took:
    took, result = [], ""
    for _ in range(TIMES):
        began = time.perf_counter()
        result = do()
        took.append((time.perf_counter() - began) * 1000)
    return Took(name, took[0], statistics.median(took), result)


if __name__ == "__main__":
    main()

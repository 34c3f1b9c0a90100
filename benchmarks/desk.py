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

from benchmarks.environment import benchmark_environment
from benchmarks.seed import seed
from benchmarks.signature_generator import BURST_DOMAIN_AND_NETWORK
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.signatures.filters import Filters
from campaign.domain.signatures.signature import SignatureState
from campaign.runtime import Runtime
from campaign.services.ledger import count, dashboard
from campaign.services.signatures import search
from campaign.store.database.query_timeout import StatementTimeoutError

SLUG = "crowd"
REPETITIONS = 7
"""Each is done so often; told are the first time, when nothing is in memory yet, and the middle one."""

_DASHBOARD: dict[str, Callable[[Runtime, Campaign], object]] = {
    "numbers": dashboard.live_numbers,
    "growth": dashboard.hourly_growth,
    "origins": dashboard.signature_origins,
    "funnel": dashboard.verification_funnel,
}


@dataclass(frozen=True)
class Timing:
    """Time that one thing took."""

    name: str
    first_ms: float
    """Milliseconds."""
    median_ms: float
    result: str


def main() -> None:
    """Seed each database asked for, and time the desk on it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk", description=__doc__)
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--signatures", type=int, default=20_000)
    options = parser.parse_args()
    for database in options.databases:
        with benchmark_environment(database) as made:
            print_table(database, options.signatures, measure(made.runtime, options.signatures))


def measure(runtime: Runtime, signatures: int) -> Iterator[Timing]:
    """Fill the database, then do what campaigners do."""
    began = time.perf_counter()
    campaign = seed(runtime, signatures, slug=SLUG)
    took = time.perf_counter() - began
    yield Timing("seed", took * 1000, took * 1000, f"{signatures / took:,.0f} a second")
    for name, filters in _searches(runtime, campaign):
        yield _time(name, lambda filters=filters: _search(runtime, campaign, filters))  # type: ignore[misc]
    yield _time("the next page", lambda: _next_page(runtime, campaign))
    for name, part in _DASHBOARD.items():
        yield _time(f"dashboard: {name}", lambda part=part: type(part(runtime, campaign)).__name__)  # type: ignore[misc]
    began = time.perf_counter()
    sound = count.reconcile_campaign(runtime, campaign).consistent
    took = (time.perf_counter() - began) * 1000
    yield Timing("reconcile", took, took, "sound" if sound else "DRIFTS")


def print_table(database: str, signatures: int, figures: Iterator[Timing]) -> None:
    """One line for each."""
    print(f"\nthe desk on {database}, {signatures:,} signatures; milliseconds, each {REPETITIONS} times\n")
    print(f"{'':<26}{'first':>10}{'usual':>10}   found")
    for figure in figures:
        print(f"{figure.name:<26}{figure.first_ms:>10.1f}{figure.median_ms:>10.1f}   {figure.result}", flush=True)


def _searches(runtime: Runtime, campaign: Campaign) -> Iterator[tuple[str, Filters]]:
    with runtime.reading() as connection:
        sql = text(
            "SELECT email, postcode FROM signatures WHERE campaign_id = :id AND area <> '' ORDER BY id LIMIT 1 OFFSET 500"
        )
        somebody = connection.execute(sql, {"id": campaign.id}).one()
    now = runtime.now()
    yield "list", Filters()
    yield "by a whole name", Filters(name="Siân Llŷn")
    yield "by a common surname", Filters(name="Jones")
    yield "by a name nobody has", Filters(name="Zzyzx")
    yield "by address", Filters(address=somebody.email)
    yield "by address as typed", Filters(address=somebody.email, as_typed=True)
    yield "by a common domain", Filters(domain="gmail.com")
    yield "by a rare domain", Filters(domain=BURST_DOMAIN_AND_NETWORK[0])
    yield "by area", Filters(area="SW")
    yield "by half a postcode", Filters(area=somebody.postcode.split()[0])
    yield "by a common source", Filters(source="newsletter")
    yield "by a rare source", Filters(source="site7.example")
    yield "by network", Filters(network=BURST_DOMAIN_AND_NETWORK[1])
    yield "by country", Filters(country="FR")
    yield "invalidated", Filters(states=(SignatureState.INVALIDATED,))
    yield "with a comment", Filters(comment=True)
    yield "of one day", Filters(since=now - timedelta(days=31), before=now - timedelta(days=30))
    yield "domain, area and a day", Filters(domain="gmail.com", area="SW", since=now - timedelta(days=3))


def _search(runtime: Runtime, campaign: Campaign, filters: Filters) -> str:
    try:
        found = search.search_signatures(runtime, campaign, filters, None, search.PAGE_SIZE, with_addresses=True)
    except StatementTimeoutError:
        return "TOO SLOW"
    total = "not counted" if found.total is None else f"{found.total.amount:,}{' and more' if found.total.more else ''}"
    return f"{len(found.page.rows)} rows; {total}"


def _next_page(runtime: Runtime, campaign: Campaign) -> str:
    first = search.search_signatures(runtime, campaign, Filters(), None, search.PAGE_SIZE, with_addresses=True)
    second = search.search_signatures(runtime, campaign, Filters(), first.page.older, search.PAGE_SIZE, with_addresses=True)
    return f"{len(second.page.rows)} rows"


def _time(name: str, do: Callable[[], str]) -> Timing:
    took, result = [], ""
    for _ in range(REPETITIONS):
        began = time.perf_counter()
        result = do()
        took.append((time.perf_counter() - began) * 1000)
    return Timing(name, took[0], statistics.median(took), result)


if __name__ == "__main__":
    main()

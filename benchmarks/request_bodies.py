"""Cost for a whole signature of reading bodies outside the threads that answer.

    python -m benchmarks.request_bodies sqlite postgresql

Two web servers stand on the same database: `countersign web`, and the same application under the WSGI of the server, which
reads a body in the thread that answers. Signatures go through one and the other in turn, so that what else the machine does
meets both.
"""

import statistics
import sys

from benchmarks.environment import BenchmarkEnvironment, benchmark_environment, wait_for_web
from benchmarks.whole_signature import WORKERS, create_campaign, start_worker, whole_signature

ROUNDS, SIGNATURES_PER_ROUND = 8, 100
CONNECTIONS = 3
"""Few: on a busy machine the signers of SQLite would wait for one another longer than the site lets them."""
OURS, WSGI = "web", "wsgi"


def measure(made: BenchmarkEnvironment) -> list[tuple[float, float]]:
    """CPU milliseconds of a whole signature over all processes, in each round: by ours, and by WSGI."""
    create_campaign(made)
    made.start(OURS, "-m", "campaign.cli", "web")
    made.start(WSGI, "-m", "granian", "campaign.cli.web_process:create_app_from_environment", "--factory",
               "--interface", "wsgi", "--http", "1", "--workers", "1", "--blocking-threads", str(made.settings.web_threads),
               "--port", str(made.floor_port), "--no-log")  # fmt: skip
    ports = {OURS: made.port, WSGI: made.floor_port}
    for port in ports.values():
        wait_for_web(port)
    for name in WORKERS:
        start_worker(made, name)
    for name, port in ports.items():
        whole_signature(made, f"warm-{name}", 50, port, CONNECTIONS)
    rounds = []
    for number in range(ROUNDS):
        taken: dict[str, float] = {}
        # Who is first has no advantage in the end.
        for name in (OURS, WSGI) if number % 2 else (WSGI, OURS):
            before = sum(made.cpu_seconds().values())
            answered = whole_signature(made, f"r{number}-{name}-", SIGNATURES_PER_ROUND, ports[name], CONNECTIONS)
            taken[name] = (sum(made.cpu_seconds().values()) - before) * 1000 / answered.requests
        rounds.append((taken[OURS], taken[WSGI]))
    return rounds


def main() -> None:
    """Measure each database asked for, and print a table."""
    for database in sys.argv[1:] or ["sqlite", "postgresql"]:
        with benchmark_environment(database) as made:
            rounds = measure(made)
        ratios = sorted(ours / wsgi for ours, wsgi in rounds)
        ours, wsgi = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(
            f"{database:<12} a whole signature {ours:6.2f} ms, under WSGI {wsgi:6.2f} ms; "
            f"ratio {statistics.median(ratios):.3f} "
            f"(median of {len(ratios)} pairs, {ratios[0]:.3f} to {ratios[-1]:.3f}; aim: below 1.08)",
            flush=True,
        )


if __name__ == "__main__":
    main()

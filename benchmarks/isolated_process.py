"""Process that measures alone, so that its memory is its own: started, asked for its figure, told in a table."""

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

SLUG = "crowd"
"""The campaign whose crowd everything is measured with."""


def peak_memory_bytes() -> int:
    """The most memory this process ever had, in octets."""
    status = Path("/proc/self/status")
    if status.is_file():
        # What the system tells of a process by getrusage begins with what its parent had.
        return int(status.read_text().split("VmHWM:")[1].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def measure_isolated(module: str, url: str, names: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The figure of each, one process after the other; `module` is one whose `main` is `measured_alone`."""
    for name in names:
        command = [sys.executable, "-m", module, "--database", url, "--alone", name]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        # Its last line: before it may stand what it logged.
        yield json.loads(said.splitlines()[-1])


def isolated_main(
    module: str,
    description: str | None,
    signatures: int,
    measure_one: Callable[[str, str], Any],
    print_figures: Callable[[str, str], None],
) -> None:
    """The command line of such a benchmark: `write` measures one by name, `tell` prints the table of a database."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
    parser.add_argument("databases", nargs="*", default=["sqlite"])
    parser.add_argument("--signatures", type=int, default=signatures)
    parser.add_argument("--database", default="", help="one that is filled already: its URL")
    parser.add_argument("--alone", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        print(json.dumps(asdict(measure_one(options.database, options.alone))))
    elif options.database:
        print_figures("given", options.database)
    else:
        # Only here: what they bring along is not to be counted as the memory of what is measured.
        from benchmarks.environment import benchmark_environment  # noqa: PLC0415
        from benchmarks.seed import seed  # noqa: PLC0415

        for database in options.databases:
            with benchmark_environment(database) as made:
                seed(made.runtime, options.signatures, slug=SLUG)
                print_figures(database, made.settings.database_url)

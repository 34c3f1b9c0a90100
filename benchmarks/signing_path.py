"""`python -m benchmarks.signing_path [postgresql]`: which of our files and functions one POST that signs runs through.

A measure of how much one has to read to understand signing. The request is the second of its kind, so that nothing is counted
that a process does once.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import campaign
from benchmarks.environment import benchmark_environment
from campaign.app import create_app
from campaign.domain.campaigns.definition import CampaignDefinition
from campaign.services.campaigns import create_and_find

_ROOT = Path(campaign.__file__).parent.parent
_SLUG = "trace"


def main() -> None:
    """Sign, and print the functions by file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database", nargs="?", choices=("sqlite", "postgresql"), default="sqlite")
    with benchmark_environment(parser.parse_args().database) as made:
        opens_at = made.runtime.now() - timedelta(hours=1)
        create_and_find.create_campaign(
            made.runtime,
            CampaignDefinition(slug=_SLUG, title="A campaign", ask="Sign.", background="", opens_at=opens_at,
                       closes_at=opens_at + timedelta(days=30)),
        )  # fmt: skip
        client = create_app(made.runtime).test_client()

        def sign(name: str) -> None:
            form = {"name": name, "email": f"{name}@example.org", "country": "GB", "postcode": "SW1A 1AA"}
            answer = client.post(f"/c/{_SLUG}/signatures", data=form)
            if answer.status_code != 303:
                raise SystemExit(f"Signing answered {answer.status_code}")

        sign("first")
        functions = _trace(lambda: sign("second"))
    for file, names in sorted(functions.items()):
        print(f"{file}: {', '.join(sorted(names))}")
    print(f"{len(functions)} files, {sum(map(len, functions.values()))} functions")


def _trace(action: Callable[[], None]) -> dict[str, set[str]]:
    """Names of the functions that an action calls, by file of `campaign` and `workers`."""
    found: dict[str, set[str]] = defaultdict(set)

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.is_relative_to(_ROOT) and path.relative_to(_ROOT).parts[0] in ("campaign", "workers"):
            found[str(path.relative_to(_ROOT))].add(frame.f_code.co_name)

    sys.setprofile(note)
    try:
        action()
    finally:
        sys.setprofile(None)
    return found


if __name__ == "__main__":
    main()

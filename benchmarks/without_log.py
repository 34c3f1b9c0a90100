"""`python -m benchmarks.without_log worker QUEUE`, `… clock`: a process of ours that leaves the public log alone.

Only to measure what the log adds to a counted signature: the product has no such switch.
"""

import sys

from campaign.services.log import append
from workers.__main__ import main

if __name__ == "__main__":
    append.advance_log = lambda *_, **__: append.AppendResult(0, is_finished=True)
    append.is_behind = lambda runtime: False  # noqa: ARG005
    sys.exit(main(sys.argv[1:]))

"""One worker or one clock as a process: `python -m workers worker QUEUE`, `python -m workers clock`.

Started by `countersign worker` and `countersign clock`, which explain themselves with --help.
"""

import signal
import sys
import threading

from redis import Redis

from campaign.cli.parent_watch import PARENT_WATCH_OPTION, watch_parent_pipe
from campaign.config import InvalidSettingsError, load_settings, require_redis, require_secret
from campaign.jobs import MAIL_QUEUE, QUEUES
from campaign.logs import configure_logging
from campaign.runtime import make_runtime
from workers import clock, worker


def main(arguments: list[str]) -> int:
    """Run one role until told to stop."""
    try:
        settings = load_settings()
        require_secret(settings)
        require_redis(settings)
    except InvalidSettingsError as refused:
        print(f"countersign: {refused}", file=sys.stderr)  # noqa: T201
        return 1
    configure_logging(settings.log_level)
    if PARENT_WATCH_OPTION in arguments:
        arguments = [argument for argument in arguments if argument != PARENT_WATCH_OPTION]
        watch_parent_pipe()
    # Each connection to the mail server stores its results for itself.
    more = min(settings.mail_connections, 4) - 1 if MAIL_QUEUE in arguments else 0
    runtime = make_runtime(settings, max_connections=2 + more)
    try:
        match arguments:
            case ["clock"]:
                stop = threading.Event()
                for number in (signal.SIGTERM, signal.SIGINT):
                    signal.signal(number, lambda *_: stop.set())
                clock.run_clock(runtime, stop)
            case ["worker", queue] if queue in QUEUES:
                # RQ waits for jobs on a connection of its own, with a patience of its own.
                url = settings.redis_url or f"unix://{settings.own_redis_socket}"
                worker.run_worker(runtime, Redis.from_url(url), queue)
            case _:
                print(__doc__, file=sys.stderr)  # noqa: T201
                return 2
    finally:
        runtime.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

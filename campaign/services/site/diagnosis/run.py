"""Run of all checks at once, each in a thread and with a time limit: one that hangs or fails hides none of the others."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from campaign.domain.site.finding import Finding, unknown
from campaign.runtime import RedisUnavailableError
from campaign.services.site.diagnosis import database, log, machine, mail, processes, redis, site
from campaign.store.database.engine import StoreUnavailableError
from campaign.store.database.failure_reason import failure_reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from campaign.runtime import Runtime

    Check = Callable[[Runtime], Iterable[Finding]]

CHECK_SECONDS = 15.0
"""Seconds one check may take; all run at once, so all together take no longer."""
CHECKS: tuple[tuple[str, Check], ...] = (
    ("database", database.check_writing),
    ("database", database.check_clock),
    ("database", database.check_tables),
    ("redis", redis.check_redis),
    ("workers", processes.check_workers),
    ("clock", processes.check_clock),
    ("machines", processes.check_machine_clocks),
    ("mail", mail.check_sending),
    ("mail", mail.check_backlog),
    ("ledger", database.check_uncounted),
    ("log", log.check_key),
    ("log", log.check_tree),
    ("witnesses", log.check_witnesses),
    ("time stamps", log.check_timestamps),
    ("switches", database.check_switches),
    ("disk", machine.check_data_dir),
    ("address", site.check_address),
)
"""Subject and check, in the order they are told."""
MAX_CONNECTIONS = len(CHECKS)
"""Connections to the database, so that no check waits for one that hangs."""


def diagnose(
    runtime: Runtime, checks: Sequence[tuple[str, Check]] = CHECKS, seconds: float = CHECK_SECONDS
) -> Iterator[Finding]:
    """What all checks find, in their order. What fails in a way of its own, or takes too long, is told as unknown."""
    until = time.monotonic() + seconds
    runs = [_Run(runtime, subject, check) for subject, check in checks]
    for run in runs:
        yield from run.findings(until)


class _Run:
    """One check in a thread of its own."""

    def __init__(self, runtime: Runtime, subject: str, check: Check) -> None:
        self._subject = subject
        self._found: list[Finding] = []
        self._done = False
        # A daemon: one that hangs in the network keeps nobody from leaving.
        self._thread = threading.Thread(target=self._work, args=(runtime, check), daemon=True)
        self._thread.start()

    def findings(self, until: float) -> list[Finding]:
        self._thread.join(max(0.0, until - time.monotonic()))
        if self._done:
            return self._found
        hung = unknown(self._subject, "the check was not through in time", "see what it waits for; run `doctor` again")
        return [*self._found, hung]

    def _work(self, runtime: Runtime, check: Check) -> None:
        try:
            for finding in check(runtime):
                self._found.append(finding)
        except StoreUnavailableError as error:
            reason = failure_reason(error)
            self._found.append(unknown(self._subject, f"cannot be seen: the database {reason.message}", reason.advice))
        except RedisUnavailableError:
            self._found.append(unknown(self._subject, "cannot be seen while Redis does not answer", "see redis"))
        except Exception as error:
            self._found.append(unknown(self._subject, f"the check itself failed ({type(error).__name__})", "report it"))
        self._done = True

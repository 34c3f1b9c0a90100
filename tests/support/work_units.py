"""Units of tests: what one test process runs without a break, since it shares something that takes long to make.

Every other test is a unit of its own. pytest-xdist's marks of groups are not used: they put the group into the test's id, which
xdist 3.8 cannot do with pytest 9.2, and the tests run all the same, with a browser, two sites and a catalogue in each process.
"""

import os

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

_UNITS = {
    "tests/browser/test_every_page.py": "catalogue of page states",
    "tests/browser/test_appearance.py": "catalogue of page states",
    "tests/page_states/": "pages as HTML",
    "tests/browser/": "browser and running sites",
    "tests/deploy/test_wheel.py": "wheel",
}
"""Beginnings of the ids of tests and the unit they belong to, the first that fits. Those with most tests begin first."""

_WAITING = ("tests/journeys/", "tests/services/site/", "tests/mail/", "tests/workers/")
"""Beginnings of the ids of tests that wait for servers far more than they compute, those that wait most last."""

_COMPUTING = 1 + (os.cpu_count() or 1)
"""Test processes that compute: one more than there are processors, since what they run waits a little, too."""
PROCESSES = _COMPUTING + 1
"""Test processes in all: the last takes nothing but tests that wait."""


def unit_of(test_id: str) -> str:
    """Name of the unit that a test belongs to."""
    return next((unit for begins, unit in _UNITS.items() if test_id.startswith(begins)), test_id)


def place_of(test_id: str) -> int:
    """Place of a test among all: those that wait stand at the end, from where the process for them takes them."""
    return next((place for place, begins in enumerate(_WAITING, start=1) if test_id.startswith(begins)), 0)


class UnitScheduling(LoadScopeScheduling):
    """Distribution of units over test processes, one unit after another.

    The process for tests that wait takes them from the end, while the others begin at the front.
    """

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        if int(node.gateway.id.removeprefix("gw")) >= _COMPUTING:
            last = next(reversed(self.workqueue))
            if not place_of(last):
                node.shutdown()
                return
            self.workqueue.move_to_end(last, last=False)
        super()._assign_work_unit(node)

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        super().mark_test_complete(node, item_index, duration)
        unit = self._split_scope(self.registered_collections[node][item_index])
        if all(self.assigned_work[node][unit].values()):
            # Otherwise all units that were ever done are looked through again after each test.
            del self.assigned_work[node][unit]

"""Units of tests: what one test process runs without a break, since it shares something that takes long to make.

Every other test is a unit of its own. pytest-xdist's marks of groups are not used: they put the group into the test's id, which
xdist 3.8 cannot do with pytest 9.2, and the tests run all the same, with a browser, two sites and a catalogue in each process.
"""

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

_WAITING = ("tests/mail/", "tests/workers/", "tests/journeys/", "tests/deploy/", "tests/cli/")
"""Folders whose tests wait for servers and processes up to eight times as long as they compute."""


def unit_of(test_id: str) -> str:
    """Name of the unit that a test belongs to."""
    return next((unit for begins, unit in _UNITS.items() if test_id.startswith(begins)), test_id)


def waiting_first(test_id: str) -> bool:
    """Key to sort tests by: those that wait run while others compute; at the end, processors would wait with them."""
    return not test_id.startswith(_WAITING)


class UnitScheduling(LoadScopeScheduling):
    """Distribution of units over test processes, one unit after another."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        super().mark_test_complete(node, item_index, duration)
        unit = self._split_scope(self.registered_collections[node][item_index])
        if all(self.assigned_work[node][unit].values()):
            # Otherwise all units that were ever done are looked through again after each test.
            del self.assigned_work[node][unit]

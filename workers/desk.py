"""The desk's long work: running batches, looking for what seems odd, telling teams what has become of their campaigns."""

from campaign import batching, flagging, reporting
from campaign.forgetting import Networks
from campaign.intake import undoing
from campaign.jobs import FORGET_NETWORKS, RAISE_FLAGS, REPORT, RUN_BATCHES, UNDO_INTAKES
from campaign.runtime import Runtime


class DeskHand:
    """Does the desk's long work for one worker process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime, self._networks = runtime, Networks(runtime)

    def run_batches(self) -> int:
        """Do steps of the batches that are due; returns how many signatures moved."""
        self._runtime.began(RUN_BATCHES)
        return batching.run_due(self._runtime)

    def undo_intakes(self) -> int:
        """Take back what is being undone of paper that was brought in; returns how many signatures."""
        self._runtime.began(UNDO_INTAKES)
        return undoing.undo_due(self._runtime)

    def raise_flags(self) -> int:
        """Look at what was signed lately; returns how many flags were raised or renewed."""
        self._runtime.began(RAISE_FLAGS)
        return flagging.look(self._runtime)

    def forget_networks(self) -> int:
        """Clear the networks of signatures that are old enough; returns how many."""
        self._runtime.began(FORGET_NETWORKS)
        return self._networks.clear()

    def report(self) -> int:
        """Owe teams the notices that have become due; returns how many."""
        self._runtime.began(REPORT)
        return reporting.report(self._runtime)

"""What is handed over. Each job does one thing at a time, so that the others of its queue get their turn."""

from campaign.exporting import making
from campaign.jobs import MAKE_EXPORTS
from campaign.runtime import Runtime


class HandoverHand:
    """Does what handing over needs, for one worker process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def make_exports(self) -> int:
        """Make the export that has waited longest, and clear away what has expired; returns how many were made."""
        self._runtime.began(MAKE_EXPORTS)
        making.expire(self._runtime)
        cleared = making.clear(self._runtime)
        made = making.make_next(self._runtime)
        if made is not None or cleared:
            # There may be another.
            self._runtime.hint(MAKE_EXPORTS)
        return int(bool(made))

"""Looking up where signatures come from, in the queue of what is handed over."""

from campaign.jobs import LOOK_UP_PLACES
from campaign.placing import Surveyor
from campaign.runtime import Runtime


class PlaceHand:
    """Looks postcodes up for one worker process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime, self._surveyor = runtime, Surveyor(runtime)

    def look_up(self) -> int:
        """Look up what is waiting; returns how many signatures found their place."""
        self._runtime.began(LOOK_UP_PLACES)
        return self._surveyor.look_up()

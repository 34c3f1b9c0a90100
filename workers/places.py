"""Looking up where signatures come from, in the queue of what is handed over."""

from campaign.jobs import LOOK_UP_PLACES
from campaign.runtime import Runtime
from campaign.services.places.postcode_lookup import PostcodeLookup


class PlaceJobs:
    """Looks postcodes up for one worker process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime, self._postcode_lookup = runtime, PostcodeLookup(runtime)

    def look_up(self) -> int:
        """Look up what is waiting; returns how many signatures found their place."""
        self._runtime.mark_started(LOOK_UP_PLACES)
        return self._postcode_lookup.look_up()

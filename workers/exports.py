"""Jobs of exports. Each job does one thing at a time, so that the others of its queue get their turn."""

from campaign.jobs import MAKE_EXPORTS, STAMP_PACKS
from campaign.runtime import Runtime
from campaign.services.exports import build, timestamps


class ExportJobs:
    """Does what handing over needs, for one worker process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def make_exports(self) -> int:
        """Make the export that has waited longest, and clear away what has expired; returns how many were made."""
        self._runtime.mark_started(MAKE_EXPORTS)
        build.expire_exports(self._runtime)
        cleared = build.delete_expired_parts(self._runtime)
        made = build.build_next_export(self._runtime)
        if made is not None or cleared:
            # There may be another.
            self._runtime.enqueue_once(MAKE_EXPORTS)
        return int(bool(made))

    def stamp_packs(self) -> int:
        """Ask for the time stamp of the pack that has waited longest; returns how many were asked for."""
        self._runtime.mark_started(STAMP_PACKS)
        asked = timestamps.stamp_next_pack(self._runtime)
        if asked is not None:
            # There may be another.
            self._runtime.enqueue_once(STAMP_PACKS)
        return int(asked is not None)

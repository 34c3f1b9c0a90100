"""The desk's long work: running batches, looking for what seems odd, telling teams what has become of their campaigns."""

from campaign.jobs import (
    ERASE_PERSONAL_DATA,
    FORGET_NETWORKS,
    PUBLISH_UPDATES,
    RAISE_ALARMS,
    RAISE_FLAGS,
    READ_UPLOADS,
    RUN_BATCHES,
    SEND_REMINDERS,
    SEND_TEAM_MAILS,
    UNDO_INTAKES,
)
from campaign.runtime import Runtime
from campaign.services.mail import reminders
from campaign.services.moderation import batches, flags
from campaign.services.paper import list_uploads, undo
from campaign.services.privacy import retention
from campaign.services.signatures.retention import NetworkRetention
from campaign.services.site import alarms, team_mails
from campaign.services.updates import mailing


class DeskJobs:
    """Does the desk's long work for one worker process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime, self._networks = runtime, NetworkRetention(runtime)

    def run_batches(self) -> int:
        """Do steps of the batches that are due; returns how many signatures moved."""
        self._runtime.mark_started(RUN_BATCHES)
        return batches.run_due_batches(self._runtime)

    def undo_intakes(self) -> int:
        """Take back what is being undone of paper that was brought in; returns how many signatures."""
        self._runtime.mark_started(UNDO_INTAKES)
        return undo.undo_due_intakes(self._runtime)

    def read_uploads(self) -> int:
        """Read the uploaded list that has waited longest, and delete those of yesterday; returns how many were read."""
        self._runtime.mark_started(READ_UPLOADS)
        list_uploads.delete_old_uploads(self._runtime)
        read = list_uploads.read_next_upload(self._runtime)
        if read is not None:
            # There may be another.
            self._runtime.enqueue_once(READ_UPLOADS)
        return int(bool(read))

    def raise_flags(self) -> int:
        """Look at what was signed lately; returns how many flags were raised or renewed."""
        self._runtime.mark_started(RAISE_FLAGS)
        return flags.raise_flags(self._runtime)

    def forget_networks(self) -> int:
        """Clear the networks of signatures that are old enough; returns how many."""
        self._runtime.mark_started(FORGET_NETWORKS)
        return self._networks.clear_expired()

    def erase_personal_data(self) -> int:
        """Erase personal data whose time is over, and announce where it soon will be; returns how many signatures."""
        self._runtime.mark_started(ERASE_PERSONAL_DATA)
        return retention.run_due_retention(self._runtime).erased

    def send_team_mails(self) -> int:
        """Owe teams the notices that have become due; returns how many."""
        self._runtime.mark_started(SEND_TEAM_MAILS)
        return team_mails.enqueue_team_mails(self._runtime)

    def publish_updates(self) -> int:
        """Publish the updates whose time has come, and go on with their mailings; returns how many mails were promised."""
        self._runtime.mark_started(PUBLISH_UPDATES)
        return mailing.run_due_updates(self._runtime)

    def raise_alarms(self) -> int:
        """Look for what alarms are about, and owe their mails; returns for how many."""
        self._runtime.mark_started(RAISE_ALARMS)
        return alarms.raise_alarms(self._runtime)

    def send_reminders(self) -> int:
        """Owe the reminders that have become due; returns how many."""
        self._runtime.mark_started(SEND_REMINDERS)
        return reminders.enqueue_reminders(self._runtime)

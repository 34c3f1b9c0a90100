"""The names of the jobs that may be asked for, and the queue each waits in. A worker runs nothing that is not named here."""

from dataclasses import dataclass

MAIL_QUEUE = "countersign-mail"
LEDGER_QUEUE = "countersign-ledger"
DESK_QUEUE = "countersign-desk"
EXPORT_QUEUE = "countersign-exports"
QUEUES = (MAIL_QUEUE, LEDGER_QUEUE, DESK_QUEUE, EXPORT_QUEUE)
"""One worker process serves one queue: RQ can lose a job for ever when a worker of several queues is killed."""
CLOCK_ROLE = "clock"
"""The role of a clock; the role of a worker is the name of its queue."""


@dataclass(frozen=True, slots=True)
class JobSpec:
    """A job that can be asked for."""

    name: str
    queue: str
    timeout_seconds: int
    """Seconds after which the job is stopped; rows are the truth, so it is simply asked for again."""


DELIVER_MAIL = JobSpec("deliver_mail", MAIL_QUEUE, 120)
ADVANCE_LEDGER = JobSpec("advance_ledger", LEDGER_QUEUE, 60)
RELEASE_HELD = JobSpec("release_held", LEDGER_QUEUE, 120)
CLOSE_CAMPAIGNS = JobSpec("close_campaigns", LEDGER_QUEUE, 300)
# What campaigners ask for may take long, and must hold up neither mail nor count: it has a worker of its own.
RUN_BATCHES = JobSpec("run_batches", DESK_QUEUE, 120)
RAISE_FLAGS = JobSpec("raise_flags", DESK_QUEUE, 120)
UNDO_INTAKES = JobSpec("undo_intakes", DESK_QUEUE, 120)
READ_UPLOADS = JobSpec("read_uploads", DESK_QUEUE, 120)
SEND_TEAM_MAILS = JobSpec("send_team_mails", DESK_QUEUE, 120)
SEND_REMINDERS = JobSpec("send_reminders", DESK_QUEUE, 120)
RAISE_ALARMS = JobSpec("raise_alarms", DESK_QUEUE, 120)
FORGET_NETWORKS = JobSpec("forget_networks", DESK_QUEUE, 120)
ERASE_PERSONAL_DATA = JobSpec("erase_personal_data", DESK_QUEUE, 600)
PUBLISH_UPDATES = JobSpec("publish_updates", DESK_QUEUE, 120)
RECONCILE = JobSpec("reconcile", DESK_QUEUE, 900)
# What is handed over takes minutes, and must not hold up what campaigners wait for at the desk.
MAKE_EXPORTS = JobSpec("make_exports", EXPORT_QUEUE, 3600)
LOOK_UP_PLACES = JobSpec("look_up_places", EXPORT_QUEUE, 120)
COLLECT_BOUNCES = JobSpec("collect_bounces", EXPORT_QUEUE, 120)
OFFER_CHECKPOINT = JobSpec("offer_checkpoint", EXPORT_QUEUE, 60)
STAMP_PACKS = JobSpec("stamp_packs", EXPORT_QUEUE, 120)

JOBS = {
    job.name: job
    for job in (
        DELIVER_MAIL,
        ADVANCE_LEDGER,
        RELEASE_HELD,
        CLOSE_CAMPAIGNS,
        RUN_BATCHES,
        RAISE_FLAGS,
        SEND_TEAM_MAILS,
        PUBLISH_UPDATES,
        SEND_REMINDERS,
        RAISE_ALARMS,
        FORGET_NETWORKS,
        ERASE_PERSONAL_DATA,
        RECONCILE,
        UNDO_INTAKES,
        READ_UPLOADS,
        MAKE_EXPORTS,
        LOOK_UP_PLACES,
        COLLECT_BOUNCES,
        OFFER_CHECKPOINT,
        STAMP_PACKS,
    )
}

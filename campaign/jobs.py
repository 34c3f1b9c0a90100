"""The names of the jobs that may be asked for, and the queue each waits in. A worker runs nothing that is not named here."""

from dataclasses import dataclass

MAIL_QUEUE = "countersign-mail"
LEDGER_QUEUE = "countersign-ledger"
DESK_QUEUE = "countersign-desk"
HANDOVER_QUEUE = "countersign-handover"
QUEUES = (MAIL_QUEUE, LEDGER_QUEUE, DESK_QUEUE, HANDOVER_QUEUE)
"""One worker process serves one queue: RQ can lose a job for ever when a worker of several queues is killed."""


@dataclass(frozen=True, slots=True)
class JobName:
    """A job that can be asked for."""

    name: str
    queue: str
    timeout: int
    """Seconds after which the job is stopped; rows are the truth, so it is simply asked for again."""


DELIVER_MAIL = JobName("deliver_mail", MAIL_QUEUE, 120)
ADVANCE_LEDGER = JobName("advance_ledger", LEDGER_QUEUE, 60)
CLOSE_CAMPAIGNS = JobName("close_campaigns", LEDGER_QUEUE, 300)
# What campaigners ask for may take long, and must hold up neither mail nor count: it has a worker of its own.
DELIVER_NOTICES = JobName("deliver_notices", DESK_QUEUE, 120)
RUN_BATCHES = JobName("run_batches", DESK_QUEUE, 120)
RAISE_FLAGS = JobName("raise_flags", DESK_QUEUE, 120)
UNDO_INTAKES = JobName("undo_intakes", DESK_QUEUE, 120)
REPORT = JobName("report", DESK_QUEUE, 120)
FORGET_NETWORKS = JobName("forget_networks", DESK_QUEUE, 120)
RECONCILE = JobName("reconcile", DESK_QUEUE, 900)
# What is handed over takes minutes, and must not hold up what campaigners wait for at the desk.
MAKE_EXPORTS = JobName("make_exports", HANDOVER_QUEUE, 3600)
LOOK_UP_PLACES = JobName("look_up_places", HANDOVER_QUEUE, 120)

JOBS = {
    job.name: job
    for job in (
        DELIVER_MAIL, ADVANCE_LEDGER, CLOSE_CAMPAIGNS, DELIVER_NOTICES, RUN_BATCHES, RAISE_FLAGS, REPORT, FORGET_NETWORKS,
        RECONCILE, UNDO_INTAKES, MAKE_EXPORTS, LOOK_UP_PLACES,
    )
}  # fmt: skip

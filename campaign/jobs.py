"""The names of the jobs that may be asked for, and the queue each waits in. A worker runs nothing that is not named here."""

from dataclasses import dataclass

MAIL_QUEUE = "countersign-mail"
LEDGER_QUEUE = "countersign-ledger"
QUEUES = (MAIL_QUEUE, LEDGER_QUEUE)
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

JOBS = {job.name: job for job in (DELIVER_MAIL, ADVANCE_LEDGER, CLOSE_CAMPAIGNS)}

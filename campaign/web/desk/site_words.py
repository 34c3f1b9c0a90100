"""What the operator's pages say: states, and the health of the site as rows."""

from zoneinfo import ZoneInfo

from campaign.domain import wording
from campaign.jobs import DESK_QUEUE, HANDOVER_QUEUE, LEDGER_QUEUE, MAIL_QUEUE
from campaign.operating import Health
from campaign.store.health import MOST_COUNTED, Backlog

SITE_ZONE = ZoneInfo("Europe/London")
"""Times that belong to no campaign are shown in it."""
STATE_WORDS = (
    ("", "All"),
    ("draft", "Drafts"),
    ("running", "Running"),
    ("closed", "Closed"),
    ("taken-down", "Taken down"),
)
_QUEUES = {
    MAIL_QUEUE: "Mail workers", LEDGER_QUEUE: "Count workers", DESK_QUEUE: "Desk workers", HANDOVER_QUEUE: "Handover workers",
}  # fmt: skip

Row = tuple[str, str, str, str]
"""What, in which words, more of it, and its tone: good, warn, wrong or plain."""


def health_rows(health: Health) -> list[Row]:
    """The health of the site, one row for each thing looked at."""
    rows = [
        _backlog("Mail to signatories", health.mail, health),
        _backlog("Mail to campaigners", health.notices, health),
    ]
    if health.lines is None:
        rows.append(("Redis", "does not answer", "Signing and counting go on.", "wrong"))
    else:
        for line in health.lines:
            jobs = "1 job" if line.waiting == 1 else f"{wording.number(line.waiting)} jobs"
            more = f"{jobs} waiting" if line.waiting else "nothing waiting"
            alive = f"{line.workers} alive" if line.workers else "none"
            rows.append((_QUEUES.get(line.queue, line.queue), alive, more, "good" if line.workers else "wrong"))
        beat = "ticks" if health.beat else "stands still"
        more = f"last at {wording.moment(health.beat, SITE_ZONE)}" if health.beat else "for a minute or longer"
        rows.append(("Clock", beat, more, "good" if health.beat else "wrong"))
    return [*rows, _proved(health)]


def _backlog(name: str, backlog: Backlog, health: Health) -> Row:
    if backlog.oldest is None:
        return name, "none owed", "", "good"
    waited = max(0, int((health.at - backlog.oldest).total_seconds()))
    unit, amount = wording.largest_unit(waited)
    more = f"the oldest for {amount} {unit}{'' if amount == 1 else 's'}"
    owed = f"{wording.number(backlog.owed)}{' or more' if backlog.owed >= MOST_COUNTED else ''} owed"
    return name, owed, more, "good" if waited < 60 else "warn" if waited < 300 else "wrong"


def _proved(health: Health) -> Row:
    name, proved = "Counts proved", health.proved
    if proved is None:
        return name, "not yet", "Every night, or by `countersign reconcile`.", "plain"
    more = f"{wording.moment(proved.at, SITE_ZONE)}, {wording.number(proved.campaigns)} campaigns"
    return name, f"drift {wording.number(proved.drift)}", more, "wrong" if proved.drift else "good"

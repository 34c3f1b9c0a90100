"""Labels of site administration: states, and the health of the site as rows."""

from zoneinfo import ZoneInfo

from campaign.domain.campaigns.settings import DEFAULT_TIME_ZONE
from campaign.domain.common import formatting
from campaign.jobs import DESK_QUEUE, EXPORT_QUEUE, LEDGER_QUEUE, MAIL_QUEUE
from campaign.services.site import SiteHealth
from campaign.store.site.health import MAX_COUNTED, MailBacklog
from campaign.web import localised

SITE_TIME_ZONE = ZoneInfo(DEFAULT_TIME_ZONE)
"""Time zone of times that belong to no campaign."""
CAMPAIGN_STATE_LABELS = (
    ("", "All"),
    ("draft", "Drafts"),
    ("running", "Running"),
    ("closed", "Closed"),
    ("taken-down", "Taken down"),
)
_QUEUE_LABELS = {
    MAIL_QUEUE: "Mail workers", LEDGER_QUEUE: "Count workers", DESK_QUEUE: "Desk workers", EXPORT_QUEUE: "Export workers",
}  # fmt: skip

HealthRow = tuple[str, str, str, str]
"""What, in which words, more of it, and its tone: good, warn, wrong or plain."""


def health_rows(health: SiteHealth) -> list[HealthRow]:
    """The health of the site, one row for each thing looked at."""
    rows = [
        _backlog_row("Mail to signatories", health.mail, health),
        _backlog_row("Mail to campaigners", health.campaigner_mail, health),
    ]
    if health.queues is None:
        rows.append(("Redis", "does not answer", "Signing and counting go on.", "wrong"))
    else:
        for line in health.queues:
            jobs = "1 job" if line.waiting == 1 else f"{localised.number(line.waiting)} jobs"
            more = f"{jobs} waiting" if line.waiting else "nothing waiting"
            alive = (f"{line.workers} alive" if line.workers else "none") + (f", {line.dead} died" if line.dead else "")
            rows.append((_QUEUE_LABELS.get(line.queue, line.queue), alive, more, "good" if line.workers else "wrong"))
        beat = "ticks" if health.clock_seen_at else "stands still"
        more = (
            f"last at {localised.moment(health.clock_seen_at, SITE_TIME_ZONE)}"
            if health.clock_seen_at
            else "for a minute or longer"
        )
        rows.append(("Clock", beat, more, "good" if health.clock_seen_at else "wrong"))
    return [*rows, _reconciliation_row(health)]


def _backlog_row(name: str, backlog: MailBacklog, health: SiteHealth) -> HealthRow:
    if backlog.oldest is None:
        return name, "none owed", "", "good"
    waited = max(0, int((health.at - backlog.oldest).total_seconds()))
    unit, amount = formatting.largest_unit(waited)
    more = f"the oldest for {amount} {unit}{'' if amount == 1 else 's'}"
    owed = f"{localised.number(backlog.owed)}{' or more' if backlog.owed >= MAX_COUNTED else ''} owed"
    return name, owed, more, "good" if waited < 60 else "warn" if waited < 300 else "wrong"


def _reconciliation_row(health: SiteHealth) -> HealthRow:
    name, proved = "Counts proved", health.last_reconciliation
    if proved is None:
        return name, "not yet", "Every night, or by `countersign reconcile`.", "plain"
    more = f"{localised.moment(proved.at, SITE_TIME_ZONE)}, {localised.number(proved.campaigns)} campaigns"
    return name, f"drift {localised.number(proved.drift)}", more, "wrong" if proved.drift else "good"

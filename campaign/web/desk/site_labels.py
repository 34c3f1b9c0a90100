"""Labels of site administration: states, and the health of the site as rows."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from campaign.domain.campaigns.settings import DEFAULT_TIME_ZONE
from campaign.domain.common.i18n import N_
from campaign.jobs import DESK_QUEUE, EXPORT_QUEUE, LEDGER_QUEUE, MAIL_QUEUE
from campaign.services.site import SiteHealth
from campaign.store.redis.queue_status import QueueStatus
from campaign.store.site.health import MAX_COUNTED, MailBacklog
from campaign.web import localised
from campaign.web.translation import gettext, ngettext

SITE_TIME_ZONE = ZoneInfo(DEFAULT_TIME_ZONE)
"""Time zone of times that belong to no campaign."""
CAMPAIGN_STATE_LABELS = (
    ("", N_("All")),
    ("draft", N_("Drafts")),
    ("running", N_("Running")),
    ("closed", N_("Closed")),
    ("taken-down", N_("Taken down")),
)
_QUEUE_LABELS = {
    MAIL_QUEUE: N_("Mail workers"), LEDGER_QUEUE: N_("Count workers"),
    DESK_QUEUE: N_("Desk workers"), EXPORT_QUEUE: N_("Export workers"),
}  # fmt: skip

_LATE_AFTER, _TOO_LATE_AFTER = timedelta(minutes=1), timedelta(minutes=5)
"""How long the oldest mail may wait until something may be wrong, and until it is."""

HealthRow = tuple[str, str, str, str]
"""What, in which words, more of it, and its tone: good, warn, wrong or plain."""


def health_rows(health: SiteHealth) -> list[HealthRow]:
    """The health of the site, one row for each thing looked at."""
    rows = [
        _backlog_row(gettext("Mail to signatories"), health.mail, health),
        _backlog_row(gettext("Mail to campaigners"), health.campaigner_mail, health),
    ]
    if health.queues is None:
        rows.append((gettext("Redis"), gettext("does not answer"), gettext("Signing and counting go on."), "wrong"))
    else:
        rows += [_queue_row(line) for line in health.queues]
        if health.clock_seen_at:
            last = localised.moment(health.clock_seen_at, SITE_TIME_ZONE)
            rows.append((gettext("Clock"), gettext("ticks"), gettext("last at %(when)s", when=last), "good"))
        else:
            rows.append((gettext("Clock"), gettext("stands still"), gettext("for a minute or longer"), "wrong"))
    return [*rows, _reconciliation_row(health)]


def _queue_row(line: QueueStatus) -> HealthRow:
    more = ngettext("%(num)s job waiting", "%(num)s jobs waiting", line.waiting) if line.waiting else gettext("nothing waiting")
    alive = ngettext("%(num)s alive", "%(num)s alive", line.workers) if line.workers else gettext("none")
    if line.dead:
        alive += ", " + ngettext("%(num)s died", "%(num)s died", line.dead)
    return gettext(_QUEUE_LABELS.get(line.queue, line.queue)), alive, more, "good" if line.workers else "wrong"


def _backlog_row(name: str, backlog: MailBacklog, health: SiteHealth) -> HealthRow:
    if backlog.oldest is None:
        return name, gettext("none owed"), "", "good"
    waited = max(timedelta(), health.at - backlog.oldest)
    more = gettext("the oldest for %(wait)s", wait=localised.stretch(waited))
    many = localised.number(backlog.owed)
    owed = (
        gettext("%(count)s or more owed", count=many) if backlog.owed >= MAX_COUNTED else gettext("%(count)s owed", count=many)
    )
    return name, owed, more, "good" if waited < _LATE_AFTER else "warn" if waited < _TOO_LATE_AFTER else "wrong"


def _reconciliation_row(health: SiteHealth) -> HealthRow:
    name, proved = gettext("Counts proved"), health.last_reconciliation
    if proved is None:
        return name, gettext("not yet"), gettext("Every night, or by `countersign reconcile`."), "plain"
    more = ngettext(
        "%(when)s, %(num)s campaign", "%(when)s, %(num)s campaigns", proved.campaigns,
        when=localised.moment(proved.at, SITE_TIME_ZONE),
    )  # fmt: skip
    drift = gettext("drift %(count)s", count=localised.number(proved.drift))
    return name, drift, more, "wrong" if proved.drift else "good"

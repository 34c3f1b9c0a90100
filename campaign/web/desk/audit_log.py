"""Audit trail: of a campaign for its owners, of the whole site for its operator; filtered, in pages, and as CSV."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Response, request, stream_with_context
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.audit_texts import audit_text
from campaign.domain.accounts.role import Permission
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.i18n import N_
from campaign.services.accounts import audit_log
from campaign.store.accounts.audit_log import AuditEntry, AuditFilter
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.audit_values import value_label
from campaign.web.desk.recorded_words import recorded_words
from campaign.web.desk.request_values import looked_for, read_integer
from campaign.web.desk.site_labels import SITE_TIME_ZONE
from campaign.web.desk.submission_labels import option_label
from campaign.web.desk.template_context import render_page
from campaign.web.translation import gettext

FIELD_NAMES = (
    N_("accent"),
    N_("action"),
    N_("revision"),
    N_("alarm"),
    N_("amount"),
    N_("ask"),
    N_("at"),
    N_("background"),
    N_("began"),
    N_("by"),
    N_("campaigns"),
    N_("certificates"),
    N_("changed"),
    N_("columns"),
    N_("comment"),
    N_("contact"),
    N_("controller"),
    N_("copied from"),
    N_("country"),
    N_("day"),
    N_("days"),
    N_("device"),
    N_("digest"),
    N_("domain"),
    N_("drawn"),
    N_("drift"),
    N_("drifting"),
    N_("eligibility"),
    N_("ended"),
    N_("ends at"),
    N_("excluded"),
    N_("expected"),
    N_("filters"),
    N_("first"),
    N_("format"),
    N_("from campaign"),
    N_("given back"),
    N_("goal"),
    N_("goals"),
    N_("grace hours"),
    N_("invalidated"),
    N_("kind"),
    N_("language"),
    N_("last"),
    N_("ledger entries"),
    N_("likely"),
    N_("line"),
    N_("mailed"),
    N_("mails"),
    N_("message"),
    N_("months"),
    N_("name"),
    N_("names"),
    N_("network"),
    N_("note"),
    N_("numbers"),
    N_("of"),
    N_("on"),
    N_("operator"),
    N_("organiser"),
    N_("papers"),
    N_("picture"),
    N_("postcode"),
    N_("privacy"),
    N_("profile"),
    N_("provider"),
    N_("recipient"),
    N_("reminders"),
    N_("restored"),
    N_("role"),
    N_("rows"),
    N_("score"),
    N_("second factor"),
    N_("seed"),
    N_("selected"),
    N_("sheet"),
    N_("sheets"),
    N_("signature"),
    N_("signatures"),
    N_("size"),
    N_("source"),
    N_("state"),
    N_("statement"),
    N_("summary"),
    N_("supporters"),
    N_("team"),
    N_("text"),
    N_("thank you"),
    N_("time zone"),
    N_("title"),
    N_("told"),
    N_("undone"),
    N_("verified"),
    N_("verify until"),
    N_("why"),
    N_("words"),
)
"""What the facts of an entry are called, as their names are: for those who translate them."""
_FIELDS = ("act", "who", "from", "to")
_MAX_FILTER_CHARACTERS = 40
FIELD_LABELS = {
    "closes_at": N_("deadline"),
    "opens_at": N_("opens"),
    "slug": N_("address"),
    "longer": N_("campaigns given more grace"),
    "verify_until": N_("mailed links work until"),
}
"""Facts that are called otherwise than their names are."""


@dataclass(frozen=True, slots=True)
class AuditChange:
    """One thing that is another now, in words."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One entry as the page shows it."""

    entry: AuditEntry
    actor: str
    reason: str
    label: str
    when: str
    changes: tuple[AuditChange, ...]


blueprint = DeskBlueprint("audit_log")


@blueprint.get("/desk/c/<slug>/audit")
@requires(Permission.READ_AUDIT)
def show_campaign_audit(context: DeskContext) -> ResponseReturnValue:
    """Page of a campaign's audit log, filtered by the query."""
    return _audit_page(context.campaign, f"/desk/c/{context.campaign.slug}/audit")


@blueprint.post("/desk/c/<slug>/audit.csv")
@requires(Permission.READ_AUDIT, when_read_only=True)
def campaign_audit_csv(context: DeskContext) -> ResponseReturnValue:
    """Download of a campaign's audit log as CSV."""
    return _audit_csv(context, context.campaign, f"audit-{context.campaign.slug}.csv")


@blueprint.get("/desk/site/audit")
@requires(Permission.OPERATE_SITE)
def show_site_audit(_context: DeskContext) -> ResponseReturnValue:
    """Page of the whole site's audit log."""
    return _audit_page(None, "/desk/site/audit")


@blueprint.post("/desk/site/audit.csv")
@requires(Permission.OPERATE_SITE, when_read_only=True)
def site_audit_csv(context: DeskContext) -> ResponseReturnValue:
    """Download of the whole site's audit log as CSV."""
    return _audit_csv(context, None, "audit.csv")


def _audit_page(campaign: Campaign | None, here: str) -> ResponseReturnValue:
    zone = campaign.zone if campaign else SITE_TIME_ZONE
    typed = {name: looked_for(request.args.get(name, "")).strip()[:_MAX_FILTER_CHARACTERS] for name in _FIELDS}
    wanted, errors = _read_filters(typed, zone)
    before = read_integer(request.args.get("before", ""))
    found = audit_log.list_entries(runtime(), campaign, wanted, before)
    offered = audit_log.filter_choices(runtime(), campaign)
    query = {name: value for name, value in typed.items() if value and name not in errors}
    older = f"{here}?{urlencode({**query, 'before': found.older_id})}" if found.older_id else ""
    return render_page(
        "audit_log.html",
        422 if errors else 200,
        here=here,
        values=typed,
        errors=errors,
        query=urlencode(query),
        lines=[_audit_line(entry, zone) for entry in found.entries],
        campaigns=found.slugs_by_id,
        whole_site=campaign is None,
        acts=[("", gettext("Everything")), *((act, gettext(audit_text(act))) for act in offered.acts)],
        people=[
            ("", gettext("Everybody")),
            *((str(number), recorded_words(number, name) or gettext("No name yet")) for number, name in offered.campaigners),
        ],
        newest=f"{here}?{urlencode(query)}" if before is not None else "",
        older=older,
        zone=zone.key,
    )


def _audit_csv(context: DeskContext, campaign: Campaign | None, name: str) -> ResponseReturnValue:
    zone = campaign.zone if campaign else SITE_TIME_ZONE
    wanted, _ = _read_filters(
        {name: looked_for(request.args.get(name, "")).strip()[:_MAX_FILTER_CHARACTERS] for name in _FIELDS}, zone
    )
    audit_log.record_export(runtime(), context.actor, campaign)
    pieces: Iterator[bytes] = stream_with_context(audit_log.stream_csv(runtime(), campaign, wanted))
    response = Response(pieces, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _read_filters(typed: dict[str, str], zone: ZoneInfo) -> tuple[AuditFilter, dict[str, str]]:
    errors: dict[str, str] = {}

    def day(name: str, later: int) -> datetime | None:
        try:
            given = datetime.strptime(typed[name], "%Y-%m-%d").date() if typed[name] else None  # noqa: DTZ007 - a day, no moment
            return None if given is None else datetime.combine(given + timedelta(later), time(), zone).astimezone(UTC)
        except (ValueError, OverflowError):
            errors[name] = N_("Write a day, as in 2027-03-31.")
            return None

    who = None
    if typed["who"]:
        who = read_integer(typed["who"])
        if who is None:
            errors["who"] = N_("Choose somebody from the list.")
    return AuditFilter(typed["act"] or None, who, day("from", 0), day("to", 1)), errors


def _audit_line(entry: AuditEntry, zone: ZoneInfo) -> AuditLine:
    after = dict(entry.after)
    if entry.action == "prepare submission":
        after["changed"] = [option_label(entry.subject, name) for name in after.get("changed", ())]
    names = dict.fromkeys((*entry.before, *after))
    changes = tuple(
        AuditChange(
            gettext(FIELD_LABELS.get(name, name.replace("_", " "))),
            value_label(name, entry.before.get(name), zone),
            value_label(name, after.get(name), zone),
        )
        for name in names
    )
    return AuditLine(
        entry,
        recorded_words(entry.campaigner_id, entry.actor_name),
        recorded_words(entry.campaigner_id, entry.reason),
        gettext(audit_text(entry.action)),
        localised.moment(entry.created_at, zone),
        changes,
    )

"""Data-protection complaints: of a campaign, each with its clock, to be closed with a note; and of the whole site."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.privacy.acknowledgement import Acknowledgement
from campaign.domain.privacy.complaint import ANSWER_WITHIN, CLOSED_COMPLAINT_RETENTION_DAYS, MAX_NOTE_LENGTH
from campaign.services.privacy import complaints
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.request_values import echoed_fields, read_integer
from campaign.web.desk.site_labels import SITE_TIME_ZONE
from campaign.web.desk.template_context import redirect_with_message, render_page

ACKNOWLEDGEMENT_LABELS = {
    Acknowledgement.OWED: (N_("An email which says that it has arrived is on its way to them."), ""),
    Acknowledgement.SENT: (N_("We emailed them that it has arrived."), ""),
    # Not why: that a mailbox wants no emails is between its owner and the site.
    Acknowledgement.FAILED: (
        N_("No email of ours has told them that it has arrived."), N_("Tell them yourself before that day."),
    ),
    Acknowledgement.UNKNOWN: (
        N_("We don’t know whether our email that it has arrived reached them."), N_("Say it again in your answer."),
    ),
}  # fmt: skip
"""What became of the email that acknowledges a complaint, and what is to be done while it is open."""

blueprint = DeskBlueprint("complaints")


@blueprint.get("/desk/c/<slug>/complaints")
@requires(Permission.ANSWER_COMPLAINTS)
def list_complaints(context: DeskContext) -> ResponseReturnValue:
    """Page of a campaign's complaints."""
    before = read_integer(request.args.get("before", ""))
    found, older = complaints.list_complaints(runtime(), context.campaign.id, before)
    zone = context.campaign.zone
    return render_page(
        "complaints.html", found=found, older=older, first=before is None, now=runtime().now(), days=ANSWER_WITHIN.days,
        when=lambda at: localised.short_time(at, zone),
    )  # fmt: skip


@blueprint.get("/desk/c/<slug>/complaints/<int:number>")
@requires(Permission.ANSWER_COMPLAINTS)
def show_complaint(context: DeskContext, number: int) -> ResponseReturnValue:
    """Page of one complaint, with the form that closes it."""
    return _complaint_page(context, number, {}, {})


@blueprint.post("/desk/c/<slug>/complaints/<int:number>")
@requires(Permission.ANSWER_COMPLAINTS)
def close_complaint(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: close a complaint with a note."""
    try:
        closed = complaints.close_complaint(runtime(), context.actor, context.campaign.id, number, request.form.get("note", ""))
    except InvalidInputError as refused:
        return _complaint_page(context, number, echoed_fields("note"), {"note": refused.sentence})
    said = (N_("The complaint is closed."), "good") if closed else (N_("It was closed before. Nothing was changed."), "warn")
    return redirect_with_message(f"/desk/c/{context.campaign.slug}/complaints", *said)


@blueprint.get("/desk/site/complaints")
@requires(Permission.OPERATE_SITE)
def list_all_complaints(_context: DeskContext) -> ResponseReturnValue:
    """Page of the complaints of all campaigns."""
    before = read_integer(request.args.get("before", ""))
    found, older = complaints.list_all_complaints(runtime(), before)
    return render_page(
        "site_complaints.html", found=found, older=older, first=before is None, now=runtime().now(), days=ANSWER_WITHIN.days,
        within=ANSWER_WITHIN, when=lambda at: localised.short_time(at, SITE_TIME_ZONE),
    )  # fmt: skip


def _complaint_page(
    context: DeskContext, number: int, values: dict[str, str], errors: dict[str, str]
) -> ResponseReturnValue:  # fmt: skip
    found, acknowledgement = complaints.get_complaint(runtime(), context.campaign.id, number) or abort(404)
    words, advice = ACKNOWLEDGEMENT_LABELS[acknowledgement]
    return render_page(
        "complaint.html", 422 if errors else 200, complaint=found,
        acknowledgement=words, advice="" if found.closed_at else advice, values=values, errors=errors, now=runtime().now(),
        longest=MAX_NOTE_LENGTH, kept_days=CLOSED_COMPLAINT_RETENTION_DAYS, days=ANSWER_WITHIN.days,
        when=lambda at: localised.short_time(at, context.campaign.zone),
    )  # fmt: skip

"""The sender of the site's mails, for its operator: what DNS says of its domain, and what to publish."""

import re

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.i18n import N_
from campaign.domain.site.finding import Finding
from campaign.runtime.rate_limits import is_within_limit
from campaign.services.site.diagnosis.sender import check_sender_records, send_trial_mail, trial_mail_findings
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.request_values import echoed_fields
from campaign.web.desk.template_context import redirect_with_message, render_page
from campaign.web.translation import gettext, translated

_SELECTOR = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_LABELS = {"spf": "SPF", "dkim": "DKIM", "dmarc": "DMARC", "mx": "MX", "ptr": "PTR", "dns": "DNS", "mail": N_("Test mail")}
_TONES = {"ok": "good", "note": "warn", "FAULT": "wrong", "UNKNOWN": "plain"}
_OUTCOME_LABELS = {"ok": N_("in order"), "note": N_("note"), "FAULT": N_("fault"), "UNKNOWN": N_("could not be found out")}
_MAX_TEST_MAILS, _TEST_MAILS_WINDOW_SECONDS = 10, 3600
"""Test mails that an operator may send to themselves, in which time."""

blueprint = DeskBlueprint("site_sender")


@blueprint.get("/desk/site/sender")
@requires(Permission.OPERATE_SITE)
def show_sender(_context: DeskContext) -> ResponseReturnValue:
    """Page that looks nothing up yet: asking DNS can take seconds. With `mail` in its address also how a test mail fares."""
    number = request.args.get("mail", "", str)
    if not number:
        return _page()
    mail = trial_mail_findings(runtime(), int(number)) if number.isascii() and number.isdigit() and len(number) < 19 else None
    return _page(mail=abort(404) if mail is None else [_shown(one) for one in mail], mail_number=number)


@blueprint.post("/desk/site/sender/test-mail")
@requires(Permission.OPERATE_SITE, when_read_only=True)
def send_test_mail(context: DeskContext) -> ResponseReturnValue:
    """Form: have a test mail sent to oneself, the way every mail goes."""
    subject = f"sender test {context.campaigner.id}"
    if not is_within_limit(runtime(), "sender-test", subject, _MAX_TEST_MAILS, _TEST_MAILS_WINDOW_SECONDS):
        return redirect_with_message(
            "/desk/site/sender", "You sent %(most)s test mails within an hour. Look at those, and send more later.", "warn",
            most=_MAX_TEST_MAILS,
        )  # fmt: skip
    number = send_trial_mail(runtime(), context.campaigner.email)
    return redirect(f"/desk/site/sender?mail={number}", 303)


# By POST, since it makes the server ask others; it changes nothing here.
@blueprint.post("/desk/site/sender")
@requires(Permission.OPERATE_SITE, when_read_only=True)
def look_up_sender(_context: DeskContext) -> ResponseReturnValue:
    """Form: ask DNS now, by the code of `doctor --mail`."""
    typed = request.form.get("selector", "").strip()
    if typed and not _SELECTOR.fullmatch(typed):
        errors = {"selector": N_("Write the part before ._domainkey alone: letters, digits, dots and hyphens.")}
        return _page(422, values=echoed_fields("selector"), errors=errors)
    found = [_shown(one) for one in check_sender_records(runtime(), (typed,) if typed else ())]
    return _page(found=found, values={"selector": typed})


def _shown(one: Finding) -> tuple[str, str, str, str, str, str]:
    """Label, tone, outcome and message of a finding; what to do, or else the record to publish."""
    return (
        gettext(_LABELS.get(one.subject, one.subject)), _TONES[one.outcome.value], _OUTCOME_LABELS[one.outcome.value],
        translated(one.message), translated(one.advice), translated(one.record),
    )  # fmt: skip


def _page(status: int = 200, **given: object) -> ResponseReturnValue:
    plain: dict[str, object] = {"found": None, "mail": None, "values": {}, "errors": {}}
    return render_page("site_sender.html", status, **{**plain, **given}, sender=runtime().settings.sender)

"""The sender of the site's mails, for its operator: what DNS says of its domain, and what to publish."""

import re

from flask import request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.services.site.diagnosis.sender import check_sender_records
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.request_values import echoed_fields
from campaign.web.desk.template_context import render_page
from campaign.web.language import gettext

_SELECTOR = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_LABELS = {"spf": "SPF", "dkim": "DKIM", "dmarc": "DMARC", "mx": "MX", "ptr": "PTR", "dns": "DNS"}
_TONES = {"ok": "good", "note": "warn", "FAULT": "wrong", "UNKNOWN": "plain"}
_PUBLISH = "publish: "

blueprint = DeskBlueprint("site_sender")


@blueprint.get("/desk/site/sender")
@requires(Permission.OPERATE_SITE)
def show_sender(_context: DeskContext) -> ResponseReturnValue:
    """Page that looks nothing up yet: asking DNS can take seconds."""
    return _page()


# By POST, since it makes the server ask others; it changes nothing here.
@blueprint.post("/desk/site/sender")
@requires(Permission.OPERATE_SITE, when_read_only=True)
def look_up_sender(_context: DeskContext) -> ResponseReturnValue:
    """Form: ask DNS now, by the code of `doctor --mail`."""
    typed = request.form.get("selector", "").strip()
    if typed and not _SELECTOR.fullmatch(typed):
        errors = {"selector": gettext("Write the part before ._domainkey alone: letters, digits, dots and hyphens.")}
        return _page(422, values=echoed_fields("selector"), errors=errors)
    found = [
        (
            _LABELS.get(one.subject, one.subject), _TONES[one.outcome.value], one.outcome.value, one.message,
            "" if one.advice.startswith(_PUBLISH) else one.advice, one.advice.partition(_PUBLISH)[2],
        )
        for one in check_sender_records(runtime(), (typed,) if typed else ())
    ]  # fmt: skip
    return _page(found=found, values={"selector": typed})


def _page(status: int = 200, **given: object) -> ResponseReturnValue:
    plain: dict[str, object] = {"found": None, "values": {}, "errors": {}}
    return render_page("site_sender.html", status, **{**plain, **given}, sender=runtime().settings.sender)

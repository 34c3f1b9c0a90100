"""Switches of the whole site: what each does, its position, and a page that asks before it is changed."""

from dataclasses import dataclass

from flask import abort, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.site.switch import MAX_SWITCH_MESSAGE_LENGTH, PAUSING_SWITCHES, Switch, SwitchState, read_switch_message
from campaign.services.site import switches
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.request_values import echoed_fields
from campaign.web.desk.site_labels import SITE_TIME_ZONE
from campaign.web.desk.template_context import redirect_with_message, render_page
from campaign.web.translation import gettext

_SWITCHES_PATH = "/desk/site/switches"


@dataclass(frozen=True, slots=True)
class SwitchLabels:
    """A switch in words."""

    title: str
    effects: tuple[str, ...]
    """What it does while it is on, as sentences."""
    on_message: str
    """What is said once it is on."""
    off_message: str
    """What is said once it is off again."""


_SWITCH_LABELS = {
    Switch.PAUSE_SIGNING: SwitchLabels(
        N_("Pause signing"),
        (
            N_("No campaign takes new signatures. Its page says so, with your message, and what was typed is not stored."),
            N_("Links already mailed still verify. Withdrawing works. Deadlines stay as they are."),
        ),
        N_("Signing is paused on the whole site."),
        N_("Signing goes on."),
    ),
    Switch.READ_ONLY: SwitchLabels(
        N_("Read-only"),
        (
            N_("Nobody signs, verifies, or changes their choices, and at the desk nothing but these switches can be changed."),
            N_("Withdrawing always works."),
            N_("Links already mailed wait. They work again afterwards, for as long as they would have."),
            N_("No total becomes final meanwhile."),
        ),
        N_("The site is read-only."),
        N_("The site takes signatures and changes again."),
    ),
    Switch.HIDE_SUPPORTERS: SwitchLabels(
        N_("Hide recent supporters"),
        (N_("No campaign’s page shows who signed lately. Nothing else changes."),),
        N_("No page shows recent supporters."),
        N_("Pages show recent supporters again, where the campaign wants it."),
    ),
    Switch.SLOW_COUNT: SwitchLabels(
        N_("Slow the count"),
        (
            N_("Open pages ask for the count once in 30 seconds or less often, and campaign pages may be kept for a minute."),
            N_("The count itself stays exact. Pages that are open now notice within a minute."),
        ),
        N_("The count is slowed."),
        N_("The count is as quick as before, within a minute."),
    ),
}

blueprint = DeskBlueprint("switches")


@blueprint.get("/desk/site/switches")
@requires(Permission.OPERATE_SITE)
def list_switches(_context: DeskContext) -> ResponseReturnValue:
    """Page of the site's switches."""
    rows = [(each, _SWITCH_LABELS[each.switch], _since_label(each)) for each in switches.list_positions(runtime())]
    return render_page("switches.html", rows=rows)


@blueprint.get("/desk/site/switches/<name>")
@requires(Permission.OPERATE_SITE, recent_proof=True)
def show_switch(_context: DeskContext, name: str) -> ResponseReturnValue:
    """Page of one switch, with its form."""
    position = _switch_or_404(name)
    return _render_switch(position, {"message": position.message}, {})


@blueprint.post("/desk/site/switches/<name>")
@requires(Permission.OPERATE_SITE, when_read_only=True, recent_proof=True)
def set_switch(context: DeskContext, name: str) -> ResponseReturnValue:
    """Form: set a switch."""
    position, typed = _switch_or_404(name), request.form.get("message", "")
    on = request.form.get("on", "")
    if on not in ("0", "1"):
        abort(422)
    try:
        message = read_switch_message(typed) if position.switch in PAUSING_SWITCHES else ""
    except InvalidInputError as refused:
        return _render_switch(position, echoed_fields("message"), {"message": refused.sentence})
    said = _SWITCH_LABELS[position.switch]
    if not switches.set_switch(runtime(), context.actor, position.switch, on=on == "1", message=message):
        return redirect_with_message(_SWITCHES_PATH, "It stood so already. Nothing was changed.", "warn")
    words, tone = (said.on_message, "warn") if on == "1" else (said.off_message, "good")
    return redirect_with_message(_SWITCHES_PATH, words, tone)


def _switch_or_404(name: str) -> SwitchState:
    return next((each for each in switches.list_positions(runtime()) if each.switch.value == name), None) or abort(404)


def _render_switch(position: SwitchState, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    return render_page(
        "switch.html",
        422 if errors else 200,
        position=position,
        words=_SWITCH_LABELS[position.switch],
        values=values,
        errors=errors,
        since=_since_label(position),
        speaks=position.switch in PAUSING_SWITCHES,
        longest=MAX_SWITCH_MESSAGE_LENGTH,
    )


def _since_label(position: SwitchState) -> str:
    if position.changed_at is None:
        return gettext("Never thrown.")
    by = position.changed_by or gettext("the command line")
    when = localised.moment(position.changed_at, SITE_TIME_ZONE)
    if position.on:
        return gettext("Turned on by %(name)s on %(when)s.", name=by, when=when)
    return gettext("Turned off by %(name)s on %(when)s.", name=by, when=when)

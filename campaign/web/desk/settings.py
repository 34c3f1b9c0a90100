"""Settings of a campaign: goals, dates, fields of the form, accent colour, who is responsible."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import g, jsonify, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.campaigns.colour import read_accent
from campaign.domain.campaigns.settings import CampaignSettings, Schedule, check_settings
from campaign.domain.common.field_reader import InvalidFieldsError
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.common.local_time import format_local_time
from campaign.services.campaigns import drafts, edit
from campaign.services.campaigns.edit import EditableCampaign, EditConflictError
from campaign.services.mail import reminders
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.accent import AccentSwatches, accent_swatches
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.campaign_form_fields import (
    FIELD_LABELS,
    error_sentences,
    local_time_from_form,
    read_numbers,
    time_zone_names,
)
from campaign.web.desk.request_values import submitted_revision
from campaign.web.desk.template_context import redirect_with_message, render_page
from campaign.web.security_headers import allow_style
from campaign.web.translation import gettext

_WINDOW_FIELDS = ("opens_at", "closes_at", "time_zone", "grace_hours")
_ASKED_FIELDS = ("country", "postcode", "comment")
_PLAIN_FIELDS = (
    "eligibility",
    "eligibility_rule",
    "supporters",
    "next_step",
    "next_step_url",
    "accent",
    "organiser",
    "organiser_url",
    "contact",
    "controller",
)
FIELD_ORDER = ("goals", *_WINDOW_FIELDS, *_ASKED_FIELDS, *_PLAIN_FIELDS)
"""The fields, in the order in which they are shown."""
_SAVED_MESSAGE = N_("The settings are stored. The public page follows in a few seconds.")


@dataclass(frozen=True, slots=True)
class SettingsForm:
    """The form as it is shown."""

    opened: EditableCampaign
    base_revision: int
    """The revision that saving it would replace."""
    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    conflict: EditConflictError | None = None

    @property
    def is_draft(self) -> bool:
        """Whether opening and closing are set here."""
        return not self.opened.campaign.published

    @property
    def swatches(self) -> AccentSwatches | None:
        """The accent as it is typed; None where it is no colour, or the site's own."""
        try:
            return accent_swatches(read_accent(self.values.get("accent", "")))
        except InvalidInputError:
            return None

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """What saving would change of what is stored now: the name of each setting, what it is and what it would be."""
        stored = stored_settings(self.opened)
        return [
            (gettext(FIELD_LABELS[name]), stored[name], self.values[name])
            for name in FIELD_ORDER
            if name in self.values and self.values[name] != stored[name]
        ]


blueprint = DeskBlueprint("settings")


def _settings_page(form: SettingsForm, status: int = 200) -> ResponseReturnValue:
    key = drafts.preview_key(runtime(), form.opened.campaign.id)
    link = f"{runtime().settings.base_url}/preview/{form.opened.campaign.slug}/{key}" if key and form.is_draft else ""
    colours = form.swatches
    answer = render_page(
        "settings.html", status, form=form, zones=[(name, name) for name in time_zone_names()], link=link, colours=colours,
        moment=localised.moment, may_run=g.desk_context.may(Permission.RUN_LIFECYCLE),
        reminders=reminders.are_reminders_on(runtime(), form.opened.campaign), site_reminders=runtime().settings.mail_reminders,
    )  # fmt: skip
    return allow_style(answer, colours.style if colours else "")


@blueprint.get("/desk/c/<slug>/settings")
@requires(Permission.EDIT)
def show_settings(context: DeskContext) -> ResponseReturnValue:
    """Page with the form for a campaign's settings."""
    opened = edit.open_for_edit(runtime(), context.campaign.id)
    return _settings_page(SettingsForm(opened, opened.revision, stored_settings(opened)))


@blueprint.post("/desk/c/<slug>/settings")
@requires(Permission.EDIT)
def save_settings(context: DeskContext) -> ResponseReturnValue:
    """Form: save the settings; 422 where one is wrong."""
    opened = edit.open_for_edit(runtime(), context.campaign.id)
    typed = {name: request.form.get(name, "").strip().replace("\r\n", "\n") for name in FIELD_ORDER if name in request.form}
    form = SettingsForm(opened, submitted_revision(), typed)
    if "colour" in request.form:
        return _settings_page(form)
    try:
        times, rules = _read_settings(form)
        edit.change_settings(runtime(), context.actor, opened.campaign.id, form.base_revision, rules, times)
    except InvalidFieldsError as wrong:
        return _settings_page(SettingsForm(opened, form.base_revision, typed, error_sentences(wrong.errors, FIELD_ORDER)), 422)
    except EditConflictError as overtaken:
        now = overtaken.editable
        return _settings_page(SettingsForm(now, now.revision, typed, conflict=overtaken), 409)
    return redirect_with_message(f"/desk/c/{context.campaign.slug}/settings", _SAVED_MESSAGE)


@blueprint.post("/desk/c/<slug>/settings/reminders")
@requires(Permission.EDIT)
def switch_reminders(context: DeskContext) -> ResponseReturnValue:
    """Form: remind those who have not confirmed, or not."""
    on = request.form.get("on") == "1"
    moved = reminders.switch_reminders(runtime(), context.actor, context.campaign, on=on)
    words = (N_("Reminders are on.") if on else N_("No reminders are sent any more.")) if moved else N_("That was so already.")
    return redirect_with_message(f"/desk/c/{context.campaign.slug}/settings", words, "good" if moved else "warn")


@blueprint.post("/desk/c/<slug>/settings/accent")
@requires(Permission.EDIT)
def accent_preview(_context: DeskContext) -> ResponseReturnValue:
    """JSON: what an accent colour looks like on light and dark, for the form's script; empty for none."""
    try:
        found = accent_swatches(read_accent(request.form.get("accent", "")))
    except InvalidInputError:
        found = None
    return jsonify(found.script_data if found else {})


def stored_settings(opened: EditableCampaign) -> dict[str, str]:
    """What is stored, by the names of the fields, as a form has it."""
    campaign, window, zone = opened.campaign, opened.campaign.window, opened.campaign.zone
    looks, asked = campaign.appearance, campaign.form_fields
    grace = (window.verify_until - window.closes_at) / timedelta(hours=1)
    return {
        "goals": "\n".join(f"{goal:,}" for goal in campaign.goals), "opens_at": format_local_time(window.opens_at, zone),
        "closes_at": format_local_time(window.closes_at, zone), "time_zone": campaign.time_zone, "grace_hours": f"{grace:g}",
        "country": asked.country, "postcode": asked.postcode, "comment": asked.comment, "supporters": looks.supporters,
        "accent": looks.accent, "contact": campaign.contact, "controller": looks.controller,
        "eligibility": campaign.eligibility.kind, "eligibility_rule": campaign.eligibility.rule,
        "organiser": looks.organiser, "organiser_url": looks.organiser_url,
        "next_step": campaign.next_step.kind, "next_step_url": campaign.next_step.url,
    }  # fmt: skip


def _read_settings(form: SettingsForm) -> tuple[Schedule | None, CampaignSettings]:
    """The settings as they were typed. Raises InvalidFieldsError with all that is wrong."""
    typed, wrong = form.values, dict[str, str]()
    raw: dict[str, Any] = {name: typed[name] for name in (*_PLAIN_FIELDS, "time_zone") if name in typed}
    raw["goals"] = read_numbers(typed.get("goals", ""))
    raw["fields"] = {name: typed[name] for name in _ASKED_FIELDS if name in typed}
    if form.is_draft:
        raw |= {name: local_time_from_form(typed, name, wrong) for name in ("opens_at", "closes_at")}
        raw["grace_hours"] = _hours_or_text(typed.get("grace_hours", ""))
    try:
        found = check_settings(raw, runtime().now(), with_schedule=form.is_draft)
    except InvalidFieldsError as refused:
        raise InvalidFieldsError({**refused.errors, **wrong}) from None
    return found


def _hours_or_text(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text

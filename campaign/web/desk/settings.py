"""What is decided of a campaign beside its words: goals, window, what is asked of who signs, colour, who is responsible."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from flask import g, jsonify, request
from flask.typing import ResponseReturnValue

from campaign import drafting, editing
from campaign.domain import wording
from campaign.domain.colour import read_accent
from campaign.domain.fields import Wrong
from campaign.domain.refusal import Refused
from campaign.domain.role import Act
from campaign.domain.setup import Rules, Times, check_settings
from campaign.domain.wall_clock import on_wall_clock
from campaign.editing import Opened, Overtaken
from campaign.runtime import Runtime
from campaign.web.desk.accent import Swatches, swatches
from campaign.web.desk.form_words import LABELS, printable, read_moment, sentences, whole_numbers, zones
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import Desk, Gate, Visit
from campaign.web.desk.speech_form import seen_revision
from campaign.web.protection import allow_style

_WINDOW = ("opens_at", "closes_at", "time_zone", "grace_hours")
_ASKED = ("country", "postcode", "comment")
_PLAIN = ("supporters", "accent", "contact", "controller")
ORDER = ("goals", *_WINDOW, *_ASKED, *_PLAIN)
"""The fields, in the order in which they are shown."""
_SAVED = "The settings are stored. The public page follows in a few seconds."


@dataclass(frozen=True, slots=True)
class SettingsForm:
    """The form as it is shown."""

    opened: Opened
    seen: int
    """The revision that saving it would replace."""
    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    overtaken: Overtaken | None = None

    @property
    def draft(self) -> bool:
        """Whether opening and closing are set here."""
        return not self.opened.standing.published

    @property
    def colours(self) -> Swatches | None:
        """The accent as it is typed; None where it is no colour, or the site's own."""
        try:
            return swatches(read_accent(self.values.get("accent", "")))
        except Refused:
            return None

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """What saving would change of what is stored now: the name of each setting, what it is and what it would be."""
        stored = stored_settings(self.opened)
        return [
            (LABELS[name], stored[name], self.values[name])
            for name in ORDER
            if name in self.values and self.values[name] != stored[name]
        ]


def settings_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/c/<slug>/settings`."""
    room = gate.room("settings")

    def page(form: SettingsForm, status: int = 200) -> ResponseReturnValue:
        key = drafting.preview_key(runtime, form.opened.standing.id)
        link = f"{runtime.settings.base_url}/preview/{form.opened.standing.slug}/{key}" if key and form.draft else ""
        colours, form = form.colours, replace(form, values=printable(form.values))
        answer = show(
            "settings.html", status, form=form, zones=[(name, name) for name in zones()], link=link, colours=colours,
            moment=wording.moment, may_run=g.visit.may(Act.RUN),
        )  # fmt: skip
        return allow_style(answer, colours.style_hash if colours else "")

    @room.at("/c/<slug>/settings", Act.EDIT, "GET")
    def settings(visit: Visit) -> ResponseReturnValue:
        opened = editing.look(runtime, visit.campaign.id)
        return page(SettingsForm(opened, opened.revision, stored_settings(opened)))

    @room.at("/c/<slug>/settings", Act.EDIT, "POST")
    def save(visit: Visit) -> ResponseReturnValue:
        opened = editing.look(runtime, visit.campaign.id)
        typed = {name: request.form.get(name, "").strip().replace("\r\n", "\n") for name in ORDER if name in request.form}
        form = SettingsForm(opened, seen_revision(), typed)
        if "colour" in request.form:
            return page(form)
        try:
            times, rules = _read(form, runtime)
            editing.change_settings(runtime, visit.actor, opened.standing.id, form.seen, rules, times)
        except Wrong as wrong:
            return page(SettingsForm(opened, form.seen, typed, sentences(wrong.errors, ORDER)), 422)
        except Overtaken as overtaken:
            now = overtaken.opened
            return page(SettingsForm(now, now.revision, typed, overtaken=overtaken), 409)
        return done(runtime.links, f"/desk/c/{visit.campaign.slug}/settings", _SAVED)

    @room.at("/c/<slug>/settings/accent", Act.EDIT, "POST")
    def accent(_visit: Visit) -> ResponseReturnValue:
        try:
            found = swatches(read_accent(request.form.get("accent", "")))
        except Refused:
            found = None
        return jsonify(found.facts if found else {})

    return room


def stored_settings(opened: Opened) -> dict[str, str]:
    """What is stored, by the names of the fields, as a form has it."""
    standing, window, zone = opened.standing, opened.standing.window, opened.standing.zone
    looks, asked = standing.appearance, standing.asked
    grace = (window.verify_until - window.closes_at) / timedelta(hours=1)
    return {
        "goals": "\n".join(f"{goal:,}" for goal in standing.goals), "opens_at": on_wall_clock(window.opens_at, zone),
        "closes_at": on_wall_clock(window.closes_at, zone), "time_zone": standing.time_zone, "grace_hours": f"{grace:g}",
        "country": asked.country, "postcode": asked.postcode, "comment": asked.comment, "supporters": looks.supporters,
        "accent": looks.accent, "contact": standing.contact, "controller": looks.controller,
    }  # fmt: skip


def _read(form: SettingsForm, runtime: Runtime) -> tuple[Times | None, Rules]:
    """The settings as they were typed. Raises Wrong with all that is wrong."""
    typed, wrong = form.values, dict[str, str]()
    raw: dict[str, Any] = {name: typed[name] for name in (*_PLAIN, "time_zone") if name in typed}
    raw["goals"] = whole_numbers(typed.get("goals", ""))
    raw["fields"] = {name: typed[name] for name in _ASKED if name in typed}
    if form.draft:
        raw |= {name: read_moment(typed, name, wrong) for name in ("opens_at", "closes_at")}
        raw["grace_hours"] = _hours(typed.get("grace_hours", ""))
    try:
        found = check_settings(raw, runtime.now(), window=form.draft)
    except Wrong as refused:
        raise Wrong({**refused.errors, **wrong}) from None
    return found


def _hours(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text

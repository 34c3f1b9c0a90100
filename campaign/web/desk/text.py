"""What a campaign says, language by language: changed, looked at, and, once people have signed it, with a reason."""

from dataclasses import replace

from flask import abort, request
from flask.typing import ResponseReturnValue

from campaign import editing
from campaign.domain import wording
from campaign.domain.definition import check_language
from campaign.domain.refusal import Refused
from campaign.domain.role import Act
from campaign.domain.speech import SPOKEN
from campaign.editing import Opened, Overtaken, ReasonNeeded
from campaign.runtime import Runtime
from campaign.web.desk.form_words import KINDS, printable
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import Desk, Gate, Visit
from campaign.web.desk.speech_form import (
    SpeechForm,
    fresh_form,
    read_confirmed,
    read_form,
    seen_revision,
    typed_form,
)
from campaign.web.markdown import render

LARGEST_TEXT = 2_000_000
"""Octets a form with a campaign's text may have: the longest one, in any script, with what a browser puts around it."""
_SAVED = "The text is stored. The public page follows in a few seconds."
_SPOKEN = "The campaign speaks another language now."
_MOVED = "The campaign changed in this very moment. Nothing was stored; try again."


def text_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/c/<slug>/text`."""
    room = gate.room("text")

    def page(form: SpeechForm, status: int = 200) -> ResponseReturnValue:
        form = replace(form, values=printable(form.values))
        return show(
            "text.html", status, form=form, kinds=KINDS, limits=SPOKEN, languages=wording.language_names(), markdown=render,
            moment=wording.moment,
        )  # fmt: skip

    @room.at("/c/<slug>/text", Act.EDIT, "GET")
    def text(visit: Visit) -> ResponseReturnValue:
        opened = editing.look(runtime, visit.campaign.id)
        return page(fresh_form(opened, _language(opened)))

    @room.at("/c/<slug>/text", Act.EDIT, "POST", largest=LARGEST_TEXT)
    def save(visit: Visit) -> ResponseReturnValue:
        opened = editing.look(runtime, visit.campaign.id)
        form = typed_form(opened, _language(opened))
        if "preview" in request.form:
            return page(replace(form, preview=True))
        try:
            return store(visit, form)
        except Overtaken as overtaken:
            now = overtaken.opened
            return page(replace(read_form(form)[0], opened=now, seen=now.revision, overtaken=overtaken), 409)
        except (LookupError, ReasonNeeded):
            # The language was taken away, or the first signature came, since the campaign was looked at a moment ago.
            return done(runtime.links, _path(form), _MOVED, "warn")

    def store(visit: Visit, form: SpeechForm) -> ResponseReturnValue:
        form, texts, kind = read_form(form)
        if form.errors:
            return page(form, 422)
        campaign_id, seen = form.opened.standing.id, form.seen
        if not form.known:
            editing.add_language(runtime, visit.actor, campaign_id, seen, form.language, texts)
            return done(runtime.links, _path(form), _SPOKEN)
        form, reason = read_confirmed(form, texts)
        # Who was overtaken is told of that first.
        if form.confirm and form.opened.revision == seen:
            return page(form, 422 if form.errors else 200)
        editing.say(runtime, visit.actor, campaign_id, seen, form.language, texts, kind=kind, reason=reason)
        return done(runtime.links, _path(form), _SAVED)

    @room.at("/c/<slug>/text/preview", Act.EDIT, "POST", largest=LARGEST_TEXT)
    def preview(visit: Visit) -> ResponseReturnValue:
        opened = editing.look(runtime, visit.campaign.id)
        return show("parts/looks.html", form=typed_form(opened, _language(opened)), limits=SPOKEN, markdown=render)

    @room.at("/c/<slug>/text/end-language", Act.EDIT, "POST")
    def end_language(visit: Visit) -> ResponseReturnValue:
        path, language = f"/desk/c/{visit.campaign.slug}/text", request.form.get("language", "")
        try:
            editing.end_language(runtime, visit.actor, visit.campaign.id, seen_revision(), language)
        except Overtaken:
            words = "Somebody else has just changed the campaign. Look at it, and do it again if it still is right."
            return done(runtime.links, path, words, "warn")
        except LookupError:
            abort(404)
        return done(runtime.links, path, "The campaign no longer speaks that language. What was signed in it stays.")

    return room


def _language(opened: Opened) -> str:
    """The language the address names: one the campaign speaks, or another that there is."""
    try:
        return check_language(request.args.get("language", opened.standing.language))
    except Refused:
        abort(404)


def _path(form: SpeechForm) -> str:
    path = f"/desk/c/{form.opened.standing.slug}/text"
    return path if form.main else f"{path}?language={form.language}"

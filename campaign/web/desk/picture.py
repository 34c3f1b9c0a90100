"""The picture of a campaign: chosen, described in each of its languages, taken away."""

from collections.abc import Mapping, Sequence

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from campaign import campaigning, editing
from campaign.domain import wording
from campaign.domain.fields import Fields
from campaign.domain.refusal import Refused
from campaign.domain.role import Act
from campaign.domain.speech import SPOKEN
from campaign.domain.standing import Standing
from campaign.drawing.picture import MOST_MEGABYTES, Copy, read_picture
from campaign.editing import Opened, Overtaken
from campaign.runtime import Runtime
from campaign.web.desk.form_words import printable, sentences
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import Desk, Gate, Visit
from campaign.web.desk.speech_form import seen_revision
from campaign.web.views import picture_view

LARGEST_FORM = MOST_MEGABYTES * 1_000_000 + 500_000
"""Octets: the largest picture, and what is said of it in every language."""
_ALT = "picture_alt_"
_OVERTAKEN = "Somebody else has just changed the campaign. Look at it as it is now, and choose again if it still is right."
_MISSING = "say in a sentence what the picture shows, for those who do not see it"


def picture_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/c/<slug>/text/picture`."""
    room = gate.room("picture")

    def page(opened: Opened, values: Mapping[str, str], errors: Mapping[str, str], status: int) -> ResponseReturnValue:
        standing = opened.standing
        return show(
            "picture.html", status, opened=opened, values=printable(values), errors=errors, languages=wording.language_names(),
            picture=picture_view(f"/desk/c/{standing.slug}", standing.appearance.picture, standing.words.picture_alt),
        )  # fmt: skip

    @room.at("/c/<slug>/text/picture", Act.EDIT, "GET")
    def picture(visit: Visit) -> ResponseReturnValue:
        opened = editing.look(runtime, visit.campaign.id)
        alts = {_ALT + version.language: version.words.picture_alt for version in opened.standing.versions}
        return page(opened, alts, {}, 200)

    @room.at("/c/<slug>/text/picture", Act.EDIT, "POST", largest=LARGEST_FORM)
    def change(visit: Visit) -> ResponseReturnValue:
        opened = editing.look(runtime, visit.campaign.id)
        errors: dict[str, str] = {}
        copies = _read_upload(opened.standing, errors)
        alts = _read_alts(opened.standing, errors)
        if not errors:
            try:
                editing.change_picture(runtime, visit.actor, opened.standing.id, seen_revision(), copies, alts)
            except Overtaken as overtaken:
                return page(overtaken.opened, request.form, {"picture": _OVERTAKEN}, 409)
            return done(runtime.links, f"/desk/c/{visit.campaign.slug}/text/picture", "The picture is stored.")
        return page(opened, request.form, errors, 422)

    @room.at("/c/<slug>/text/picture/remove", Act.EDIT, "POST")
    def remove(visit: Visit) -> ResponseReturnValue:
        path = f"/desk/c/{visit.campaign.slug}/text/picture"
        try:
            editing.drop_picture(runtime, visit.actor, visit.campaign.id, seen_revision())
        except Overtaken:
            return done(runtime.links, path, _OVERTAKEN, "warn")
        return done(runtime.links, path, "The picture is taken away.")

    @room.at("/c/<slug>/picture-<int:width>.webp", Act.WATCH, "GET")
    def copy(visit: Visit, width: int) -> ResponseReturnValue:
        # A draft has no public page to have it from.
        return Response(campaigning.picture(runtime, visit.campaign, width) or abort(404), mimetype="image/webp")

    return room


def _read_upload(standing: Standing, errors: dict[str, str]) -> Sequence[Copy]:
    """The picture that was sent, in each width; none where none was and there is one already."""
    sent = request.files.get("picture")
    if sent is None or not sent.filename:
        if standing.appearance.picture is None:
            errors["picture"] = "Choose a picture."
        return ()
    try:
        return read_picture(sent.stream.read())
    except Refused as refused:
        errors["picture"] = str(refused)
        return ()


def _read_alts(standing: Standing, errors: dict[str, str]) -> dict[str, str]:
    """What the picture shows, by language."""
    fields, alts = Fields(request.form), {}
    for version in standing.versions:
        name = _ALT + version.language
        alts[version.language] = fields.text(name, SPOKEN["picture_alt"])
        if not alts[version.language]:
            fields.refuse(name, _MISSING)
    # Each is called by the one name they share: which of them it is, its place in the form says.
    for name, words in fields.errors.items():
        errors[name] = sentences({"picture_alt": words})["picture_alt"]
    return alts

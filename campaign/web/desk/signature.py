"""One signature at the desk: its details, its story, and what can be done to it."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from campaign import commenting, erasing, moderation, telling
from campaign.domain.countries import COUNTRIES
from campaign.domain.refusal import Refused
from campaign.domain.removal import DESK_WORDS, LONGEST_REASON, read_removal
from campaign.domain.role import Act
from campaign.domain.wording import ordinal_suffix
from campaign.runtime import Runtime
from campaign.store.story import Details
from campaign.telling import Story
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import Desk, Gate, Visit
from campaign.web.desk.signature_words import STATES, place, seconds
from campaign.web.desk.story_words import told
from campaign.web.desk.typed import shown_again

_REMOVALS = [(kind.value, *words) for kind, words in DESK_WORDS.items()]


def signature_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/c/<slug>/signatures/<id>` and what is done from there."""
    room = gate.room("signature")

    @room.at("/c/<slug>/signatures/<int:number>", Act.READ_SIGNATURES, "GET")
    def signature(visit: Visit, number: int) -> ResponseReturnValue:
        return page(visit, story(visit, number), {}, {})

    @room.at("/c/<slug>/signatures/<int:number>/invalidate", Act.MODERATE, "POST")
    def invalidate(visit: Visit, number: int) -> ResponseReturnValue:
        found, values = story(visit, number), typed("class", "reason")
        errors, kind, moved = {}, None, False
        try:
            kind = read_removal(values["class"])
        except Refused as refused:
            errors["class"] = str(refused)
        try:
            if kind is not None:
                moved = moderation.invalidate(runtime, visit.actor, number, kind, request.form.get("reason", ""))
        except Refused as refused:
            errors["reason"] = str(refused)
        if errors:
            return page(visit, found, values, errors)
        return said(visit, number, "The signature is invalidated: it counts no longer.", moved=moved)

    @room.at("/c/<slug>/signatures/<int:number>/restore", Act.MODERATE, "POST")
    def restore(visit: Visit, number: int) -> ResponseReturnValue:
        story(visit, number)
        return said(visit, number, "The signature is restored.", moved=moderation.restore(runtime, visit.actor, number))

    @room.at("/c/<slug>/signatures/<int:number>/hide-comment", Act.MODERATE, "POST")
    def hide(visit: Visit, number: int) -> ResponseReturnValue:
        found, values = story(visit, number), typed("hide_reason")
        try:
            hidden = commenting.hide(runtime, visit.actor, visit.campaign.id, number, request.form.get("hide_reason", ""))
        except Refused as refused:
            return page(visit, found, values, {"hide_reason": str(refused)})
        return said(visit, number, "The comment is hidden.", moved=hidden)

    @room.at("/c/<slug>/signatures/<int:number>/show-comment", Act.MODERATE, "POST")
    def show_again(visit: Visit, number: int) -> ResponseReturnValue:
        story(visit, number)
        shown = commenting.show(runtime, visit.actor, visit.campaign.id, number)
        return said(visit, number, "The comment can be shown again.", moved=shown)

    @room.at("/c/<slug>/signatures/<int:number>/erase", Act.ERASE, "GET")
    def ask_to_erase(visit: Visit, number: int) -> ResponseReturnValue:
        return erase_page(story(visit, number).details, {}, {})

    @room.at("/c/<slug>/signatures/<int:number>/erase", Act.ERASE, "POST")
    def erase(visit: Visit, number: int) -> ResponseReturnValue:
        details = story(visit, number).details
        try:
            erased = erasing.erase(runtime, visit.actor, visit.campaign.id, number, request.form.get("reason", ""))
        except Refused as refused:
            return erase_page(details, typed("reason"), {"reason": str(refused)})
        return said(visit, number, "All that was personal in it is erased.", moved=erased)

    def story(visit: Visit, number: int) -> Story:
        """The story; of a signature of this campaign, or 404."""
        if number >= 2**63:
            abort(404)
        found = telling.tell(runtime, visit.campaign.id, number, addresses=visit.may(Act.READ_ADDRESSES))
        return found or abort(404)

    def said(visit: Visit, number: int, words: str, *, moved: bool) -> ResponseReturnValue:
        path = f"/desk/c/{visit.campaign.slug}/signatures/{number}"
        if not moved:
            return done(runtime.links, path, "Nothing was changed: somebody else was faster, or it has moved on.", "warn")
        return done(runtime.links, path, words)

    return room


def page(visit: Visit, story: Story, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    """The signature, with what was wrong with what was typed."""
    zone, details = visit.campaign.zone, story.details
    return show(
        "signature.html", 422 if errors else 200, signature=details, values=values, errors=errors, states=STATES,
        story=[(seconds(event.at, zone), told(event, details, zone)) for event in story.events],
        where=place(details.country, details.area), country=COUNTRIES.get(details.country, ""), removals=_REMOVALS,
        longest=LONGEST_REASON, ordinal_suffix=ordinal_suffix, when=lambda at: seconds(at, zone),
        addresses=visit.may(Act.READ_ADDRESSES),
        moderates=visit.may(Act.MODERATE), erases=visit.may(Act.ERASE),
    )  # fmt: skip


def erase_page(details: Details, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    """What erasing means, and the form for it."""
    return show("erase.html", 422 if errors else 200, signature=details, values=values, errors=errors, longest=LONGEST_REASON)


def typed(*names: str) -> dict[str, str]:
    """What was typed into some fields, as much as is shown again."""
    return {name: shown_again(request.form.get(name, "")) for name in names}

"""A campaign's page as it will look, for its team; the link that shows it to others; and copies of it."""

from flask.typing import ResponseReturnValue

from campaign import drafting
from campaign.domain.role import Act
from campaign.drafting import SlugTaken
from campaign.runtime import Runtime
from campaign.web.desk.furniture import done
from campaign.web.desk.gate import Desk, Gate, Visit
from campaign.web.preview import preview_page


def preview_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/c/<slug>/preview` and `/desk/c/<slug>/copy`."""
    room = gate.room("preview")

    @room.at("/c/<slug>/preview", Act.WATCH, "GET")
    def preview(visit: Visit) -> ResponseReturnValue:
        path = f"/desk/c/{visit.campaign.slug}"
        return preview_page(runtime, visit.campaign, path, desk=f"{path}/text" if visit.may(Act.EDIT) else f"{path}/")

    @room.at("/c/<slug>/preview/renew", Act.EDIT, "POST")
    def renew(visit: Visit) -> ResponseReturnValue:
        drafting.renew_key(runtime, visit.actor, visit.campaign.id)
        path = f"/desk/c/{visit.campaign.slug}/settings"
        return done(runtime.links, path, "There is a new preview link. The old one no longer works.")

    @room.at("/c/<slug>/copy", Act.WATCH, "POST")
    def copy(visit: Visit) -> ResponseReturnValue:
        try:
            made = drafting.copy(runtime, visit.actor, visit.campaign.id)
        except SlugTaken:
            return done(runtime.links, f"/desk/c/{visit.campaign.slug}/", "It could not be copied just now. Try again.", "warn")
        return done(runtime.links, f"/desk/c/{made.slug}/text", "This is the copy. Nobody sees it until you publish it.")

    return room

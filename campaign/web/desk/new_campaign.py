"""Beginning a campaign: the five things without which there is none, and then the rest at leisure."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import request
from flask.typing import ResponseReturnValue

from campaign import drafting
from campaign.domain.definition import Definition, Wrong, read_definition
from campaign.domain.role import Act
from campaign.domain.setup import DEFAULT_ZONE
from campaign.domain.slug import suggested
from campaign.domain.wall_clock import on_wall_clock
from campaign.drafting import SlugTaken
from campaign.runtime import Runtime
from campaign.web.desk.form_words import KINDS, printable, read_moment, sentences
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import Desk, Gate, Visit

FIELDS = ("title", "recipient_kind", "recipient", "ask", "closes_at", "slug")
_DAYS = 90
"""How long a campaign runs where nobody has chosen yet."""


def new_campaign_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/campaigns/new`."""
    room = gate.room("new_campaign")

    def form(values: Mapping[str, str], errors: Mapping[str, str], status: int) -> ResponseReturnValue:
        address = f"{runtime.settings.base_url}/c/"
        return show("new_campaign.html", status, values=printable(values), errors=errors, kinds=KINDS, address=address)

    @room.at("/campaigns/new", Act.OWN, "GET")
    def new(_visit: Visit) -> ResponseReturnValue:
        zone = ZoneInfo(DEFAULT_ZONE)
        evening = (runtime.now() + timedelta(days=_DAYS)).astimezone(zone).replace(hour=23, minute=59)
        return form({"recipient_kind": "other", "closes_at": on_wall_clock(evening, zone)}, {}, 200)

    @room.at("/campaigns/new", Act.OWN, "POST")
    def begin(visit: Visit) -> ResponseReturnValue:
        typed = {name: request.form.get(name, "").strip() for name in FIELDS}
        definition, errors = _read(typed, runtime.now(), lambda title: drafting.free_slug(runtime, suggested(title)))
        if definition is not None:
            try:
                standing = drafting.begin(runtime, visit.actor, definition)
            except SlugTaken:
                free = drafting.free_slug(runtime, definition.slug)
                errors = {"slug": f"Another campaign has the address {definition.slug}. This one is free: {free}."}
                typed["slug"] = free
            else:
                words = (
                    "The draft is stored. Nobody sees it until you publish it. Say more, add a picture, look at the preview."
                )
                return done(runtime.links, f"/desk/c/{standing.slug}/text", words)
        return form(typed, errors, 422)

    return room


def _read(typed: Mapping[str, str], now: datetime, suggest: Callable[[str], str]) -> tuple[Definition | None, dict[str, str]]:
    """The draft, or what is wrong with each field."""
    wrong: dict[str, str] = {}
    raw = {**typed, "closes_at": read_moment(typed, "closes_at", wrong), "slug": typed["slug"] or suggest(typed["title"])}
    try:
        definition = read_definition(raw, now)
    except Wrong as refused:
        return None, sentences({**refused.errors, **wrong}, FIELDS)
    return definition, {}

"""Invitations, as whoever is invited sees them: a page that says what they are invited to, and one button."""

from flask import redirect, request
from flask.typing import ResponseReturnValue

from campaign import teaming
from campaign.domain.names import read_name
from campaign.domain.refusal import Refused
from campaign.domain.role import Act
from campaign.runtime import Runtime
from campaign.web.desk.entry import here, known_by_link, let_in
from campaign.web.desk.furniture import show
from campaign.web.desk.gate import Desk, Gate, Visit
from campaign.web.desk.roles import WORDS
from campaign.web.desk.second_factor import ask_for_code

_LONGEST_SHOWN = 400


def invitation_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/invitation/<token>`."""
    room = gate.room("invitation")

    @room.at("/invitation/<token>", Act.ENTER, "GET")
    def look(_visit: Visit | None, token: str) -> ResponseReturnValue:
        return page(token)

    @room.at("/invitation/<token>", Act.ENTER, "POST")
    def accept(visit: Visit | None, token: str) -> ResponseReturnValue:
        found, name = teaming.look(runtime, token), ""
        if found is not None and not (found[1] and found[1].name):
            try:
                name = read_name(request.form.get("name", ""))
            except Refused as refused:
                return page(token, {"name": str(refused)})
        joined = None if found is None else teaming.accept(runtime, token, name, *here())
        if joined is None:
            # Pressed twice: the first press has let them in.
            return page(token) if visit is None else redirect("/desk/", 303)
        path = f"/desk/c/{joined.slug}/" if joined.slug else "/desk/"
        if not joined.cookie:
            return ask_for_code(runtime, joined.campaigner_id, path, "invitation")
        return let_in(runtime, joined.cookie, path, visit)

    def page(token: str, errors: dict[str, str] | None = None) -> ResponseReturnValue:
        found = teaming.look(runtime, token)
        if found is None:
            return known_by_link(show("invitation_over.html", 410))
        invitation, known = found
        response = show(
            "invitation.html", 422 if errors else 200, invitation=invitation, known=known, token=token, role_words=WORDS,
            values={"name": request.form.get("name", "")[:_LONGEST_SHOWN]}, errors=errors or {},
        )  # fmt: skip
        return known_by_link(response)

    return room

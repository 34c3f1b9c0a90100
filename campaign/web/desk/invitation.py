"""Invitations, as whoever is invited sees them: a page that says what they are invited to, and one button."""

from flask import redirect, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.signatures.names import read_name
from campaign.runtime import Runtime
from campaign.services.accounts import team
from campaign.web.desk.access import AccessControl, DeskBlueprint, DeskContext
from campaign.web.desk.role_labels import ROLE_LABELS
from campaign.web.desk.session import client_device_and_network, same_origin_referrer, start_session
from campaign.web.desk.sign_in_code import redirect_to_code
from campaign.web.desk.template_context import render_page

_MAX_ECHOED_CHARACTERS = 400


def invitation_room(runtime: Runtime, gate: AccessControl) -> DeskBlueprint:
    """`/desk/invitation/<token>`."""
    room = gate.blueprint("invitation")

    @room.protected_route("/invitation/<token>", Permission.SIGN_IN, "GET")
    def show_invitation(_context: DeskContext | None, token: str) -> ResponseReturnValue:
        return invitation_page(token)

    @room.protected_route("/invitation/<token>", Permission.SIGN_IN, "POST")
    def accept_invitation(context: DeskContext | None, token: str) -> ResponseReturnValue:
        found, name = team.get_acceptable_invitation(runtime, token), ""
        if found is not None and not (found[1] and found[1].name):
            try:
                name = read_name(request.form.get("name", ""))
            except InvalidInputError as refused:
                return invitation_page(token, {"name": str(refused)})
        joined = None if found is None else team.accept_invitation(runtime, token, name, *client_device_and_network())
        if joined is None:
            # Pressed twice: the first press has let them in.
            return invitation_page(token) if context is None else redirect("/desk/", 303)
        path = f"/desk/c/{joined.slug}/" if joined.slug else "/desk/"
        if not joined.cookie:
            return redirect_to_code(runtime, joined.campaigner_id, path, "invitation")
        return start_session(runtime, joined.cookie, path, context)

    def invitation_page(token: str, errors: dict[str, str] | None = None) -> ResponseReturnValue:
        found = team.get_acceptable_invitation(runtime, token)
        if found is None:
            return same_origin_referrer(render_page("invitation_expired.html", 410))
        invitation, known = found
        response = render_page(
            "invitation.html", 422 if errors else 200, invitation=invitation, known=known, token=token, role_labels=ROLE_LABELS,
            values={"name": request.form.get("name", "")[:_MAX_ECHOED_CHARACTERS]}, errors=errors or {},
        )  # fmt: skip
        return same_origin_referrer(response)

    return room

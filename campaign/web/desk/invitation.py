"""Invitation page for who is invited: what they are invited to, and one button."""

import structlog
from flask import redirect, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.signatures.names import read_name
from campaign.services.accounts import invitations
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.request_values import echoed_fields
from campaign.web.desk.role_labels import ROLE_LABELS
from campaign.web.desk.session import client_device, client_network, same_origin_referrer, start_session
from campaign.web.desk.sign_in_code import redirect_to_second_factor
from campaign.web.desk.template_context import render_page

log = structlog.get_logger(__name__)

blueprint = DeskBlueprint("invitation")


@blueprint.get("/desk/invitation/<token>")
@requires(Permission.SIGN_IN)
def show_invitation(_context: DeskContext | None, token: str) -> ResponseReturnValue:
    """Page behind an invitation's link, with the button that accepts it."""
    return _invitation_page(token)


@blueprint.post("/desk/invitation/<token>")
@requires(Permission.SIGN_IN)
def accept_invitation(context: DeskContext | None, token: str) -> ResponseReturnValue:
    """Form: accept an invitation and sign in."""
    found, name = invitations.get_acceptable_invitation(runtime(), token), ""
    if found is not None and not (found[1] and found[1].name):
        try:
            name = read_name(request.form.get("name", ""))
        except InvalidInputError as refused:
            return _invitation_page(token, {"name": refused.sentence})
    joined = None if found is None else invitations.accept_invitation(runtime(), token, name, client_device(), client_network())
    if joined is None:
        # Pressed twice: the first press has let them in.
        return _invitation_page(token) if context is None else redirect("/desk/", 303)
    path = f"/desk/c/{joined.slug}/" if joined.slug else "/desk/"
    if not joined.cookie:
        return redirect_to_second_factor(joined.campaigner_id, path, "invitation")
    return start_session(joined.cookie, path, context)


def _invitation_page(token: str, errors: dict[str, str] | None = None) -> ResponseReturnValue:
    found = invitations.get_acceptable_invitation(runtime(), token)
    if found is None:
        log.info("A link was refused: over, or used before", kind="invitation")
        return same_origin_referrer(render_page("invitation_expired.html", 410))
    invitation, known = found
    response = render_page(
        "invitation.html", 422 if errors else 200, invitation=invitation, known=known, token=token, role_labels=ROLE_LABELS,
        values=echoed_fields("name"), errors=errors or {},
    )  # fmt: skip
    return same_origin_referrer(response)

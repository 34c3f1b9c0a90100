"""Sign-in by a mailed link, and sign-out. Any address is answered alike; looking at a link changes nothing."""

import structlog
from flask import redirect, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.email_address import read_email_address
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.signatures.names import read_name
from campaign.services.accounts import login_links, sessions
from campaign.services.accounts.auth.rate_limits import TooManyAttemptsError
from campaign.services.accounts.login_links import AddressTakenError, FirstSignInDetails
from campaign.store.accounts.campaigners import Campaigner
from campaign.web.app_context import runtime
from campaign.web.cookies import delete_cookie
from campaign.web.desk.access import SESSION_COOKIE, DeskBlueprint, DeskContext, next_path_from_request, requires
from campaign.web.desk.request_values import echoed_fields
from campaign.web.desk.session import client_device, client_network, known_browser, same_origin_referrer, start_session
from campaign.web.desk.sign_in_code import redirect_to_second_factor
from campaign.web.desk.template_context import redirect_with_message, render_page
from campaign.web.language import localised_path

log = structlog.get_logger(__name__)

blueprint = DeskBlueprint("sign_in")


@blueprint.get("/desk/sign-in")
@requires(Permission.SIGN_IN)
def show_sign_in(context: DeskContext | None) -> ResponseReturnValue:
    """Page to sign in."""
    if context is not None:
        return redirect(next_path_from_request(), 303)
    return render_page("sign_in.html", values={}, errors={}, next=next_path_from_request(""))


@blueprint.post("/desk/sign-in")
@requires(Permission.SIGN_IN)
def request_login_link(_context: DeskContext | None) -> ResponseReturnValue:
    """Form: mail a login link; the same answer for every address."""
    wanted, typed = next_path_from_request(""), request.form.get("email", "")
    try:
        address = read_email_address(typed)
    except InvalidInputError as refused:
        values = echoed_fields("email")
        return render_page("sign_in.html", 422, values=values, errors={"email": refused.sentence}, next=wanted)
    try:
        login_links.request_login_link(runtime(), address, client_network(), wanted, known_browser=known_browser())
    except TooManyAttemptsError as refused:
        values = echoed_fields("email")
        return render_page("sign_in.html", 429, values=values, errors={"email": refused.sentence}, next=wanted)
    return redirect(localised_path("/desk/check-your-email"), 303)


@blueprint.get("/desk/check-your-email")
@requires(Permission.SIGN_IN)
def check_your_email(_context: DeskContext | None) -> ResponseReturnValue:
    """Page after requesting a login link."""
    return render_page("check_email.html", sender=runtime().settings.mail_from)


@blueprint.get("/desk/enter/<token>")
@requires(Permission.SIGN_IN)
def show_login_link(_context: DeskContext | None, token: str) -> ResponseReturnValue:
    """Page behind a login link, with the button that signs in."""
    campaigner = login_links.campaigner_of_link(runtime(), token)
    return _expired_link_page() if campaigner is None else _login_link_page(campaigner, token)


@blueprint.post("/desk/enter/<token>")
@requires(Permission.SIGN_IN)
def sign_in_by_link(context: DeskContext | None, token: str) -> ResponseReturnValue:
    """Form: sign in by a login link."""
    campaigner = login_links.campaigner_of_link(runtime(), token)
    if campaigner is not None:
        said, errors = _read_profile(campaigner)
        if said is None:
            return _login_link_page(campaigner, token, errors)
        try:
            entered = login_links.sign_in(runtime(), token, client_device(), client_network(), said)
        except AddressTakenError:
            return _login_link_page(campaigner, token, {"email": N_("There is a campaigner with this address already.")})
        if entered is not None and not entered.cookie:
            return redirect_to_second_factor(entered.campaigner_id, next_path_from_request(), "link")
        if entered is not None:
            return start_session(entered.cookie, next_path_from_request(), context)
    # Pressed twice: the first press has let them in.
    return _expired_link_page() if context is None else redirect(next_path_from_request(), 303)


@blueprint.post("/desk/sign-out")
@requires(Permission.SIGN_IN)
def sign_out(context: DeskContext | None) -> ResponseReturnValue:
    """Form: end the session."""
    if context is not None:
        sessions.sign_out(runtime(), context.actor, context.session)
    response = redirect_with_message("/desk/sign-in", "You are signed out.")
    delete_cookie(response, SESSION_COOKIE, path="/desk")
    return response


def _login_link_page(campaigner: Campaigner, token: str, errors: dict[str, str] | None = None) -> ResponseReturnValue:
    values = echoed_fields("name", "email")
    page = render_page(
        "login_link.html", 422 if errors else 200, campaigner=campaigner, token=token, values=values, errors=errors or {},
        next=next_path_from_request(""),
    )  # fmt: skip
    return same_origin_referrer(page)


def _expired_link_page() -> ResponseReturnValue:
    log.info("A link was refused: over, or used before", kind="sign-in")
    return same_origin_referrer(render_page("link_expired.html", 410, next=next_path_from_request("")))


def _read_profile(campaigner: Campaigner) -> tuple[FirstSignInDetails | None, dict[str, str]]:
    """What somebody says of themselves where they are asked; None, and what is wrong with each field, where it will not do."""
    errors: dict[str, str] = {}
    name, address = "", None
    if not campaigner.name:
        try:
            name = read_name(request.form.get("name", ""))
        except InvalidInputError as refused:
            errors["name"] = refused.sentence
    if not campaigner.email:
        try:
            address = read_email_address(request.form.get("email", ""))
        except InvalidInputError as refused:
            errors["email"] = refused.sentence
    return (None if errors else FirstSignInDetails(name, address)), errors

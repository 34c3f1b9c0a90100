"""Sign-in with a passkey or a password."""

from flask import Response, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.services.accounts.auth import passkeys, passwords
from campaign.services.accounts.auth.rate_limits import TooManyAttemptsError
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, next_path_from_request, requires
from campaign.web.desk.passkey_json import challenge_response, clear_challenge, credential_from_form
from campaign.web.desk.reauthentication import refusal_status
from campaign.web.desk.session import client_network, known_browser
from campaign.web.desk.sign_in_code import start_session_or_ask_second_factor
from campaign.web.desk.template_context import render_page
from campaign.web.translation import refusal_message

blueprint = DeskBlueprint("sign_in_methods")


# For the sign-in page, which offers these too.


def _sign_in_methods_page(status: int = 200, address: str = "", **errors: str) -> Response:
    return render_page(
        "sign_in_methods.html", status, next=next_path_from_request(), values={"address": address}, errors=errors
    )


@blueprint.get("/desk/sign-in/other")
@requires(Permission.SIGN_IN)
def show_sign_in_methods(_context: DeskContext | None) -> ResponseReturnValue:
    """Page to sign in by password or passkey."""
    return _sign_in_methods_page()


@blueprint.post("/desk/sign-in/password")
@requires(Permission.SIGN_IN)
def sign_in_by_password(context: DeskContext | None) -> ResponseReturnValue:
    """Form: sign in by password."""
    address = request.form.get("address", "")[:320]
    try:
        campaigner = passwords.verify_password(
            runtime(), address, request.form.get("password", ""), client_network(), known_browser=known_browser()
        )
    except InvalidInputError as refused:
        return _sign_in_methods_page(refusal_status(refused), address, password=refused.sentence)
    return start_session_or_ask_second_factor(campaigner, next_path_from_request(), "password", context)


@blueprint.post("/desk/sign-in/passkey.json")
@requires(Permission.SIGN_IN)
def sign_in_passkey_challenge(_context: DeskContext | None) -> ResponseReturnValue:
    """JSON: challenge for signing in by passkey."""
    try:
        return challenge_response(passkeys.begin_sign_in(runtime(), client_network()))
    except TooManyAttemptsError as refused:
        return {"error": refusal_message(refused)}, 429


@blueprint.post("/desk/sign-in/passkey")
@requires(Permission.SIGN_IN)
def sign_in_by_passkey(context: DeskContext | None) -> ResponseReturnValue:
    """Form: sign in by the passkey's answer."""
    try:
        campaigner = passkeys.finish_authentication(
            runtime(), passkeys.SIGN_IN_PURPOSE, credential_from_form(), client_network()
        )
    except InvalidInputError as refused:
        return clear_challenge(_sign_in_methods_page(refusal_status(refused), passkey=refused.sentence))
    return clear_challenge(
        start_session_or_ask_second_factor(campaigner, next_path_from_request(), "passkey", context, second_factor=True)
    )

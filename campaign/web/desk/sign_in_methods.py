"""Signing in otherwise than by a mailed link: with a passkey, or with a password."""

from flask import Response, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.runtime import Runtime
from campaign.services.accounts.auth import passkeys, passwords
from campaign.services.accounts.auth.passkey_challenges import site_relying_party
from campaign.services.accounts.auth.rate_limits import TooManyAttemptsError
from campaign.web.desk.access import AccessControl, DeskBlueprint, DeskContext, next_path_from_request
from campaign.web.desk.passkey_json import challenge_response, clear_challenge, credential_from_form
from campaign.web.desk.reauthentication import refusal_status
from campaign.web.desk.session import client_device_and_network
from campaign.web.desk.sign_in_code import start_session_or_ask_code
from campaign.web.desk.template_context import render_page


def other_ways_room(runtime: Runtime, gate: AccessControl) -> DeskBlueprint:
    """`GET /desk/sign-in/other`, and a `POST` for each way."""
    room = gate.blueprint("other_ways")
    https = runtime.settings.base_url.startswith("https:")
    # For the sign-in page, which offers these too.
    room.record_once(
        lambda state: state.app.jinja_env.globals.update(passkeys_available=site_relying_party(runtime).supports_passkeys)
    )

    def sign_in_methods_page(status: int = 200, address: str = "", **errors: str) -> Response:
        return render_page(
            "sign_in_methods.html", status, next=next_path_from_request(), values={"address": address}, errors=errors
        )

    @room.protected_route("/sign-in/other", Permission.SIGN_IN, "GET")
    def show_sign_in_methods(_context: DeskContext | None) -> ResponseReturnValue:
        return sign_in_methods_page()

    @room.protected_route("/sign-in/password", Permission.SIGN_IN, "POST")
    def sign_in_by_password(context: DeskContext | None) -> ResponseReturnValue:
        address = request.form.get("address", "")[:320]
        try:
            campaigner = passwords.verify_password(
                runtime, address, request.form.get("password", ""), client_device_and_network()[1]
            )
        except InvalidInputError as refused:
            return sign_in_methods_page(refusal_status(refused), address, password=str(refused))
        return start_session_or_ask_code(runtime, campaigner, next_path_from_request(), "password", context)

    @room.protected_route("/sign-in/passkey.json", Permission.SIGN_IN, "POST")
    def passkey_challenge(_context: DeskContext | None) -> ResponseReturnValue:
        try:
            return challenge_response(passkeys.begin_sign_in(runtime, client_device_and_network()[1]), https=https)
        except TooManyAttemptsError as refused:
            return {"error": str(refused)}, 429

    @room.protected_route("/sign-in/passkey", Permission.SIGN_IN, "POST")
    def sign_in_by_passkey(context: DeskContext | None) -> ResponseReturnValue:
        try:
            campaigner = passkeys.finish_authentication(
                runtime, passkeys.SIGN_IN_PURPOSE, credential_from_form(), client_device_and_network()[1]
            )
        except InvalidInputError as refused:
            return clear_challenge(sign_in_methods_page(refusal_status(refused), passkey=str(refused)))
        return clear_challenge(
            start_session_or_ask_code(runtime, campaigner, next_path_from_request(), "passkey", context, second_factor=True)
        )

    return room

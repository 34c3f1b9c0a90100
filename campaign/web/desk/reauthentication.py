"""Proving again who one is, before what must not be done by whoever finds an open laptop."""

from urllib.parse import urlencode

from flask import Response, abort, redirect, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.email_address import read_email_address
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.runtime import Runtime
from campaign.services.accounts import login_links
from campaign.services.accounts.auth import passkeys, passwords, totp
from campaign.services.accounts.auth.methods import ConfirmMethods, confirm_methods
from campaign.services.accounts.auth.rate_limits import TooManyAttemptsError
from campaign.store.redis import sessions
from campaign.web.desk.access import AccessControl, DeskBlueprint, DeskContext, next_path_from_request
from campaign.web.desk.passkey_json import challenge_response, clear_challenge, credential_from_form
from campaign.web.desk.session import client_device_and_network
from campaign.web.desk.template_context import redirect_with_message, render_page


def confirm_room(runtime: Runtime, gate: AccessControl) -> DeskBlueprint:
    """`GET /desk/confirm?next=…`, and a `POST` for each way there is."""
    room = gate.blueprint("confirm")
    https = runtime.settings.base_url.startswith("https:")

    def confirm_page(context: DeskContext, status: int = 200, **errors: str) -> Response:
        wanted = next_path_from_request()
        return render_page(
            "reauthentication.html",
            status,
            ways=confirm_methods(runtime, context.campaigner, wanted),
            next=wanted,
            errors=errors,
        )

    def available_methods(context: DeskContext) -> ConfirmMethods:
        return confirm_methods(runtime, context.campaigner, next_path_from_request())

    def confirmed(context: DeskContext, *, second_factor: bool) -> Response:
        now = runtime.now()
        runtime.call_redis(lambda redis: sessions.confirm_session(redis, context.session, now, second_factor=second_factor))
        return redirect(next_path_from_request(), 303)  # type: ignore[return-value]

    @room.protected_route("/confirm", Permission.OWN_ACCOUNT, "GET")
    def show_confirm(context: DeskContext) -> ResponseReturnValue:
        return confirm_page(context)

    @room.protected_route("/confirm/password", Permission.OWN_ACCOUNT, "POST")
    def confirm_by_password(context: DeskContext) -> ResponseReturnValue:
        if not available_methods(context).password:
            return confirm_page(context, 422)
        try:
            passwords.confirm_password(
                runtime, context.campaigner, request.form.get("password", ""), client_device_and_network()[1]
            )
        except InvalidInputError as refused:
            return confirm_page(context, refusal_status(refused), password=password_error(refused))
        return confirmed(context, second_factor=False)

    @room.protected_route("/confirm/code", Permission.OWN_ACCOUNT, "POST")
    def confirm_by_code(context: DeskContext) -> ResponseReturnValue:
        try:
            totp.verify_code(runtime, context.campaigner.id, context.actor, request.form.get("code", ""))
        except InvalidInputError as refused:
            return confirm_page(context, refusal_status(refused), code=str(refused))
        return confirmed(context, second_factor=True)

    @room.protected_route("/confirm/passkey.json", Permission.OWN_ACCOUNT, "POST")
    def passkey_challenge(context: DeskContext) -> ResponseReturnValue:
        return challenge_response(
            passkeys.begin_authentication(runtime, passkeys.confirm_purpose(context.campaigner.id), context.campaigner.id),
            https=https,
        )

    @room.protected_route("/confirm/passkey", Permission.OWN_ACCOUNT, "POST")
    def confirm_by_passkey(context: DeskContext) -> ResponseReturnValue:
        try:
            owner = passkeys.finish_authentication(
                runtime, passkeys.confirm_purpose(context.campaigner.id), credential_from_form(), client_device_and_network()[1]
            )
        except InvalidInputError as refused:
            return clear_challenge(confirm_page(context, 422, passkey=str(refused)))
        if owner.id != context.campaigner.id:
            return clear_challenge(confirm_page(context, 422, passkey="That passkey is another campaigner’s."))
        return clear_challenge(confirmed(context, second_factor=True))

    @room.protected_route("/confirm/mail", Permission.OWN_ACCOUNT, "POST")
    def confirm_by_link(context: DeskContext) -> ResponseReturnValue:
        if not available_methods(context).mail:
            return confirm_page(context, 422)
        wanted = next_path_from_request()
        back = f"/desk/confirm?{urlencode({'next': wanted})}"
        if not login_links.request_login_link(
            runtime, read_email_address(context.campaigner.email), client_device_and_network()[1], wanted
        ):
            return redirect_with_message(
                runtime.tokens, back, "Too many links were asked for. Use the newest mail, or wait a little.", "warn"
            )
        return redirect_with_message(
            runtime.tokens, back, "We have mailed you a link. Open it in this browser: it leads on from here."
        )

    return room


def require_recent_authentication(runtime: Runtime, context: DeskContext, return_path: str) -> None:
    """Go on only for who has just proved who they are, and by their second factor where they have one; ask others to.

    `back` is the page they come back to. A new proof is a new way in: whoever adds one must be who they say they are.
    """
    twice = context.session.second_factor or not context.campaigner.has_second_factor
    if not (twice and context.session.is_recently_confirmed(runtime.now())):
        abort(redirect(f"/desk/confirm?{urlencode({'next': return_path})}", 303))


def refusal_status(refused: InvalidInputError) -> int:
    """The status of a page that says why something was refused."""
    return 429 if isinstance(refused, TooManyAttemptsError) else 422


def password_error(refused: InvalidInputError) -> str:
    """Why a password was refused, where no address was typed with it."""
    return "That password is not right." if str(refused) == passwords.WRONG_PASSWORD else str(refused)

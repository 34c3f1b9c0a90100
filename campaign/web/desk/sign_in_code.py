"""Second step of signing in: a campaigner with a second factor is asked for it after a mailed link and after a password."""

from urllib.parse import urlencode

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.services.accounts import pending_logins, sessions
from campaign.services.accounts.auth.methods import confirm_methods
from campaign.store.accounts.campaigners import Campaigner
from campaign.web.app_context import runtime
from campaign.web.cookies import delete_cookie, get_cookie, set_cookie
from campaign.web.desk.access import DeskBlueprint, DeskContext, next_path_from_request, requires
from campaign.web.desk.reauthentication import refusal_status
from campaign.web.desk.session import client_device, client_network, start_session
from campaign.web.desk.template_context import render_page

_PENDING_LOGIN_COOKIE = "cs_pending_login"
_COOKIE_PATH = "/desk/sign-in"

blueprint = DeskBlueprint("sign_in_code")


@blueprint.get("/desk/sign-in/code")
@requires(Permission.SIGN_IN)
def show_code_form(_context: DeskContext | None) -> ResponseReturnValue:
    """Page that asks for a passkey, or for a code."""
    return _second_factor_page()


@blueprint.post("/desk/sign-in/code")
@requires(Permission.SIGN_IN)
def sign_in_by_code(context: DeskContext | None) -> ResponseReturnValue:
    """Session for who gave the first proof and the right code."""
    cookie, code = get_cookie(_PENDING_LOGIN_COOKIE), request.form.get("code", "")
    try:
        login = pending_logins.complete_login(runtime(), cookie, code, client_device(), client_network())
    except InvalidInputError as refused:
        return _second_factor_page(refusal_status(refused), code=refused.sentence)
    if login is None:
        return _redirect_to_sign_in()
    response = start_session(login.cookie, login.next_path, context)
    delete_cookie(response, _PENDING_LOGIN_COOKIE, path=_COOKIE_PATH)
    return response


def start_session_or_ask_second_factor(
    campaigner: Campaigner, next_path: str, method: str, previous: DeskContext | None, *, second_factor: bool = False
) -> Response:
    """Response to a first proof: a new session and the page that was wanted, or the page for the second factor.

    `method` is the proof (link, password, passkey), for the audit trail; `previous`, who was signed in in this browser;
    `second_factor`, whether the proof is two in one. Raises RedisUnavailableError.
    """
    if campaigner.has_second_factor and not second_factor:
        return redirect_to_second_factor(campaigner.id, next_path, method)
    cookie = sessions.sign_in(
        runtime(), campaigner, method, client_device(), client_network(), second_factor=second_factor
    )  # fmt: skip
    return start_session(cookie, next_path, previous)


def redirect_to_second_factor(campaigner_id: int, next_path: str, method: str) -> Response:
    """Redirect to the page for the second factor, with the cookie of the pending login."""
    cookie = pending_logins.begin_pending_login(runtime(), campaigner_id, next_path, method)
    response: Response = redirect(f"/desk/sign-in/code?{urlencode({'next': next_path})}", 303)  # type: ignore[assignment]
    seconds = pending_logins.PENDING_LOGIN_LIFETIME_SECONDS
    set_cookie(response, _PENDING_LOGIN_COOKIE, cookie, seconds=seconds, path=_COOKIE_PATH)
    return response


def _second_factor_page(status: int = 200, **errors: str) -> Response:
    campaigner = pending_logins.pending_campaigner(runtime(), get_cookie(_PENDING_LOGIN_COOKIE))
    if campaigner is None:
        return _redirect_to_sign_in()
    ways = confirm_methods(runtime(), campaigner)
    return render_page(
        "sign_in_code.html", status, campaigner=campaigner, ways=ways, next=next_path_from_request(""), errors=errors
    )


def _redirect_to_sign_in() -> Response:
    return redirect(f"/desk/sign-in?{urlencode({'next': next_path_from_request()})}", 303)  # type: ignore[return-value]

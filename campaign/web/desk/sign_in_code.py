"""Between a first proof and the session: whoever has a code app is asked for a code, in whatever way they came."""

from urllib.parse import urlencode

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.actor import Actor
from campaign.domain.accounts.role import Permission
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.runtime import Runtime
from campaign.services.accounts.auth import totp
from campaign.store.accounts import audit_log, campaigners
from campaign.store.accounts.campaigners import Campaigner
from campaign.store.redis import pending_logins
from campaign.store.redis.pending_logins import PendingLogin
from campaign.web.desk.access import AccessControl, DeskBlueprint, DeskContext, next_path_from_request
from campaign.web.desk.reauthentication import refusal_status
from campaign.web.desk.session import client_device_and_network, start_session
from campaign.web.desk.template_context import render_page

_PENDING_LOGIN_COOKIE = "cs_pending_login"


def start_session_or_ask_code(
    runtime: Runtime,
    campaigner: Campaigner,
    destination: str,
    method: str,
    previous: DeskContext | None,
    *,
    second_factor: bool = False,
) -> Response:
    """The answer to who has given a first proof: a new session and the page they wanted, or the question for a code.

    `by` is what they came by (link, password, passkey), for the audit trail; `before`, who was signed in in this browser;
    `second_factor`, whether what they came by is two proofs in one. Raises RedisUnavailable.
    """
    if campaigner.has_totp and not second_factor:
        return redirect_to_code(runtime, campaigner.id, destination, method)
    return _start_session(runtime, campaigner, destination, method, previous, second_factor=second_factor)


def redirect_to_code(runtime: Runtime, campaigner_id: int, destination: str, method: str) -> Response:
    """Lead a browser from which somebody with a code app gave their first proof to where it is asked for a code."""
    cookie = runtime.random_token()
    runtime.call_redis(
        lambda redis: pending_logins.store_pending_login(redis, cookie, PendingLogin(campaigner_id, destination, method))
    )
    response = redirect(f"/desk/sign-in/code?{urlencode({'next': destination})}", 303)
    response.set_cookie(
        _PENDING_LOGIN_COOKIE, cookie, max_age=pending_logins.PENDING_LOGIN_LIFETIME_SECONDS, path="/desk/sign-in",
        secure=runtime.settings.base_url.startswith("https:"), httponly=True, samesite="Lax",
    )  # fmt: skip
    return response  # type: ignore[return-value]


def second_factor_room(runtime: Runtime, gate: AccessControl) -> DeskBlueprint:
    """`GET` and `POST /desk/sign-in/code`."""
    room = gate.blueprint("second_factor")

    @room.protected_route("/sign-in/code", Permission.SIGN_IN, "GET")
    def show_code_form(_context: DeskContext | None) -> ResponseReturnValue:
        cookie = request.cookies.get(_PENDING_LOGIN_COOKIE, "")
        if not cookie or runtime.call_redis(lambda redis: pending_logins.get_pending_login(redis, cookie)) is None:
            return _redirect_to_sign_in()
        return render_page("sign_in_code.html", errors={})

    @room.protected_route("/sign-in/code", Permission.SIGN_IN, "POST")
    def enter_code(context: DeskContext | None) -> ResponseReturnValue:
        cookie = request.cookies.get(_PENDING_LOGIN_COOKIE, "")
        half = runtime.call_redis(lambda redis: pending_logins.count_attempt(redis, cookie)) if cookie else None
        if half is None:
            return _redirect_to_sign_in()
        with runtime.reading() as connection:
            campaigner = campaigners.get_by_id(connection, half.campaigner_id)
        if campaigner is None or campaigner.disabled_at is not None:
            return _redirect_to_sign_in()
        try:
            totp.verify_code(runtime, campaigner.id, _actor(campaigner), request.form.get("code", ""))
        except InvalidInputError as refused:
            return render_page("sign_in_code.html", refusal_status(refused), errors={"code": str(refused)})
        if not runtime.call_redis(lambda redis: pending_logins.end_pending_login(redis, cookie)):
            return _redirect_to_sign_in()
        response = _start_session(runtime, campaigner, half.next_path, half.method, context, second_factor=True)
        response.delete_cookie(_PENDING_LOGIN_COOKIE, path="/desk/sign-in")
        return response

    return room


def _start_session(
    runtime: Runtime,
    campaigner: Campaigner,
    destination: str,
    method: str,
    previous: DeskContext | None,
    *,
    second_factor: bool,
) -> Response:
    device, _ = client_device_and_network()
    with runtime.transaction() as connection:
        became = {"by": method, "device": device, "second factor": second_factor}
        audit_log.record(connection, _actor(campaigner), "sign in", runtime.now(), after=became)
        cookie = runtime.start_session(campaigner.id, device, second_factor=second_factor)
    return start_session(runtime, cookie, destination, previous)


def _actor(campaigner: Campaigner) -> Actor:
    return Actor(campaigner.name or "a campaigner", campaigner.id, client_device_and_network()[1])


def _redirect_to_sign_in() -> Response:
    return redirect(f"/desk/sign-in?{urlencode({'next': next_path_from_request()})}", 303)  # type: ignore[return-value]

"""Reauthentication: a new proof before what a finder of an open laptop must not be able to do."""

from urllib.parse import urlencode

from flask import Response, abort, redirect, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.email_address import read_email_address
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.services.accounts import login_links, sessions
from campaign.services.accounts.auth import passkeys, passwords, totp
from campaign.services.accounts.auth.methods import ConfirmMethods, confirm_methods
from campaign.services.accounts.auth.rate_limits import TooManyAttemptsError
from campaign.web.app_context import runtime
from campaign.web.desk.access import (
    DeskBlueprint,
    DeskContext,
    authentication_required,
    next_path_from_request,
    requires,
)
from campaign.web.desk.passkey_json import challenge_response, clear_challenge, credential_from_form
from campaign.web.desk.resend import resend_form
from campaign.web.desk.session import client_network
from campaign.web.desk.template_context import redirect_with_message, render_page

blueprint = DeskBlueprint("reauthentication")


def _confirm_page(context: DeskContext, status: int = 200, **errors: str) -> Response:
    return render_page(
        "reauthentication.html", status, ways=_available_methods(context), next=next_path_from_request(), errors=errors
    )


def _available_methods(context: DeskContext) -> ConfirmMethods:
    return confirm_methods(runtime(), context.campaigner)


def _confirmed(context: DeskContext, *, second_factor: bool) -> Response:
    sessions.confirm_session(runtime(), context.session, second_factor=second_factor)
    return redirect(next_path_from_request(), 303)  # type: ignore[return-value]


@blueprint.get("/desk/confirm")
@requires(Permission.OWN_ACCOUNT, one_factor=True)
def show_confirm(context: DeskContext) -> ResponseReturnValue:
    """Page that asks to confirm who one is, before a sensitive change."""
    return _confirm_page(context)


@blueprint.get("/desk/done")
@requires(Permission.OWN_ACCOUNT, one_factor=True)
def show_done(_context: DeskContext) -> ResponseReturnValue:
    return render_page("proof_done.html")


@blueprint.post("/desk/confirm/password")
@requires(Permission.OWN_ACCOUNT, one_factor=True)
def confirm_by_password(context: DeskContext) -> ResponseReturnValue:
    """Form: confirm by password."""
    if not _available_methods(context).password:
        return _confirm_page(context, 422)
    try:
        passwords.confirm_password(runtime(), context.campaigner, request.form.get("password", ""), client_network())
    except InvalidInputError as refused:
        return _confirm_page(context, refusal_status(refused), password=password_error(refused))
    return _confirmed(context, second_factor=False)


@blueprint.post("/desk/confirm/code")
@requires(Permission.OWN_ACCOUNT, one_factor=True)
def confirm_by_code(context: DeskContext) -> ResponseReturnValue:
    """Form: confirm by a code of one's app, or a recovery code."""
    try:
        totp.verify_code(runtime(), context.campaigner.id, context.actor, request.form.get("code", ""))
    except InvalidInputError as refused:
        return _confirm_page(context, refusal_status(refused), code=refused.sentence)
    return _confirmed(context, second_factor=True)


@blueprint.post("/desk/confirm/passkey.json")
@requires(Permission.OWN_ACCOUNT, one_factor=True)
def confirm_passkey_challenge(context: DeskContext) -> ResponseReturnValue:
    """JSON: challenge for confirming by passkey."""
    return challenge_response(
        passkeys.begin_authentication(runtime(), passkeys.confirm_purpose(context.campaigner.id), context.campaigner.id)
    )


@blueprint.post("/desk/confirm/passkey")
@requires(Permission.OWN_ACCOUNT, one_factor=True)
def confirm_by_passkey(context: DeskContext) -> ResponseReturnValue:
    """Form: confirm by the passkey's answer."""
    try:
        owner = passkeys.finish_authentication(
            runtime(), passkeys.confirm_purpose(context.campaigner.id), credential_from_form(), client_network()
        )
    except InvalidInputError as refused:
        return clear_challenge(_confirm_page(context, 422, passkey=refused.sentence))
    if owner.id != context.campaigner.id:
        return clear_challenge(_confirm_page(context, 422, passkey=N_("That passkey is another campaigner’s.")))
    return clear_challenge(_confirmed(context, second_factor=True))


@blueprint.post("/desk/confirm/mail")
@requires(Permission.OWN_ACCOUNT, one_factor=True)
def confirm_by_link(context: DeskContext) -> ResponseReturnValue:
    """Form: mail a link to confirm by."""
    if not _available_methods(context).mail:
        return _confirm_page(context, 422)
    wanted = next_path_from_request()
    back = f"/desk/confirm?{urlencode({'next': wanted})}"
    try:
        address = read_email_address(context.campaigner.email)
        asked = login_links.request_login_link(
            runtime(), address, client_network(), wanted, known_browser=f"session {context.session.id}"
        )
    except TooManyAttemptsError:
        asked = False
    if not asked:
        return redirect_with_message(back, "Too many links were asked for. Use the newest mail, or wait a little.", "warn")
    return redirect_with_message(back, "We have mailed you a link. Open it in this browser: it leads on from here.")


def require_recent_authentication(context: DeskContext, return_path: str) -> None:
    """Abort with a redirect to reauthentication, unless the session was confirmed a moment ago, and by a second factor where
    the campaigner has one.

    `return_path` is the page it leads back to. A sign-in method that is added is a new way in, so it needs a recent proof.
    """
    fully_confirmed = context.session.second_factor or not context.campaigner.has_second_factor
    if not (fully_confirmed and context.session.is_recently_confirmed(runtime().now())):
        form = resend_form()
        if form is not None and form.has_words:
            abort(authentication_required("/desk/confirm"))
        abort(redirect(f"/desk/confirm?{urlencode({'next': return_path})}", 303))


def refusal_status(refused: InvalidInputError) -> int:
    """Status of a page that says why something was refused: 429 or 422."""
    return 429 if isinstance(refused, TooManyAttemptsError) else 422


def password_error(refused: InvalidInputError) -> str:
    """Message for a refused password, where no address was typed with it."""
    return N_("That password is not right.") if refused.message == passwords.WRONG_PASSWORD else refused.sentence

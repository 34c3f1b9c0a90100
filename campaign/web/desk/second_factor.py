"""Second factor of an account: an authenticator app, and recovery codes for the day it is lost."""

from flask import Response, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from campaign.config import site_name
from campaign.domain.accounts.role import Permission
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.rendering.qr import qr_svg
from campaign.services.accounts import sessions
from campaign.services.accounts.auth import totp
from campaign.services.accounts.auth.operator_factor import second_factor_due
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.reauthentication import refusal_status, require_recent_authentication
from campaign.web.desk.site_labels import SITE_TIME_ZONE
from campaign.web.desk.template_context import redirect_with_message, render_page
from campaign.web.translation import gettext

_SECOND_FACTOR_PATH = "/desk/account/second-factor"

blueprint = DeskBlueprint("second_factor")


def _second_factor_page(context: DeskContext, status: int = 200, sealed: str = "", **errors: str) -> Response:
    if context.campaigner.has_totp:
        left = totp.recovery_codes_left(runtime(), context.campaigner.id)
        return render_page("second_factor.html", status, left=left, due=None, errors=errors)
    app = totp.begin_totp_setup(runtime(), context.campaigner, site_name(runtime().settings), sealed)
    drawing = Markup(qr_svg(app.otpauth_uri, gettext("QR code for your app; the same is below in letters")).decode())  # noqa: S704 - our own
    left = totp.recovery_codes_left(runtime(), context.campaigner.id)
    due = second_factor_due(runtime(), context.campaigner)
    return render_page(
        "second_factor.html", status, app=app, drawing=drawing, left=left, errors=errors, due=due,
        overdue=due is not None and runtime().now() >= due, day=lambda at: localised.day(at, SITE_TIME_ZONE),
    )  # fmt: skip


@blueprint.get("/desk/account/second-factor")
@requires(Permission.OWN_ACCOUNT, one_factor=True)
def show_second_factor(context: DeskContext) -> ResponseReturnValue:
    """Page with the QR code of a new code app, or of the one that is on."""
    require_recent_authentication(context, _SECOND_FACTOR_PATH)
    return _second_factor_page(context)


@blueprint.post("/desk/account/second-factor")
@requires(Permission.OWN_ACCOUNT, one_factor=True)
def enable_second_factor(context: DeskContext) -> ResponseReturnValue:
    """Form: turn the code app on by its first code; shows the recovery codes once."""
    require_recent_authentication(context, _SECOND_FACTOR_PATH)
    sealed = request.form.get("sealed", "")
    try:
        made = totp.enable_totp(
            runtime(),
            context.campaigner,
            context.actor,
            sealed,
            request.form.get("code", ""),
            keep_session=context.session.id,
        )
    except InvalidInputError as refused:
        return _second_factor_page(context, refusal_status(refused), sealed, code=refused.sentence)
    sessions.confirm_session(runtime(), context.session, second_factor=True)
    return render_page("recovery_codes.html", codes=made, added="app")


@blueprint.post("/desk/account/second-factor/off")
@requires(Permission.OWN_ACCOUNT, one_factor=True)
def disable_second_factor(context: DeskContext) -> ResponseReturnValue:
    """Form: turn the code app off."""
    require_recent_authentication(context, _SECOND_FACTOR_PATH)
    if not totp.disable_totp(runtime(), context.campaigner.id, context.actor, keep_session=context.session.id):
        return redirect_with_message(_SECOND_FACTOR_PATH, "No app is set up.", "warn")
    return redirect_with_message(_SECOND_FACTOR_PATH, "No code is asked for any more. Your other browsers are signed out.")


@blueprint.post("/desk/account/second-factor/recovery-codes")
@requires(Permission.OWN_ACCOUNT, one_factor=True)
def new_recovery_codes(context: DeskContext) -> ResponseReturnValue:
    """Form: replace the recovery codes; shows them once."""
    require_recent_authentication(context, _SECOND_FACTOR_PATH)
    if not context.campaigner.has_second_factor:
        return redirect_with_message(_SECOND_FACTOR_PATH, "Set up an app or a passkey first.", "warn")
    made = totp.renew_recovery_codes(runtime(), context.campaigner, context.actor, keep_session=context.session.id)
    return render_page("recovery_codes.html", codes=made, added="")

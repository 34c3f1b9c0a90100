"""Password of an account, for those who want one."""

from flask import Response, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.password import MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH
from campaign.domain.accounts.role import Permission
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.services.accounts.auth import passwords
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.reauthentication import require_recent_authentication
from campaign.web.desk.template_context import redirect_with_message, render_page

_PASSWORD_PATH = "/desk/account/password"  # noqa: S105 - a path

blueprint = DeskBlueprint("password")


def _password_page(status: int = 200, **errors: str) -> Response:
    return render_page("password.html", status, errors=errors, shortest=MIN_PASSWORD_LENGTH, longest=MAX_PASSWORD_LENGTH)


@blueprint.get("/desk/account/password")
@requires(Permission.OWN_ACCOUNT)
def show_password_form(context: DeskContext) -> ResponseReturnValue:
    """Page with the form for a password."""
    require_recent_authentication(context, _PASSWORD_PATH)
    return _password_page()


@blueprint.post("/desk/account/password")
@requires(Permission.OWN_ACCOUNT)
def set_password(context: DeskContext) -> ResponseReturnValue:
    """Form: set or change one's own password."""
    require_recent_authentication(context, _PASSWORD_PATH)
    try:
        passwords.set_password(
            runtime(), context.campaigner, context.actor, request.form.get("password", ""), keep_session=context.session.id
        )  # fmt: skip
    except InvalidInputError as refused:
        return _password_page(422, password=refused.sentence)
    return redirect_with_message(_PASSWORD_PATH, "The password is set. Your other browsers are signed out.")


@blueprint.post("/desk/account/password/remove")
@requires(Permission.OWN_ACCOUNT)
def remove_password(context: DeskContext) -> ResponseReturnValue:
    """Form: remove one's own password."""
    require_recent_authentication(context, _PASSWORD_PATH)
    if not passwords.remove_password(runtime(), context.campaigner.id, context.actor, keep_session=context.session.id):
        return redirect_with_message(_PASSWORD_PATH, "You have no password.", "warn")
    return redirect_with_message(_PASSWORD_PATH, "The password is removed. Your other browsers are signed out.")

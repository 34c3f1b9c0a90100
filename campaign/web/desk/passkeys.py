"""Passkeys of an account: the list, adding, renaming, removing."""

from flask import Response, request
from flask.typing import ResponseReturnValue

from campaign.config import site_name
from campaign.domain.accounts.role import Permission
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.services.accounts import sessions
from campaign.services.accounts.auth import passkeys
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.passkey_json import challenge_response, clear_challenge, credential_from_form
from campaign.web.desk.reauthentication import require_recent_authentication
from campaign.web.desk.site_labels import SITE_TIME_ZONE
from campaign.web.desk.template_context import redirect_with_message, render_page

_PASSKEYS_PATH = "/desk/account/passkeys"

blueprint = DeskBlueprint("passkeys")


def _passkeys_page(context: DeskContext, status: int = 200, **errors: str) -> Response:
    mine = passkeys.list_passkeys(runtime(), context.campaigner.id)
    return render_page(
        "passkeys.html", status, passkeys=mine, full=len(mine) >= passkeys.MAX_PASSKEYS, errors=errors,
        values={"name": request.form.get("name") or context.session.device}, longest_name=passkeys.MAX_NAME_CHARACTERS,
        moment=lambda at: localised.moment(at, SITE_TIME_ZONE),
    )  # fmt: skip


@blueprint.get("/desk/account/passkeys")
@requires(Permission.OWN_ACCOUNT, one_factor=True)
def list_passkeys(context: DeskContext) -> ResponseReturnValue:
    """Page of one's own passkeys."""
    require_recent_authentication(context, _PASSKEYS_PATH)
    return _passkeys_page(context)


@blueprint.post("/desk/account/passkeys/new.json")
@requires(Permission.OWN_ACCOUNT, one_factor=True)
def new_passkey_challenge(context: DeskContext) -> ResponseReturnValue:
    """JSON: challenge for registering a passkey."""
    require_recent_authentication(context, _PASSKEYS_PATH)
    return challenge_response(passkeys.begin_registration(runtime(), context.campaigner, site_name(runtime().settings)))


@blueprint.post("/desk/account/passkeys")
@requires(Permission.OWN_ACCOUNT, one_factor=True)
def add_passkey(context: DeskContext) -> ResponseReturnValue:
    """Form: register the passkey a browser has made."""
    require_recent_authentication(context, _PASSKEYS_PATH)
    name = request.form.get("name") or context.session.device
    try:
        codes = passkeys.finish_registration(
            runtime(), context.campaigner, context.actor, name, credential_from_form(), keep_session=context.session.id
        )
    except InvalidInputError as refused:
        return clear_challenge(_passkeys_page(context, 422, new=refused.sentence))
    # They have just unlocked it.
    sessions.confirm_session(runtime(), context.session, second_factor=True)
    if codes:
        return clear_challenge(render_page("recovery_codes.html", codes=codes, added="passkey"))
    return clear_challenge(redirect_with_message(_PASSKEYS_PATH, "The passkey is added. Your other browsers are signed out."))


@blueprint.post("/desk/account/passkeys/<int:number>/name")
@requires(Permission.OWN_ACCOUNT, one_factor=True)
def rename_passkey(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: rename a passkey."""
    require_recent_authentication(context, _PASSKEYS_PATH)
    try:
        renamed = passkeys.rename_passkey(runtime(), context.campaigner.id, context.actor, number, request.form.get("name", ""))
    except InvalidInputError as refused:
        return _passkeys_page(context, 422, **{f"name-{number}": refused.sentence})
    return redirect_with_message(_PASSKEYS_PATH, "The passkey has its new name.") if renamed else _already_removed()


@blueprint.post("/desk/account/passkeys/<int:number>/remove")
@requires(Permission.OWN_ACCOUNT, one_factor=True)
def remove_passkey(context: DeskContext, number: int) -> ResponseReturnValue:
    """Form: remove a passkey."""
    require_recent_authentication(context, _PASSKEYS_PATH)
    if not passkeys.remove_passkey(runtime(), context.campaigner.id, context.actor, number, keep_session=context.session.id):
        return _already_removed()
    return redirect_with_message(_PASSKEYS_PATH, "The passkey is removed. Your other browsers are signed out.")


def _already_removed() -> Response:
    return redirect_with_message(_PASSKEYS_PATH, "You have removed that passkey before.", "warn")

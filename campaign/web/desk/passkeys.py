"""One's own passkeys: the list, adding, renaming, removing."""

from zoneinfo import ZoneInfo

from flask import Response, request
from flask.typing import ResponseReturnValue

from campaign.config import site_name
from campaign.domain.accounts.role import Permission
from campaign.domain.common import formatting
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.runtime import Runtime
from campaign.services.accounts.auth import passkeys
from campaign.store.redis import sessions
from campaign.web.desk.access import AccessControl, DeskBlueprint, DeskContext
from campaign.web.desk.passkey_json import challenge_response, clear_challenge, credential_from_form
from campaign.web.desk.reauthentication import require_recent_authentication
from campaign.web.desk.template_context import redirect_with_message, render_page

_PASSKEYS_PATH = "/desk/account/passkeys"
_SITE_TIME_ZONE = ZoneInfo("Europe/London")


def passkeys_room(runtime: Runtime, gate: AccessControl) -> DeskBlueprint:
    """`/desk/account/passkeys`."""
    room = gate.blueprint("passkeys")
    https = runtime.settings.base_url.startswith("https:")

    def passkeys_page(context: DeskContext, status: int = 200, **errors: str) -> Response:
        mine = passkeys.list_passkeys(runtime, context.campaigner.id)
        return render_page(
            "passkeys.html", status, passkeys=mine, full=len(mine) >= passkeys.MAX_PASSKEYS, errors=errors,
            values={"name": request.form.get("name") or context.session.device}, longest_name=passkeys.MAX_NAME_CHARACTERS,
            moment=lambda at: formatting.format_moment(at, _SITE_TIME_ZONE),
        )  # fmt: skip

    @room.protected_route("/account/passkeys", Permission.OWN_ACCOUNT, "GET")
    def list_passkeys(context: DeskContext) -> ResponseReturnValue:
        require_recent_authentication(runtime, context, _PASSKEYS_PATH)
        return passkeys_page(context)

    @room.protected_route("/account/passkeys/new.json", Permission.OWN_ACCOUNT, "POST")
    def new_passkey_challenge(context: DeskContext) -> ResponseReturnValue:
        require_recent_authentication(runtime, context, _PASSKEYS_PATH)
        return challenge_response(
            passkeys.begin_registration(runtime, context.campaigner, site_name(runtime.settings)), https=https
        )

    @room.protected_route("/account/passkeys", Permission.OWN_ACCOUNT, "POST")
    def add_passkey(context: DeskContext) -> ResponseReturnValue:
        require_recent_authentication(runtime, context, _PASSKEYS_PATH)
        name = request.form.get("name") or context.session.device
        try:
            passkeys.finish_registration(
                runtime, context.campaigner, context.actor, name, credential_from_form(), keep_session=context.session.id
            )
        except InvalidInputError as refused:
            return clear_challenge(passkeys_page(context, 422, new=str(refused)))
        now = runtime.now()
        # They have just unlocked it.
        runtime.call_redis(lambda redis: sessions.confirm_session(redis, context.session, now, second_factor=True))
        return clear_challenge(
            redirect_with_message(runtime.tokens, _PASSKEYS_PATH, f"The passkey is added. {OTHER_SESSIONS_ENDED}")
        )

    @room.protected_route("/account/passkeys/<int:number>/name", Permission.OWN_ACCOUNT, "POST")
    def rename_passkey(context: DeskContext, number: int) -> ResponseReturnValue:
        require_recent_authentication(runtime, context, _PASSKEYS_PATH)
        try:
            renamed = passkeys.rename_passkey(
                runtime, context.campaigner.id, context.actor, number, request.form.get("name", "")
            )
        except InvalidInputError as refused:
            return passkeys_page(context, 422, **{f"name-{number}": str(refused)})
        return (
            redirect_with_message(runtime.tokens, _PASSKEYS_PATH, "The passkey has its new name.")
            if renamed
            else _already_removed(runtime)
        )

    @room.protected_route("/account/passkeys/<int:number>/remove", Permission.OWN_ACCOUNT, "POST")
    def remove_passkey(context: DeskContext, number: int) -> ResponseReturnValue:
        require_recent_authentication(runtime, context, _PASSKEYS_PATH)
        if not passkeys.remove_passkey(runtime, context.campaigner.id, context.actor, number, keep_session=context.session.id):
            return _already_removed(runtime)
        return redirect_with_message(runtime.tokens, _PASSKEYS_PATH, f"The passkey is removed. {OTHER_SESSIONS_ENDED}")

    return room


OTHER_SESSIONS_ENDED = "Your other browsers are signed out."


def _already_removed(runtime: Runtime) -> Response:
    return redirect_with_message(runtime.tokens, _PASSKEYS_PATH, "You have removed that passkey before.", "warn")

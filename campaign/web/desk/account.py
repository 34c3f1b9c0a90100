"""One's own account: name, mails, how one proves who one is, and the browsers one is signed in with."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common import formatting
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.runtime import Runtime
from campaign.services.accounts import account as accounts
from campaign.web.desk.access import AccessControl, DeskBlueprint, DeskContext
from campaign.web.desk.template_context import redirect_with_message, render_page

_ACCOUNT_PATH = "/desk/account"
_MAX_ECHOED_CHARACTERS = 400
_SITE_TIME_ZONE = ZoneInfo("Europe/London")


def account_room(runtime: Runtime, gate: AccessControl) -> DeskBlueprint:
    """`/desk/account` and the forms on it."""
    room = gate.blueprint("account")

    @room.protected_route("/account", Permission.OWN_ACCOUNT, "GET")
    def show_account(context: DeskContext) -> ResponseReturnValue:
        return account_page(context, {"name": context.campaigner.name}, {})

    @room.protected_route("/account/name", Permission.OWN_ACCOUNT, "POST")
    def save_name(context: DeskContext) -> ResponseReturnValue:
        typed = request.form.get("name", "")
        try:
            accounts.change_name(runtime, context.actor, context.campaigner, typed)
        except InvalidInputError as refused:
            return account_page(context, {"name": typed[:_MAX_ECHOED_CHARACTERS]}, {"name": str(refused)})
        return redirect_with_message(runtime.tokens, _ACCOUNT_PATH, "Your name is saved.")

    @room.protected_route("/account/mails", Permission.OWN_ACCOUNT, "POST")
    def save_mail_choices(context: DeskContext) -> ResponseReturnValue:
        told, digest = (request.form.get(field) == "1" for field in ("told", "digest"))
        accounts.set_mail_preferences(runtime, context.actor, context.campaigner, milestone_mails=told, daily_digest=digest)
        return redirect_with_message(runtime.tokens, _ACCOUNT_PATH, "Your choice of mails is saved.")

    @room.protected_route("/account/sessions/end", Permission.OWN_ACCOUNT, "POST")
    def end_session(context: DeskContext) -> ResponseReturnValue:
        if accounts.end_session(runtime, context.actor, context.campaigner, request.form.get("session", "")):
            return redirect_with_message(runtime.tokens, _ACCOUNT_PATH, "That browser is signed out.")
        return redirect_with_message(runtime.tokens, _ACCOUNT_PATH, "That browser was signed out already.", "warn")

    @room.protected_route("/account/sessions/end-others", Permission.OWN_ACCOUNT, "POST")
    def end_other_sessions(context: DeskContext) -> ResponseReturnValue:
        accounts.end_other_sessions(runtime, context.actor, context.campaigner, context.session.id)
        return redirect_with_message(runtime.tokens, _ACCOUNT_PATH, "Every other browser is signed out.")

    def account_page(context: DeskContext, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
        found = accounts.list_sessions(runtime, context.campaigner)
        return render_page(
            "account.html", 422 if errors else 200, values=values, errors=errors, sessions=found, moment=_local_time
        )

    return room


def _local_time(at: datetime) -> str:
    # An account has no time zone of its own.
    return formatting.format_moment(at, _SITE_TIME_ZONE)

"""Account page: name, choice of mails, sign-in methods, and the browsers that are signed in."""

from datetime import datetime

from flask import request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.services.accounts import account
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, next_path_from_request, requires
from campaign.web.desk.request_values import echoed_fields
from campaign.web.desk.site_labels import SITE_TIME_ZONE
from campaign.web.desk.template_context import redirect_with_message, render_page
from campaign.web.language import desk_languages, use_desk_language

_ACCOUNT_PATH = "/desk/account"

blueprint = DeskBlueprint("account")


@blueprint.get("/desk/account")
@requires(Permission.OWN_ACCOUNT)
def show_account(context: DeskContext) -> ResponseReturnValue:
    """Page of one's own account: name, mail choices, sessions, and ways to sign in."""
    return _account_page(context, {"name": context.campaigner.name}, {})


@blueprint.post("/desk/account/name")
@requires(Permission.OWN_ACCOUNT)
def save_name(context: DeskContext) -> ResponseReturnValue:
    """Form: one's own name."""
    typed = request.form.get("name", "")
    try:
        account.change_name(runtime(), context.actor, context.campaigner, typed)
    except InvalidInputError as refused:
        return _account_page(context, echoed_fields("name"), {"name": refused.sentence})
    return redirect_with_message(_ACCOUNT_PATH, "Your name is saved.")


@blueprint.post("/desk/account/mails")
@requires(Permission.OWN_ACCOUNT)
def save_mail_choices(context: DeskContext) -> ResponseReturnValue:
    """Form: which mails one wants, alerts and daily digest."""
    told, digest = (request.form.get(field) == "1" for field in ("told", "digest"))
    account.set_mail_preferences(runtime(), context.actor, context.campaigner, milestone_mails=told, daily_digest=digest)
    return redirect_with_message(_ACCOUNT_PATH, "Your choice of mails is saved.")


@blueprint.post("/desk/account/language")
@requires(Permission.OWN_ACCOUNT)
def save_language(context: DeskContext) -> ResponseReturnValue:
    """Form: the language of the desk, from the account page or from the top of any page."""
    code = request.form.get("language", "")
    if code in {language.code for language in desk_languages()}:
        account.set_language(runtime(), context.actor, context.campaigner, code)
        use_desk_language(code)
    return redirect_with_message(next_path_from_request(_ACCOUNT_PATH), "The desk speaks English now.")


@blueprint.post("/desk/account/sessions/end")
@requires(Permission.OWN_ACCOUNT)
def end_session(context: DeskContext) -> ResponseReturnValue:
    """Form: sign one of one's own other browsers out."""
    if account.end_session(runtime(), context.actor, context.campaigner, request.form.get("session", "")):
        return redirect_with_message(_ACCOUNT_PATH, "That browser is signed out.")
    return redirect_with_message(_ACCOUNT_PATH, "That browser was signed out already.", "warn")


@blueprint.post("/desk/account/sessions/end-others")
@requires(Permission.OWN_ACCOUNT)
def end_other_sessions(context: DeskContext) -> ResponseReturnValue:
    """Form: sign all of one's own other browsers out."""
    account.end_other_sessions(runtime(), context.actor, context.campaigner, context.session.id)
    return redirect_with_message(_ACCOUNT_PATH, "Every other browser is signed out.")


def _account_page(context: DeskContext, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    found = account.list_sessions(runtime(), context.campaigner)
    languages = [(language.code, language.name) for language in desk_languages()]
    return render_page(
        "account.html", 422 if errors else 200, values=values, errors=errors, sessions=found, moment=_local_time,
        desk_language_choices=languages,
    )  # fmt: skip


def _local_time(at: datetime) -> str:
    # An account has no time zone of its own.
    return localised.moment(at, SITE_TIME_ZONE)

"""Template context of the desk: values that every page has, and messages after something was done."""

from typing import Any

from flask import Flask, Response, after_this_request, g, make_response, redirect, render_template, request
from markupsafe import Markup

from campaign.domain.accounts.audit_texts import audit_text
from campaign.domain.campaigns import stages
from campaign.security.tokens import FLASH_COOKIE_SECONDS, InvalidTokenError
from campaign.services.accounts.auth.operator_factor import second_factor_due
from campaign.services.accounts.auth.passkey_challenges import site_relying_party
from campaign.web import localised
from campaign.web.app_context import is_desk_request, runtime
from campaign.web.cookies import delete_cookie, get_cookie, set_cookie
from campaign.web.desk.access import DeskContext
from campaign.web.desk.glossary import TERMS
from campaign.web.desk.navigation import desk_navigation
from campaign.web.desk.recorded_words import recorded_words
from campaign.web.desk.resend import CSRF_FIELD
from campaign.web.desk.site_labels import SITE_TIME_ZONE
from campaign.web.language import desk_languages
from campaign.web.translation import gettext, ngettext, translated

_FLASH_COOKIE = "cs_flash"


def register_template_context(app: Flask) -> None:
    """Register the values of the desk's templates."""
    app.context_processor(_context_values)
    app.jinja_env.globals.update(
        csrf=_csrf_field, flash_messages=_flash_messages, glossary=TERMS, recorded_words=recorded_words, audit_text=audit_text
    )


def render_page(template: str, status: int = 200, **values: Any) -> Response:
    """A page of the desk; `errors`, by field, are given in English and said in its language."""
    if "errors" in values:
        values["errors"] = {name: translated(words) for name, words in values["errors"].items()}
    response = make_response(render_template(f"desk/{template}", **values))
    response.status_code = status
    return response


def redirect_with_message(path: str, message: str, tone: str = "good", **values: Any) -> Response:
    """Redirect to a page of the desk that shows a message (`good`, `warn` or `wrong`), which names nobody.

    The message is given in English, and said in the language of the desk, with `values` put in as `%(name)s`.
    """
    return _redirect_with_flash(path, gettext(message, **values) if values else translated(message), tone)


def redirect_with_count(path: str, singular: str, plural: str, amount: int) -> Response:
    """The same with a message that counts, in the plural form for the amount, which stands in it as `%(num)s`."""
    return _redirect_with_flash(path, ngettext(singular, plural, amount), "good")


def _redirect_with_flash(path: str, words: str, tone: str) -> Response:
    response: Response = redirect(path, 303)  # type: ignore[assignment]
    shown = runtime().tokens.flash_cookie(f"{tone}:{words}")
    set_cookie(response, _FLASH_COOKIE, shown, seconds=FLASH_COOKIE_SECONDS, path="/desk")
    return response


def _context_values() -> dict[str, Any]:
    if not is_desk_request():
        return {}
    context: DeskContext | None = g.get("desk_context")
    campaign = context.campaign_or_none if context else None
    return {
        "context": context,
        "navigation": desk_navigation(context, request.path) if context else None,
        "campaign_state": stages.current_stage(campaign, runtime().now()).value if campaign else "",
        "second_factor_due": _second_factor_due(context) if context else "",
        "desk_languages": desk_languages(),
        "passkeys_available": site_relying_party(runtime()).supports_passkeys,
    }


def _second_factor_due(context: DeskContext) -> str:
    """Day from which an operator without a second factor must have one; "" for everybody else."""
    due = second_factor_due(runtime(), context.campaigner)
    return localised.day(due, SITE_TIME_ZONE) if due else ""


def _csrf_field() -> Markup:
    context: DeskContext | None = g.get("desk_context")
    value = context.session.csrf if context else ""
    return Markup('<input type="hidden" name="{}" value="{}">').format(CSRF_FIELD, value)


def _flash_messages() -> list[tuple[str, str]]:
    # Shown once: the response that shows it deletes the cookie.
    try:
        tone, _, message = runtime().tokens.read_flash(get_cookie(_FLASH_COOKIE)).partition(":")
    except InvalidTokenError:
        return []
    after_this_request(_delete_flash)
    return [(tone, message)]


def _delete_flash(response: Response) -> Response:
    delete_cookie(response, _FLASH_COOKIE, path="/desk")
    return response

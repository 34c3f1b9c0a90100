"""What every room of the desk has: its template's words, the list of rooms, and what is said after something was done."""

from typing import Any

from flask import Flask, Response, g, make_response, redirect, render_template, request
from markupsafe import Markup

from campaign.domain.accounts.role import Permission
from campaign.domain.campaigns import stages
from campaign.languages import ENGLISH
from campaign.runtime import Runtime
from campaign.security.tokens import FLASH_COOKIE_SECONDS, InvalidTokenError, SignedTokens
from campaign.web.desk.access import CSRF_FIELD, DeskContext
from campaign.web.language import PageLanguage

_FLASH_COOKIE = "cs_flash"
CAMPAIGN_PAGES = (
    ("Overview", "", Permission.VIEW),
    ("Signatures", "signatures", Permission.READ_SIGNATURES),
    ("Flags", "flags", Permission.MODERATE),
    ("Batches", "batches", Permission.MODERATE),
    ("Paper", "paper", Permission.ADD_PAPER),
    ("Comments", "comments", Permission.READ_SIGNATURES),
    ("Places", "places", Permission.VIEW),
    ("Text", "text", Permission.EDIT),
    ("Settings", "settings", Permission.EDIT),
    ("Running", "running", Permission.RUN_LIFECYCLE),
    ("Hand it in", "submission", Permission.EDIT),
    ("Exports", "exports", Permission.EXPORT),
    ("Team", "team", Permission.VIEW),
    ("Audit trail", "audit", Permission.READ_AUDIT),
)
"""The rooms of a campaign: name, path under it, and for whom it is."""


def register_template_context(app: Flask, runtime: Runtime) -> None:
    """Give the desk's templates what they all need."""

    @app.context_processor
    def words() -> dict[str, Any]:
        if not request.path.startswith("/desk"):
            return {}
        context: DeskContext | None = g.get("desk_context")
        state = (
            stages.current_stage(context.campaign_or_none, runtime.now()).value if context and context.campaign_or_none else ""
        )
        return {"context": context, "campaign_state": state}

    @app.before_request
    def speak_english() -> None:
        # Like the command line; only the preview of a campaign speaks as that does.
        if request.path.startswith("/desk"):
            g.page_language = PageLanguage(ENGLISH.code, ENGLISH.code, explicit=False)

    def csrf() -> Markup:
        context: DeskContext | None = g.get("desk_context")
        value = context.session.csrf if context else ""
        return Markup('<input type="hidden" name="{}" value="{}">').format(CSRF_FIELD, value)

    def flash_messages() -> list[tuple[str, str]]:
        # Said once: the answer that shows it takes the cookie away.
        try:
            kind, _, words = runtime.tokens.read_flash(request.cookies.get(_FLASH_COOKIE, "")).partition(":")
        except InvalidTokenError:
            return []
        g.has_flash = True
        return [(kind, words)]

    app.jinja_env.globals.update(csrf=csrf, flash_messages=flash_messages, campaign_pages=CAMPAIGN_PAGES)

    @app.after_request
    def forget_what_was_said(response: Response) -> Response:
        if g.get("has_flash"):
            response.delete_cookie(_FLASH_COOKIE, path="/desk")
        return response


def render_page(template: str, status: int = 200, **values: Any) -> Response:
    """A page of the desk."""
    response = make_response(render_template(f"desk/{template}", **values))
    response.status_code = status
    return response


def redirect_with_message(links: SignedTokens, path: str, message: str, tone: str = "good") -> Response:
    """Go to a page of the desk and say there what was done (`good`, `warn` or `wrong`). `words` name nobody."""
    response = redirect(path, 303)
    response.set_cookie(
        _FLASH_COOKIE,
        links.flash_cookie(f"{tone}:{message}"),
        max_age=FLASH_COOKIE_SECONDS,
        path="/desk",
        httponly=True,
        samesite="Lax",
    )
    return response  # type: ignore[return-value]

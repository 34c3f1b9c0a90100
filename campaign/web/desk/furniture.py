"""What every room of the desk has: its template's words, the list of rooms, and what is said after something was done."""

from typing import Any

from flask import Flask, Response, g, make_response, redirect, render_template, request
from markupsafe import Markup

from campaign.domain import life
from campaign.domain.role import Act
from campaign.languages import ENGLISH
from campaign.links import SAID_SECONDS, Links, NotOurs
from campaign.runtime import Runtime
from campaign.web.desk.gate import CSRF, Visit
from campaign.web.language import Spoken

_SAID = "cs_said"
ROOMS = (
    ("Overview", "", Act.WATCH),
    ("Signatures", "signatures", Act.READ_SIGNATURES),
    ("Flags", "flags", Act.MODERATE),
    ("Batches", "batches", Act.MODERATE),
    ("Paper", "paper", Act.TAKE_IN),
    ("Comments", "comments", Act.READ_SIGNATURES),
    ("Places", "places", Act.WATCH),
    ("Text", "text", Act.EDIT),
    ("Settings", "settings", Act.EDIT),
    ("Running", "running", Act.RUN),
    ("Hand it in", "submission", Act.EDIT),
    ("Exports", "exports", Act.EXPORT),
    ("Team", "team", Act.WATCH),
    ("Audit trail", "audit", Act.READ_AUDIT),
)
"""The rooms of a campaign: name, path under it, and for whom it is."""


def furnish(app: Flask, runtime: Runtime) -> None:
    """Give the desk's templates what they all need."""

    @app.context_processor
    def words() -> dict[str, Any]:
        if not request.path.startswith("/desk"):
            return {}
        visit: Visit | None = g.get("visit")
        state = life.stage(visit.standing, runtime.now()).value if visit and visit.standing else ""
        return {"visit": visit, "campaign_state": state}

    @app.before_request
    def speak_english() -> None:
        # Like the command line; only the preview of a campaign speaks as that does.
        if request.path.startswith("/desk"):
            g.spoken = Spoken(ENGLISH.code, ENGLISH.code, chosen=False)

    def csrf() -> Markup:
        visit: Visit | None = g.get("visit")
        value = visit.session.csrf if visit else ""
        return Markup('<input type="hidden" name="{}" value="{}">').format(CSRF, value)

    def said() -> list[tuple[str, str]]:
        # Said once: the answer that shows it takes the cookie away.
        try:
            kind, _, words = runtime.links.read_said(request.cookies.get(_SAID, "")).partition(":")
        except NotOurs:
            return []
        g.has_said = True
        return [(kind, words)]

    app.jinja_env.globals.update(csrf=csrf, said=said, desk_rooms=ROOMS)

    @app.after_request
    def forget_what_was_said(response: Response) -> Response:
        if g.get("has_said"):
            response.delete_cookie(_SAID, path="/desk")
        return response


def show(template: str, status: int = 200, **values: Any) -> Response:
    """A page of the desk."""
    response = make_response(render_template(f"desk/{template}", **values))
    response.status_code = status
    return response


def done(links: Links, path: str, words: str, kind: str = "good") -> Response:
    """Go to a page of the desk and say there what was done (`good`, `warn` or `wrong`). `words` name nobody."""
    response = redirect(path, 303)
    response.set_cookie(_SAID, links.said(f"{kind}:{words}"), max_age=SAID_SECONDS, path="/desk", httponly=True, samesite="Lax")
    return response  # type: ignore[return-value]

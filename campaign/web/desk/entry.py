"""Letting a browser in: what it says it is, and the cookie by which it is known from then on."""

from flask import Response, redirect, request

from campaign.domain.device import device_of
from campaign.domain.networks import network_of
from campaign.runtime import Runtime
from campaign.store import sessions
from campaign.web.desk.gate import COOKIE, Visit
from campaign.web.protection import private


def here() -> tuple[str, str]:
    """The device that asks, in a few words, and the network it is in."""
    return device_of(request.user_agent.string), network_of(request.remote_addr or "")


def let_in(runtime: Runtime, cookie: str, path: str, before: Visit | None = None) -> Response:
    """Give a browser the cookie of its new session, and lead it to a path. Whoever was signed in there before is signed out."""
    if before is not None:
        runtime.ask_redis(lambda redis: sessions.end(redis, before.campaigner.id, before.session.id))
    response: Response = redirect(path, 303)  # type: ignore[assignment]
    response.set_cookie(
        COOKIE, cookie, max_age=int(sessions.LONGEST.total_seconds()), path="/desk",
        secure=runtime.settings.base_url.startswith("https:"), httponly=True, samesite="Lax",
    )  # fmt: skip
    return private(response)


def known_by_link(response: Response) -> Response:
    """A page whose address signs somebody in: it is told to nobody else."""
    # Not "no-referrer": with it a browser calls the origin of the form on the page "null", and the gate refuses that.
    response.headers["Referrer-Policy"] = "same-origin"
    return private(response)

"""Letting a browser in: what it says it is, and the cookie by which it is known from then on."""

from flask import Response, redirect, request

from campaign.domain.accounts.device import device_name
from campaign.domain.common.networks import network_prefix
from campaign.runtime import Runtime
from campaign.store.redis import sessions
from campaign.web.desk.access import SESSION_COOKIE, DeskContext
from campaign.web.security_headers import no_store


def client_device_and_network() -> tuple[str, str]:
    """The device that asks, in a few words, and the network it is in."""
    return device_name(request.user_agent.string), network_prefix(request.remote_addr or "")


def start_session(runtime: Runtime, cookie: str, path: str, previous: DeskContext | None = None) -> Response:
    """Give a browser the cookie of its new session, and lead it to a path. Whoever was signed in there before is signed out."""
    if previous is not None:
        runtime.call_redis(lambda redis: sessions.end_session(redis, previous.campaigner.id, previous.session.id))
    response: Response = redirect(path, 303)  # type: ignore[assignment]
    response.set_cookie(
        SESSION_COOKIE, cookie, max_age=int(sessions.MAX_LIFETIME.total_seconds()), path="/desk",
        secure=runtime.settings.base_url.startswith("https:"), httponly=True, samesite="Lax",
    )  # fmt: skip
    return no_store(response)


def same_origin_referrer(response: Response) -> Response:
    """A page whose address signs somebody in: it is told to nobody else."""
    # Not "no-referrer": with it a browser calls the origin of the form on the page "null", and the gate refuses that.
    response.headers["Referrer-Policy"] = "same-origin"
    return no_store(response)

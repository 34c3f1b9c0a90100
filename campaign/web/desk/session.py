"""Session cookie of the desk, and the device and network that a request comes from."""

from flask import Response, redirect, request

from campaign.domain.accounts.device import device_name
from campaign.domain.common.networks import network_prefix
from campaign.security.tokens import KNOWN_BROWSER_COOKIE_SECONDS, InvalidTokenError
from campaign.services.accounts import sessions
from campaign.store.redis.sessions import MAX_LIFETIME
from campaign.web.app_context import runtime
from campaign.web.cookies import get_cookie, set_cookie
from campaign.web.desk.access import SESSION_COOKIE, DeskContext
from campaign.web.security_headers import no_store

_KNOWN_BROWSER_COOKIE = "cs_known"


def client_device() -> str:
    """Device of the request in a few words: the family of its browser and system."""
    return device_name(request.user_agent.string)


def client_network() -> str:
    """Network prefix of the request's address."""
    return network_prefix(request.remote_addr or "")


def known_browser() -> str:
    """Random value of a browser in which somebody signed in before; "" for any other."""
    try:
        return runtime().tokens.read_known_browser(get_cookie(_KNOWN_BROWSER_COOKIE))
    except InvalidTokenError:
        return ""


def start_session(cookie: str, path: str, previous: DeskContext | None = None) -> Response:
    """Redirect with the cookie of a new session. The session before it in the same browser ends."""
    if previous is not None:
        sessions.discard_session(runtime(), previous.session)
    response: Response = redirect(path, 303)  # type: ignore[assignment]
    set_cookie(response, SESSION_COOKIE, cookie, seconds=int(MAX_LIFETIME.total_seconds()), path="/desk")
    known = runtime().tokens.known_browser_cookie(known_browser() or runtime().random_token())
    set_cookie(response, _KNOWN_BROWSER_COOKIE, known, seconds=KNOWN_BROWSER_COOKIE_SECONDS, path="/desk")
    return no_store(response)


def same_origin_referrer(response: Response) -> Response:
    """Response whose address, which signs somebody in, is told to no other site."""
    # Not "no-referrer": with it a browser calls the origin of the form on the page "null", and access control refuses that.
    response.headers["Referrer-Policy"] = "same-origin"
    return no_store(response)

"""Host of a request: the site answers to the name of `BASE_URL`, and to names that no stranger can give to this machine.

With another name a page of somebody else's could read this site through its reader's browser (DNS rebinding: the development
mailbox, say), and a cache could keep what was made for that name. A name without a dot, or a private address, is a proxy's that
does not pass the name on, a probe's, or this very machine's.
"""

import ipaddress
from urllib.parse import urlsplit

from flask import Flask, Response, request

from campaign.web.app_context import runtime
from campaign.web.security_headers import no_store

PROBED_PATHS = ("/healthz", "/readyz")
"""Answered under any name: probes ask by address."""


def register_host_check(app: Flask, base_url: str) -> None:
    """Refuse requests to `app` under a foreign name (421), and redirect by paths alone."""
    own = split_host(urlsplit(base_url).netloc)

    @app.before_request
    def refuse_foreign_host() -> Response | None:
        if is_answered(request.environ.get("HTTP_HOST", ""), own) or request.path in PROBED_PATHS:
            return None
        response = Response(f"This site is at {base_url} and answers to no other name.\n", 421, mimetype="text/plain")
        return no_store(response)

    @app.after_request
    def redirect_by_path(response: Response) -> Response:
        # Where routing redirects, it names the host it was asked for.
        if response.location and response.location.startswith(("http://", "https://")):
            parts = urlsplit(response.location)
            if parts.netloc == request.host:
                response.location = parts._replace(scheme="", netloc="", path="/" + parts.path.lstrip("/")).geturl()
        return response


def is_answered(host: str, own: str) -> bool:
    """Whether a Host header is one this site answers to. One that is missing is: HTTP/1.0 has none."""
    name = split_host(host)
    if not host or name == own or ("." not in name and name.isascii() and name.replace("-", "").isalnum()):
        return True
    try:
        return ipaddress.ip_address(name).is_private
    except ValueError:
        return False


def split_host(netloc: str) -> str:
    """The name in a Host header or in the middle of an address, in lower case, without port, brackets and root dot."""
    if netloc.startswith("["):
        name, bracket, rest = netloc[1:].partition("]")
        return name.lower() if bracket and (not rest or rest.startswith(":")) else ""
    name, colon, port = netloc.partition(":")
    return "" if colon and not port.isdecimal() else name.lower().rstrip(".")


def is_own_origin(origin: str | None) -> bool:
    """Whether an Origin header names this site, or is missing. The Host it came with has been checked; behind a proxy that does
    not pass the name on, the origin is that of `BASE_URL`."""
    if origin is None:
        return True
    _, separator, netloc = origin.partition("://")
    base = urlsplit(runtime().settings.base_url).netloc
    return bool(separator) and netloc.lower() in (request.host.lower(), base.lower())

"""The three cookies there are, all first-party, short-lived, and out of the public pages' sight.

The browser that signed carries one to verification pages, so that its page may press the button by itself, and one to the page
that says which address to look at, as typed. The browser that verified carries one to the thank-you page. None says anything
about what is on file.
"""

import re
from urllib.parse import urlsplit

from flask import Response, request

from campaign.links import THANKS_SECONDS, Links, NotOurs, OwnLink
from campaign.runtime import Runtime

SIGNED_SECONDS = 24 * 3600
"""How long the browser that signed may press the button by itself."""

_SIGNED = "cs_b"
_SIGNED_NAME = re.compile(_SIGNED + "[0-9]{1,18}")
_SIGNED_VALUE = re.compile(r"[A-Za-z0-9_-]{22}")
_THANKS = "cs_thanks"
_TYPED = "cs_typed"


def new_signed_cookie(runtime: Runtime) -> str:
    """A cookie value for the browser that signs; "" where another site made it do so: that one must press by hand."""
    from_us = request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
    # Browsers too old for Sec-Fetch-Site send the Origin of a form, if anything.
    origin = request.headers.get("Origin")
    from_us = from_us and (origin is None or urlsplit(origin).netloc == request.host)
    return runtime.token() if from_us else ""


def set_signed(response: Response, campaign_id: int, value: str, *, https: bool) -> None:
    """Remember the browser that signed. The answer is the same for everybody: always a new value."""
    if value:
        response.set_cookie(
            f"{_SIGNED}{campaign_id}",
            value,
            max_age=SIGNED_SECONDS,
            path="/v/",
            secure=https,
            httponly=True,
            samesite="Lax",
        )


def signed() -> dict[int, str]:
    """The cookies this browser was given when it signed, by campaign."""
    return {
        int(name.removeprefix(_SIGNED)): value
        for name, value in request.cookies.items()
        if _SIGNED_NAME.fullmatch(name) and _SIGNED_VALUE.fullmatch(value)
    }


def set_typed(response: Response, links: Links, address: str, path: str, *, https: bool) -> None:
    """Let the page at `path`, in this browser, say which address was typed. It stays out of every address and log."""
    response.set_cookie(
        _TYPED, links.typed_cookie(address), max_age=THANKS_SECONDS, path=path, secure=https, httponly=True, samesite="Lax"
    )


def typed(links: Links) -> str:
    """The address typed in this browser within the hour; "" where there is none."""
    try:
        return links.read_typed(request.cookies.get(_TYPED, ""))
    except NotOurs:
        return ""


def set_thanks(response: Response, links: Links, own: OwnLink, path: str, *, https: bool) -> None:
    """Bind the thank-you page at `path` to this browser."""
    response.set_cookie(
        _THANKS,
        links.thanks_cookie(own),
        max_age=THANKS_SECONDS,
        path=path,
        secure=https,
        httponly=True,
        samesite="Lax",
    )


def thanked(links: Links) -> OwnLink | None:
    """The signature this browser has verified within the hour; None where it has not."""
    try:
        return links.read_thanks(request.cookies.get(_THANKS, ""))
    except NotOurs:
        return None

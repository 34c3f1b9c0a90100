"""Cookies of the public pages: three, all first-party and short-lived, sent to pages for one person only.

The browser that signed carries one to verification pages, so that its page may press the button by itself, and one to the page
that says which address to look at, as typed. The browser that verified carries one to the thank-you page. None says anything
about what is on file.
"""

import re

from flask import Response, request

from campaign.security.tokens import THANKS_COOKIE_SECONDS, InvalidTokenError, SignatureRef, SignedTokens
from campaign.web.app_context import runtime
from campaign.web.host import is_own_origin

SIGNED_COOKIE_SECONDS = 24 * 3600
"""How long the browser that signed may press the button by itself."""

_SIGNED_COOKIE_PREFIX = "cs_b"
_SIGNED_COOKIE_NAME = re.compile(_SIGNED_COOKIE_PREFIX + "[0-9]{1,18}")
_SIGNED_COOKIE_VALUE = re.compile(r"[A-Za-z0-9_-]{22}")
_THANKS_COOKIE = "cs_thanks"
_TYPED_ADDRESS_COOKIE = "cs_typed"


def new_signed_cookie() -> str:
    """A cookie value for the browser that signs; "" where another site made it do so: that one must press by hand."""
    from_us = request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
    # Browsers too old for Sec-Fetch-Site send the Origin of a form, if anything.
    return runtime().random_token() if from_us and is_own_origin(request.headers.get("Origin")) else ""


def set_signed(response: Response, campaign_id: int, value: str, *, https: bool) -> None:
    """Remember the browser that signed. The answer is the same for everybody: always a new value."""
    if value:
        response.set_cookie(
            f"{_SIGNED_COOKIE_PREFIX}{campaign_id}",
            value,
            max_age=SIGNED_COOKIE_SECONDS,
            path="/v/",
            secure=https,
            httponly=True,
            samesite="Lax",
        )


def signed_cookies() -> dict[int, str]:
    """The cookies this browser was given when it signed, by campaign."""
    return {
        int(name.removeprefix(_SIGNED_COOKIE_PREFIX)): value
        for name, value in request.cookies.items()
        if _SIGNED_COOKIE_NAME.fullmatch(name) and _SIGNED_COOKIE_VALUE.fullmatch(value)
    }


def set_typed_address(response: Response, links: SignedTokens, address: str, path: str, *, https: bool) -> None:
    """Let the page at `path`, in this browser, say which address was typed. It stays out of every address and log."""
    response.set_cookie(
        _TYPED_ADDRESS_COOKIE,
        links.typed_address_cookie(address),
        max_age=THANKS_COOKIE_SECONDS,
        path=path,
        secure=https,
        httponly=True,
        samesite="Lax",
    )


def typed_address(links: SignedTokens) -> str:
    """The address typed in this browser within the hour; "" where there is none."""
    try:
        return links.read_typed_address(request.cookies.get(_TYPED_ADDRESS_COOKIE, ""))
    except InvalidTokenError:
        return ""


def set_thanks(response: Response, links: SignedTokens, own: SignatureRef, path: str, *, https: bool) -> None:
    """Bind the thank-you page at `path` to this browser."""
    response.set_cookie(
        _THANKS_COOKIE,
        links.thanks_cookie(own),
        max_age=THANKS_COOKIE_SECONDS,
        path=path,
        secure=https,
        httponly=True,
        samesite="Lax",
    )


def thanks_token(links: SignedTokens) -> SignatureRef | None:
    """The signature this browser has verified within the hour; None where it has not."""
    try:
        return links.read_thanks(request.cookies.get(_THANKS_COOKIE, ""))
    except InvalidTokenError:
        return None

"""Cookies of the public pages: three, all first-party and short-lived, sent to pages for one person only.

The browser that signed carries one to verification pages, so that its page may press the button by itself, and one to the page
that says which address to look at, as typed. The browser that verified carries one to the thank-you page. None says anything
about what is on file.
"""

import re

from flask import Response, request

from campaign.security.tokens import THANKS_COOKIE_SECONDS, InvalidTokenError, SignatureRef, SignedTokens
from campaign.web.app_context import runtime
from campaign.web.cookies import cookie_name, get_cookie, set_cookie
from campaign.web.host import is_own_origin

SIGNED_COOKIE_SECONDS = 24 * 3600
"""How long the browser that signed may press the button by itself."""

_SIGNED_COOKIE_PREFIX = "cs_b"
_CAMPAIGN_NUMBER = re.compile("[0-9]{1,18}")
_SIGNED_COOKIE_VALUE = re.compile(r"[A-Za-z0-9_-]{22}")
_THANKS_COOKIE = "cs_thanks"
_TYPED_ADDRESS_COOKIE = "cs_typed"


def new_signed_cookie() -> str:
    """A cookie value for the browser that signs; "" where another site made it do so: that one must press by hand."""
    from_us = request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
    # Browsers too old for Sec-Fetch-Site send the Origin of a form, if anything.
    return runtime().random_token() if from_us and is_own_origin(request.headers.get("Origin")) else ""


def set_signed(response: Response, campaign_id: int, value: str) -> None:
    """Remember the browser that signed. The answer is the same for everybody: always a new value."""
    if value:
        set_cookie(response, f"{_SIGNED_COOKIE_PREFIX}{campaign_id}", value, seconds=SIGNED_COOKIE_SECONDS, path="/v/")


def signed_cookies() -> dict[int, str]:
    """The cookies this browser was given when it signed, by campaign."""
    prefix = cookie_name(_SIGNED_COOKIE_PREFIX)
    given = {name.removeprefix(prefix): value for name, value in request.cookies.items() if name.startswith(prefix)}
    return {
        int(campaign): value
        for campaign, value in given.items()
        if _CAMPAIGN_NUMBER.fullmatch(campaign) and _SIGNED_COOKIE_VALUE.fullmatch(value)
    }


def set_typed_address(response: Response, links: SignedTokens, address: str, path: str) -> None:
    """Let the page at `path`, in this browser, say which address was typed. It stays out of every address and log."""
    set_cookie(response, _TYPED_ADDRESS_COOKIE, links.typed_address_cookie(address), seconds=THANKS_COOKIE_SECONDS, path=path)


def typed_address(links: SignedTokens) -> str:
    """The address typed in this browser within the hour; "" where there is none."""
    try:
        return links.read_typed_address(get_cookie(_TYPED_ADDRESS_COOKIE))
    except InvalidTokenError:
        return ""


def set_thanks(response: Response, links: SignedTokens, own: SignatureRef, path: str) -> None:
    """Bind the thank-you page at `path` to this browser."""
    set_cookie(response, _THANKS_COOKIE, links.thanks_cookie(own), seconds=THANKS_COOKIE_SECONDS, path=path)


def thanks_token(links: SignedTokens) -> SignatureRef | None:
    """The signature this browser has verified within the hour; None where it has not."""
    try:
        return links.read_thanks(get_cookie(_THANKS_COOKIE))
    except InvalidTokenError:
        return None

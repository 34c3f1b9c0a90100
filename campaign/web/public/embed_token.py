"""Token of the sign widget: shows that a form which is not sent from a page of ours was shown by us, within the last hours.

Other sites may frame the widget and no other page. Its form carries the token; keyed, bound to the campaign, and the same for
everybody in one hour, so that the widget can be cached. A form from elsewhere without one that is good is not stored: it comes
back on our own page, with all that was typed and a new token, and is sent by one press more.
"""

from datetime import timedelta

from flask import request

from campaign.security.tokens import InvalidTokenError
from campaign.web.app_context import runtime
from campaign.web.host import is_own_origin

EMBED_FIELD = "embed"
EMBED_TOKEN_HOURS = 6
"""How long a form of the widget can be sent: caches keep the widget for a minute or so."""
_OPAQUE_ORIGIN = "null"
"""Origin of a frame in a sandbox, and of old browsers that keep it to themselves."""


def new_embed_token(slug: str) -> str:
    """The token of this hour for a campaign's form."""
    return runtime().tokens.embed_token(slug, _hour())


def needs_embed_token() -> bool:
    """Whether the form that is being answered is the widget's, or is not from a page of ours."""
    return EMBED_FIELD in request.form or not _is_from_us()


def has_embed_token(slug: str) -> bool:
    """Whether the form carries a token of the campaign that is good, and is from no other site than it should be."""
    if not _is_from_us() and request.headers.get("Origin", _OPAQUE_ORIGIN) != _OPAQUE_ORIGIN:
        return False
    try:
        of_slug, hour = runtime().tokens.read_embed_token(request.form.get(EMBED_FIELD, ""))
    except InvalidTokenError:
        return False
    return of_slug == slug and 0 <= _hour() - hour <= EMBED_TOKEN_HOURS


def _is_from_us() -> bool:
    """Whether the browser says that the form was on a page of ours, or says nothing: then it is a program, which could say
    anything."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    return is_own_origin(request.headers.get("Origin"))


def _hour() -> int:
    return int(runtime().now().timestamp()) // int(timedelta(hours=1).total_seconds())

"""Addresses as people paste and print them, with a full stop behind or in capitals: they lead to the page that is meant.

Looked at only where nothing is found, so that a right address costs nothing.
"""

import re
from urllib.parse import quote

from flask import Flask, Response, redirect, request
from werkzeug.exceptions import HTTPException

from campaign.store.database.engine import StoreUnavailableError
from campaign.web.public.campaign_lookup import find_published
from campaign.web.security_headers import no_store_no_referrer

MAX_AGE_SECONDS = 300
"""How long anybody may believe that one address stands for another."""
_TRAILING = re.compile(r"[^A-Za-z0-9]+$")
"""What stands behind an address in a sentence of any script. Addresses of ours end in a letter or digit."""
_TOKEN_TRAILING = re.compile(r"[^A-Za-z0-9_-]+$")
"""The same behind a token, which may end in a dash or an underscore."""
_TOKEN_PATH = re.compile(r"/(?:[abd-z]|preview|desk/enter|desk/invitation)/")
_OWN_PATH = re.compile(r"/(?:desk|dev)/")
"""What nobody prints or is mailed: the desk and the development mailbox."""
_CAMPAIGN_PATH = re.compile(r"/c/[a-z0-9-]+(?=[/.]|$)", re.IGNORECASE)


def register_mended_addresses(app: Flask) -> None:
    """Lead from addresses of `app` that are nearly right to those that are (301)."""

    @app.after_request
    def mend(response: Response) -> Response:
        if response.status_code != 404 or request.method not in ("GET", "HEAD"):
            return response
        path = mended_path(request.path)
        if path == request.path or not _is_page(app, path):
            return response
        query = request.query_string.decode("ascii", "replace")
        answer: Response = redirect(quote(path) + (f"?{query}" if query else ""), 301)  # type: ignore[assignment]
        if _is_secret(path):
            return no_store_no_referrer(answer)
        answer.headers["Cache-Control"] = f"public, max-age={MAX_AGE_SECONDS}"
        return answer


def mended_path(path: str) -> str:
    """The path that is meant by one that leads nowhere; the same where there is nothing to mend."""
    is_secret = _is_secret(path)
    if _OWN_PATH.match(path) and not is_secret:
        return path
    bare = (_TOKEN_TRAILING if is_secret else _TRAILING).sub("", path) or "/"
    return bare if is_secret else _CAMPAIGN_PATH.sub(lambda found: found[0].lower(), bare, count=1)


def _is_secret(path: str) -> bool:
    return _TOKEN_PATH.match(path) is not None


def _is_page(app: Flask, path: str) -> bool:
    """Whether something answers at a path, and the campaign it speaks of is there."""
    try:
        _, values = app.url_map.bind("").match(path, "GET")
        return not path.startswith("/c/") or find_published(values["slug"]) is not None
    except (HTTPException, StoreUnavailableError):
        return False

"""Cookies of this site: set and read under one name, which says `__Secure-` where the site is on https.

A name with that prefix is taken by a browser only over https, so nobody on the way who makes it open a page of ours by http can
plant one. `__Host-` would want the path `/`, and so send the desk's cookies to the public pages too, which carry none.
"""

from typing import Literal

from flask import Response, request
from werkzeug.http import dump_cookie

from campaign.web.app_context import secure_cookies

_SECURE_PREFIX = "__Secure-"


def cookie_name(name: str) -> str:
    """Name under which a cookie of ours is sent."""
    return _SECURE_PREFIX + name if secure_cookies() else name


def set_cookie(
    response: Response, name: str, value: str, *, seconds: int, path: str, same_site: Literal["Lax", "Strict"] = "Lax"
) -> None:
    """Give the browser a cookie that no script reads, for so many seconds, sent to what lies under a path."""
    # With Max-Age alone: the date beside it is for browsers of the century before, and takes long to write.
    header = dump_cookie(
        cookie_name(name), value, max_age=seconds, path=path, secure=secure_cookies(), httponly=True, samesite=same_site,
        sync_expires=False,
    )  # fmt: skip
    response.headers.add("Set-Cookie", header)


def get_cookie(name: str) -> str:
    """Value of a cookie of ours; "" where the request has none."""
    return request.cookies.get(cookie_name(name), "")


def delete_cookie(response: Response, name: str, *, path: str) -> None:
    """Have the browser forget a cookie of ours."""
    response.delete_cookie(cookie_name(name), path=path, secure=secure_cookies(), httponly=True, samesite="Lax")

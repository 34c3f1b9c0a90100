"""Security headers of every response; and the refusal of bytes that are no text and of bodies that are too long."""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

from flask import Flask, Request, Response, abort, request

View = TypeVar("View", bound=Callable[..., Any])

REFUSAL_KEY = "countersign.refusal"
"""Key of the WSGI environment: the HTTP status a request is refused with before its body was read; absent where it is not."""
WAITED_KEY = "countersign.waited_seconds"
"""Key of the WSGI environment: seconds a request has waited for a thread; absent where the server does not say."""
BODY_ATTRIBUTE = "max_body_bytes"
"""Attribute of a view with the octets it takes."""
MAX_BODY_BYTES = 64 * 1024
"""Octets. The longest honest form is a tenth of it."""
MAX_DRAINED_BYTES = 16 * 1024 * 1024
"""Octets of a body that is too long which are still read, so that its sender gets an answer in words."""
_MAX_FORM_PARTS = 40

_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
    # A page with a token in its address sets its own, stricter one.
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
_STRICT_TRANSPORT_SECURITY = "max-age=31536000"


class NamedFieldsRequest(Request):
    """Request whose form has a name for each of its fields. A part of `multipart/form-data` without one is refused (400)."""

    def _load_form_data(self) -> None:
        super()._load_form_data()
        if None in self.form or None in self.files:
            # Who asks again, to write the page that says so, is not refused again.
            self.__dict__.update(form=self.parameter_storage_class(), files=self.parameter_storage_class())
            abort(400)


def register_protection(app: Flask, *, https: bool) -> None:
    """Set the limits and headers of every request and response of `app`."""
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY_BYTES, MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES, MAX_FORM_PARTS=_MAX_FORM_PARTS)
    headers = {**_HEADERS, "Strict-Transport-Security": _STRICT_TRANSPORT_SECURITY} if https else _HEADERS

    @app.before_request
    def refuse_broken_text() -> None:
        if (refusal := request.environ.get(REFUSAL_KEY)) is not None:
            abort(refusal)
        try:
            path = request.environ.get("PATH_INFO", "")
            if not path.isascii():
                path.encode("latin-1").decode()
            if request.query_string:
                unquote_to_bytes(request.query_string).decode()
            if request.method == "POST" and request.mimetype == "application/x-www-form-urlencoded":
                unquote_to_bytes(request.get_data(parse_form_data=False)).decode()
        except UnicodeError:
            abort(400)

    @app.after_request
    def add_headers(response: Response) -> Response:
        # Looked through once: each header by itself is looked for among all.
        present = {name.lower() for name in response.headers.keys()}  # noqa: SIM118 - iterating gives pairs
        response.headers.extend([(name, value) for name, value in headers.items() if name.lower() not in present])
        if not response.headers["X-Frame-Options"]:
            del response.headers["X-Frame-Options"]
        return response


def allow_style(response: Response, style: str) -> Response:
    """Let a page carry one style element with this content, which the policy names by its hash; none for ""."""
    if style:
        policy = response.headers.get("Content-Security-Policy", _CONTENT_SECURITY_POLICY)
        allowed = f"style-src 'self' {_style_hash(style)}"
        response.headers["Content-Security-Policy"] = policy.replace("style-src 'self'", allowed)
    return response


@lru_cache(maxsize=256)
def _style_hash(style: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"


def allow_framing(response: Response) -> Response:
    """Let a page be framed by any other: the sign widget, and nothing else."""
    policy = response.headers.get("Content-Security-Policy", _CONTENT_SECURITY_POLICY)
    response.headers["Content-Security-Policy"] = policy.replace("frame-ancestors 'none'", "frame-ancestors *")
    response.headers["X-Frame-Options"] = ""
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def allow_reading_elsewhere(response: Response) -> Response:
    """Let scripts of any other site read it: open data is for everybody's pages, and says nothing about anybody."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def allow_own_frames(response: Response) -> Response:
    """Let a page show others of our own in a frame."""
    policy = response.headers.get("Content-Security-Policy", _CONTENT_SECURITY_POLICY)
    response.headers["Content-Security-Policy"] = f"{policy}; frame-src 'self'"
    return response


def takes_body(max_bytes: int) -> Callable[[View], View]:
    """Decorator of a public view: the octets that what is sent to it may have, where that is more than a form's."""

    def mark(view: View) -> View:
        setattr(view, BODY_ATTRIBUTE, max_bytes)
        return view

    return mark


def drain_body() -> None:
    """Read and drop what is still being sent, up to MAX_DRAINED_BYTES: a browser that is sending does not read our answer."""
    left = min(request.content_length or 0, MAX_DRAINED_BYTES)
    while left > 0 and (chunk := request.environ["wsgi.input"].read(min(left, MAX_BODY_BYTES))):
        left -= len(chunk)


def no_store(response: Response) -> Response:
    """A page for one person: neither cached nor indexed."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def no_store_no_referrer(response: Response) -> Response:
    """A private page whose address is a secret of its reader: no link on it tells where it was followed from."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return no_store(response)

"""Answers of open data: JSON that anybody may keep for a while and any site may read."""

import hashlib

from flask import Response, request

from campaign.web.security_headers import allow_reading_elsewhere


def public_json(body: str, seconds: int, *, etag: str = "", weak: bool = False) -> Response:
    """A JSON that may be kept for `seconds`; 304 where the reader has it already. Without an `etag`, one of the body."""
    response = Response(body, mimetype="application/json")
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    allow_reading_elsewhere(response)
    response.set_etag(etag or hashlib.blake2b(body.encode(), digest_size=8).hexdigest(), weak=weak)
    return response.make_conditional(request)  # type: ignore[return-value]

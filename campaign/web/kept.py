"""Pages that are the same for everybody: made once, compressed once, handed out for as long as they are what would be shown."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache

from flask import Response, request
from werkzeug.http import parse_accept_header

from campaign.web.language import negotiated

_LONGEST_WISH = 200
"""Characters of an Accept-Encoding header that are read."""
_LEVEL = 6
"""Of compression: a step more costs twice the time and saves a hundredth."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One page as it is sent."""

    body: bytes
    gzipped: bytes
    etag: str


@lru_cache(maxsize=256)
def _takes_gzip(wishes: str) -> bool:
    return parse_accept_header(wishes)["gzip"] > 0


def keep(body: str) -> Kept:
    """Make a page ready to be sent many times."""
    raw = body.encode()
    return Kept(raw, gzip.compress(raw, _LEVEL, mtime=0), hashlib.blake2b(raw, digest_size=12).hexdigest())


def send(page: Kept, *, mimetype: str = "text/html", seconds: int, public: bool = True) -> Response:
    """Answer with a page that whoever asks may keep for `seconds`; only the reader's own browser where it is not `public`.

    Nothing on such a page is secret, so compressing it gives nothing away.
    """
    smaller = _takes_gzip(request.headers.get("Accept-Encoding", "")[:_LONGEST_WISH])
    headers = {
        "Vary": "Accept-Encoding, Accept-Language" if negotiated() else "Accept-Encoding",
        "Cache-Control": f"{'public' if public else 'private'}, max-age={seconds}, stale-while-revalidate=30",
    }
    if smaller:
        headers["Content-Encoding"] = "gzip"
    response = Response(page.gzipped if smaller else page.body, mimetype=mimetype, headers=headers)
    response.set_etag(f"{page.etag}{'-gzip' if smaller else ''}")
    return response.make_conditional(request)  # type: ignore[return-value]

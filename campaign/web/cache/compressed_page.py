"""Pages that are the same for everybody: made once, compressed once, handed out for as long as they are what would be shown."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache

from flask import Response, request
from werkzeug.http import parse_accept_header

from campaign.web.language import is_language_negotiated

_MAX_HEADER_CHARACTERS = 200
"""Characters of an Accept-Encoding header that are read."""
_COMPRESSION_LEVEL = 6
"""Of compression: a step more costs twice the time and saves a hundredth."""


@dataclass(frozen=True, slots=True)
class CompressedPage:
    """One page as it is sent."""

    body: bytes
    gzipped: bytes
    etag: str


@lru_cache(maxsize=256)
def _accepts_gzip(accept_encoding: str) -> bool:
    return parse_accept_header(accept_encoding)["gzip"] > 0


def compress_page(body: str) -> CompressedPage:
    """Make a page ready to be sent many times."""
    raw = body.encode()
    return CompressedPage(
        raw, gzip.compress(raw, _COMPRESSION_LEVEL, mtime=0), hashlib.blake2b(raw, digest_size=12).hexdigest()
    )


def page_response(page: CompressedPage, *, mimetype: str = "text/html", max_age_seconds: int, public: bool = True) -> Response:
    """Answer with a page that whoever asks may keep for `seconds`; only the reader's own browser where it is not `public`.

    Nothing on such a page is secret, so compressing it gives nothing away.
    """
    smaller = _accepts_gzip(request.headers.get("Accept-Encoding", "")[:_MAX_HEADER_CHARACTERS])
    headers = {
        "Vary": "Accept-Encoding, Accept-Language" if is_language_negotiated() else "Accept-Encoding",
        "Cache-Control": f"{'public' if public else 'private'}, max-age={max_age_seconds}, stale-while-revalidate=30",
    }
    if smaller:
        headers["Content-Encoding"] = "gzip"
    response = Response(page.gzipped if smaller else page.body, mimetype=mimetype, headers=headers)
    response.set_etag(f"{page.etag}{'-gzip' if smaller else ''}")
    return response.make_conditional(request)  # type: ignore[return-value]

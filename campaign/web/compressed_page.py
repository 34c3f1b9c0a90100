"""Compressed pages: made once, compressed once, served to everybody for as long as they are what would be shown."""

import gzip
import hashlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache

from flask import Response, abort, request
from werkzeug.http import parse_accept_header

from campaign.web.cache import Region, process_cache
from campaign.web.language import is_language_negotiated

PAGE_CACHE_SECONDS = 2.0
"""Seconds a process believes what it has made of the store, for pages that list campaigns or tell of one's past."""
_MAX_HEADER_CHARACTERS = 200
"""Characters of an Accept-Encoding header that are read."""
_COMPRESSION_LEVEL = 6
"""A step more costs twice the time and saves a hundredth."""
_MAX_CACHED_BYTES = 8 * 1024 * 1024
"""Octets of each region of pages."""


@dataclass(frozen=True, slots=True)
class CompressedPage:
    """One page as it is sent."""

    body: bytes
    gzipped: bytes
    etag: str

    @property
    def size(self) -> int:
        """Octets of both forms."""
        return len(self.body) + len(self.gzipped)


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
    """A page as an answer that proxies and browsers may keep for `max_age_seconds`; browsers alone where it is not `public`.

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


def cached_page(region: Region[CompressedPage | None], key: Hashable, render: Callable[[], str | None]) -> CompressedPage:
    """The page of `region` known by `key`; 404 where `render` says that there is no such page.

    Raises StoreUnavailableError where the store is, and no older page is known; BusyError where others are being made.
    """

    def make() -> CompressedPage | None:
        body = render()
        return None if body is None else compress_page(body)

    return process_cache().get(region, key, make) or abort(404)


def page_region(name: str, max_entries: int, seconds: float, *, flight: str = "") -> Region[CompressedPage | None]:
    """A region of pages made from the store that are the same for everybody: still there while the store is not."""
    return Region(
        name, max_entries=max_entries, seconds=seconds, max_bytes=_MAX_CACHED_BYTES,
        size=lambda page: 0 if page is None else page.size, flight=flight, stale_if_unavailable=True,
    )  # fmt: skip

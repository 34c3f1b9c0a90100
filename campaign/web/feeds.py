"""What programs read to find campaigns: the sitemap, the rules for robots, and the Atom feed."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Blueprint, Response, abort

from campaign import finding
from campaign.config import site_name
from campaign.domain.wording import utc
from campaign.finding import Address
from campaign.markup import plain
from campaign.runtime import Runtime
from campaign.web.kept import keep, send
from campaign.web.language import PARAMETER
from campaign.web.shelf import Shelf

REMEMBERED = 60.0
"""Seconds this process believes what it has made of the store."""
SECONDS = 300
"""How long anybody may keep these."""
ROBOTS_SECONDS = 3600
_MOST_URLS = 20_000
"""In the sitemap, which may hold 50,000 and no more than 50 MB: a campaign in many languages has many."""
_PRIVATE = ("/v/", "/s/", "/desk", "/dev", "/c/*/thanks", "/c/*/check-your-email")
"""What robots must leave alone: pages for one person, and those that are not for the public."""

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
_ATOM = "http://www.w3.org/2005/Atom"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot hold, however they are written."""
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without any campaign was last changed."""


def feeds(runtime: Runtime, languages: tuple[str, ...]) -> Blueprint:
    """`GET /sitemap.xml`, `GET /robots.txt`, `GET /campaigns.atom`, for a site that speaks `languages`."""
    blueprint = Blueprint("feeds", __name__)
    shelf, url = Shelf(REMEMBERED, 2), runtime.links.url
    rules = "".join(f"Disallow: {path}\n" for path in _PRIVATE)
    robots_text = f"User-agent: *\n{rules}\nSitemap: {url('/sitemap.xml')}\n"

    @blueprint.get("/sitemap.xml")
    def sitemap() -> Response:
        page = shelf.get("sitemap", sitemap_text)
        return send(page or abort(404), mimetype="application/xml", seconds=SECONDS)

    @blueprint.get("/campaigns.atom")
    def atom() -> Response:
        page = shelf.get("atom", atom_text)
        return send(page or abort(404), mimetype="application/atom+xml", seconds=SECONDS)

    @blueprint.get("/robots.txt")
    def robots() -> Response:
        return send(keep(robots_text), mimetype="text/plain", seconds=ROBOTS_SECONDS)

    def sitemap_text() -> str:
        return _written(_sitemap(url("/"), languages, url(""), finding.addresses(runtime, runtime.now())))

    def atom_text() -> str:
        root = Element("feed", {"xmlns": _ATOM})
        campaigns = finding.newest(runtime, runtime.now())
        site = site_name(runtime.settings)
        _add(root, "id", url("/campaigns.atom"))
        _add(root, "title", site)
        _add(root, "updated", utc(max((address.changed_at for address, _ in campaigns), default=_BEGINNING)))
        _add(_add(root, "author"), "name", site)
        _add(root, "link", rel="self", type="application/atom+xml", href=url("/campaigns.atom"))
        _add(root, "link", rel="alternate", type="text/html", href=url("/"))
        for address, standing in campaigns:
            entry = _add(root, "entry")
            entry.set("xml:lang", standing.language)
            _add(entry, "id", url(f"/c/{standing.slug}"))
            _add(entry, "title", standing.text.title)
            _add(entry, "published", utc(standing.window.opens_at))
            _add(entry, "updated", utc(address.changed_at))
            _add(entry, "link", rel="alternate", type="text/html", href=url(f"/c/{standing.slug}"))
            _add(entry, "summary", standing.words.summary or plain(standing.text.ask), type="text")
        return _written(root)

    return blueprint


def _sitemap(home: str, languages: tuple[str, ...], base: str, addresses: list[Address]) -> Element:
    root = Element("urlset", {"xmlns": _SITEMAP, "xmlns:xhtml": _XHTML})
    pages = [*_pages(home, languages, None)]
    for address in addresses:
        pages += _pages(f"{base}/c/{address.slug}", address.languages, address.changed_at)
    for loc, changed_at, others in islice(pages, _MOST_URLS):
        page = _add(root, "url")
        _add(page, "loc", loc)
        if changed_at is not None:
            _add(page, "lastmod", utc(changed_at))
        for language, other in others.items():
            _add(page, "xhtml:link", rel="alternate", hreflang=language, href=other)
    return root


def _pages(
    url: str, languages: tuple[str, ...], changed_at: datetime | None
) -> Iterator[tuple[str, datetime | None, dict[str, str]]]:
    """A page in each of its languages. Each names all of them, itself too, or it would not be believed."""
    if len(languages) < 2:
        yield url, changed_at, {}
        return
    others = {"x-default": url, **{language: f"{url}?{urlencode({PARAMETER: language})}" for language in languages}}
    for each in others.values():
        yield each, changed_at, others


def _add(parent: Element, name: str, text: str = "", /, **attributes: str) -> Element:
    child = SubElement(parent, name, attributes)
    child.text = _NO_XML.sub("", text) or None
    return child


def _written(root: Element) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'

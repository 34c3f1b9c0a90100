"""Sitemap, robots.txt and Atom feed: what programs find campaigns by."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Blueprint, Response

from campaign.config import site_name
from campaign.domain.common.formatting import format_utc
from campaign.rendering.markdown import plain_text
from campaign.services.campaigns import listing
from campaign.services.campaigns.listing import PageAddress
from campaign.web.app_context import runtime
from campaign.web.compressed_page import cached_page, compress_page, page_region, page_response
from campaign.web.language import LANGUAGE_PARAMETER, site_languages

CACHE_SECONDS = 60.0
"""Seconds this process believes what it has made of the store."""
FEED_MAX_AGE_SECONDS = 300
"""How long anybody may keep these."""
ROBOTS_MAX_AGE_SECONDS = 3600
_MAX_SITEMAP_URLS = 20_000
"""In the sitemap, which may hold 50,000 and no more than 50 MB: a campaign in many languages has many."""
_DISALLOWED_PATHS = ("/v/", "/s/", "/u/", "/desk", "/dev", "/c/*/thanks", "/c/*/check-your-email")
"""What robots must leave alone: pages for one person, and those that are not for the public."""

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
ATOM_NAMESPACE = "http://www.w3.org/2005/Atom"
_NOT_XML_CHARACTERS = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot hold, however they are written."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without any campaign was last changed."""


blueprint = Blueprint("feeds", __name__)
_PAGES = page_region("feeds", 2, CACHE_SECONDS)


@blueprint.get("/sitemap.xml")
def show_sitemap() -> Response:
    """The addresses of all pages, for search engines."""
    page = cached_page(_PAGES, "sitemap", _sitemap_text)
    return page_response(page, mimetype="application/xml", max_age_seconds=FEED_MAX_AGE_SECONDS)


@blueprint.get("/campaigns.atom")
def show_atom_feed() -> Response:
    """The newest campaigns, for feed readers."""
    page = cached_page(_PAGES, "atom", _atom_text)
    return page_response(page, mimetype="application/atom+xml", max_age_seconds=FEED_MAX_AGE_SECONDS)


@blueprint.get("/robots.txt")
def show_robots_txt() -> Response:
    """What robots must leave alone, and where the sitemap is."""
    rules = "".join(f"Disallow: {path}\n" for path in _DISALLOWED_PATHS)
    text = f"User-agent: *\n{rules}\nSitemap: {runtime().tokens.absolute_url('/sitemap.xml')}\n"
    return page_response(compress_page(text), mimetype="text/plain", max_age_seconds=ROBOTS_MAX_AGE_SECONDS)


def _sitemap_text() -> str:
    url, languages = runtime().tokens.absolute_url, site_languages().codes
    return xml_text(_sitemap_xml(url("/"), languages, url(""), listing.sitemap_addresses(runtime(), runtime().now())))


def _atom_text() -> str:
    url = runtime().tokens.absolute_url
    root = Element("feed", {"xmlns": ATOM_NAMESPACE})
    campaigns = listing.newest_campaigns(runtime(), runtime().now())
    site = site_name(runtime().settings)
    add_element(root, "id", url("/campaigns.atom"))
    add_element(root, "title", site)
    add_element(root, "updated", format_utc(max((address.changed_at for address, _ in campaigns), default=_EPOCH)))
    add_element(add_element(root, "author"), "name", site)
    add_element(root, "link", rel="self", type="application/atom+xml", href=url("/campaigns.atom"))
    add_element(root, "link", rel="alternate", type="text/html", href=url("/"))
    for address, campaign in campaigns:
        entry = add_element(root, "entry")
        entry.set("xml:lang", campaign.language)
        add_element(entry, "id", url(f"/c/{campaign.slug}"))
        add_element(entry, "title", campaign.text.title)
        add_element(entry, "published", format_utc(campaign.window.opens_at))
        add_element(entry, "updated", format_utc(address.changed_at))
        add_element(entry, "link", rel="alternate", type="text/html", href=url(f"/c/{campaign.slug}"))
        add_element(entry, "summary", campaign.page_texts.summary or plain_text(campaign.text.ask), type="text")
    return xml_text(root)


def _sitemap_xml(home: str, languages: tuple[str, ...], base: str, addresses: list[PageAddress]) -> Element:
    root = Element("urlset", {"xmlns": _SITEMAP, "xmlns:xhtml": _XHTML})
    pages = [*_language_variants(home, languages, None)]
    for address in addresses:
        pages += _language_variants(f"{base}/c/{address.slug}", address.languages, address.changed_at)
    for loc, changed_at, others in islice(pages, _MAX_SITEMAP_URLS):
        page = add_element(root, "url")
        add_element(page, "loc", loc)
        if changed_at is not None:
            add_element(page, "lastmod", format_utc(changed_at))
        for language, other in others.items():
            add_element(page, "xhtml:link", rel="alternate", hreflang=language, href=other)
    return root


def _language_variants(
    url: str, languages: tuple[str, ...], changed_at: datetime | None
) -> Iterator[tuple[str, datetime | None, dict[str, str]]]:
    """A page in each of its languages. Each names all of them, itself too, or it would not be believed."""
    if len(languages) < 2:
        yield url, changed_at, {}
        return
    others = {"x-default": url, **{language: f"{url}?{urlencode({LANGUAGE_PARAMETER: language})}" for language in languages}}
    for each in others.values():
        yield each, changed_at, others


def add_element(parent: Element, name: str, text: str = "", /, **attributes: str) -> Element:
    child = SubElement(parent, name, attributes)
    child.text = _NOT_XML_CHARACTERS.sub("", text) or None
    return child


def xml_text(root: Element) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'

"""Pages about the site itself: who runs it, how accessible it is, and where to report a weakness (RFC 9116)."""

from datetime import timedelta

from flask import Blueprint, Response, abort, redirect, render_template
from werkzeug.wrappers import Response as BaseResponse

from campaign.domain.common.formatting import format_utc
from campaign.rendering.markdown_html import render_markdown
from campaign.web.app_context import runtime
from campaign.web.compressed_page import PAGE_CACHE_SECONDS, cached_page, page_region, page_response
from campaign.web.language import localised_path, page_language

MAX_AGE_SECONDS = 60
"""Seconds a proxy or browser may keep these pages."""
SECURITY_TXT_DAYS = 180
"""Days after which security.txt says that it is out of date; RFC 9116, 2.5.5 recommends less than a year."""
_MAX_CACHED_PAGES = 100
_PAGES = page_region("about the site", _MAX_CACHED_PAGES, PAGE_CACHE_SECONDS)

blueprint = Blueprint("about", __name__)


@blueprint.get("/about")
def show_about() -> Response:
    """Who runs the site, what it is for, and whom to ask."""
    settings = runtime().settings

    def render() -> str:
        about_html = render_markdown(settings.site_about, top_heading=2)
        return render_template("campaign/about.html", about_html=about_html, contact=settings.site_contact)

    return page_response(cached_page(_PAGES, ("about", page_language()), render), max_age_seconds=MAX_AGE_SECONDS)


@blueprint.get("/contact")
def show_contact() -> BaseResponse:
    """Whom to ask: a part of the page about the site, under the address that people try."""
    return redirect(localised_path("/about") + "#questions", 303)


@blueprint.get("/terms")
def show_terms() -> Response:
    """The terms of using the site, where its operator has any. Raises 404 where not."""
    terms = runtime().settings.site_terms
    if not terms:
        abort(404)

    def render() -> str:
        return render_template("campaign/terms.html", terms_html=render_markdown(terms, top_heading=2))

    return page_response(cached_page(_PAGES, ("terms", page_language()), render), max_age_seconds=MAX_AGE_SECONDS)


@blueprint.get("/accessibility")
def show_accessibility() -> Response:
    """What is done so that everybody can sign, what is not, and whom to tell."""

    def render() -> str:
        return render_template("campaign/accessibility.html", contact=runtime().settings.site_contact)

    return page_response(cached_page(_PAGES, ("accessibility", page_language()), render), max_age_seconds=MAX_AGE_SECONDS)


@blueprint.get("/.well-known/security.txt")
def show_security_txt() -> Response:
    """Where to report a weakness, in the form of RFC 9116."""
    settings, now = runtime().settings, runtime().now()
    # From midnight, so that it is the same all day.
    expires = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=SECURITY_TXT_DAYS)
    contact = f"mailto:{settings.site_contact}" if settings.site_contact else f"{settings.base_url}/about"
    lines = (
        f"Contact: {contact}",
        f"Expires: {format_utc(expires)}",
        "Preferred-Languages: en",
        f"Canonical: {settings.base_url}/.well-known/security.txt",
    )
    response = Response("\n".join(lines) + "\n", mimetype="text/plain")
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE_SECONDS}"
    return response

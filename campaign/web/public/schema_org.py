"""JSON-LD of a page in the words of schema.org: data for search engines, written into the page."""

import json
from collections.abc import Callable
from typing import Any, cast

from flask import current_app
from markupsafe import Markup

from campaign.web.public.campaign_view import CampaignView

_MAX_DESCRIPTION_CHARACTERS = 300
"""Characters."""


def campaign_json_ld(shown: CampaignView) -> Markup:
    """The page of a campaign: a text that people endorse until a certain time, and how many have."""
    address, main = _url(shown.path), _url("/")
    signing = {
        "@type": "EndorseAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{address}#sign"},
    }
    petition: dict[str, Any] = {
        "@type": "CreativeWork", "@id": f"{address}#campaign", "genre": "Petition", "name": shown.text.title,
        "url": address, "abstract": _shortened(shown.summary), "inLanguage": shown.text_language,
        "datePublished": shown.opens_at, "expires": shown.closes_at, "image": _url(shown.card_url),
        "interactionStatistic": {
            "@type": "InteractionCounter", "interactionType": "https://schema.org/EndorseAction",
            "userInteractionCount": shown.signatures,
        },
    }  # fmt: skip
    if shown.organiser:
        own_page = {"url": shown.organiser_url} if shown.organiser_url else {}
        petition["author"] = {"@type": "Organization", "name": shown.organiser, **own_page}
    if shown.text.recipient:
        petition["audience"] = {"@type": "Audience", "name": shown.text.recipient}
    if shown.open:
        petition["potentialAction"] = signing
    return _json_ld_script(
        {
            "@context": "https://schema.org", "@type": "WebPage", "@id": address, "url": address, "name": shown.text.title,
            "description": _shortened(shown.summary), "inLanguage": shown.text_language, "expires": shown.closes_at,
            "primaryImageOfPage": {"@type": "ImageObject", "url": _url(shown.card_url), "width": 1200, "height": 630},
            "isPartOf": {"@type": "WebSite", "@id": main, "url": main, "name": _site_name()}, "mainEntity": petition,
        }
    )  # fmt: skip


def site_json_ld(language: str) -> Markup:
    """The home page: the site, and how it is searched."""
    main = _url("/")
    search = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{main}?q={{search_term_string}}"},
        "query-input": "required name=search_term_string",
    }
    return _json_ld_script(
        {
            "@context": "https://schema.org", "@type": "WebSite", "@id": main, "url": main, "name": _site_name(),
            "inLanguage": language, "potentialAction": search,
        }
    )  # fmt: skip


def _json_ld_script(data: dict[str, Any]) -> Markup:
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    # Whatever a campaigner wrote, nothing in here ends the element it stands in.
    safe = written.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")
    return Markup(f'<script type="application/ld+json">{safe}</script>')  # noqa: S704 - made safe in the line above


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MAX_DESCRIPTION_CHARACTERS else f"{line[: _MAX_DESCRIPTION_CHARACTERS - 1].rstrip()}…"


def _url(path: str) -> str:
    """A full address, as templates write it."""
    url = cast("Callable[[str], str]", current_app.jinja_env.globals["url"])
    return url(path)


def _site_name() -> str:
    return str(current_app.jinja_env.globals["site"])

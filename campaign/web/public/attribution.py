"""Attribution of a visit: a label or a personal link in the address, or the site that led here. Without cookies.

What is found goes into hidden fields of the form, and with it onto the signature; a visitor who does not sign leaves nothing.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import request
from markupsafe import Markup

from campaign.domain.signatures.attribution import NO_ATTRIBUTION, SHARE_SOURCE, Attribution, read_attribution, referring_host

UNKNOWN_SOURCE_FIELD = Markup('<input type="hidden" name="source" value="">')
"""The hidden field of a page that everybody gets: the script writes into it where a visitor comes from."""


def attribution_from_request(own_host: str) -> Attribution:
    """How this visitor came here: what the address says goes before the page that led here."""
    if has_attribution_in_url():
        return read_attribution(*_query_values(), own_host)
    referer = request.headers.get("Referer", "")
    return read_attribution("", referring_host(referer, own_host), own_host) if referer else NO_ATTRIBUTION


def has_attribution_in_url() -> bool:
    """Whether the address itself says it, so that a cache that goes by addresses may keep this page."""
    return bool(request.query_string) and any(_query_values())


def attribution_from_form(form: Mapping[str, str], own_host: str) -> Attribution:
    """How the visitor who submits a form came here, by its hidden fields."""
    return read_attribution(form.get("via", ""), form.get("source", ""), own_host)


def hidden_fields(attribution: Attribution) -> Markup:
    """The hidden fields that say it."""
    if not attribution.source:
        return UNKNOWN_SOURCE_FIELD
    source = "" if attribution.source == SHARE_SOURCE else attribution.source
    more = (
        Markup('<input type="hidden" name="via" value="{}">').format(attribution.referral_code)
        if attribution.referral_code
        else Markup()
    )
    return Markup('<input type="hidden" name="source" value="{}">').format(source) + more


def host_name(base_url: str) -> str:
    """The host this site is reached by."""
    return urlsplit(base_url).hostname or ""


def _query_values() -> tuple[str, str]:
    return request.args.get("via", ""), request.args.get("utm_source", "")

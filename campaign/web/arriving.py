"""How somebody came to a campaign: by a label or a personal link in its address, or from another site. Without cookies.

What is found goes into hidden fields of the form, and with it onto the signature; a visitor who does not sign leaves nothing.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import request
from markupsafe import Markup

from campaign.domain.attribution import SHARED, Attribution, read_attribution, referring_host
from campaign.domain.attribution import UNKNOWN as NOT_SAID

UNKNOWN = Markup('<input type="hidden" name="source" value="">')
"""The hidden field of a page that everybody gets: the script writes into it where a visitor comes from."""


def arrival(own_host: str) -> Attribution:
    """How this visitor came here: what the address says goes before the page that led here."""
    if said_by_address():
        return read_attribution(*_in_address(), own_host)
    referer = request.headers.get("Referer", "")
    return read_attribution("", referring_host(referer, own_host), own_host) if referer else NOT_SAID


def said_by_address() -> bool:
    """Whether the address itself says it, so that whoever keeps pages by their address may keep this one."""
    return bool(request.query_string) and any(_in_address())


def submitted(form: Mapping[str, str], own_host: str) -> Attribution:
    """How the visitor who submits a form came here, by its hidden fields."""
    return read_attribution(form.get("via", ""), form.get("source", ""), own_host)


def fields(came: Attribution) -> Markup:
    """The hidden fields that say it."""
    if not came.source:
        return UNKNOWN
    source = "" if came.source == SHARED else came.source
    more = Markup('<input type="hidden" name="via" value="{}">').format(came.brought_by) if came.brought_by else Markup()
    return Markup('<input type="hidden" name="source" value="{}">').format(source) + more


def host_of(base_url: str) -> str:
    """The host this site is reached by."""
    return urlsplit(base_url).hostname or ""


def _in_address() -> tuple[str, str]:
    return request.args.get("via", ""), request.args.get("utm_source", "")

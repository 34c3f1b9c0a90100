"""Attribution of a signature: who brought it, or from where. Without cookies, and without identifying anybody who came.

All of it arrives from outside, in addresses anybody can write. What does not fit is dropped and nobody is told: a signature
must never fail for the link that led to it.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

SHARE_SOURCE = "share"
"""The source of a signature that came by a personal link."""
MAX_SOURCE_LENGTH = 64
"""Characters."""

_SHARE_CODE = re.compile(r"[A-Za-z0-9_-]{22}")
# Neither begins with a hyphen: a spreadsheet would take it for a formula.
_LABEL = re.compile(r"[a-z0-9][a-z0-9-]{0,19}")
_SOURCE = re.compile(rf"[a-z0-9][a-z0-9._-]{{0,{MAX_SOURCE_LENGTH - 1}}}")


@dataclass(frozen=True, slots=True)
class Attribution:
    """Attribution of one signature. Either may be empty."""

    source: str
    """A label, a campaign tool's source, or the host of the site that led here."""
    referral_code: str
    """The personal code of the signatory whose link it was, as it stood in the address: perhaps nobody's."""


NO_ATTRIBUTION = Attribution("", "")
"""Of a signature that says nothing about it."""


def read_attribution(via: str, source: str, host: str = "") -> Attribution:
    """Read what an address says (`?via=`, `?utm_source=`, or a referring site). Never raises.

    `host` is our own, which is no source.
    """
    via = via.strip()
    if _SHARE_CODE.fullmatch(via):
        return Attribution(SHARE_SOURCE, via)
    if _LABEL.fullmatch(via.lower()):
        return Attribution(via.lower(), "")
    return Attribution(_source(source, host), "")


def referring_host(referer: str, own_host: str) -> str:
    """The host of a Referer header; "" for our own, for an IP address, and for what cannot be read."""
    return _source(referer, own_host) if "//" in referer else ""


def _source(text: str, own_host: str) -> str:
    text = text.strip().lower()
    if "/" in text:
        text = _host(text)
    source = text.removeprefix("www.").rstrip(".")
    own = _host(own_host.strip().lower()).removeprefix("www.")
    if source == own or not _SOURCE.fullmatch(source) or _is_ip(source):
        return ""
    return source


def _host(text: str) -> str:
    """The host in an address, or in a host with a port."""
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        # Asked for the port as well, it refuses what is no address ("data:text/html").
        host, _ = parts.hostname, parts.port
    except ValueError:
        return ""
    return host or ""


def _is_ip(text: str) -> bool:
    """An address of a machine says nothing to a campaigner, and might point at a person."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True

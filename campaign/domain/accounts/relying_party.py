"""Relying party of passkeys: the host people know the site by, and where its pages come from."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

import idna

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The site, as browsers and authenticators name it."""

    host: str
    origin: str
    supports_passkeys: bool
    """Whether browsers make passkeys here: only for a name, and only over https or on this machine."""


def relying_party(base_url: str) -> RelyingParty:
    """The site at this address, written as browsers write it: in lower case, in ASCII, without the usual port."""
    parts = urlsplit(base_url)
    host = (parts.hostname or "").lower()
    named = not _is_ip_address(host)
    if named and not host.isascii():
        host = idna.encode(host, uts46=True).decode()
    shown = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    safe = parts.scheme == "https" or host == "localhost" or host.endswith(".localhost")
    return RelyingParty(host, f"{parts.scheme}://{shown}{port}", named and safe)


def _is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True

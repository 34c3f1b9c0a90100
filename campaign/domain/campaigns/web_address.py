"""Web addresses that campaigners give, to be shown to the public as links."""

import re
from urllib.parse import urlsplit

from campaign.domain.common.invalid_input import InvalidInputError

MAX_WEB_ADDRESS_LENGTH = 500
_HOST = re.compile(r"(?=.{4,253}\Z)(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_](?:[\w-]{0,61}[^\W_])")


def read_web_address(value: object) -> str:
    """An `https` address with the name of a host; "" for none. Raises InvalidInputError."""
    if not isinstance(value, str):
        raise InvalidInputError("must be text")
    address = value.strip()
    if not address:
        return ""
    if len(address) > MAX_WEB_ADDRESS_LENGTH:
        raise InvalidInputError(
            "must be %(most)s characters or fewer; it has %(has)s", most=MAX_WEB_ADDRESS_LENGTH, has=f"{len(address):,}"
        )
    if not _is_https_address(address):
        raise InvalidInputError("write an address that begins with https://, as in https://example.org/about")
    return address


def web_host(address: str) -> str:
    """The host of a web address, as people say it: without "www."."""
    return (urlsplit(address).hostname or "").removeprefix("www.")


def _is_https_address(address: str) -> bool:
    # A name and password in front of the host would show another host than it leads to; a backslash is a slash to browsers.
    if (
        not address.isprintable()
        or any(sign in address for sign in ' \\"<>')
        or "@" in address.partition("//")[2].split("/")[0]
    ):
        return False
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme == "https" and bool(_HOST.fullmatch(parts.hostname or ""))

"""The fields of filters, each read as it was typed: into a query, a form or JSON. Raises Refused with a sentence at each."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from ipaddress import ip_network
from typing import Any

from campaign.domain.address import read_address
from campaign.domain.names import LONGEST_NAME
from campaign.domain.networks import network_of
from campaign.domain.places import read_country
from campaign.domain.refusal import Refused
from campaign.domain.search import folded
from campaign.domain.signature import SignatureState

_LONGEST_SOURCE = 64
_LONGEST_TYPED = 320
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

_AREA = re.compile(r"([A-Z]{1,2})([0-9][0-9A-Z]?)?")
_HASH = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_MASKS = {4: 24, 6: 48}


def cleaned(value: str) -> str:
    """A value without what surrounds it, in one of the several ways Unicode can write it."""
    value = unicodedata.normalize("NFC", value).strip()
    # Direction marks come along when a name is copied from a page that is written the other way.
    return value.translate(dict.fromkeys(map(ord, "\u200e\u200f\ufeff")))


def _one(typed: Sequence[str]) -> str:
    """The one value of a field. Raises Refused for several, for too long ones and for what no keyboard types."""
    if len(typed) > 1:
        raise Refused("Give one value only.")
    value = typed[0] if typed else ""
    if len(value) > _LONGEST_TYPED:
        raise Refused("That is too long to be found anywhere.")
    if not all(character.isprintable() or character in "\u200c\u200d" for character in value):
        raise Refused("That contains characters that cannot be searched for. Type it again.")
    return value


def _name(typed: Sequence[str], _: tzinfo) -> str:
    name = _one(typed)
    if len(name) > LONGEST_NAME:
        raise Refused(f"A name has at most {LONGEST_NAME} characters.")
    if name and not folded(name):
        raise Refused("Enter the beginning of a name in letters.")
    return name


def _address(typed: Sequence[str], _: tzinfo) -> str:
    value = _one(typed)
    return read_address(value).typed if value else ""


def _yes(typed: Sequence[str], _: tzinfo) -> bool:
    return _one(typed) not in ("", "0", "no")


def _domain(typed: Sequence[str], _: tzinfo) -> str:
    domain = _one(typed).removeprefix("@")
    if not domain:
        return ""
    try:
        # By way of an address: a domain in another script, or another name of the same provider, is found as it is stored.
        return read_address(f"someone@{domain}").key.partition("@")[2]
    except Refused:
        raise Refused("Enter a domain, like example.org.") from None


def _area(typed: Sequence[str], _: tzinfo) -> str:
    area = "".join(unicodedata.normalize("NFKC", _one(typed)).upper().split())
    if area and not _AREA.fullmatch(area):
        raise Refused("Enter a postcode area, like SW, or the first half of a postcode, like SW1A.")
    return area


def _country(typed: Sequence[str], _: tzinfo) -> str:
    code = _one(typed)
    return read_country(code) if code else ""


def _network(typed: Sequence[str], _: tzinfo) -> str:
    value = _one(typed)
    if not value:
        return ""
    try:
        found = ip_network(value, strict=False)
    except ValueError:
        raise Refused("Enter a network, like 203.0.113.0/24, or an address in it.") from None
    if found.prefixlen < _MASKS[found.version]:
        raise Refused("That is more than one network. Only a /24 (or a /48 of IPv6) is kept of each signature.")
    return network_of(str(found.network_address))


def _source(typed: Sequence[str], _: tzinfo) -> str:
    source = _one(typed).lower()
    if len(source) > _LONGEST_SOURCE:
        raise Refused(f"A source has at most {_LONGEST_SOURCE} characters.")
    return source


def _states(typed: Sequence[str], _: tzinfo) -> tuple[SignatureState, ...]:
    if any(value not in set(SignatureState) for value in typed):
        raise Refused("Choose states from the list.")
    # All of them leave nothing out.
    chosen = tuple(state for state in SignatureState if state in typed)
    return chosen if len(chosen) < len(SignatureState) else ()


def _time(typed: Sequence[str], zone: tzinfo) -> datetime | None:
    value = _one(typed)
    if not value:
        return None
    try:
        at = datetime.fromisoformat(value)
        at = (at.replace(tzinfo=zone) if at.tzinfo is None else at).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused("Enter a day and a time, like 2026-11-23T12:00.") from None
    if not _EARLIEST <= at <= _LATEST:
        raise Refused("Enter a year of this century.")
    return at


def _comment(typed: Sequence[str], _: tzinfo) -> bool | None:
    value = _one(typed)
    if value not in ("", "yes", "no"):
        raise Refused("Choose with or without a comment.")
    return {"yes": True, "no": False}.get(value)


def _text(typed: Sequence[str], _: tzinfo) -> str:
    value = _one(typed).lower()
    if value and not _HASH.fullmatch(value):
        raise Refused("Choose a version of the text from the list.")
    return value


def _batch(typed: Sequence[str], _: tzinfo) -> int | None:
    value = _one(typed)
    if value and not (value.isascii() and _NUMBER.fullmatch(value)):
        raise Refused("Enter the number of a batch.")
    return int(value) if value else None


READERS: dict[str, Callable[[Sequence[str], tzinfo], Any]] = {
    "name": _name, "address": _address, "as_typed": _yes, "domain": _domain, "area": _area, "country": _country,
    "network": _network, "source": _source, "states": _states, "since": _time, "before": _time, "comment": _comment,
    "text": _text, "batch": _batch,
}  # fmt: skip
"""How each is read from its values, on the wall clocks of a zone."""

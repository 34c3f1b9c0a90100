"""The fields of filters, each read as it was typed: into a query, a form or JSON. Raises InvalidInputError with a sentence at
each."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from ipaddress import ip_network
from typing import Any

from campaign.domain.common.email_address import read_email_address, read_mail_domain
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.common.invisible_characters import UNSHOWABLE, WITHOUT_INVISIBLE
from campaign.domain.common.networks import WIDER_PREFIX_LENGTHS, network_prefix
from campaign.domain.common.text_folding import fold_text
from campaign.domain.places.postcode import read_country
from campaign.domain.places.postcode_part import read_postcode_part
from campaign.domain.signatures.names import MAX_NAME_LENGTH
from campaign.domain.signatures.signature import SignatureState

_MAX_SOURCE_LENGTH = 64
_MAX_VALUE_LENGTH = 320
_MIN_WORDS_LENGTH = 3
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

_HASH = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_PREFIX_LENGTHS = {4: 24, 6: 48}


def clean_value(value: str) -> str:
    """A value without what surrounds it, in one of the several ways Unicode can write it."""
    value = unicodedata.normalize("NFC", value).strip()
    # Direction marks come along when a name is copied from a page that is written the other way.
    return value.translate(dict.fromkeys(map(ord, "\u200e\u200f\ufeff")))


def _read_single(typed: Sequence[str]) -> str:
    """The one value of a field. Raises InvalidInputError for several, for too long ones and for what no keyboard types."""
    if len(typed) > 1:
        raise InvalidInputError("Give one value only.")
    value = typed[0].translate(WITHOUT_INVISIBLE) if typed else ""
    if len(value) > _MAX_VALUE_LENGTH:
        raise InvalidInputError("That is too long to be found anywhere.")
    if UNSHOWABLE.search(value) or "\n" in value:
        raise InvalidInputError("That contains characters that cannot be searched for. Type it again.")
    return value


def _read_name(typed: Sequence[str], _: tzinfo) -> str:
    name = _read_single(typed)
    if len(name) > MAX_NAME_LENGTH:
        raise InvalidInputError(f"A name has at most {MAX_NAME_LENGTH} characters.")
    if name and not fold_text(name):
        raise InvalidInputError("Enter the beginning of a name in letters.")
    return name


def _read_address(typed: Sequence[str], _: tzinfo) -> str:
    value = _read_single(typed)
    return read_email_address(value).typed if value else ""


def _read_flag(typed: Sequence[str], _: tzinfo) -> bool:
    return _read_single(typed) not in ("", "0", "no")


def _read_domain(typed: Sequence[str], _: tzinfo) -> str:
    domain = _read_single(typed).removeprefix("@")
    if not domain:
        return ""
    try:
        return read_mail_domain(domain)
    except InvalidInputError:
        raise InvalidInputError("Enter a domain, like example.org.") from None


def _read_area(typed: Sequence[str], _: tzinfo) -> str:
    return read_postcode_part(_read_single(typed))


def _read_kind(typed: Sequence[str], _: tzinfo) -> str:
    value = _read_single(typed)
    if value not in ("", "online", "paper"):
        raise InvalidInputError("Choose online or on paper.")
    return value


def _read_country(typed: Sequence[str], _: tzinfo) -> str:
    code = _read_single(typed)
    return read_country(code) if code else ""


def _read_network(typed: Sequence[str], _: tzinfo) -> str:
    value = _read_single(typed)
    if not value:
        return ""
    try:
        found = ip_network(value, strict=False)
    except ValueError:
        raise InvalidInputError("Enter a network, like 203.0.113.0/24, or an address in it.") from None
    if found.prefixlen == WIDER_PREFIX_LENGTHS[found.version]:
        return str(found)
    if found.prefixlen < _PREFIX_LENGTHS[found.version]:
        raise InvalidInputError("Enter a /24 or a /16, or of IPv6 a /48 or a /32. No more of an address is kept.")
    return network_prefix(str(found.network_address))


def _read_source(typed: Sequence[str], _: tzinfo) -> str:
    source = _read_single(typed).lower()
    if len(source) > _MAX_SOURCE_LENGTH:
        raise InvalidInputError(f"A source has at most {_MAX_SOURCE_LENGTH} characters.")
    return source


def _read_states(typed: Sequence[str], _: tzinfo) -> tuple[SignatureState, ...]:
    if any(value not in set(SignatureState) for value in typed):
        raise InvalidInputError("Choose states from the list.")
    # All of them leave nothing out.
    chosen = tuple(state for state in SignatureState if state in typed)
    return chosen if len(chosen) < len(SignatureState) else ()


def _read_time(typed: Sequence[str], zone: tzinfo) -> datetime | None:
    value = _read_single(typed)
    if not value:
        return None
    try:
        at = datetime.fromisoformat(value)
        at = (at.replace(tzinfo=zone) if at.tzinfo is None else at).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInputError("Enter a day and a time, like 2026-11-23T12:00.") from None
    if not _EARLIEST <= at <= _LATEST:
        raise InvalidInputError("Enter a year of this century.")
    return at


def _read_comment(typed: Sequence[str], _: tzinfo) -> bool | None:
    value = _read_single(typed)
    if value not in ("", "yes", "no"):
        raise InvalidInputError("Choose with or without a comment.")
    return {"yes": True, "no": False}.get(value)


def _read_words(typed: Sequence[str], _: tzinfo) -> str:
    words = _read_single(typed)
    if words and len(words) < _MIN_WORDS_LENGTH:
        raise InvalidInputError(f"Enter at least {_MIN_WORDS_LENGTH} letters of what the comment says.")
    return words


def _read_text_hash(typed: Sequence[str], _: tzinfo) -> str:
    value = _read_single(typed).lower()
    if value and not _HASH.fullmatch(value):
        raise InvalidInputError("Choose a version of the text from the list.")
    return value


def _read_batch(typed: Sequence[str], _: tzinfo) -> int | None:
    return _read_number(typed, N_("Enter the number of a bulk change."))


def _read_holding_flag(typed: Sequence[str], _: tzinfo) -> int | None:
    return _read_number(typed, N_("Enter the number of a flag."))


def _read_number(typed: Sequence[str], refusal: str) -> int | None:
    value = _read_single(typed)
    if value and not (value.isascii() and _NUMBER.fullmatch(value)):
        raise InvalidInputError(refusal)
    return int(value) if value else None


FILTER_READERS: dict[str, Callable[[Sequence[str], tzinfo], Any]] = {
    "name": _read_name,
    "whole_name": _read_flag,
    "part_of_name": _read_flag,
    "address": _read_address,
    "as_typed": _read_flag,
    "domain": _read_domain,
    "area": _read_area,
    "country": _read_country,
    "network": _read_network,
    "source": _read_source,
    "kind": _read_kind,
    "states": _read_states,
    "held": _read_flag,
    "flag": _read_holding_flag,
    "since": _read_time,
    "before": _read_time,
    "comment": _read_comment,
    "words": _read_words,
    "text": _read_text_hash,
    "batch": _read_batch,
}
"""How each is read from its values, on the wall clocks of a zone."""

"""Filters: what somebody at the desk looks for among the signatures of one campaign, read from queries, forms and JSON.

A filter is kept in the words it was typed in, cleaned; how it is compared with what is stored stands beside it as a property.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, tzinfo
from typing import Any

from campaign.domain.common.email_address import read_email_address
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.common.networks import wider_network_pattern
from campaign.domain.places.postcode_part import PostcodePart, split_postcode_part
from campaign.domain.signatures.filter_fields import FILTER_READERS, clean_value
from campaign.domain.signatures.search_keys import name_key
from campaign.domain.signatures.signature import SignatureState

PERSONAL_FILTERS = ("name", "address", "as_typed", "whole_name", "part_of_name", "words")
"""What is somebody's own: it never stands in an address bar, a log or a history, and not readable in Redis."""
ADDRESS_FILTERS = ("address", "as_typed", "network")
"""What only those search by who may read addresses and networks."""


class InvalidFiltersError(ValueError):
    """Filters that cannot be understood; `errors` has a sentence for each field that has one."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters of signatures: those that each of these fits. What is empty leaves nothing out."""

    name: str = ""
    """What the full name, or its last word, begins with; case and accents do not matter."""
    whole_name: bool = False
    """Only those whose full name is just this."""
    part_of_name: bool = False
    """Those too whose full name has it anywhere. No index finds these."""
    address: str = ""
    """An email address: every spelling of its mailbox."""
    as_typed: bool = False
    """Only this very spelling of it."""
    domain: str = ""
    """Of canonical addresses: "example.org"."""
    area: str = ""
    """A postcode or the beginning of one: "SW", "SW1A", "SW1A 1" or "SW1A 1AA"."""
    country: str = ""
    network: str = ""
    """A /24 or /48, as `campaign.domain.common.networks` writes it; or a wider one, a /16 or /32."""
    source: str = ""
    kind: str = ""
    """Given "online", or on "paper"."""
    states: tuple[SignatureState, ...] = ()
    held: bool = False
    """Only verified ones that a flag keeps from being counted."""
    flag: int | None = None
    """Only verified ones that this flag keeps from being counted."""
    since: datetime | None = None
    """Signed then or later."""
    before: datetime | None = None
    comment: bool | None = None
    """With one, or without."""
    words: str = ""
    """Words in the comment, one after the other as they are written; case does not matter. No index finds these."""
    text: str = ""
    """The hash of the version that was signed."""
    batch: int | None = None
    """The batch that invalidated them."""

    @property
    def name_key(self) -> str:
        """What `name` is compared by."""
        return name_key(self.name)

    @property
    def email_key(self) -> str:
        """What `address` is compared by; "" for none."""
        return read_email_address(self.address).key if self.address else ""

    @property
    def wider_network_pattern(self) -> str:
        """What a wider network is compared as; "" where none is looked for."""
        return wider_network_pattern(self.network) if self.network else ""

    @property
    def postcode_part(self) -> PostcodePart:
        """What `area` is compared as."""
        return split_postcode_part(self.area)

    @property
    def active(self) -> tuple[str, ...]:
        """The names of the filters that leave something out: all that the audit trail keeps of a search."""
        return tuple(f.name for f in fields(self) if getattr(self, f.name) != f.default)

    @property
    def is_personal(self) -> bool:
        """Whether it is somebody that is looked for: a person, or the few households of one postcode."""
        return any(name in PERSONAL_FILTERS for name in self.active) or bool(self.postcode_part.whole)

    def without(self, *names: str) -> "Filters":
        """The same without some of them."""
        empty: dict[str, Any] = {f.name: f.default for f in fields(self) if f.name in names}
        return replace(self, **empty)

    def only(self, *names: str) -> "Filters":
        """Some of them, and no other."""
        return self.without(*(f.name for f in fields(self) if f.name not in names))

    def to_json(self) -> dict[str, Any]:
        """As it is stored: what leaves something out, in strings; `filters_from_json` makes the same of it."""
        return {name: _json_value(getattr(self, name)) for name in self.active}

    def to_query(self) -> list[tuple[str, str]]:
        """As it stands in a query, in pairs. Raises ValueError where something personal would come to stand there."""
        if self.is_personal:
            raise ValueError("names, addresses and postcodes of people are not for queries")
        return [
            (name, value)
            for name, written in self.to_json().items()
            for value in (written if isinstance(written, list) else [written])
        ]


def filters_from_json(stored: Mapping[str, Any]) -> Filters:
    """What `to_json` wrote. Raises InvalidFiltersError."""
    given = {name: value if isinstance(value, list) else [value] for name, value in stored.items()}
    return read_filters({name: [str(one) for one in values] for name, values in given.items()}, UTC)


def read_filters(given: Mapping[str, Sequence[str]], zone: tzinfo) -> Filters:
    """Read a query or a form, where each field may have several values; fields of other names are left to others.

    Times without an offset are on the wall clocks of `zone`. Raises InvalidFiltersError with every error at its field.
    """
    errors: dict[str, str] = {}
    values: dict[str, Any] = {}
    for name, read in FILTER_READERS.items():
        typed = [clean_value(value) for value in given.get(name, ())]
        try:
            values[name] = read([value for value in typed if value], zone)
        except InvalidInputError as refused:
            errors[name] = str(refused)
    since, before = values.get("since"), values.get("before")
    if since is not None and before is not None and since >= before:
        errors["before"] = N_("Choose a time after the one it begins with.")
    if values.get("as_typed") and not (values.get("address") or "address" in errors):
        errors["address"] = N_("Enter the address whose spelling is meant.")
    if not values.get("name"):
        values["whole_name"] = values["part_of_name"] = False
    if values.get("whole_name"):
        values["part_of_name"] = False
    if errors:
        raise InvalidFiltersError(errors)
    return Filters(**values)


FILTER_NAMES = tuple(FILTER_READERS)
"""The names of the filters, as they stand in queries, forms and JSON."""


def _json_value(value: Any) -> str | list[str]:
    match value:
        case tuple():
            return [str(one) for one in value]
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)

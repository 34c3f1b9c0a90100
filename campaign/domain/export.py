"""What somebody wants exported: which columns of which signatures, in which order, as which kind of file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import Enum, StrEnum
from typing import Any

from campaign.domain.filters import Filters, FiltersRefused, read_filters
from campaign.domain.filters import read_json as read_filters_json
from campaign.domain.signature import SignatureState


class Format(StrEnum):
    """A kind of file."""

    CSV = "csv"
    """For machines: UTF-8 without byte order mark."""
    CSV_EXCEL = "csv-excel"
    """For spreadsheets: the same with one."""
    XLSX = "xlsx"
    JSON = "json"
    """One object; each signature on a line of it."""
    JSONL = "jsonl"
    """An object on each line."""
    PACK = "pack"
    """A ZIP with the others, the printable submission and a manifest."""

    @property
    def suffix(self) -> str:
        """What the name of such a file ends with."""
        return {Format.CSV_EXCEL: "csv", Format.PACK: "zip"}.get(self, self.value)


class Order(StrEnum):
    """Which signature comes first."""

    SIGNING = "signing"
    """The first that came in."""
    NAME = "name"
    """By name as it is written, without regard to case and accents; equal names as they came in."""
    COUNTED = "counted"
    """As the ledger counted them; what it never counted comes last."""


class Cell(Enum):
    """What stands in a column."""

    NUMBER = "number"
    TEXT = "text"
    FLAG = "flag"
    TIME = "time"
    """As text: UTC, whole seconds, "2026-11-23T12:00:00Z"."""


CELLS = {
    "number": Cell.NUMBER,
    "name": Cell.TEXT,
    "email": Cell.TEXT,
    "postcode": Cell.TEXT,
    "country": Cell.TEXT,
    "comment": Cell.TEXT,
    "public": Cell.FLAG,
    "updates": Cell.FLAG,
    "signed_at": Cell.TIME,
    "verified_at": Cell.TIME,
    "source": Cell.TEXT,
    "kind": Cell.TEXT,
    "state": Cell.TEXT,
    "constituency": Cell.TEXT,
}
"""Every column there is, in the order they stand in. Never a token, a network address or a password hash."""
ON_REQUEST = ("email", "kind", "state", "constituency")
"""Columns that are there only where they are asked for."""
COLUMNS = tuple(name for name in CELLS if name not in ON_REQUEST)
FILTERS = ("states", "since", "before", "area", "text")
"""Filters of signatures that an export can be narrowed by, beside `updates`."""
MOST_TYPED = 40
"""Characters of the name of a format, an order or a profile."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be exported."""

    format: Format = Format.CSV
    columns: tuple[str, ...] = COLUMNS
    filters: Filters = field(default_factory=lambda: Filters(states=(SignatureState.VERIFIED,)))
    updates: bool | None = None
    """Only who asked to be told of this campaign, or only who did not."""
    order: Order = Order.SIGNING
    profile: str = ""
    """Whom a pack's printable submission is for; empty for a pack without one."""

    @property
    def with_email(self) -> bool:
        """Whether addresses are in it."""
        return "email" in self.columns

    @property
    def narrowed(self) -> dict[str, Any]:
        """What leaves signatures out, as a manifest and the audit trail tell it."""
        return {**self.filters.to_json(), **({} if self.updates is None else {"updates": "yes" if self.updates else "no"})}

    def to_json(self) -> dict[str, Any]:
        """As it is stored; `read_json` makes the same of it."""
        return {
            "format": self.format.value, "columns": list(self.columns), "filters": self.filters.to_json(),
            "updates": self.updates, "order": self.order.value, "profile": self.profile,
        }  # fmt: skip


def read_json(stored: Mapping[str, Any]) -> Plan:
    """What `to_json` wrote."""
    return Plan(
        Format(stored["format"]), tuple(stored["columns"]), read_filters_json(stored["filters"]), stored["updates"],
        Order(stored["order"]), stored["profile"],
    )  # fmt: skip


def ordered(names: Sequence[str]) -> tuple[str, ...]:
    """These columns in the order they stand in, each once."""
    return tuple(name for name in CELLS if name in names)


def read_plan(given: Mapping[str, Sequence[str]], zone: tzinfo, profiles: Sequence[str] = ()) -> Plan:
    """Read a form, or options of a command, where each field may have several values.

    Fields: format, columns, states, since, before, area, text, updates, order, profile. No state means verified. Raises
    FiltersRefused with every error at its field.
    """
    errors: dict[str, str] = {}
    filters = Filters()
    try:
        filters = read_filters({name: given[name] for name in FILTERS if name in given}, zone)
    except FiltersRefused as refused:
        errors |= refused.errors
    if not any(given.get("states", ())):
        filters = Filters(
            states=(SignatureState.VERIFIED,), since=filters.since, before=filters.before, area=filters.area, text=filters.text
        )
    one = {name: (list(given.get(name, ())) or [""])[0][:MOST_TYPED] for name in ("format", "order", "updates", "profile")}
    if one["format"] not in set(Format):
        errors["format"] = "Choose a kind of file."
    if (one["order"] or Order.SIGNING) not in set(Order):
        errors["order"] = "Choose an order from the list."
    if one["updates"] not in ("", "yes", "no"):
        errors["updates"] = "Choose with or without that consent, or all."
    if one["profile"] and one["profile"] not in profiles:
        errors["profile"] = "Choose whom the submission is for from the list."
    columns = ordered(given.get("columns", ()))
    if not columns or set(given["columns"]) - set(CELLS):
        errors["columns"] = "Choose at least one column, from the list."
    if errors:
        raise FiltersRefused(errors)
    return Plan(
        Format(one["format"]), columns, filters, {"yes": True, "no": False}.get(one["updates"]),
        Order(one["order"] or Order.SIGNING), one["profile"] if one["format"] == Format.PACK else "",
    )  # fmt: skip

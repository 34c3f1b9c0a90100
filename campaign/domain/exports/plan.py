"""Plan of an export: which columns of which signatures, in which order, as which kind of file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import Enum, StrEnum
from typing import Any

from campaign.domain.exports.mailing_list import MailingProgram
from campaign.domain.signatures.filters import Filters, InvalidFiltersError, filters_from_json, read_filters
from campaign.domain.signatures.signature import SignatureState


class ExportFormat(StrEnum):
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
    LIST = "list"
    """Who asked for updates, as CSV for one mailing program; its columns are that program's."""
    SAMPLE = "sample"
    """A ZIP with a random sample that was drawn for a recipient; asked for by drawing it."""
    PACK = "pack"
    """A ZIP with a manifest. For a recipient: papers and the list they may have; else the other formats, for the campaigner"""

    @property
    def suffix(self) -> str:
        """What the name of such a file ends with."""
        return {
            ExportFormat.CSV_EXCEL: "csv",
            ExportFormat.LIST: "csv",
            ExportFormat.SAMPLE: "zip",
            ExportFormat.PACK: "zip",
        }.get(self, self.value)


class ExportOrder(StrEnum):
    """Order of an export: which signature comes first."""

    SIGNING = "signing"
    """The first that came in."""
    NAME = "name"
    """By name as it is written, without regard to case and accents; equal names as they came in."""
    LEDGER = "counted"
    """As the ledger counted them; what it never counted comes last."""


class CellType(Enum):
    """Type of the cells of a column."""

    NUMBER = "number"
    TEXT = "text"
    FLAG = "flag"
    TIME = "time"
    """As text: UTC, whole seconds, "2026-11-23T12:00:00Z"."""


COLUMN_TYPES = {
    "number": CellType.NUMBER,
    "name": CellType.TEXT,
    "first_name": CellType.TEXT,
    "last_name": CellType.TEXT,
    "email": CellType.TEXT,
    "postcode": CellType.TEXT,
    "country": CellType.TEXT,
    "comment": CellType.TEXT,
    "comment_hidden": CellType.TEXT,
    "public": CellType.FLAG,
    "updates": CellType.FLAG,
    "signed_at": CellType.TIME,
    "verified_at": CellType.TIME,
    "source": CellType.TEXT,
    "kind": CellType.TEXT,
    "state": CellType.TEXT,
    "area": CellType.TEXT,
    "constituency": CellType.TEXT,
    "council": CellType.TEXT,
    "declared": CellType.TEXT,
    "statement": CellType.TEXT,
}
"""Every column there is, in the order they stand in. Never a token, a network address or a password hash."""
NAME_PARTS = ("first_name", "last_name")
OPTIONAL_COLUMNS = (
    *NAME_PARTS,
    "email",
    "comment_hidden",
    "kind",
    "state",
    "area",
    "constituency",
    "council",
    "declared",
    "statement",
)
"""Columns that are there only where they are asked for. With `comment_hidden` (why one is hidden) hidden comments come
too; without it they stay out."""
DEFAULT_COLUMNS = tuple(name for name in COLUMN_TYPES if name not in OPTIONAL_COLUMNS)
EXPORT_FILTERS = ("states", "since", "before", "area", "text")
"""Filters of signatures that an export can be narrowed by, beside `updates`."""
CHOSEN_FORMATS = tuple(kind for kind in ExportFormat if kind is not ExportFormat.SAMPLE)
"""Formats that are asked for by name; a sample is drawn first."""
MAX_CHOICE_LENGTH = 40
"""Characters of the name of a format, an order or a profile."""


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """Plan of an export: what is to be exported."""

    format: ExportFormat = ExportFormat.CSV
    columns: tuple[str, ...] = DEFAULT_COLUMNS
    filters: Filters = field(default_factory=lambda: Filters(states=(SignatureState.VERIFIED,)))
    updates: bool | None = None
    """Only who asked to be told of this campaign, or only who did not."""
    order: ExportOrder = ExportOrder.SIGNING
    profile: str = ""
    """Whom a pack is for: it holds what they may have, whatever the other fields say. Empty: it is for the campaigner."""
    program: str = ""
    """Which mailing program a list is for; empty for other formats."""
    two_names: bool = False
    """Whether a list has first and last names also where the program keeps one name."""
    sample: int = 0
    """Which sample a file is of; 0 for other formats."""

    @property
    def has_email(self) -> bool:
        """Whether addresses are in it."""
        return "email" in self.columns or self.format is ExportFormat.LIST

    @property
    def applied_filters(self) -> dict[str, Any]:
        """What leaves signatures out, as a manifest and the audit trail tell it."""
        return {**self.filters.to_json(), **({} if self.updates is None else {"updates": "yes" if self.updates else "no"})}

    def to_json(self) -> dict[str, Any]:
        """As it is stored; `plan_from_json` makes the same of it."""
        return {
            "format": self.format.value, "columns": list(self.columns), "filters": self.filters.to_json(),
            "updates": self.updates, "order": self.order.value, "profile": self.profile, "program": self.program,
            "two_names": self.two_names, "sample": self.sample,
        }  # fmt: skip


def plan_from_json(stored: Mapping[str, Any]) -> ExportPlan:
    """What `to_json` wrote."""
    return ExportPlan(
        ExportFormat(stored["format"]), tuple(stored["columns"]), filters_from_json(stored["filters"]), stored["updates"],
        ExportOrder(stored["order"]), stored["profile"], stored.get("program", ""), stored.get("two_names", False),
        stored.get("sample", 0),
    )  # fmt: skip


def ordered_columns(names: Sequence[str]) -> tuple[str, ...]:
    """These columns in the order they stand in, each once."""
    return tuple(name for name in COLUMN_TYPES if name in names)


def read_plan(given: Mapping[str, Sequence[str]], zone: tzinfo, profiles: Sequence[str] = ()) -> ExportPlan:
    """Read a form, or options of a command, where each field may have several values.

    Fields: format, columns, states, since, before, area, text, updates, order, profile, program, two_names. No state means
    verified. Raises InvalidFiltersError with every error at its field.
    """
    errors: dict[str, str] = {}
    filters = Filters()
    try:
        filters = read_filters({name: given[name] for name in EXPORT_FILTERS if name in given}, zone)
    except InvalidFiltersError as refused:
        errors |= refused.errors
    if not any(given.get("states", ())):
        filters = Filters(
            states=(SignatureState.VERIFIED,), since=filters.since, before=filters.before, area=filters.area, text=filters.text
        )
    one = {
        name: (list(given.get(name, ())) or [""])[0][:MAX_CHOICE_LENGTH]
        for name in ("format", "order", "updates", "profile", "program")
    }
    if one["format"] not in CHOSEN_FORMATS:
        errors["format"] = "Choose a kind of file."
    if (one["order"] or ExportOrder.SIGNING) not in set(ExportOrder):
        errors["order"] = "Choose an order from the list."
    if one["updates"] not in ("", "yes", "no"):
        errors["updates"] = "Choose with or without that consent, or all."
    if one["profile"] and one["profile"] not in profiles:
        errors["profile"] = "Choose whom the submission is for from the list."
    columns = ordered_columns(given.get("columns", ()))
    for_recipient = bool(one["profile"]) and one["format"] == ExportFormat.PACK
    for_program = one["format"] == ExportFormat.LIST
    if for_program:
        errors |= _mailing_list_errors(one["program"], filters, one["updates"])
    elif for_recipient:
        errors |= _recipient_errors(columns, filters, one["updates"])
    elif not columns or set(given["columns"]) - set(COLUMN_TYPES):
        errors["columns"] = "Choose at least one column, from the list."
    if errors:
        raise InvalidFiltersError(errors)
    if for_recipient:
        return ExportPlan(ExportFormat.PACK, columns=(), profile=one["profile"])
    if for_program:
        return ExportPlan(
            ExportFormat.LIST, (), filters, updates=True, order=ExportOrder(one["order"] or ExportOrder.SIGNING),
            program=one["program"], two_names=any(given.get("two_names", ())),
        )  # fmt: skip
    return ExportPlan(
        ExportFormat(one["format"]),
        columns,
        filters,
        {"yes": True, "no": False}.get(one["updates"]),
        ExportOrder(one["order"] or ExportOrder.SIGNING),
    )


def _mailing_list_errors(program: str, filters: Filters, updates: str) -> dict[str, str]:
    """What a mailing list cannot be."""
    errors = {}
    if program not in set(MailingProgram):
        errors["program"] = "Choose the program that will read the list."
    if filters.states != (SignatureState.VERIFIED,):
        errors["states"] = "A mailing list holds verified signatures only: leave the state empty."
    if updates == "no":
        errors["updates"] = "A mailing list holds only people who asked for updates."
    return errors


def _recipient_errors(columns: Sequence[str], filters: Filters, updates: str) -> dict[str, str]:
    """What was asked for beside a recipient and will not be in their pack: told, rather than left out in silence."""
    errors = {}
    if "email" in columns:
        errors["columns"] = "A pack for a recipient never has email addresses in it. Leave them out, or choose no recipient."
    if updates or filters != Filters(states=(SignatureState.VERIFIED,)):
        errors["profile"] = (
            "A pack for a recipient lists everybody it may list. Leave the filters empty, or choose no recipient to get a list "
            "for yourself."
        )
    return errors

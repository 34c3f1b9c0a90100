"""Representatives of constituencies and councils, as the operator's file says; see docs/handing-in.md."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from campaign.domain.places.place import AreaKind, AreaTotal

REPRESENTED_AREA_KINDS = (AreaKind.CONSTITUENCY, AreaKind.COUNCIL)
MAX_COLUMN_LENGTHS = {"code": 16, "area": 120, "name": 120, "form": 200, "party": 120}
"""Characters."""
MAX_LINES = 20_000
_DELIMITERS = (",", ";", "\t")
_MAX_ERRORS = 20
_COLUMNS = ("kind", *MAX_COLUMN_LENGTHS)


class InvalidRepresentativesError(Exception):
    """The file is not taken in, not even in part; `faults` are sentences that each name their line."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__(errors[0])
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Representative:
    """Representative of one area."""

    kind: AreaKind
    area: str
    """What the area is found by: its code, or its name in small letters."""
    name: str
    form: str = ""
    """How they are addressed ("Dear Ms Abbott"); may be empty."""
    party: str = ""


def lookup_keys(area_total: AreaTotal) -> tuple[str, str]:
    """What the representative of an area is found by: first its code, then its name."""
    return area_total.code, " ".join(area_total.name.split()).casefold()


def read_representatives(text: str) -> list[Representative]:
    """Read a CSV file with a line of headings: kind, code or area (or both), name, and where wanted form and party.

    Raises InvalidRepresentativesError, with what is wrong with each line.
    """
    text = text.removeprefix("\ufeff")
    # As a spreadsheet writes it, which in many languages is a semicolon.
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        headings = [heading.strip().lower() for heading in next(reader, [])]
        if fault := _headings_error(headings):
            raise InvalidRepresentativesError([fault])
        lines = [(reader.line_num, line) for line in reader if any(cell.strip() for cell in line)]
    except csv.Error as error:
        raise InvalidRepresentativesError([f"Line {reader.line_num}: is not CSV ({error})."]) from None
    if not lines:
        raise InvalidRepresentativesError(["The file names nobody."])
    if len(lines) > MAX_LINES:
        raise InvalidRepresentativesError([f"The file has more than {MAX_LINES} lines."])
    found, faults, seen = [], [], dict[tuple[AreaKind, str], int]()
    for number, line in lines:
        cells = dict(zip(headings, (" ".join(cell.split()) for cell in line), strict=False))
        wrong = list(_line_errors(cells, len(line), len(headings)))
        if not wrong:
            kind, area = AreaKind(cells["kind"].lower()), cells.get("code", "") or cells.get("area", "").casefold()
            before = seen.setdefault((kind, area), number)
            if before != number:
                wrong = [f"its area is that of line {before}."]
            found.append(Representative(kind, area, cells["name"], cells.get("form", ""), cells.get("party", "")))
        faults += [f"Line {number}: {fault}" for fault in wrong]
    if faults:
        more = len(faults) - _MAX_ERRORS
        raise InvalidRepresentativesError(faults[:_MAX_ERRORS] + ([f"And {more} more."] if more > 0 else []))
    return found


def _headings_error(headings: list[str]) -> str:
    if unknown := [heading for heading in headings if heading not in _COLUMNS]:
        return f"Line 1: there is no column {unknown[0]!r}; the columns are {', '.join(_COLUMNS)}."
    if twice := [heading for heading in headings if headings.count(heading) > 1]:
        return f"Line 1: the column {twice[0]!r} is there twice."
    if "kind" not in headings or "name" not in headings or not {"code", "area"} & set(headings):
        return "Line 1: the columns kind and name are needed, and code or area."
    return ""


def _line_errors(cells: dict[str, str], found_count: int, expected_count: int) -> Iterator[str]:
    if found_count != expected_count:
        yield f"it has {found_count} cells where the first line has {expected_count}."
        return
    if cells["kind"].lower() not in REPRESENTED_AREA_KINDS:
        yield "its kind must be constituency or council."
    if not cells.get("code") and not cells.get("area"):
        yield "it names no area, neither by code nor by name."
    if not cells["name"]:
        yield "it has no name."
    for column, longest in MAX_COLUMN_LENGTHS.items():
        if len(cells.get(column, "")) > longest:
            yield f"its {column} has more than {longest} characters."
        elif not cells.get(column, "").isprintable():
            yield f"its {column} has characters that cannot be seen."

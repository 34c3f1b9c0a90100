"""Who represents constituencies and councils, as the operator's file says; see docs/handing-in.md."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from campaign.domain.place import By, Total

KINDS = (By.CONSTITUENCY, By.COUNCIL)
LONGEST = {"code": 16, "area": 120, "name": 120, "form": 200, "party": 120}
"""Characters."""
MOST_LINES = 20_000
_MOST_FAULTS = 20
_COLUMNS = ("kind", *LONGEST)


class RepresentativesRefused(Exception):  # noqa: N818 - it reads as what happened to the file
    """The file is not taken in, not even in part; `faults` are sentences that each name their line."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(faults[0])
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Representative:
    """Who represents one area."""

    kind: By
    area: str
    """What the area is found by: its code, or its name in small letters."""
    name: str
    form: str = ""
    """How they are addressed ("Dear Ms Abbott"); may be empty."""
    party: str = ""


def found_by(total: Total) -> tuple[str, str]:
    """What the representative of an area is found by: first its code, then its name."""
    return total.code, " ".join(total.name.split()).casefold()


def read_representatives(text: str) -> list[Representative]:
    """Read a CSV file with a line of headings: kind, code or area (or both), name, and where wanted form and party.

    Raises RepresentativesRefused, with what is wrong with each line.
    """
    reader = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        headings = [heading.strip().lower() for heading in next(reader, [])]
        if fault := _fault_of_headings(headings):
            raise RepresentativesRefused([fault])
        lines = [(reader.line_num, line) for line in reader if any(cell.strip() for cell in line)]
    except csv.Error as error:
        raise RepresentativesRefused([f"Line {reader.line_num}: is not CSV ({error})."]) from None
    if not lines:
        raise RepresentativesRefused(["The file names nobody."])
    if len(lines) > MOST_LINES:
        raise RepresentativesRefused([f"The file has more than {MOST_LINES} lines."])
    found, faults, seen = [], [], dict[tuple[By, str], int]()
    for number, line in lines:
        cells = dict(zip(headings, (" ".join(cell.split()) for cell in line), strict=False))
        wrong = list(_faults(cells, len(line), len(headings)))
        if not wrong:
            kind, area = By(cells["kind"].lower()), cells.get("code", "") or cells.get("area", "").casefold()
            before = seen.setdefault((kind, area), number)
            if before != number:
                wrong = [f"its area is that of line {before}."]
            found.append(Representative(kind, area, cells["name"], cells.get("form", ""), cells.get("party", "")))
        faults += [f"Line {number}: {fault}" for fault in wrong]
    if faults:
        more = len(faults) - _MOST_FAULTS
        raise RepresentativesRefused(faults[:_MOST_FAULTS] + ([f"And {more} more."] if more > 0 else []))
    return found


def _fault_of_headings(headings: list[str]) -> str:
    if unknown := [heading for heading in headings if heading not in _COLUMNS]:
        return f"Line 1: there is no column {unknown[0]!r}; the columns are {', '.join(_COLUMNS)}."
    if twice := [heading for heading in headings if headings.count(heading) > 1]:
        return f"Line 1: the column {twice[0]!r} is there twice."
    if "kind" not in headings or "name" not in headings or not {"code", "area"} & set(headings):
        return "Line 1: the columns kind and name are needed, and code or area."
    return ""


def _faults(cells: dict[str, str], there: int, wanted: int) -> Iterator[str]:
    if there != wanted:
        yield f"it has {there} cells where the first line has {wanted}."
        return
    if cells["kind"].lower() not in KINDS:
        yield "its kind must be constituency or council."
    if not cells.get("code") and not cells.get("area"):
        yield "it names no area, neither by code nor by name."
    if not cells["name"]:
        yield "it has no name."
    for column, longest in LONGEST.items():
        if len(cells.get(column, "")) > longest:
            yield f"its {column} has more than {longest} characters."
        elif not cells.get(column, "").isprintable():
            yield f"its {column} has characters that cannot be seen."

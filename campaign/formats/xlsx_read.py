"""Lists in a workbook (XLSX). It is a ZIP of XML that anybody can have made, so its bounds are checked before it is read.

Formulas are not worked out: a cell with one holds its text, which no name begins with.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.paper.columns import MAX_HEADER_ROWS, recognise_columns
from campaign.formats.table_layout import TableLayout
from campaign.formats.xlsx_check import UNREADABLE, check_workbook

_MAX_COLUMNS = 100
_MAX_SHEETS = 50
"""Sheets whose names are told."""
_MAX_TITLE_CHARACTERS = 40
"""Of the name of a sheet; Excel takes 31."""
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""How a workbook writes what XML cannot hold (ISO/IEC 29500, ST_Xstring)."""


def is_workbook(file: BinaryIO) -> bool:
    """Whether a file is a ZIP, as a workbook is."""
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    return start == b"PK\x03\x04"


def read_workbook(
    file: BinaryIO, sheet_name: str, mapping: Mapping[str, str] | None,
    max_unpacked_bytes: int, layout: TableLayout | None,
) -> Iterator[tuple[int, Sequence[object]]]:  # fmt: skip
    """The rows of one sheet with their numbers. Where none is named, it is the first that is not hidden and names columns we
    know. Raises InvalidInputError, also in the middle."""
    # Imported where it is used: it is large, and few processes of a site ever read a workbook.
    from openpyxl import load_workbook  # noqa: PLC0415

    check_workbook(file, max_unpacked_bytes)
    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, data_only=False, keep_links=False, keep_vba=False)
    except Exception as error:
        # Whatever a made-up workbook makes the library stumble over, it is one that cannot be read.
        raise InvalidInputError(UNREADABLE) from error
    try:
        sheet = _sheet(book, sheet_name, mapping)
        if layout is not None:
            layout.sheet = str(sheet.title)[:_MAX_TITLE_CHARACTERS]
            layout.other_sheets = [
                str(one.title)[:_MAX_TITLE_CHARACTERS]
                for one in book.worksheets[:_MAX_SHEETS]
                if one is not sheet and one.sheet_state == "visible"
            ]
        # What a workbook says of its size is a claim; without it rows are as long as they are.
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(max_col=_MAX_COLUMNS, values_only=True), start=1):
            yield number, [_unescaped(cell) if isinstance(cell, str) else cell for cell in cells]
    except (ParseError, zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        if isinstance(error, InvalidInputError):
            raise
        raise InvalidInputError(UNREADABLE) from error
    finally:
        book.close()


def _unescaped(text: str) -> str:
    """A text with what XML cannot hold written out: "Ann_x000D_" ends in a carriage return."""
    return _ESCAPE.sub(lambda found: _letter(int(found[1], 16)), text) if "_x" in text else text


def _letter(code: int) -> str:
    return "" if 0xD800 <= code <= 0xDFFF else chr(code)


def _sheet(book: Any, name: str, mapping: Mapping[str, str] | None) -> Any:
    sheets = book.worksheets
    if not sheets:
        raise InvalidInputError(UNREADABLE)
    if not name:
        visible = [sheet for sheet in sheets if sheet.sheet_state == "visible"] or sheets
        if len(visible) == 1:
            return visible[0]
        found = next((sheet for sheet in visible if _names_columns(sheet, mapping)), None)
        if found is None:
            raise InvalidInputError("No sheet says which column holds the names; there are %(known)s.",
                          known=", ".join(f"“{sheet.title}”" for sheet in visible[:20]))  # fmt: skip
        return found
    for sheet in sheets:
        if sheet.title.strip().casefold() == name.strip().casefold():
            return sheet
    raise InvalidInputError("There is no sheet “%(name)s”; there are %(known)s.", name=name,
                  known=", ".join(f"“{sheet.title}”" for sheet in sheets[:20]))  # fmt: skip


def _names_columns(sheet: Any, mapping: Mapping[str, str] | None) -> bool:
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=MAX_HEADER_ROWS, max_col=_MAX_COLUMNS, values_only=True)
    return any(
        recognise_columns([_unescaped(str(cell if cell is not None else "")) for cell in cells], mapping) for cells in rows
    )

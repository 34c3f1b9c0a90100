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

_MAX_PARTS = 1_000
_MAX_UNPACKED_BYTES = 200_000_000
"""Octets of all parts of it, unpacked: some 500,000 rows."""
_MAX_SHARED_BYTES = 60_000_000
"""Octets of what is read as a whole: texts, styles, and everything but the sheets."""
_MAX_COLUMNS = 100
_CHUNK_BYTES = 1_048_576
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""How a workbook writes what XML cannot hold (ISO/IEC 29500, ST_Xstring)."""
_SHEET_PREFIX = "xl/worksheets/sheet"
_UNREADABLE = "The workbook cannot be read. Open it in a spreadsheet and save it again, or save it as CSV (UTF-8)."


def is_workbook(file: BinaryIO) -> bool:
    """Whether a file is a ZIP, as a workbook is."""
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    return start == b"PK\x03\x04"


def read_workbook(
    file: BinaryIO, sheet_name: str = "", mapping: Mapping[str, str] | None = None
) -> Iterator[tuple[int, Sequence[object]]]:
    """The rows of one sheet with their numbers. Where none is named, it is the first that is not hidden and names columns we
    know. Raises InvalidInputError, also in the middle."""
    # Imported where it is used: it is large, and few processes of a site ever read a workbook.
    from openpyxl import load_workbook  # noqa: PLC0415

    _check_archive(file)
    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, data_only=False, keep_links=False, keep_vba=False)
    except Exception as error:
        # Whatever a made-up workbook makes the library stumble over, it is one that cannot be read.
        raise InvalidInputError(_UNREADABLE) from error
    try:
        sheet = _sheet(book, sheet_name, mapping)
        # What a workbook says of its size is a claim; without it rows are as long as they are.
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(max_col=_MAX_COLUMNS, values_only=True), start=1):
            yield number, [_unescaped(cell) if isinstance(cell, str) else cell for cell in cells]
    except (ParseError, zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        if isinstance(error, InvalidInputError):
            raise
        raise InvalidInputError(_UNREADABLE) from error
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
        raise InvalidInputError(_UNREADABLE)
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


def _check_archive(file: BinaryIO) -> None:
    """Refuse what is no workbook, unpacks to more than it should, or brings definitions of its own. Raises Refused."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as parts:
            found = parts.infolist()
            names = {part.filename for part in found}
            if "word/document.xml" in names:
                raise InvalidInputError(
                    "The file is a Word document. Copy its table into a spreadsheet and save it as XLSX or CSV."
                )
            if "content.xml" in names or "Index/Document.iwa" in names:
                raise InvalidInputError(
                    "The file is a spreadsheet of another kind. Open it there and save it as XLSX or CSV (UTF-8)."
                )
            if "xl/workbook.xml" not in names:
                raise InvalidInputError("The file is a ZIP, but no workbook. Choose the XLSX or CSV file itself.")
            whole = sum(part.file_size for part in found)
            shared = sum(part.file_size for part in found if not part.filename.startswith(_SHEET_PREFIX))
            if len(found) > _MAX_PARTS or whole > _MAX_UNPACKED_BYTES or shared > _MAX_SHARED_BYTES:
                raise InvalidInputError("The workbook is too large. Save the sheet with the names as CSV (UTF-8).")
            for part in found:
                if part.filename.endswith((".xml", ".rels")):
                    _refuse_doctype(parts, part)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        if isinstance(error, InvalidInputError):
            raise
        raise InvalidInputError(_UNREADABLE) from error
    file.seek(0)


def _refuse_doctype(parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No spreadsheet writes a document type; with one, a few letters could stand for gigabytes. An unpacked part never has
    more octets than it says it has, or it cannot be read."""
    before = b""
    with parts.open(part) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            looked_at = (before + chunk).replace(b"\0", b"")
            if b"<!DOCTYPE" in looked_at or b"<!ENTITY" in looked_at:
                raise InvalidInputError(_UNREADABLE)
            before = chunk[-40:]

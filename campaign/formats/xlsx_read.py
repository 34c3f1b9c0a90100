"""Lists in a workbook (XLSX). It is a ZIP of XML that anybody can have made, so its bounds are checked before it is read.

Formulas are not worked out: a cell with one holds its text, which no name begins with.
"""

import zipfile
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.formats.xlsx_check import MAX_UNPACKED_BYTES, UNREADABLE, check_workbook

_MAX_COLUMNS = 100


def is_workbook(file: BinaryIO) -> bool:
    """Whether a file is a ZIP, as a workbook is."""
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    return start == b"PK\x03\x04"


def read_workbook(
    file: BinaryIO, sheet_name: str = "", max_unpacked_bytes: int = MAX_UNPACKED_BYTES
) -> Iterator[tuple[int, Sequence[object]]]:
    """The rows of one sheet with their numbers; of the first where none is named. Raises Refused, also in the middle."""
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
        sheet = _sheet(book, sheet_name)
        # What a workbook says of its size is a claim; without it rows are as long as they are.
        sheet.reset_dimensions()
        yield from enumerate(sheet.iter_rows(max_col=_MAX_COLUMNS, values_only=True), start=1)
    except (ParseError, zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        if isinstance(error, InvalidInputError):
            raise
        raise InvalidInputError(UNREADABLE) from error
    finally:
        book.close()


def _sheet(book: Any, name: str) -> Any:
    sheets = book.worksheets
    if not sheets:
        raise InvalidInputError(UNREADABLE)
    if not name:
        return sheets[0]
    for sheet in sheets:
        if sheet.title.strip().casefold() == name.strip().casefold():
            return sheet
    raise InvalidInputError("There is no sheet “%(name)s”; there are %(known)s.", name=name,
                  known=", ".join(f"“{sheet.title}”" for sheet in sheets[:20]))  # fmt: skip

"""A list in a file, whatever its format: rows of cells with the number of the line each stands in."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.paper.columns import MAX_HEADER_ROWS, recognise_columns
from campaign.formats.csv_read import read_csv
from campaign.formats.table_layout import TableLayout
from campaign.formats.xlsx_check import MAX_UNPACKED_BYTES
from campaign.formats.xlsx_read import is_workbook, read_workbook

MAX_FILE_ROWS = 500_000
"""Rows of one file, blank ones among them."""
MAX_FILE_BYTES = 100_000_000
"""Octets of one file."""
_CHUNK_BYTES = 1_048_576
_PICTURE = N_("The file is a picture. A list must be typed: save it as XLSX or CSV, or type the sheet in line by line.")
_OTHER_FORMATS = (
    (
        b"\xd0\xcf\x11\xe0",
        N_("The file is of an old Excel (.xls), or locked with a password. Open it and save it as XLSX or CSV."),
    ),
    (b"%PDF", N_("The file is a PDF. Save the spreadsheet it was made from as XLSX or CSV (UTF-8).")),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"RIFF", _PICTURE),
    (b"{\\rtf", N_("The file is a text document. Copy its table into a spreadsheet and save it as XLSX or CSV.")),
)
"""How files begin that people choose by mistake, and what to do about each."""


def sha256_of(file: BinaryIO) -> str:
    """What one file is known by. Raises InvalidInputError for one that is larger than LARGEST octets."""
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(_CHUNK_BYTES):
        size += len(chunk)
        if size > MAX_FILE_BYTES:
            raise InvalidInputError("The file is larger than %(most)d MB; split it.", most=MAX_FILE_BYTES // 1_000_000)
        digest.update(chunk)
    return digest.hexdigest()


def read_table(
    file: BinaryIO,
    *,
    mapping: Mapping[str, str] | None = None,
    sheet_name: str = "",
    max_rows: int = MAX_FILE_ROWS,
    max_unpacked_bytes: int = MAX_UNPACKED_BYTES,
    layout: TableLayout | None = None,
) -> Iterator[tuple[int, dict[str, object]]]:
    """The rows below the names of the columns, by field, with their line. Raises InvalidInputError, also in the middle of the
    file.

    `mapping` says of fields what their column is called; `sheet_name` which sheet of a workbook is meant, the first if none.
    `layout` is filled with what was understood before the first row comes.
    """
    _refuse_other_formats(file)
    layout = layout or TableLayout()
    rows = read_workbook(file, sheet_name, mapping, max_unpacked_bytes, layout) if is_workbook(file) else read_csv(file)
    columns: dict[str, int] = {}
    first: Sequence[object] = ()
    for number, (line, cells) in enumerate(rows):
        # One more: the row of the headings is nobody's.
        if number > max_rows:
            raise InvalidInputError("The file has more than %(most)s rows; split it.", most=f"{max_rows:,}")
        if columns:
            yield line, {field: cells[at] if at < len(cells) else None for field, at in columns.items()}
            continue
        named = [str(cell if cell is not None else "") for cell in cells]
        first = first or [name for name in named if name.strip()]
        columns = recognise_columns(named, mapping)
        layout.note_columns(named, columns)
        if not columns and number >= MAX_HEADER_ROWS:
            break
    if not columns:
        raise _no_columns_refusal(first, mapping)


def _refuse_other_formats(file: BinaryIO) -> None:
    """Say in plain words what a file is that is no list. Raises InvalidInputError."""
    file.seek(0)
    start = file.read(16)
    file.seek(0)
    for mark, message in _OTHER_FORMATS:
        if start.startswith(mark):
            raise InvalidInputError(message)


def _no_columns_refusal(first: Sequence[object], mapping: Mapping[str, str] | None) -> InvalidInputError:
    seen = ", ".join("".join(c for c in str(name) if c.isprintable())[:40] for name in first[:12]) or "nothing"
    if mapping:
        return InvalidInputError(
            "No row has the columns %(wanted)s; the first has: %(seen)s.", wanted=", ".join(mapping.values()), seen=seen
        )
    return InvalidInputError(
        "No row says which column holds the names. Call it “Name”, and the others “Postcode”, “Email” and so on; the first row "
        "has: %(seen)s.", seen=seen,
    )  # fmt: skip

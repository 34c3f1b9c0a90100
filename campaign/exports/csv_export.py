"""CSV for machines: UTF-8 without BOM, every text cell quoted, formulas neutralised, lines ended as RFC 4180 says."""

import csv
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TextIO

from campaign.exports.rows import Row, columns, time_text

# What makes a spreadsheet read a cell as a formula, and the full-width forms some of them take for the same.
_FORMULA_LEADS = tuple("=+-@\t\r\x00\uff1d\uff0b\uff0d\uff20")


def write_csv(out: TextIO, rows: Iterable[Row], *, with_email: bool) -> None:
    """Write rows to a text file opened with newline=""."""
    names = columns(with_email=with_email)
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([_cell(row[name]) for name in names] for row in rows)


def neutralised(text: str) -> str:
    """A text that no spreadsheet runs: a leading ' before anything that begins a formula."""
    return f"'{text}" if text.startswith(_FORMULA_LEADS) else text


def _cell(value: Any) -> str | int:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return value
    if value is None or isinstance(value, datetime):
        return time_text(value)
    return neutralised(value)

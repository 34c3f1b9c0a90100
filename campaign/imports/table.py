"""A list in a file, whatever its format: rows of cells with the number of the line each stands in."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from campaign.domain.paper_columns import LOOKED_AT, recognise
from campaign.domain.refusal import Refused
from campaign.imports.delimited import read_delimited
from campaign.imports.workbook import is_workbook, read_workbook

MOST_ROWS = 500_000
"""Rows of one file, blank ones among them."""
LARGEST = 100_000_000
"""Octets of one file."""
_CHUNK = 1_048_576


def sha256_of(file: BinaryIO) -> str:
    """What one file is known by. Raises Refused for one that is larger than LARGEST octets."""
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(_CHUNK):
        size += len(chunk)
        if size > LARGEST:
            raise Refused("The file is larger than %(most)d MB; split it.", most=LARGEST // 1_000_000)
        digest.update(chunk)
    return digest.hexdigest()


def read_table(
    file: BinaryIO, *, mapped: Mapping[str, str] | None = None, sheet_name: str = "", most: int = MOST_ROWS
) -> Iterator[tuple[int, dict[str, object]]]:
    """The rows below the names of the columns, by field, with their line. Raises Refused, also in the middle of the file.

    `mapped` says of fields what their column is called; `sheet_name` which sheet of a workbook is meant, the first if none.
    """
    file.seek(0)
    rows = read_workbook(file, sheet_name) if is_workbook(file) else read_delimited(file)
    columns: dict[str, int] = {}
    first: Sequence[object] = ()
    for number, (line, cells) in enumerate(rows):
        if number >= most:
            raise Refused("The file has more than %(most)s rows; split it.", most=f"{most:,}")
        if columns:
            yield line, {field: cells[at] if at < len(cells) else None for field, at in columns.items()}
            continue
        named = [str(cell if cell is not None else "") for cell in cells]
        first = first or [name for name in named if name.strip()]
        columns = recognise(named, mapped)
        if not columns and number >= LOOKED_AT:
            break
    if not columns:
        raise _no_columns(first, mapped)


def _no_columns(first: Sequence[object], mapped: Mapping[str, str] | None) -> Refused:
    seen = ", ".join("".join(c for c in str(name) if c.isprintable())[:40] for name in first[:12]) or "nothing"
    if mapped:
        return Refused(
            "No row has the columns %(wanted)s; the first has: %(seen)s.", wanted=", ".join(mapped.values()), seen=seen
        )
    return Refused(
        "No row says which column holds the names. Call it “Name”, and the others “Postcode”, “Email” and so on; the first row "
        "has: %(seen)s.", seen=seen,
    )  # fmt: skip

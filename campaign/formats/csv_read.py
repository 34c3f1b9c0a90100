"""Lists in text: cells parted by commas, semicolons or tabs, in the encodings that spreadsheets and old programs write."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import BinaryIO

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.paper.columns import MAX_HEADER_ROWS, recognise_columns

_MAX_CELL_CHARACTERS = 100_000
"""Characters. A quotation mark that is never closed would make the rest of the file one cell."""
_MAX_CELLS = 100
_DELIMITERS = ",;\t|"
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CHUNK_BYTES = 1_048_576


def read_csv(file: BinaryIO) -> Iterator[tuple[int, Sequence[object]]]:
    """The rows of a text, with the line each ends in. Raises InvalidInputError, also in the middle."""
    encoding = _detect_encoding(file)
    csv.field_size_limit(_MAX_CELL_CHARACTERS)
    line = 1
    try:
        with _text_stream(file, encoding) as text:
            delimiter, skipped = _detect_delimiter(text)
        with _text_stream(file, encoding) as text:
            reader = csv.reader(text, delimiter=delimiter)
            for cells in reader:
                line = reader.line_num
                if len(cells) > _MAX_CELLS:
                    raise InvalidInputError("Line %(line)d has more than %(most)d cells.", line=line, most=_MAX_CELLS)
                if line > skipped:
                    yield line, cells
    except csv.Error:
        raise InvalidInputError(
            "After line %(line)d the file cannot be read: a quotation mark is never closed.", line=line
        ) from None
    except UnicodeError:
        raise InvalidInputError("The file is not text in UTF-8, UTF-16 or Windows-1252. Save it as CSV (UTF-8).") from None


@contextmanager
def _text_stream(file: BinaryIO, encoding: str) -> Iterator[io.TextIOWrapper]:
    """The file from its start as text. It stays open: it is its opener's, to be read again."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    try:
        yield text
    finally:
        # A caller that stops reading half-way may have closed it before.
        with suppress(ValueError):
            text.detach()


def _detect_encoding(file: BinaryIO) -> str:
    """The encoding of a text by its mark, else the first of those it could be."""
    file.seek(0)
    start = file.read(_CHUNK_BYTES)
    for mark, encoding in _BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return encoding
    if start.count(0) > len(start) // 4:
        # Letters of Latin script, every other octet of which is empty.
        return "utf-16-le" if start[1:2] == b"\0" else "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while start:
            decoder.decode(start)
            start = file.read(_CHUNK_BYTES)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _detect_delimiter(text: io.TextIOWrapper) -> tuple[str, int]:
    """What parts the cells, and how many lines at the top say nothing but that ("sep=;", as one spreadsheet has it)."""
    lines = [text.readline(_MAX_CELL_CHARACTERS) for _ in range(MAX_HEADER_ROWS)]
    first = lines[0].strip().lower()
    if first.startswith("sep=") and len(first) == 5 and first[4] in _DELIMITERS:
        return first[4], 1
    for line in lines:
        for delimiter in _DELIMITERS:
            if recognise_columns(next(csv.reader([line], delimiter=delimiter), [])):
                return delimiter, 0
    return max(_DELIMITERS, key=lambda delimiter: sum(line.count(delimiter) for line in lines)), 0

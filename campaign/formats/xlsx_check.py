"""Check of a workbook before it is read: a ZIP of XML that anybody can have made, and that may unpack to a hundred times."""

import zipfile
import zlib
from typing import BinaryIO
from xml.parsers import expat

from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError

MAX_CELL_CHARACTERS = 32_767
"""Characters of a cell: no spreadsheet keeps more."""
MAX_ROW_CELLS = 16_384
"""Cells of a row: no spreadsheet has more columns."""
MAX_UNPACKED_BYTES = 200_000_000
"""Octets of all parts of it, unpacked: some 500,000 rows."""
MAX_COMPRESSION_RATIO = 100
"""How many times as large a workbook may be unpacked; honest ones are ten to forty times."""
_RATIO_FREE_BYTES = 1_000_000
"""Octets that may come of anything."""
_MAX_PARTS = 1_000
_MAX_SHARED_BYTES = 60_000_000
"""Octets of what is read as a whole: texts, styles, and everything but the sheets."""
_MAX_DEPTH = 50
_CHUNK_BYTES = 262_144
_SHEET_PREFIX = "xl/worksheets/sheet"
_XML_STARTS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe", b"\xfe\xff", b"\0<", b"<\0")
UNREADABLE = N_("The workbook cannot be read. Open it in a spreadsheet and save it again, or save it as CSV (UTF-8).")


def check_workbook(file: BinaryIO, max_unpacked_bytes: int) -> None:
    """Raises InvalidInputError where a file is no workbook, unpacks to more than it should, brings definitions of its own, or
    has rows or cells that no spreadsheet has."""
    file.seek(0, 2)
    packed = file.tell()
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
            limit = min(max_unpacked_bytes, max(_RATIO_FREE_BYTES, packed * MAX_COMPRESSION_RATIO))
            if len(found) > _MAX_PARTS or whole > limit or shared > _MAX_SHARED_BYTES:
                raise InvalidInputError("The workbook is too large. Save the sheet with the names as CSV (UTF-8).")
            # No spreadsheet packs in another way, and unpacking one can take gigabytes (LZMA).
            if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in found):
                raise InvalidInputError(UNREADABLE)
            for part in found:
                _PartCheck().read(parts, part)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        if isinstance(error, InvalidInputError):
            raise
        raise InvalidInputError(UNREADABLE) from error
    file.seek(0)


class _PartCheck:
    """Reads one part as XML and keeps nothing of it. An unpacked part never has more octets than it says it has, or it cannot
    be read."""

    def __init__(self) -> None:
        self._depth = self._cells = self._characters = 0
        self._in_text = False

    def read(self, parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
        """Raises InvalidInputError, and what reading a ZIP raises."""
        parser = expat.ParserCreate()
        # No spreadsheet writes a document type; with one, a few letters could stand for gigabytes.
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters_read
        with parts.open(part) as stream:
            chunk = stream.read(_CHUNK_BYTES)
            if not chunk.lstrip().startswith(_XML_STARTS):
                return  # a picture, or settings of a printer: nobody reads it
            try:
                while chunk:
                    parser.Parse(chunk, False)
                    chunk = stream.read(_CHUNK_BYTES)
            except expat.ExpatError as error:
                raise InvalidInputError(UNREADABLE) from error

    def _refuse(self, *_: object) -> None:
        raise InvalidInputError(UNREADABLE)

    def _start(self, name: str, _attributes: object) -> None:
        self._depth += 1
        kind = name.rpartition(":")[2]
        if kind == "c":
            self._cells += 1
        elif kind == "row":
            self._cells = 0
        elif kind in ("si", "is", "v", "f"):
            self._characters, self._in_text = 0, True
        if self._depth > _MAX_DEPTH or self._cells > MAX_ROW_CELLS:
            raise InvalidInputError(UNREADABLE)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name.rpartition(":")[2] in ("si", "is", "v", "f"):
            self._in_text = False

    def _characters_read(self, characters: str) -> None:
        if self._in_text:
            self._characters += len(characters)
            if self._characters > MAX_CELL_CHARACTERS:
                raise InvalidInputError("A cell of the workbook is longer than any spreadsheet allows. Shorten it.")

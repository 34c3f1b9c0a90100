"""Font embedded in a PDF, whose letters can be copied and searched whatever plane of Unicode they are in."""

import re
from typing import Any

from reportlab.pdfbase.ttfonts import TTFont

_TO_UNICODE = "toUnicodeCMap:"
"""How ReportLab begins the names of the tables that say which letter a glyph is."""
_BEYOND_BASIC_PLANE = re.compile(r"(?<=> <)([0-9A-F]{5,6})(?=>)")


class EmbeddedFont(TTFont):  # type: ignore[misc]  # reportlab has no types
    """TrueType font of ReportLab with tables to Unicode in UTF-16, as ISO 32000-1, 9.10.3 has them.

    ReportLab writes the bare code point, of which readers take the first four digits where it has five.
    """

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - as a document calls it
        """Add the font to a document that is being finished."""
        super().addObjects(doc)
        for name, made in doc.idToObject.items():
            if str(name).startswith(_TO_UNICODE):
                made.content = _BEYOND_BASIC_PLANE.sub(lambda found: _utf16(found[1]), made.content)


def _utf16(code_point: str) -> str:
    """Code point in hexadecimal as the digits of its surrogates."""
    return chr(int(code_point, 16)).encode("utf-16-be").hex().upper()

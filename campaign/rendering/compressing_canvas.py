"""Canvas of a document whose pages are compressed one by one, so that thousands of them stay small in memory."""

import zlib

from reportlab.pdfbase.pdfdoc import PDFArray, PDFName, PDFStream
from reportlab.pdfgen.canvas import Canvas


class CompressingCanvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """A canvas that compresses each page when it is done, instead of all of them when the document is saved."""

    _code: list[str]

    def showPage(self) -> None:  # noqa: N802 - as it is called
        super().showPage()
        page = self._doc.Pages.pages[-1]
        page.Contents, page.stream = self._compressed(page.stream), None

    def add_to(self, number: int) -> None:
        """Put what was drawn since the last page was done on a page that is done already, by its number from 1."""
        page = self._doc.Pages.pages[number - 1]
        more = self._compressed("\n".join(self._code) + "\n")
        page.Contents = PDFArray([self._doc.Reference(part) for part in (page.Contents, more)])
        self._code = []

    @staticmethod
    def _compressed(code: str) -> PDFStream:
        stream = PDFStream(content=zlib.compress(code.encode("latin-1")))
        stream.dictionary["Filter"] = PDFArray([PDFName("FlateDecode")])
        return stream

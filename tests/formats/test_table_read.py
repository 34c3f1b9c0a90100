"""Lists as spreadsheets and strangers write them: read whatever their encoding, refused with words where they are a trap."""

import io
import random
import time
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.formats.table_read import read_table, sha256_of

TEXT = "Name;Postcode\r\nZoë Brontë;LS1 4AP\r\n\r\n“O’Neil”;M1 1AA\r\n"


def rows(body: bytes, **how: object) -> list[tuple[int, dict[str, object]]]:
    return list(read_table(io.BytesIO(body), **how))  # type: ignore[arg-type]


def refusal(body: bytes, **how: object) -> str:
    with pytest.raises(InvalidInputError) as refused:
        rows(body, **how)
    return str(refused.value)


def workbook(*lines: tuple[object, ...], title: str = "Sheet1") -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.active.title = title
    for line in lines:
        book.active.append(line)
    book.save(out)
    return out.getvalue()


def changed(body: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The same workbook with something else in one of its parts; the part anew where nothing of it is named."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for info in given.infolist():
            content = given.read(info)
            if info.filename != part or old:
                made.writestr(info.filename, content.replace(old, new) if info.filename == part else content)
        if not old:
            made.writestr(part, new)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_text_is_read_in_usual_encodings_and_delimiters(encoding: str, delimiter: str) -> None:
    found = rows(TEXT.replace(";", delimiter).encode(encoding))
    assert found == [
        (2, {"name": "Zoë Brontë", "postcode": "LS1 4AP"}),
        (3, {"name": None, "postcode": None}),
        (4, {"name": "“O’Neil”", "postcode": "M1 1AA"}),
    ]


def test_the_names_of_the_columns_may_stand_below_a_title() -> None:
    body = b'Save the pond\n\nNo.,Full name,PC,\n1,"Smith, Ann",LS1 4AP,x\n2,Bob\n'
    assert rows(body) == [(4, {"name": "Smith, Ann", "postcode": "LS1 4AP"}), (5, {"name": "Bob", "postcode": None})]
    assert rows(b"sep=;\nName;Postcode\nAnn;LS1\n") == [(3, {"name": "Ann", "postcode": "LS1"})]
    assert rows(b"Wer,Wo\nAnn,LS1\n", mapping={"name": "Wer", "postcode": "Wo"}) == [(2, {"name": "Ann", "postcode": "LS1"})]


def test_a_text_that_is_no_list_is_refused_with_words() -> None:
    assert "the first row has: a, b" in refusal(b"a,b\n1,2\n")
    assert "No row has the columns Wer" in refusal(b"Name,Postcode\nAnn,LS1\n", mapping={"name": "Wer"})
    assert "the first row has: nothing" in refusal(b"")
    assert "a quotation mark is never closed" in refusal(b'Name,Postcode\n"Ann,LS1\n' + b"x" * 200_000)
    assert "more than 100 cells" in refusal(b"Name,Postcode\n" + b"," * 200)
    assert "not text" in refusal(b"Name,Postcode\n\x81\x8d\xff")
    assert "more than 3 rows" in refusal(b"Name,Postcode\n" * 5, max_rows=3)
    assert len(rows(b"Name,Postcode\n" + b"Ada,LS1 1AA\n" * 3, max_rows=3)) == 3
    assert "more than 3 rows" in refusal(b"Name,Postcode\n" + b"Ada,LS1 1AA\n" * 4, max_rows=3)
    assert len(rows(b"Name,Postcode\nA\x00nn,LS1\n")) == 1


def test_a_workbook_is_read_with_its_types_and_without_its_formulas() -> None:
    body = workbook(
        ("Petition",), ("Name", "Postcode", "Date", "Updates"), ("Ann", "LS1 4AP", datetime(2026, 11, 3), True),
        ("=1+1", 75001, None, "no"),
    )  # fmt: skip
    assert rows(body) == [
        (3, {"name": "Ann", "postcode": "LS1 4AP", "date": datetime(2026, 11, 3), "updates": True}),
        (4, {"name": "=1+1", "postcode": 75001, "date": None, "updates": "no"}),
    ]
    assert rows(workbook(("Name", "Postcode"), ("Ann", "LS1"), title="Names"), sheet_name="names ")[0][1]["name"] == "Ann"
    assert "there are “Sheet1”" in refusal(body, sheet_name="Other")


def test_a_workbook_that_is_a_trap_is_refused_before_it_is_read() -> None:
    body = workbook(("Name", "Postcode"), ("Ann", "LS1 4AP"))
    sheet = "xl/worksheets/sheet1.xml"
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
    assert "cannot be read" in refusal(changed(body, sheet, b"<worksheet", entity + b"<worksheet"))
    assert "cannot be read" in refusal(changed(body, sheet, b"</sheetData>", b"<row><c"))
    assert "cannot be read" in refusal(changed(body, "xl/workbook.xml", b"<sheets>", b"<sheet"))
    assert "cannot be read" in refusal(body[: len(body) // 2])
    assert "cannot be read" in refusal(b"PK\x03\x04" + b"\0" * 100)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", "<workbook/>")
        made.writestr("xl/sharedStrings.xml", b"\0" * 61_000_000)
    assert len(bomb.getvalue()) < 100_000
    assert "too large" in refusal(bomb.getvalue())
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as made:
        made.writestr("names.csv", "Name,Postcode")
    assert "no workbook" in refusal(other.getvalue())
    # A row that says it is the last there can be stands for a million blank ones.
    far = changed(body, sheet, b'<row r="2"', b'<row r="1048576"')
    assert "more than 1,000 rows" in refusal(far, max_rows=1_000)
    # And a sheet may say that it is as wide and long as one can be.
    wide = changed(body, sheet, b'ref="A1:B2"', b'ref="A1:XFD1048576"')
    assert len(rows(wide)) == 1


def test_no_workbook_takes_more_memory_or_time_than_an_honest_one() -> None:
    body = workbook(("Name", "Postcode"), *[(f"Ann {number}", "LS1 4AP") for number in range(2_000)])
    assert len(rows(body, max_unpacked_bytes=20_000_000)) == 2_000
    sheet, strings, end = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", b"</sheetData>"
    long_cell = b'<row r="9000"><c t="inlineStr"><is><t>' + b"a" * 40_000 + b"</t></is></c></row>"
    bombs = {
        "a cell of 40,000 letters": changed(body, sheet, end, long_cell + end),
        "a long text among the shared": changed(body, strings, b"", b"<sst><si><t>" + b"a" * 40_000 + b"</t></si></sst>"),
        "a formula of 40,000 letters": changed(body, sheet, end, b"<row><c><f>" + b"1+" * 20_000 + b"1</f></c></row>" + end),
        "a row of 20,000 cells": changed(body, sheet, end, b"<row>" + b"<c/>" * 20_000 + b"</row>" + end),
        "the same with a prefix": changed(
            body, sheet, end, b'<x:row xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            + b"<x:c/>" * 20_000 + b"</x:row>" + end,
        ),
        "elements in elements": changed(body, sheet, end, b"<row>" * 100 + b"</row>" * 100 + end),
        "a document type in UTF-16": changed(
            body, "xl/styles.xml", b"", '<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "b">]><s/>'.encode("utf-16"),
        ),
        "a hundred times its size": changed(body, sheet, end, b"<row><c/></row>" * 700_000 + end),
    }  # fmt: skip
    for what, bomb in bombs.items():
        began = time.process_time()
        assert bomb != body, what
        words = refusal(bomb, max_unpacked_bytes=20_000_000)
        assert any(said in words for said in ("cannot be read", "too large", "longer than any")), (what, words)
        # Processor time, which does not depend on who else uses the machine.
        assert time.process_time() - began < 30, what
    # What is no XML is not read as such, whatever it holds.
    assert len(rows(changed(body, "xl/media/image1.png", b"", b"\x89PNG <!DOCTYPE"))) == 2_000


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_workbook_is_packed_as_spreadsheets_pack_them(compression: int) -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(("Name", "Postcode"), ("Ann", "LS1 4AP")))) as given,
        zipfile.ZipFile(out, "w", compression) as made,
    ):
        for info in given.infolist():
            made.writestr(info.filename, given.read(info))
    assert "cannot be read" in refusal(out.getvalue())


def test_a_damaged_workbook_is_read_or_refused_with_words() -> None:
    body, rng = workbook(("Name", "Postcode"), *[(f"Ann {number}", "LS1 4AP") for number in range(50)]), random.Random(1)
    damaged = []
    for _ in range(200):
        octets = bytearray(body)
        for _ in range(rng.choice((1, 2, 5))):
            octets[rng.randrange(len(octets))] = rng.randrange(256)
        damaged.append(bytes(octets))
    with zipfile.ZipFile(io.BytesIO(body)) as given:
        parts = {name: given.read(name) for name in given.namelist()}
    for _ in range(200):
        part = rng.choice(list(parts))
        at = rng.randrange(len(parts[part]))
        put = rng.choice((b"", b"<", b'"', b"9" * 20, b"-1", b"&#x0;", b"1e999"))
        content = parts[part][:at] + put + parts[part][at + rng.randrange(30) :]
        damaged.append(changed(body, part, parts[part], content))
    ends = set()
    for octets in damaged:
        try:
            ends.add(len(rows(octets)) == 50)
        except InvalidInputError as refused:
            ends.add(str(refused)[:12])
    assert {True, "The workbook"} <= ends


def test_a_file_is_known_by_its_octets() -> None:
    file = io.BytesIO(b"abc")
    assert sha256_of(file) == sha256_of(file) != sha256_of(io.BytesIO(b"abd"))


def test_what_xml_cannot_hold_is_read_back_from_a_workbook() -> None:
    body = workbook(("Name", "Postcode"), ("PLACEHOLDER", "LS1"))
    for written, meant in (
        (b"Ann_x000D_", "Ann\r"), (b"_x0041_nn", "Ann"), (b"Ann_x005F_x000D_", "Ann_x000D_"), (b"_xD800_Ann", "Ann"),
        (b"Max_xavier_", "Max_xavier_"),
    ):  # fmt: skip
        found = rows(changed(body, "xl/worksheets/sheet1.xml", b"PLACEHOLDER", written))
        assert found[0][1]["name"] == meant


def sheets(*titles: tuple[str, str, str]) -> bytes:
    """A workbook of sheets: title, state, and the first cell of each, beside "Postcode"."""
    book, out = Workbook(), io.BytesIO()
    book.remove(book.active)
    for title, state, first in titles:
        sheet = book.create_sheet(title)
        sheet.append((first, "Postcode"))
        sheet.append(("Ann", "LS1"))
        sheet.sheet_state = state
    book.save(out)
    return out.getvalue()


def test_the_first_sheet_that_is_seen_and_names_its_columns_is_read() -> None:
    body = sheets(("Hidden", "hidden", "Name"), ("Cover", "visible", "Our list"), ("People", "visible", "Supporter name"))
    assert rows(body)[0][1] == {"name": "Ann", "postcode": "LS1"}
    assert rows(body, sheet_name="hidden")[0][1]["name"] == "Ann"
    none = sheets(("Cover", "visible", "Our list"), ("Notes", "visible", "Thoughts"))
    assert "No sheet says which column holds the names; there are “Cover”, “Notes”." in refusal(none)


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel (.xls)"), (b"%PDF-1.7\n", "a PDF"), (b"\x89PNG\r\n", "a picture"),
        (b"\xff\xd8\xff\xe0", "a picture"), (b"{\\rtf1", "a text document"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_list_is_called_what_it_is(start: bytes, words: str) -> None:
    assert words in refusal(start + b"\0" * 50)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("word/document.xml", "a Word document"),
        ("content.xml", "a spreadsheet of another kind"),
        ("a.txt", "a ZIP, but no workbook"),
    ],
)
def test_a_zip_that_is_no_workbook_is_called_what_it_is(part: str, words: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(part, "x")
    assert words in refusal(out.getvalue())

"""XLSX: read back by other programs as it was written, and harmless in them."""

import csv
import io
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from campaign.domain.exports.plan import COLUMN_TYPES, DEFAULT_COLUMNS
from campaign.domain.signatures.signature import SignatureState
from campaign.formats import xlsx_write
from campaign.formats.xlsx_write import write_xlsx
from tests.formats.sample_rows import COLUMNS_WITH_EMAIL, HOSTILE_TEXTS, signature_row, written_bytes


def opened(file: bytes) -> Workbook:
    return load_workbook(io.BytesIO(file))


def test_a_workbook_is_read_back_as_it_was_written() -> None:
    comment = 'Two lines,\n"quoted" & <b>bold</b> — 王小明 🦆'
    book = opened(
        written_bytes(
            write_xlsx, signature_row(name="Siân O’Brien", comment=comment, source="leaflet"), names=COLUMNS_WITH_EMAIL
        )
    )
    heading, row = book["Signatures"].values
    assert heading == COLUMNS_WITH_EMAIL
    assert dict(zip(heading, row, strict=True)) == {
        "number": 1, "name": "Siân O’Brien", "email": "ada@example.org", "postcode": "SW1A 1AA", "country": "GB",
        "comment": comment, "public": "yes", "updates": "no", "signed_at": datetime(2026, 11, 23, 12),
        "verified_at": datetime(2026, 11, 23, 12, 3), "source": "leaflet",
    }  # fmt: skip


def test_times_are_real_times_to_the_second() -> None:
    times = ["2026-01-01T00:00:00Z", "2026-12-31T23:59:59Z", "2028-02-29T11:59:01Z"]
    sheet = opened(written_bytes(write_xlsx, *(signature_row(signed_at=time) for time in times))).active
    assert sheet is not None
    cells = [row[7] for row in sheet.iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == [datetime.fromisoformat(time).replace(tzinfo=None) for time in times]
    assert all(cell.is_date for cell in cells)


def test_the_heading_is_bold_and_stays_in_sight() -> None:
    sheet = opened(written_bytes(write_xlsx, signature_row())).active
    assert sheet is not None
    assert sheet.freeze_panes == "A2"
    assert all(cell.font.b for cell in sheet[1])
    assert not any(cell.font.b for cell in sheet[2])


def test_on_paper_each_page_has_the_heading_and_all_columns() -> None:
    sheets = opened(written_bytes(write_xlsx, *[signature_row()] * 3, max_rows=2)).worksheets
    assert len(sheets) == 2
    for sheet in sheets:
        assert sheet.print_title_rows == "$1:$1"
        assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
        assert sheet.page_setup.orientation == "landscape"


def test_no_heading_and_no_state_is_cut_off() -> None:
    written = io.BytesIO()
    write_xlsx(written, iter(()), tuple(COLUMN_TYPES))
    sheet = opened(written.getvalue()).active
    assert sheet is not None
    widths = {cell.value: sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]}
    assert list(widths) == list(COLUMN_TYPES)
    assert [name for name, width in widths.items() if width <= len(str(name)) + 1] == []
    assert widths["state"] > max(map(len, SignatureState))


def test_hostile_texts_are_read_back_intact_and_none_is_a_formula() -> None:
    file = written_bytes(write_xlsx, *(signature_row(name=name, comment=name, source=name) for name in HOSTILE_TEXTS))
    sheet = opened(file).active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=2))
    for column in (1, 4, 9):
        assert [row[column].value for row in rows] == list(HOSTILE_TEXTS)
        assert {row[column].data_type for row in rows} == {"s", "inlineStr"} & {row[column].data_type for row in rows}
    with ZipFile(io.BytesIO(file)) as zipped:
        assert b"<f" not in b"".join(zipped.read(name) for name in zipped.namelist() if "sheet" in name)
        assert not any("external" in name.lower() or "hyperlink" in name.lower() for name in zipped.namelist())


@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "\uff1d"])
def test_what_would_begin_a_formula_is_marked_as_text_for_who_edits_it(lead: str) -> None:
    sheet = opened(written_bytes(write_xlsx, signature_row(name=f"{lead}1+1"), signature_row())).active
    assert sheet is not None
    assert [(sheet.cell(row, 2).quotePrefix, sheet.cell(row, 2).number_format) for row in (2, 3)] == [(True, "@"), (False, "@")]


def test_what_no_xml_can_hold_is_written_as_its_number() -> None:
    with ZipFile(io.BytesIO(written_bytes(write_xlsx, signature_row(comment="a\x00b\x0bc\ufffe_x0041_")))) as zipped:
        assert "a_x0000_b_x000B_c_xFFFE__x005F_x0041_" in zipped.read("xl/worksheets/sheet1.xml").decode()


def test_past_the_last_row_of_a_sheet_there_is_another() -> None:
    names = [f"Signatory {number}" for number in range(1, 12)]
    file = written_bytes(write_xlsx, *(signature_row(name=name) for name in names), max_rows=5)
    book = opened(file)
    assert book.sheetnames == ["Signatures 1", "Signatures 2", "Signatures 3"]
    found = [list(sheet.values) for sheet in book]
    assert [len(rows) for rows in found] == [6, 6, 2]
    assert {rows[0] for rows in found} == {DEFAULT_COLUMNS}
    assert [row[:2] for rows in found for row in rows[1:]] == list(enumerate(names, 1))
    assert opened(written_bytes(write_xlsx, *[signature_row()] * 5, max_rows=5)).sheetnames == ["Signatures"]
    assert xlsx_write.MAX_SHEET_ROWS == 1_048_575


def test_a_sheet_ends_before_it_is_too_large_for_a_plain_zip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_write, "MAX_SHEET_BYTES", 1)
    book = opened(written_bytes(write_xlsx, *(signature_row(name=name) for name in "ABCDE")))
    assert [[row[:2] for row in list(sheet.values)[1:]] for sheet in book] == [
        [(1, "A"), (2, "B")],
        [(3, "C"), (4, "D")],
        [(5, "E")],
    ]


def test_a_campaign_without_signatures_is_a_heading() -> None:
    assert list(opened(written_bytes(write_xlsx))["Signatures"].values) == [DEFAULT_COLUMNS]


def test_a_signature_without_a_time_has_an_empty_cell() -> None:
    sheet = opened(written_bytes(write_xlsx, signature_row(verified_at=None))).active
    assert sheet is not None
    assert sheet["I2"].value is None


def test_the_same_signatures_give_the_same_bytes() -> None:
    signatures = [signature_row(name=f"Signatory {number}", comment="ä\n=1") for number in range(50)]
    assert written_bytes(write_xlsx, *signatures) == written_bytes(write_xlsx, *signatures)


def test_another_office_reads_it_back_intact(tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    (tmp_path / "hostile.xlsx").write_bytes(written_bytes(write_xlsx, *(signature_row(name=name) for name in HOSTILE_TEXTS)))
    subprocess.run(
        [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
         "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false", "--outdir", str(tmp_path),
         str(tmp_path / "hostile.xlsx")],
        check=True, capture_output=True, timeout=150,
    )  # fmt: skip
    [result] = tmp_path.glob("*.csv")
    # As bytes: read as a text, a carriage return would come back as a line feed.
    rows = list(csv.reader(io.StringIO(result.read_bytes().decode("utf-8-sig"), newline="")))
    assert [row[1] for row in rows[1:]] == list(HOSTILE_TEXTS)

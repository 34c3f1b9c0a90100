"""CSV: read back as it was written, and harmless in a spreadsheet."""

import csv
import io
from typing import Any

import pytest

from campaign.domain.exports.plan import DEFAULT_COLUMNS
from campaign.formats.csv_write import neutralise_formula, write_csv
from tests.formats.sample_rows import COLUMNS_WITH_EMAIL, HOSTILE_TEXTS, signature_row, written_bytes

HEADING = ["number", "name", "postcode", "country", "comment", "public", "updates", "signed_at", "verified_at", "source"]
LEADS = ["=", "+", "-", "@", "\t", "\r", "\x00", "\uff1d", "\uff0b", "\uff0d", "\uff20"]


def written(*signatures: Any, with_email: bool = False) -> str:
    return written_bytes(write_csv, *signatures, names=COLUMNS_WITH_EMAIL if with_email else DEFAULT_COLUMNS).decode()


def read_back(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_every_byte_of_a_file_is_as_promised() -> None:
    assert written(signature_row(comment='It is "old"')) == (
        '"number","name","postcode","country","comment","public","updates","signed_at","verified_at","source"\r\n'
        '1,"Ada Lovelace","SW1A 1AA","GB","It is ""old""","yes","no","2026-11-23T12:00:00Z","2026-11-23T12:03:00Z",""\r\n'
    )


def test_a_file_is_read_back_as_it_was_written() -> None:
    comment = 'Two lines,\n"quoted"; and; a , comma — 王小明 🦆'
    heading, row = read_back(
        written(signature_row(name="Siân O’Brien", comment=comment, public=False, updates=True, source="leaflet"))
    )
    assert heading == HEADING
    assert dict(zip(heading, row, strict=True)) == {
        "number": "1", "name": "Siân O’Brien", "postcode": "SW1A 1AA", "country": "GB", "comment": comment, "public": "no",
        "updates": "yes", "signed_at": "2026-11-23T12:00:00Z", "verified_at": "2026-11-23T12:03:00Z", "source": "leaflet",
    }  # fmt: skip


def test_a_campaign_without_signatures_is_a_heading() -> None:
    assert read_back(written()) == [HEADING]


def test_the_address_stands_beside_the_name_where_it_is_asked_for() -> None:
    assert "ada@example.org" not in written(signature_row())
    heading, row = read_back(written(signature_row(), with_email=True))
    assert heading == list(COLUMNS_WITH_EMAIL)
    assert heading[:3] == ["number", "name", "email"]
    assert row[:3] == ["1", "Ada Lovelace", "ada@example.org"]


@pytest.mark.parametrize("lead", LEADS, ids=[f"U+{ord(lead):04X}" for lead in LEADS])
def test_what_begins_a_formula_is_neutralised(lead: str) -> None:
    assert neutralise_formula(f"{lead}cmd|' /C calc'!A0") == f"'{lead}cmd|' /C calc'!A0"


@pytest.mark.parametrize("text", ["", "Ada", "1+1", "a=b", "’tis", "'=1", " =1", "\uff1e", "~", "(2)"])
def test_what_begins_no_formula_is_left_alone(text: str) -> None:
    assert neutralise_formula(text) == text


@pytest.mark.parametrize("column", ["name", "email", "postcode", "country", "comment", "source"])
@pytest.mark.parametrize("lead", LEADS, ids=[f"U+{ord(lead):04X}" for lead in LEADS])
def test_a_formula_in_any_column_arrives_as_text(column: str, lead: str) -> None:
    heading, row = read_back(written(signature_row(**{column: f"{lead}1+1"}), with_email=True))
    assert dict(zip(heading, row, strict=True))[column] == f"'{lead}1+1"


def test_no_cell_of_any_row_begins_a_formula() -> None:
    hostile = signature_row(**dict.fromkeys(("name", "email", "postcode", "country", "comment", "source"), "=HYPERLINK(1)"))
    for row in read_back(written(hostile, hostile, with_email=True)):
        assert not any(cell.startswith(tuple(LEADS)) for cell in row)


def test_every_text_is_quoted_and_numbers_are_not() -> None:
    lines = written(signature_row(), signature_row()).split("\r\n")
    assert lines[-1] == ""
    for line in lines[1:-1]:
        number, rest = line.split(",", 1)
        assert number.isdigit()
        assert all(cell.startswith('"') and cell.endswith('"') for cell in rest.split(","))


def test_a_line_break_in_a_comment_makes_no_new_row() -> None:
    rows = read_back(written(signature_row(comment="one\ntwo\r\nthree"), signature_row(comment="")))
    assert len(rows) == 3
    assert rows[1][4] == "one\ntwo\r\nthree"


def test_a_signature_without_a_time_has_an_empty_cell() -> None:
    _, row = read_back(written(signature_row(verified_at=None)))
    assert row[8] == ""


def test_the_same_signatures_give_the_same_bytes() -> None:
    signatures = [signature_row(name=f"Signatory {number}", comment="ä\n=1") for number in range(50)]
    assert written(*signatures) == written(*signatures)


def test_rows_keep_their_order_and_are_numbered() -> None:
    rows = read_back(written(*(signature_row(name=name) for name in ("Zoë", "Ada", "Mae"))))
    assert [row[:2] for row in rows[1:]] == [["1", "Zoë"], ["2", "Ada"], ["3", "Mae"]]


def test_there_is_no_byte_order_mark_but_for_spreadsheets() -> None:
    plain, for_spreadsheets = (written_bytes(write_csv, signature_row(), for_spreadsheets=yes) for yes in (False, True))
    assert plain[:3] == b'"nu'
    assert for_spreadsheets == b"\xef\xbb\xbf" + plain


def test_hostile_names_are_read_back_as_they_were_written_but_for_what_makes_them_harmless() -> None:
    _, *rows = read_back(written(*(signature_row(name=name) for name in HOSTILE_TEXTS)))
    assert [row[1].removeprefix("'") for row in rows] == [name.removeprefix("'") for name in HOSTILE_TEXTS]
    assert [row[1] for row in rows] == [neutralise_formula(name) for name in HOSTILE_TEXTS]

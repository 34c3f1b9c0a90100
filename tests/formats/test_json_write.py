"""JSON: one object, a line for each signature. JSON Lines: nothing but those lines."""

import json
from typing import Any

from campaign.domain.exports.plan import DEFAULT_COLUMNS
from campaign.formats.json_write import write_json, write_jsonl
from tests.formats.sample_rows import COLUMNS_WITH_EMAIL, HOSTILE_TEXTS, signature_row, written_bytes

HASH = "ab" * 32


def written(*signatures: Any, with_email: bool = False, slug: str = "save-the-pond") -> str:
    return written_bytes(
        write_json, *signatures, names=COLUMNS_WITH_EMAIL if with_email else DEFAULT_COLUMNS, slug=slug, text_hash=HASH
    ).decode()


def test_a_file_is_read_back_as_it_was_written() -> None:
    comment = '=1+1 "quoted"\nТак \u2028 🦆 \\ </script>'
    assert json.loads(written(signature_row(name="Siân O’Brien", comment=comment, source="leaflet"))) == {
        "campaign": "save-the-pond",
        "text_hash": HASH,
        "signatures": [
            {
                "number": 1, "name": "Siân O’Brien", "postcode": "SW1A 1AA", "country": "GB", "comment": comment,
                "public": True, "updates": False, "signed_at": "2026-11-23T12:00:00Z",
                "verified_at": "2026-11-23T12:03:00Z", "source": "leaflet",
            }
        ],
    }  # fmt: skip


def test_the_columns_stand_in_their_order() -> None:
    for with_email in (False, True):
        [row] = json.loads(written(signature_row(), with_email=with_email))["signatures"]
        assert tuple(row) == (COLUMNS_WITH_EMAIL if with_email else DEFAULT_COLUMNS)


def test_the_address_is_there_only_where_it_is_asked_for() -> None:
    assert "ada@example.org" not in written(signature_row())
    assert json.loads(written(signature_row(), with_email=True))["signatures"][0]["email"] == "ada@example.org"


def test_a_campaign_without_signatures_has_an_empty_list() -> None:
    assert json.loads(written()) == {"campaign": "save-the-pond", "text_hash": HASH, "signatures": []}


def test_each_signature_is_a_line_that_can_be_read_alone() -> None:
    text = written(signature_row(name="Zoë", comment="one\ntwo"), signature_row(name="Ada"), signature_row(name="Mae"))
    first, *lines, last = text.removesuffix("\n").split("\n")
    assert first.endswith("[")
    assert last == "]}"
    rows = [json.loads(line.removesuffix(",")) for line in lines]
    assert [(row["number"], row["name"]) for row in rows] == [(1, "Zoë"), (2, "Ada"), (3, "Mae")]


def test_letters_are_written_as_they_are() -> None:
    assert '"name": "王小明"' in written(signature_row(name="王小明"))


def test_a_signature_without_a_time_has_none() -> None:
    assert json.loads(written(signature_row(verified_at=None)))["signatures"][0]["verified_at"] is None


def test_the_same_signatures_give_the_same_bytes() -> None:
    signatures = [signature_row(name=f"Signatory {number}", comment="ä\n=1") for number in range(50)]
    assert written(*signatures) == written(*signatures)


def test_json_lines_are_the_same_lines_alone() -> None:
    signatures = [signature_row(name=name, public=False) for name in HOSTILE_TEXTS]
    lines = written_bytes(write_jsonl, *signatures).decode().removesuffix("\n").split("\n")
    assert [json.loads(line) for line in lines] == json.loads(written(*signatures))["signatures"]
    assert [json.loads(line)["name"] for line in lines] == list(HOSTILE_TEXTS)
    assert written_bytes(write_jsonl) == b""

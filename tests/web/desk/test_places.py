"""The room of places: who sees which numbers, files to keep and to pass on, the map, and certificates as they are printed."""

import csv
import io
import re

import pypdfium2
import pytest
from flask import Flask

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.services.log.append import advance_log
from campaign.services.places import representatives
from campaign.store.accounts import audit_log
from campaign.store.log import read
from tests.conftest import on_both_databases
from tests.support.caches import expire_campaigns
from tests.support.desk_client import new_campaigner, page_text
from tests.support.factories import new_campaign
from tests.support.located_signatures import sign_from_postcodes
from tests.support.stored_signatures import store_signatures

FROM = {"SW1A 1AA": 31, "N1 1AA": 14, "LS1 1AA": 9, "EH1 1AA": 8, "CF10 1AA": 3, "BT1 1AA": 1, "IM1 1AA": 1, "ZZ9 9ZZ": 2}
PEOPLE = """kind,code,area,name,form,party
constituency,E14001172,,=Jane Doe MP,Dear Ms Doe,Labour
constituency,,Islington South and  finsbury,李小龍,,
council,,Leeds,The Leader,,
"""
PATH = "/desk/c/save-the-pond/places"


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    campaign = new_campaign(runtime)
    representatives.replace_representatives(runtime, COMMAND_LINE, PEOPLE)
    return sign_from_postcodes(runtime, campaign, FROM)


def rows_of(page: str) -> dict[str, str]:
    """What the table says: each area's number by its name."""
    found = re.findall(r'<tr><th scope="row">([^<]*)</th>.*?<td class="number">([^<]*)</td>', page)
    return dict(found)


def test_the_team_sees_every_number_and_how_many_have_no_place(runtime: Runtime, app: Flask, campaign: Campaign) -> None:
    store_signatures(runtime, campaign, [{"postcode": "N1 2BB"}, {"postcode": ""}, {"postcode": "75001", "country": "FR"}])
    count.advance_ledgers(runtime)
    viewer = new_campaigner(runtime, app, campaign, Role.VIEWER)
    page = viewer.get(PATH)
    assert rows_of(page.text) == {
        "Cities of London and Westminster": "31", "Islington South and Finsbury": "14", "Leeds Central and Headingley": "9",
        "Edinburgh East and Musselburgh": "8", "Cardiff South and Penarth": "3", "Belfast South and Mid Down": "1",
        "Isle of Man, in no constituency": "1",
    }  # fmt: skip
    said = page_text(page)
    for words in ("with a known place 67", "still to be looked up 1", "nobody knows 2", "without a postcode 1", "abroad"):
        assert words in said
    assert "李小龍" in said
    assert "London 45 " in said, "on the map"
    assert "Make the PDF" not in said

    assert list(rows_of(viewer.get(f"{PATH}?by=council&sort=name").text)) == [
        "Belfast", "Cardiff", "City of Edinburgh", "Islington", "Leeds", "Westminster", "Isle of Man, in no council",
    ]  # fmt: skip
    assert rows_of(viewer.get(f"{PATH}?by=country").text)["England"] == "54"


def test_who_only_watches_and_files_to_pass_on_have_no_small_numbers(runtime: Runtime, app: Flask, campaign: Campaign) -> None:
    operator = new_campaigner(runtime, app, operator=True)
    big = {
        "Cities of London and Westminster": "31", "Islington South and Finsbury": "14", "Leeds Central and Headingley": "9",
        "Edinburgh East and Musselburgh": "8",
    }  # fmt: skip
    # Wales, Northern Ireland and the Isle of Man come to five together: of none of them is more to be known.
    assert rows_of(operator.get(PATH).text) == big
    assert rows_of(operator.get(f"{PATH}?by=region").text) == {
        "London": "45", "Yorkshire and The Humber": "9", "Scotland": "8",
    }  # fmt: skip
    assert rows_of(operator.get(f"{PATH}?by=country").text) == {"England": "54", "Scotland": "8"}
    assert "Councils" not in operator.get(f"{PATH}?by=council").text

    def file(who: object, query: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(who.get(f"{PATH}.csv?{query}").text)))  # type: ignore[attr-defined]

    viewer = new_campaigner(runtime, app, campaign, Role.VIEWER)
    to_pass_on = file(viewer, "by=constituency")
    assert {row[1]: row[4] for row in to_pass_on[1:]} == big
    assert to_pass_on[:2] == [
        ["code", "constituency", "region", "representative", "verified"],
        ["E14001172", "Cities of London and Westminster", "London", "'=Jane Doe MP", "31"],
    ]  # fmt: skip
    assert len(file(viewer, "by=constituency&small=1")) == 8
    assert file(operator, "by=constituency&small=1") == to_pass_on


@on_both_databases
def test_an_editor_prints_a_certificate_for_each_representative(runtime: Runtime, app: Flask, campaign: Campaign) -> None:
    editor = new_campaigner(runtime, app, campaign, Role.EDITOR)
    answer = editor.post(f"{PATH}/certificates", {"kind": "constituency", "area": ""})
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    pdf = pypdfium2.PdfDocument(answer.data)
    pages = [page.get_textpage().get_text_range().replace("\r\n", " ") for page in pdf]
    assert len(pages) == 4
    westminster, edinburgh, islington, leeds = pages
    assert "=Jane Doe MP Member of Parliament for Cities of London and Westminster · Labour Dear Ms Doe," in westminster
    assert "To the Member of Parliament for Edinburgh East and Musselburgh 8 of your constituents have signed" in edinburgh
    assert "李小龍" in islington
    assert " 9 of your constituents have signed" in leeds
    for page in pages:
        for words in (campaign.text.title, "To: The parish council", "Keep the pond.", "https://sign.example.org/c/save-the-pond",
                      campaign.text.hash[:32], "of 69 signatures in all"):  # fmt: skip
            assert words in page
    assert editor.post(f"{PATH}/certificates", {"kind": "constituency"}).data == answer.data, "the same again"

    assert all("has the count a moment later" in page for page in pages)

    one = editor.post(f"{PATH}/certificates", {"kind": "council", "area": "e08000035"})
    [page] = pypdfium2.PdfDocument(one.data)
    assert "The Leader For Leeds 9 people of your area have signed" in page.get_textpage().get_text_range().replace("\r\n", " ")
    with runtime.reading() as connection:
        entries = [entry for entry in audit_log.list_entries(connection, campaign.id) if entry.action == "make certificates"]
    assert [(entry.subject, entry.after["certificates"]) for entry in entries] == [
        ("council", 1), ("constituency", 4), ("constituency", 4),
    ]  # fmt: skip

    for area in ("Cardiff South and Penarth", "Atlantis"):
        refused = editor.post(f"{PATH}/certificates", {"kind": "constituency", "area": area})
        assert refused.status_code == 422
        assert area in refused.text, "what was typed is shown again"
        assert "There is no constituency by that name with a number that may be told" in page_text(refused)


def test_before_anything_is_known_the_page_says_so(runtime: Runtime, app: Flask) -> None:
    campaign = new_campaign(runtime)
    owner = new_campaigner(runtime, app, campaign, Role.OWNER)
    assert "No signatures yet" in owner.get(PATH).text
    store_signatures(runtime, campaign, [{}])
    count.advance_ledgers(runtime)
    assert "No place is known yet" in owner.get(PATH).text


def test_open_data_has_constituencies_and_regions_in_the_shape_of_e_petitions(app: Flask, campaign: Campaign) -> None:
    found = app.test_client().get("/c/save-the-pond.json").get_json()["data"]["attributes"]
    assert found["signatures_by_constituency"][:2] == [
        {"name": "Cities of London and Westminster", "ons_code": "E14001172", "mp": "=Jane Doe MP", "signature_count": 31},
        {"name": "Islington South and Finsbury", "ons_code": "E14001306", "mp": "李小龍", "signature_count": 14},
    ]
    assert [(line["mp"], line["signature_count"]) for line in found["signatures_by_constituency"][2:]] == [(None, 9), (None, 8)]
    assert found["signatures_by_region"] == [
        {"name": "London", "ons_code": "E12000007", "signature_count": 45},
        {"name": "Yorkshire and The Humber", "ons_code": "E12000003", "signature_count": 9},
        {"name": "Scotland", "ons_code": "S92000003", "signature_count": 8},
    ]
    assert found["small_numbers"]["smallest"] == 5


def test_a_certificate_says_where_the_log_has_the_count_and_how_many_came_on_paper(
    runtime: Runtime, app: Flask, campaign: Campaign
) -> None:
    owner = new_campaigner(runtime, app, campaign, Role.OWNER)
    assert (
        owner.post("/desk/c/save-the-pond/paper/type", {"name": "Ann", "postcode": "LS1 1AA", "country": "GB"}).status_code
        == 303
    )
    count.advance_ledgers(runtime)
    advance_log(runtime)
    expire_campaigns()
    answer = owner.post(f"{PATH}/certificates", {"kind": "constituency", "area": "Leeds Central and Headingley"})
    [page] = pypdfium2.PdfDocument(answer.data)
    words = " ".join(page.get_textpage().get_text_range().split())
    assert "1 in all were entered from paper" in words
    assert "In the public log: entry 70 of save-the-pond says 70 in all. Checkpoint of 70 entries, root:" in words
    with runtime.reading() as connection:
        checkpoint = read.last_checkpoint(connection)
    assert checkpoint is not None
    assert checkpoint.verifier_key in words.replace(" ", "")

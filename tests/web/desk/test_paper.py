"""The room where paper is printed, brought in, typed in and undone."""

import io
import re
from collections.abc import Callable, Sequence
from typing import Literal

import pypdfium2
import pytest
from flask import Flask
from openpyxl import Workbook
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.definition import language_version
from campaign.runtime import Runtime
from campaign.services.campaigns import lifecycle
from campaign.services.ledger import count
from campaign.services.signatures import sign
from campaign.store.accounts import audit_log
from campaign.store.campaigns import campaigns, statements
from tests.conftest import on_both_databases
from tests.html_validator import html_problems
from tests.support.caches import expire_campaigns
from tests.support.desk_client import DeskClient, new_campaigner, page_text
from tests.support.factories import ManualClock, new_campaign, sign_form_data, stored_campaign, verify_link_of
from tests.support.queries import execute_sql, query_scalar
from tests.support.signatory import run_workers

PAPER = "/desk/c/save-the-pond/paper"


@pytest.fixture
def pond(runtime: Runtime) -> Campaign:
    return new_campaign(runtime, controller="The Pond Society, 1 High Street, Leeds", contact="pond@example.org")


@pytest.fixture
def mary(runtime: Runtime, app: Flask, pond: Campaign) -> DeskClient:
    return new_campaigner(runtime, app, pond, Role.MODERATOR)


def numbers(runtime: Runtime, campaign: Campaign) -> tuple[int, int]:
    """Verified, and on paper, once all is counted."""
    count.advance_ledgers(runtime)
    campaign = stored_campaign(runtime, campaign)
    assert count.reconcile_campaign(runtime, campaign).consistent
    return campaign.verified, campaign.paper


def acts(runtime: Runtime, campaign: Campaign) -> list[str]:
    with runtime.reading() as connection:
        return [entry.action for entry in audit_log.list_entries(connection, campaign.id)]


def file(*rows: Sequence[str]) -> dict[str, object]:
    body = "\n".join(",".join(row) for row in rows).encode()
    return {"text": "unknown", "file": FileStorage(io.BytesIO(body), "list.csv")}


def bring_in(runtime: Runtime, who: DeskClient, form: dict[str, object]) -> TestResponse:
    """The page of a list once a worker has read it: a redirect to its intake, or the form with what is wrong."""
    sent = who.post(f"{PAPER}/file", form)
    assert sent.status_code == 303, page_text(sent)
    run_workers(runtime)
    return who.get(sent.location)


@on_both_databases
def test_sheets_are_printed_and_typed_in_line_by_line(runtime: Runtime, pond: Campaign, mary: DeskClient) -> None:
    answer = mary.post(f"{PAPER}/sheets", {"profile": "council", "amount": "2", "rows": "3"})
    assert answer.status_code == 303
    printed = pypdfium2.PdfDocument(mary.get(f"{PAPER}/sheets/1.pdf").data)
    said = [page.get_textpage().get_text_bounded() for page in printed]
    assert [re.search(r"Sheet (\d+)", one)[1] for one in said] == ["1", "2"]
    assert all("Keep the pond." in one and "The Pond Society" in one and pond.text.hash[:12] in one for one in said)
    assert mary.get(f"{PAPER}/sheets/1.pdf").data == mary.get(f"{PAPER}/sheets/1.pdf").data

    page = mary.get(f"{PAPER}/type?sheet=2")
    assert '<input type="text" id="name" name="name" value=""' in page.text
    assert re.search(r'id="name"[^>]* autofocus', page.text)
    line = {"sheet": "2", "was": "2", "country": "GB", "date": "3/11/2026"}
    for name in ("Ann Smith", "李小龍"):
        answer = mary.post(f"{PAPER}/type", {**line, "name": name, "postcode": "1 High Street, Leeds LS1 4AP"})
        assert answer.location == f"{PAPER}/type?sheet=2&date=3%2F11%2F2026"
    page = mary.get(answer.location)
    assert 'id="line" name="line" value="3"' in page.text
    assert "李小龍" in page.text
    assert numbers(runtime, pond) == (2, 2)

    # A likely duplicate is shown at once, and taken in where one says so.
    answer = mary.post(f"{PAPER}/type", {**line, "name": "ann SMITH", "postcode": "ls14ap"})
    assert answer.status_code == 422
    assert "Likely a duplicate" in answer.text
    assert numbers(runtime, pond) == (2, 2)
    assert mary.post(f"{PAPER}/type", {**line, "name": "ann SMITH", "postcode": "ls14ap", "likely": "1"}).status_code == 303
    assert "All 3 lines of this sheet are typed in" in page_text(mary.get(f"{PAPER}/type?sheet=2"))
    answer = mary.post(f"{PAPER}/type", {**line, "name": "Bob", "postcode": "LS1 4AP"})
    assert (answer.status_code, "Sheet 2 has 3 lines." in answer.text) == (422, True)

    # One line is taken back, and typed in again.
    undone = mary.post(f"{PAPER}/type/undo", {"sheet": "2", "intake": "1", "line": "2"})
    assert undone.location == f"{PAPER}/type?sheet=2"
    assert numbers(runtime, pond) == (2, 2)
    assert mary.post(f"{PAPER}/type", {**line, "line": "2", "name": "Bob", "postcode": "LS1 4AP"}).status_code == 303
    assert mary.post(f"{PAPER}/type", {**line, "line": "1", "name": "Cy", "postcode": "LS1 4AP"}).status_code == 422
    assert numbers(runtime, pond) == (3, 3)
    assert acts(runtime, pond).count("type in paper") == 4
    assert "undo line" in acts(runtime, pond)
    with runtime.reading() as connection:
        kept = connection.exec_driver_sql("SELECT name, email_key, postcode FROM signatures WHERE line IS NULL").one()
    assert (kept[0], kept[2]) == ("erased", "")


def test_what_is_wrong_with_a_line_is_said_and_what_was_typed_is_kept(pond: Campaign, mary: DeskClient) -> None:
    answer = mary.post(f"{PAPER}/type", {"name": "=x", "postcode": "nowhere", "date": "yesterday", "country": "GB"})
    assert answer.status_code == 422
    for words in ("Your name cannot begin with", "Enter a full UK postcode", "Write the date as"):
        assert words in answer.text
    assert 'value="nowhere"' in answer.text
    for sheet, words in (("9", "No sheet 9 was printed"), ("x", "Write the number")):
        assert words in mary.get(f"{PAPER}/type?sheet={sheet}").text
        assert words in mary.post(f"{PAPER}/type", {"sheet": sheet, "name": "Ann", "postcode": "LS1 4AP"}).text
    answer = mary.post(f"{PAPER}/type", {"name": "Ann", "postcode": "LS1 4AP", "country": "GB", "updates": "1"})
    assert "Write an email address like" in answer.text


@on_both_databases
def test_an_address_is_kept_only_with_consent_and_nobody_is_mailed(runtime: Runtime, pond: Campaign, mary: DeskClient) -> None:
    line = {"country": "GB", "postcode": "LS1 4AP"}
    mary.post(f"{PAPER}/type", {**line, "name": "Ann", "email": "ann@example.org", "updates": "1"})
    mary.post(f"{PAPER}/type", {**line, "name": "Bob", "email": "bob@example.org"})
    run_workers(runtime)
    with runtime.reading() as connection:
        rows = connection.exec_driver_sql("SELECT email, email_key, updates FROM signatures ORDER BY id").all()
        mails = connection.exec_driver_sql("SELECT count(*) FROM outbox").scalar_one()
    assert [tuple(row)[:2] for row in rows] == [("ann@example.org", "ann@example.org"), ("", "paper/1/2")]
    assert [bool(row.updates) for row in rows] == [True, False]
    assert mails == 0
    assert numbers(runtime, pond) == (2, 2)


@on_both_databases
def test_a_list_is_tried_then_taken_in_then_undone(
    runtime: Runtime, pond: Campaign, mary: DeskClient, now: ManualClock
) -> None:
    sign.sign_campaign(runtime, pond.id, pond.text.hash, sign_form_data("ada@example.org"))
    sign.verify_signature(runtime, verify_link_of(runtime, 1))
    rows = [
        ("Name", "Postcode", "Email", "Updates"), ("Ann", "LS1 4AP", "ann@example.org", "yes"),
        ("ADA LOVELACE", "sw1a1aa", "", ""), ("Bob", "nowhere", "", ""), ("Cy", "LS1 4AP", "cy@example.org", ""),
    ]  # fmt: skip
    answer = bring_in(runtime, mary, file(*rows))
    assert answer.location == f"{PAPER}/intakes/1"
    page = page_text(mary.get(answer.location))
    for words in (
        "rows read 4",
        "new 2",
        "child: look at the paper. 1",
        "line 4: postcode: “nowhere”: Enter a full UK postcode",
        "line 3",
    ):
        assert words in page, words
    assert numbers(runtime, pond) == (1, 0)
    held = query_scalar(runtime, "SELECT encrypted_rows FROM intakes")
    assert "LS1 4AP" not in held
    assert "list.csv needs your decision" in page_text(mary.get(PAPER))

    assert mary.post(f"{PAPER}/intakes/1/take").status_code == 303
    assert numbers(runtime, pond) == (3, 2)
    assert "1 left out" in page_text(mary.get(f"{PAPER}/intakes/1"))
    assert mary.post(f"{PAPER}/intakes/1/take").status_code == 303
    assert numbers(runtime, pond) == (3, 2)

    # The very same file once more: only where one ticks the box.
    second = bring_in(runtime, mary, file(*rows)).location
    assert "The very same file is in already" in mary.get(second).text
    assert mary.post(f"{second}/take", {"likely": "1"}).status_code == 422
    assert mary.post(f"{second}/drop").status_code == 303
    assert mary.get(second).status_code == 404

    assert mary.post(f"{PAPER}/intakes/1/undo").status_code == 422
    undo = {"reason": "Another campaign's list"}
    unconfirmed = mary.post(f"{PAPER}/intakes/1/undo", undo)
    assert (unconfirmed.status_code, "more than a tenth of the count: 2, where 3 count" in unconfirmed.text) == (422, True)
    assert "Another campaign&#39;s list" in unconfirmed.text
    assert mary.post(f"{PAPER}/intakes/1/undo", {**undo, "confirm": "1"}).status_code == 303
    run_workers(runtime)
    assert numbers(runtime, pond) == (1, 0)
    assert "undone" in page_text(mary.get(f"{PAPER}/intakes/1"))
    # Nobody has judged those signatures: the public is not told that they were removed.
    with runtime.reading() as connection:
        assert campaigns.get_by_id(connection, pond.id).history.removals == ()
        names = connection.exec_driver_sql("SELECT name FROM signatures WHERE kind = 'paper'").scalars().all()
    assert set(names) == {"erased"}
    assert "ann@example.org" not in mary.get("/desk/c/save-the-pond/signatures").text

    third = bring_in(runtime, mary, file(*rows)).location
    now.advance(hours=25)
    assert mary.get(third).status_code in (303, 200)
    assert numbers(runtime, pond) == (1, 0)


def workbook(sheets: dict[str, list[Sequence[str]]]) -> FileStorage:
    book = Workbook()
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.remove(book.worksheets[0])
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return FileStorage(out, "list.xlsx")


def test_columns_and_sheet_are_chosen_and_what_was_understood_is_shown(
    runtime: Runtime, pond: Campaign, mary: DeskClient
) -> None:
    rows = [("Ward", "Wer", "PC", "When"), ("9", "Ann Fell", "LS1 4AP", "23/11/2026"), ("9", "Bob Dale", "nowhere", ""),
            ("9", "Cy Beck", "LS1 4AP", "")]  # fmt: skip
    book = workbook({"Cover": [("Our list",)], "North": rows, "South": [("Name", "Postcode"), ("Di", "LS1 4AP")]})
    # The first sheet that is understood is not the one that is meant.
    held = bring_in(runtime, mary, {"text": "unknown", "file": book}).location
    page = page_text(mary.get(held))
    assert "Sheet: South . Not read: Cover, North ." in page.replace("South.", "South .").replace("North.", "North .")
    assert "rows read 1" in page
    mary.post(f"{held}/drop")

    asked = {"text": "unknown", "sheet": "north", "column_postcode": "PC", "column_name": "Supporter"}
    refused = bring_in(runtime, mary, {**asked, "file": workbook({"North": rows})})
    assert refused.status_code == 200
    assert "the first has: Ward, Wer, PC, When" in page_text(refused)
    # What was typed stands there again, unfolded.
    assert "<details open>" in refused.text
    assert 'value="Supporter"' in refused.text

    told = {**asked, "column_name": "Wer", "column_date": "When"}
    held = bring_in(runtime, mary, {**told, "file": workbook({"North": rows})})
    page = page_text(mary.get(held.location))
    for words in (
        "Name from the column “Wer”", "Postcode from the column “PC”", "Date from the column “When”", "Not taken in Ward",
        "Ann Fell LS1 4AP United Kingdom 2026-11-23 no", "left out or in doubt (1, CSV)",
    ):  # fmt: skip
        assert words in page, words
    listed = mary.get(f"{held.location}/left-out.csv")
    assert listed.mimetype == "text/csv"
    assert listed.text.splitlines()[0] == "line,why,what"
    assert [row.split(",")[0] for row in listed.text.splitlines()[1:]] == ["3"]
    assert "nowhere" in listed.text
    assert mary.post(f"{held.location}/take").status_code == 303
    assert numbers(runtime, pond) == (2, 2)
    gone = mary.get(f"{held.location}/left-out.csv")
    assert gone.status_code == 303


def test_every_row_that_is_left_out_is_in_the_file(runtime: Runtime, pond: Campaign, mary: DeskClient) -> None:
    rows = [("Name", "Postcode"), *((f"Person {letter}", "nowhere") for letter in "abcdefghijkl"), ("=Bad", "LS1 4AP")]
    held = bring_in(runtime, mary, file(*rows)).location
    listed = mary.get(f"{held}/left-out.csv").text.splitlines()
    assert len(listed) == 14
    assert [int(row.split(",")[0]) for row in listed[1:]] == [*range(2, 15)]


def test_a_file_that_is_no_list_is_refused_with_words(runtime: Runtime, pond: Campaign, mary: DeskClient) -> None:
    for body, words in (
        (b"", "No row says which column"), (b"a,b\n1,2\n", "No row says which column"),
        (b"Name,Postcode\n", "nothing in the file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel (.xls)"), (b"%PDF-1.7", "The file is a PDF."),
        (b"PK\x03\x04rubbish", "The workbook cannot be read"),
    ):  # fmt: skip
        answer = bring_in(
            runtime, mary, {"text": "unknown", "since": "3/11/2026", "file": FileStorage(io.BytesIO(body), "l.csv")}
        )
        assert (answer.status_code, words in page_text(answer)) == (200, True), words
        # What was typed beside it stands there again.
        assert 'value="3/11/2026"' in answer.text
        assert "l.csv cannot be read" in page_text(mary.get(PAPER))
        number = re.search(r"uploads/(\d+)/drop", answer.text)
        assert number is not None
        mary.post(f"{PAPER}/uploads/{number[1]}/drop")
        assert "l.csv" not in page_text(mary.get(PAPER))
    too_large = {"csrf": mary.csrf, "text": "unknown", "file": FileStorage(io.BytesIO(b"x" * 5_000_001), "list.csv")}
    answer = mary.post_multipart(f"{PAPER}/file", too_large)
    assert (answer.status_code, "larger than 5 MB" in page_text(answer)) == (422, True)
    assert mary.post(f"{PAPER}/file").status_code == 422


def test_why_a_file_is_no_list_is_said_in_the_language_of_the_desk(runtime: Runtime, pond: Campaign, mary: DeskClient) -> None:
    mary.post("/desk/account/language", {"language": "cy"})
    answer = bring_in(runtime, mary, file(("Ward", "Signed"), ("9", "yes")))
    assert "Nid oes unrhyw res yn dweud pa golofn" in page_text(answer)
    assert "mae gan y rhes gyntaf: Ward, Signed." in page_text(answer)
    assert "No row" not in page_text(answer)


def test_countries_to_choose_from_are_countries(pond: Campaign, mary: DeskClient) -> None:
    page = mary.get(f"{PAPER}/type").text
    assert "Pseudo" not in page
    assert '<option value="XK">Kosovo</option>' in page


def test_an_upload_is_asked_which_text_was_on_the_paper_and_since_when(
    runtime: Runtime, pond: Campaign, mary: DeskClient
) -> None:
    rows = [("Name", "Postcode", "Date"), ("Ann", "LS1 4AP", "3/11/2026"), ("Bob", "LS1 4AP", "23/11/2026")]
    answer = mary.post(f"{PAPER}/file", {**file(*rows), "text": "", "since": "yesterday"})
    assert answer.status_code == 422
    assert "Say which version of the text was on the paper" in answer.text
    assert 'value="yesterday"' in answer.text
    assert "Write the date as 31/03/2027." in answer.text

    answer = bring_in(runtime, mary, {**file(*rows), "text": pond.text.hash, "since": "20/11/2026"})
    page = page_text(mary.get(answer.location))
    assert f"The text on the paper: version 1, {pond.text.hash[:12]}…; signed from 20 November 2026 on." in page
    assert "In 1 row the date is before the campaign opened, 23 November 2026. Line 2." in page
    assert mary.post(f"{answer.location}/take").status_code == 422
    assert numbers(runtime, pond) == (0, 0)
    assert mary.post(f"{answer.location}/take", {"dates": "1"}).status_code == 303
    assert numbers(runtime, pond) == (2, 2)
    assert "Text on the paper version 1" in page_text(mary.get(answer.location))


def test_a_text_too_long_for_so_many_lines_is_refused(runtime: Runtime, app: Flask) -> None:
    pond = new_campaign(runtime, ask="We ask this in very many words. " * 90)
    mary = new_campaigner(runtime, app, pond, Role.EDITOR)
    answer = mary.post(f"{PAPER}/sheets", {"profile": "commons", "amount": "1", "rows": "20"})
    assert (answer.status_code, "Take fewer" in answer.text) == (422, True)
    assert mary.post(f"{PAPER}/sheets", {"profile": "commons", "amount": "1", "rows": "8"}).status_code == 303


def test_a_signature_on_paper_is_told_apart(runtime: Runtime, app: Flask, pond: Campaign, mary: DeskClient) -> None:
    mary.post(f"{PAPER}/type", {"name": "Ann Smith", "postcode": "LS1 4AP", "country": "GB", "date": "3/11/2026"})
    assert numbers(runtime, pond) == (1, 1)
    story = page_text(mary.get("/desk/c/save-the-pond/signatures/1"))
    assert "Given on paper, paper upload 1 , line 1" in story
    assert "Sent the form again" not in story
    # On the paper stands a day.
    assert "Signed 3 November 2026 Taken in" in story
    assert "3 November 2026" in page_text(mary.get("/desk/c/save-the-pond/signatures"))
    assert " 3 Nov 2026, 12:00" not in story + page_text(mary.get("/desk/c/save-the-pond/signatures"))
    expire_campaigns()
    browser = app.test_client()
    assert "0 online, 1 on paper" in page_text(browser.get("/c/save-the-pond?sheet=17&via=sheet"))
    assert browser.get("/c/save-the-pond/count.json").get_json()["signatures_on_paper"] == 1
    assert browser.get("/c/save-the-pond.json").get_json()["data"]["attributes"]["signatures_on_paper"] == 1
    assert "0 online, 1 on paper" in page_text(mary.get("/desk/c/save-the-pond/"))
    # Nobody asked Ann whether her name may be shown.
    assert "Ann" not in browser.get("/c/save-the-pond").text


def declarations(runtime: Runtime) -> dict[int, int]:
    count.advance_ledgers(runtime)
    with runtime.reading() as connection:
        return statements.totals_by_declaration(connection, 1)


@pytest.mark.parametrize(("rule", "heading", "ticks"), [("optional", "Please tick", True), ("required", "By signing", False)])
def test_who_may_sign_stands_on_sheets_and_is_typed_in_from_them(
    runtime: Runtime, app: Flask, rule: Literal["optional", "required"], heading: str, ticks: bool
) -> None:
    leeds = new_campaign(runtime, eligibility="area", eligibility_rule=rule, statement="I live, work or study in Leeds.")
    mary = new_campaigner(runtime, app, leeds, Role.MODERATOR)
    mary.post(f"{PAPER}/sheets", {"profile": "council", "amount": "1", "rows": "5"})
    words = " ".join(pypdfium2.PdfDocument(mary.get(f"{PAPER}/sheets/1.pdf").data)[0].get_textpage().get_text_range().split())
    assert heading in words
    assert "“I live, work or study in Leeds.”" in words
    assert ("They ticked" in page_text(mary.get(f"{PAPER}/type?sheet=1"))) is ticks
    line = {"sheet": "1", "country": "GB", "postcode": "LS1 1AA"}
    mary.post(f"{PAPER}/type", {**line, "name": "Ada Lovelace", "declared": "1"})
    mary.post(f"{PAPER}/type", {**line, "name": "Mary Seacole"})
    assert declarations(runtime) == ({1: 1, -1: 1} if ticks else {1: 2})
    # Paper of one's own may carry no statement.
    assert "They ticked" in page_text(mary.get(f"{PAPER}/type"))
    mary.post(f"{PAPER}/type", {"country": "GB", "postcode": "LS1 1AA", "name": "Grace Hopper"})
    mary.post(f"{PAPER}/type", {"country": "GB", "postcode": "LS1 1AA", "name": "Joan Clarke", "declared": "1"})
    assert declarations(runtime) == ({1: 2, -1: 1, 0: 1} if ticks else {1: 3, 0: 1})


def test_a_list_may_say_who_ticked_that_they_may_sign(runtime: Runtime, app: Flask) -> None:
    leeds = new_campaign(runtime, eligibility="area", statement="I live, work or study in Leeds.")
    mary = new_campaigner(runtime, app, leeds, Role.MODERATOR)
    rows = file(
        ("name", "postcode", "lives works or studies here"),
        ("Ada Lovelace", "LS1 1AA", "yes"), ("Mary Seacole", "LS1 1AB", "no"), ("Joan Clarke", "LS1 1AD", ""),
    )  # fmt: skip
    assert bring_in(runtime, mary, rows).location == f"{PAPER}/intakes/1"
    mary.post(f"{PAPER}/intakes/1/take")
    assert declarations(runtime) == {1: 1, -1: 1, 0: 1}


def _make_draft(runtime: Runtime, campaign: Campaign) -> None:
    execute_sql(runtime, "UPDATE campaigns SET published_at = NULL")
    assert campaign


def _take_down(runtime: Runtime, campaign: Campaign) -> None:
    lifecycle.take_down_campaign(runtime, campaign, COMMAND_LINE)


def _make_final(runtime: Runtime, campaign: Campaign) -> None:
    execute_sql(runtime, "UPDATE campaigns SET finalised_at = opens_at")
    assert campaign


@pytest.mark.parametrize(
    ("close", "words", "refusal"),
    [
        (_make_draft, "The campaign is a draft.", "Publish it first, so that its text stands."),
        (_take_down, "Paper is brought in once it is put back.", "Put it back before bringing in paper."),
        (_make_final, "no paper can be brought in any more", "nothing can be added to it any more"),
    ],
)
def test_why_no_paper_is_taken_in_is_said_and_none_is(
    runtime: Runtime,
    pond: Campaign,
    mary: DeskClient,
    close: Callable[[Runtime, Campaign], None],
    words: str,
    refusal: str,
) -> None:
    held = bring_in(runtime, mary, file(("Name", "Postcode"), ("Ann", "LS1 4AP"))).location
    close(runtime, pond)
    page = mary.get(PAPER)
    assert words in page_text(page)
    assert f"{PAPER}/file" not in page.text
    assert html_problems(page.text) == []
    line = {"name": "Bob", "postcode": "LS1 4AP", "country": "GB"}
    assert refusal in page_text(mary.post(f"{PAPER}/type", line, follow_redirects=True))
    assert refusal in page_text(mary.post(f"{held}/take", follow_redirects=True))
    answer = mary.post(f"{PAPER}/file", file(("Name", "Postcode"), ("Cy", "LS1 4AP")))
    assert (answer.status_code, refusal in page_text(answer)) == (422, True)
    assert query_scalar(runtime, "SELECT count(*) FROM signatures") == 0


def test_a_line_that_cannot_be_is_told_at_its_field(runtime: Runtime, pond: Campaign, mary: DeskClient) -> None:
    mary.post(f"{PAPER}/sheets", {"profile": "council", "amount": "1", "rows": "5"})
    line = {"sheet": "1", "was": "1", "country": "GB", "postcode": "LS1 4AP"}
    assert mary.post(f"{PAPER}/type", {**line, "name": "Ann", "line": "5"}).status_code == 303
    for changes, field, words in (
        ({"line": "x"}, "line", "Write the number of the line."), ({"line": "0"}, "line", "Write the number of the line."),
        ({"line": "5"}, "line", "Line 5 is typed in already."), ({"line": "6"}, "line", "Sheet 1 has 5 lines."),
        ({"sheet": "2"}, "sheet", "No sheet 2 was printed"), ({"sheet": "one"}, "sheet", "Write the number"),
    ):  # fmt: skip
        answer = mary.post(f"{PAPER}/type", {**line, "name": "Bob", "line": "1", **changes})
        assert (answer.status_code, f'href="#{field}"' in answer.text) == (422, True), changes
        assert words in page_text(answer)
    sign.sign_campaign(runtime, pond.id, pond.text.hash, sign_form_data("bob@example.org", name="Bob Jones"))
    bob: int = query_scalar(runtime, "SELECT id FROM signatures WHERE kind = 'online'")
    assert sign.withdraw_signature(runtime, bob)
    known = {"name": "Bob Jones", "line": "1", "email": "bob@example.org", "updates": "1"}
    answer = mary.post(f"{PAPER}/type", {**line, **known})
    assert (answer.status_code, 'href="#email"' in answer.text) == (422, True)
    assert "has signed, withdrawn or been removed already" in page_text(answer)
    # A line that was meant for another sheet is not typed into this one.
    assert mary.post(f"{PAPER}/type", {**line, "name": "Cy", "was": "", "line": "5"}).status_code == 422
    assert numbers(runtime, pond) == (1, 1)
    mary.post(f"{PAPER}/intakes/1/undo", {"reason": "the wrong sheet", "confirm": "1"})
    answer = mary.post(f"{PAPER}/type", {**line, "name": "Bob", "line": "1"})
    assert "is being undone. Wait until that is through." in page_text(answer)
    assert mary.get(f"{PAPER}/intakes/1").headers["Refresh"] == "5"


def test_each_version_of_each_language_is_offered_as_the_text_on_the_paper(runtime: Runtime, app: Flask) -> None:
    translated = language_version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.")
    pond = new_campaign(runtime, translations=(translated,))
    page = new_campaigner(runtime, app, pond, Role.MODERATOR).get(PAPER)
    for language in ("English", "Welsh"):
        assert f"Version 1 in {language}, of 23 November 2026" in page_text(page)

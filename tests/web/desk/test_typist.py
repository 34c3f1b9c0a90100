"""A typist: types in paper, and learns from nothing at the desk who has signed."""

import re

import pytest
from flask import Flask

from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.services.signatures import sign
from campaign.store.accounts import audit_log
from tests.conftest import on_both_databases
from tests.support.desk_client import DeskClient, new_campaigner, page_text
from tests.support.factories import new_campaign, sign_form_data, stored_campaign, verify_link_of
from tests.support.queries import query_scalar
from tests.support.signatory import run_workers

PAPER = "/desk/c/save-the-pond/paper"
ADA = {"name": "Ada Lovelace", "postcode": "SW1A 1AA", "country": "GB"}
"""Has signed online."""
LINES = {
    "new": {"name": "Grace Hopper", "postcode": "LS1 4AP", "country": "GB"},
    "likely the same, online": ADA,
    "the very same": {**ADA, "updates": "1", "email": "ada@example.org"},
    "her address, another name": {**ADA, "name": "Bob", "updates": "1", "email": "ada@example.org"},
    "withdrawn": {"name": "Wil Drawn", "postcode": "LS1 4AP", "country": "GB", "updates": "1", "email": "wil@example.org"},
    "on paper": {"name": "Pat Paper", "postcode": "LS1 4AP", "country": "GB"},
    "nobody of that name at all": {"name": "Zoe", "postcode": "", "country": "FR"},
}
"""Lines that look alike to who types them in, by whom they are."""


@pytest.fixture
def pond(runtime: Runtime) -> Campaign:
    campaign = new_campaign(runtime)
    for number, (email, name) in enumerate((("ada@example.org", "Ada Lovelace"), ("wil@example.org", "Wil Drawn")), 1):
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(email, name=name))
        sign.verify_signature(runtime, verify_link_of(runtime, number))
    return campaign


@pytest.fixture
def mary(runtime: Runtime, app: Flask, pond: Campaign) -> DeskClient:
    return new_campaigner(runtime, app, pond, Role.OWNER)


@pytest.fixture
def tom(runtime: Runtime, app: Flask, pond: Campaign) -> DeskClient:
    return new_campaigner(runtime, app, pond, Role.TYPIST, name="Tom Typist")


def on_paper(runtime: Runtime, campaign: Campaign) -> int:
    count.advance_ledgers(runtime)
    campaign = stored_campaign(runtime, campaign)
    assert count.reconcile_campaign(runtime, campaign).consistent
    return campaign.paper


def heard(client: DeskClient, sheet: str, line: dict[str, str]) -> str:
    """All that a typist is told of a line they type in first on a sheet, and then take back and try again."""
    said = []
    for _ in range(2):
        answer = client.post(f"{PAPER}/type", {"sheet": sheet, **line})
        page = client.get(f"{PAPER}/type?sheet={sheet}")
        again = client.post(f"{PAPER}/type", {"sheet": sheet, "line": "1", **line})
        intake = re.search(r'name="intake" value="(\d+)"', page.text)
        assert intake is not None
        undone = client.post(f"{PAPER}/type/undo", {"sheet": sheet, "intake": intake[1], "line": "1"})
        after = client.get(f"{PAPER}/type?sheet={sheet}")
        shown = [page_text(each) for each in (page, again, after, client.get(PAPER))]
        said += [answer.status_code, answer.location, again.status_code, undone.status_code, undone.location, *shown]
        said.append(client.post(f"{PAPER}/type/undo", {"sheet": sheet, "intake": intake[1], "line": "1"}).status_code)
        said.append(page_text(client.get(PAPER)))
    text = "\n".join(map(str, said))
    for value in sorted({value for value in line.values() if len(value) > 2}, key=len, reverse=True):
        text = text.replace(value, "…")
    return re.sub(rf"[Ss]heet(=| ){sheet}\b", "sheet N", text)


def test_a_typist_hears_the_same_of_every_line_no_matter_who_has_signed(
    pond: Campaign, mary: DeskClient, tom: DeskClient
) -> None:
    mary.post(f"{PAPER}/sheets", {"profile": "council", "amount": str(len(LINES)), "rows": "5"})
    mary.post(f"{PAPER}/type", LINES["on paper"])
    told = {who: heard(tom, str(sheet), line) for sheet, (who, line) in enumerate(LINES.items(), 1)}
    told = {who: re.sub(r"checked|selected", "", words) for who, words in told.items()}
    assert "taken down" in told["new"]
    assert {who: words for who, words in told.items() if words != told["new"]} == {}


@on_both_databases
def test_what_is_left_out_is_seen_by_campaigners_and_can_be_taken_in(
    runtime: Runtime, pond: Campaign, mary: DeskClient, tom: DeskClient
) -> None:
    mary.post(f"{PAPER}/sheets", {"profile": "council", "amount": "1", "rows": "5"})
    for line in (ADA, LINES["new"], LINES["the very same"]):
        assert tom.post(f"{PAPER}/type", {"sheet": "1", **line}).status_code == 303
    assert on_paper(runtime, pond) == 1
    page = page_text(tom.get(f"{PAPER}/type?sheet=1"))
    assert "3 of this sheet so far" in page
    assert "Line 3: taken down" in page
    assert "Grace Hopper" not in page
    seen = page_text(mary.get(f"{PAPER}/intakes/1"))
    assert "line 1: somebody of this name and postcode has signed online" in seen
    assert "line 3: signed before with the same name and address" in seen
    with runtime.reading() as connection:
        acts = [entry.action for entry in audit_log.list_entries(connection, pond.id)]
    assert (acts.count("leave out line"), acts.count("type in paper")) == (2, 1)

    # A campaigner has looked at the paper: it is another Ada Lovelace.
    assert mary.post(f"{PAPER}/type", {"sheet": "1", "line": "1", **ADA}).status_code == 422
    assert mary.post(f"{PAPER}/type", {"sheet": "1", "line": "1", "likely": "1", **ADA}).status_code == 303
    assert on_paper(runtime, pond) == 2
    assert "line 1:" not in page_text(mary.get(f"{PAPER}/intakes/1"))
    assert page_text(tom.get(f"{PAPER}/type?sheet=1")) == page

    # All of it is undone, and the sheet can be typed in again.
    mary.post(f"{PAPER}/intakes/1/undo", {"reason": "Another sheet", "confirm": "1"})
    run_workers(runtime)
    assert on_paper(runtime, pond) == 0
    assert 'id="line" name="line" value="1"' in tom.get(f"{PAPER}/type?sheet=1").text
    assert query_scalar(runtime, "SELECT count(*) FROM typed_lines") == 0


def test_a_typist_takes_back_only_what_they_typed_in(
    runtime: Runtime, app: Flask, pond: Campaign, mary: DeskClient, tom: DeskClient
) -> None:
    ben = new_campaigner(runtime, app, pond, Role.TYPIST)
    mary.post(f"{PAPER}/sheets", {"profile": "council", "amount": "1", "rows": "5"})
    mary.post(f"{PAPER}/type", {"sheet": "1", **LINES["new"]})
    tom.post(f"{PAPER}/type", {"sheet": "1", **LINES["on paper"]})
    for line in ("1", "2"):
        ben.post(f"{PAPER}/type/undo", {"sheet": "1", "intake": "1", "line": line})
    tom.post(f"{PAPER}/type/undo", {"sheet": "1", "intake": "1", "line": "1"})
    assert on_paper(runtime, pond) == 2
    tom.post(f"{PAPER}/type/undo", {"sheet": "1", "intake": "1", "line": "2"})
    assert on_paper(runtime, pond) == 1


def test_what_cannot_be_read_is_said_to_a_typist_too(pond: Campaign, tom: DeskClient) -> None:
    answer = tom.post(f"{PAPER}/type", {"name": "", "postcode": "nowhere", "country": "GB"})
    assert (answer.status_code, "There is a problem" in answer.text) == (422, True)


def test_a_typist_leaves_the_team_from_the_page_they_see(pond: Campaign, tom: DeskClient) -> None:
    assert "Leave the team" in page_text(tom.get(PAPER))
    assert tom.post("/desk/c/save-the-pond/team/leave").location == "/desk/"
    assert tom.get(PAPER).status_code == 404

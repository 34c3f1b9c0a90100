"""Samples at the desk: drawn by an owner, downloaded as an export, and what checking found typed in by the team."""

import csv
import io
import zipfile

import pytest
from flask import Flask

from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.store.accounts import audit_log
from tests.support.desk_client import DeskClient, new_campaigner, page_text
from tests.support.factories import new_campaign
from tests.support.stored_signatures import store_signatures
from workers.exports import ExportJobs

PATH = "/desk/c/save-the-pond/samples"
WORDS = "The clerk's words"


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    made = new_campaign(runtime)
    store_signatures(runtime, made, [{"name": f"Person Number{number}"} for number in range(8)])
    count.advance_ledgers(runtime)
    return made


@pytest.fixture
def mary(runtime: Runtime, app: Flask, campaign: Campaign) -> DeskClient:
    return new_campaigner(runtime, app, campaign, Role.OWNER)


def test_a_sample_is_drawn_downloaded_and_its_results_are_noted(
    runtime: Runtime, app: Flask, campaign: Campaign, mary: DeskClient
) -> None:
    assert "random sample" in page_text(mary.get("/desk/c/save-the-pond/submission"))
    drawn = mary.post(PATH, {"seed": WORDS, "size": "5"})
    assert (drawn.status_code, drawn.location) == (303, "/desk/c/save-the-pond/exports")
    ExportJobs(runtime).make_exports()
    assert "Sample (ZIP), for the recipient whose words drew it: 5 signatures" in page_text(mary.get(drawn.location))
    file = mary.get(f"{drawn.location}/1/download")
    assert file.headers["Content-Disposition"] == 'attachment; filename="save-the-pond-sample-2026-11-23.zip"'
    with zipfile.ZipFile(io.BytesIO(file.data)) as zipped:
        rows = [*csv.DictReader(io.StringIO(zipped.read("sample.csv").decode("utf-8-sig")))]
    assert len({row["name"] for row in rows}) == 5
    ida = new_campaigner(runtime, app, campaign, Role.EDITOR)
    page = page_text(ida.get(PATH))
    assert "5 of 8, drawn" in page
    assert "only an owner of the campaign draws one" in page
    refused = ida.post(f"{PATH}/1", {"valid": "4", "invalid": "2", "unreachable": ""})
    assert (refused.status_code, 'value="4"' in refused.text) == (422, True)
    assert page_text(refused).count("They add up to 6.") == 2, "on top of the page and at the fields"
    assert 'href="#valid-1"' in refused.text
    assert 'id="valid-1"' in refused.text
    assert ida.post(f"{PATH}/1", {"valid": "4", "invalid": "0", "unreachable": "1"}).status_code == 303
    page = page_text(ida.get(PATH))
    assert "100.0% of those who could be checked are valid (95% interval 39.7% to 100.0%)" in page
    assert "counted as not valid: 80.0% (28.3% to 99.5%)." in page
    with runtime.reading() as connection:
        acts = [entry for entry in audit_log.list_entries(connection, campaign.id) if "sample" in entry.action]
    assert [entry.action for entry in acts] == ["note sample", "draw sample"]
    assert acts[0].after == {"valid": 4, "not valid": 0, "not reached": 1}


def test_words_and_size_are_asked_for_at_their_fields_and_kept(mary: DeskClient) -> None:
    answer = mary.post(PATH, {"seed": "short", "size": "10000"})
    assert answer.status_code == 422
    assert page_text(answer).count("at least 8 characters") == 2
    assert page_text(answer).count("from 1 to 5000") == 2
    assert 'value="short"' in answer.text
    assert "drawn" not in page_text(mary.get(PATH)).partition("Draw it")[2]


def test_another_campaigns_sample_is_not_there(runtime: Runtime, app: Flask, mary: DeskClient) -> None:
    mary.post(PATH, {"seed": WORDS, "size": "5"})
    elsewhere = new_campaign(runtime, slug="save-the-wood")
    own = new_campaigner(runtime, app, elsewhere, Role.OWNER)
    assert own.post("/desk/c/save-the-wood/samples/1", {"valid": "5"}).status_code == 404


def test_one_too_many_in_the_making_is_refused_and_what_was_typed_stays(mary: DeskClient) -> None:
    answers = [mary.post(PATH, {"seed": f"{WORDS} {number}", "size": "5"}) for number in range(4)]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 422]
    assert "Others are in the making." in page_text(answers[-1])
    assert 'value="The clerk&#39;s words 3"' in answers[-1].text

"""The room of exports: asking, watching, downloading; and that nobody else comes to what one has asked for."""

import csv
import io
from itertools import product

import pytest
from flask import Flask

from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.exports.plan import DEFAULT_COLUMNS, ExportFormat, ExportOrder, ExportPlan
from campaign.domain.signatures.filters import Filters
from campaign.domain.signatures.signature import SignatureState
from campaign.runtime import Runtime
from campaign.services import exports
from campaign.services.signatures import search
from campaign.store.accounts import audit_log
from tests.conftest import on_both_databases
from tests.support.desk_client import DeskClient, new_campaigner, page_text
from tests.support.factories import new_campaign
from tests.support.finished_exports import finished_export
from tests.support.stored_signatures import store_signatures
from workers.exports import ExportJobs

PATH = "/desk/c/save-the-pond/exports"


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    made = new_campaign(runtime)
    store_signatures(runtime, made, [{"name": name} for name in ("Ada Lovelace", "=1+1")])
    return made


@pytest.fixture
def mary(runtime: Runtime, app: Flask, campaign: Campaign) -> DeskClient:
    return new_campaigner(runtime, app, campaign, Role.OWNER)


def test_a_campaigner_asks_for_an_export_watches_it_and_downloads_it(
    runtime: Runtime, campaign: Campaign, mary: DeskClient
) -> None:
    form = mary.get(f"{PATH}/new")
    assert "Names, postcodes and comments are personal data." in page_text(form)
    assert form.text.count(" checked") == len(DEFAULT_COLUMNS) + 2
    asked = mary.post(PATH, {"format": "csv", "columns": ["number", "name"], "order": "name"})
    assert (asked.status_code, asked.location) == (303, PATH)
    waiting = mary.get(PATH)
    assert ("waiting" in page_text(waiting), waiting.headers["Refresh"]) == (True, "10")
    assert mary.get(f"{PATH}/1.json").get_json() == {"state": "waiting", "written": 0, "expected": 0}
    assert mary.get(f"{PATH}/1/download").status_code == 303, "there is nothing to download yet"
    ExportJobs(runtime).make_exports()
    assert mary.get(f"{PATH}/1.json").get_json() == {"state": "done", "written": 2, "expected": 2}
    assert "CSV for programs, 2 columns, by name: 2 signatures, " in page_text(mary.get(PATH))
    file = mary.get(f"{PATH}/1/download")
    assert file.headers["Content-Disposition"] == 'attachment; filename="save-the-pond-csv-2026-11-23.csv"'
    assert "no-store" in file.headers["Cache-Control"]
    assert int(file.headers["Content-Length"]) == len(file.data)
    assert list(csv.reader(io.StringIO(file.text))) == [["number", "name"], ["1", "'=1+1"], ["2", "Ada Lovelace"]]
    with runtime.reading() as connection:
        entries = audit_log.list_entries(connection, campaign.id)[:2]
    assert [(entry.action, entry.subject) for entry in entries] == [
        ("download export", "export 1"),
        ("ask for export", "export 1"),
    ]
    assert entries[1].after == {"format": "csv", "columns": ["number", "name"], "filters": {"states": ["verified"]}}


def test_what_cannot_be_understood_is_shown_again_with_an_error_at_each_field(campaign: Campaign, mary: DeskClient) -> None:
    answer = mary.post(
        PATH, {"format": "scroll", "columns": "password", "area": "Nowhere", "since": "then", "updates": "perhaps"}
    )
    assert answer.status_code == 422
    for words in ("Choose a kind of file.", "Choose at least one column",
                  "Enter a postcode or the beginning of one", "Enter a day and a time",
                  "Choose with or without that consent"):  # fmt: skip
        assert page_text(answer).count(words) == 2
    assert 'value="Nowhere"' in answer.text


def test_nobody_comes_to_an_export_that_another_has_asked_for(
    runtime: Runtime, app: Flask, campaign: Campaign, mary: DeskClient
) -> None:
    number = finished_export(runtime, campaign.id, mary.id, b"signatures")
    jane = new_campaigner(runtime, app, campaign, Role.OWNER)
    elsewhere = new_campaign(runtime, slug="save-the-wood")
    own = new_campaigner(runtime, app, elsewhere, Role.OWNER)
    for somebody, room in ((jane, PATH), (own, PATH.replace("pond", "wood")), (own, PATH)):
        assert somebody.get(f"{room}/{number}/download").status_code == 404
        assert somebody.get(f"{room}/{number}.json").status_code == 404
        for act in ("cancel", "restart", "delete"):
            assert somebody.post(f"{room}/{number}/{act}").status_code == 404
    assert "No export yet" in page_text(jane.get(PATH))
    assert mary.get(f"{PATH}/{number}/download").data == b"signatures"
    assert mary.browser.head(f"{PATH}/{number}/download").status_code == 200


@on_both_databases
def test_an_export_is_stopped_made_again_and_deleted(runtime: Runtime, campaign: Campaign, mary: DeskClient) -> None:
    mary.post(PATH, {"format": ExportFormat.JSONL.value, "columns": "name"})
    mary.post(f"{PATH}/1/cancel")
    said = page_text(mary.get(PATH))
    assert ("Stopped." in said, "stopped" in said) == (True, True)
    mary.post(f"{PATH}/1/restart")
    ExportJobs(runtime).make_exports()
    assert mary.get(f"{PATH}/1/download").text == '{"name": "Ada Lovelace"}\n{"name": "=1+1"}\n'
    mary.post(f"{PATH}/1/delete")
    assert mary.get(f"{PATH}/1/download").status_code == 404
    assert exports.list_exports(runtime, campaign, mary.id) == []


def test_more_than_a_few_in_the_making_are_refused_in_words(mary: DeskClient) -> None:
    answers = [mary.post(PATH, {"format": "csv", "columns": "name"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 422]
    assert "Others are in the making." in page_text(answers[-1])


def test_a_mailing_list_is_asked_for_with_the_program_that_reads_it(
    runtime: Runtime, campaign: Campaign, mary: DeskClient
) -> None:
    store_signatures(runtime, campaign, [{"name": "Grace Hopper", "email": "grace@example.org", "updates": True}])
    refused = mary.post(PATH, {"format": "list"})
    assert (refused.status_code, page_text(refused).count("Choose the program that will read the list.")) == (422, 2)
    assert mary.post(PATH, {"format": "list", "program": "mailchimp"}).status_code == 303
    ExportJobs(runtime).make_exports()
    page = page_text(mary.get(PATH))
    assert "Mailing list (CSV), for Mailchimp, people who asked for updates: 1 person, " in page
    file = mary.get(f"{PATH}/1/download")
    assert file.headers["Content-Disposition"] == 'attachment; filename="save-the-pond-mailchimp-2026-11-23.csv"'
    (row,) = csv.DictReader(io.StringIO(file.text))
    assert (row["Email Address"], row["Tags"]) == ("grace@example.org", "save-the-pond")
    with runtime.reading() as connection:
        entries = [entry for entry in audit_log.list_entries(connection, campaign.id) if entry.action == "ask for export"]
    assert entries[0].after == {
        "format": "list", "program": "mailchimp", "filters": {"states": ["verified"], "updates": "yes"},
    }  # fmt: skip


def test_one_is_not_made_again_while_others_are_in_the_making(mary: DeskClient) -> None:
    for _ in range(4):
        mary.post(PATH, {"format": "csv", "columns": "name"})
        mary.post(f"{PATH}/1/cancel")
    said = page_text(mary.post(f"{PATH}/1/restart", follow_redirects=True))
    assert "Others are in the making. Wait until they are done, or stop one." in said


@pytest.mark.parametrize("states", [(), (SignatureState.VERIFIED,), (SignatureState.PENDING, SignatureState.WITHDRAWN)])
def test_what_an_export_holds_is_said_in_words(
    runtime: Runtime, campaign: Campaign, mary: DeskClient, states: tuple[SignatureState, ...]
) -> None:
    for order, updates, (comment, said_of_it) in product(
        ExportOrder, (None, True, False), ((None, ""), (True, "with one"), (False, "without"))
    ):
        filters = Filters(states=states, comment=comment, text=campaign.text.hash, kind="paper")
        plan = ExportPlan(order=order, updates=updates, filters=filters)
        number = finished_export(runtime, campaign.id, mary.id, plan=plan)
        said = page_text(mary.get(PATH))
        mary.post(f"{PATH}/{number}/delete")
        assert f"Text: {dict(search.signed_texts(runtime, campaign.id))[campaign.text.hash]}" in said
        assert "Given: on paper" in said
        assert ("Comment:" in said, f"Comment: {said_of_it}" in said) == (bool(said_of_it), bool(said_of_it))
        assert ("in every state" in said) is (states == ())
        assert ("State: waiting or withdrawn" in said) is (len(states) == 2)
        assert ("Told of the campaign: yes" in said, "Told of the campaign: no" in said) == (updates is True, updates is False)
        assert ("by name" in said, "as they were counted" in said) == (order is ExportOrder.NAME, order is ExportOrder.LEDGER)


def test_a_pack_is_listed_by_the_name_of_its_recipient_and_by_how_many_it_names(runtime: Runtime, mary: DeskClient) -> None:
    for profile in ("house-of-commons", "minister"):
        assert mary.post(PATH, {"format": "pack", "profile": profile}).status_code == 303
        ExportJobs(runtime).make_exports()
    listed = page_text(mary.get(PATH))
    assert "for “House of Commons, public petition”, with what they may have: 2 names on its list, " in listed
    assert "for “A minister, company or public body”, with what they may have: 0 names on its list, " in listed

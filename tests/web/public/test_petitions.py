"""Open data in the e-petition shape, read as programs written for petition.parliament.uk read it: from link to link."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.site.switch import Switch
from campaign.runtime import Runtime
from campaign.services.campaigns import drafts, lifecycle, petitions
from campaign.services.site import switches
from tests.conftest import on_both_databases
from tests.support.caches import expire_campaigns
from tests.support.compile_cache import make_app
from tests.support.factories import START_TIME, ManualClock, definition, new_campaign

ITEM = {
    "action": str, "background": str, "additional_details": str, "state": str, "signature_count": int, "created_at": str,
    "updated_at": str, "opened_at": str,
}  # fmt: skip
"""Attributes that programs read of each item, and their types."""
NULLABLE = (
    "committee_note", "rejected_at", "closed_at", "moderation_threshold_reached_at", "response_threshold_reached_at",
    "government_response_at", "debate_threshold_reached_at", "debate_scheduled_at", "scheduled_debate_date",
    "debate_outcome_at", "rejection", "government_response", "debate",
)  # fmt: skip
BY_PLACE = ("signatures_by_country", "signatures_by_constituency", "signatures_by_region")


@pytest.fixture
def reader(runtime: Runtime) -> FlaskClient:
    return make_app(runtime).test_client()


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def walk(reader: FlaskClient, path: str) -> Iterator[dict[str, Any]]:
    """The pages of a list from its first to its last."""
    following: str | None = path_of(reader.get(path).json["links"]["first"])
    while following is not None:
        answer = reader.get(following)
        assert answer.status_code == 200
        page = answer.json
        assert path_of(page["links"]["self"]) == following
        yield page
        following = page["links"]["next"] and path_of(page["links"]["next"])


def numbers(reader: FlaskClient, state: str) -> list[int]:
    return [item["id"] for page in walk(reader, f"/petitions.json?state={state}") for item in page["data"]]


@on_both_databases
def test_a_program_for_e_petitions_reads_every_page_and_every_item(
    runtime: Runtime, reader: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(petitions, "PAGE_SIZE", 3)
    made = [new_campaign(runtime, slug=f"pond-{number}") for number in range(7)]
    pages = [*walk(reader, "/petitions.json")]
    assert [len(page["data"]) for page in pages] == [3, 3, 1]
    assert [page["links"]["prev"] and parse_qs(urlsplit(page["links"]["prev"]).query)["page"] for page in pages] == [
        None, ["1"], ["2"],
    ]  # fmt: skip
    assert {page["links"]["last"] for page in pages} == {pages[-1]["links"]["self"]}
    items = [item for page in pages for item in page["data"]]
    assert [item["id"] for item in items] == sorted((campaign.id for campaign in made), reverse=True)
    for item in items:
        attributes = item["attributes"]
        assert item["type"] == "petition"
        assert {name: type(attributes[name]) for name in ITEM} == ITEM
        assert all(attributes[name] is None for name in NULLABLE)
        assert attributes["creator_name"] == "Friends of the Pond"
        assert not [name for name in BY_PLACE if name in attributes]
        single = reader.get(path_of(item["links"]["self"])).json
        assert single["links"]["self"] == item["links"]["self"]
        assert all(type(single["data"]["attributes"][name]) is list for name in BY_PLACE)
        assert single["data"]["attributes"].items() >= attributes.items()
        by_slug = reader.get(f"/c/{attributes['slug']}.json").json
        assert by_slug["data"]["attributes"] == single["data"]["attributes"]
        assert by_slug["data"]["id"] == attributes["slug"]
        page = reader.get(path_of(item["links"]["self"]).removesuffix(".json"))
        assert (page.status_code, page.location) == (302, f"/c/{attributes['slug']}")


def test_each_state_lists_what_says_it_is_in_it(runtime: Runtime, reader: FlaskClient, now: ManualClock) -> None:
    day = timedelta(days=1)
    open_ = new_campaign(runtime, slug="open").id
    paused = new_campaign(runtime, slug="paused")
    lifecycle.pause_campaign(runtime, paused, COMMAND_LINE)
    later = new_campaign(runtime, slug="later", opens_at=START_TIME + 9 * day, closes_at=START_TIME + 20 * day).id
    closed = new_campaign(runtime, slug="closed", closes_at=START_TIME + day).id
    now.advance(days=1, hours=1)
    expected = {
        "open": [open_], "paused": [paused.id], "scheduled": [later], "closed": [closed], "final": [],
        "all": [closed, later, paused.id, open_],
    }  # fmt: skip
    assert {state: numbers(reader, state) for state in petitions.PETITION_STATES} == expected
    for state, found in expected.items():
        if state != "all":
            assert {reader.get(f"/petitions/{number}.json").json["data"]["attributes"]["state"] for number in found} <= {state}


def test_while_the_site_is_paused_nothing_is_listed_as_open(runtime: Runtime, reader: FlaskClient) -> None:
    number = new_campaign(runtime).id
    switches.set_switch(runtime, COMMAND_LINE, Switch.PAUSE_SIGNING, on=True, message="Back soon.")
    assert (numbers(reader, "open"), numbers(reader, "paused")) == ([], [number])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/petitions.json?state=rejected", 400), ("/petitions.json?state=Open", 400), ("/petitions.json?page=0", 400),
        ("/petitions.json?page=-1", 400), ("/petitions.json?page=two", 400), ("/petitions.json?page=99999999", 400),
        ("/petitions.json?page=%D9%A3", 400), ("/petitions.json?page=2", 404), ("/petitions.json?page=9999999", 404),
        ("/petitions/0.json", 404), ("/petitions/999999999999999999999999.json", 404), ("/petitions/one.json", 404),
        ("/petitions/99", 404),
    ],
)  # fmt: skip
def test_what_is_no_state_page_or_number_is_refused(runtime: Runtime, reader: FlaskClient, path: str, status: int) -> None:
    new_campaign(runtime)
    answer = reader.get(path)
    assert answer.status_code == status
    if ".json" in path:
        assert set(answer.json) == {"error", "advice"}
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_draft_and_what_was_taken_down_are_in_no_list(runtime: Runtime, reader: FlaskClient) -> None:
    campaign = new_campaign(runtime)
    lifecycle.take_down_campaign(runtime, campaign, COMMAND_LINE, "A court says so.")
    draft = drafts.create_draft(runtime, COMMAND_LINE, definition(slug="draft"))
    expire_campaigns()
    assert reader.get("/petitions.json").json["data"] == []
    assert reader.get(f"/petitions/{campaign.id}.json").status_code == 410
    assert reader.get(f"/petitions/{draft.id}.json").status_code == 404


def test_anybody_may_keep_it_and_any_site_read_it(runtime: Runtime, reader: FlaskClient) -> None:
    number = new_campaign(runtime).id
    for path in ("/petitions.json", f"/petitions/{number}.json"):
        answer = reader.get(path)
        assert answer.headers["Cache-Control"] == "public, max-age=10"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in answer.headers
        assert reader.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304

"""Batches at the desk: what one would do, doing it by rule or by selection, its progress, stopping and undoing it."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.services.moderation import batches
from campaign.store.tables import signatures
from tests.conftest import on_both_databases
from tests.html_validator import html_problems
from tests.support.desk_client import DeskClient, new_campaigner, page_text
from tests.support.factories import new_campaign, stored_campaign
from tests.support.stored_signatures import store_signatures

PATH = "/desk/c/save-the-pond/batches"
RULE = "source=forum"
GIVEN = {"kind": "program", "reason": "One script signed them all", "expected": "12", "counted": "11", "confirm": "1"}


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    """Twelve verified signatures from a forum and one that waits, and five from elsewhere."""
    campaign = new_campaign(runtime)
    rows: list[dict[str, Any]] = [{"source": "forum"}] * 11 + [{"source": "forum", "state": "pending"}] + [{}] * 5
    store_signatures(runtime, campaign, rows)
    count.advance_ledgers(runtime)
    return campaign


@pytest.fixture
def mary(runtime: Runtime, app: Flask, campaign: Campaign) -> DeskClient:
    return new_campaigner(runtime, app, campaign, Role.MODERATOR)


def verified(runtime: Runtime, campaign: Campaign) -> int:
    while batches.run_due_batches(runtime):
        pass
    count.advance_ledgers(runtime)
    campaign = stored_campaign(runtime, campaign)
    assert count.reconcile_campaign(runtime, campaign).consistent
    return campaign.verified


def figures(page: str) -> dict[str, int]:
    found = re.findall(r"<dt>([^<]+)</dt><dd[^>]*>([\d,]+)</dd>", page)
    return {name: int(amount.replace(",", "")) for name, amount in found}


def test_a_dry_run_names_nobody_whose_data_was_destroyed(runtime: Runtime, campaign: Campaign, mary: DeskClient) -> None:
    [number] = store_signatures(runtime, campaign, [{"source": "forum", "name": "Erased Person"}])
    assert "<bdi>Erased Person</bdi>" in mary.get(f"{PATH}/new?{RULE}").text
    with runtime.transaction() as connection:
        erased = update(signatures).where(signatures.c.id == number).values(name="erased", erased_at=runtime.now())
        connection.execute(erased)
    plan = mary.get(f"{PATH}/new?{RULE}").text
    assert f'/signatures/{number}">{number}</a></th>\n        <td>erased</td>' in plan
    assert "<bdi>erased</bdi>" not in plan


@on_both_databases
def test_a_rule_is_tried_done_watched_and_undone(runtime: Runtime, campaign: Campaign, mary: DeskClient) -> None:
    plan = mary.get(f"{PATH}/new?{RULE}")
    assert html_problems(plan.text) == []
    assert list(figures(plan.text).values()) == [12, 11, 1]
    assert verified(runtime, campaign) == 16, "a dry run moves nothing"
    # More than a tenth of the count: said a second time, and nothing that was typed is lost.
    unconfirmed = mary.post(f"{PATH}?{RULE}", {name: value for name, value in GIVEN.items() if name != "confirm"})
    assert unconfirmed.status_code == 422
    assert "more than a tenth of the count: 11, where 16 count" in unconfirmed.text
    assert "One script signed them all" in unconfirmed.text
    answer = mary.post(f"{PATH}?{RULE}", GIVEN)
    assert answer.status_code == 303
    page = mary.get(answer.location)
    assert page.headers["Refresh"] == "5"
    assert "One script signed them all" in page.text
    assert mary.get(f"{answer.location}.json").get_json() == {"state": "running", "moved": 0, "restored": 0, "expected": 12}
    assert verified(runtime, campaign) == 5
    page = mary.get(answer.location)
    assert "Refresh" not in page.headers
    assert html_problems(page.text) == []
    assert figures(page.text)["invalidated by it now"] == 12
    assert "11 of them count then." in page.text
    for given, said in (({}, "Give the reason"), ({"reason": "A school"}, "more than a tenth of the count: 11, where 5 count")):
        refused = mary.post(f"{answer.location}/undo", given)
        assert (refused.status_code, said in refused.text) == (422, True)
    assert 'value="A school"' in refused.text
    undo = {"reason": "A school", "confirm": "1"}
    assert mary.post(f"{answer.location}/undo", undo).status_code == 303
    assert verified(runtime, campaign) == 16
    assert "undone" in page_text(mary.get(answer.location))
    assert "There is nothing to undo" in page_text(mary.get(mary.post(f"{answer.location}/undo", undo).location))
    listed = mary.get(PATH)
    assert html_problems(listed.text) == []
    assert "Mary Seacole" in listed.text


@on_both_databases
def test_what_was_selected_one_by_one_is_invalidated(runtime: Runtime, campaign: Campaign, mary: DeskClient) -> None:
    plan = mary.post(f"{PATH}/new", {"ids": ["13", "14", "no number"]})
    assert figures(plan.text)["would be invalidated"] == 2
    answer = mary.post(PATH, {"ids": ["13", "14"], "kind": "false", "reason": "Made up", "expected": "2", "confirm": "1"})
    assert answer.status_code == 303
    assert verified(runtime, campaign) == 14


def test_a_batch_that_is_stopped_before_it_began_moves_nothing(runtime: Runtime, campaign: Campaign, mary: DeskClient) -> None:
    where = mary.post(f"{PATH}?{RULE}", GIVEN).location
    assert "Stopped" in page_text(mary.get(mary.post(f"{where}/cancel").location))
    assert verified(runtime, campaign) == 16
    assert "It was through already" in page_text(mary.get(mary.post(f"{where}/cancel").location))


@pytest.mark.parametrize(
    ("query", "given", "field"),
    [
        (RULE, {"kind": ""}, "kind"),
        (RULE, {"kind": "spite"}, "kind"),
        (RULE, {"reason": " "}, "reason"),
        (RULE, {"reason": "x" * 201}, "reason"),
        (RULE, {"reason": "\x00"}, "reason"),
        ("", {}, "rule"),
        ("since=yesterday-ish", {}, "rule"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_begins(
    runtime: Runtime, campaign: Campaign, mary: DeskClient, query: str, given: dict[str, str], field: str
) -> None:
    page = mary.post(f"{PATH}?{query}", {**GIVEN, **given})
    assert page.status_code == 422
    assert re.search(rf'href="#[\w-]*{field}', page.text)
    assert html_problems(page.text) == []
    assert batches.list_batches(runtime, campaign, 2**62) == []
    assert verified(runtime, campaign) == 16


def test_what_came_after_the_dry_run_is_not_invalidated_unseen(runtime: Runtime, campaign: Campaign, mary: DeskClient) -> None:
    up_to = re.findall(r'name="up_to" value="(\d+)"', mary.get(f"{PATH}/new?{RULE}").text)[0]
    store_signatures(runtime, campaign, [{"source": "forum"}] * 4)
    assert mary.post(f"{PATH}?{RULE}", {**GIVEN, "up_to": up_to}).status_code == 303
    assert verified(runtime, campaign) == 9


def test_a_batch_of_another_campaign_is_not_found(runtime: Runtime, app: Flask, mary: DeskClient) -> None:
    where = mary.post(f"{PATH}?{RULE}", GIVEN).location
    other = new_campaign(runtime, slug="another")
    ada = new_campaigner(runtime, app, other, Role.OWNER)
    for path in ("", ".json"):
        assert ada.get(f"{where.replace('save-the-pond', 'another')}{path}").status_code == 404
    assert ada.post(f"{where.replace('save-the-pond', 'another')}/undo").status_code == 404


def test_a_rule_that_takes_too_long_to_try_is_refused(
    runtime: Runtime, campaign: Campaign, mary: DeskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_signatures(runtime, campaign, [{"source": "forum"}] * 300)
    monkeypatch.setattr(batches, "DRY_RUN_TIMEOUT_SECONDS", 0.0)
    page = mary.get(f"{PATH}/new?{RULE}")
    assert (page.status_code, html_problems(page.text)) == (422, [])
    assert "That rule takes too long to try." in page_text(page)
    assert 'name="expected"' not in page.text

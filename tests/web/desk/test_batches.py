"""Batches at the desk: what one would do, doing it by rule or by selection, its progress, stopping and undoing it."""

import re
from typing import Any

import pytest
from flask import Flask

from campaign import batching, counting
from campaign.domain.role import Role
from campaign.domain.standing import Standing
from campaign.runtime import Runtime
from campaign.store import campaigns
from tests.desk import Campaigner, new_campaigner, text_of
from tests.factories import new_campaign
from tests.html import problems
from tests.rows import put

ROOM = "/desk/c/save-the-pond/batches"
RULE = "source=forum"
GIVEN = {"kind": "program", "reason": "One script signed them all", "expected": "12"}


@pytest.fixture
def campaign(runtime: Runtime) -> Standing:
    """Twelve verified signatures from a forum and one that waits, and five from elsewhere."""
    campaign = new_campaign(runtime)
    rows: list[dict[str, Any]] = [{"source": "forum"}] * 11 + [{"source": "forum", "state": "pending"}] + [{}] * 5
    put(runtime, campaign, rows)
    counting.advance_all(runtime)
    return campaign


@pytest.fixture
def mary(runtime: Runtime, app: Flask, campaign: Standing) -> Campaigner:
    return new_campaigner(runtime, app, campaign, Role.MODERATOR)


def verified(runtime: Runtime, campaign: Standing) -> int:
    while batching.run_due(runtime):
        pass
    counting.advance_all(runtime)
    with runtime.reading() as connection:
        standing = campaigns.by_id(connection, campaign.id)
    assert counting.reconcile(runtime, standing).sound
    return standing.verified


def figures(page: str) -> dict[str, int]:
    found = re.findall(r"<dt>([^<]+)</dt><dd[^>]*>([\d,]+)</dd>", page)
    return {name: int(amount.replace(",", "")) for name, amount in found}


def test_a_rule_is_tried_done_watched_and_undone(runtime: Runtime, campaign: Standing, mary: Campaigner) -> None:
    plan = mary.get(f"{ROOM}/new?{RULE}")
    assert problems(plan.text) == []
    assert list(figures(plan.text).values()) == [12, 11, 1]
    assert verified(runtime, campaign) == 16, "a dry run moves nothing"
    answer = mary.post(f"{ROOM}?{RULE}", GIVEN)
    assert answer.status_code == 303
    page = mary.get(answer.location)
    assert page.headers["Refresh"] == "5"
    assert "One script signed them all" in page.text
    assert mary.get(f"{answer.location}.json").get_json() == {"state": "running", "moved": 0, "restored": 0, "expected": 12}
    assert verified(runtime, campaign) == 5
    page = mary.get(answer.location)
    assert "Refresh" not in page.headers
    assert problems(page.text) == []
    assert figures(page.text)["invalidated by it now"] == 12
    assert mary.post(f"{answer.location}/undo").status_code == 303
    assert verified(runtime, campaign) == 16
    assert "undone" in text_of(mary.get(answer.location))
    assert "There is nothing to undo" in text_of(mary.get(mary.post(f"{answer.location}/undo").location))
    listed = mary.get(ROOM)
    assert problems(listed.text) == []
    assert "Mary Seacole" in listed.text


def test_what_was_selected_one_by_one_is_invalidated(runtime: Runtime, campaign: Standing, mary: Campaigner) -> None:
    plan = mary.post(f"{ROOM}/new", {"ids": ["13", "14", "no number"]})
    assert figures(plan.text)["would be invalidated"] == 2
    answer = mary.post(ROOM, {"ids": ["13", "14"], "kind": "false", "reason": "Made up", "expected": "2"})
    assert answer.status_code == 303
    assert verified(runtime, campaign) == 14


def test_a_batch_that_is_stopped_before_it_began_moves_nothing(runtime: Runtime, campaign: Standing, mary: Campaigner) -> None:
    where = mary.post(f"{ROOM}?{RULE}", GIVEN).location
    assert "Stopped" in text_of(mary.get(mary.post(f"{where}/cancel").location))
    assert verified(runtime, campaign) == 16
    assert "It was through already" in text_of(mary.get(mary.post(f"{where}/cancel").location))


@pytest.mark.parametrize(
    ("query", "given", "field"),
    [
        (RULE, {"kind": ""}, "kind"),
        (RULE, {"kind": "spite"}, "kind"),
        (RULE, {"reason": " "}, "reason"),
        (RULE, {"reason": "x" * 201}, "reason"),
        (RULE, {"reason": "a\x00b"}, "reason"),
        ("", {}, "rule"),
        ("since=yesterday-ish", {}, "rule"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_begins(
    runtime: Runtime, campaign: Standing, mary: Campaigner, query: str, given: dict[str, str], field: str
) -> None:
    page = mary.post(f"{ROOM}?{query}", {**GIVEN, **given})
    assert page.status_code == 422
    assert re.search(rf'href="#[\w-]*{field}', page.text)
    assert problems(page.text) == []
    assert batching.page(runtime, campaign, 2**62) == []
    assert verified(runtime, campaign) == 16


def test_what_came_after_the_dry_run_is_not_invalidated_unseen(runtime: Runtime, campaign: Standing, mary: Campaigner) -> None:
    up_to = re.findall(r'name="up_to" value="(\d+)"', mary.get(f"{ROOM}/new?{RULE}").text)[0]
    put(runtime, campaign, [{"source": "forum"}] * 4)
    assert mary.post(f"{ROOM}?{RULE}", {**GIVEN, "up_to": up_to}).status_code == 303
    assert verified(runtime, campaign) == 9


def test_a_batch_of_another_campaign_is_not_found(runtime: Runtime, app: Flask, mary: Campaigner) -> None:
    where = mary.post(f"{ROOM}?{RULE}", GIVEN).location
    other = new_campaign(runtime, slug="another")
    ada = new_campaigner(runtime, app, other, Role.OWNER)
    for path in ("", ".json"):
        assert ada.get(f"{where.replace('save-the-pond', 'another')}{path}").status_code == 404
    assert ada.post(f"{where.replace('save-the-pond', 'another')}/undo").status_code == 404

"""Proof of work: asked of a flooding network alone, taken once, and never a reason to refuse a signature."""

import re
from collections.abc import Callable

import altcha
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.mail.fair_queue import UNPROVED_MS
from campaign.domain.site.alarm import FLOOD_SIGNATURES
from campaign.runtime import Runtime
from campaign.security.proof_of_work import LIFETIME
from campaign.services.moderation import flags
from campaign.services.moderation.proof_of_work import flooding_networks, network_hash
from campaign.store.redis.floods import cache_flooding_networks
from tests.html_validator import html_problems
from tests.support.compile_cache import make_app
from tests.support.factories import ManualClock, new_campaign
from tests.support.stored_signatures import store_signatures

SIGN = "/c/save-the-pond/signatures"
FLOODED, FLOODED_HOST, OTHER_HOST = "203.0.113.0/24", "203.0.113.77", "198.51.100.77"


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    made = new_campaign(runtime)
    runtime.call_redis(lambda redis: cache_flooding_networks(redis, [network_hash(runtime, FLOODED)]))
    return made


@pytest.fixture
def browser(app: Flask, campaign: Campaign) -> FlaskClient:
    return app.test_client()


def sign(browser: FlaskClient, host: str = FLOODED_HOST, **more: str) -> TestResponse:
    form = {"name": "Ada Lovelace", "email": "ada@example.org", "country": "GB", "postcode": "sw1a1aa", "updates": "1", **more}
    return browser.post(SIGN, data=form, environ_overrides={"REMOTE_ADDR": host})


def solution(browser: FlaskClient) -> str:
    answer = browser.get("/proof-of-work")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    challenge = altcha.Challenge.from_dict(answer.get_json())
    found = altcha.solve_challenge(challenge)
    assert found is not None
    return str(altcha.Payload(challenge, found).to_base64())


def places(runtime: Runtime) -> list[int]:
    """Where in the queue the mails owed are, in seconds after now."""
    with runtime.reading() as connection:
        found = connection.execute(text("SELECT queue_ms FROM outbox ORDER BY id")).scalars()
        return [place // 1000 - int(runtime.now().timestamp()) for place in found]


def test_a_flooding_network_is_asked_with_all_that_was_typed(browser: FlaskClient, runtime: Runtime) -> None:
    answer = sign(browser)
    assert answer.status_code == 422
    assert html_problems(answer.text) == []
    assert "One more step" in answer.text
    assert "There is a problem" not in answer.text
    assert 'value="ada@example.org"' in answer.text
    assert re.search(r'name="updates" value="1"[^>]* checked', answer.text)
    assert 'data-proof="/proof-of-work"' in answer.text
    assert "Set-Cookie" not in answer.headers
    assert places(runtime) == []
    assert sign(browser, proof=solution(browser)).status_code == 303
    assert places(runtime) == [0]


def test_nobody_else_is_asked_and_public_pages_know_nothing_of_it(browser: FlaskClient) -> None:
    assert sign(browser, OTHER_HOST).status_code == 303
    page = browser.get("/c/save-the-pond", environ_overrides={"REMOTE_ADDR": FLOODED_HOST})
    assert "proof" not in page.text
    assert "public" in page.headers["Cache-Control"]


def test_what_is_wrong_is_said_before_anything_is_calculated(browser: FlaskClient) -> None:
    answer = sign(browser, name="")
    assert "There is a problem" in answer.text
    assert "data-proof" not in answer.text


def test_without_it_a_signature_is_taken_and_its_mail_waits_behind_all_others(browser: FlaskClient, runtime: Runtime) -> None:
    assert 'name="wait" value="1"' in sign(browser).text
    assert sign(browser, wait="1").status_code == 303
    assert sign(browser, wait="1", email="b@example.com").status_code == 303
    # Those that wait do so behind each other; who has proved something does not wait for them, nor does anybody else.
    assert sign(browser, email="c@example.net", proof=solution(browser)).status_code == 303
    assert sign(browser, OTHER_HOST, email="d@example.edu").status_code == 303
    hour = UNPROVED_MS // 1000
    assert places(runtime) == [hour, hour + 10, 0, 0]


def test_a_solution_is_taken_once(browser: FlaskClient) -> None:
    proof = solution(browser)
    assert sign(browser, proof=proof).status_code == 303
    again = sign(browser, proof=proof)
    assert again.status_code == 422
    # A browser is not asked a second time: what it calculated was no use, and the way without it stands there.
    assert "data-proof=" not in again.text
    assert "prove.js" not in again.text
    assert 'name="wait" value="1"' in again.text


def test_a_solution_that_is_old_or_none_is_not_taken(browser: FlaskClient, now: ManualClock) -> None:
    proof = solution(browser)
    assert sign(browser, proof="x" * 5_000).status_code == 422
    assert sign(browser, proof="bnVsbA==").status_code == 422
    now.advance(seconds=LIFETIME.total_seconds())
    assert sign(browser, proof=proof).status_code == 422


def test_with_redis_down_nobody_is_asked(campaign: Campaign, make_runtime: Callable[..., Runtime]) -> None:
    browser = make_app(make_runtime(redis_url="redis://127.0.0.1:1/0")).test_client()
    assert sign(browser).status_code == 303


def test_networks_are_named_while_a_flood_comes_from_them(runtime: Runtime, campaign: Campaign, now: ManualClock) -> None:
    flooding = {"network": FLOODED, "state": "pending", "signed_at": now.at}
    others = {"network": "198.51.100.0/24", "signed_at": now.at}
    store_signatures(runtime, campaign, [flooding] * FLOOD_SIGNATURES + [others] * 30)
    flags.raise_flags(runtime)
    assert flooding_networks(runtime) == {network_hash(runtime, FLOODED)}
    assert 0 < runtime.redis.ttl("countersign:flooding-networks") <= 180
    now.advance(hours=2)
    flags.raise_flags(runtime)
    assert flooding_networks(runtime) == frozenset()

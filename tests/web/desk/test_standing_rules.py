"""Standing rules at the desk: tried before they are made, listed with what they caught, ended and given back."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.moderation.standing_rule import RuleAction, read_criteria
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.services.moderation import batches, standing_rules
from campaign.store.accounts import audit_log
from tests.html_validator import html_problems
from tests.support.caches import expire_campaigns
from tests.support.desk_client import DeskClient, new_campaigner, page_text
from tests.support.factories import new_campaign, stored_campaign
from tests.support.signatory import Signatory, run_workers
from tests.support.stored_signatures import store_signatures

PATH = "/desk/c/save-the-pond/rules"
RULE = {"action": "block", "domain": "burst.example", "reason": "One sender"}


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    campaign = new_campaign(runtime)
    store_signatures(runtime, campaign, [{"email": f"{number}@burst.example"} for number in range(3)] + [{}] * 5)
    count.advance_ledgers(runtime)
    return campaign


@pytest.fixture
def mary(runtime: Runtime, app: Flask, campaign: Campaign) -> DeskClient:
    return new_campaigner(runtime, app, campaign, Role.MODERATOR)


def verified(runtime: Runtime, campaign: Campaign) -> int:
    while batches.run_due_batches(runtime):
        pass
    count.advance_ledgers(runtime)
    return stored_campaign(runtime, campaign).verified


def test_a_rule_is_tried_made_shown_with_its_catch_and_ended(
    runtime: Runtime, campaign: Campaign, mary: DeskClient
) -> None:  # fmt: skip
    tried = mary.post(PATH, RULE)
    assert (tried.status_code, html_problems(tried.text)) == (200, [])
    assert (
        "would have fitted, of the last 30 days 3 of them verified 3 all signatures given online in that time 8"
        in page_text(tried)
    )
    assert standing_rules.list_rules(runtime, campaign) == []
    unconfirmed = mary.post(PATH, {**RULE, "tried": "1"})
    assert unconfirmed.status_code == 422
    assert 'value="One sender"' in unconfirmed.text
    assert standing_rules.list_rules(runtime, campaign) == []
    made = mary.post(PATH, {**RULE, "tried": "1", "confirm": "1"}, follow_redirects=True)
    assert "Rule 1 is in force" in page_text(made)
    store_signatures(runtime, campaign, [{"email": f"later{number}@burst.example"} for number in range(2)])
    assert verified(runtime, campaign) == 8
    listed = mary.get(PATH)
    assert html_problems(listed.text) == []
    assert "mail domain burst.example" in page_text(listed)
    assert "It has caught 2 signatures" in page_text(listed)
    batch = mary.get(f"/desk/c/save-the-pond/batches/{batches.list_batches(runtime, campaign)[0].id}")
    assert html_problems(batch.text) == []
    assert "Caught by rule 1" in page_text(batch)
    for given, said in (({"give_back": "1"}, "say why"), ({"give_back": "1", "end_reason": "Mine"}, "more than a tenth")):
        assert said in page_text(mary.post(f"{PATH}/1/end", given, follow_redirects=True))
    assert standing_rules.list_rules(runtime, campaign)[0].ended_at is None
    given = {"give_back": "1", "end_reason": "A school", "confirm_end": "1"}
    assert "is being given back" in page_text(mary.post(f"{PATH}/1/end", given, follow_redirects=True))
    assert verified(runtime, campaign) == 10
    assert "nothing to give back" in page_text(mary.post(f"{PATH}/1/end", given, follow_redirects=True))
    with runtime.reading() as connection:
        actions = [(entry.action, entry.reason) for entry in audit_log.list_entries(connection, campaign_id=campaign.id)]
    assert ("make rule", "One sender") in actions
    assert ("end rule", "A school") in actions


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"action": ""}, "action"), ({"reason": ""}, "reason"), ({"reason": "x" * 201}, "reason"), ({"domain": ""}, "domain"),
        ({"network": "0.0.0.0/0"}, "network"), ({"name": "a*b"}, "name"), ({"address": "nobody"}, "address"),
    ],
)  # fmt: skip
def test_mistakes_are_said_at_their_fields_and_nothing_is_made(
    runtime: Runtime, campaign: Campaign, mary: DeskClient, given: dict[str, str], field: str
) -> None:
    page = mary.post(PATH, {**RULE, **given, "tried": "1", "confirm": "1"})
    assert page.status_code == 422
    assert f'href="#{field}"' in page.text
    assert html_problems(page.text) == []
    assert standing_rules.list_rules(runtime, campaign) == []


def test_a_rule_of_the_site_is_its_operators(runtime: Runtime, app: Flask, campaign: Campaign, mary: DeskClient) -> None:
    ida = new_campaigner(runtime, app, operator=True)
    given = {**RULE, "tried": "1", "confirm": "1"}
    assert (mary.get("/desk/site/rules").status_code, mary.post("/desk/site/rules", given).status_code) == (404, 404)
    assert "in force" in page_text(ida.post("/desk/site/rules", given, follow_redirects=True))
    assert html_problems(ida.get("/desk/site/rules").text) == []
    assert "Rules of the site" in page_text(mary.get(PATH))
    assert mary.post(f"{PATH}/1/end").status_code == 404
    store_signatures(runtime, campaign, [{"email": "later@burst.example"}])
    assert verified(runtime, campaign) == 8
    assert "It has caught 1 signature." in page_text(ida.get("/desk/site/rules"))
    ended = ida.post("/desk/site/rules/1/end", {"give_back": "1", "end_reason": "Mine"}, follow_redirects=True)
    assert "is being given back" in page_text(ended)
    assert verified(runtime, campaign) == 9


def told(text: str, person: Signatory) -> str:
    """What somebody is told, without what is theirs alone: address, links, and which number they are."""
    text = text.replace(person.email, "ADDRESS").replace(person.email.partition("@")[2], "DOMAIN")
    text = re.sub(r"/([vs])/[\w.~-]+", r"/\1/TOKEN", text)
    text = re.sub(r"(via=|via%3D)[\w-]+", r"\1CODE", text)
    return re.sub(r'<p class="ordinal".*?</p>', "", text, flags=re.DOTALL)


def test_the_pages_and_mails_of_who_is_caught_are_those_of_everybody(
    runtime: Runtime, campaign: Campaign, signatory: Callable[..., Signatory]
) -> None:
    block = RuleAction.BLOCK, read_criteria({"domain": "never.example"})
    standing_rules.create_rule(runtime, COMMAND_LINE, campaign, *block, "One sender")
    people = signatory(email="ann@never.example"), signatory(email="ann@other.example")
    pages = [[person.sign() for person in people]]
    run_workers(runtime)
    paths = [person.verify_path() for person in people]
    pages.append([person.open_verification() for person in people])
    pages.append([person.confirm() for person in people])
    pages.append([person.browser.get("/c/save-the-pond/thanks") for person in people])
    run_workers(runtime)
    expire_campaigns()
    pages.append([person.browser.get("/c/save-the-pond/thanks") for person in people])
    pages.append([person.confirm(path) for person, path in zip(people, paths, strict=True)])
    for answers in pages:
        assert len({answer.status_code for answer in answers}) == 1
    texts = [[answer.text for answer in answers] for answers in pages]
    assert [len(person.mails) for person in people] == [2, 2]
    texts += [
        [f"{mail['Subject']} {mail.get_body(('plain',)).get_content()}" for mail in mails]  # type: ignore[union-attr]
        for mails in zip(*(person.mails for person in people), strict=True)
    ]
    for both in texts:
        caught, free = (told(text, person).splitlines() for text, person in zip(both, people, strict=True))
        assert caught == free
    assert verified(runtime, campaign) == 9


def test_a_rule_that_takes_too_long_to_try_is_not_made(
    runtime: Runtime, campaign: Campaign, mary: DeskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_signatures(runtime, campaign, [{"email": f"more{number}@burst.example"} for number in range(300)])
    monkeypatch.setattr(standing_rules, "PREVIEW_TIMEOUT_SECONDS", 0.0)
    for form in (RULE, {**RULE, "tried": "1"}):
        page = mary.post(PATH, form)
        assert (page.status_code, 'href="#domain"' in page.text) == (422, True)
        assert "takes too long" in page_text(page)
    assert standing_rules.list_rules(runtime, campaign) == []

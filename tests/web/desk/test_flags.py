"""Flags at the desk: what looks odd with its reason, its signatures, and what is judged to be all right dismissed."""

import html
import re
from collections.abc import Callable

import pytest
from flask import Flask

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import Runtime
from campaign.services.moderation import holding
from campaign.services.moderation.flags import raise_flags
from campaign.services.signatures import sign
from campaign.store.accounts import audit_log
from tests.conftest import on_both_databases
from tests.html_validator import html_problems
from tests.support.desk_client import DeskClient, new_campaigner, page_text
from tests.support.factories import new_campaign, sign_form_data
from tests.support.signatory import Signatory, run_workers

PATH = "/desk/c/save-the-pond/flags"
NETWORK = "198.51.100.0/24"


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    """A campaign with a burst of thirty signatures of one name from one network among others."""
    campaign = new_campaign(runtime)
    for number in range(45):
        odd = number < 30
        network, name = (NETWORK, "Jo Doe") if odd else (f"203.0.{number}.0/24", f"Ann Person{chr(97 + number - 30)}")
        given = sign_form_data(f"p{number}@mail{number}.example", name=name, network=network)
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, given)
    raise_flags(runtime)
    return campaign


@pytest.fixture
def mary(runtime: Runtime, app: Flask, campaign: Campaign) -> DeskClient:
    return new_campaigner(runtime, app, campaign, Role.MODERATOR)


def flags(page: str) -> dict[str, str]:
    """The flags of a page by their headings."""
    found = re.findall(r'<article class="card flag">\s*<h2>(.*?)<span.*?</h2>(.*?)</article>', page, re.DOTALL)
    return {heading.strip(): body for heading, body in found}


@on_both_databases
def test_a_flag_says_why_and_leads_to_its_signatures_and_to_invalidating_them(mary: DeskClient) -> None:
    page = mary.get(PATH)
    assert html_problems(page.text) == []
    burst = next(body for body in flags(page.text).values() if NETWORK in body)
    assert "30 of the 45 signatures of that time" in burst
    assert "What the score is made of" in burst
    see, invalidate = (html.unescape(path) for path in re.findall(r'href="([^"]+)"', burst))
    assert page_text(mary.get(see)).count("Jo Doe") == 30
    plan = mary.get(invalidate)
    assert plan.status_code == 200
    assert re.search(r"would be invalidated</dt><dd>30</dd>", plan.text)


def test_a_name_that_is_flagged_stands_in_no_address(mary: DeskClient) -> None:
    named = next(body for heading, body in flags(mary.get(PATH).text).items() if "name" in heading.lower())
    assert "href" not in named
    plan = mary.get(mary.post(re.findall(r'action="([^"]+/invalidate)"', named)[0]).location)
    assert re.search(r"would be invalidated</dt><dd>30</dd>", plan.text)
    action = re.findall(r'action="([^"]+/signatures)"', named)[0]
    answer = mary.post(action)
    assert answer.status_code == 303
    assert "doe" not in answer.location.lower()
    assert page_text(mary.get(answer.location)).count("Jo Doe") == 30


def test_a_flag_is_put_away_and_brought_back(runtime: Runtime, campaign: Campaign, mary: DeskClient) -> None:
    before = flags(mary.get(PATH).text)
    dismiss = re.findall(r'action="([^"]+/dismiss)"', "".join(before.values()))
    for action in dismiss:
        assert mary.post(action).status_code == 303
    assert "Nothing looks odd" in mary.get(PATH).text
    assert "was dismissed before" in page_text(mary.get(mary.post(dismiss[0]).location))
    away = mary.get(f"{PATH}?dismissed=1")
    assert flags(away.text).keys() == before.keys()
    assert "Dismissed by Mary Seacole" in away.text
    back = re.findall(r'action="([^"]+/bring-back)"', away.text)
    assert mary.post(back[0]).status_code == 303
    assert len(flags(mary.get(PATH).text)) == 1
    with runtime.reading() as connection:
        acts = [line.action for line in audit_log.list_entries(connection, campaign_id=campaign.id)]
    assert acts.count("dismiss flag") == len(before)
    assert acts.count("bring back flag") == 1


@pytest.mark.parametrize("number", ["0", "999", str(2**63 - 1)])
def test_a_flag_that_is_not_there_is_no_fault(mary: DeskClient, number: str) -> None:
    for what in ("dismiss", "bring-back", "signatures", "invalidate"):
        assert mary.post(f"{PATH}/{number}/{what}").status_code == 303


def test_what_a_flag_holds_is_shown_and_nothing_that_another_holds(
    runtime: Runtime, app: Flask, signatory: Callable[..., Signatory]
) -> None:
    campaign = new_campaign(runtime, slug="pond")
    holding.set_holding(runtime, COMMAND_LINE, campaign, on=True)
    for name, domain in (("Jo Bloggs", "one.example"), ("Ann Other", "two.example")):
        people = [signatory(email=f"p{number}@{domain}", name=name, slug="pond") for number in range(6)]
        for person in people:
            person.sign()
        raise_flags(runtime)
        run_workers(runtime)
        for person in people:
            person.confirm()
        run_workers(runtime)
    moderator = new_campaigner(runtime, app, campaign, Role.MODERATOR)
    page = moderator.get("/desk/c/pond/flags").text
    links = re.findall(r'<a href="([^"]+)">6 held for a look</a>', page)
    assert len(set(links)) == 2
    shown = [page_text(moderator.get(link)) for link in links]
    assert sorted((one.count("Jo Bloggs"), one.count("Ann Other")) for one in shown) == [(0, 6), (6, 0)]
    for link, words in zip(links, shown, strict=True):
        assert html_problems(moderator.get(link).text) == []
        assert f"Held by flag: {link.rpartition('=')[2]}" in words

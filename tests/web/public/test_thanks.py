"""The thank-you page: the next step a campaign asks for, and how many friends have signed through one's own link."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.definition import language_version
from campaign.domain.campaigns.next_step import NextStep, NextStepKind
from campaign.runtime import Runtime
from campaign.services.campaigns import drafts
from tests.html_validator import html_problems
from tests.support.desk_client import new_campaigner
from tests.support.factories import new_campaign
from tests.support.signatory import Signatory, run_workers

THANKS = "/c/save-the-pond/thanks"
GIVE = "https://pond.example.org/give"
WORDS = {"next_step_label": "Give £5 for a spade", "next_step_text": "Forty spades cost £180."}


def confirmed(runtime: Runtime, signatory: Callable[..., Signatory], email: str = "ada@example.org", **form: str) -> Signatory:
    who = signatory(email=email)
    who.sign(**form)
    run_workers(runtime)
    assert who.confirm().status_code == 303
    run_workers(runtime)
    return who


def test_a_link_is_offered_to_who_has_signed_and_to_nobody_before(
    runtime: Runtime, signatory: Callable[..., Signatory]
) -> None:
    new_campaign(runtime, next_step=NextStep("donate", GIVE), **WORDS)
    ada = signatory()
    ada.sign()
    run_workers(runtime)
    for path in ("/c/save-the-pond", "/c/save-the-pond/check-your-email", ada.verify_path()):
        page = ada.browser.get(path).text
        assert GIVE not in page
        assert "spade" not in page
    assert ada.confirm().status_code == 303
    page = ada.browser.get(THANKS)
    assert html_problems(page.text) == []
    (link,) = re.findall(rf'<a class="button big" href="{GIVE}"([^>]*)>([^<]*)</a>', page.text)
    assert link == (' target="_blank" rel="noopener noreferrer"', "Give £5 for a spade")
    assert "Forty spades cost £180." in page.text
    assert "Leads to pond.example.org" in page.text
    assert page.text.index(GIVE) < page.text.index("Ask three friends")
    # It is pressed, never followed by itself.
    assert "Refresh" not in page.headers
    assert "http-equiv" not in page.text


@pytest.mark.parametrize(("kind", "label"), [("donate", "Donate"), ("join", "Become a member"), ("link", "Go on")])
def test_a_button_without_words_has_those_of_its_kind(
    runtime: Runtime, signatory: Callable[..., Signatory], kind: NextStepKind, label: str
) -> None:
    new_campaign(runtime, next_step=NextStep(kind, GIVE))
    assert f">{label}</a>" in confirmed(runtime, signatory).browser.get(THANKS).text


@pytest.mark.parametrize(("kind", "reason_first"), [("share", False), ("reason", True)])
def test_the_reason_comes_first_where_the_campaign_asks_for_it(
    runtime: Runtime, signatory: Callable[..., Signatory], kind: NextStepKind, reason_first: bool
) -> None:
    new_campaign(runtime, next_step=NextStep(kind))
    page = confirmed(runtime, signatory).browser.get(THANKS).text
    assert page.count('id="choices"') == 1
    assert (page.index('id="choices"') < page.index("Ask three friends")) is reason_first


def test_the_number_of_friends_is_told_to_one_browser_alone(
    app: Flask, runtime: Runtime, signatory: Callable[..., Signatory]
) -> None:
    new_campaign(runtime)
    ada = confirmed(runtime, signatory)
    page = ada.browser.get(THANKS).text
    assert "0 of 3 friends have signed through you" in page
    (path,) = re.findall(r'data-friends="([^"]+)"', page)
    link = unescape(re.findall(r'id="share-link" value="([^"]+)"', page)[0])
    code = link.partition("via=")[2]
    confirmed(runtime, signatory, "grace@example.org", via=code)

    answer = ada.browser.get(path)
    assert answer.json == {"friends": 1, "label": "1 of 3 friends has signed through you"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert "1 of 3 friends has signed through you" in ada.browser.get(THANKS).text
    # The link says nothing of whose it is, and who has it is not told how many came by it.
    assert app.test_client().get(f"{path}?via={code}").status_code == 404
    new_campaign(runtime, slug="another")
    assert ada.browser.get("/c/another/thanks/friends.json").status_code == 404


def test_a_link_that_is_passed_on_is_in_the_language_of_its_page(
    app: Flask, runtime: Runtime, signatory: Callable[..., Signatory]
) -> None:
    new_campaign(runtime, translations=(language_version("save-the-pond", "cy", title="Y pwll", ask="Cadwch."),))
    address = "https://sign.example.org/c/save-the-pond"
    assert f'value="{address}"' in app.test_client().get("/c/save-the-pond").text
    for path in ("/c/save-the-pond?lang=cy", "/c/save-the-pond/share?lang=cy"):
        assert f'value="{address}?lang=cy"' in app.test_client().get(path).text
    read_in_welsh = app.test_client().get("/c/save-the-pond", headers={"Accept-Language": "cy"}).text
    assert f'value="{address}?lang=cy"' in read_in_welsh


def test_a_copy_asks_for_the_same(app: Flask, runtime: Runtime) -> None:
    mary = new_campaigner(runtime, app)
    made = new_campaign(runtime, next_step=NextStep("join", GIVE), goal_notes="3: we meet", **WORDS)
    copy = drafts.copy_campaign(runtime, Actor("Mary", mary.id), made.id)
    assert copy.next_step == made.next_step
    assert (copy.page_texts.goal_notes, copy.page_texts.next_step_label) == ("3: we meet", "Give £5 for a spade")

"""The mail of thanks in the campaigners' own words: to who has confirmed, and as a test to who writes it."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask

from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.definition import language_version
from campaign.runtime import Runtime
from campaign.services.mail.campaigner_tests import MAX_TESTS
from tests.conftest import on_both_databases
from tests.support.desk_client import DeskClient, new_campaigner, page_text
from tests.support.factories import new_campaign
from tests.support.servers import MailServer
from tests.support.signatory import Signatory, run_workers

WORDS = "You are **wonderful**. <b>Come</b> to [the meeting](https://pond.example/meet)."
PATH = "/desk/c/save-the-pond/text/thank-you-test"


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    welsh = language_version(
        "save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.", thank_you="Rydych chi’n **wych**."
    )
    return new_campaign(runtime, thank_you=WORDS, translations=(welsh,))


def bodies(mail: EmailMessage) -> tuple[str, str]:
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


@on_both_databases
def test_who_has_confirmed_is_thanked_in_the_words_of_the_campaign_in_their_language(
    campaign: Campaign, runtime: Runtime, signatory: Callable[..., Signatory]
) -> None:
    for email, language, said in (("ada@example.org", "en", "wonderful"), ("sian@example.org", "cy", "wych")):
        person = signatory(email=email)
        given = person.form(text=campaign.in_language(language).text.hash)
        assert person.browser.post(f"/c/save-the-pond/signatures?lang={language}", data=given).status_code == 303
        run_workers(runtime)
        confirming = person.mails[-1]
        person.confirm()
        run_workers(runtime)
        plain, html = bodies(person.mails[-1])
        assert said in plain
        assert f"<strong>{said}</strong>" in html
        assert "<b>" not in html
        # What the mail must say stands in it whatever they write.
        assert "/s/" in plain
        assert said not in bodies(confirming)[0]


def test_a_campaigner_gets_a_test_of_what_is_stored_and_nobody_else_does(
    campaign: Campaign, runtime: Runtime, app: Flask, mail: MailServer
) -> None:
    mary = new_campaigner(runtime, app, campaign, Role.EDITOR, email="mary@campaign.example")
    assert "Send a test to myself" in mary.get("/desk/c/save-the-pond/text?language=cy").text
    for language, said in (("cy", "wych"), ("en", "wonderful"), ("xx", "wonderful")):
        assert mary.post(PATH, {"language": language}).status_code == 303
        run_workers(runtime)
        sent = mail.mails_to("mary@campaign.example")[-1]
        assert f"<strong>{said}</strong>" in bodies(sent)[1]
    assert "This is a test. Only you get it." in bodies(sent)[0]
    assert {delivered.recipient for delivered in mail.delivered} == {"mary@campaign.example"}


def test_tests_are_few(campaign: Campaign, runtime: Runtime, app: Flask) -> None:
    mary: DeskClient = new_campaigner(runtime, app, campaign, Role.EDITOR)
    for _ in range(MAX_TESTS):
        assert mary.post(PATH, {"language": "en"}).status_code == 303
    answer = mary.post(PATH, {"language": "en"})
    assert "That was enough tests for now." in page_text(mary.get(answer.location))

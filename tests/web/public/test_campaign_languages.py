"""A campaign in several languages: people read, sign and are written to in one of them, and sign just what they read."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.definition import language_version
from campaign.runtime import Runtime
from campaign.services.signatures import sign
from campaign.services.signatures.sign import NotOpenError, TextChangedError
from tests.html_validator import html_problems
from tests.support.factories import ManualClock, new_campaign, sign_form_data
from tests.support.servers import MailServer
from tests.support.signatory import Signatory, run_workers

PAGE = "/c/save-the-pond"
WELSH = language_version(
    "save-the-pond", "cy", title="Achubwch y pwll", recipient="Y cyngor", ask="Cadwch y pwll.", note="Nodyn.",
    share_text="Dewch i helpu",
)  # fmt: skip
PERSIAN = language_version("save-the-pond", "fa", title="برکه را نجات دهید", ask="برکه را نگه دارید.")


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    """A campaign in English, Persian and Welsh."""
    return new_campaign(runtime, translations=(PERSIAN, WELSH), share_text="Come and help")


@pytest.fixture
def reader(app: Flask, campaign: Campaign) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def rows(runtime: Runtime) -> Callable[[], list[tuple[str, str]]]:
    """The language and the text of each signature there is."""

    def read() -> list[tuple[str, str]]:
        with runtime.reading() as connection:
            found = connection.execute(text("SELECT language, text_hash FROM signatures ORDER BY id"))
            return [(row.language, row.text_hash) for row in found]

    return read


def hash_in(page: str) -> str:
    (found,) = re.findall(r'name="text" value="([0-9a-f]{64})"', page)
    return str(found)


# What is read


def test_the_text_is_in_the_language_that_is_asked_for(reader: FlaskClient, campaign: Campaign) -> None:
    english, welsh, persian = campaign.text, WELSH.text, PERSIAN.text
    for query, accepts, shown in (
        ("", "", english),
        ("", "cy", welsh),
        ("", "fr, cy-GB;q=0.8, en;q=0.5", welsh),
        ("", "fr, de", english),
        ("", "fa-IR", persian),
        ("", "CY-gb", welsh),
        ("", "cy;q=0, fa;q=0.1", persian),
        ("", "en-US, cy", english),
        ("?lang=cy", "", welsh),
        ("?lang=cy", "en", welsh),
        ("?lang=en", "cy", english),
        ("?lang=fa", "", persian),
        ("?lang=fi", "cy", welsh),
        ("?lang=", "cy", welsh),
        ("?lang=../../cy", "", english),
        ("", "*;;q=x,,", english),
    ):
        answer = reader.get(PAGE + query, headers={"Accept-Language": accepts} if accepts else {})
        assert shown.title in answer.text, (query, accepts)
        assert hash_in(answer.text) == shown.hash
        assert html_problems(answer.text) == []


def test_words_in_a_language_that_the_site_does_not_speak_are_marked(reader: FlaskClient) -> None:
    page = reader.get(f"{PAGE}?lang=fa").text
    assert '<html lang="en" dir="ltr">' in page
    (title,) = re.findall(r"<h1([^>]*)>برکه را نجات دهید</h1>", page)
    assert 'lang="fa" dir="rtl"' in title
    # The words around it are English, and the form leads on in the language of the text.
    assert "Sign the petition" in page
    assert f'action="{PAGE}/signatures?lang=fa"' in page


def test_the_campaign_in_one_language_is_itself_whatever_the_page_speaks(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    page = app.test_client().get(f"{PAGE}?lang=cy").text
    assert '<html lang="cy"' in page
    assert re.search(r'<h1[^>]* lang="en" dir="ltr"[^>]*>Save the village pond</h1>', page)
    assert hash_in(page) == campaign.text.hash


def test_a_campaign_whose_main_language_is_welsh_is_in_welsh_for_everybody_else(app: Flask, runtime: Runtime) -> None:
    english = language_version("save-the-pond", "en", title="Save the pond", ask="Keep it.")
    new_campaign(runtime, language="cy", title="Achubwch y pwll", ask="Cadwch y pwll.", translations=(english,))
    reader = app.test_client()
    for accepts, title in (("", "Achubwch y pwll"), ("fr", "Achubwch y pwll"), ("en-GB", "Save the pond")):
        page = reader.get(PAGE, headers={"Accept-Language": accepts} if accepts else {}).text
        assert f">{title}</h1>" in page
        assert f'<html lang="{"en" if accepts == "en-GB" else "cy"}"' in page


def test_what_goes_beside_the_text_is_in_its_language(reader: FlaskClient) -> None:
    page = reader.get(f"{PAGE}?lang=cy").text
    assert "Y cyngor" in page
    assert "Nodyn." in page
    assert "Dewch%20i%20helpu" in page
    assert "Come%20and%20help" not in page
    # Where a translation leaves the words to share out, its title stands in, not words in another language.
    persian = reader.get(f"{PAGE}?lang=fa").text
    assert "Come%20and%20help" not in persian


# What is signed


def test_a_signature_is_under_the_text_that_was_read(
    app: Flask, mail: MailServer, campaign: Campaign, rows: Callable[[], Any]
) -> None:
    for number, (query, accepts) in enumerate([("?lang=cy", ""), ("", "cy"), ("?lang=fa", ""), ("", "")]):
        person = Signatory(app, mail, email=f"{number}@example.org")
        headers = {"Accept-Language": accepts} if accepts else {}
        page = person.browser.get(PAGE + query, headers=headers).text
        (action,) = re.findall(r'<form method="post" action="([^"]+)"', page)
        assert person.browser.post(action, data=person.form(text=hash_in(page)), headers=headers).status_code == 303
    english = campaign.text.hash
    assert rows() == [("cy", WELSH.text.hash), ("cy", WELSH.text.hash), ("fa", PERSIAN.text.hash), ("en", english)]


def test_a_form_without_the_hash_of_its_text_is_under_the_text_of_its_language(
    reader: FlaskClient, signatory: Callable[..., Signatory], rows: Callable[[], Any]
) -> None:
    ada = signatory()
    assert ada.browser.post(f"{PAGE}/signatures?lang=cy", data=ada.form()).status_code == 303
    assert rows() == [("cy", WELSH.text.hash)]


def test_each_text_of_a_campaign_can_be_signed_and_no_other(
    runtime: Runtime, campaign: Campaign, rows: Callable[[], Any]
) -> None:
    wood = new_campaign(
        runtime, slug="save-the-wood", translations=(language_version("save-the-wood", "cy", title="Achubwch y coed", ask="x"),)
    )
    for number, digest in enumerate((campaign.text.hash, WELSH.text.hash, PERSIAN.text.hash)):
        sign.sign_campaign(runtime, campaign.id, digest, sign_form_data(f"{number}@example.org", language="cy"))
    assert len(rows()) == 3
    for digest in (wood.text.hash, wood.versions[1].text.hash, "0" * 64, "", WELSH.text.hash.upper()):
        with pytest.raises(TextChangedError):
            sign.sign_campaign(runtime, campaign.id, digest, sign_form_data("eve@example.org"))
    with pytest.raises(TextChangedError):
        sign.sign_campaign(runtime, wood.id, WELSH.text.hash, sign_form_data("eve@example.org"))
    assert len(rows()) == 3


def test_who_signs_again_in_another_language_has_corrected_what_they_signed(
    runtime: Runtime, campaign: Campaign, signatory: Callable[..., Signatory], rows: Callable[[], Any]
) -> None:
    ada = signatory()
    ada.sign()
    run_workers(runtime)
    first = ada.verify_path()
    assert ada.browser.post(f"{PAGE}/signatures?lang=cy", data=ada.form(text=WELSH.text.hash)).status_code == 303
    run_workers(runtime)
    second = ada.verify_path()
    # Each link shows, and signs, the text that its own mail was about.
    assert "Achubwch y pwll" not in ada.browser.get(first).text
    assert "Achubwch y pwll" in ada.browser.get(second).text
    assert ada.confirm(second).status_code == 303
    assert rows() == [("cy", WELSH.text.hash)]


def test_an_error_is_said_in_the_language_of_the_form(reader: FlaskClient, signatory: Callable[..., Signatory]) -> None:
    ada = signatory()
    answer = ada.browser.post(f"{PAGE}/signatures?lang=cy", data=ada.form(name="", text=WELSH.text.hash))
    assert answer.status_code == 422
    assert '<html lang="cy"' in answer.text
    assert hash_in(answer.text) == WELSH.text.hash
    assert f'action="{PAGE}/signatures?lang=cy"' in answer.text


# Who is written to


def test_the_mails_to_who_signed_in_welsh_are_welsh(
    runtime: Runtime, campaign: Campaign, signatory: Callable[..., Signatory]
) -> None:
    ada = signatory()
    ada.browser.post(f"{PAGE}/signatures?lang=cy", data=ada.form(text=WELSH.text.hash))
    run_workers(runtime)
    ada.confirm()
    run_workers(runtime)
    ada.withdraw()
    run_workers(runtime)
    bodies = [(mail.get_body(("html",)), mail.get_body(("plain",))) for mail in ada.mails]
    assert len(bodies) == 3
    for html, plain in bodies:
        assert html is not None
        assert plain is not None
        assert '<html lang="cy" dir="ltr">' in html.get_content()
        assert "December" not in html.get_content() + plain.get_content()
        assert "Achubwch y pwll" in plain.get_content()
    verify = bodies[0][1]
    assert verify is not None
    assert "24 Rhagfyr 2026 am ganol dydd GMT" in verify.get_content()


def test_their_own_pages_are_in_the_language_they_read(
    runtime: Runtime, campaign: Campaign, signatory: Callable[..., Signatory]
) -> None:
    ada = signatory()
    ada.browser.post(f"{PAGE}/signatures?lang=cy", data=ada.form(text=WELSH.text.hash))
    run_workers(runtime)
    button = ada.open_verification()
    ada.confirm()
    run_workers(runtime)
    for page in (button, ada.browser.get(f"{PAGE}/thanks"), ada.browser.get(ada.manage_path())):
        assert page.status_code == 200
        assert '<html lang="cy"' in page.text
        assert "Achubwch y pwll" in page.text
        assert html_problems(page.text) == []
        # The address can still ask for another.
    assert '<html lang="en"' in ada.browser.get(f"{ada.manage_path()}?lang=en").text


def test_who_signed_in_a_language_that_the_site_does_not_speak_is_written_to_in_english(
    runtime: Runtime, campaign: Campaign, signatory: Callable[..., Signatory]
) -> None:
    ada = signatory()
    ada.browser.post(f"{PAGE}/signatures?lang=fa", data=ada.form(text=PERSIAN.text.hash))
    run_workers(runtime)
    (mail,) = ada.mails
    html = mail.get_body(("html",))
    assert html is not None
    assert '<html lang="en" dir="ltr">' in html.get_content()
    assert "برکه را نجات دهید" in mail["Subject"]
    assert ada.confirm().status_code == 303


def test_a_text_that_came_too_late_is_told_from_one_that_was_changed(
    runtime: Runtime, campaign: Campaign, now: ManualClock
) -> None:
    welsh = campaign.in_language("cy").text.hash
    now.at = campaign.window.closes_at
    with pytest.raises(NotOpenError):
        sign.sign_campaign(runtime, campaign.id, welsh, sign_form_data())
    with pytest.raises(TextChangedError):
        sign.sign_campaign(runtime, campaign.id, "0" * 64, sign_form_data())

"""Organiser of a campaign: said wherever the campaign is shown."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.domain.campaigns.definition import language_version
from campaign.runtime import Runtime
from tests.support.factories import new_campaign

ABOUT = "Neighbours who look after the pond."
URL = "https://www.pond.example.org/us"


@pytest.fixture
def reader(app: Flask, runtime: Runtime) -> FlaskClient:
    welsh = language_version(
        "save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.", organiser_about="Cymdogion y pwll."
    )
    new_campaign(runtime, organiser="Friends <of> the Pond", organiser_url=URL, organiser_about=ABOUT, translations=(welsh,))
    return app.test_client()


@pytest.mark.parametrize("path", ["/", "/c/save-the-pond", "/c/save-the-pond/embed"])
def test_pages_name_the_organiser(reader: FlaskClient, path: str) -> None:
    page = reader.get(path).text
    assert "Started by" in page
    assert "Friends &lt;of&gt; the Pond" in page


def test_the_campaign_page_leads_to_them_and_says_who_they_are_in_its_language(reader: FlaskClient) -> None:
    page = reader.get("/c/save-the-pond").text
    assert f'<a href="{URL}" rel="noopener noreferrer">' in page
    assert ABOUT in page
    welsh = reader.get("/c/save-the-pond?lang=cy").text
    assert "Dechreuwyd gan" in welsh
    assert "Cymdogion y pwll." in welsh
    assert ABOUT not in welsh


def test_a_campaign_without_one_says_nothing(runtime: Runtime, app: Flask) -> None:
    new_campaign(runtime, organiser="")
    assert "Started by" not in app.test_client().get("/c/save-the-pond").text


def test_open_data_names_them(reader: FlaskClient) -> None:
    attributes = reader.get("/c/save-the-pond.json").json["data"]["attributes"]  # type: ignore[index]
    assert (attributes["creator_name"], attributes["creator_url"]) == ("Friends <of> the Pond", URL)

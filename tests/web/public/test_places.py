"""Page on where people signed, for everybody: the same numbers as open data, no small ones, in the language of the page."""

import re

import pytest
from flask import Flask

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.services.places import representatives
from tests.html_validator import html_problems
from tests.support.factories import new_campaign
from tests.support.located_signatures import sign_from_postcodes
from tests.support.stored_signatures import store_signatures

PATH = "/c/save-the-pond/places"
FROM = {"SW1A 1AA": 31, "N1 1AA": 14, "LS1 1AA": 9, "EH1 1AA": 8, "CF10 1AA": 3, "BT1 1AA": 1, "ZZ9 9ZZ": 2}


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    return sign_from_postcodes(runtime, new_campaign(runtime), FROM)


def rows_of(page: str, heading: str) -> dict[str, str]:
    """What the table with a heading says: each place's number by its name."""
    table = page.split(f'id="{heading}"', 1)[1].split("</table>", 1)[0]
    return dict(re.findall(r'<tr><th scope="row">([^<]*)<.*?<td class="number">([^<]*)</td></tr>', table))


def test_places_are_those_of_open_data_and_small_numbers_are_nowhere(app: Flask, campaign: Campaign) -> None:
    client = app.test_client()
    page = client.get(PATH).text
    assert html_problems(page) == []
    number = int(re.findall(r'"number":\s*(\d+)', client.get("/c/save-the-pond.json").text)[0])
    data = client.get(f"/petitions/{number}.json").get_json()["data"]["attributes"]
    for heading, key in (("regions", "signatures_by_region"), ("constituencies", "signatures_by_constituency")):
        told = {area["name"]: str(area["signature_count"]) for area in data[key]}
        assert told
        assert rows_of(page, heading) == told
    assert rows_of(page, "regions")["London"] == "45"
    for untold in ("Cardiff", "Belfast"):
        assert untold not in page
    # On the map a region with a small number looks like one without any.
    assert re.findall(r'<text class="amount"[^>]*>([^<]*)</text>', page).count("–") == 12 - len(data["signatures_by_region"])


def test_members_and_countries_are_named_where_they_are_known(runtime: Runtime, app: Flask, campaign: Campaign) -> None:
    page = app.test_client().get(PATH).text
    assert 'class="member"' not in page
    assert 'id="countries"' not in page
    people = "kind,code,name,form,party\nconstituency,E14001172,<i>Jane Doe</i> MP,Dear Ms Doe,Labour\n"
    representatives.replace_representatives(runtime, COMMAND_LINE, people)
    store_signatures(runtime, campaign, [{"postcode": "75001", "country": "FR"}] * 5 + [{"country": "DE"}] * 4)
    count.advance_ledgers(runtime)
    # Another language is another page: nothing of it is remembered yet.
    page = app.test_client().get(f"{PATH}?lang=fr").text
    assert "&lt;i&gt;Jane Doe&lt;/i&gt; MP" in page
    assert rows_of(page, "countries") == {"Royaume-Uni": "68", "France": "5"}
    assert "Allemagne" not in page


def test_the_campaign_leads_there_where_postcodes_are_asked(runtime: Runtime, app: Flask, campaign: Campaign) -> None:
    client = app.test_client()
    assert f'href="{PATH}"' in client.get("/c/save-the-pond").text
    new_campaign(runtime, slug="moor")
    assert 'href="/c/moor/places"' not in client.get("/c/moor").text
    empty = client.get("/c/moor/places").text
    assert "a place is shown from 5 signatures on" in empty
    assert html_problems(empty) == []

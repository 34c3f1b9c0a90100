"""The desk's share page: a link that says where it was found, words to send, code that is whole."""

import pytest
from flask import Flask

from campaign.domain.accounts.role import Role
from campaign.runtime import Runtime
from tests.html_validator.tree import Tree
from tests.support.desk_client import DeskClient, new_campaigner
from tests.support.factories import new_campaign

PATH = "/desk/c/save-the-pond/share"


@pytest.fixture
def mary(runtime: Runtime, app: Flask) -> DeskClient:
    return new_campaigner(runtime, app, new_campaign(runtime, title='Save the "pond" & <more>'), Role.OWNER)


def value_of(page: str, name: str) -> str:
    return next(field.attrib["value"] for field in Tree(page).find_all("input") if field.get("id") == name)


def shared(page: str) -> dict[str, str]:
    """What can be copied from the page, by id."""
    fields = {field.attrib["id"]: "".join(field.itertext()).strip() for field in Tree(page).find_all("textarea")}
    return {**fields, "link": value_of(page, "link")}


def test_everything_leads_to_the_campaign(mary: DeskClient) -> None:
    said = shared(mary.get(PATH).text)
    assert said["link"].endswith("/c/save-the-pond")
    for name in ("message", "letter"):
        assert said["link"] in said[name]
        assert 'Save the "pond" & <more>' in said[name]
    for name, tag in (("widget", "iframe"), ("badge", "img")):
        (element,) = Tree(said[name]).find_all(tag)
        assert 'Save the "pond" & <more>' in (element.get("title"), element.get("alt"))


def test_a_place_has_a_link_of_its_own(mary: DeskClient) -> None:
    said = shared(mary.get(f"{PATH}?via=Leaflet-3").text)
    assert said["link"].endswith("/c/save-the-pond?via=leaflet-3")
    assert "?via=leaflet-3" in said["message"]
    assert "/embed?via=leaflet-3" in said["widget"]


@pytest.mark.parametrize("name", ["a & b", "x" * 21, "-x", "=1+1", "<script>", "ä"])
def test_a_name_that_is_none_says_what_to_do(mary: DeskClient, name: str) -> None:
    answer = mary.get(PATH, query_string={"via": name})
    assert answer.status_code == 422
    assert "Use letters, digits and hyphens" in answer.text
    assert value_of(answer.text, "via") == name
    assert "via=" not in shared(answer.text)["link"]

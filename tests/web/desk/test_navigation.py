"""The way through a campaign's pages: each role is shown what it may open, and nothing it may not."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import pytest
from flask import Flask

from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.next_steps import NextStep, StepKind
from campaign.runtime import Runtime
from campaign.web.desk import next_step_labels
from campaign.web.desk.campaign_pages import SECTIONS
from campaign.web.desk.glossary import TERMS
from tests.html_validator.tree import Tree
from tests.support.desk_client import new_campaigner
from tests.support.factories import new_campaign

PATH = "/desk/c/save-the-pond/"


def found_links(page: str, parent_class: str) -> list[Element]:
    """Links within the elements of a class."""
    tree = Tree(page)
    return [
        link for link in tree.find_all("a") if any(parent_class in up.get("class", "").split() for up in tree.ancestors(link))
    ]


def links(page: str, parent_class: str) -> dict[str, str]:
    """Addresses of those links by what they say."""
    return {"".join(link.itertext()).strip(): link.attrib["href"] for link in found_links(page, parent_class)}


def current(page: str, parent_class: str, value: str | None = None) -> list[str]:
    """What the links say that are marked as where one is."""
    return [
        "".join(link.itertext()).strip()
        for link in found_links(page, parent_class)
        if (link.get("aria-current") == value if value else "aria-current" in link.attrib)
    ]


@pytest.mark.parametrize("role", Role)
def test_each_role_opens_every_page_it_is_shown(runtime: Runtime, app: Flask, role: Role) -> None:
    mary = new_campaigner(runtime, app, new_campaign(runtime), role)
    sections = links(mary.get(PATH, follow_redirects=True).text, "desk-sections")
    assert set(sections) <= {section.name for section in SECTIONS}
    pages = set(sections.values())
    for address in sections.values():
        pages |= set(links(mary.get(address).text, "desk-pages").values())
    assert {address: mary.get(address).status_code for address in pages} == dict.fromkeys(pages, 200)
    hidden = {PATH + page.path for section in SECTIONS for page in section.pages} - pages
    assert {address: mary.get(address).status_code for address in hidden - {PATH}} == dict.fromkeys(hidden - {PATH}, 403)
    # Every campaign of one's list leads to a page that opens.
    first = links(mary.get("/desk/").text, "card")["Save the village pond"]
    assert mary.get(first).status_code == 200


def test_an_owner_reaches_every_page_and_sees_where_they_are(runtime: Runtime, app: Flask) -> None:
    mary = new_campaigner(runtime, app, new_campaign(runtime), Role.OWNER)
    for section in SECTIONS:
        for place in section.pages:
            page = mary.get(PATH + place.path).text
            assert current(page, "desk-sections") == [section.name], place.path
            assert current(page, "desk-pages", "page") == ([place.name] if len(section.pages) > 1 else [])


def test_a_page_below_another_is_in_its_section(runtime: Runtime, app: Flask) -> None:
    mary = new_campaigner(runtime, app, new_campaign(runtime), Role.OWNER)
    page = mary.get(f"{PATH}running/close").text
    assert (current(page, "desk-sections", "true"), current(page, "desk-pages", "true")) == (["Settings"], ["Status"])


def test_each_step_that_is_proposed_can_be_taken(runtime: Runtime, app: Flask) -> None:
    campaign = new_campaign(runtime)
    mary = new_campaigner(runtime, app, campaign, Role.OWNER)

    class _Owner:
        """As much of a request's context as labels need."""

        def __init__(self) -> None:
            self.campaign = campaign

        def may(self, _permission: object) -> bool:
            return True

    for kind in StepKind:
        for amount in (0, 1, 12_345):
            (link,) = next_step_labels.step_links(_Owner(), [NextStep(kind, amount)])  # type: ignore[arg-type]
            assert "{}" not in link.title
            assert ("12,345" in link.title) <= (amount == 12_345)
        answer = mary.get(link.address)
        # To resume is possible only while it is paused: the page says so.
        assert answer.status_code in ((303,) if kind is StepKind.RESUME else (200,)), link.address
        assert urlsplit(link.address).path.startswith(PATH)


def test_who_may_not_take_a_step_is_not_told_of_it(runtime: Runtime, app: Flask) -> None:
    viewer = new_campaigner(runtime, app, new_campaign(runtime), Role.VIEWER)
    steps: Iterable[str] = links(viewer.get(PATH).text, "next-steps")
    assert list(steps) == ["Share it with the first people"]


def test_the_words_of_each_page_are_explained_where_they_are_used(runtime: Runtime, app: Flask) -> None:
    mary = new_campaigner(runtime, app, new_campaign(runtime), Role.OWNER)
    explained = set(re.findall(r'<div id="([\w-]+)"><dt>', mary.get("/desk/help").text))
    used: set[str] = set()
    for section in SECTIONS:
        for place in section.pages:
            asked = links(mary.get(PATH + place.path).text, "terms")
            assert {f"/desk/help#{anchor}" for anchor in place.terms} == set(asked.values()), place.path
            used |= set(place.terms)
    assert used <= set(TERMS)
    assert explained == set(TERMS)

"""The way through a campaign's pages: each role is shown what it may open, and nothing it may not."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import pytest
from flask import Flask

from campaign.app import TEMPLATES
from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.team_tasks import TaskKind, TeamTask
from campaign.runtime import Runtime
from campaign.web.desk import team_task_labels
from campaign.web.desk.glossary import TERMS
from campaign.web.desk.navigation import SECTIONS
from tests.html_validator.tree import Tree
from tests.support.desk_client import new_campaigner
from tests.support.factories import ManualClock, new_campaign
from tests.web.desk.test_access_by_role import ACCESS_ROWS, ROLES_TRIED, RoleClients, _path

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


def test_each_task_that_is_proposed_can_be_done(runtime: Runtime, app: Flask) -> None:
    campaign = new_campaign(runtime)
    mary = new_campaigner(runtime, app, campaign, Role.OWNER)

    class _Owner:
        """As much of a request's context as labels need."""

        def __init__(self) -> None:
            self.campaign = campaign

        def may(self, _permission: object) -> bool:
            return True

    for kind in TaskKind:
        for amount in (0, 1, 12_345):
            with app.test_request_context("/desk/"):
                (link,) = team_task_labels.task_links(_Owner(), [TeamTask(kind, amount)])  # type: ignore[arg-type]
            assert "%" not in link.title
            assert ("12,345" in link.title) <= (amount == 12_345)
        answer = mary.get(link.address)
        # To resume is possible only while it is paused: the page says so.
        assert answer.status_code in ((303,) if kind is TaskKind.RESUME else (200,)), link.address
        assert urlsplit(link.address).path.startswith(PATH)


def test_who_may_not_do_a_task_is_not_told_of_it(runtime: Runtime, app: Flask) -> None:
    viewer = new_campaigner(runtime, app, new_campaign(runtime), Role.VIEWER)
    tasks: Iterable[str] = links(viewer.get(PATH).text, "team-tasks")
    assert list(tasks) == ["Share it with the first people"]


class _ExplainedTerms(HTMLParser):
    """Terms that a page explains, by anchor, each with the text of the element it stands in as far as it comes before."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.beside: dict[str, str] = {}
        self._before: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if anchor := dict(attributes).get("data-term"):
            # In a list of several each has its name itself.
            self.beside.setdefault(anchor, " ".join(self._before[-6:]) if tag == "details" else TERMS[anchor].name)

    def handle_data(self, data: str) -> None:
        if data.strip():
            self._before.append(data.strip())


_SAID_AS = {
    "waiting": "not confirmed yet", "forecast": "likely", "paper-upload": "brought in", "small-numbers": "small numbers",
    "funnel": "to the count", "source": "where signatures come from", "invalidated": "invalidate", "erased": "what goes",
    "grace": "links work until", "held": "bursts are", "recipient": "hand in",
}  # fmt: skip
"""What a page says where the question arises, where that is not the term itself."""


def test_each_word_of_the_glossary_is_explained_beside_where_it_stands(runtime: Runtime, app: Flask, now: ManualClock) -> None:
    """Over the pages of a campaign with one of everything; none has its explanations at its foot."""
    world = RoleClients(app, runtime, now)
    (mary, names), (tom, toms) = world.new("owner", operator=True), world.new("typist")
    explained: dict[str, str] = {}
    for somebody, there in ((mary, names), (tom, toms)):
        for (method, rule), row in ACCESS_ROWS.items():
            if method == "GET" and rule.startswith("/desk/c/") and row[ROLES_TRIED.index("owner")] == "200":
                answer = somebody.get(_path(rule, there))
                if answer.mimetype == "text/html":
                    explained = _ExplainedTerms(answer.text).beside | explained
    said = {anchor: {TERMS[anchor].name.lower(), _SAID_AS.get(anchor, "")} - {""} for anchor in explained}
    assert {anchor: beside for anchor, beside in explained.items() if not any(w in beside.lower() for w in said[anchor])} == {}
    assert len(explained) > 15
    # What a page shows only once there is something to show stands in its template.
    templates = "".join(path.read_text(encoding="utf-8") for path in (TEMPLATES / "desk").rglob("*.html"))
    calls = re.findall(r"explain\('([\w-]+)'\)|explain_all\(_\('[^']*'\), \(([^)]*)\)|data-term=\"([\w-]+)\"", templates)
    assert {anchor for call in calls for anchor in re.findall(r"[\w-]+", " ".join(call))} == set(TERMS)


def test_the_page_of_words_explains_all(runtime: Runtime, app: Flask) -> None:
    mary = new_campaigner(runtime, app)
    assert set(re.findall(r'<div id="([\w-]+)"><dt>', mary.get("/desk/help").text)) == set(TERMS)

"""List of one's own campaigns."""

import re

from flask import Flask

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.accounts.role import Role
from campaign.runtime import Runtime
from campaign.services.campaigns import drafts, lifecycle
from campaign.store.accounts import audit_log, campaigners, team
from tests.html_validator import html_problems
from tests.support.desk_client import DeskClient, new_campaigner, page_text
from tests.support.factories import definition, new_campaign


def test_many_campaigns_are_searched_by_words_of_their_titles_and_addresses(runtime: Runtime, app: Flask) -> None:
    mary = new_campaigner(runtime, app)
    for number in range(12):
        campaign = new_campaign(
            runtime, slug=f"pond-{number}", title=f"Achub pwll Llŷn {number}" if number == 7 else f"Pond {number}"
        )
        with runtime.transaction() as connection:
            team.add_member(connection, campaign.id, mary.id, Role.EDITOR, runtime.now())

    def found(query: str) -> list[str]:
        page = mary.get(f"/desk/?q={query}").text
        assert html_problems(page) == []
        return re.findall(r'<h2><a href="/desk/c/([^/]+)/"', page)

    assert len(found("")) == 12
    assert found("LLYN+pwll") == ["pond-7"]
    assert found("pond-11") == ["pond-11"]
    assert found("%22%3E%3Cb%3E") == []
    assert "None of your campaigns is like that" in mary.get("/desk/?q=nothing").text


def test_of_too_many_campaigns_the_newest_are_listed(runtime: Runtime, app: Flask) -> None:
    mary = new_campaigner(runtime, app)
    ids = []
    for number in range(5):
        campaign = new_campaign(runtime, slug=f"pond-{number}")
        ids.append(campaign.id)
        with runtime.transaction() as connection:
            team.add_member(connection, campaign.id, mary.id, Role.EDITOR, runtime.now())
    with runtime.reading() as connection:
        assert [*campaigners.list_campaign_roles(connection, mary.id, 2)] == [ids[4], ids[3]]
    assert re.findall(r'<h3><a href="/desk/c/pond-(\d)/"', mary.get("/desk/").text) == ["4", "3", "2", "1", "0"]


def test_a_few_campaigns_need_no_search(runtime: Runtime, app: Flask) -> None:
    mary = new_campaigner(runtime, app, new_campaign(runtime), Role.OWNER)
    assert 'role="search"' not in mary.get("/desk/").text


def listed(mary: DeskClient, query: str = "") -> list[str]:
    return re.findall(r'<h[23]><a href="/desk/c/([^/]+)/"', mary.get(f"/desk/{query}").text)


def test_a_long_list_is_the_newest_first_drafts_included_by_pages_states_and_orders(runtime: Runtime, app: Flask) -> None:
    mary = new_campaigner(runtime, app)
    for number in range(60):
        made = new_campaign(runtime, slug=f"pond-{number}", title=f"Pond {59 - number:02}")
        with runtime.transaction() as connection:
            team.add_member(connection, made.id, mary.id, Role.OWNER, runtime.now())
        if number == 3:
            lifecycle.pause_campaign(runtime, made, COMMAND_LINE)
    draft = drafts.create_draft(runtime, COMMAND_LINE, definition(slug="draft"))
    with runtime.transaction() as connection:
        team.add_member(connection, draft.id, mary.id, Role.OWNER, runtime.now())
    whole = ["draft", *(f"pond-{number}" for number in range(59, -1, -1))]
    assert [*listed(mary), *listed(mary, "?page=2"), *listed(mary, "?page=3")] == whole
    assert "61 campaigns, page 3 of 3" in page_text(mary.get("/desk/?page=3"))
    assert listed(mary, "?page=99") == listed(mary, "?page=3")
    assert listed(mary, "?page=x&state=x&sort=x") == whole[:24]
    assert (listed(mary, "?state=draft"), listed(mary, "?state=paused")) == (["draft"], ["pond-3"])
    assert listed(mary, "?sort=title&state=open")[:3] == ["pond-59", "pond-58", "pond-57"]
    assert listed(mary, "?q=pond-5&sort=title") == [f"pond-{number}" for number in range(59, 49, -1)] + ["pond-5"]
    assert (
        'href="/desk/?q=pond&amp;state=open&amp;sort=title&amp;page=2"' in mary.get("/desk/?q=pond&state=open&sort=title").text
    )
    assert html_problems(mary.get("/desk/?state=open").text) == []


def test_a_draft_is_discarded_after_a_question_and_can_be_put_back(runtime: Runtime, app: Flask) -> None:
    draft = drafts.create_draft(runtime, COMMAND_LINE, definition(slug="draft"))
    mary = new_campaigner(runtime, app, draft, Role.OWNER)
    other = new_campaign(runtime)
    with runtime.transaction() as connection:
        team.add_member(connection, other.id, mary.id, Role.OWNER, runtime.now())
    key = drafts.preview_key(runtime, draft.id)
    assert "/desk/c/draft/discard" in mary.get("/desk/c/draft/").text
    assert "Discard this draft?" in page_text(mary.get("/desk/c/draft/discard"))
    assert listed(mary) == ["save-the-pond", "draft"]
    assert mary.post("/desk/c/draft/discard").location == "/desk/"
    assert listed(mary) == ["save-the-pond"]
    assert "1 discarded draft" in page_text(mary.get("/desk/"))
    assert listed(mary, "?state=discarded") == ["draft"]
    assert app.test_client().get(f"/preview/draft/{key}").status_code == 404
    assert app.test_client().get("/c/draft").status_code == 404
    with runtime.reading() as connection:
        assert audit_log.list_entries(connection, draft.id)[0].action == "discard draft"
    # Twice is once, and what was published is not discarded.
    assert mary.post("/desk/c/draft/discard").location == "/desk/c/draft/"
    assert mary.post("/desk/c/save-the-pond/discard").location == "/desk/c/save-the-pond/"
    assert mary.post("/desk/c/draft/running/put-back", {"reason": "A mistake"}).status_code == 303
    assert listed(mary) == ["save-the-pond", "draft"]
    assert app.test_client().get("/c/draft").status_code == 404


def test_copying_asks_first(runtime: Runtime, app: Flask) -> None:
    mary = new_campaigner(runtime, app, new_campaign(runtime), Role.OWNER)
    assert '<form class="copy"' not in mary.get("/desk/c/save-the-pond/").text
    assert "Copy this campaign?" in page_text(mary.get("/desk/c/save-the-pond/copy"))
    assert listed(mary) == ["save-the-pond"]
    assert mary.post("/desk/c/save-the-pond/copy").location == "/desk/c/save-the-pond-2/text"

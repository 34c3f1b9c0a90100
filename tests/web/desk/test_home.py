"""List of one's own campaigns."""

import re

from flask import Flask

from campaign.domain.accounts.role import Role
from campaign.runtime import Runtime
from campaign.store.accounts import campaigners, team
from tests.html_validator import html_problems
from tests.support.desk_client import new_campaigner
from tests.support.factories import new_campaign


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
        return re.findall(r'<h3><a href="/desk/c/([^/]+)/"', page)

    assert len(found("")) == 12
    assert found("LLYN+pwll") == ["pond-7"]
    assert found("pond-11") == ["pond-11"]
    assert found("%22%3E%3Cb%3E") == []
    assert "None of your campaigns has these words" in mary.get("/desk/?q=nothing").text


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

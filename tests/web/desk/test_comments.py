"""Comments at the desk: read newest first, hidden with a reason, shown again."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import Runtime
from campaign.services.signatures import comments as reading
from campaign.store.accounts import audit_log
from tests.conftest import on_both_databases
from tests.html_validator import html_problems
from tests.support.desk_client import DeskClient, new_campaigner, page_text
from tests.support.factories import new_campaign
from tests.support.stored_signatures import store_signatures

PATH = "/desk/c/save-the-pond/comments"


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    return new_campaign(runtime)


@pytest.fixture
def at_desk(runtime: Runtime, app: Flask, campaign: Campaign) -> Callable[[Role], DeskClient]:
    return lambda role: new_campaigner(runtime, app, campaign, role)


def comments(page: str) -> list[str]:
    return re.findall(r'<blockquote class="said" dir="auto">(.*?)</blockquote>', page, re.DOTALL)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.TYPIST])
def test_comments_are_read_newest_first_by_the_whole_team(
    runtime: Runtime, campaign: Campaign, at_desk: Callable[[Role], DeskClient], role: Role
) -> None:
    shown = {"public": True, "comment_public": True}
    said = [{"comment": "First.\nAnd more.", "public": True}, {"comment": ""}, {"comment": "<b>Bold</b>", **shown}]
    store_signatures(runtime, campaign, [*said, {"comment": "שלום", "state": "pending"}])
    page = at_desk(role).get(PATH)
    assert comments(page.text) == ["שלום", "&lt;b&gt;Bold&lt;/b&gt;", "First.\nAnd more."]
    assert html_problems(page.text) == []
    assert [page_text(page).count(words) for words in ("not to be shown", "may be shown")] == [2, 1]
    for act in ("Hide it", "Put it on the page"):
        assert (act in page.text) == (role in (Role.OWNER, Role.MODERATOR))
    assert "@example.org" not in page.text


@on_both_databases
def test_a_comment_is_hidden_with_a_reason_and_shown_again(
    runtime: Runtime, campaign: Campaign, at_desk: Callable[[Role], DeskClient]
) -> None:
    store_signatures(runtime, campaign, [{"comment": "An insult."}, {"comment": "Fine."}])
    mary = at_desk(Role.MODERATOR)
    for reason in ("", "x" * 201, "\x00"):
        page = mary.post(f"{PATH}/1/hide", {"reason": reason})
        assert page.status_code == 422
        assert 'href="#reason-1"' in page.text
        assert html_problems(page.text) == []
    assert mary.post(f"{PATH}/1/hide", {"reason": "it insults"}).status_code == 303
    page = mary.get(f"{PATH}?which=hidden")
    assert comments(page.text) == ["An insult."]
    assert "Hidden: it insults" in page_text(page)
    assert html_problems(page.text) == []
    # Two moderators: the second is told, and the first one's reason stands.
    assert "somebody else was faster" in page_text(mary.post(f"{PATH}/1/hide", {"reason": "twice"}, follow_redirects=True))
    assert mary.post(f"{PATH}/1/show").status_code == 303
    assert "No comment is hidden" in page_text(mary.get(f"{PATH}?which=hidden"))
    with runtime.reading() as connection:
        entries = audit_log.list_entries(connection, campaign.id)
    acts = [(entry.action, entry.subject, entry.reason) for entry in entries if "comment" in entry.action]
    assert acts == [("show comment", "1", ""), ("hide comment", "1", "it insults")]


@on_both_databases
def test_a_comment_is_put_on_the_page_and_taken_off(
    runtime: Runtime, campaign: Campaign, at_desk: Callable[[Role], DeskClient]
) -> None:
    words = "The frogs.\nThe newts."
    shown = {"public": True, "comment_public": True}
    store_signatures(runtime, campaign, [{"comment": words, **shown}, {"comment": "Mine alone."}])
    mary = at_desk(Role.MODERATOR)
    assert comments(mary.get(f"{PATH}?which=to-read").text) == [words]
    page = mary.get(f"{PATH}?which=published")
    assert "No comment is on the page" in page_text(page)
    # A browser sends the ends of lines in its own way.
    answer = mary.post(f"{PATH}/1/publish?which=to-read", {"comment": words.replace("\n", "\r\n")}, follow_redirects=True)
    assert "The comment is on the campaign’s page." in page_text(answer)
    assert "Nothing to read" in page_text(answer)
    page = mary.get(f"{PATH}?which=published")
    assert comments(page.text) == [words]
    assert html_problems(page.text) == []
    for number, said in ((1, words), (2, "Mine alone."), (9, ""), (2, "x" * 5_000)):
        answer = mary.post(f"{PATH}/{number}/publish", {"comment": said}, follow_redirects=True)
        assert "Nothing was changed" in page_text(answer)
    assert mary.post(f"{PATH}/1/unpublish").status_code == 303
    assert "Nothing was changed" in page_text(mary.post(f"{PATH}/1/unpublish", follow_redirects=True))
    with runtime.reading() as connection:
        acts = [entry.action for entry in audit_log.list_entries(connection, campaign.id) if "comment" in entry.action]
    assert acts == ["unpublish comment", "publish comment"]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.VIEWER])
def test_only_moderators_hide(runtime: Runtime, campaign: Campaign, at_desk: Callable[[Role], DeskClient], role: Role) -> None:
    store_signatures(runtime, campaign, [{"comment": "An insult."}])
    mary = at_desk(role)
    acts = ("hide", "show", "publish", "unpublish")
    assert [mary.post(f"{PATH}/1/{act}", {"reason": "x"}).status_code for act in acts] == [403] * 4


def test_what_is_not_there_is_not_hidden(
    runtime: Runtime, app: Flask, campaign: Campaign, at_desk: Callable[[Role], DeskClient]
) -> None:
    store_signatures(runtime, campaign, [{"comment": "Fine."}, {"comment": ""}])
    john = new_campaigner(runtime, app, new_campaign(runtime, slug="moor"), Role.OWNER)
    john.post("/desk/c/moor/comments/1/hide", {"reason": "x"})
    mary = at_desk(Role.OWNER)
    for number in (2, 3, 10**30):
        mary.post(f"{PATH}/{number}/hide", {"reason": "x"})
    with runtime.reading() as connection:
        assert [entry for entry in audit_log.list_entries(connection, None) if "comment" in entry.action] == []


@on_both_databases
def test_pages_follow_each_other_and_lead_back(
    runtime: Runtime, campaign: Campaign, at_desk: Callable[[Role], DeskClient]
) -> None:
    store_signatures(runtime, campaign, [{"comment": f"Number {n}."} for n in range(120)])
    mary, seen = at_desk(Role.VIEWER), []
    page = mary.get(PATH)
    while True:
        seen.append(comments(page.text))
        older = re.search(r'<a class="button secondary" href="([^"]*)" rel="next">', page.text)
        if older is None:
            break
        page = mary.get(older[1])
    assert [len(one) for one in seen] == [50, 50, 20]
    assert [words for one in seen for words in one] == [f"Number {n}." for n in reversed(range(120))]
    newer = re.search(r'<a class="button secondary" href="([^"]*)" rel="prev">', page.text)
    assert newer is not None
    page = mary.get(newer[1])
    assert comments(page.text) == seen[1]


def test_where_there_is_none_that_is_said(at_desk: Callable[[Role], DeskClient]) -> None:
    page = at_desk(Role.VIEWER).get(PATH)
    assert "No comments yet" in page_text(page)
    assert html_problems(page.text) == []


def test_comments_that_take_too_long_are_said_to(
    runtime: Runtime, campaign: Campaign, at_desk: Callable[[Role], DeskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    store_signatures(runtime, campaign, [{"comment": f"Number {number}."} for number in range(200)])
    monkeypatch.setattr(reading, "PAGE_TIMEOUT_SECONDS", 0.0)
    page = at_desk(Role.OWNER).get(PATH)
    assert (page.status_code, html_problems(page.text)) == (200, [])
    assert "takes too long" in page_text(page)
    assert "No comments" not in page_text(page)

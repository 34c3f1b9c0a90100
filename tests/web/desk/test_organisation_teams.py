"""Teams of the organisation at the desk: made, given campaigns, and joined by people who are then in all of them."""

import re

import pytest
from flask import Flask
from sqlalchemy import insert, select

from campaign.domain.accounts.organisation_team import MAX_TEAM_CAMPAIGNS
from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import Runtime
from campaign.store.accounts import organisation_teams, team
from campaign.store.tables import campaigns
from tests.html_validator import html_problems
from tests.support.desk_client import DeskClient, new_campaigner, page_text
from tests.support.factories import new_campaign
from tests.support.servers import MailServer
from tests.web.desk.test_team import invited


@pytest.fixture
def pond(runtime: Runtime) -> Campaign:
    return new_campaign(runtime)


@pytest.fixture
def mary(runtime: Runtime, app: Flask, pond: Campaign) -> DeskClient:
    """An owner."""
    return new_campaigner(runtime, app, pond, Role.OWNER, email="mary@example.org")


def made_team(owner: DeskClient) -> str:
    """Address of a new team that holds the pond."""
    where = owner.post("/desk/teams", {"name": "North"}).location
    assert where is not None
    assert owner.post(f"{where}/campaigns", {"campaign": "save-the-pond"}).location == where
    return where


def test_who_accepts_is_in_the_campaigns_of_the_team_and_once_removed_in_none(
    app: Flask, runtime: Runtime, mail: MailServer, mary: DeskClient
) -> None:
    north = made_team(mary)
    mary.post(f"{north}/invite", {"email": "ada@example.org", "role": "editor"})
    path = invited(runtime, mail, "ada@example.org")
    ada = app.test_client()
    shown = ada.get(path)
    assert "invites you to a team that runs several campaigns" in page_text(shown)
    assert "North" in shown.text
    assert html_problems(shown.text) == []
    assert ada.post(path, data={"name": "Ada Lovelace"}).location == "/desk/"
    assert ada.get("/desk/c/save-the-pond/text").status_code == 200
    page = mary.get(north)
    assert html_problems(page.text) == []
    (number,) = set(re.findall(rf"{north}/members/(\d+)/remove", page.text))
    team = page_text(mary.get("/desk/c/save-the-pond/team"))
    assert re.search(r"By the team North.*Ada Lovelace.*Editor", team)
    assert mary.post(f"{north}/members/{number}/remove").location == north
    assert ada.get("/desk/c/save-the-pond/text").status_code == 404
    assert "Ada Lovelace" not in mary.get("/desk/c/save-the-pond/team").text


def test_a_campaign_is_given_and_taken_back_on_its_own_team_page_too(runtime: Runtime, mary: DeskClient) -> None:
    other = new_campaign(runtime, slug="moor")
    assert other.slug == "moor"
    where = mary.post("/desk/teams", {"name": "North"}).location or ""
    number = where.rpartition("/")[2]
    team = "/desk/c/save-the-pond/team"
    assert f'<option value="{number}"' in mary.get(team).text
    assert mary.post(f"{team}/held-by", {"held_by": "999"}).status_code == 422
    assert mary.post(f"{team}/held-by", {"held_by": number}).location == team
    assert "By the team North" in page_text(mary.get(team))
    assert mary.post(f"{team}/held-by/{number}/remove").location == team
    assert "By the team" not in page_text(mary.get(team))
    assert mary.post(f"{where}/campaigns", {"campaign": "moor"}).status_code == 422


def test_what_cannot_be_taken_comes_back_with_its_words(mary: DeskClient) -> None:
    north = made_team(mary)
    refused = mary.post(f"{north}/invite", {"email": "ada@", "role": "editor"})
    assert refused.status_code == 422
    assert 'value="ada@"' in refused.text
    assert 'value="editor" checked' in refused.text
    assert 'value="—"' in mary.post(f"{north}/name", {"name": "—"}).text
    assert mary.post(f"{north}/members/{mary.id}/role", {"role": "king"}).location == north
    said = page_text(mary.post(f"{north}/members/{mary.id}/role", {"role": "viewer"}, follow_redirects=True))
    assert "A team needs an owner. Make somebody else one first." in said
    assert "Take its campaigns from it first." in page_text(mary.post(f"{north}/delete", follow_redirects=True))
    mary.post(f"{north}/campaigns/remove", {"campaign": "save-the-pond"})
    assert mary.post(f"{north}/delete").location == "/desk/teams"
    assert mary.get(north).status_code == 404


def test_an_operator_sees_every_team_and_takes_any_invitation_back(app: Flask, runtime: Runtime, mary: DeskClient) -> None:
    north = made_team(mary)
    mary.post(f"{north}/invite", {"email": "ada@example.org", "role": "owner"})
    ida = new_campaigner(runtime, app, None, None, operator=True, second_factor=True, name="Ida Rhodes")
    assert "North" in ida.get("/desk/teams").text
    page = ida.get(north)
    assert "mary@example.org" in page.text
    assert "/invite" not in page.text
    people = ida.get("/desk/site/people")
    assert "team North" in page_text(people)
    (path,) = re.findall(r"/desk/site/people/invitations/\d+/revoke", people.text)
    assert ida.post(path).location == "/desk/site/people"
    assert "ada@example.org" not in mary.get(north).text
    ben = new_campaigner(runtime, app, None, None, name="Ben")
    assert ben.get(north).status_code == 404
    assert f'href="{north}"' not in ben.get("/desk/teams").text


def test_a_team_is_renamed_and_its_members_are_given_roles(app: Flask, runtime: Runtime, mary: DeskClient) -> None:
    north = made_team(mary)
    said = mary.post(f"{north}/name", {"name": "South"}, follow_redirects=True).text
    assert "The team is called so from now on." in said
    assert "<bdi>South</bdi>" in said
    ada = new_campaigner(runtime, app, email="ada@example.org", name="Ada Lovelace")
    with runtime.transaction() as connection:
        organisation_teams.add_member(connection, int(north.rpartition("/")[2]), ada.id, Role.VIEWER, runtime.now())
    said = page_text(mary.post(f"{north}/members/{ada.id}/role", {"role": "editor"}, follow_redirects=True))
    assert "The role is changed, in all campaigns of the team." in said
    assert ada.get("/desk/c/save-the-pond/text").status_code == 200
    mary.post(f"{north}/members/{ada.id}/remove")
    said = page_text(mary.post(f"{north}/members/{ada.id}/role", {"role": "editor"}, follow_redirects=True))
    assert "They are not in the team any more." in said


def test_a_campaign_is_not_taken_from_the_only_team_with_an_owner_nor_left_by_whom_the_team_let_in(
    app: Flask, runtime: Runtime, pond: Campaign, mary: DeskClient
) -> None:
    north = made_team(mary)
    with runtime.transaction() as connection:
        team.remove_member(connection, pond.id, mary.id)
    here, number = "/desk/c/save-the-pond/team", north.rpartition("/")[2]
    no_owner = "The campaign would have no owner"
    assert no_owner in page_text(mary.post(f"{here}/held-by/{number}/remove", follow_redirects=True))
    said = mary.post(f"{north}/campaigns/remove", {"campaign": "save-the-pond"}, follow_redirects=True)
    assert no_owner in page_text(said)
    new_campaigner(runtime, app, pond, Role.OWNER)
    gone = mary.post(f"{here}/held-by/{number}/remove")
    assert gone.location == "/desk/"
    assert "That team has the campaign no longer, and nor have you." in mary.get("/desk/").text
    assert mary.get(here).status_code == 404


def test_a_team_holds_no_more_campaigns_than_it_can(runtime: Runtime, pond: Campaign, mary: DeskClient) -> None:
    where = mary.post("/desk/teams", {"name": "North"}).location or ""
    number = int(where.rpartition("/")[2])
    with runtime.transaction() as connection:
        row = connection.execute(select(campaigns).where(campaigns.c.id == pond.id)).one()._asdict()
        others = range(pond.id + 1, pond.id + 1 + MAX_TEAM_CAMPAIGNS)
        connection.execute(insert(campaigns), [{**row, "id": other, "slug": f"other-{other}"} for other in others])
        for other in others:
            organisation_teams.hold_campaign(connection, number, other, runtime.now())
    refused = mary.post(f"{where}/campaigns", {"campaign": "save-the-pond"})
    assert (refused.status_code, "The team holds as many campaigns as it can." in refused.text) == (422, True)
    team_page = "/desk/c/save-the-pond/team"
    said = mary.post(f"{team_page}/held-by", {"held_by": str(number)}, follow_redirects=True)
    assert "That team holds as many campaigns as it can." in said.text

"""The team of a campaign at the desk: who sees it, who changes it, and how somebody comes to it."""

import re

import pytest
from flask import Flask

from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import Runtime
from campaign.services.accounts.invitations import MAX_INVITATIONS_TO_ADDRESS
from campaign.store.accounts import team
from tests.conftest import on_both_databases
from tests.html_validator import html_problems
from tests.support.desk_client import DeskClient, new_campaigner, page_text
from tests.support.factories import ManualClock, new_campaign
from tests.support.queries import execute_sql, query_scalar
from tests.support.servers import MailServer
from tests.support.signatory import link_path_in, run_workers

TEAM = "/desk/c/save-the-pond/team"


@pytest.fixture
def pond(runtime: Runtime) -> Campaign:
    return new_campaign(runtime)


@pytest.fixture
def mary(runtime: Runtime, app: Flask, pond: Campaign) -> DeskClient:
    """An owner."""
    return new_campaigner(runtime, app, pond, Role.OWNER, email="mary@example.org")


def roles(runtime: Runtime, pond: Campaign) -> dict[str, str]:
    with runtime.reading() as connection:
        return {each.name: each.role.value for each in team.list_members(connection, pond.id)}


def invited(runtime: Runtime, mail: MailServer, email: str) -> str:
    """The path in the newest invitation."""
    run_workers(runtime)
    return link_path_in(mail.mails_to(email)[-1], "invitation")


def test_an_owner_invites_somebody_who_accepts_and_is_in(
    app: Flask, runtime: Runtime, mail: MailServer, pond: Campaign, mary: DeskClient
) -> None:
    answer = mary.post(f"{TEAM}/invite", {"email": "ada@example.org", "role": "editor"})
    assert (answer.status_code, answer.location) == (303, TEAM)
    page = mary.get(TEAM)
    assert "The invitation is on its way." in page.text
    assert "ada@example.org" in page.text
    path = invited(runtime, mail, "ada@example.org")
    ada = app.test_client()
    shown = ada.get(path)
    assert "Mary Seacole invites you to the team of a campaign." in page_text(shown)
    assert pond.text.title in shown.text
    assert html_problems(shown.text) == []
    refused = ada.post(path, data={"name": " "})
    assert refused.status_code == 422
    assert 'id="name-error"' in refused.text
    joined = ada.post(path, data={"name": "Ada Lovelace"})
    assert (joined.status_code, joined.location) == (303, "/desk/c/save-the-pond/")
    assert ada.get(TEAM).status_code == 200
    assert roles(runtime, pond) == {"Mary Seacole": "owner", "Ada Lovelace": "editor"}
    assert "ada@example.org" not in page_text(mary.get(TEAM)).partition("Invited")[2]
    again = ada.post(path, data={"name": "Ada Lovelace"})
    assert (again.status_code, again.location) == (303, "/desk/")
    assert app.test_client().post(path, data={"name": "Eve"}).status_code == 410


def test_looking_at_an_invitation_changes_nothing_for_anybody(
    app: Flask, runtime: Runtime, mail: MailServer, mary: DeskClient
) -> None:
    mary.post(f"{TEAM}/invite", {"email": "ada@example.org", "role": "editor"})
    path = invited(runtime, mail, "ada@example.org")
    for method in ("get", "head", "options"):
        answer = getattr(app.test_client(), method)(path)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    assert query_scalar(runtime, "SELECT count(*) FROM campaigners") == 1
    assert query_scalar(runtime, "SELECT count(*) FROM invitations WHERE accepted_at IS NULL") == 1


@on_both_databases
def test_a_campaigner_who_is_invited_is_not_asked_for_a_name(
    app: Flask, runtime: Runtime, mail: MailServer, mary: DeskClient
) -> None:
    ben = new_campaigner(runtime, app, email="ben@example.org", name="Ben")
    eve = new_campaigner(runtime, app, email="eve@example.org", name="Eve")
    mary.post(f"{TEAM}/invite", {"email": "ben@example.org", "role": "owner"})
    path = invited(runtime, mail, "ben@example.org")
    page = ben.get(path)
    assert 'name="name"' not in page.text
    assert "signed in with another address" not in page.text
    assert "signed in with another address" in eve.get(path).text
    assert ben.post(path).location == "/desk/c/save-the-pond/"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"email": "nobody", "role": "viewer"}, "email"),
        ({"email": "mary@example.org", "role": "viewer"}, "email"),
        ({"email": "ada@example.org", "role": "king"}, "role"),
        ({"email": "ada@example.org"}, "role"),
        ({}, "role"),
    ],
)
def test_a_wrong_invitation_is_shown_again_with_words_at_the_field(
    runtime: Runtime, mary: DeskClient, typed: dict[str, str], field: str
) -> None:
    page = mary.post(f"{TEAM}/invite", typed)
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    assert html_problems(page.text) == []
    assert query_scalar(runtime, "SELECT count(*) FROM invitations") == 0


@on_both_databases
def test_an_invitation_is_sent_again_and_taken_back(runtime: Runtime, mail: MailServer, mary: DeskClient) -> None:
    mary.post(f"{TEAM}/invite", {"email": "ada@example.org", "role": "editor"})
    old = invited(runtime, mail, "ada@example.org")
    number = re.search(r"invitations/(\d+)/resend", mary.get(TEAM).text)
    assert number is not None
    mary.post(f"{TEAM}/invitations/{number[1]}/resend")
    new = invited(runtime, mail, "ada@example.org")
    assert mary.browser.get(old).status_code == 410
    assert mary.browser.get(new).status_code == 200
    number = re.search(r"invitations/(\d+)/revoke", mary.get(TEAM).text)
    assert number is not None
    mary.post(f"{TEAM}/invitations/{number[1]}/revoke")
    assert "taken back" in mary.get(TEAM).text
    assert mary.browser.get(new).status_code == 410
    mary.post(f"{TEAM}/invitations/{number[1]}/revoke")
    assert "open no more" in mary.get(TEAM).text


@pytest.mark.parametrize("number", [0, 99, 2**63 - 1, 2**63, 10**40])
def test_a_number_that_names_nobody_does_nothing(mary: DeskClient, number: int) -> None:
    for path, form in (("role", {"role": "viewer"}), ("remove", {})):
        assert mary.post(f"{TEAM}/{number}/{path}", form).status_code in (303, 404)
    for path in ("resend", "revoke"):
        assert mary.post(f"{TEAM}/invitations/{number}/{path}").status_code in (303, 404)
    assert mary.get(TEAM).status_code == 200


@on_both_databases
def test_an_owner_changes_roles_and_removes(
    app: Flask, runtime: Runtime, mail: MailServer, pond: Campaign, mary: DeskClient
) -> None:
    ben = new_campaigner(runtime, app, pond, Role.VIEWER, email="ben@example.org", name="Ben")
    mary.post(f"{TEAM}/{ben.id}/role", {"role": "moderator"})
    assert roles(runtime, pond)["Ben"] == "moderator"
    assert mary.post(f"{TEAM}/{ben.id}/role", {"role": "king"}).status_code == 422
    mary.post(f"{TEAM}/{ben.id}/remove")
    assert "Ben" not in roles(runtime, pond)
    assert ben.get(TEAM).status_code == 404
    run_workers(runtime)
    assert [str(each["Subject"]) for each in mail.mails_to("ben@example.org")] == [
        "You have another role now: Save the village pond", "You are no longer in the team: Save the village pond",
    ]  # fmt: skip


def test_the_last_owner_is_told_to_make_another_one_first(runtime: Runtime, pond: Campaign, mary: DeskClient) -> None:
    for path, form in ((f"{mary.id}/role", {"role": "viewer"}), (f"{mary.id}/remove", {}), ("leave", {})):
        assert mary.post(f"{TEAM}/{path}", form).location == TEAM
        # The page itself says it where leaving would be offered.
        assert mary.get(TEAM).text.count("Make somebody else one first.") == 2
    assert roles(runtime, pond) == {"Mary Seacole": "owner"}


def test_leaving_is_offered_to_an_owner_only_where_another_stays(
    app: Flask, runtime: Runtime, pond: Campaign, mary: DeskClient
) -> None:
    assert f'action="{TEAM}/leave"' not in mary.get(TEAM).text
    assert "A campaign needs an owner." in mary.get(TEAM).text
    new_campaigner(runtime, app, pond, Role.OWNER, name="Ben")
    assert f'action="{TEAM}/leave"' in mary.get(TEAM).text


def test_somebody_leaves_a_team(app: Flask, runtime: Runtime, pond: Campaign, mary: DeskClient) -> None:
    ben = new_campaigner(runtime, app, pond, Role.VIEWER, name="Ben")
    answer = ben.post(f"{TEAM}/leave")
    assert (answer.status_code, answer.location) == (303, "/desk/")
    assert "You have left the team." in ben.get("/desk/").text
    assert roles(runtime, pond) == {"Mary Seacole": "owner"}
    operator = new_campaigner(runtime, app, operator=True)
    assert operator.post(f"{TEAM}/leave").location == TEAM
    assert mary.get(TEAM).status_code == 200


@pytest.mark.parametrize("role", [Role.EDITOR, Role.MODERATOR, Role.VIEWER])
def test_who_does_not_lead_sees_the_team_and_changes_nothing(
    app: Flask, runtime: Runtime, pond: Campaign, mary: DeskClient, role: Role
) -> None:
    mary.post(f"{TEAM}/invite", {"email": "ada@example.org", "role": "editor"})
    ben = new_campaigner(runtime, app, pond, role, name="Ben")
    page = ben.get(TEAM)
    assert "Mary Seacole" in page.text
    assert "ada@example.org" not in page.text
    assert "/invite" not in page.text
    assert html_problems(page.text) == []
    number = query_scalar(runtime, "SELECT id FROM invitations")
    for path in (
        "invite", f"{mary.id}/role", f"{mary.id}/remove", f"invitations/{number}/resend", f"invitations/{number}/revoke",
        "second-factor",
    ):  # fmt: skip
        form = {"email": "eve@example.org", "role": "viewer", "second_factor": "1"}
        assert ben.post(f"{TEAM}/{path}", form).status_code == 403
    assert roles(runtime, pond) == {"Mary Seacole": "owner", "Ben": role.value}
    assert query_scalar(runtime, "SELECT count(*) FROM invitations WHERE revoked_at IS NULL") == 1


def test_the_team_is_changed_only_by_who_has_just_shown_who_they_are(
    runtime: Runtime, pond: Campaign, mary: DeskClient, now: ManualClock
) -> None:
    now.advance(minutes=11)
    answer = mary.post(
        f"{TEAM}/invite", {"email": "ada@example.org", "role": "editor"}, headers={"Referer": f"http://localhost{TEAM}"}
    )
    assert (answer.status_code, "/desk/confirm" in answer.text, "ada@example.org" in answer.text) == (401, True, True)
    assert query_scalar(runtime, "SELECT count(*) FROM invitations") == 0
    assert pond


@on_both_databases
def test_a_second_factor_is_asked_of_the_team_by_an_owner_who_has_one(
    app: Flask, runtime: Runtime, pond: Campaign, mary: DeskClient
) -> None:
    mary.post(f"{TEAM}/second-factor", {"second_factor": "1"})
    assert "Set up a second factor for yourself first" in mary.get(TEAM).text
    ada = new_campaigner(runtime, app, pond, Role.OWNER, name="Ada", second_factor=True)
    execute_sql(runtime, "UPDATE campaigners SET totp_secret = 'x' WHERE name = 'Ada'")
    ada.post(f"{TEAM}/second-factor", {"second_factor": "1"})
    assert "A second factor is asked of the team." in ada.get(TEAM).text
    assert mary.get(TEAM).location == "/desk/account/second-factor?next=%2Fdesk%2Fc%2Fsave-the-pond%2Fteam"
    ada.post(f"{TEAM}/second-factor")
    assert mary.get(TEAM).status_code == 200


def test_the_page_is_html_without_a_mistake(app: Flask, runtime: Runtime, pond: Campaign, mary: DeskClient) -> None:
    mary.post(f"{TEAM}/invite", {"email": "ada@example.org", "role": "editor"})
    new_campaigner(runtime, app, pond, Role.VIEWER, name="<b>Ben</b>")
    page = mary.get(TEAM)
    assert html_problems(page.text) == []
    assert "<b>Ben" not in page.text


def test_who_has_a_code_app_joins_by_an_invitation_and_is_asked_for_a_code_before_they_are_in(
    app: Flask, runtime: Runtime, mail: MailServer, pond: Campaign, mary: DeskClient
) -> None:
    new_campaigner(runtime, app, email="ben@example.org", name="Ben")
    execute_sql(runtime, "UPDATE campaigners SET totp_secret = 'x' WHERE name = 'Ben'")
    mary.post(f"{TEAM}/invite", {"email": "ben@example.org", "role": "viewer"})
    browser = app.test_client()
    answer = browser.post(invited(runtime, mail, "ben@example.org"))
    assert answer.location == "/desk/sign-in/code?next=%2Fdesk%2Fc%2Fsave-the-pond%2F"
    assert browser.get(TEAM).status_code == 303
    assert roles(runtime, pond)["Ben"] == "viewer"


@pytest.mark.parametrize("of", ["campaign", "team", "site"])
def test_an_invitation_sent_again_too_often_is_refused_in_the_language_of_the_desk(
    app: Flask, runtime: Runtime, pond: Campaign, of: str
) -> None:
    ida = new_campaigner(runtime, app, pond, Role.OWNER, operator=True)
    ida.post("/desk/account/language", {"language": "cy"})
    page = {"campaign": TEAM, "site": "/desk/site/people"}.get(of) or ida.post("/desk/teams", {"name": "North"}).location
    assert page is not None
    assert ida.post(f"{page}/invite", {"email": "ada@example.org", "role": "viewer"}).status_code == 303
    for _ in range(MAX_INVITATIONS_TO_ADDRESS):
        (path,) = re.findall(r'action="([^"]*/invitations/\d+/resend)"', ida.get(page).text)
        answer = ida.post(path)
    assert answer.location == page
    assert "Mae hynny’n ormod o wahoddiadau ar gyfer un diwrnod." in page_text(ida.get(page))
    assert query_scalar(runtime, "SELECT count(*) FROM outbox WHERE kind = 'desk_invitation'") == MAX_INVITATIONS_TO_ADDRESS

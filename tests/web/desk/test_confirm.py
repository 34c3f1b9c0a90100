"""Confirming who one is where there is nothing but the mailbox, and what needs it."""

import re

import pytest
from flask import Flask

from campaign.domain.role import Role
from campaign.runtime import Runtime
from tests.desk import Campaigner, new_campaigner, text_of
from tests.drivers import work
from tests.factories import Now, new_campaign
from tests.mail.test_message import part
from tests.servers import MailServer

EMAIL = "mary@campaign.example"


@pytest.fixture
def mary(runtime: Runtime, app: Flask, now: Now) -> Campaigner:
    """Signed in a while ago."""
    mary = new_campaigner(runtime, app, new_campaign(runtime), Role.OWNER, email=EMAIL)
    now.forward(minutes=11)
    return mary


def test_a_mailed_link_opened_in_the_same_browser_confirms_and_leads_on(
    runtime: Runtime, mary: Campaigner, mail: MailServer
) -> None:
    wanted = "/desk/account/passkeys"
    assert mary.get(wanted).location == "/desk/confirm?next=%2Fdesk%2Faccount%2Fpasskeys"
    page = text_of(mary.get(f"/desk/confirm?next={wanted}"))
    assert "By mail" in page
    assert "With a" not in page
    answer = mary.post("/desk/confirm/mail", {"next": wanted})
    assert (answer.status_code, answer.location) == (303, "/desk/confirm?next=%2Fdesk%2Faccount%2Fpasskeys")
    assert "We have mailed you a link" in text_of(mary.get(answer.location))
    assert mary.get(wanted).status_code == 303

    work(runtime)
    [message] = mail.to(EMAIL)
    found = re.search(r"https://sign.example.org(/desk/enter/[^?\s]+)\?(\S+)", part(message, "plain"))
    assert found
    entered = mary.browser.post(f"{found[1]}?{found[2]}")
    assert (entered.status_code, entered.location) == (303, wanted)
    assert mary.get(wanted).status_code == 200


def test_an_owner_must_confirm_to_lead_and_goes_on_where_they_were(mary: Campaigner) -> None:
    here = "/desk/c/save-the-pond/team"
    answer = mary.post(
        f"{here}/invite", {"email": "ada@example.org", "role": "editor"}, headers={"Referer": f"http://localhost{here}"}
    )
    assert (answer.status_code, answer.location) == (303, "/desk/confirm?next=%2Fdesk%2Fc%2Fsave-the-pond%2Fteam")


def test_too_many_links_are_not_mailed(runtime: Runtime, mary: Campaigner, mail: MailServer) -> None:
    said = [text_of(mary.post("/desk/confirm/mail", {"next": "/desk/account"}, follow_redirects=True)) for _ in range(6)]
    assert all("We have mailed you a link" in words for words in said[:5])
    assert "Too many links were asked for" in said[5]


@pytest.mark.parametrize("way", ["password", "code", "passkey"])
def test_who_has_no_such_proof_cannot_confirm_by_it(mary: Campaigner, way: str) -> None:
    form = {
        "next": "/desk/account/passkeys",
        "password": "four words nobody puts together",
        "code": "123456",
        "credential": "{}",
    }
    assert mary.post(f"/desk/confirm/{way}", form).status_code == 422
    assert mary.get("/desk/account/passkeys").status_code == 303

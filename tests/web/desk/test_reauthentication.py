"""Confirming who one is where there is nothing but the mailbox, and what needs it."""

import re

import pytest
from flask import Flask

from campaign.domain.accounts.role import Role
from campaign.runtime import Runtime
from tests.mail.test_message import body_part
from tests.support.desk_client import DeskClient, new_campaigner, page_text
from tests.support.factories import ManualClock, new_campaign
from tests.support.servers import MailServer
from tests.support.signatory import run_workers

EMAIL = "mary@campaign.example"


@pytest.fixture
def mary(runtime: Runtime, app: Flask, now: ManualClock) -> DeskClient:
    """Signed in a while ago."""
    mary = new_campaigner(runtime, app, new_campaign(runtime), Role.OWNER, email=EMAIL)
    now.advance(minutes=11)
    return mary


def test_a_mailed_link_opened_in_the_same_browser_confirms_and_leads_on(
    runtime: Runtime, mary: DeskClient, mail: MailServer
) -> None:
    wanted = "/desk/account/passkeys"
    assert mary.get(wanted).location == "/desk/confirm?next=%2Fdesk%2Faccount%2Fpasskeys"
    page = page_text(mary.get(f"/desk/confirm?next={wanted}"))
    assert "By email" in page
    assert "With a" not in page
    answer = mary.post("/desk/confirm/mail", {"next": wanted})
    assert (answer.status_code, answer.location) == (303, "/desk/confirm?next=%2Fdesk%2Faccount%2Fpasskeys")
    assert "We have mailed you a link" in page_text(mary.get(answer.location))
    assert mary.get(wanted).status_code == 303

    run_workers(runtime)
    [message] = mail.mails_to(EMAIL)
    found = re.search(r"https://sign.example.org(/desk/enter/[^?\s]+)\?(\S+)", body_part(message, "plain"))
    assert found
    entered = mary.browser.post(f"{found[1]}?{found[2]}")
    assert (entered.status_code, entered.location) == (303, wanted)
    assert mary.get(wanted).status_code == 200


def test_an_owner_must_confirm_to_lead_and_goes_on_where_they_were(mary: DeskClient) -> None:
    here = "/desk/c/save-the-pond/team"
    answer = mary.post(
        f"{here}/invite", {"email": "ada@example.org", "role": "editor"}, headers={"Referer": f"http://localhost{here}"}
    )
    # What was typed stays in this window; the proof is given in another.
    assert answer.status_code == 401
    assert 'href="/desk/confirm?next=%2Fdesk%2Fdone" target="_blank"' in answer.text
    assert 'value="ada@example.org"' in answer.text


def test_too_many_links_are_not_mailed(mary: DeskClient, mail: MailServer) -> None:
    said = [page_text(mary.post("/desk/confirm/mail", {"next": "/desk/account"}, follow_redirects=True)) for _ in range(6)]
    assert all("We have mailed you a link" in words for words in said[:5])
    assert "Too many links were asked for" in said[5]


@pytest.mark.parametrize("way", ["password", "code", "passkey"])
def test_a_method_that_is_not_set_up_cannot_confirm(mary: DeskClient, way: str) -> None:
    form = {
        "next": "/desk/account/passkeys",
        "password": "four words nobody puts together",
        "code": "123456",
        "credential": "{}",
    }
    assert mary.post(f"/desk/confirm/{way}", form).status_code == 422
    assert mary.get("/desk/account/passkeys").status_code == 303

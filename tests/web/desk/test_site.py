"""The operator's pages: health, campaigns, people."""

import json
import re

import pytest
from flask import Flask

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.accounts.role import Role
from campaign.jobs import MAIL_QUEUE
from campaign.runtime import Runtime
from campaign.services.signatures import sign
from campaign.services.site import health
from campaign.store.accounts import campaigners
from tests.conftest import on_both_databases
from tests.support.desk_client import new_campaigner, page_text
from tests.support.factories import ManualClock, new_campaign, sign_form_data
from tests.support.heartbeats import record_all_alive
from tests.support.servers import MailServer
from tests.support.signatory import run_workers


def test_the_first_page_says_whether_the_site_is_well(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data())
    ida = new_campaigner(runtime, app, operator=True)
    now.advance(minutes=6)
    said = page_text(ida.get("/desk/site/"))
    assert "Mail to signatories has waited for 6 minutes." in said
    assert "Mail to signatories 1 owed the oldest for 6 minutes" in said
    assert "No worker serves the count." in said
    assert "Clock stands still" in said
    assert "Counts proved not yet" in said
    run_workers(runtime)
    said = page_text(ida.get("/desk/site/"))
    assert "Mail to signatories none owed" in said
    assert "Clock ticks" in said
    assert "Waiting to be verified 1" in said


def test_a_campaign_is_taken_down_and_put_back_with_a_reason(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    new_campaigner(runtime, app, campaign, Role.OWNER, name="Mary Seacole")
    ida = new_campaigner(runtime, app, operator=True)
    here = "/desk/site/campaigns/save-the-pond/take-down"
    assert "Mary Seacole" in ida.get("/desk/site/campaigns?q=pond").text
    assert "No campaign found" in ida.get("/desk/site/campaigns?q=moor").text
    assert ida.get("/desk/site/campaigns?state=nothing").status_code == 404
    assert "Take this campaign down?" in ida.get(here).text
    unsaid = ida.post(here, {"reason": " "})
    assert (unsaid.status_code, "Say why: it stands in the audit trail." in unsaid.text) == (422, True)
    assert ida.post(here, {"reason": "Against the law"}).location == "/desk/site/campaigns"
    assert app.test_client().get("/c/save-the-pond").status_code == 410
    assert "save-the-pond" in ida.get("/desk/site/campaigns?state=taken-down").text
    assert "That was done before" in ida.post(here, {"reason": "Again"}, follow_redirects=True).text
    assert "Put this campaign back?" in ida.get(here).text
    assert ida.post(here, {"reason": "The court said so", "back": "1"}).status_code == 303
    assert app.test_client().get("/c/save-the-pond").status_code == 200
    said = page_text(ida.get("/desk/c/save-the-pond/audit"))
    assert "Reason: “ Against the law ”" in said
    assert "Reason: “ The court said so ”" in said


@on_both_databases
def test_people_are_searched_without_a_word_in_the_address(app: Flask, runtime: Runtime) -> None:
    ida = new_campaigner(runtime, app, name="Ida Rhodes", operator=True)
    new_campaigner(runtime, app, name="Ada Lovelace", email="ada.lovelace@gmail.com")
    listed = ida.get("/desk/site/people").text
    assert "ada.lovelace@gmail.com" in listed
    assert 'method="post" action="/desk/site/people/search"' in listed
    found = ida.post("/desk/site/people/search", {"query": "ada.love"})
    assert found.status_code == 200
    assert "Ada Lovelace" in found.text
    assert "Ida Rhodes" not in found.text
    assert "Nobody found" in ida.post("/desk/site/people/search", {"query": "nobody"}).text
    assert ida.get("/desk/site/people/search").status_code == 405


def test_somebody_is_shut_out_and_let_in_again(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    ida = new_campaigner(runtime, app, operator=True)
    mary = new_campaigner(runtime, app, campaign, Role.EDITOR)
    here = f"/desk/site/people/{mary.id}"
    said = page_text(ida.get(here))
    assert "Save the village pond editor · open" in said
    unsaid = ida.post(f"{here}/disable", {"reason": ""})
    assert (unsaid.status_code, "Say why" in unsaid.text) == (422, True)
    assert mary.get("/desk/").status_code == 200
    after = ida.post(f"{here}/disable", {"reason": "Left the society"}, follow_redirects=True)
    assert "They are shut out, and signed out everywhere." in after.text
    assert mary.get("/desk/").status_code == 303
    assert "They can sign in again." in ida.post(f"{here}/enable", follow_redirects=True).text
    with runtime.reading() as connection:
        found = campaigners.get_by_id(connection, mary.id)
    assert found is not None
    assert found.disabled_at is None
    assert ida.get("/desk/site/people/999999").status_code == 404
    assert ida.post("/desk/site/people/99999999999999999999/enable").status_code == 404


def test_an_operator_sees_and_takes_back_invitations_to_the_site(app: Flask, runtime: Runtime) -> None:
    ida = new_campaigner(runtime, app, operator=True)
    ida.post("/desk/site/people/invite", {"email": "ada@example.org"})
    page = ida.get("/desk/site/people").text
    assert "ada@example.org" in page
    path = re.search(r'action="(/desk/site/people/invitations/\d+)/revoke"', page)
    assert path is not None
    assert "on its way" in ida.post(f"{path[1]}/resend", follow_redirects=True).text
    page = ida.get("/desk/site/people").text
    path = re.search(r'action="(/desk/site/people/invitations/\d+)/revoke"', page)
    assert path is not None
    page = ida.post(f"{path[1]}/revoke", follow_redirects=True).text
    assert "taken back" in page
    assert "ada@example.org" not in page
    assert "open no more" in ida.post(f"{path[1]}/revoke", follow_redirects=True).text


def test_the_page_says_why_oneself_and_the_last_operator_stay(app: Flask, runtime: Runtime) -> None:
    ida = new_campaigner(runtime, app, operator=True)
    here = f"/desk/site/people/{ida.id}"
    assert "Shut them out" not in ida.get(here).text
    said = ida.post(f"{here}/disable", {"reason": "Tired"}, follow_redirects=True).text
    assert "You cannot shut yourself out." in said
    said = ida.post(f"{here}/operator", {"on": "0"}, follow_redirects=True).text
    assert "Make somebody else an operator first." in said
    mary = new_campaigner(runtime, app)
    said = ida.post(f"/desk/site/people/{mary.id}/operator", {"on": "1"}, follow_redirects=True).text
    assert "They look after the site now." in said
    assert ida.post(f"{here}/operator", {"on": "0"}).location == "/desk/"
    assert ida.get("/desk/site/people").status_code == 404
    assert mary.get("/desk/site/people").status_code == 200
    assert mary.post(f"{here}/operator", {"on": "x"}).status_code == 422


def test_who_has_not_proved_lately_who_they_are_changes_nobody(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    ida, mary = new_campaigner(runtime, app, operator=True), new_campaigner(runtime, app)
    now.advance(hours=1)
    for action in ("disable", "enable", "operator"):
        answer = ida.post(f"/desk/site/people/{mary.id}/{action}", {"reason": "Why", "on": "1"})
        assert (answer.status_code, "/desk/confirm" in answer.text, "Why" in answer.text) == (401, True, True)
    assert mary.get("/desk/").status_code == 200


def test_somebody_is_invited_to_the_site(app: Flask, runtime: Runtime, mail: MailServer) -> None:
    ida = new_campaigner(runtime, app, operator=True)
    wrong = ida.post("/desk/site/people/invite", {"email": "nobody"})
    assert wrong.status_code == 422
    assert 'value="nobody"' in wrong.text
    after = ida.post("/desk/site/people/invite", {"email": "new@campaign.example"}, follow_redirects=True)
    assert "The invitation is on its way." in after.text
    run_workers(runtime)
    assert len(mail.mails_to("new@campaign.example")) == 1


@pytest.mark.parametrize(
    ("waited", "words"),
    [
        ({"seconds": 1}, "1 owed the oldest for 1 second"), ({"minutes": 2}, "1 owed the oldest for 2 minutes"),
        ({"hours": 3}, "1 owed the oldest for 3 hours"), ({"days": 4}, "1 owed the oldest for 4 days"),
    ],
)  # fmt: skip
def test_how_long_mail_has_waited_is_said_in_its_largest_unit(
    app: Flask, runtime: Runtime, now: ManualClock, waited: dict[str, float], words: str
) -> None:
    campaign = new_campaign(runtime)
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data())
    now.advance(**waited)
    assert f"Mail to signatories {words}" in page_text(new_campaigner(runtime, app, operator=True).get("/desk/site/"))


def test_a_worker_that_fell_silent_is_counted_as_dead(app: Flask, runtime: Runtime) -> None:
    record_all_alive(runtime)
    for field, value in runtime.redis.hgetall("countersign:processes").items():  # type: ignore[union-attr]
        fact = json.loads(value)
        if fact["role"] == MAIL_QUEUE:
            silent = {**fact, "pid": 1, "seen_at": fact["seen_at"] - 300}
            runtime.redis.hset("countersign:processes", f"{field.decode()}1", json.dumps(silent))
    said = page_text(new_campaigner(runtime, app, operator=True).get("/desk/site/"))
    assert "Mail workers 1 alive, 1 died nothing waiting" in said
    assert "Count workers 1 alive nothing waiting" in said


@pytest.mark.parametrize("drifts", [{}, {"save-the-pond": 2, "moor": 1}])
def test_the_last_proof_of_the_counts_is_told(app: Flask, runtime: Runtime, drifts: dict[str, int]) -> None:
    health.record_reconciliation(runtime, COMMAND_LINE, 3, drifts)
    said = page_text(new_campaigner(runtime, app, operator=True).get("/desk/site/"))
    assert f"Counts proved drift {sum(drifts.values())} 23 November 2026 at noon GMT, 3 campaigns" in said
    assert ("Counts drift: save-the-pond, moor." in said) is bool(drifts)

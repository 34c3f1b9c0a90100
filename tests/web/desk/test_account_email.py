"""Another email address: it is somebody's own once they have opened what was mailed to it."""

import pytest
from flask import Flask
from sqlalchemy import text

from campaign.runtime import Runtime
from campaign.services.accounts import account
from campaign.store.accounts import audit_log, campaigners
from tests.conftest import on_both_databases
from tests.html_validator import html_problems
from tests.journeys.test_races import run_concurrently
from tests.support.desk_client import DeskClient, new_campaigner, new_session
from tests.support.factories import ManualClock
from tests.support.queries import query_scalar
from tests.support.servers import MailServer
from tests.support.signatory import link_path_in, run_workers

PATH = "/desk/account/address"


@pytest.fixture
def mary(runtime: Runtime, app: Flask) -> DeskClient:
    return new_campaigner(runtime, app, email="mary@example.org")


def address(runtime: Runtime, who: DeskClient) -> tuple[str, str]:
    with runtime.reading() as connection:
        found = campaigners.get_by_id(connection, who.id)
    assert found is not None
    return found.email, found.email_key


def mailed(runtime: Runtime, mail: MailServer, to: str) -> str:
    run_workers(runtime)
    return link_path_in(mail.mails_to(to)[-1], "account/address")


def test_an_address_is_changed_by_a_link_mailed_to_it_and_the_old_one_is_told(
    runtime: Runtime, mail: MailServer, mary: DeskClient
) -> None:
    assert html_problems(mary.get(PATH).text) == []
    assert mary.post(PATH, {"email": "Mary@New.example"}).status_code == 303
    link = mailed(runtime, mail, "Mary@new.example")
    for _ in range(2):
        page = mary.get(link)
        assert page.status_code == 200
        assert "Mary@new.example" in page.text
        assert html_problems(page.text) == []
    assert address(runtime, mary)[0] == "mary@example.org"
    assert mary.post(link).location == "/desk/account"
    assert address(runtime, mary) == ("Mary@new.example", "mary@new.example")
    run_workers(runtime)
    assert str(mail.mails_to("mary@example.org")[-1]["Subject"]) == "Your address at sign.example.org was changed"
    assert mary.get(link).status_code == 410
    assert mary.post(link).status_code == 410
    with runtime.reading() as connection:
        entry = audit_log.list_entries(connection, None)[0]
        facts = connection.execute(text("SELECT facts FROM outbox")).scalars().all()
    assert (entry.action, entry.subject, entry.before, entry.after) == ("change address", f"campaigner {mary.id}", {}, {})
    assert "example" not in str(facts)


@on_both_databases
def test_who_chose_welsh_is_written_to_and_refused_in_welsh(runtime: Runtime, mail: MailServer, mary: DeskClient) -> None:
    mary.post("/desk/account/language", {"language": "cy"})
    refused = mary.post(PATH, {"email": "mary"})
    assert refused.status_code == 422
    assert "Rhowch gyfeiriad e-bost ar y ffurf enw@example.org." in refused.text
    mary.post(PATH, {"email": "mary@new.example"})
    run_workers(runtime)
    assert str(mail.mails_to("mary@new.example")[-1]["Subject"]) == "Gwnewch hwn yn gyfeiriad i chi ar sign.example.org"


def test_a_link_that_is_old_or_another_campaigners_or_spoilt_changes_nothing(
    runtime: Runtime, app: Flask, mail: MailServer, mary: DeskClient, now: ManualClock
) -> None:
    mary.post(PATH, {"email": "mary@new.example"})
    link = mailed(runtime, mail, "mary@new.example")
    ben = new_campaigner(runtime, app, name="Ben")
    for who, path in ((ben, link), (mary, link[:-4] + "AAAA"), (mary, f"{PATH}/x")):
        assert who.get(path).status_code == 410
        assert who.post(path).status_code == 410
    assert app.test_client().get(link).status_code == 303
    now.advance(hours=1)
    assert new_session(runtime, app, mary.id).post(link).status_code == 410
    assert address(runtime, mary)[0] == "mary@example.org"


def test_a_link_does_not_bring_back_what_was_changed_after_it(runtime: Runtime, mail: MailServer, mary: DeskClient) -> None:
    for wanted in ("one@new.example", "two@new.example"):
        mary.post(PATH, {"email": wanted})
    first, second = (mailed(runtime, mail, wanted) for wanted in ("one@new.example", "two@new.example"))
    mary.post(second)
    assert mary.post(first).status_code == 410
    assert address(runtime, mary)[0] == "two@new.example"


def test_nothing_tells_that_an_address_is_another_campaigners(
    runtime: Runtime, app: Flask, mail: MailServer, mary: DeskClient
) -> None:
    new_campaigner(runtime, app, email="ben@example.org", name="Ben")
    answers = {mary.post(PATH, {"email": wanted}).headers["Location"] for wanted in ("ben@example.org", "new@example.org")}
    assert answers == {"/desk/account"}
    run_workers(runtime)
    assert mail.mails_to("ben@example.org") == []
    link = mailed(runtime, mail, "new@example.org")
    new_campaigner(runtime, app, email="new@example.org", name="Eve")
    refused = mary.post(link)
    assert refused.status_code == 409
    assert "Another campaigner has this address." in refused.text
    assert address(runtime, mary)[0] == "mary@example.org"


@on_both_databases
def test_two_who_want_the_same_address_at_once_are_not_both_given_it(
    runtime: Runtime, app: Flask, mail: MailServer, mary: DeskClient
) -> None:
    ben = new_campaigner(runtime, app, email="ben@example.org", name="Ben")
    links = []
    for who in (mary, ben):
        who.post(PATH, {"email": "both@example.org"})
        links.append(mailed(runtime, mail, "both@example.org"))
    answers = run_concurrently([lambda: mary.post(links[0]), lambda: ben.post(links[1])])
    assert sorted(answer.status_code for answer in answers) == [303, 409]  # type: ignore[attr-defined]
    assert query_scalar(runtime, "SELECT count(*) FROM campaigners WHERE email_key = 'both@example.org'") == 1


@pytest.mark.parametrize("typed", ["", "mary", "mary@example.org", "x" * 400 + "@example.org"])
def test_what_will_not_do_is_shown_again_with_words(mary: DeskClient, typed: str) -> None:
    page = mary.post(PATH, {"email": typed})
    assert page.status_code == 422
    assert 'id="email-error"' in page.text
    assert html_problems(page.text) == []


def test_it_is_asked_for_only_by_who_has_just_shown_who_they_are_and_not_too_often(
    runtime: Runtime, mary: DeskClient, now: ManualClock
) -> None:
    answers = [mary.post(PATH, {"email": f"p{i}@example.org"}).status_code for i in range(account.MAX_ADDRESS_REQUESTS + 1)]
    assert answers == [303] * account.MAX_ADDRESS_REQUESTS + [422]
    now.advance(minutes=11)
    # What was typed comes back with the question.
    asked = mary.post(PATH, {"email": "late@example.org"})
    assert (asked.status_code, "/desk/confirm" in asked.text, "late@example.org" in asked.text) == (401, True, True)
    assert mary.get(PATH).location.startswith("/desk/confirm")
    assert query_scalar(runtime, "SELECT count(*) FROM outbox") == account.MAX_ADDRESS_REQUESTS

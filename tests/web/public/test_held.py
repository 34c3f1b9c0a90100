"""Held signatures on pages: a number from five on, nothing of who it is, and nothing that tells a signatory."""

from collections.abc import Callable

from flask import Flask

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.accounts.role import Role
from campaign.runtime import Runtime
from campaign.services.moderation import flags, holding
from campaign.services.site.metrics import prometheus_text, read_metrics
from tests.html_validator import html_problems
from tests.support.compile_cache import make_app
from tests.support.desk_client import new_campaigner, page_text
from tests.support.factories import ManualClock, new_campaign
from tests.support.signatory import Signatory, run_workers

PAGE, EXPLAINED = "/c/save-the-pond", "/c/save-the-pond/how-we-count"
HELD = "Held for a look, not counted yet: "


def test_the_public_reads_a_number_and_the_signatory_nothing(
    app: Flask, runtime: Runtime, now: ManualClock, signatory: Callable[..., Signatory]
) -> None:
    campaign = new_campaign(runtime)
    holding.set_holding(runtime, COMMAND_LINE, campaign, on=True)
    people = [signatory(email=f"jo{number}@burst.example", name="Jo Bloggs") for number in range(5)]
    for person in people:
        person.sign()
    flags.raise_flags(runtime)
    run_workers(runtime)
    thanks = [person.confirm() for person in people[:4]]
    run_workers(runtime)

    def shown(path: str) -> str:
        # Another process, which remembers no page.
        answer = make_app(runtime).test_client().get(path)
        assert html_problems(answer.text) == []
        return answer.text

    # Four are not told: they might be four neighbours.
    assert HELD not in shown(PAGE)
    assert HELD not in shown(EXPLAINED)
    before = people[4].browser.get(people[4].verify_path()).text
    thanks.append(people[4].confirm())
    assert "Jo Bloggs" in before
    own = people[4].browser.get(people[4].manage_path()).text
    run_workers(runtime)
    assert f"{HELD}5" in shown(PAGE)
    assert f"{HELD}5" in shown(EXPLAINED)
    assert "Be the first" in shown(PAGE)
    assert "Bloggs" not in shown(PAGE)
    # What they are told is what everybody is told until their number is there, and their mails are those of everybody.
    assert len({(answer.status_code, answer.location) for answer in thanks}) == 1
    for person in people:
        after = person.browser.get(person.manage_path()).text
        assert "It is being counted" in after
        assert "eld for" not in after
        # Who asks for what comes with being counted is not told that it takes seconds, and nothing of the others.
        receipt = person.browser.get(f"{person.manage_path()}/receipt")
        assert (receipt.status_code, html_problems(receipt.text)) == (409, [])
        assert "Your signature is being checked" in receipt.text
        assert "a day at most" in receipt.text
        assert [word for word in ("seconds", "in a moment", "Bloggs", "burst") if word in receipt.text] == []
        assert [str(mail["Subject"]) for mail in person.mails] == [str(mail["Subject"]) for mail in people[0].mails]
    assert "It is being counted" in own
    assert 'countersign_signatures{state="held"} 5' in prometheus_text(read_metrics(runtime))

    mary = new_campaigner(runtime, app, campaign, Role.MODERATOR)
    desk = page_text(mary.get("/desk/c/save-the-pond/flags"))
    assert "5 held for a look" in desk
    assert "Bursts are held for a look" in desk
    first = page_text(mary.get("/desk/c/save-the-pond/signatures/1"))
    assert "Held for a look" in first
    assert mary.post("/desk/c/save-the-pond/flags/holding").status_code == 303
    run_workers(runtime)
    assert HELD not in shown(PAGE)
    assert "5 signatures" in shown(EXPLAINED)
    assert "It counts." in people[0].browser.get(people[0].manage_path()).text
    now.advance(seconds=1)
    run_workers(runtime)
    assert people[0].browser.get(f"{people[0].manage_path()}/receipt").status_code == 200


def test_what_counted_before_it_was_withdrawn_and_is_held_now_is_not_said_to_count(
    app: Flask, runtime: Runtime, now: ManualClock, signatory: Callable[..., Signatory]
) -> None:
    campaign = new_campaign(runtime)
    ada = signatory(email="ada@burst.example", name="Ada Lovelace")
    ada.sign()
    run_workers(runtime)
    ada.confirm()
    run_workers(runtime)
    now.advance(seconds=1)
    run_workers(runtime)
    receipt = f"{ada.manage_path()}/receipt"
    assert ada.browser.get(receipt).status_code == 200
    ada.browser.post(ada.manage_path(), data={"action": "withdraw"})
    run_workers(runtime)
    holding.set_holding(runtime, COMMAND_LINE, campaign, on=True)
    for number in range(5):
        signatory(email=f"ada{number}@burst.example", name="Ada Lovelace").sign()
    ada.sign()
    flags.raise_flags(runtime)
    run_workers(runtime)
    thanks = ada.confirm()
    # Between pressing and counting, too, the old entry proves nothing.
    assert "Your receipt is not ready yet" in ada.browser.get(receipt).text
    run_workers(runtime)
    assert "Your signature is being checked" in ada.browser.get(receipt).text
    assert "It is being counted" in ada.browser.get(ada.manage_path()).text
    assert "Adding you now" in ada.browser.get(thanks.location).text

"""Lists of signatures on paper, taken in and taken back: all of it or nothing, counted apart, and the ledger always right."""

import io
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.window import FINALISATION_DELAY
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.moderation.removal import RemovalKind
from campaign.domain.paper.entry import PaperEntry
from campaign.domain.signatures.filters import Filters
from campaign.runtime import Runtime
from campaign.services.campaigns import lifecycle
from campaign.services.ledger import finalise
from campaign.services.ledger.count import advance_ledgers, reconcile_campaign
from campaign.services.moderation import removals
from campaign.services.paper import import_list, type_in, validate
from campaign.services.paper.import_list import AlreadyImportedError, ImportResult, PaperNotAcceptedError
from campaign.services.paper.undo import (
    MAX_SIGNATURES_PER_STEP,
    get_intake,
    list_intakes,
    undo_due_intakes,
    undo_intake,
    undo_step,
)
from campaign.services.paper.validate import ReadOptions, ValidatedList
from campaign.services.signatures import erase
from campaign.services.signatures.sign import VerifyOutcome, sign_campaign, verify_signature, withdraw_signature
from campaign.store.paper import paper_signatures
from campaign.store.signatures import signature_list
from tests.services.paper.sample_lists import csv_file, messy_rows
from tests.support.factories import ManualClock, new_campaign, sign_form_data, stored_campaign, verify_link_of
from tests.support.queries import execute_sql, query_scalar
from tests.support.signatory import run_workers

LIST = b"""Name,Postcode,Email,Updates,Date
Ann Smith,LS1 4AP,ann@example.org,yes,3/11/2026
Bob Jones,M1 1AA,bob@example.org,no,
ADA LOVELACE,sw1a1aa,,,
Cy,nowhere,,,
ann smith,ls14ap,,,
Dee,N1 9GU,ada@example.org,yes,
"""


def counted(runtime: Runtime, campaign: Campaign) -> tuple[int, int]:
    """Verified, and on paper, once all is counted; and all totals proved again."""
    advance_ledgers(runtime)
    campaign = stored_campaign(runtime, campaign)
    found = reconcile_campaign(runtime, campaign)
    assert (found.rollup_drifts, found.total_drift, found.verified) == ((), 0, campaign.verified)
    return campaign.verified, campaign.paper


def events(runtime: Runtime) -> list[tuple[str, int]]:
    with runtime.reading() as connection:
        return [tuple(row) for row in connection.exec_driver_sql("SELECT event, change FROM ledger ORDER BY sequence")]


def signed(runtime: Runtime, campaign: Campaign, email: str = "ada@example.org", name: str = "Ada Lovelace") -> int:
    """Somebody signs online and verifies."""
    sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(email, name=name))
    number: int = query_scalar(runtime, "SELECT max(id) FROM signatures")
    assert verify_signature(runtime, verify_link_of(runtime, number)).outcome is VerifyOutcome.NOW
    return number


def check(runtime: Runtime, campaign: Campaign, body: bytes = LIST) -> ValidatedList:
    return validate.validate_list(runtime, campaign, io.BytesIO(body), ReadOptions())


def take(
    runtime: Runtime, campaign: Campaign, body: bytes = LIST, *, likely: bool = False, again: bool = False
) -> ImportResult:
    return import_list.import_validated(
        runtime,
        COMMAND_LINE,
        campaign,
        check(runtime, campaign, body),
        label="list.csv",
        include_likely=likely,
        allow_same_file=again,
    )


def undo(runtime: Runtime, campaign: Campaign, intake_id: int) -> None:
    intake = get_intake(runtime, campaign, intake_id)
    assert intake is not None
    assert undo_intake(runtime, COMMAND_LINE, campaign, intake, "The wrong list", confirmed=True)
    undo_due_intakes(runtime)


def test_a_list_is_tried_without_changing_anything(runtime: Runtime) -> None:
    pond = new_campaign(runtime)
    signed(runtime, pond)
    checked = check(runtime, pond)
    assert (checked.rows, checked.new, checked.likely, checked.addresses) == (6, 2, 3, 1)
    assert checked.excluded == {"wrong": 1, "online": 1, "repeated": 1, "address": 1}
    assert sorted(line for shown in checked.examples.values() for line, _ in shown) == [4, 5, 6, 7]
    assert counted(runtime, pond) == (1, 0)


def test_what_is_taken_in_is_counted_apart_and_undone_as_a_whole(runtime: Runtime) -> None:
    pond = new_campaign(runtime)
    signed(runtime, pond)
    assert take(runtime, pond).signatures == 2
    assert counted(runtime, pond) == (3, 2)
    assert events(runtime) == [("verify", 1), ("paper", 1), ("paper", 1)]
    with pytest.raises(AlreadyImportedError, match="is in already: 2 signatures, as paper upload 1"):
        take(runtime, pond)
    # Now everybody in it is known: by address and name, or by name and postcode.
    assert check(runtime, pond).excluded == {"wrong": 1, "same": 1, "online": 1, "paper": 2, "address": 1}
    undo(runtime, pond, 1)
    assert counted(runtime, pond) == (1, 0)
    assert events(runtime)[3:] == [("undo", -1), ("undo", -1)]
    undone = get_intake(runtime, pond, 1)
    assert undone is not None
    assert not undo_intake(runtime, COMMAND_LINE, pond, undone, "Again", confirmed=True)
    # It can be brought in again, likely duplicates with it; of an address there is one signature.
    assert take(runtime, pond, likely=True).signatures == 5
    assert counted(runtime, pond) == (6, 5)
    with runtime.reading() as connection:
        kept = connection.exec_driver_sql("SELECT email FROM signatures WHERE kind = 'paper' AND email <> ''").scalars().all()
        mails = connection.exec_driver_sql("SELECT count(*) FROM outbox WHERE kind <> 'verify' AND kind <> 'thank_you'")
        assert (kept, mails.scalar_one()) == (["ann@example.org"], 0)


def test_the_ledger_stays_right_whatever_becomes_of_paper(runtime: Runtime) -> None:
    pond = new_campaign(runtime)
    take(runtime, pond, b"Name,Postcode,Email,Updates\n" + b"".join(
        b"Person %d,LS1 4AP,p%d@example.org,yes\n" % (n, n) for n in range(6)
    ))  # fmt: skip
    # Withdrawn before it is counted, and signed online: it was paper, and never is again.
    assert withdraw_signature(runtime, 1)
    sign_campaign(runtime, pond.id, pond.text.hash, sign_form_data("p0@example.org", name="Person 0"))
    assert counted(runtime, pond) == (5, 5)
    assert verify_signature(runtime, verify_link_of(runtime, 1, 2)).outcome is VerifyOutcome.NOW
    assert counted(runtime, pond) == (6, 5)
    # The same once it was counted.
    assert withdraw_signature(runtime, 2)
    assert counted(runtime, pond) == (5, 4)
    sign_campaign(runtime, pond.id, pond.text.hash, sign_form_data("p1@example.org", name="Person 1"))
    verify_signature(runtime, verify_link_of(runtime, 2, 2))
    assert counted(runtime, pond) == (6, 4)
    # And withdrawn, signed and verified within one round of counting.
    assert withdraw_signature(runtime, 3)
    sign_campaign(runtime, pond.id, pond.text.hash, sign_form_data("p2@example.org", name="Person 2"))
    verify_signature(runtime, verify_link_of(runtime, 3, 2))
    assert counted(runtime, pond) == (6, 3)
    assert removals.invalidate_signature(runtime, COMMAND_LINE, 4, RemovalKind.FALSE, "Not a name")
    assert erase.erase_signature(runtime, COMMAND_LINE, pond.id, 5, "They asked")
    assert counted(runtime, pond) == (4, 1)
    assert removals.restore_signature(runtime, COMMAND_LINE, 4, "A mistake")
    assert counted(runtime, pond) == (5, 2)
    assert removals.invalidate_signature(runtime, COMMAND_LINE, 4, RemovalKind.FALSE, "Not a name")
    # What has become an online signature is its own; what was removed for a reason stays told.
    undo(runtime, pond, 1)
    assert counted(runtime, pond) == (3, 0)
    assert stored_campaign(runtime, pond).history.removals == (("false", 1),)
    assert not removals.restore_signature(runtime, COMMAND_LINE, 6, "A mistake")
    with runtime.reading() as connection:
        names = connection.exec_driver_sql("SELECT name FROM signatures ORDER BY id").scalars().all()
    assert names == ["Person 0", "Person 1", "Person 2", "erased", "erased", "erased"]


def test_paper_comes_in_until_the_total_is_final(runtime: Runtime, now: ManualClock) -> None:
    draft = new_campaign(runtime, slug="draft")
    execute_sql(runtime, "UPDATE campaigns SET published_at = NULL")
    with pytest.raises(PaperNotAcceptedError, match="draft"):
        take(runtime, draft)
    pond = new_campaign(runtime)
    lifecycle.take_down_campaign(runtime, pond, COMMAND_LINE, "")
    with pytest.raises(PaperNotAcceptedError, match="taken down"):
        take(runtime, pond)
    lifecycle.put_back_campaign(runtime, pond, COMMAND_LINE)
    now.at = pond.window.verify_until - timedelta(minutes=1)
    assert take(runtime, pond).signatures == 4
    # The total waits for what is not counted yet.
    now.at = pond.window.verify_until + FINALISATION_DELAY + timedelta(seconds=1)
    assert finalise.finalise_due_campaigns(runtime) == []
    assert counted(runtime, pond) == (4, 4)
    assert finalise.finalise_due_campaigns(runtime) == [pond.id]
    with pytest.raises(PaperNotAcceptedError, match="final"):
        take(runtime, pond, LIST + b"Eve,N1 9GU,,,\n")
    with pytest.raises(PaperNotAcceptedError, match="final"):
        type_in.type_in_line(runtime, COMMAND_LINE, pond, None, PaperEntry(1, "Eve", "GB", "N1 9GU"))
    one: int = query_scalar(runtime, "SELECT max(id) FROM signatures")
    assert withdraw_signature(runtime, one)
    # What was certified stays so.
    assert counted(runtime, pond) == (3, 4)
    assert (stored_campaign(runtime, pond).signatures, stored_campaign(runtime, pond).online) == (4, 0)


def test_nothing_is_half_done(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    pond = new_campaign(runtime)
    checked = validate.validate_list(runtime, pond, csv_file(messy_rows(3_000)), ReadOptions())
    monkeypatch.setattr(paper_signatures, "add_paper_signatures", _dies_at(2, paper_signatures.add_paper_signatures))
    with pytest.raises(KeyboardInterrupt):
        import_list.import_validated(runtime, COMMAND_LINE, pond, checked, label="list.csv")
    assert counted(runtime, pond) == (0, 0)
    assert list_intakes(runtime, pond) == []
    monkeypatch.undo()
    taken = import_list.import_validated(runtime, COMMAND_LINE, pond, checked, label="list.csv")
    # Undoing goes on where it was stopped.
    intake = get_intake(runtime, pond, taken.intake_id)
    assert intake is not None
    undo_intake(runtime, COMMAND_LINE, pond, intake, "The wrong list", confirmed=True)
    assert undo_step(runtime, taken.intake_id) == MAX_SIGNATURES_PER_STEP
    assert counted(runtime, pond) == (
        taken.signatures - MAX_SIGNATURES_PER_STEP,
        taken.signatures - MAX_SIGNATURES_PER_STEP,
    )
    run_workers(runtime)
    assert counted(runtime, pond) == (0, 0)
    found = get_intake(runtime, pond, taken.intake_id)
    assert found is not None
    assert (found.state, found.remaining) == ("undone", 0)
    with pytest.raises(InvalidInputError, match="nothing new"):
        take(runtime, pond, b"Name,Postcode\nAnn,nowhere\n")


def _dies_at(call: int, does: Callable[..., int]) -> Callable[..., int]:
    calls = iter(range(1, 1_000))

    def go(*given: object) -> int:
        if next(calls) == call:
            raise KeyboardInterrupt
        return does(*given)

    return go


def test_five_thousand_messy_rows(runtime: Runtime) -> None:
    pond = new_campaign(runtime)
    checked = validate.validate_list(runtime, pond, csv_file(messy_rows(5_000)), ReadOptions())
    assert checked.excluded["wrong"] > 200
    assert checked.excluded["repeated"] > 100
    taken = import_list.import_validated(runtime, COMMAND_LINE, pond, checked, label="list.csv")
    assert taken.signatures == checked.new
    assert counted(runtime, pond) == (checked.new, checked.new)


def test_of_two_who_bring_the_same_file_at_once_one_does(runtime: Runtime) -> None:
    pond = new_campaign(runtime)
    checked = check(runtime, pond)
    begin, results = threading.Barrier(2), []

    def bring() -> None:
        begin.wait()
        try:
            results.append(import_list.import_validated(runtime, COMMAND_LINE, pond, checked, label="list.csv").signatures)
        except AlreadyImportedError:
            results.append(0)

    together(bring, bring)
    assert sorted(results) == [0, 4]
    assert counted(runtime, pond) == (4, 4)
    assert [intake.imported for intake in list_intakes(runtime, pond)] == [4]
    assert take(runtime, pond, likely=True, again=True).signatures == 3
    assert [intake.repeat_number for intake in list_intakes(runtime, pond)] == [1, 0]


def test_bringing_in_while_others_sign_count_and_close(runtime: Runtime, now: ManualClock) -> None:
    pond = new_campaign(runtime)
    checked = validate.validate_list(runtime, pond, csv_file(messy_rows(2_000)), ReadOptions())
    now.at = pond.window.closes_at - timedelta(seconds=1)
    stop, results = threading.Event(), []

    def bring() -> None:
        try:
            results.append(import_list.import_validated(runtime, COMMAND_LINE, pond, checked, label="list.csv").signatures)
        except PaperNotAcceptedError:
            results.append(0)
        stop.set()

    def sign() -> None:
        for n in range(20):
            sign_campaign(runtime, pond.id, pond.text.hash, sign_form_data(f"reader{n * 3}@mail.example", name=f"Reader {n}"))
        now.at = pond.window.verify_until + FINALISATION_DELAY + timedelta(seconds=1)

    def count() -> None:
        while not stop.wait(0.01):  # often, but the others need the processor too
            advance_ledgers(runtime)
            finalise.finalise_due_campaigns(runtime)

    together(bring, sign, count)
    online_and_paper = counted(runtime, pond)
    finalise.finalise_due_campaigns(runtime)
    campaign = stored_campaign(runtime, pond)
    # Either all of it came before the total was final, or none.
    assert online_and_paper == (results[0], results[0])
    assert (campaign.final_total, campaign.paper) == (results[0], results[0])


def together(*does: Callable[[], None]) -> None:
    threads = [threading.Thread(target=one) for one in does]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize(
    ("online", "on_paper"),
    [
        ("Łukasz Wróbel", "Lukasz Wrobel"), ("Bjørn Sørensen", "Bjorn Sorensen"), ("Þóra Æsa Groß", "THORA AESA GROSS"),
        ("Đặng Thị Ĳ", "Dang Thi Ij"), ("Siobhan O’Neil", "SIOBHAN O'NEIL"),
    ],
)  # fmt: skip
def test_one_person_is_one_on_paper_online_in_a_list_and_in_a_search(runtime: Runtime, online: str, on_paper: str) -> None:
    pond = new_campaign(runtime)
    signed(runtime, pond, name=online)
    for name in (online, on_paper, on_paper.lower()):
        checked = check(runtime, pond, f"Name,Postcode\n{name},SW1A 1AA\n{name},LS1 4AP\n{online},LS1 4AP\n".encode())
        assert checked.excluded == {"online": 1, "repeated": 1}
        with pytest.raises(type_in.LikelyDuplicateError):
            type_in.type_in_line(runtime, COMMAND_LINE, pond, None, PaperEntry(1, name, "GB", "SW1A 1AA"))
        with runtime.reading() as connection:
            assert signature_list.count_matches(connection, pond.id, Filters(name=name)) == (1, False)

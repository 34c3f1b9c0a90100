"""The outbox: a promise is made once, kept in the right order, and settled only by who holds it."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import event, text

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.mail.claim import ClaimedMail, SignatoryMail
from campaign.domain.mail.kinds import MailKind
from campaign.domain.signatures.signature import SignatureState
from campaign.runtime import Runtime
from campaign.services.ledger import count, finalise
from campaign.store.mail import outbox
from campaign.store.mail.outbox import MailState
from campaign.store.mail.signatory_mails import MailboxLimit, enqueue_mail
from campaign.store.signatures import signatures
from tests.support.factories import START_TIME, ManualClock, new_campaign, sign_form_data

LEASE = timedelta(seconds=60)
BOUND = MailboxLimit(max_mails=3, window=timedelta(hours=24))
PROVOKED = [MailKind.VERIFY, MailKind.ALREADY_SIGNED, MailKind.REMOVED]
ANSWERS = [MailKind.THANK_YOU, MailKind.WITHDRAWN, MailKind.LIFT_SUPPRESSION]


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    return new_campaign(runtime)


@pytest.fixture
def on_file(runtime: Runtime, campaign: Campaign) -> Callable[..., int]:
    """Puts a signature on file, without any mail, and says its id."""

    def put(email: str = "ada@example.org", to: Campaign = campaign) -> int:
        with runtime.transaction() as connection:
            signed = signatures.sign_only(
                connection, to.id, to.text.hash, sign_form_data(email), "0" * 32, runtime.random_link_key(), runtime.now()
            )
        assert signed is not None
        return signed.id

    return put


@pytest.fixture
def promise(runtime: Runtime) -> Callable[..., bool]:
    def owe(signature_id: int, kind: MailKind = MailKind.VERIFY, mailbox: str = "m", bound: MailboxLimit = BOUND) -> bool:
        with runtime.transaction() as connection:
            return enqueue_mail(connection, kind, signature_id, mailbox, runtime.now(), bound)

    return owe


@pytest.fixture
def claim(runtime: Runtime) -> Callable[..., list[ClaimedMail]]:
    def take(most: int = 50, lease: timedelta = LEASE) -> list[ClaimedMail]:
        with runtime.transaction() as connection:
            return outbox.claim_mails(connection, runtime.now(), lease, most)

    return take


@pytest.fixture
def settle(runtime: Runtime) -> Callable[..., None]:
    """Records a result: `settle(outbox.refused, claim, "reason")`."""

    def record(how: Callable[..., None], claim: ClaimedMail, *reason: str) -> None:
        with runtime.transaction() as connection:
            how(connection, [claim] if how is outbox.mark_sent else claim, *reason, runtime.now())

    return record


def states(rows: Callable[..., list[dict[str, Any]]]) -> list[tuple[str, int]]:
    return [(row["state"], row["attempts"]) for row in rows("SELECT state, attempts FROM outbox ORDER BY id")]


def test_the_same_mail_is_promised_once(on_file: Any, promise: Any, rows: Any) -> None:
    ada = on_file()
    assert [promise(ada) for _ in range(3)] == [True, False, False]
    assert states(rows) == [("owed", 0)]


@pytest.mark.parametrize("how", [outbox.mark_sent, outbox.mark_refused, outbox.mark_dropped])
def test_a_mail_that_is_settled_may_be_promised_again(on_file: Any, promise: Any, claim: Any, settle: Any, how: Any) -> None:
    ada = on_file()
    promise(ada)
    [held] = claim()
    assert not promise(ada)
    settle(how, held, *(() if how is outbox.mark_sent else ("no",)))
    assert promise(ada)


def test_mails_of_another_kind_or_signature_are_promises_of_their_own(on_file: Any, promise: Any) -> None:
    ada, eve = on_file("ada@example.org"), on_file("eve@example.org")
    assert promise(ada, MailKind.VERIFY)
    assert promise(ada, MailKind.THANK_YOU)
    assert promise(eve, MailKind.VERIFY)


def test_many_promises_at_once_make_one(runtime: Runtime, on_file: Any, promise: Any, rows: Any) -> None:
    """The row of the signature, which who promises has just written, lets one in after the other."""
    ada, begin, made = on_file(), Barrier(6), []

    def owe() -> None:
        begin.wait()
        with runtime.transaction() as connection:
            connection.execute(text("UPDATE signatures SET submitted_at = submitted_at WHERE id = :id"), {"id": ada})
            made.append(enqueue_mail(connection, MailKind.VERIFY, ada, "m", runtime.now(), BOUND))

    threads = [Thread(target=owe) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [False] * 5 + [True]
    assert states(rows) == [("owed", 0)]


def test_a_mailbox_gets_a_bounded_number_of_mails_over_all_campaigns(
    runtime: Runtime, on_file: Any, promise: Any, rows: Any
) -> None:
    ids = [on_file(to=new_campaign(runtime, slug=f"campaign-{number}")) for number in range(5)]
    # The first about each campaign is always owed; over the bound it waits until there is room, window by window.
    assert [promise(signature_id, mailbox="adas") for signature_id in ids] == [True] * 5
    assert [row["due_at"][:10] for row in rows("SELECT CAST(due_at AS VARCHAR(40)) AS due_at FROM outbox ORDER BY id")] == [
        "2026-11-23", "2026-11-23", "2026-11-23", "2026-11-24", "2026-11-24",
    ]  # fmt: skip
    # No other is.
    assert not promise(ids[0], MailKind.ALREADY_SIGNED, mailbox="adas")
    assert promise(ids[0], MailKind.ALREADY_SIGNED, mailbox="eves"), "another mailbox has its own share"


def test_every_kind_that_strangers_can_cause_counts_towards_the_bound(on_file: Any, promise: Any) -> None:
    ids = [on_file(f"{number}@example.org") for number in range(3)]
    assert all(promise(signature_id, kind) for signature_id, kind in zip(ids, PROVOKED, strict=True))
    assert not any(promise(ids[0], kind) for kind in PROVOKED[1:])


@pytest.mark.parametrize("kind", ANSWERS)
def test_mails_that_answer_the_mailbox_itself_are_not_bounded(on_file: Any, promise: Any, kind: MailKind) -> None:
    one = MailboxLimit(max_mails=1, window=timedelta(hours=24))
    ada = on_file()
    # They do not use up the share of the others, nor are they bounded by it.
    assert promise(ada, kind, bound=one)
    assert promise(ada, MailKind.VERIFY, bound=one)
    assert not promise(ada, MailKind.ALREADY_SIGNED, bound=one)
    assert promise(ada, MailKind.LIFT_SUPPRESSION if kind is not MailKind.LIFT_SUPPRESSION else MailKind.THANK_YOU, bound=one)


def test_the_bound_is_over_when_its_window_has_passed(
    on_file: Any, promise: Any, claim: Any, settle: Any, now: ManualClock
) -> None:
    ada = on_file()
    for _ in range(3):
        assert promise(ada)
        settle(outbox.mark_sent, claim()[0])
        now.advance(minutes=1)
    assert not promise(ada)
    now.at = START_TIME + BOUND.window - timedelta(microseconds=1)
    assert not promise(ada)
    now.at = START_TIME + BOUND.window
    assert promise(ada), "the first of the three is no longer in the window"
    settle(outbox.mark_sent, claim()[0])
    assert not promise(ada)


def test_asking_again_for_an_owed_mail_uses_up_nothing(on_file: Any, promise: Any, claim: Any, settle: Any) -> None:
    ada = on_file()
    assert [promise(ada) for _ in range(20)].count(True) == 1
    settle(outbox.mark_sent, claim()[0])
    assert promise(ada)


def test_a_claim_holds_all_that_is_needed_to_write_the_mail(campaign: Campaign, on_file: Any, promise: Any, claim: Any) -> None:
    ada = on_file()
    promise(ada)
    [held] = claim()
    assert held.link_key
    assert held == SignatoryMail(
        id=held.id, attempt=1, kind=MailKind.VERIFY, signature_id=ada, state=SignatureState.PENDING,
        link_key=held.link_key, email_key="ada@example.org", edition=1,
        name="Ada Lovelace", email="ada@example.org", slug="save-the-pond", title="Save the village pond",
        contact="", organiser="Friends of the Pond",
        time_zone="Europe/London", closes_at=campaign.window.closes_at, verify_until=campaign.window.verify_until,
        created_at=START_TIME,
    )  # fmt: skip


def test_verification_mail_goes_first_and_older_before_newer(on_file: Any, promise: Any, claim: Any, now: ManualClock) -> None:
    ids = [on_file(f"{number}@example.org") for number in range(4)]
    promise(ids[0], MailKind.THANK_YOU, "0")
    promise(ids[1], MailKind.ALREADY_SIGNED, "1")
    now.advance(seconds=5)
    promise(ids[2], MailKind.VERIFY, "2")
    now.advance(seconds=5)
    promise(ids[3], MailKind.VERIFY, "3")
    promise(ids[0], MailKind.VERIFY, "0")

    assert [held.signature_id for held in claim(most=2)] == [ids[2], ids[3]]
    assert [(held.signature_id, held.kind) for held in claim()] == [
        (ids[0], MailKind.VERIFY),
        (ids[0], MailKind.THANK_YOU),
        (ids[1], MailKind.ALREADY_SIGNED),
    ]


def test_one_claim_takes_no_more_than_it_was_told_to(on_file: Any, promise: Any, claim: Any) -> None:
    for number in range(7):
        promise(on_file(f"{number}@example.org"), mailbox=str(number))
    assert [len(claim(most=3)) for _ in range(4)] == [3, 3, 1, 0]


def test_what_is_not_due_is_not_claimed(runtime: Runtime, on_file: Any, promise: Any, claim: Any, now: ManualClock) -> None:
    promise(on_file())
    [held] = claim()
    with runtime.transaction() as connection:
        outbox.postpone_mail(connection, held, "busy", now() + timedelta(minutes=10))
    now.advance(minutes=10, microseconds=-1)
    assert claim() == []
    now.advance(microseconds=1)
    assert [again.attempt for again in claim()] == [2]


def test_a_claimed_mail_is_due_again_when_its_lease_ends(
    runtime: Runtime, on_file: Any, promise: Any, claim: Any, now: ManualClock
) -> None:
    def due() -> bool:
        with runtime.reading() as connection:
            return outbox.has_due_mail(connection, now())

    promise(on_file())
    assert due()
    [first] = claim()
    assert not due()
    now.at = START_TIME + LEASE - timedelta(microseconds=1)
    assert claim() == []
    now.at = START_TIME + LEASE
    assert due()
    [second] = claim()
    assert (second.id, first.attempt, second.attempt) == (first.id, 1, 2)


@pytest.mark.parametrize(
    "late",
    [
        lambda connection, held, now: outbox.mark_sent(connection, [held], now),
        lambda connection, held, now: outbox.mark_refused(connection, held, "no such mailbox", now),
        lambda connection, held, now: outbox.mark_dropped(connection, held, "withdrawn", now),
        lambda connection, held, now: outbox.postpone_mail(connection, held, "busy", now + timedelta(days=1)),
        lambda connection, held, now: outbox.postpone_unknown(connection, held, "silence", now + timedelta(days=1), now),
        lambda connection, held, now: outbox.extend_lease(connection, held, now + timedelta(days=1)),
        lambda connection, held, now: outbox.release_mails(connection, [held], now),
    ],
    ids=["sent", "refused", "dropped", "postpone", "unknown", "extend", "release"],
)
def test_a_worker_that_lost_its_lease_records_nothing(
    runtime: Runtime, on_file: Any, promise: Any, claim: Any, settle: Any, rows: Any, now: ManualClock, late: Any
) -> None:
    promise(on_file())
    [lost] = claim()
    now.advance(seconds=61)
    [held] = claim()
    before = rows("SELECT * FROM outbox")
    with runtime.transaction() as connection:
        late(connection, lost, now())
    assert rows("SELECT * FROM outbox") == before

    settle(outbox.mark_sent, held)
    assert states(rows) == [("sent", 2)]


def test_several_are_stored_as_sent_together_but_for_those_that_others_hold_by_now(
    runtime: Runtime, on_file: Any, promise: Any, claim: Any, rows: Any, now: ManualClock
) -> None:
    for number in range(3):
        promise(on_file(f"person{number}@example.org"))
    first = claim()
    now.advance(seconds=61)
    (again,) = claim(most=1)
    with runtime.transaction() as connection:
        outbox.mark_sent(connection, first, now())
    assert states(rows) == [("owed", 2)] + [("sent", 1)] * 2
    assert again.id == first[0].id
    left = rows("SELECT reason, network_key, domain_key FROM outbox WHERE state = 'sent' AND settled_at IS NOT NULL")
    assert left == [{"reason": "", "network_key": None, "domain_key": None}] * 2


def test_a_settled_mail_is_settled_for_good(
    runtime: Runtime, on_file: Any, promise: Any, claim: Any, settle: Any, rows: Any, now: ManualClock
) -> None:
    promise(on_file())
    [held] = claim()
    settle(outbox.mark_sent, held)
    before = rows("SELECT * FROM outbox")
    assert before[0]["settled_at"] is not None
    settle(outbox.mark_refused, held, "too late")
    settle(outbox.mark_dropped, held, "too late")
    with runtime.transaction() as connection:
        outbox.release_mails(connection, [held], now())
        outbox.postpone_mail(connection, held, "too late", now())
        outbox.postpone_unknown(connection, held, "too late", now(), now())
        outbox.extend_lease(connection, held, now())
    assert rows("SELECT * FROM outbox") == before
    now.advance(days=1)
    assert claim() == []


def test_a_mail_given_back_was_not_attempted(
    runtime: Runtime, on_file: Any, promise: Any, claim: Any, rows: Any, now: ManualClock
) -> None:
    promise(on_file())
    [held] = claim()
    with runtime.transaction() as connection:
        outbox.release_mails(connection, [held], now() + timedelta(seconds=5))
    assert states(rows) == [("owed", 0)]
    assert claim() == []
    now.advance(seconds=5)
    assert [again.attempt for again in claim()] == [1]


def test_a_postponed_mail_was_attempted_and_says_why(
    runtime: Runtime, on_file: Any, promise: Any, claim: Any, rows: Any, now: ManualClock
) -> None:
    promise(on_file())
    [held] = claim()
    with runtime.transaction() as connection:
        outbox.postpone_mail(connection, held, "451 " + "slow down " * 100, now())
    [row] = rows("SELECT state, attempts, reason FROM outbox")
    assert (row["state"], row["attempts"]) == ("owed", 1)
    assert row["reason"].startswith("451 slow down")
    assert len(row["reason"]) == 200


@pytest.mark.parametrize(("how", "state"), [(outbox.mark_refused, "refused"), (outbox.mark_dropped, "dropped")])
def test_a_reason_is_kept_however_long_it_is(
    on_file: Any, promise: Any, claim: Any, settle: Any, rows: Any, how: Any, state: str
) -> None:
    promise(on_file())
    settle(how, claim()[0], "550 " + "x" * 1000)
    [row] = rows("SELECT state, reason FROM outbox")
    assert (row["state"], row["reason"]) == (state, "550 " + "x" * 196)


def test_many_workers_at_once_claim_each_mail_once(runtime: Runtime, on_file: Any, promise: Any) -> None:
    for number in range(40):
        promise(on_file(f"{number}@example.org"), mailbox=str(number))
    begin, claimed = Barrier(4), []

    def worker() -> None:
        begin.wait()
        while True:
            with runtime.transaction() as connection:
                held = outbox.claim_mails(connection, runtime.now(), LEASE, 3)
            if not held:
                return
            claimed.extend(held)

    threads = [Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == len({held.id for held in claimed}) == 40
    assert {held.attempt for held in claimed} == {1}


def test_the_oldest_mail_owed_is_known(
    runtime: Runtime, on_file: Any, promise: Any, claim: Any, settle: Any, now: ManualClock
) -> None:
    def oldest() -> Any:
        with runtime.reading() as connection:
            return outbox.oldest_owed_at(connection)

    assert oldest() is None
    promise(on_file("ada@example.org"), mailbox="a")
    now.advance(minutes=1)
    promise(on_file("eve@example.org"), mailbox="e")
    assert oldest() == START_TIME
    settle(outbox.mark_sent, claim(most=1)[0])
    assert oldest() == START_TIME + timedelta(minutes=1)


def test_a_forgotten_signature_takes_its_mails_along(
    runtime: Runtime, campaign: Campaign, on_file: Any, promise: Any, rows: Any, now: ManualClock
) -> None:
    promise(on_file())
    count.advance_ledgers(runtime)
    now.at = campaign.window.verify_until + timedelta(hours=1)
    assert finalise.finalise_due_campaigns(runtime) == [campaign.id]
    assert finalise.delete_unverified(runtime) == 1
    assert rows("SELECT id FROM outbox") == rows("SELECT id FROM signatures") == []


def test_the_outbox_names_nobody(runtime: Runtime, on_file: Any, rows: Any) -> None:
    ada = on_file("secret.mailbox@example.net")
    with runtime.transaction() as connection:
        mailbox = runtime.tokens.mailbox_hash("secret.mailbox@example.net")
        enqueue_mail(connection, MailKind.VERIFY, ada, mailbox, runtime.now(), BOUND)
    said = str(rows("SELECT * FROM outbox")).lower()
    assert mailbox in said
    assert not any(word in said for word in ("secret", "mailbox@", "example.net", "ada", "lovelace"))


def test_a_mail_that_was_never_answered_stays_owed_and_says_so(
    runtime: Runtime, on_file: Any, promise: Any, claim: Any, rows: Any, now: ManualClock
) -> None:
    ada = on_file()
    promise(ada)
    [held] = claim()
    assert held.unknown_at is None
    with runtime.transaction() as connection:
        outbox.postpone_unknown(connection, held, "silence", now() + timedelta(minutes=10), now())
    assert states(rows) == [("owed", 1)]
    assert not promise(ada), "it is still that one promise"
    now.advance(minutes=10, microseconds=-1)
    assert claim() == []
    now.advance(microseconds=1)
    [again] = claim()
    assert (again.attempt, again.unknown_at) == (2, START_TIME)
    with runtime.transaction() as connection:
        outbox.settle_mail(connection, again, MailState.UNKNOWN, "silence", now())
    assert states(rows) == [("unknown", 2)]
    now.advance(days=9)
    assert claim() == []


def test_an_extended_claim_lasts_longer(runtime: Runtime, on_file: Any, promise: Any, claim: Any, now: ManualClock) -> None:
    promise(on_file())
    [held] = claim()
    with runtime.transaction() as connection:
        outbox.extend_lease(connection, held, now() + timedelta(hours=1))
    now.advance(minutes=59)
    assert claim() == []
    now.advance(minutes=1)
    assert [again.attempt for again in claim()] == [2]


def test_mails_are_claimed_and_marked_by_the_same_statements_however_many(
    runtime: Runtime, on_file: Callable[..., int], promise: Callable[..., bool], claim: Callable[..., list[ClaimedMail]]
) -> None:
    """So that a database reads and plans each of them once."""
    seen: list[str] = []
    asked: list[set[str]] = []
    event.listen(runtime.engine, "before_cursor_execute", lambda _c, _cursor, sql, *_: seen.append(sql))
    for amount in (1, 2, 7):
        for number in range(amount):
            assert promise(on_file(f"{amount}-{number}@example.org"), mailbox=f"{amount}-{number}")
        seen.clear()
        claims = claim()
        with runtime.transaction() as connection:
            outbox.mark_sent(connection, claims, runtime.now())
        asked.append(set(seen))
        assert len(claims) == amount
    assert asked[0] == asked[1] == asked[2]
    assert not claim()

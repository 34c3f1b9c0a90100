"""The totals charts are drawn from: exact at every step, whatever becomes of signatures, and proved again from scratch."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import text

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.ledger.latency_histogram import bucket_number
from campaign.domain.mail.delivery import Delivery
from campaign.domain.moderation.removal import RemovalKind
from campaign.runtime import Runtime
from campaign.security.tokens import VerificationRef
from campaign.services.ledger import count, finalise
from campaign.services.moderation import removals
from campaign.services.signatures.erase import erase_signature
from campaign.services.signatures.sign import (
    VerifyOutcome,
    record_link_opened,
    sign_campaign,
    verify_signature,
    withdraw_signature,
)
from campaign.store import tables
from campaign.store.ledger import rollups
from campaign.store.mail import deliveries, outbox
from tests.support.factories import START_TIME, ManualClock, new_campaign, sign_form_data
from tests.support.queries import execute_sql

Totals = dict[Any, dict[str, int]]
STAGES = ("submitted", "opened", "verified", "sent", "refused", "unknown", "delivered", "bounced", "reminded")


def stored(runtime: Runtime, table: str) -> Totals:
    """The rows of one of the tables, by their key; those that are all zero are not there."""
    with runtime.reading() as connection:
        rows = connection.execute(tables.metadata.tables[table].select()).mappings().all()
    keys = [column.name for column in tables.metadata.tables[table].primary_key][1:]
    found = {
        tuple(row[key] for key in keys): {name: value for name, value in row.items() if name not in (*keys, "campaign_id")}
        for row in rows
    }
    return {key: numbers for key, numbers in found.items() if any(numbers.values())}


def by(column: str, totals: Counter[str]) -> Totals:
    return {(key,): {"verified": amount} for key, amount in totals.items() if amount}


def hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def signed(runtime: Runtime, campaign: Campaign, email: str = "ada@example.org", **changes: Any) -> VerificationRef:
    """Somebody signs; the link of the mail that is owed for it."""
    sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(email, **changes))
    return link_of(runtime, email)


def link_of(runtime: Runtime, email: str) -> VerificationRef:
    sql = text("SELECT id, link_key, edition FROM signatures WHERE email_key = :key")
    with runtime.reading() as connection:
        row = connection.execute(sql, {"key": email}).one()
    return VerificationRef(row.id, row.link_key, row.edition)


def settle_sent(runtime: Runtime) -> int:
    """The mail server takes every mail that is owed; returns how many."""
    with runtime.transaction() as connection:
        claims = outbox.claim_mails(connection, runtime.now(), timedelta(seconds=60), 1000)
        outbox.mark_sent(connection, claims, runtime.now())
    return len(claims)


def settle(runtime: Runtime, result: Callable[..., None], *reason: str) -> int:
    """The mail server answers for every mail that is owed, for each alone; returns how many."""
    with runtime.transaction() as connection:
        claims = outbox.claim_mails(connection, runtime.now(), timedelta(seconds=60), 1000)
        for claim in claims:
            result(connection, claim, *reason, runtime.now())
    return len(claims)


@dataclass
class Person:
    """Person as the test knows them, from what they did and not from what is stored."""

    email: str
    domain: str = ""
    first_signed: datetime | None = None
    signed: datetime | None = None
    verified: datetime | None = None
    state: str = "none"
    opened: bool = False
    details: dict[str, str] = field(default_factory=dict)
    was_open: bool = False
    seen: bool = False
    """By the ledger."""
    counted: bool = False
    """Ever in the count."""
    was_verified: bool = False

    def __post_init__(self) -> None:
        self.was_email = self.email
        self.domain = self.email.rpartition("@")[2]


@dataclass
class History:
    """A campaign to which anything happens in any order, and what all that comes to."""

    runtime: Runtime
    now: ManualClock
    campaign: Campaign
    chance: random.Random
    people: list[Person] = field(default_factory=list)
    answered: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Verification mails the server answered for that are not tallied yet, by answer and address."""
    cohorts: dict[tuple[datetime, str], Counter[str]] = field(default_factory=dict)
    waits: Counter[tuple[datetime, int]] = field(default_factory=Counter)

    def one(self, *states: str) -> Person | None:
        found = [person for person in self.people if person.state in states]
        return self.chance.choice(found) if found else None

    def sign(self) -> None:
        person = self.chance.choice([person for person in self.people if person.state != "erased"])
        details = {
            "country": self.chance.choice(["GB", "FR", ""]),
            "source": self.chance.choice(["", "leaflet", "example.org"]),
            "postcode": self.chance.choice(["SW1A 1AA", "B1 1AA", "BFPO 12", ""]),
        }
        sign_campaign(self.runtime, self.campaign.id, self.campaign.text.hash, sign_form_data(person.email, **details))
        if person.state in ("none", "withdrawn"):
            person.signed, person.state = self.now(), "pending"
            person.first_signed = person.first_signed or self.now()
            person.verified = None
        if person.state == "pending":
            person.details = details

    def verify(self) -> None:
        if person := self.one("pending"):
            assert verify_signature(self.runtime, link_of(self.runtime, person.email)).outcome is VerifyOutcome.NOW
            person.state, person.verified, person.opened = "verified", self.now(), True

    def open(self) -> None:
        if person := self.one("pending", "verified", "withdrawn", "invalidated"):
            record_link_opened(self.runtime, link_of(self.runtime, person.email))
            person.opened = person.opened or person.state == "pending"

    def withdraw(self) -> None:
        if person := self.one("pending", "verified"):
            assert withdraw_signature(self.runtime, self.id_of(person))
            person.state = "withdrawn"

    def invalidate(self) -> None:
        if person := self.one("pending", "verified"):
            assert removals.invalidate_signature(self.runtime, COMMAND_LINE, self.id_of(person), RemovalKind.PROGRAM, "a bot")
            person.state = "invalidated"

    def restore(self) -> None:
        if person := self.one("invalidated"):
            assert removals.restore_signature(self.runtime, COMMAND_LINE, self.id_of(person), "A mistake")
            person.state = "pending" if person.verified is None else "verified"

    def erase(self) -> None:
        """The row stays, as nobody's. Who it was can come again, as somebody new."""
        if person := self.one("pending", "verified", "withdrawn", "invalidated"):
            assert erase_signature(self.runtime, COMMAND_LINE, self.campaign.id, self.id_of(person), "they asked")
            person.state, person.domain, person.email = "erased", person.domain, ""
            self.people.append(Person(f"again{len(self.people)}@{person.domain}"))

    def id_of(self, person: Person) -> int:
        return link_of(self.runtime, person.email).signature_id

    def wait(self) -> None:
        self.now.advance(minutes=self.chance.choice([1, 7, 50, 200]))

    def mail(self) -> None:
        """The server answers for all that is owed, and what it says is tallied some time later."""
        self.answer = self.chance.choice(["sent", "refused"])
        self.tally()
        for person in self.people:
            if person.state not in ("none", "erased"):
                self.answered[self.answer, person.email] += self.owed(person)
        if self.answer == "sent":
            settle_sent(self.runtime)
        else:
            settle(self.runtime, outbox.mark_refused, "no such user")

    def owed(self, person: Person) -> int:
        sql = text("SELECT count(*) FROM outbox WHERE signature_id = :id AND kind = 'verify' AND state = 'owed'")
        with self.runtime.reading() as connection:
            return int(connection.execute(sql, {"id": self.id_of(person)}).scalar_one())

    def tally(self) -> None:
        """Whatever was answered for is in the funnel, once."""
        assert count.count_verification_mails(self.runtime) == sum(self.answered.values())
        assert count.count_verification_mails(self.runtime) == 0
        people = {person.was_email: person for person in self.people}
        for (answer, email), mails in self.answered.items():
            self.cohort(people[email])[answer] += mails
        self.answered.clear()

    def advance(self) -> None:
        count.advance_ledgers(self.runtime)
        for person in self.people:
            if person.first_signed is None:
                continue
            assert person.signed is not None
            stages = self.cohort(person)
            stages["submitted"] += not person.seen
            stages["opened"] += person.opened and not person.was_open
            if person.state == "verified" and not person.counted:
                assert person.verified is not None
                stages["verified"] += 1
                self.waits[hour(person.first_signed), bucket_number((person.verified - person.signed).total_seconds())] += 1
                person.counted = True
            person.seen, person.was_open = True, person.opened
            person.was_verified = person.state == "verified"

    def cohort(self, person: Person) -> Counter[str]:
        assert person.first_signed is not None
        return self.cohorts.setdefault((hour(person.first_signed), person.domain), Counter())

    def check(self) -> None:
        """After `advance`: every total is what the people did, and proves so."""
        verified = [person for person in self.people if person.was_verified]
        areas = {"SW1A 1AA": "SW", "B1 1AA": "B", "BFPO 12": "BF", "": ""}
        assert stored(self.runtime, "country_tallies") == by("country", Counter(p.details["country"] for p in verified))
        assert stored(self.runtime, "source_tallies") == by("source", Counter(p.details["source"] for p in verified))
        assert stored(self.runtime, "area_tallies") == by(
            "area", Counter(areas[p.details["postcode"]] if p.details["country"] == "GB" else "" for p in verified)
        )
        expected = {key: {stage: stages[stage] for stage in STAGES} for key, stages in self.cohorts.items()}
        assert stored(self.runtime, "cohort_tallies") == {
            key: stages for key, stages in expected.items() if any(stages.values())
        }
        assert stored(self.runtime, "wait_tallies") == {key: {"verified": n} for key, n in self.waits.items()}
        found = count.reconcile_campaign(self.runtime, self.campaign)
        assert found.consistent, found
        assert (found.verified, found.deleted, found.uncounted) == (len(verified), 0, 0)


@pytest.mark.parametrize("seed", range(4))
def test_every_total_is_exact_at_every_step_of_any_history(runtime: Runtime, now: ManualClock, seed: int) -> None:
    chance = random.Random(seed)
    people = [Person(f"p{i}@{chance.choice(['example.org', 'example.com', 'mail.example'])}") for i in range(7)]
    history = History(runtime, now, new_campaign(runtime), chance, people)
    moves = [history.sign, history.verify, history.open, history.withdraw, history.invalidate, history.restore, history.wait,
             history.mail, history.tally, history.erase]  # fmt: skip
    for _ in range(16):
        for move in chance.choices(moves, weights=(9, 5, 2, 4, 2, 2, 2, 2, 1, 1), k=chance.randint(1, 9)):
            move()
        history.advance()
        history.check()
    assert sum(person.counted for person in people) > 2
    assert any(person.first_signed != person.signed for person in people)


# What each total is, by example


def test_who_withdraws_and_signs_again_stays_in_the_hour_they_first_signed_in(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    verify_signature(runtime, signed(runtime, campaign))
    count.advance_ledgers(runtime)
    withdraw_signature(runtime, 1)
    count.advance_ledgers(runtime)
    now.advance(hours=5)
    link = signed(runtime, campaign)
    now.advance(minutes=10)
    assert verify_signature(runtime, link).outcome is VerifyOutcome.NOW
    count.advance_ledgers(runtime)
    once = dict.fromkeys(STAGES, 0) | {"submitted": 1, "opened": 1, "verified": 1}
    assert stored(runtime, "cohort_tallies") == {(START_TIME, "example.org"): once}
    assert stored(runtime, "wait_tallies") == {(START_TIME, 0): {"verified": 1}}
    assert count.reconcile_campaign(runtime, campaign).consistent


def test_how_long_somebody_took_is_measured_from_the_signing_they_verified(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    signed(runtime, campaign)
    count.advance_ledgers(runtime)
    withdraw_signature(runtime, 1)
    now.advance(hours=5)
    link = signed(runtime, campaign)
    now.advance(minutes=10)
    verify_signature(runtime, link)
    count.advance_ledgers(runtime)
    assert stored(runtime, "wait_tallies") == {(START_TIME, bucket_number(600)): {"verified": 1}}


def test_a_cohort_is_an_hour_and_the_domain_of_the_mailbox(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    for email in ("a@example.org", "b@example.org", "c@mail.example"):
        signed(runtime, campaign, email)
    now.advance(minutes=59, seconds=59)
    signed(runtime, campaign, "d@example.org")
    now.advance(seconds=1)
    signed(runtime, campaign, "e@example.org")
    count.advance_ledgers(runtime)
    found = {key: stages["submitted"] for key, stages in stored(runtime, "cohort_tallies").items()}
    assert found == {
        (START_TIME, "example.org"): 3,
        (START_TIME, "mail.example"): 1,
        (START_TIME + timedelta(hours=1), "example.org"): 1,
    }


def test_mails_are_tallied_once_by_what_the_server_said(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    for email in ("a@example.org", "b@example.org"):
        signed(runtime, campaign, email)
    assert settle_sent(runtime) == 2
    signed(runtime, campaign, "c@example.org")
    assert settle(runtime, outbox.mark_refused, "no such user") == 1
    # Somebody corrects a detail: another mail, and the same signature.
    signed(runtime, campaign, "a@example.org", name="Ada Byron")
    assert settle_sent(runtime) == 1
    verify_signature(runtime, link_of(runtime, "b@example.org"))
    assert settle_sent(runtime) == 1, "the thank-you mail"
    count.advance_ledgers(runtime)
    assert [count.count_verification_mails(runtime) for _ in range(2)] == [4, 0]
    expected = dict.fromkeys(STAGES, 0) | {"submitted": 3, "sent": 3, "refused": 1, "opened": 1, "verified": 1}
    assert stored(runtime, "cohort_tallies") == {(START_TIME, "example.org"): expected}


def test_mails_tallied_by_many_at_once_are_tallied_once(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    for number in range(40):
        signed(runtime, campaign, f"{number}@{number % 7}.example")
    settle_sent(runtime)
    begin, tallied = Barrier(4), []

    def tally() -> None:
        begin.wait()
        with runtime.transaction() as connection:
            tallied.append(rollups.tally_mail_results(connection, 15))
        count.advance_ledgers(runtime)

    threads = [Thread(target=tally) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(tallied) + count.count_verification_mails(runtime) == 40
    assert sum(stages["sent"] for stages in stored(runtime, "cohort_tallies").values()) == 40
    assert count.reconcile_campaign(runtime, campaign).consistent


def test_what_is_forgotten_stays_in_the_totals(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    verify_signature(runtime, signed(runtime, campaign, "ada@example.org"))
    signed(runtime, campaign, "eve@example.org")
    record_link_opened(runtime, link_of(runtime, "eve@example.org"))
    settle_sent(runtime)
    count.advance_ledgers(runtime)
    count.count_verification_mails(runtime)
    before = [stored(runtime, table) for table in ("cohort_tallies", "wait_tallies", "source_tallies", "area_tallies")]
    now.advance(days=60)
    assert finalise.finalise_due_campaigns(runtime) == [campaign.id]
    assert finalise.delete_unverified(runtime) == 1
    after = [stored(runtime, table) for table in ("cohort_tallies", "wait_tallies", "source_tallies", "area_tallies")]
    assert after == before
    found = count.reconcile_campaign(runtime, campaign)
    assert (found.consistent, found.deleted) == (True, 1)


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("UPDATE source_tallies SET verified = verified + 2", (("by source", 2),)),
        ("UPDATE area_tallies SET verified = verified - 1", (("by area", 1),)),
        ("DELETE FROM country_tallies", (("by country", 1),)),
        ("UPDATE hourly_tallies SET added = added + 1, ended = ended + 1", (("by hour", 2),)),
        ("UPDATE cohort_tallies SET submitted = submitted - 1", (("of cohorts", 1),)),
        ("UPDATE cohort_tallies SET opened = opened - 1", (("of cohorts", 1),)),
        ("UPDATE cohort_tallies SET verified = verified + 1", (("ever verified", 1), ("of waits", 1))),
        ("UPDATE cohort_tallies SET sent = 0", (("of mails", 2),)),
        ("UPDATE wait_tallies SET verified = 5", (("of waits", 4),)),
    ],
)
def test_totals_that_were_tampered_with_are_reported(runtime: Runtime, sql: str, told: tuple[tuple[str, int], ...]) -> None:
    campaign = new_campaign(runtime)
    verify_signature(runtime, signed(runtime, campaign, "ada@example.org", source="leaflet"))
    signed(runtime, campaign, "eve@example.org")
    settle_sent(runtime)
    count.advance_ledgers(runtime)
    count.count_verification_mails(runtime)
    assert count.reconcile_campaign(runtime, campaign).consistent
    execute_sql(runtime, sql)
    found = count.reconcile_campaign(runtime, campaign)
    assert found.rollup_drifts == told
    assert not found.consistent


def test_a_batch_of_many_domains_and_hours_is_added_in_one_go(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    for number in range(60):
        now.advance(minutes=3)
        verify_signature(runtime, signed(runtime, campaign, f"p@{number}.example", source=f"s{number % 5}"))
    count.advance_ledgers(runtime)
    assert len(stored(runtime, "cohort_tallies")) == 60
    assert {key[0]: row["verified"] for key, row in stored(runtime, "source_tallies").items()} == {
        f"s{n}": 12 for n in range(5)
    }
    assert count.reconcile_campaign(runtime, campaign).consistent


def test_a_mail_no_server_answered_for_is_unknown_until_an_event_tells_of_it(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    signed(runtime, campaign)
    settle(runtime, lambda connection, claim, now: outbox.settle_mail(connection, claim, outbox.MailState.UNKNOWN, "", now))
    count.advance_ledgers(runtime)
    for event in (None, Delivery.DELIVERED):
        if event is not None:
            with runtime.transaction() as connection:
                assert deliveries.set_delivery(connection, 1, event, "", runtime.now()) is not None
        count.count_verification_mails(runtime)
        with runtime.transaction() as connection:
            rollups.tally_deliveries(connection, 10)
        known = {"unknown": 1} if event is None else {"sent": 1, "delivered": 1}
        expected = dict.fromkeys(STAGES, 0) | {"submitted": 1} | known
        assert stored(runtime, "cohort_tallies") == {(START_TIME, "example.org"): expected}
        assert count.reconcile_campaign(runtime, campaign).consistent

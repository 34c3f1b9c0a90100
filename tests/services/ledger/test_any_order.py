"""Anything that happens to signatures and their mails, in any order and with a clock that jumps forward and back: the count and
every total prove sound after each step, counted or not."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.mail.claim import ClaimedMail
from campaign.domain.mail.delivery import Delivery
from campaign.domain.moderation.removal import RemovalKind
from campaign.domain.paper.entry import PaperEntry
from campaign.runtime import Runtime
from campaign.security.tokens import VerificationRef
from campaign.services.campaigns import lifecycle
from campaign.services.ledger import count, finalise, holding
from campaign.services.mail import reminders
from campaign.services.moderation import flags, removals
from campaign.services.moderation import holding as desk_holding
from campaign.services.paper import type_in
from campaign.services.privacy import retention
from campaign.services.signatures import erase
from campaign.services.signatures.sign import (
    NotOpenError,
    get_own_signature,
    record_link_opened,
    sign_campaign,
    verify_signature,
    withdraw_signature,
)
from campaign.store.mail import deliveries, outbox
from campaign.store.mail.outbox import MailState
from campaign.store.signatures.signatures import Signature
from tests.support.factories import START_TIME, ManualClock, new_campaign, sign_form_data

ADDRESSES = [f"p{number}@{domain}" for number in range(4) for domain in ("example.org", "mail.example")]


@dataclass
class AnyOrder:
    """A campaign, and all that can happen to its signatures."""

    runtime: Runtime
    now: ManualClock
    campaign: Campaign
    chance: random.Random
    lines: int = 0

    def rows(self, sql: str, **values: Any) -> list[Any]:
        with self.runtime.reading() as connection:
            return list(connection.execute(text(sql), values))

    def any_link(self) -> VerificationRef | None:
        found = self.rows("SELECT id, link_key, edition FROM signatures ORDER BY id")
        return VerificationRef(*self.chance.choice(found)) if found else None

    def any_signature(self) -> Signature | None:
        link = self.any_link()
        return None if link is None else get_own_signature(self.runtime, link.signature_ref)

    def sign(self) -> None:
        details = {
            "name": self.chance.choice(["Ada Lovelace", "Jo Bloggs"]),
            "network": self.chance.choice(["", "203.0.113.0/24"]),
            "country": self.chance.choice(["GB", "FR"]),
            "source": self.chance.choice(["", "leaflet"]),
        }
        try:
            form = sign_form_data(self.chance.choice(ADDRESSES), **details)
            sign_campaign(self.runtime, self.campaign.id, self.campaign.text.hash, form)
        except NotOpenError:
            return

    def verify(self) -> None:
        if link := self.any_link():
            verify_signature(self.runtime, link)

    def open(self) -> None:
        if link := self.any_link():
            record_link_opened(self.runtime, link)

    def withdraw(self) -> None:
        if link := self.any_link():
            withdraw_signature(self.runtime, link.signature_id)

    def invalidate(self) -> None:
        if link := self.any_link():
            removals.invalidate_signature(self.runtime, COMMAND_LINE, link.signature_id, RemovalKind.PROGRAM, "a bot")

    def restore(self) -> None:
        for row in self.rows("SELECT id FROM signatures WHERE state = 'invalidated'"):
            removals.restore_signature(self.runtime, COMMAND_LINE, row.id, "A mistake")

    def erase(self) -> None:
        if link := self.any_link():
            erase.erase_signature(self.runtime, COMMAND_LINE, self.campaign.id, link.signature_id, "they asked")

    def erase_and_count(self) -> None:
        if signature := self.any_signature():
            erase.anonymise_own_signature(self.runtime, signature)

    def paper(self) -> None:
        self.lines += 1
        address = self.chance.choice([*ADDRESSES, ""])
        entry = PaperEntry(
            self.lines, self.chance.choice(["Ada Lovelace", "Di Jones"]), "GB", "", email=address, email_key=address
        )
        try:
            type_in.type_in_line(self.runtime, COMMAND_LINE, self.campaign, None, entry, allow_likely=True)
        except InvalidInputError:
            return

    def undo_paper(self) -> None:
        if found := self.rows("SELECT intake_id, line FROM signatures WHERE line IS NOT NULL"):
            intake, line = self.chance.choice(found)
            type_in.undo_line(self.runtime, COMMAND_LINE, self.campaign, intake, line)

    def raise_flags(self) -> None:
        flags.raise_flags(self.runtime)

    def dismiss_flags(self) -> None:
        for flag in flags.list_flags(self.runtime, self.campaign):
            flags.dismiss_flag(self.runtime, COMMAND_LINE, self.campaign, flag.id)

    def release(self) -> None:
        holding.release_due(self.runtime)

    def remind(self) -> None:
        reminders.enqueue_reminders(self.runtime)

    def mail(self) -> None:
        """The mail server answers for some of the mails that are due, or does not."""
        with self.runtime.transaction() as connection:
            claims = outbox.claim_mails(connection, self.runtime.now(), timedelta(seconds=60), self.chance.randint(1, 9))
            for claim in claims:
                self.chance.choice([self.settle, self.settle, self.postpone, self.lose])(connection, claim)

    def settle(self, connection: Any, claim: ClaimedMail) -> None:
        state = self.chance.choice([MailState.SENT, MailState.SENT, MailState.REFUSED, MailState.UNKNOWN, MailState.DROPPED])
        outbox.settle_mail(connection, claim, state, "", self.now())

    def postpone(self, connection: Any, claim: ClaimedMail) -> None:
        outbox.postpone_unknown(connection, claim, "", self.now() + timedelta(minutes=10), self.now())

    def lose(self, connection: Any, claim: ClaimedMail) -> None:
        """The worker dies: the mail is due again when its lease ends."""

    def event(self) -> None:
        if found := self.rows("SELECT id FROM outbox"):
            with self.runtime.transaction() as connection:
                what = self.chance.choice([one for one in Delivery if one])
                deliveries.set_delivery(connection, self.chance.choice(found).id, what, "", self.now())

    def tally_mails(self) -> None:
        count.count_verification_mails(self.runtime)

    def advance(self) -> None:
        count.advance_ledgers(self.runtime)

    def wait(self) -> None:
        self.now.advance(minutes=self.chance.choice([1, 7, 50, 200, 1_500, -1, -50, -200, -1_500]))

    def jump(self) -> None:
        """The clock is set to some other day, mostly back to the first."""
        is_final = bool(self.rows("SELECT 1 FROM campaigns WHERE finalised_at IS NOT NULL"))
        days = [0, 420, 440] if is_final else [0, 0, 0, 0, 5, 29, 32]
        self.now.at = START_TIME + timedelta(days=self.chance.choice(days))

    def finish(self) -> None:
        finalise.finalise_due_campaigns(self.runtime)
        finalise.delete_unverified(self.runtime)

    def end_personal_data(self) -> None:
        """Mostly a step at a time."""
        retention.run_due_retention(self.runtime, self.chance.choice([0.0, 0.0, 0.0, 5.0]))
        for plan in retention.unfinished_plans(self.runtime):
            if plan.is_due(self.now()):
                retention._erase_some(self.runtime, plan)

    def extend(self) -> None:
        try:
            lifecycle.extend_deadline(self.runtime, self.campaign, COMMAND_LINE, self.now() + timedelta(days=30), "More time")
        except InvalidInputError:
            return

    def moves(self) -> list[tuple[Callable[[], None], int]]:
        return [
            (self.sign, 12), (self.verify, 10), (self.open, 3), (self.withdraw, 4), (self.invalidate, 3), (self.restore, 2),
            (self.erase, 1), (self.erase_and_count, 1), (self.paper, 3), (self.undo_paper, 1), (self.raise_flags, 1),
            (self.dismiss_flags, 1), (self.release, 1), (self.remind, 1), (self.mail, 6), (self.event, 4),
            (self.tally_mails, 3), (self.advance, 6), (self.wait, 6), (self.jump, 3), (self.finish, 2),
            (self.end_personal_data, 3), (self.extend, 1),
        ]  # fmt: skip


@pytest.mark.parametrize("seed", range(2))
def test_count_and_totals_are_sound_after_whatever_happens_in_whatever_order(
    runtime: Runtime, now: ManualClock, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "MAX_SIGNATURES_PER_STEP", 2)
    campaign = new_campaign(runtime)
    desk_holding.set_holding(runtime, COMMAND_LINE, campaign, on=True)
    life = AnyOrder(runtime, now, campaign, random.Random(seed))
    moves, weights = zip(*life.moves(), strict=True)
    done: list[str] = []
    for _ in range(120):
        move = life.chance.choices(moves, weights)[0]
        move()
        done.append(move.__name__)
        found = count.reconcile_campaign(runtime, campaign, with_log=False)
        assert found.consistent, (found, done)

"""Any sequence of what people do, by several at once, leaves a log that holds, and whose total is the count."""

import random
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import text

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.moderation.removal import RemovalKind
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.services.log import append
from campaign.services.log.reconcile import reconcile_tree
from campaign.services.moderation import removals
from campaign.services.signatures import erase
from campaign.services.signatures import sign as signing
from campaign.store.campaigns import campaigns
from campaign.store.paper.paper_signatures import _undo
from tests.services.log.test_append import advance, audited, sign_and_verify
from tests.support.factories import ManualClock, new_campaign
from tests.support.stored_signatures import store_signatures

PEOPLE = 12
STEPS = 40
HANDS = 3


def live(runtime: Runtime, campaign: Campaign, seed: int) -> None:
    """Somebody does whatever can be done, in any order, to anybody's signature."""
    chance = random.Random(seed)

    def anybody() -> int:
        with runtime.reading() as connection:
            return chance.choice(connection.execute(text("SELECT id FROM signatures ORDER BY id")).scalars().all())

    def take_back_paper() -> None:
        with runtime.transaction() as connection:
            sql = text("SELECT id FROM signatures WHERE kind = 'paper' AND erased_at IS NULL ORDER BY id LIMIT 1")
            _undo(connection, connection.execute(sql).scalars().all(), runtime.now())

    moves: list[Callable[[], object]] = [
        lambda: sign_and_verify(runtime, campaign, f"{chance.randrange(PEOPLE)}@example.org", name=f"Ada {chance.random()}"),
        lambda: sign_and_verify(runtime, campaign, f"{seed}-{chance.randrange(PEOPLE)}@example.org"),
        lambda: signing.withdraw_signature(runtime, anybody()),
        lambda: removals.invalidate_signature(runtime, COMMAND_LINE, anybody(), RemovalKind.PROGRAM, "a bot"),
        lambda: removals.restore_signature(runtime, COMMAND_LINE, anybody(), "no bot"),
        lambda: erase.erase_signature(runtime, COMMAND_LINE, campaign.id, anybody(), "they asked"),
        take_back_paper,
        lambda: count.advance_ledgers(runtime),
        lambda: append.advance_log(runtime),
    ]
    weights = [6, 4, 3, 2, 3, 1, 1, 3, 3]
    for move in chance.choices(moves, weights, k=STEPS):
        move()


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_happens_the_log_holds(make_runtime: Callable[..., Runtime], now: ManualClock, seed: int) -> None:
    runtime = make_runtime(clock=lambda: now.advance(milliseconds=1) or now())
    campaign = new_campaign(runtime)
    paper = {"kind": "paper", "counted_kind": "paper", "email": ""}
    store_signatures(runtime, campaign, [{**paper, "email_key": f"paper/1/{line}"} for line in range(4)])
    failed: list[BaseException] = []

    def run(hand: int) -> None:
        try:
            live(runtime, campaign, 10 * seed + hand)
        except BaseException as error:
            failed.append(error)

    hands = [threading.Thread(target=run, args=(hand,)) for hand in range(HANDS)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert failed == []
    now.advance(seconds=1)
    advance(runtime)
    with runtime.reading() as connection:
        current = campaigns.get_by_id(connection, campaign.id)
        erased = text(
            "SELECT count(*) FROM log_leaves f JOIN ledger l ON l.campaign_id = f.campaign_id AND l.sequence = f.sequence "
            "JOIN signatures s ON s.id = l.signature_id WHERE s.erased_at IS NOT NULL AND f.salt IS NOT NULL"
        )
        assert connection.execute(erased).scalar_one() == 0
    audit = audited(runtime)
    assert audit.campaigns[campaign.slug].total == current.verified
    assert audit.size == audit.campaigns[campaign.slug].sequence == current.sequence > 20
    found = count.reconcile_campaign(runtime, campaign)
    assert (found.log_drift, found.consistent, reconcile_tree(runtime)) == (0, True, 0)

"""Erasing what is personal in a signature: nothing of it is left, and the count is exact all the same."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from campaign import counting, erasing, moderation, searching, signing
from campaign.domain.actor import Actor
from campaign.domain.filters import Filters
from campaign.domain.refusal import Refused
from campaign.domain.removal import Removal
from campaign.domain.standing import Standing
from campaign.runtime import Runtime
from campaign.store import audit, campaigns
from campaign.store.tables import metadata
from tests.factories import Now, link_to, new_campaign, submission

PERSONAL = ("ada", "lovelace", "sw1a", "203.0.113", "tea")


@pytest.fixture
def campaign(runtime: Runtime) -> Standing:
    return new_campaign(runtime)


@pytest.fixture
def sign(runtime: Runtime, campaign: Standing) -> Callable[..., None]:
    def one(**changes: Any) -> None:
        given = {"comment": "Come to tea.", "network": "203.0.113.0/24", "public": True, "updates": True, **changes}
        signing.sign(runtime, campaign.id, campaign.text.hash, submission("Ada@ada.example", **given))

    return one


@pytest.fixture
def owner(runtime: Runtime) -> Actor:
    with runtime.transaction() as connection:
        connection.execute(
            metadata.tables["campaigners"].insert().values(email="m@c.example", email_key="m@c.example", name="Mary",
                                                           created_at=runtime.now())
        )  # fmt: skip
    return Actor("Mary", 1)


def everything(runtime: Runtime, *, but: tuple[str, ...] = ()) -> str:
    """All that the database holds of the signature, in one text."""
    held = []
    with runtime.reading() as connection:
        for table in metadata.sorted_tables:
            held += [str(dict(row._mapping)) for row in connection.execute(table.select()) if table.name not in but]
    return json.dumps(held).lower()


def numbers(runtime: Runtime, campaign: Standing) -> tuple[int, int, list[tuple[int, int, int]]]:
    """Verified, pending, and the ledger's sequence, change and total."""
    counting.advance_all(runtime)
    with runtime.reading() as connection:
        standing = campaigns.by_id(connection, campaign.id)
        entries = connection.execute(text("SELECT sequence, change, total FROM ledger ORDER BY sequence")).all()
    assert counting.reconcile(runtime, standing).sound
    return standing.verified, standing.pending, [tuple(entry) for entry in entries]


@pytest.mark.parametrize("before", ["pending", "verified", "withdrawn", "invalidated"])
def test_nothing_personal_is_left_and_the_count_is_exact(
    runtime: Runtime, campaign: Standing, sign: Any, owner: Actor, before: str, now: Now
) -> None:
    sign()
    link = link_to(runtime, 1)
    if before != "pending":
        signing.verify(runtime, link)
        counting.advance_all(runtime)
    if before == "withdrawn":
        signing.withdraw(runtime, 1)
    if before == "invalidated":
        moderation.invalidate(runtime, owner, 1, Removal.OTHER, "as they asked")
    with runtime.transaction() as connection:
        connection.execute(text("UPDATE outbox SET reason = '550 <Ada@ada.example> unknown'"))
    assert all(word in everything(runtime) for word in PERSONAL)
    counting.advance_all(runtime)
    now.forward(hours=1)
    assert erasing.erase(runtime, owner, campaign.id, 1, "they asked for it")
    # The domain of the mail stays: the funnel is by it.
    held = everything(runtime).replace("ada.example", "")
    assert [word for word in PERSONAL if word in held] == []
    verified, pending, entries = numbers(runtime, campaign)
    assert (verified, pending) == (0, 0)
    assert entries == ([] if before == "pending" else [(1, 1, 1), (2, -1, 0)])
    with runtime.reading() as connection:
        state = connection.execute(text("SELECT state FROM signatures")).scalar_one()
        last = audit.page(connection, campaign.id)[0]
    assert state == ("invalidated" if before == "invalidated" else "withdrawn")
    assert (last.act, last.subject, last.became, last.reason) == (
        "erase signature", "1", {"state": state}, "they asked for it",
    )  # fmt: skip


def test_what_is_erased_is_erased_once_and_for_ever(runtime: Runtime, campaign: Standing, sign: Any, owner: Actor) -> None:
    sign()
    link = link_to(runtime, 1)
    signing.verify(runtime, link)
    moderation.invalidate(runtime, owner, 1, Removal.OTHER, "as they asked")
    assert erasing.erase(runtime, owner, campaign.id, 1, "they asked")
    assert not erasing.erase(runtime, owner, campaign.id, 1, "they asked")
    assert not moderation.restore(runtime, owner, 1)
    assert signing.look_at(runtime, link.own) is None
    assert signing.verify(runtime, link).outcome is signing.Verified.NO_LONGER
    assert numbers(runtime, campaign)[:2] == (0, 0)


def test_no_mail_is_owed_to_whom_nothing_is_known_of(runtime: Runtime, campaign: Standing, sign: Any, owner: Actor) -> None:
    sign()
    erasing.erase(runtime, owner, campaign.id, 1, "they asked")
    with runtime.reading() as connection:
        found = connection.execute(text("SELECT state, mailbox, reason FROM outbox")).all()
    assert [tuple(row) for row in found] == [("dropped", "", "")]


def test_the_same_address_can_sign_again(runtime: Runtime, campaign: Standing, sign: Any, owner: Actor) -> None:
    sign()
    erasing.erase(runtime, owner, campaign.id, 1, "they asked")
    sign()
    signing.verify(runtime, link_to(runtime, 2))
    assert numbers(runtime, campaign)[:2] == (1, 0)


def test_a_saved_search_for_them_goes_too(runtime: Runtime, campaign: Standing, sign: Any, owner: Actor) -> None:
    sign()
    searching.save(runtime, owner, campaign.id, "her", Filters(address="ADA@ada.example", area="SW"))
    searching.save(runtime, owner, campaign.id, "another", Filters(address="bob@ada.example"))
    searching.save(runtime, owner, campaign.id, "area", Filters(area="SW"))
    erasing.erase(runtime, owner, campaign.id, 1, "they asked")
    assert [saved.name for saved in searching.saved(runtime, 1, campaign.id)] == ["another", "area"]


def test_only_a_signature_of_the_campaign_is_erased(runtime: Runtime, campaign: Standing, sign: Any, owner: Actor) -> None:
    sign()
    moor = new_campaign(runtime, slug="moor")
    assert not erasing.erase(runtime, owner, moor.id, 1, "they asked")
    assert not erasing.erase(runtime, owner, campaign.id, 2, "they asked")
    assert signing.look_at(runtime, link_to(runtime, 1).own) is not None


@pytest.mark.parametrize("reason", ["", " ", "x" * 201, "a\x00b"])
def test_erasing_needs_a_reason_that_can_be_kept(
    runtime: Runtime, campaign: Standing, sign: Any, owner: Actor, reason: str
) -> None:
    sign()
    with pytest.raises(Refused):
        erasing.erase(runtime, owner, campaign.id, 1, reason)
    assert signing.look_at(runtime, link_to(runtime, 1).own) is not None

"""Erasing what is personal in a signature: nothing of it is left, and the count is exact all the same."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.moderation.removal import RemovalKind
from campaign.domain.signatures.filters import Filters
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.services.moderation import removals
from campaign.services.signatures import erase, search
from campaign.services.signatures.sign import (
    VerifyOutcome,
    get_own_signature,
    sign_campaign,
    verify_signature,
    withdraw_signature,
)
from campaign.store.accounts import audit_log
from campaign.store.campaigns import campaigns
from campaign.store.tables import metadata
from tests.support.factories import ManualClock, new_campaign, sign_form_data, verify_link_of
from tests.support.queries import execute_sql, query_rows

PERSONAL = ("ada@", "lovelace", "sw1a 1aa", "203.0.113", "to tea")
"""None of them can be in a random key or a hash."""


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    return new_campaign(runtime)


@pytest.fixture
def sign(runtime: Runtime, campaign: Campaign) -> Callable[..., None]:
    def one(**changes: Any) -> None:
        given = {"comment": "Come to tea.", "network": "203.0.113.0/24", "public": True, "updates": True, **changes}
        sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data("Ada@ada.example", **given))

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


def numbers(runtime: Runtime, campaign: Campaign) -> tuple[int, int, list[tuple[int, int, int]]]:
    """Verified, pending, and the ledger's sequence, change and total."""
    count.advance_ledgers(runtime)
    with runtime.reading() as connection:
        campaign = campaigns.get_by_id(connection, campaign.id)
        entries = connection.execute(text("SELECT sequence, change, total FROM ledger ORDER BY sequence")).all()
    assert count.reconcile_campaign(runtime, campaign).consistent
    return campaign.verified, campaign.pending, [tuple(entry) for entry in entries]


@pytest.mark.parametrize("before", ["pending", "verified", "withdrawn", "invalidated"])
def test_nothing_personal_is_left_and_the_count_is_exact(
    runtime: Runtime, campaign: Campaign, sign: Any, owner: Actor, before: str, now: ManualClock
) -> None:
    sign()
    link = verify_link_of(runtime, 1)
    if before != "pending":
        verify_signature(runtime, link)
        count.advance_ledgers(runtime)
    if before == "withdrawn":
        withdraw_signature(runtime, 1)
    if before == "invalidated":
        removals.invalidate_signature(runtime, owner, 1, RemovalKind.OTHER, "as they asked")
    execute_sql(runtime, "UPDATE outbox SET reason = '550 <Ada@ada.example> unknown'")
    assert all(word in everything(runtime) for word in PERSONAL)
    count.advance_ledgers(runtime)
    now.advance(hours=1)
    assert erase.erase_signature(runtime, owner, campaign.id, 1, "they asked for it")
    # The domain of the mail stays: the funnel is by it.
    held = everything(runtime).replace("ada.example", "")
    assert [word for word in PERSONAL if word in held] == []
    verified, pending, entries = numbers(runtime, campaign)
    assert (verified, pending) == (0, 0)
    assert entries == ([] if before == "pending" else [(1, 1, 1), (2, -1, 0)])
    with runtime.reading() as connection:
        state = connection.execute(text("SELECT state FROM signatures")).scalar_one()
        last = audit_log.list_entries(connection, campaign.id)[0]
    assert state == ("invalidated" if before == "invalidated" else "withdrawn")
    assert (last.action, last.subject, last.after, last.reason) == (
        "erase signature", "1", {"state": state}, "they asked for it",
    )  # fmt: skip


def test_what_is_erased_is_erased_once_and_for_ever(runtime: Runtime, campaign: Campaign, sign: Any, owner: Actor) -> None:
    sign()
    link = verify_link_of(runtime, 1)
    verify_signature(runtime, link)
    removals.invalidate_signature(runtime, owner, 1, RemovalKind.OTHER, "as they asked")
    assert erase.erase_signature(runtime, owner, campaign.id, 1, "they asked")
    assert not erase.erase_signature(runtime, owner, campaign.id, 1, "they asked")
    assert not removals.restore_signature(runtime, owner, 1, "A mistake")
    assert get_own_signature(runtime, link.signature_ref) is None
    assert verify_signature(runtime, link).outcome is VerifyOutcome.LINK_VOID
    assert numbers(runtime, campaign)[:2] == (0, 0)


def test_no_mail_is_owed_to_whom_nothing_is_known_of(runtime: Runtime, campaign: Campaign, sign: Any, owner: Actor) -> None:
    sign()
    erase.erase_signature(runtime, owner, campaign.id, 1, "they asked")
    found = query_rows(runtime, "SELECT state, mailbox_hash, reason FROM outbox")
    assert [tuple(row) for row in found] == [("dropped", "", "")]


def test_the_same_address_can_sign_again(runtime: Runtime, campaign: Campaign, sign: Any, owner: Actor) -> None:
    sign()
    erase.erase_signature(runtime, owner, campaign.id, 1, "they asked")
    sign()
    verify_signature(runtime, verify_link_of(runtime, 2))
    assert numbers(runtime, campaign)[:2] == (1, 0)


def test_a_saved_search_for_them_goes_too(runtime: Runtime, campaign: Campaign, sign: Any, owner: Actor) -> None:
    sign()
    search.save_filters(runtime, owner, campaign.id, "her", Filters(address="ADA@ada.example", area="SW"))
    search.save_filters(runtime, owner, campaign.id, "another", Filters(address="bob@ada.example"))
    search.save_filters(runtime, owner, campaign.id, "area", Filters(area="SW"))
    erase.erase_signature(runtime, owner, campaign.id, 1, "they asked")
    assert [saved.name for saved in search.list_saved_filters(runtime, 1, campaign.id)] == ["another", "area"]


def test_only_a_signature_of_the_campaign_is_erased(runtime: Runtime, campaign: Campaign, sign: Any, owner: Actor) -> None:
    sign()
    moor = new_campaign(runtime, slug="moor")
    assert not erase.erase_signature(runtime, owner, moor.id, 1, "they asked")
    assert not erase.erase_signature(runtime, owner, campaign.id, 2, "they asked")
    assert get_own_signature(runtime, verify_link_of(runtime, 1).signature_ref) is not None


@pytest.mark.parametrize("reason", ["", " ", "x" * 201, "\x00"])
def test_erasing_needs_a_reason_that_can_be_kept(
    runtime: Runtime, campaign: Campaign, sign: Any, owner: Actor, reason: str
) -> None:
    sign()
    with pytest.raises(InvalidInputError):
        erase.erase_signature(runtime, owner, campaign.id, 1, reason)
    assert get_own_signature(runtime, verify_link_of(runtime, 1).signature_ref) is not None

"""A name that is corrected after it was confirmed: shown and handed over as corrected, logged and proved as signed."""

from typing import Any

import pytest
from sqlalchemy import text

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.moderation.removal import RemovalKind
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.services.log.receipts import make_receipt
from campaign.services.moderation import removals
from campaign.services.signatures import erase
from campaign.services.signatures import sign as signing
from campaign.services.signatures.name_correction import correct_name
from campaign.store.log import reconcile
from campaign.store.signatures import signatures
from campaign.store.signatures.signatures import Signature
from tests.services.log.test_append import advance, sign_and_verify
from tests.support.factories import ManualClock, new_campaign
from tests.support.queries import execute_sql


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    return new_campaign(runtime)


def kept(runtime: Runtime, number: int) -> Signature:
    with runtime.reading() as connection:
        key = connection.execute(text("SELECT link_key FROM signatures WHERE id = :id"), {"id": number}).scalar_one()
        found = signatures.get_signature(connection, number, key)
    assert found is not None
    return found


def faults(runtime: Runtime, campaign: Campaign) -> int:
    with runtime.snapshot() as connection:
        return reconcile.check_campaign(connection, campaign.id)


def search_keys(runtime: Runtime, number: int) -> tuple[Any, ...]:
    with runtime.reading() as connection:
        return tuple(
            connection.execute(text("SELECT name_key, surname_key FROM signatures WHERE id = :id"), {"id": number}).one()
        )


@pytest.mark.parametrize("when", ["before it is logged", "after it is logged"])
def test_the_log_and_the_receipt_keep_the_name_that_was_signed(
    runtime: Runtime, campaign: Campaign, now: ManualClock, when: str
) -> None:
    number = sign_and_verify(runtime, campaign, "ada@example.org", name="Ada Lovelaec")
    if when == "after it is logged":
        advance(runtime)
    now.advance(seconds=1)
    assert correct_name(runtime, kept(runtime, number), "Ada Lovelace")
    advance(runtime)
    found = kept(runtime, number)
    assert (found.name, found.signed_name, found.logged_name) == ("Ada Lovelace", "Ada Lovelaec", "Ada Lovelaec")
    assert found.name_corrected_at == now()
    assert search_keys(runtime, number) == ("ada lovelace", "lovelace")
    assert make_receipt(runtime, found, "").statement.name == "Ada Lovelaec"
    assert faults(runtime, campaign) == 0
    # Who is restored is logged once more, as who signed.
    removals.invalidate_signature(runtime, COMMAND_LINE, number, RemovalKind.OTHER, "a mistake of ours")
    advance(runtime)
    assert not correct_name(runtime, kept(runtime, number), "Ada Lovelacey")
    removals.restore_signature(runtime, COMMAND_LINE, number, "taken back")
    now.advance(seconds=1)
    advance(runtime)
    assert faults(runtime, campaign) == 0
    assert make_receipt(runtime, kept(runtime, number), "").statement.name == "Ada Lovelaec"


def test_somebody_who_meddles_with_the_signed_name_is_found(runtime: Runtime, campaign: Campaign) -> None:
    number = sign_and_verify(runtime, campaign, "ada@example.org", name="Ada Lovelaec")
    advance(runtime)
    correct_name(runtime, kept(runtime, number), "Ada Lovelace")
    execute_sql(runtime, "UPDATE signatures SET signed_name = 'Somebody Else'")
    assert faults(runtime, campaign) == 1


def test_corrected_back_it_is_as_it_was_signed(runtime: Runtime, campaign: Campaign) -> None:
    number = sign_and_verify(runtime, campaign, "ada@example.org", name="Ada Lovelace")
    assert correct_name(runtime, kept(runtime, number), "Ada Lovelacey")
    assert correct_name(runtime, kept(runtime, number), "Ada Lovelace")
    assert kept(runtime, number).signed_name is None


def test_signed_again_it_has_the_name_of_that_time(runtime: Runtime, campaign: Campaign, now: ManualClock) -> None:
    number = sign_and_verify(runtime, campaign, "ada@example.org", name="Ada Lovelaec")
    advance(runtime)
    correct_name(runtime, kept(runtime, number), "Ada Lovelace")
    signing.withdraw_signature(runtime, number)
    now.advance(seconds=1)
    advance(runtime)
    assert sign_and_verify(runtime, campaign, "ada@example.org", name="Ada King") == number
    now.advance(seconds=1)
    advance(runtime)
    found = kept(runtime, number)
    assert (found.name, found.signed_name, found.name_corrected_at) == ("Ada King", None, None)
    assert make_receipt(runtime, found, "").statement.name == "Ada King"
    assert faults(runtime, campaign) == 0


@pytest.mark.parametrize("by", ["erased", "asked to be erased", "withdrawn", "final"])
def test_nothing_is_corrected_of_what_is_over(runtime: Runtime, campaign: Campaign, by: str) -> None:
    number = sign_and_verify(runtime, campaign, "ada@example.org", name="Ada Lovelaec")
    before = kept(runtime, number)
    assert correct_name(runtime, before, "Ada Lovelace")
    match by:
        case "erased":
            erase.erase_signature(runtime, COMMAND_LINE, campaign.id, number, "she asked")
        case "asked to be erased":
            erase.anonymise_own_signature(runtime, kept(runtime, number))
        case "withdrawn":
            signing.withdraw_signature(runtime, number)
        case _:
            execute_sql(runtime, "UPDATE campaigns SET finalised_at = closes_at")
    assert not correct_name(runtime, before, "Ada Loveless")
    count.advance_ledgers(runtime)
    with runtime.reading() as connection:
        left = connection.execute(text("SELECT name, signed_name FROM signatures")).one()
    assert tuple(left) == (("erased", None) if by == "erased" else ("Ada Lovelace", "Ada Lovelaec"))

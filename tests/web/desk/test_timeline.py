"""The timeline of a signature at the desk: every kind of event that there is has its words."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, text

from campaign.domain.accounts.actor import COMMAND_LINE, Actor
from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.mail.delivery import Delivery
from campaign.domain.mail.kinds import MAIL_KINDS, SIGNATORY_MAIL_KINDS
from campaign.domain.moderation.removal import RemovalKind, SignatureSelection, removal_label
from campaign.domain.moderation.standing_rule import RuleAction, read_criteria
from campaign.runtime import Runtime
from campaign.services.mail import reminders
from campaign.services.moderation import batches, removals, standing_rules
from campaign.services.signatures import comments, erase
from campaign.services.signatures.name_correction import correct_name
from campaign.services.signatures.sign import sign_campaign, verify_signature, withdraw_signature
from campaign.store.mail.outbox import MailState
from campaign.store.signatures import signatures
from campaign.store.tables import outbox
from tests.support.desk_client import DeskClient, new_campaigner
from tests.support.factories import ManualClock, new_campaign, sign_form_data, verify_link_of
from tests.support.queries import execute_sql, query_scalar
from tests.support.signatory import run_workers
from tests.web.desk.test_signature import PATH, timeline


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    return new_campaign(runtime)


@pytest.fixture
def mary(runtime: Runtime, app: Flask, campaign: Campaign) -> DeskClient:
    return new_campaigner(runtime, app, campaign, Role.OWNER)


@pytest.fixture
def lines(mary: DeskClient) -> Callable[[], list[str]]:
    """The timeline of the first signature as an owner reads it, each event on a line."""

    def read() -> list[str]:
        page = mary.get(PATH)
        assert page.status_code == 200
        return timeline(page.text)

    return read


def sign(runtime: Runtime, campaign: Campaign, *, verified: bool = True, **changes: Any) -> None:
    sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data("ada@example.org", **changes))
    if verified:
        edition = query_scalar(runtime, "SELECT edition FROM signatures WHERE id = 1")
        verify_signature(runtime, verify_link_of(runtime, 1, edition))


def test_every_mail_has_its_words_whatever_became_of_it(
    runtime: Runtime, campaign: Campaign, lines: Callable[[], list[str]]
) -> None:
    sign(runtime, campaign)
    at = runtime.now()
    execute_sql(runtime, "DELETE FROM outbox")
    before = len(lines())
    fates = [*((state, Delivery.NOT_KNOWN) for state in MailState), *((MailState.SENT, one) for one in list(Delivery)[1:])]
    for state, delivery in fates:
        with runtime.transaction() as connection:
            connection.execute(text("DELETE FROM outbox"))
            connection.execute(
                insert(outbox),
                [
                    {
                        "signature_id": 1, "kind": kind, "mailbox_hash": "", "priority": MAIL_KINDS[kind].priority,
                        "state": state, "attempts": 2, "due_at": at, "created_at": at, "reason": "450 later",
                        "settled_at": None if state == "owed" else at, "delivery": delivery,
                        "delivery_at": at if delivery else None, "delivery_status": "4.2.2",
                    }
                    for kind in SIGNATORY_MAIL_KINDS
                ],
            )  # fmt: skip
        told = [one for one in lines() if "2 attempts, 450 later" in one or "4.2.2" in one]
        assert len(told) == len(SIGNATORY_MAIL_KINDS) * (2 if delivery else 1), (state, delivery)
        assert len(set(told)) == len(told), told
        assert len(lines()) == before + len(told)


def test_who_was_reminded_has_a_timeline(
    runtime: Runtime, campaign: Campaign, lines: Callable[[], list[str]], now: ManualClock
) -> None:
    sign(runtime, campaign, verified=False)
    run_workers(runtime)
    for _ in range(30):
        now.advance(days=1)
        reminders.enqueue_reminders(runtime)
        run_workers(runtime)
    now.advance(days=-30)  # She is signed in for a day.
    assert [one for one in lines() if "eminder" in one] == [
        "Reminder to confirm: taken by the server",
        "Last reminder to confirm: taken by the server",
    ]


def test_what_its_signatory_did_is_told(
    runtime: Runtime, campaign: Campaign, lines: Callable[[], list[str]], now: ManualClock
) -> None:
    sign(runtime, campaign, name="Ada Lovelaec")
    now.advance(minutes=1)
    with runtime.reading() as connection:
        key = connection.execute(text("SELECT link_key FROM signatures WHERE id = 1")).scalar_one()
        own = signatures.get_signature(connection, 1, key)
    assert own is not None
    assert correct_name(runtime, own, "Ada Lovelace")
    now.advance(minutes=1)
    assert "Corrected the spelling of their name | signed as Ada Lovelaec" in lines()
    withdraw_signature(runtime, 1)
    now.advance(minutes=1)
    assert "Withdrawn by its signatory" in lines()
    sign(runtime, campaign)
    assert [one for one in lines() if "igned" in one] == ["Signed", "Signed again, after it had been withdrawn"]


def test_a_withdrawal_is_told_after_the_erasure_too(
    runtime: Runtime, campaign: Campaign, lines: Callable[[], list[str]], now: ManualClock
) -> None:
    sign(runtime, campaign)
    now.advance(minutes=1)
    withdraw_signature(runtime, 1)
    now.advance(minutes=1)
    erase.erase_signature(runtime, COMMAND_LINE, campaign.id, 1, "they asked")
    assert [one for one in lines() if "Withdrawn" in one or "erased" in one] == [
        "Withdrawn by its signatory",
        "Everything personal erased by command line | they asked",
    ]


def test_one_erased_while_it_counted_is_told_to_be_erased_only(
    runtime: Runtime, campaign: Campaign, lines: Callable[[], list[str]]
) -> None:
    sign(runtime, campaign)
    erase.erase_signature(runtime, COMMAND_LINE, campaign.id, 1, "they asked")
    told = lines()
    assert "Everything personal erased by command line | they asked" in told
    assert not [one for one in told if "Withdrawn" in one]


def test_what_was_done_to_its_comment_is_told(
    runtime: Runtime, campaign: Campaign, mary: DeskClient, lines: Callable[[], list[str]]
) -> None:
    sign(runtime, campaign, comment="Keep it.", public=True)
    execute_sql(runtime, "UPDATE signatures SET comment_public = true")
    actor = Actor("Mary Seacole", mary.id)
    assert comments.publish_comment(runtime, actor, campaign.id, 1, "Keep it.")
    assert comments.unpublish_comment(runtime, actor, campaign.id, 1)
    assert comments.hide_comment(runtime, actor, campaign.id, 1, "an insult")
    assert comments.unhide_comment(runtime, actor, campaign.id, 1)
    assert [one for one in lines() if one.startswith("Comment")] == [
        "Comment put on the campaign’s page by Mary Seacole",
        "Comment taken off the campaign’s page by Mary Seacole",
        "Comment hidden by Mary Seacole | an insult",
        "Comment shown again by Mary Seacole",
    ]


@pytest.mark.parametrize("by_campaigner", [True, False])
@pytest.mark.parametrize("kind", [kind for kind in RemovalKind if kind is not RemovalKind.RULE])
def test_a_bulk_change_says_by_whom_and_why(
    runtime: Runtime,
    campaign: Campaign,
    mary: DeskClient,
    lines: Callable[[], list[str]],
    kind: RemovalKind,
    by_campaigner: bool,
) -> None:
    sign(runtime, campaign)
    actor = Actor("Mary Seacole", mary.id) if by_campaigner else COMMAND_LINE
    selection = SignatureSelection(ids=(1,))
    batches.start_batch(runtime, actor, campaign, selection, kind, "a burst", 1, confirmed=True)
    batches.run_due_batches(runtime)
    who = " by Mary Seacole" if by_campaigner else ""
    assert f"Invalidated by bulk change 1{who}: {removal_label(kind).lower()} | a burst" in lines()


def test_a_standing_rule_and_an_undone_upload_are_told(
    runtime: Runtime, campaign: Campaign, mary: DeskClient, lines: Callable[[], list[str]]
) -> None:
    standing_rules.create_rule(
        runtime,
        COMMAND_LINE,
        campaign,
        RuleAction.BLOCK,
        read_criteria({"domain": "example.org"}),
        "One sender",
        confirmed=True,
    )
    sign(runtime, campaign)
    run_workers(runtime)
    assert "Invalidated by bulk change 1: caught by a standing rule | One sender" in lines()
    assert removals.restore_signature(runtime, COMMAND_LINE, 1, "A mistake")
    assert "Restored by command line | A mistake" in lines()
    paper = "/desk/c/save-the-pond/paper"
    assert mary.post(f"{paper}/type", {"name": "Ann", "postcode": "LS1 4AP", "country": "GB"}).status_code == 303
    assert mary.post(f"{paper}/intakes/1/undo", {"reason": "the wrong sheet", "confirm": "1"}).status_code == 303
    run_workers(runtime)
    told = timeline(mary.get(PATH.replace("/1", "/2")).text)
    assert "Signed on paper | brought in with paper upload 1" in told
    assert "Taken in, which makes it count" in told
    assert "Invalidated: what it was brought in with was undone" in told

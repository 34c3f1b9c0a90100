"""The outbox of mails to campaigners: promised once, claimed by one, settled by who holds it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from campaign.domain.mail.claim import CampaignerMail, ClaimedMail
from campaign.domain.mail.kinds import MailKind, MailPriority
from campaign.runtime import Runtime
from campaign.services.signatures import sign
from campaign.store.accounts import campaigners, login_links
from campaign.store.mail import mailed_login_link, outbox
from tests.journeys.test_races import run_concurrently
from tests.support.factories import ManualClock, new_campaign, sign_form_data

LEASE = timedelta(seconds=60)
Rows = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def mary(runtime: Runtime) -> int:
    with runtime.transaction() as connection:
        added = campaigners.add_campaigner(connection, "Mary@example.org", "mary@example.org", "Mary Seacole", runtime.now())
    assert added is not None
    return added


def owe(runtime: Runtime, kind: str, campaigner_id: int, **more: Any) -> bool:
    with runtime.transaction() as connection:
        return outbox.enqueue_campaigner_mail(connection, MailKind(kind), runtime.now(), campaigner_id=campaigner_id, **more)


def claim(runtime: Runtime, most: int = 50) -> list[ClaimedMail]:
    with runtime.transaction() as connection:
        return outbox.claim_mails(connection, runtime.now(), LEASE, most)


def test_a_notice_brings_all_that_is_needed_to_write_it(runtime: Runtime, mary: int) -> None:
    pond = new_campaign(runtime)
    assert owe(runtime, "desk_milestone", mary, campaign_id=pond.id, facts={"goal": 1000, "at": "2026-11-23T12:00:00+00:00"})
    (notice,) = claim(runtime)
    assert isinstance(notice, CampaignerMail)
    assert (notice.kind, notice.attempt, notice.email, notice.name) == (
        MailKind.MILESTONE, 1, "Mary@example.org", "Mary Seacole",
    )  # fmt: skip
    assert (notice.slug, notice.title, notice.time_zone) == (pond.slug, pond.text.title, "Europe/London")
    assert notice.facts == {"goal": 1000, "at": "2026-11-23T12:00:00+00:00"}
    assert (notice.wants_alerts, notice.wants_digest, notice.disabled, notice.invitation) == (True, False, False, None)


def test_what_is_said_once_is_never_promised_again(runtime: Runtime, mary: int) -> None:
    assert owe(runtime, "desk_milestone", mary, dedupe_key="milestone 1 1000")
    assert not owe(runtime, "desk_milestone", mary, dedupe_key="milestone 1 1000")
    assert owe(runtime, "desk_milestone", mary)
    assert owe(runtime, "desk_milestone", mary)
    (first, *_) = claim(runtime, 1)
    with runtime.transaction() as connection:
        outbox.mark_sent(connection, [first], runtime.now())
    assert not owe(runtime, "desk_milestone", mary, dedupe_key="milestone 1 1000")


def test_eight_who_promise_the_same_at_once_promise_it_once(runtime: Runtime, mary: int) -> None:
    assert run_concurrently([lambda: owe(runtime, "desk_closing_soon", mary, dedupe_key="closing 1")] * 8).count(True) == 1


def test_a_kind_there_is_not_cannot_be_promised(runtime: Runtime, mary: int) -> None:
    with pytest.raises(ValueError, match="desk_news"):
        owe(runtime, "desk_news", mary)


def test_who_waits_for_a_link_goes_first(runtime: Runtime, mary: int) -> None:
    owe(runtime, "desk_digest", mary)
    owe(runtime, "desk_sign_in", mary)
    owe(runtime, "desk_team", mary, priority=MailPriority.ANSWER)
    assert [notice.kind.value for notice in claim(runtime)] == ["desk_sign_in", "desk_team", "desk_digest"]


def test_a_claim_is_for_one_worker_and_comes_back_when_its_time_is_over(runtime: Runtime, mary: int, now: ManualClock) -> None:
    for _ in range(6):
        owe(runtime, "desk_team", mary)
    taken = run_concurrently([lambda: claim(runtime, 1)] * 6)
    assert len({each[0].id for each in taken}) == 6  # type: ignore[index]
    assert claim(runtime) == []
    now.advance(seconds=61)
    assert [notice.attempt for notice in claim(runtime)] == [2] * 6


def test_only_who_holds_the_newest_attempt_says_what_came_of_it(
    runtime: Runtime, mary: int, now: ManualClock, rows: Rows
) -> None:
    owe(runtime, "desk_team", mary)
    (old,) = claim(runtime)
    now.advance(seconds=61)
    (new,) = claim(runtime)
    with runtime.transaction() as connection:
        outbox.mark_refused(connection, old, "late", runtime.now())
        outbox.postpone_mail(connection, old, "late", runtime.now())
        outbox.release_mails(connection, [old], runtime.now())
    assert rows("SELECT state, attempts FROM outbox") == [{"state": "owed", "attempts": 2}]
    with runtime.transaction() as connection:
        outbox.mark_sent(connection, [new], runtime.now())
    assert rows("SELECT state, attempts FROM outbox") == [{"state": "sent", "attempts": 2}]


def test_a_link_that_is_asked_for_is_owed_to_a_campaigner_and_dropped_for_anybody_else(
    runtime: Runtime, mary: int, rows: Rows
) -> None:
    with runtime.transaction() as connection:
        for key in ("mary@example.org", "nobody@example.org"):
            outbox.enqueue_login_link(connection, key, "/desk/c/pond/", runtime.now())
    found = rows("SELECT campaigner_id, state, facts FROM outbox ORDER BY id")
    assert [(row["campaigner_id"], row["state"]) for row in found] == [(mary, "owed"), (None, "dropped")]
    assert "example.org" not in str(found)


def test_who_is_shut_out_is_sent_no_link(runtime: Runtime, mary: int, rows: Rows) -> None:
    with runtime.transaction() as connection:
        connection.exec_driver_sql("UPDATE campaigners SET disabled_at = created_at")
        outbox.enqueue_login_link(connection, "mary@example.org", "", runtime.now())
    assert rows("SELECT state FROM outbox") == [{"state": "dropped"}]
    assert mary


def test_a_second_attempt_carries_the_link_of_the_first(runtime: Runtime, mary: int, now: ManualClock) -> None:
    owe(runtime, "desk_sign_in", mary)
    (notice,) = claim(runtime)
    assert isinstance(notice, CampaignerMail)

    def link(key: str) -> tuple[int, str]:
        with runtime.transaction() as connection:
            return mailed_login_link.login_link_of(connection, notice, key, runtime.now(), timedelta(minutes=15))

    first = link("a" * 22)
    assert link("b" * 22) == first
    now.advance(minutes=15)
    again = link("c" * 22)
    assert again != first
    with runtime.transaction() as connection:
        assert login_links.use_login_link(connection, *first, runtime.now()) is None
        assert login_links.use_login_link(connection, *again, runtime.now()) == mary


def test_what_is_old_and_settled_is_forgotten_but_what_is_said_once_stays_said(
    runtime: Runtime, mary: int, now: ManualClock, rows: Rows
) -> None:
    owe(runtime, "desk_team", mary)
    owe(runtime, "desk_milestone", mary, dedupe_key="milestone 1 1000")
    for notice in claim(runtime):
        with runtime.transaction() as connection:
            outbox.mark_sent(connection, [notice], runtime.now())
    owe(runtime, "desk_digest", mary)
    now.advance(days=31)
    with runtime.transaction() as connection:
        outbox.delete_settled(connection, runtime.now() - timedelta(days=30))
    assert [row["kind"] for row in rows("SELECT kind FROM outbox ORDER BY id")] == ["desk_milestone", "desk_digest"]


def test_mails_to_signatories_are_not_promised_to_campaigners(runtime: Runtime, mary: int) -> None:
    with pytest.raises(ValueError, match="signatories"):
        owe(runtime, "verify", mary)


def test_one_claim_takes_mails_to_signatories_and_to_campaigners_by_their_urgency(runtime: Runtime, mary: int) -> None:
    pond = new_campaign(runtime)
    owe(runtime, "desk_digest", mary)
    sign.sign_campaign(runtime, pond.id, pond.text.hash, sign_form_data("ada@example.org"))
    owe(runtime, "desk_sign_in", mary)
    owe(runtime, "desk_invitation", mary)
    assert [mail.kind.value for mail in claim(runtime)] == ["desk_sign_in", "verify", "desk_invitation", "desk_digest"]

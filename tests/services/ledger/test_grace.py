"""A grace that grows by an outage of mail: decided once, before it ends, told to the public, and exact to the last press."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import text

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.announcement import AnnouncementKind, Announcer
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.mail_outage import DECIDED_BEFORE_END, MIN_MAILS
from campaign.domain.campaigns.window import FINALISATION_DELAY
from campaign.domain.site.switch import Switch
from campaign.runtime import Runtime
from campaign.services import submissions
from campaign.services.campaigns import history, lifecycle
from campaign.services.ledger import count, finalise, grace
from campaign.services.signatures.sign import VerifyOutcome, sign_campaign, verify_signature
from campaign.services.site import switches
from campaign.services.submissions.paper_texts import render_text
from campaign.store.accounts import audit_log
from campaign.store.redis import campaign_cache
from tests.html_validator import html_problems
from tests.support.desk_client import new_campaigner, page_text
from tests.support.factories import START_TIME, ManualClock, new_campaign, sign_form_data, stored_campaign, verify_link_of
from workers.clock import enqueue_closing
from workers.ledger import LedgerJobs

CLOSES_AT = START_TIME + timedelta(hours=20)
GRACE = timedelta(hours=24)


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    return new_campaign(runtime, closes_at=CLOSES_AT, grace=GRACE)


def sign(runtime: Runtime, campaign: Campaign, addresses: list[str], *, taken_at: datetime | None = None) -> list[int]:
    """Signatures whose verification mail is owed, or was taken by a server."""
    ids = []
    for address in addresses:
        sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(address))
        with runtime.transaction() as connection:
            found = connection.execute(text("SELECT max(id) FROM signatures")).scalar_one()
            if taken_at is not None:
                done = text("UPDATE outbox SET state = 'sent', attempts = 1, settled_at = :at WHERE signature_id = :id")
                connection.execute(
                    done.bindparams(at=taken_at.replace(tzinfo=None) if runtime.settings.is_sqlite else taken_at), {"id": found}
                )
        ids.append(int(found))
    return ids


def at_gmail(amount: int = MIN_MAILS) -> list[str]:
    return [f"{number}@gmail.com" for number in range(amount)]


@pytest.fixture
def stalled(runtime: Runtime, campaign: Campaign, now: ManualClock) -> list[int]:
    """Signatures of five at Gmail, nine hours before the deadline, to whom no mail went; one elsewhere had theirs."""
    now.at = CLOSES_AT - timedelta(hours=9)
    ids = sign(runtime, campaign, at_gmail())
    sign(runtime, campaign, ["ada@example.org"], taken_at=now() + timedelta(hours=5))
    return ids


def test_a_grace_grows_by_the_outage_and_the_public_reads_why(
    runtime: Runtime, campaign: Campaign, stalled: list[int], now: ManualClock
) -> None:
    ends = campaign.window.verify_until
    now.at = ends - DECIDED_BEFORE_END - timedelta(seconds=1)
    assert not grace.is_decision_due(runtime)
    assert grace.decide_due_graces(runtime) == []
    now.at = ends - DECIDED_BEFORE_END
    assert grace.is_decision_due(runtime)
    assert grace.decide_due_graces(runtime) == [campaign.id]
    measured = now() - (CLOSES_AT - timedelta(hours=9))
    became = stored_campaign(runtime, campaign)
    assert became.window.verify_until == ends + measured
    assert campaign_cache.cached_campaign(runtime.redis, campaign.slug) == became
    # Once, however often it is looked at.
    assert not grace.is_decision_due(runtime)
    now.at = became.window.verify_until - timedelta(minutes=1)
    assert grace.decide_due_graces(runtime) == []
    assert stored_campaign(runtime, campaign) == became
    [told] = history.campaign_history(runtime, became).announcements
    assert (told.kind, told.by, told.reason) == (AnnouncementKind.GRACE_EXTENDED, Announcer.SITE, "")
    [outage] = history.announced_outages(runtime, became)
    assert (outage.provider, outage.began_at, outage.ended_at) == (
        "Gmail",
        CLOSES_AT - timedelta(hours=9),
        ends - DECIDED_BEFORE_END,
    )
    assert (outage.verify_until_before, outage.verify_until) == (ends, ends + measured)
    with runtime.reading() as connection:
        [entry] = [each for each in audit_log.list_entries(connection, campaign.id) if each.action == "extend grace"]
    assert (entry.after["provider"], entry.after["mails"]) == ("Gmail", MIN_MAILS)
    now.at = became.window.verify_until + FINALISATION_DELAY
    count.advance_ledgers(runtime)
    assert finalise.finalise_due_campaigns(runtime) == [campaign.id]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_the_public_the_team_and_the_recipient_read_of_it(
    app: Flask, runtime: Runtime, campaign: Campaign, stalled: list[int], now: ManualClock
) -> None:
    now.at = campaign.window.verify_until - DECIDED_BEFORE_END
    grace.decide_due_graces(runtime)
    mary, reader = new_campaigner(runtime, app, campaign, Role.OWNER), app.test_client()
    public = "to mailboxes at Gmail did not get through from 23 November 2026 at 11:00 pm GMT"
    for path in ("history", "how-we-count"):
        page = reader.get(f"/c/{campaign.slug}/{path}")
        assert public in page_text(page), page_text(page)
        assert html_problems(page.text) == []
    assert "More time to confirm" in reader.get(f"/c/{campaign.slug}/history").text
    assert "Mail to Gmail did not get through" in page_text(mary.get(f"/desk/c/{campaign.slug}/running"))
    assert "gave more time to confirm" in page_text(mary.get(f"/desk/c/{campaign.slug}/audit")).lower()
    with runtime.snapshot() as connection:
        facts = submissions.gather_facts(runtime, connection, campaign.id, with_signed_versions=True)
    profile = submissions.get_profile("minister")
    assert "Mail to Gmail did not get through" in render_text(profile, "method.txt", facts, {})


def test_the_jobs_of_clock_and_worker_decide_it(
    runtime: Runtime, campaign: Campaign, stalled: list[int], now: ManualClock
) -> None:
    now.at = campaign.window.verify_until - DECIDED_BEFORE_END
    enqueue_closing(runtime)
    assert LedgerJobs(runtime).close() == 0
    assert stored_campaign(runtime, campaign).window.verify_until > campaign.window.verify_until


def test_where_nothing_ran_before_the_end_it_is_decided_before_the_total_is_certified(
    runtime: Runtime, campaign: Campaign, stalled: list[int], now: ManualClock
) -> None:
    now.at = campaign.window.verify_until + FINALISATION_DELAY
    count.advance_ledgers(runtime)
    assert finalise.finalise_due_campaigns(runtime) == []
    became = stored_campaign(runtime, campaign)
    assert became.window.verify_until == campaign.window.verify_until + timedelta(hours=33)
    assert verify_signature(runtime, verify_link_of(runtime, stalled[0])).outcome is VerifyOutcome.NOW
    count.advance_ledgers(runtime)
    now.at = became.window.verify_until + FINALISATION_DELAY
    assert finalise.finalise_due_campaigns(runtime) == [campaign.id]
    assert stored_campaign(runtime, campaign).final_total == 1


@pytest.mark.parametrize(
    "prepare",
    [
        lambda runtime, campaign, now: sign(runtime, campaign, at_gmail(MIN_MAILS - 1)),
        lambda runtime, campaign, now: sign(runtime, campaign, [f"{n}@own.example" for n in range(9)]),
        lambda runtime, campaign, now: sign(runtime, campaign, at_gmail(), taken_at=now() + timedelta(seconds=9)),
        lambda runtime, campaign, now: [
            verify_signature(runtime, verify_link_of(runtime, each)) for each in sign(runtime, campaign, at_gmail())
        ],
    ],
    ids=["too few", "domains of their own", "taken", "nobody waits"],
)
def test_a_grace_stays_as_it_is(
    runtime: Runtime, campaign: Campaign, now: ManualClock, prepare: Callable[[Runtime, Campaign, ManualClock], object]
) -> None:
    now.at = CLOSES_AT - timedelta(hours=9)
    prepare(runtime, campaign, now)
    now.at = campaign.window.verify_until - DECIDED_BEFORE_END
    assert grace.decide_due_graces(runtime) == []
    assert not grace.is_decision_due(runtime)
    assert stored_campaign(runtime, campaign).window == campaign.window
    assert history.announced_outages(runtime, stored_campaign(runtime, campaign)) == []


def test_while_the_site_is_read_only_nothing_is_decided(
    runtime: Runtime, campaign: Campaign, stalled: list[int], now: ManualClock
) -> None:
    now.at = campaign.window.verify_until - DECIDED_BEFORE_END
    switches.set_switch(runtime, COMMAND_LINE, Switch.READ_ONLY, on=True)
    assert grace.decide_due_graces(runtime) == []
    now.advance(hours=1)
    switches.set_switch(runtime, COMMAND_LINE, Switch.READ_ONLY, on=False)
    assert stored_campaign(runtime, campaign).window.verify_until == campaign.window.verify_until + timedelta(hours=1)
    assert grace.decide_due_graces(runtime) == [campaign.id]


def test_a_deadline_put_off_later_has_its_own_grace_and_its_own_decision(
    runtime: Runtime, campaign: Campaign, stalled: list[int], now: ManualClock
) -> None:
    now.at = campaign.window.verify_until - DECIDED_BEFORE_END
    assert grace.decide_due_graces(runtime) == [campaign.id]
    later = now() + timedelta(days=3)
    moved = lifecycle.extend_deadline(runtime, stored_campaign(runtime, campaign), COMMAND_LINE, later, "More people")
    assert moved is not None
    assert moved.window.verify_until == later + GRACE
    now.at = later - timedelta(hours=9)
    sign(runtime, campaign, [f"new-{number}@gmail.com" for number in range(MIN_MAILS)])
    now.at = moved.window.verify_until - DECIDED_BEFORE_END
    assert grace.decide_due_graces(runtime) == [campaign.id]
    # What is added to both is bounded together: 32.75 hours, then what is left of 48.
    assert stored_campaign(runtime, campaign).window.verify_until == moved.window.verify_until + timedelta(hours=48 - 32.75)


def test_presses_at_the_old_end_and_its_decision_at_once_leave_an_exact_count(
    runtime: Runtime, campaign: Campaign, stalled: list[int], now: ManualClock
) -> None:
    """At the moment the grace would have ended, five press while two decide and certify: every press that was told that it
    counts is in the total, whichever was first."""
    now.at = campaign.window.verify_until + FINALISATION_DELAY
    count.advance_ledgers(runtime)
    links = [verify_link_of(runtime, each) for each in stalled]
    outcomes: list[VerifyOutcome] = []
    ready = Barrier(len(links) + 2)
    failed: list[Exception] = []

    def run(act: Callable[[], object]) -> None:
        ready.wait(30)
        try:
            act()
        except Exception as error:
            failed.append(error)

    acts: list[Callable[[], object]] = [
        lambda link=link: outcomes.append(verify_signature(runtime, link).outcome) for link in links
    ]
    acts += [lambda: finalise.finalise_campaign(runtime, campaign.id)] * 2
    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert set(outcomes) <= {VerifyOutcome.NOW, VerifyOutcome.TOO_LATE}
    # Those who were too early for the decision press again.
    counted = [verify_signature(runtime, link).outcome for link in links]
    assert set(counted) <= {VerifyOutcome.NOW, VerifyOutcome.ALREADY_VERIFIED}
    assert counted.count(VerifyOutcome.ALREADY_VERIFIED) == outcomes.count(VerifyOutcome.NOW)
    count.advance_ledgers(runtime)
    became = stored_campaign(runtime, campaign)
    assert became.window.verify_until == campaign.window.verify_until + timedelta(hours=33)
    now.at = became.window.verify_until + FINALISATION_DELAY
    assert finalise.finalise_due_campaigns(runtime) == [campaign.id]
    assert stored_campaign(runtime, campaign).final_total == len(links)
    assert count.reconcile_campaign(runtime, became).consistent

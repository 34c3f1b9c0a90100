"""Several at once take a campaign through its life: it moves once, and what is final stays what it is."""

from collections.abc import Callable
from datetime import timedelta

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.window import FINALISATION_DELAY
from campaign.runtime import Runtime
from campaign.services.campaigns import lifecycle
from campaign.services.campaigns.lifecycle import SlugTakenError
from campaign.services.ledger import count, finalise
from campaign.services.signatures.sign import NotOpenError, VerifyOutcome, sign_campaign, verify_signature
from campaign.store.accounts import audit_log
from campaign.store.campaigns import campaigns
from tests.journeys.test_races import run_concurrently
from tests.support.factories import ManualClock, definition, new_campaign, sign_form_data, stored_campaign, verify_link_of
from tests.support.queries import query_scalar

SEVERAL = 6


def recorded(runtime: Runtime, campaign: Campaign, act: str) -> int:
    with runtime.reading() as connection:
        return sum(entry.action == act for entry in audit_log.list_entries(connection, campaign.id))


def test_of_several_who_publish_at_once_one_does(runtime: Runtime) -> None:
    with runtime.transaction() as connection:
        made = definition(contact="pond@example.org")
        draft = campaigns.get_by_id(connection, campaigns.create(connection, made, runtime.now(), preview_key="key"))
    done = run_concurrently([lambda: lifecycle.publish_campaign(runtime, draft, COMMAND_LINE) for _ in range(SEVERAL)])
    assert sum(after is not None for after in done) == 1
    assert recorded(runtime, draft, "publish campaign") == 1


def test_of_several_who_close_at_once_one_does_and_the_public_is_told_once(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    done = run_concurrently(
        [lambda: lifecycle.close_campaign(runtime, campaign, COMMAND_LINE, "We have won.") for _ in range(SEVERAL)]
    )
    assert sum(after is not None for after in done) == 1
    assert query_scalar(runtime, "SELECT count(*) FROM announcements") == 1
    assert recorded(runtime, campaign, "close campaign") == 1


def test_pausing_and_closing_at_once_leave_a_campaign_that_takes_nobody(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    acts: list[Callable[[], object]] = [
        lambda: lifecycle.pause_campaign(runtime, campaign, COMMAND_LINE, "Wait."),
        lambda: lifecycle.close_campaign(runtime, campaign, COMMAND_LINE, "We have won."),
        lambda: lifecycle.resume_campaign(runtime, campaign, COMMAND_LINE),
    ]
    run_concurrently(acts * 3)
    after = stored_campaign(runtime, campaign)
    assert after.window.closes_at == runtime.now()
    told = query_scalar(runtime, "SELECT count(*) FROM announcements")
    assert told == sum(recorded(runtime, campaign, act) for act in ("pause campaign", "resume campaign", "close campaign"))


def test_a_total_is_either_final_or_its_deadline_extended(runtime: Runtime, now: ManualClock) -> None:
    """Extending in the very moment of finalising: never a final total that then changes."""
    finals = 0
    for n in range(12):
        campaign = new_campaign(runtime, slug=f"campaign-{n}", closes_at=now() + timedelta(minutes=1), grace=timedelta())
        sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(f"ada{n}@example.org"))
        number = query_scalar(runtime, "SELECT max(id) FROM signatures")
        assert verify_signature(runtime, verify_link_of(runtime, number)).outcome is VerifyOutcome.NOW
        count.advance_ledger(runtime, campaign.id)
        now.at = campaign.window.verify_until + FINALISATION_DELAY
        later = now() + timedelta(days=1)
        done = run_concurrently(
            [
                lambda campaign=campaign: finalise.finalise_campaign(runtime, campaign.id),  # type: ignore[misc]
                lambda campaign=campaign, later=later: lifecycle.extend_deadline(
                    runtime, campaign, COMMAND_LINE, later, "More."
                ),  # type: ignore[misc]
                lambda campaign=campaign: finalise.finalise_campaign(runtime, campaign.id),  # type: ignore[misc]
            ]
        )
        after = stored_campaign(runtime, campaign)
        final, extended = bool(done[0]) or bool(done[2]), done[1] is not None
        assert final != extended
        assert (after.final_total is not None) == final == (after.window.finalised_at is not None)
        assert (after.window.closes_at == later) == extended
        finals += final
        if extended:
            sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(f"eve{n}@example.org"))
        else:
            # What a link mailed before does now changes nothing of what was certified.
            assert lifecycle.extend_deadline(runtime, after, COMMAND_LINE, later, "More.") is None
            assert (after.final_total, after.signatures) == (1, 1)
    assert query_scalar(runtime, "SELECT count(*) FROM certificates") == finals


def test_who_signs_in_the_moment_of_a_pause_is_taken_or_told(runtime: Runtime) -> None:
    campaign = new_campaign(runtime)

    def sign(number: int) -> bool:
        try:
            sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(f"person{number}@example.org"))
        except NotOpenError:
            return False
        return True

    acts: list[Callable[[], object]] = [lambda number=number: sign(number) for number in range(10)]  # type: ignore[misc]
    acts.insert(5, lambda: lifecycle.pause_campaign(runtime, campaign, COMMAND_LINE, "Wait."))
    taken = [answer for answer in run_concurrently(acts) if answer is True]
    assert query_scalar(runtime, "SELECT count(*) FROM signatures") == len(taken)
    assert query_scalar(runtime, "SELECT count(*) FROM outbox") == len(taken)
    assert not sign(99), "once it is paused nobody is taken"


def test_one_address_wanted_by_several_at_once_is_one_campaign_s(runtime: Runtime) -> None:
    made = [new_campaign(runtime, slug=f"campaign-{n}") for n in range(4)]

    def move(campaign: Campaign) -> bool:
        try:
            return lifecycle.change_slug(runtime, campaign, COMMAND_LINE, "wanted") is not None
        except SlugTakenError:
            return False

    def create() -> bool:
        try:
            new_campaign(runtime, slug="wanted")
        except SlugTakenError:
            return False
        return True

    acts: list[Callable[[], object]] = [lambda campaign=campaign: move(campaign) for campaign in made]  # type: ignore[misc]
    done = run_concurrently([*acts, create])
    assert sum(map(bool, done)) == 1
    assert query_scalar(runtime, "SELECT count(*) FROM campaigns WHERE slug = 'wanted'") == 1


def test_an_address_given_up_in_the_moment_another_wants_it_stays_its_own(runtime: Runtime) -> None:
    for n in range(6):
        old = new_campaign(runtime, slug=f"old-{n}")

        def leave(old: Campaign = old, n: int = n) -> bool:
            return lifecycle.change_slug(runtime, old, COMMAND_LINE, f"new-{n}") is not None

        def take(n: int = n) -> bool:
            try:
                new_campaign(runtime, slug=f"old-{n}")
            except SlugTakenError:
                return False
            return True

        assert run_concurrently([leave, take, take]) == [True, False, False]
    both = query_scalar(runtime, "SELECT count(*) FROM former_slugs s JOIN campaigns c ON c.slug = s.slug")
    assert both == 0

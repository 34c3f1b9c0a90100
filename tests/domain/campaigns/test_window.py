"""The window: what a campaign is at every boundary, clocks going forward and back included."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaign.domain.campaigns.window import FINALISATION_DELAY, GRACE, CampaignState, SigningWindow
from campaign.store.database.engine import STATEMENT_TIMEOUT_OPTIONS, WORKER_WAIT_LIMITS

LONDON = ZoneInfo("Europe/London")
TICK = timedelta(microseconds=1)
OPENS = datetime(2026, 11, 1, tzinfo=UTC)
CLOSES = datetime(2027, 3, 28, tzinfo=UTC)
WINDOW = SigningWindow(OPENS, CLOSES, CLOSES + GRACE)


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (OPENS - timedelta(days=400), CampaignState.SCHEDULED),
        (OPENS - TICK, CampaignState.SCHEDULED),
        (OPENS, CampaignState.OPEN),
        (OPENS + TICK, CampaignState.OPEN),
        (CLOSES - TICK, CampaignState.OPEN),
        (CLOSES, CampaignState.CLOSED),
        (CLOSES + GRACE - TICK, CampaignState.CLOSED),
        (CLOSES + GRACE, CampaignState.CLOSED),
        (CLOSES + timedelta(days=400), CampaignState.CLOSED),
    ],
)
def test_a_campaign_is_open_from_its_opening_until_just_before_its_deadline(at: datetime, state: CampaignState) -> None:
    assert WINDOW.state(at) is state


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (OPENS - TICK, CampaignState.SCHEDULED),
        (OPENS, CampaignState.PAUSED),
        (CLOSES - TICK, CampaignState.PAUSED),
        (CLOSES, CampaignState.CLOSED),
    ],
)
def test_a_pause_shows_only_while_the_campaign_would_be_open(at: datetime, state: CampaignState) -> None:
    assert replace(WINDOW, paused=True).state(at) is state


@pytest.mark.parametrize("at", [OPENS - TICK, OPENS, CLOSES, CLOSES + GRACE + FINALISATION_DELAY])
def test_a_certified_total_is_final_at_any_time(at: datetime) -> None:
    final = replace(WINDOW, finalised_at=CLOSES + GRACE + FINALISATION_DELAY)
    assert final.state(at) is CampaignState.FINAL
    assert replace(final, paused=True).state(at) is CampaignState.FINAL
    assert not final.accepts_verification(at)


@pytest.mark.parametrize(
    ("at", "verifies"),
    [
        (CLOSES - TICK, True),
        (CLOSES, True),
        (CLOSES + GRACE - TICK, True),
        (CLOSES + GRACE, False),
        (CLOSES + GRACE + TICK, False),
    ],
)
def test_a_mailed_link_verifies_until_the_grace_is_over(at: datetime, verifies: bool) -> None:
    assert WINDOW.accepts_verification(at) is verifies
    assert replace(WINDOW, paused=True).accepts_verification(at) is verifies


def test_a_campaign_without_grace_takes_no_proof_after_its_deadline() -> None:
    window = replace(WINDOW, verify_until=CLOSES)
    assert window.accepts_verification(CLOSES - TICK)
    assert not window.accepts_verification(CLOSES)


@pytest.mark.parametrize(
    ("left", "seconds"),
    [
        (timedelta(days=2), 172_800),
        (timedelta(seconds=1), 1),
        (timedelta(seconds=1, microseconds=999_999), 1),
        (timedelta(microseconds=999_999), 0),
        (TICK, 0),
        (timedelta(0), 0),
        (-TICK, 0),
        (timedelta(days=-3), 0),
    ],
)
def test_seconds_left_are_whole_and_never_negative(left: timedelta, seconds: int) -> None:
    assert WINDOW.seconds_left(CLOSES - left) == seconds


def test_a_deadline_at_local_midnight_before_the_clocks_go_forward_is_midnight_by_utc() -> None:
    # On 28 March 2027 London's clocks go from 1:00 GMT to 2:00 BST.
    window = replace(WINDOW, closes_at=datetime(2027, 3, 28, tzinfo=LONDON))
    assert window.state(datetime(2027, 3, 27, 23, 59, 59, 999_999, tzinfo=UTC)) is CampaignState.OPEN
    assert window.state(datetime(2027, 3, 28, 0, 0, tzinfo=UTC)) is CampaignState.CLOSED
    assert window.seconds_left(datetime(2027, 3, 27, tzinfo=UTC)) == 86_400


def test_a_deadline_at_local_midnight_after_the_clocks_went_forward_is_an_hour_earlier_by_utc() -> None:
    window = replace(WINDOW, closes_at=datetime(2027, 3, 29, tzinfo=LONDON))
    assert window.state(datetime(2027, 3, 28, 22, 59, 59, 999_999, tzinfo=UTC)) is CampaignState.OPEN
    assert window.state(datetime(2027, 3, 28, 23, 0, tzinfo=UTC)) is CampaignState.CLOSED
    # That local day has 23 hours.
    assert window.seconds_left(datetime(2027, 3, 28, tzinfo=UTC)) == 23 * 3600


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    # On 31 October 2027 London's clocks show 1:30 twice, in BST and an hour later in GMT.
    first = datetime(2027, 10, 31, 1, 30, tzinfo=LONDON)
    second = first.replace(fold=1)
    between = datetime(2027, 10, 31, 1, 0, tzinfo=UTC)
    assert replace(WINDOW, closes_at=first).state(between) is CampaignState.CLOSED
    assert replace(WINDOW, closes_at=second).state(between) is CampaignState.OPEN
    assert replace(WINDOW, closes_at=second).seconds_left(between) == 1800


def test_a_total_settles_for_longer_than_any_transaction_can_last() -> None:
    limits = [
        int(part.removesuffix("s"))
        for part in STATEMENT_TIMEOUT_OPTIONS.replace("=", " ").split()
        if part.rstrip("s").isdigit()
    ]
    assert len(limits) == 2
    assert FINALISATION_DELAY.total_seconds() > max(*limits, WORKER_WAIT_LIMITS.lock, WORKER_WAIT_LIMITS.connection)

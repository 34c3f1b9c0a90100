"""The number that moves, the ladder of goals, and the countdown: at a pace that costs little, and never against the reader."""

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.browser.live_page import LivePage
from tests.browser.visitor import CONFIRM, PHONE, Visitor
from tests.support.processes import wait_until
from tests.support.up_process import CAMPAIGN_PATH

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

DAY, HOUR = 86_400, 3_600


@pytest.fixture
def watch(visitor: Callable[..., Visitor]) -> Callable[..., LivePage]:
    return lambda **how: LivePage(visitor(**how))


def test_an_unchanged_count_costs_a_304(visitor: Callable[..., Visitor]) -> None:
    reader = visitor()
    # The browser shows a page what it has kept; what went over the wire is known to its developers' tools alone.
    wire = reader.context.new_cdp_session(reader.page)
    statuses: dict[str, int] = {}
    wire.on("Network.responseReceivedExtraInfo", lambda answer: statuses.update({answer["requestId"]: answer["statusCode"]}))
    counts: list[str] = []
    wire.on(
        "Network.requestWillBeSent", lambda asked: counts.append(asked["requestId"]) if "count.json" in str(asked) else None
    )
    wire.send("Network.enable")
    with reader.page.expect_response("**/count.json") as first:
        reader.go()
    tag = first.value.all_headers()["etag"]
    with reader.page.expect_response("**/count.json") as second:
        pass
    assert second.value.request.all_headers()["if-none-match"] == tag

    def told() -> list[int]:
        # What went over the wire may be told a moment after the answer; it comes in while the page is waited for.
        reader.page.wait_for_timeout(20)
        return [statuses[count] for count in counts[:2] if count in statuses]

    wait_until(lambda: len(told()) == 2, "the status of both answers is told")
    assert told() == [200, 304]


def test_the_number_eases_to_its_new_value_and_the_bar_with_it(watch: Callable[..., LivePage]) -> None:
    page = watch()
    page.override_count(signatures=5_000)
    page.open()
    page.run_clock(10)
    expect(page.part("count")).to_have_text("5,000")
    expect(page.part("goal")).to_have_text("5,000 of 10,000")
    expect(page.part("total")).to_have_text("5,000 signatures")
    assert page.part("progress").evaluate("bar => bar.value") == 5_000
    drawn = [int(words.replace(",", "")) for words in page.page.evaluate("drawn")]
    assert len(drawn) > 3, "it jumps"
    assert drawn == sorted(drawn)

    page.override_count(signatures=1)
    page.run_clock(10)
    expect(page.part("total")).to_have_text("1 signature")


def test_nothing_eases_for_who_wants_nothing_to_move(watch: Callable[..., LivePage]) -> None:
    page = watch()
    page.page.emulate_media(reduced_motion="reduce")
    page.override_count(signatures=5_000)
    page.open()
    page.run_clock(10)
    expect(page.part("count")).to_have_text("5,000")
    assert page.page.evaluate("drawn") == ["5,000"]


def test_an_idle_page_asks_less_and_less_often_and_a_hidden_one_hardly_at_all(watch: Callable[..., LivePage]) -> None:
    page = watch()
    page.open()
    page.run_clock(200)
    gaps = page.request_intervals()
    assert gaps[0] <= 10
    assert 25 <= gaps[-1] <= 40

    page.page.evaluate(
        "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.run_clock(40)  # The question already planned is still asked.
    before = len(page.request_times)
    page.run_clock(150)
    assert 1 <= len(page.request_times) - before <= 3
    assert page.request_intervals()[-1] >= 60

    before = len(page.request_times)
    page.page.evaluate(
        "Object.defineProperty(document, 'hidden', {value: false, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.run_clock(3)
    assert len(page.request_times) == before + 1, "who comes back sees the number of now"


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_for_time_gets_it(watch: Callable[..., LivePage], status: int) -> None:
    page = watch()
    page.open()
    page.run_clock(5)
    page.override_count(status=status, headers={"retry-after": "90"})
    page.run_clock(30)
    page.override_count(signatures=7)
    asked = page.request_times
    page.run_clock(50)
    assert page.request_times == asked
    page.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.run_clock(5)
    assert page.request_times == asked, "not even for somebody who comes back to the page"
    page.run_clock(60)
    assert len(page.request_times) > len(asked)
    assert page.request_times[len(asked)] - asked[-1] >= 90
    page.run_clock(2)
    expect(page.part("count")).to_have_text("7")
    page.visitor.expected_complaints.append(f"status of {status}")


def test_a_server_that_lets_the_count_be_kept_longer_is_asked_no_more_often(watch: Callable[..., LivePage]) -> None:
    page = watch()
    page.override_count(headers={"cache-control": "public, max-age=45"})
    page.open()
    page.run_clock(200)
    assert len(page.request_intervals()) >= 2
    assert all(45 <= gap <= 60 for gap in page.request_intervals()), page.request_intervals()


def test_a_paused_page_asks_nothing_and_nothing_on_it_moves(watch: Callable[..., LivePage]) -> None:
    page = watch()
    page.open()
    # On the last day the countdown moves every second.
    page.fast_forward(page.seconds_left - DAY + 60)
    page.run_clock(10)
    page.visitor.press("Pause live updates")
    page.override_count(signatures=77)
    asked, time = page.request_times, page.part("countdown").inner_text()
    page.run_clock(60)
    assert page.request_times == asked
    expect(page.part("countdown")).to_have_text(time)

    page.visitor.press("Resume live updates")
    page.run_clock(3)
    expect(page.part("count")).to_have_text("77")
    expect(page.part("countdown")).not_to_have_text(time)


def test_a_moving_number_is_announced_at_most_twice_a_minute(watch: Callable[..., LivePage]) -> None:
    page = watch()
    page.open()
    for number in range(100, 125):
        page.override_count(signatures=number)
        page.run_clock(6)
    said = page.page.evaluate("announced")
    assert len(said) >= 3
    assert all(after[0] - before[0] > 29.9 for before, after in pairwise(said)), said
    assert all(words.endswith(" signatures") for _, words in said)


def test_a_goal_that_is_reached_becomes_a_milestone_and_the_next_one_appears(watch: Callable[..., LivePage]) -> None:
    page = watch()
    page.open()
    next_goal = page.part("ladder").get_by_role("listitem")
    expect(next_goal).to_have_text(["At 10,000: the Government responds"], use_inner_text=True)
    page.override_count(signatures=9_999)
    page.run_clock(10)
    expect(page.part("goal")).to_have_text("9,999 of 10,000")
    expect(next_goal).to_have_text(["At 10,000: the Government responds"], use_inner_text=True)

    page.override_count(signatures=10_000, goal=100_000)
    page.run_clock(45)
    today = page.page.evaluate(
        "new Date().toLocaleDateString('en-GB', {day: 'numeric', month: 'long', year: 'numeric', timeZone: 'Europe/London'})"
    )
    expect(page.part("ladder").get_by_role("listitem")).to_have_text(
        [f"10,000 reached on {today}", "At 100,000: it is considered for a debate in Parliament"], use_inner_text=True
    )
    expect(page.part("goal")).to_have_text("10,000 of 100,000")
    assert page.part("progress").evaluate("bar => [bar.value, bar.max]") == [10_000, 100_000]
    expect(page.part("announce")).to_have_text("Goal of 10,000 reached. 10,000 signatures")

    page.override_count(signatures=100_000, goal=100_000)
    page.run_clock(40)
    expect(page.part("ladder").get_by_role("listitem")).to_have_text(
        [f"10,000 reached on {today}", f"100,000 reached on {today}"], use_inner_text=True
    )
    expect(page.part("goal")).to_have_text("Goal of 100,000 reached")


def test_goals_that_one_answer_passes_all_become_milestones_and_the_last_one_can_be_lost_again(
    watch: Callable[..., LivePage],
) -> None:
    page = watch()
    page.open()
    page.override_count(signatures=100_001, goal=100_000)
    page.run_clock(45)
    rungs = page.part("ladder").get_by_role("listitem")
    expect(rungs).to_have_text([re.compile("^10,000 reached on"), re.compile("^100,000 reached on")], use_inner_text=True)
    expect(page.part("next")).to_be_hidden()
    expect(page.part("goal")).to_have_text("Goal of 100,000 reached")
    expect(page.part("announce")).to_have_text("Goal of 100,000 reached. 100,001 signatures")
    assert page.part("progress").evaluate("bar => [bar.value, bar.max]") == [100_000, 100_000]

    page.override_count(signatures=99_999, goal=100_000)
    page.run_clock(40)
    expect(page.part("next")).to_have_text("At 100,000: it is considered for a debate in Parliament")
    expect(page.part("goal")).to_have_text("99,999 of 100,000")
    assert page.part("progress").evaluate("bar => [bar.value, bar.max]") == [99_999, 100_000]

    page.override_count(signatures=100_000, goal=100_000)
    page.run_clock(40)
    expect(page.part("next")).to_be_hidden()
    expect(page.part("rung")).to_have_count(2)
    expect(page.part("goal")).to_have_text("Goal of 100,000 reached")


def test_the_countdown_changes_its_tone_in_the_last_day_and_hour_and_the_campaign_closes_without_a_reload(
    watch: Callable[..., LivePage],
) -> None:
    page = watch(screen=PHONE)
    page.override_count(signatures=77)
    page.open()
    live, words = page.part("live"), page.part("tone-words")
    page.fast_forward(page.seconds_left - DAY - 60)
    expect(live).to_have_attribute("data-tone", "")
    expect(words).to_be_empty()
    page.fast_forward(120)
    expect(live).to_have_attribute("data-tone", "last-day")
    expect(words).to_have_text("Last day to sign")
    expect(page.part("countdown")).to_have_text(re.compile(r"^23\sh 5[89]\smin \d+\ss left$"))
    page.fast_forward(DAY - HOUR)
    expect(live).to_have_attribute("data-tone", "last-hour")
    expect(words).to_have_text("Last hour to sign")

    sign = page.page.get_by_role("link", name="Sign", exact=True)
    expect(sign.first).to_be_visible()
    page.page.get_by_label("Your name").focus()
    page.fast_forward(HOUR)
    expect(page.page.get_by_role("heading", name="This campaign has closed")).to_be_focused()
    expect(page.page.get_by_text("It can no longer be signed.")).to_be_visible()
    expect(page.page.locator("#sign form")).to_have_count(0)
    expect(sign).to_have_count(0)
    expect(page.part("when")).to_contain_text("The deadline was")
    expect(page.part("announce")).to_have_text("Closed")
    expect(live).to_have_attribute("data-tone", "")
    expect(page.part("count")).to_have_text("77")

    # Links mailed before still count, and so the number still moves; the server's word for it changes nothing more.
    page.override_count(signatures=10_000, goal=100_000, state="closed")
    page.run_clock(70)
    expect(page.part("count")).to_have_text("10,000")
    expect(page.part("ladder")).to_contain_text("10,000 reached on")
    expect(page.part("next")).to_be_hidden()
    assert page.page.evaluate("window.neverLoadedAgain")


def test_the_thank_you_page_says_which_number_somebody_is(visitor: Callable[..., Visitor]) -> None:
    zoe, other = visitor(screen=PHONE), visitor(scripts=False)
    zoe.go()
    zoe.sign()
    zoe.open_mail(CONFIRM)
    link = str(zoe.mail_link("v").get_attribute("href"))
    zoe.mail_link("v").click()
    zoe.expect_thanks()
    ordinal = zoe.page.locator("[data-ordinal='']")
    expect(ordinal).to_have_text(re.compile(r"You are the [\d,]*\d(st|nd|rd|th)"))
    words = ordinal.inner_text()

    other.go(link)
    other.press("Continue")
    other.expect_thanks()
    expect(other.page.locator("[data-ordinal='']")).to_have_text(words)
    assert zoe.evaluate("sessionStorage.length") == 0


def test_the_page_loads_again_when_signing_is_paused_but_not_under_somebody_who_types(watch: Callable[..., LivePage]) -> None:
    page = watch()
    page.open()
    page.page.get_by_label("Your name").fill("Zoë")
    page.override_count(state="paused")
    page.run_clock(60)
    assert page.page.evaluate("window.neverLoadedAgain")
    page.page.get_by_label("Your name").fill("")
    with page.page.expect_navigation(url=f"**{CAMPAIGN_PATH}"):
        page.page.clock.resume()
        page.page.clock.fast_forward(40_000)

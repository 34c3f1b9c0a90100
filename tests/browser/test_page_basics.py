"""Rules that every page keeps to: nothing stored, a clock that is right, and room enough on the smallest screen."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Route, expect

from tests.browser.visitor import CONFIRM, NARROWEST, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


def test_nothing_is_stored_in_the_browser_of_somebody_who_reads(visitor: Callable[..., Visitor]) -> None:
    reader = visitor()
    reader.go("/")
    reader.page.get_by_role("link", name=re.compile("NHS Reinstatement Bill")).click()
    expect(reader.page.get_by_role("heading", name="Sign here")).to_be_visible()
    # Long enough for the script to have asked for the count.
    with reader.page.expect_response("**/count.json"):
        pass
    assert reader.context.cookies() == []
    assert reader.evaluate("[document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 0]
    assert reader.evaluate("indexedDB.databases()") == []


def with_attributes(route: Route, values: dict[str, str]) -> str:
    """The page that was asked for, with other values of some attributes."""
    page = route.fetch().text()
    for name, value in values.items():
        page, replaced = re.subn(rf'{name}="[^"]*"', f'{name}="{value}"', page)
        assert replaced, name
    return page


def test_the_countdown_ticks_whatever_the_clock_of_the_visitor_says(visitor: Callable[..., Visitor]) -> None:
    reader = visitor()
    reader.context.add_init_script("{ const right = Date.now; Date.now = () => right() - 9e11; }")
    reader.go()
    clock = reader.page.locator("[data-countdown]")
    expect(clock).to_have_text(re.compile(r"^2\d\sdays left$"))

    # On the last day it counts seconds. The page is served as that of a campaign with an hour and a bit to go.
    closes = (datetime.now(UTC) + timedelta(minutes=65)).strftime("%Y-%m-%dT%H:%M:%SZ")
    near = {"data-closes-at": closes, "data-seconds-left": str(65 * 60)}
    reader.page.route("**/c/nhs-reinstatement-bill", lambda route: route.fulfill(body=with_attributes(route, near)))
    reader.page.route("**/count.json", lambda route: route.fulfill(json=route.fetch().json() | {"closes_at": closes}))
    reader.go()
    expect(clock).to_have_text(re.compile(r"^1\sh \d\smin \d+\ss left$"))
    expect(clock).not_to_have_text(clock.inner_text())

    reader.press("Pause live updates")
    stopped = clock.inner_text()
    reader.page.wait_for_timeout(2500)
    assert clock.inner_text() == stopped
    reader.press("Resume live updates")
    expect(clock).not_to_have_text(stopped)


def test_without_javascript_the_deadline_is_there_in_words(visitor: Callable[..., Visitor]) -> None:
    reader = visitor(scripts=False)
    reader.go()
    expect(reader.page.get_by_role("timer")).to_have_text(re.compile(r"^2\d days left$"))
    expect(reader.page.get_by_text(re.compile(r"Open until \d+ \w+ \d{4} at \d+:\d\d [ap]m \w+"))).to_be_visible()
    # What only a script can do is not offered.
    expect(reader.page.get_by_role("button")).to_have_text(["Sign the petition"])


@pytest.mark.parametrize("screen", [(1280, 800), (1440, 900)])
def test_on_a_desktop_the_numbers_the_form_and_its_button_are_there_without_scrolling(
    visitor: Callable[..., Visitor], screen: tuple[int, int]
) -> None:
    reader = visitor(screen=screen)
    reader.go()
    parts = (".tally .count", ".tally progress", "[data-countdown]", "#name", "#email", "#postcode", ".sign [type=submit]")
    ends = [reader.evaluate(_BOTTOM, part) for part in parts]
    assert ends == sorted(ends)
    assert ends[-1] <= screen[1]


def test_on_a_phone_the_fields_and_the_button_are_one_screen_below_the_tap(visitor: Callable[..., Visitor]) -> None:
    reader = visitor(screen=(360, 640))
    reader.go()
    reader.page.get_by_role("link", name="Sign", exact=True).first.click()
    expect(reader.page.locator("#name")).to_be_in_viewport(ratio=1)
    assert 0 <= reader.evaluate(_BOTTOM, "#name") < reader.evaluate(_BOTTOM, ".sign [type=submit]") <= 640

    # With text of twice the size, as set in the browser, the title is on the first screen, and nothing hides the form.
    reader.context.new_cdp_session(reader.page).send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    reader.go()
    reader.evaluate("document.querySelector('.banner').remove()")
    assert reader.evaluate("getComputedStyle(document.documentElement).fontSize") == "36px"
    expect(reader.page.locator("h1")).to_be_in_viewport(ratio=1)
    for part in ("#name", "#email", "#postcode", ".sign [type=submit]"):
        reader.page.locator(part).focus()
        expect(reader.page.locator(part)).to_be_in_viewport(ratio=1)
        assert reader.evaluate(_UNCOVERED, part), part
    assert reader.evaluate("document.documentElement.scrollWidth") == 360


_UNCOVERED = """part => {
  const one = document.querySelector(part), box = one.getBoundingClientRect();
  return one.contains(document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2));
}"""
_BOTTOM = "part => document.querySelector(part).getBoundingClientRect().bottom"


def test_no_page_must_be_scrolled_sideways_at_320_pixels(visitor: Callable[..., Visitor], closed_campaign: str) -> None:
    zoe, other = visitor(screen=NARROWEST), visitor(screen=NARROWEST)
    widths: dict[str, int] = {}

    def measure(page: str, who: Visitor = zoe) -> None:
        widths[page] = who.evaluate("document.documentElement.scrollWidth")

    zoe.go("/")
    measure("list")
    zoe.go(closed_campaign)
    measure("closed campaign")
    zoe.go("/nowhere")
    measure("404")
    zoe.go()
    measure("campaign")
    zoe.press("Sign the petition")
    expect(zoe.page.get_by_role("heading", name="There is a problem")).to_be_visible()
    measure("campaign with errors")
    zoe.sign(name="Wolfeschlegelsteinhausenbergerdorffvoralternwarengewissenhaftschaferswessen")
    measure("check your email")
    zoe.go("/dev/mailbox")
    measure("mailbox")
    zoe.open_mail(CONFIRM)
    measure("mail")
    other.go(str(zoe.mail_link("v").get_attribute("href")))
    measure("confirm", other)
    zoe.mail_link("v").click()
    zoe.expect_thanks()
    zoe.page.get_by_role("textbox", name="Why I signed").fill("n" * 500)
    zoe.press("Save")
    expect(zoe.page.get_by_text("Your choices are saved.")).to_be_visible()
    measure("thanks")
    zoe.follow("see, change or withdraw your signature")
    measure("my signature")
    zoe.page.get_by_text("Withdraw my signature").click()
    zoe.press("Yes, withdraw it")
    expect(zoe.page.get_by_text("You withdrew it")).to_be_visible()
    measure("my signature, withdrawn")
    other.page.reload()
    measure("link that is over", other)
    assert {page: width for page, width in widths.items() if width > 320} == {}
    assert len(widths) == 13

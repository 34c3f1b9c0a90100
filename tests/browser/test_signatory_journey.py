"""The main journey, as a signatory makes it: from the leaflet's address to the count, and back."""

import re
from collections.abc import Callable
from itertools import count

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import CONFIRM, DESKTOP, PHONE, Scheme, Visitor
from tests.support.processes import wait_until
from tests.support.up_process import UpProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

_numbers = count(1)


@pytest.fixture
def campaign(site: UpProcess) -> str:
    """The path of a campaign that nobody else signs: of another one the count may still move by those who were here before."""
    slug = f"journey-{next(_numbers)}"
    definition = site.folder / f"{slug}.toml"
    definition.write_text(
        f'slug = "{slug}"\ntitle = "Keep the nurses"\nrecipient = "The council"\n'
        f'ask = "{"We need every one of them. " * 30}"\ncontact = "nurses@example.org"\ncloses_at = 2099-12-31T23:59:59\n'
    )
    site.run_command("campaign", "create", str(definition))
    return f"/c/{slug}"


def expect_count(site: UpProcess, campaign: str, number: int) -> None:
    """See the count come to a number. Each process of the web believes for a moment what it has read."""
    wait_until(lambda: site.count(campaign) == number, f"the count is {number}")


@pytest.mark.parametrize(
    ("site", "screen", "scheme"),
    [("sqlite", PHONE, "dark"), ("postgresql", DESKTOP, "light")],
    indirect=["site"],
    ids=["phone, dark", "desktop, light"],
)
def test_somebody_signs_follows_the_link_in_the_same_browser_is_counted_and_withdraws(
    site: UpProcess, visitor: Callable[..., Visitor], campaign: str, screen: tuple[int, int], scheme: Scheme
) -> None:
    zoe = visitor(screen=screen, scheme=scheme, campaign=campaign)
    zoe.go()
    heading = zoe.page.get_by_role("heading", name="Sign here")
    if screen is PHONE:
        expect(heading).not_to_be_in_viewport()
        zoe.follow("Sign")
    expect(heading).to_be_in_viewport()

    postcode = zoe.page.get_by_label("Postcode")
    zoe.fill(country="FR")
    expect(postcode).to_be_hidden()
    zoe.fill(country="GB")
    expect(postcode).to_be_visible()
    zoe.sign()
    assert zoe.path == f"{campaign}/check-your-email"
    assert site.count(campaign) == 0

    zoe.open_mail(CONFIRM)
    watched = zoe.context.new_page()
    watched.goto(campaign)
    watched.evaluate("window.neverLoadedAgain = true")
    if screen is PHONE:
        zoe.mail_link("v").click()
    else:
        zoe.page.frame_locator("iframe").get_by_role("link", name="Confirm my signature").click()
    zoe.expect_thanks()
    expect(zoe.count_on_page()).to_have_text("1")
    expect(zoe.count_on_page(watched)).to_have_text("1")
    expect_count(site, campaign, 1)

    zoe.page.get_by_role("textbox", name="Why I signed").fill("My mother was a nurse.\nIt matters.")
    zoe.page.get_by_label("Show my first name, my town and why I signed").check()
    zoe.press("Save")
    expect(zoe.page.get_by_text("Your choices are saved.")).to_be_visible()
    expect(zoe.page.get_by_role("textbox", name="Why I signed")).to_have_value("My mother was a nurse.\nIt matters.")

    zoe.follow("see, change or withdraw your signature")
    expect(zoe.page.get_by_text("It counts.")).to_be_visible()
    sure = zoe.page.get_by_role("button", name="Yes, withdraw it")
    expect(sure).to_be_hidden()
    zoe.page.get_by_text("Withdraw my signature").click()
    sure.click()
    expect(zoe.page.get_by_text("You withdrew it")).to_be_visible()
    expect(zoe.count_on_page(watched)).to_have_text("0")
    assert watched.evaluate("window.neverLoadedAgain")
    expect_count(site, campaign, 0)


@pytest.mark.parametrize(
    ("site", "screen", "scheme"),
    [("sqlite", PHONE, "light"), ("postgresql", DESKTOP, "dark")],
    indirect=["site"],
    ids=["phone, light", "desktop, dark"],
)
def test_without_javascript_it_is_the_same_journey_with_every_button_pressed_by_hand(
    site: UpProcess, visitor: Callable[..., Visitor], campaign: str, screen: tuple[int, int], scheme: Scheme
) -> None:
    zoe = visitor(screen=screen, scheme=scheme, scripts=False, campaign=campaign)
    zoe.go()
    if screen is PHONE:
        zoe.follow("Sign")
    zoe.sign()
    zoe.follow("Read it in the development mailbox")
    zoe.open_mail(CONFIRM)
    zoe.mail_link("v").click()
    expect(zoe.page.get_by_role("heading", name="Confirm your signature")).to_be_visible()
    assert site.count(campaign) == 0
    zoe.press("Confirm my signature")
    zoe.expect_thanks()
    expect_count(site, campaign, 1)

    zoe.open_mail("Your signature counts")
    zoe.mail_link("s").click()
    zoe.page.get_by_text("Withdraw my signature").click()
    zoe.press("Yes, withdraw it")
    expect(zoe.page.get_by_text("You withdrew it")).to_be_visible()
    expect_count(site, campaign, 0)


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_form_with_mistakes_says_all_of_them_and_keeps_what_was_typed(visitor: Callable[..., Visitor], scripts: bool) -> None:
    zoe = visitor(scripts=scripts)
    zoe.go()
    zoe.press("Sign the petition")
    expect(zoe.page).to_have_title(re.compile("^Error: "))
    links = zoe.page.get_by_role("region", name="There is a problem").get_by_role("link")
    expect(links).to_have_text(["Enter your name.", "Enter your email address.", re.compile("^Enter your postcode")])
    if scripts:
        expect(zoe.focused).to_have_id("problem")

    for field, link in zip(("name", "email", "postcode"), links.all(), strict=True):
        link.click()
        expect(zoe.focused).to_have_id(field)
        expect(zoe.focused).to_have_attribute("aria-invalid", "true")
        expect(zoe.focused).to_have_accessible_description(re.compile(f"Error: {re.escape(link.inner_text())}"))

    zoe.fill(email="zoe@", postcode="SW1A")
    zoe.page.get_by_label("Email me").check()
    zoe.press("Sign the petition")
    expect(links).to_have_count(2)
    expect(zoe.page.get_by_label("Your name")).to_have_value("Zoë Brontë-O’Neill")
    expect(zoe.page.get_by_label("Your email address")).to_have_value("zoe@")
    expect(zoe.page.get_by_label("Postcode")).to_have_value("SW1A")
    expect(zoe.page.get_by_label("Email me")).to_be_checked()

    zoe.sign()


def test_on_a_phone_the_bar_leads_to_the_first_field(visitor: Callable[..., Visitor]) -> None:
    zoe = visitor(screen=PHONE)
    zoe.go()
    zoe.page.get_by_role("link", name="Sign", exact=True).first.click()
    expect(zoe.focused).to_have_id("name")
    expect(zoe.focused).to_be_in_viewport()
    expect(zoe.page.get_by_role("button", name="Sign the petition")).to_be_in_viewport()


def test_a_mail_scanner_that_runs_our_scripts_presses_nothing(
    site: UpProcess, visitor: Callable[..., Visitor], campaign: str
) -> None:
    zoe, scanner = visitor(campaign=campaign), visitor(campaign=campaign)
    zoe.go()
    zoe.sign()
    zoe.open_mail(CONFIRM)
    link = zoe.mail_link("v").get_attribute("href")
    assert link
    scanner.stop_clock()
    for _ in range(2):
        scanner.go(link)
        scanner.page.clock.run_for(60_000)
        scanner.page.wait_for_load_state("networkidle")
        assert scanner.page.url == link
        assert site.count(campaign) == 0
    # Or it was the signatory, at another machine.
    scanner.press("Confirm my signature")
    scanner.expect_thanks()
    scanner.page.clock.resume()
    expect(scanner.count_on_page()).to_have_text("1")
    expect_count(site, campaign, 1)

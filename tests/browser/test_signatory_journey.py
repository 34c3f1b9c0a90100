"""The main journey, as a signatory makes it: from the leaflet's address to the count, and back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import CONFIRM, DESKTOP, PHONE, Scheme, Visitor
from tests.support.processes import wait_until
from tests.support.up_process import CAMPAIGN_PATH, UpProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.mark.parametrize(
    ("site", "screen", "scheme"),
    [("sqlite", PHONE, "dark"), ("postgresql", DESKTOP, "light")],
    indirect=["site"],
    ids=["phone, dark", "desktop, light"],
)
def test_somebody_signs_follows_the_link_in_the_same_browser_is_counted_and_withdraws(
    site: UpProcess, visitor: Callable[..., Visitor], screen: tuple[int, int], scheme: Scheme
) -> None:
    before = site.count()
    zoe = visitor(screen=screen, scheme=scheme)
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
    assert zoe.path == f"{CAMPAIGN_PATH}/check-your-email"
    assert site.count() == before

    zoe.open_mail(CONFIRM)
    watched = zoe.context.new_page()
    watched.goto(CAMPAIGN_PATH)
    watched.evaluate("window.neverLoadedAgain = true")
    if screen is PHONE:
        zoe.mail_link("v").click()
    else:
        zoe.page.frame_locator("iframe").get_by_role("link", name="Confirm my signature").click()
    zoe.expect_thanks()
    expect(zoe.count_on_page()).to_have_text(f"{before + 1:,}")
    expect(zoe.count_on_page(watched)).to_have_text(f"{before + 1:,}")
    assert site.count() == before + 1

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
    expect(zoe.count_on_page(watched)).to_have_text(f"{before:,}")
    assert watched.evaluate("window.neverLoadedAgain")
    assert site.count() == before


@pytest.mark.parametrize(
    ("site", "screen", "scheme"),
    [("sqlite", PHONE, "light"), ("postgresql", DESKTOP, "dark")],
    indirect=["site"],
    ids=["phone, light", "desktop, dark"],
)
def test_without_javascript_it_is_the_same_journey_with_every_button_pressed_by_hand(
    site: UpProcess, visitor: Callable[..., Visitor], screen: tuple[int, int], scheme: Scheme
) -> None:
    before = site.count()
    zoe = visitor(screen=screen, scheme=scheme, scripts=False)
    zoe.go()
    if screen is PHONE:
        zoe.follow("Sign")
    zoe.sign()
    zoe.follow("Read it in the development mailbox")
    zoe.open_mail(CONFIRM)
    zoe.mail_link("v").click()
    expect(zoe.page.get_by_role("heading", name="Confirm your signature")).to_be_visible()
    assert site.count() == before
    zoe.press("Confirm my signature")
    zoe.expect_thanks()
    wait_until(lambda: site.count() == before + 1, "the signature is counted")

    zoe.open_mail("Your signature counts")
    zoe.mail_link("s").click()
    zoe.page.get_by_text("Withdraw my signature").click()
    zoe.press("Yes, withdraw it")
    expect(zoe.page.get_by_text("You withdrew it")).to_be_visible()
    wait_until(lambda: site.count() == before, "the signature is taken off the count")


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_form_with_mistakes_says_all_of_them_and_keeps_what_was_typed(visitor: Callable[..., Visitor], scripts: bool) -> None:
    zoe = visitor(scripts=scripts)
    zoe.go()
    zoe.press("Sign the petition")
    expect(zoe.page).to_have_title(re.compile("^Error: "))
    links = zoe.page.get_by_role("region", name="There is a problem").get_by_role("link")
    expect(links).to_have_text(["Enter your name.", "Enter your email address.", re.compile("^Enter your postcode")])
    if scripts:
        assert zoe.focus_label == "problem"

    for field, link in zip(("name", "email", "postcode"), links.all(), strict=True):
        link.click()
        assert zoe.focus_label == field
        expect(zoe.focused).to_have_attribute("aria-invalid", "true")
        expect(zoe.focused).to_have_accessible_description(re.compile(f"Error: {re.escape(link.inner_text())}"))

    zoe.fill(email="zoe@", postcode="SW1A")
    zoe.page.get_by_label("Email me").check()
    zoe.press("Sign the petition")
    expect(links).to_have_count(2)
    assert zoe.page.get_by_label("Your name").input_value() == "Zoë Brontë-O’Neill"
    assert zoe.page.get_by_label("Your email address").input_value() == "zoe@"
    assert zoe.page.get_by_label("Postcode").input_value() == "SW1A"
    expect(zoe.page.get_by_label("Email me")).to_be_checked()

    zoe.sign()


def test_on_a_phone_the_bar_leads_to_the_first_field(visitor: Callable[..., Visitor]) -> None:
    zoe = visitor(screen=PHONE)
    zoe.go()
    zoe.page.get_by_role("link", name="Sign", exact=True).first.click()
    assert zoe.focus_label == "name"
    expect(zoe.focused).to_be_in_viewport()
    expect(zoe.page.get_by_role("button", name="Sign the petition")).to_be_in_viewport()


def test_a_mail_scanner_that_runs_our_scripts_presses_nothing(site: UpProcess, visitor: Callable[..., Visitor]) -> None:
    before = site.count()
    zoe, scanner = visitor(), visitor()
    zoe.go()
    zoe.sign()
    zoe.open_mail(CONFIRM)
    link = zoe.mail_link("v").get_attribute("href")
    assert link
    for _ in range(2):
        scanner.go(link)
        scanner.page.wait_for_timeout(3000)
        assert scanner.page.url == link
        assert site.count() == before
    # Or it was the signatory, at another machine.
    scanner.press("Confirm my signature")
    scanner.expect_thanks()
    expect(scanner.count_on_page()).to_have_text(f"{before + 1:,}")
    assert site.count() == before + 1

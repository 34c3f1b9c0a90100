"""Passing a campaign on, with a script and without."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import CONFIRM, PHONE, Visitor
from tests.support.up_process import CAMPAIGN_PATH, UpProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

# Messenger has no page of its own to share by, only an app: it is offered to a finger alone.
PLACES = [
    "WhatsApp", "Text message", "Email", "Facebook", "Bluesky", "Mastodon", "X", "Telegram", "LinkedIn", "Threads",
]  # fmt: skip
_IN_PROGRAMS = ("Email", "Text message")
"""Opened by a program of the phone or computer, not by a page."""


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_each_way_to_share_is_a_plain_link(site: UpProcess, visitor: Callable[..., Visitor], scripts: bool) -> None:
    reader = visitor(screen=PHONE, scripts=scripts)
    reader.go()
    links = reader.page.get_by_role("list", name="Share on").get_by_role("link")
    expect(links).to_have_text(PLACES)
    for name, link in zip(PLACES, links.all(), strict=True):
        if name not in (*_IN_PROGRAMS, "Mastodon"):
            expect(link).to_have_attribute("target", "_blank")
            expect(link).to_have_attribute("rel", "noopener noreferrer")
    whatsapp = str(links.first.get_attribute("href"))
    assert f"{site.url}{CAMPAIGN_PATH}" in parse_qs(urlsplit(whatsapp).query)["text"][0]
    expect(reader.page.get_by_label("Link to share")).to_have_value(f"{site.url}{CAMPAIGN_PATH}")
    expect(reader.page.get_by_role("button", name="Copy link")).to_be_visible(visible=scripts)


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_mastodon_asks_for_the_server_and_leads_there(site: UpProcess, visitor: Callable[..., Visitor], scripts: bool) -> None:
    reader = visitor(scripts=scripts)
    reader.go()
    reader.follow("Mastodon")
    server = reader.page.get_by_label("Your Mastodon server")
    server.fill("no server")
    reader.press("Go on to Mastodon")
    expect(reader.page).to_have_title(re.compile("^Error: "))
    expect(server).to_have_attribute("aria-invalid", "true")
    expect(server).to_have_accessible_description(re.compile("Error: Enter the name of a server"))
    expect(server).to_have_value("no server")
    if scripts:
        expect(reader.focused).to_have_id("problem")

    server.fill("https://Mastodon.Example/@ada")
    reader.press("Go on to Mastodon")
    on = reader.page.get_by_role("link", name="Continue to mastodon.example")
    target = urlsplit(str(on.get_attribute("href")))
    assert (target.scheme, target.netloc, target.path) == ("https", "mastodon.example", "/share")
    assert f"{site.url}{CAMPAIGN_PATH}" in parse_qs(target.query)["text"][0]


def test_the_link_is_copied(site: UpProcess, visitor: Callable[..., Visitor]) -> None:
    reader = visitor()
    reader.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reader.stop_clock()
    reader.go()
    reader.press("Copy link")
    expect(reader.page.get_by_role("button", name="Copied")).to_be_focused()
    assert reader.evaluate("navigator.clipboard.readText()") == f"{site.url}{CAMPAIGN_PATH}"
    reader.page.clock.run_for(4_000)
    expect(reader.page.get_by_role("button", name="Copy link")).to_be_visible()


def test_the_link_is_copied_where_the_browser_has_no_clipboard_for_us(site: UpProcess, visitor: Callable[..., Visitor]) -> None:
    reader = visitor()
    reader.context.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    reader.stop_clock()
    reader.go()
    reader.page.evaluate("document.addEventListener('copy', () => { window.copied = String(document.getSelection()); })")
    reader.press("Copy link")
    expect(reader.page.get_by_role("button", name="Copied")).to_be_visible()
    assert reader.evaluate("copied") == f"{site.url}{CAMPAIGN_PATH}"


def test_a_phone_with_a_share_sheet_of_its_own_offers_it(site: UpProcess, visitor: Callable[..., Visitor]) -> None:
    phone, other = visitor(screen=PHONE), visitor(screen=PHONE)
    phone.context.add_init_script(
        "window.sheets = [];navigator.share = async (what) => { sheets.push(what); throw new DOMException('', 'AbortError'); };"
    )
    phone.go()
    phone.press("Share…")
    (sheet,) = phone.evaluate("sheets")
    assert sheet["url"] == f"{site.url}{CAMPAIGN_PATH}"
    assert sheet["title"]
    assert sheet["text"]

    other.context.add_init_script("Object.defineProperty(navigator, 'share', {value: undefined})")
    other.go()
    expect(other.page.get_by_role("button", name="Share…")).to_be_hidden()


def test_who_is_thanked_shares_a_link_of_their_own(site: UpProcess, visitor: Callable[..., Visitor]) -> None:
    zoe, friend = visitor(screen=(360, 640), scripts=False), visitor()
    zoe.go()
    zoe.sign()
    zoe.open_mail(CONFIRM)
    zoe.mail_link("v").click()
    zoe.press("Confirm my signature")
    zoe.expect_thanks()
    link = zoe.page.get_by_label("Link to share").input_value()
    via = parse_qs(urlsplit(link).query)["via"][0]
    assert link.startswith(f"{site.url}{CAMPAIGN_PATH}?")
    assert site.url in link
    expect(zoe.page.get_by_role("link", name="WhatsApp")).to_be_in_viewport(ratio=1)
    expect(zoe.page.get_by_text("0 of 3 friends have signed through you")).to_be_visible()
    for place in zoe.page.get_by_role("list", name="Share on").get_by_role("link").all():
        assert via in str(place.get_attribute("href"))

    friend.go(link)
    friend.sign()
    friend.open_mail(CONFIRM)
    friend.mail_link("v").click()
    friend.expect_thanks()
    zoe.page.reload()
    expect(zoe.page.get_by_text("1 of 3 friends has signed through you")).to_be_visible()
    friend.follow("see, change or withdraw your signature")
    assert via not in friend.page.get_by_label("Link to share").input_value(), "everybody's link is their own"
    zoe.follow("see, change or withdraw your signature")
    expect(zoe.page.get_by_label("Link to share")).to_have_value(link)

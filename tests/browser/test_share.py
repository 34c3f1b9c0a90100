"""Passing a campaign on, with a script and without; the campaign on another site; and help with what was mistyped."""

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visitor import CONFIRM, DESKTOP, PHONE, Visitor
from tests.up import CAMPAIGN, Up

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(300)]

PLACES = ["WhatsApp", "Facebook", "X", "Bluesky", "Telegram", "Email", "Mastodon"]


class HostPage:
    """A page on another origin, as a campaigner's own site is one."""

    def __init__(self) -> None:
        self.body = ""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(handler) -> None:  # noqa: N802, N805
                body = f"<!doctype html><title>Host</title><link rel=icon href=data:,><body>{self.body}".encode()
                handler.send_response(200)
                handler.send_header("Content-Type", "text/html; charset=utf-8")
                handler.send_header("Content-Length", str(len(body)))
                handler.end_headers()
                handler.wfile.write(body)

            def log_message(handler, *_: object) -> None:  # noqa: N805
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def host_page() -> Iterator[HostPage]:
    host = HostPage()
    yield host
    host.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_each_way_to_share_is_a_plain_link(site: Up, visitor: Callable[..., Visitor], scripts: bool) -> None:
    reader = visitor(screen=PHONE, scripts=scripts)
    reader.go()
    links = reader.page.get_by_role("list", name="Share on").get_by_role("link")
    expect(links).to_have_text(PLACES)
    for link in links.all()[:-2]:
        expect(link).to_have_attribute("target", "_blank")
        expect(link).to_have_attribute("rel", "noopener noreferrer")
    whatsapp = str(links.first.get_attribute("href"))
    assert f"{site.url}{CAMPAIGN}" in parse_qs(urlsplit(whatsapp).query)["text"][0]
    expect(reader.page.get_by_label("Link to share")).to_have_value(f"{site.url}{CAMPAIGN}")
    expect(reader.page.get_by_role("button", name="Copy link")).to_be_visible(visible=scripts)


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_mastodon_asks_for_the_server_and_leads_there(site: Up, visitor: Callable[..., Visitor], scripts: bool) -> None:
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
        assert reader.focus == "problem"

    server.fill("https://Mastodon.Example/@ada")
    reader.press("Go on to Mastodon")
    on = reader.page.get_by_role("link", name="Continue to mastodon.example")
    target = urlsplit(str(on.get_attribute("href")))
    assert (target.scheme, target.netloc, target.path) == ("https", "mastodon.example", "/share")
    assert f"{site.url}{CAMPAIGN}" in parse_qs(target.query)["text"][0]


def test_the_link_is_copied(site: Up, visitor: Callable[..., Visitor]) -> None:
    reader = visitor()
    reader.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reader.go()
    reader.press("Copy link")
    expect(reader.page.get_by_role("button", name="Copied")).to_be_focused()
    assert reader.evaluate("navigator.clipboard.readText()") == f"{site.url}{CAMPAIGN}"
    expect(reader.page.get_by_role("button", name="Copy link")).to_be_visible()


def test_the_link_is_copied_where_the_browser_has_no_clipboard_for_us(site: Up, visitor: Callable[..., Visitor]) -> None:
    reader = visitor()
    reader.context.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    reader.go()
    reader.page.evaluate("document.addEventListener('copy', () => { window.copied = String(document.getSelection()); })")
    reader.press("Copy link")
    expect(reader.page.get_by_role("button", name="Copied")).to_be_visible()
    assert reader.evaluate("copied") == f"{site.url}{CAMPAIGN}"


def test_a_phone_with_a_share_sheet_of_its_own_offers_it(site: Up, visitor: Callable[..., Visitor]) -> None:
    phone, other = visitor(screen=PHONE), visitor(screen=PHONE)
    phone.context.add_init_script(
        "window.sheets = []; navigator.share = async (what) => { sheets.push(what); throw new DOMException('', 'AbortError'); };"
    )
    phone.go()
    phone.press("Share…")
    (sheet,) = phone.evaluate("sheets")
    assert sheet["url"] == f"{site.url}{CAMPAIGN}"
    assert sheet["title"]
    assert sheet["text"]

    other.context.add_init_script("Object.defineProperty(navigator, 'share', {value: undefined})")
    other.go()
    expect(other.page.get_by_role("button", name="Share…")).to_be_hidden()


def test_whoever_is_thanked_shares_a_link_of_their_own(site: Up, visitor: Callable[..., Visitor]) -> None:
    zoe, friend = visitor(screen=PHONE, scripts=False), visitor()
    zoe.go()
    zoe.sign()
    zoe.open_mail(CONFIRM)
    zoe.link("v").click()
    zoe.press("Confirm my signature")
    zoe.is_thanked()
    link = zoe.page.get_by_label("Link to share").input_value()
    via = parse_qs(urlsplit(link).query)["via"][0]
    assert link.startswith(f"{site.url}{CAMPAIGN}?")
    assert site.url in link
    for place in zoe.page.get_by_role("list", name="Share on").get_by_role("link").all()[:-1]:
        assert via in str(place.get_attribute("href"))

    friend.go(link)
    friend.sign()
    friend.open_mail(CONFIRM)
    friend.link("v").click()
    friend.is_thanked()
    friend.follow("see, change or withdraw your signature")
    assert via not in friend.page.get_by_label("Link to share").input_value(), "everybody's link is their own"
    zoe.follow("see, change or withdraw your signature")
    expect(zoe.page.get_by_label("Link to share")).to_have_value(link)


def snippet(page: Page, site: Up) -> str:
    """What the share page says to put on another site."""
    page.goto(f"{site.url}{CAMPAIGN}/share")
    return page.get_by_role("region", name="On your own website").get_by_label("HTML for your page").input_value()


def test_two_lines_put_the_campaign_on_another_site_and_it_sizes_itself(
    site: Up, browser: Browser, host_page: HostPage
) -> None:
    context = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
    page = context.new_page()
    lines = snippet(page, site)
    assert len(lines.splitlines()) == 2
    host_page.body = f"<p>Before</p>\n{lines}\n<p>After</p>"
    page.goto(host_page.url)
    frame, inside = page.locator("iframe"), page.frame_locator("iframe")
    expect(inside.get_by_role("heading", level=1)).to_be_visible()

    def fits() -> None:
        page.wait_for_function(
            "height => Math.abs(document.querySelector('iframe').getBoundingClientRect().height - height) < 2",
            arg=inside.locator("body").evaluate("body => body.getBoundingClientRect().height"),
        )

    fits()
    wide = frame.evaluate("frame => frame.getBoundingClientRect().height")
    page.set_viewport_size({"width": 300, "height": 700})
    page.wait_for_function("before => document.querySelector('iframe').getBoundingClientRect().height > before + 20", arg=wide)
    fits()

    # Nobody else sizes it: neither the page itself, nor another frame.
    page.evaluate("postMessage({countersign: 5}, '*')")
    page.evaluate("new Promise((done) => { addEventListener('message', () => done(0)); postMessage(0, '*'); })")
    fits()
    assert context.cookies() == []
    context.close()


def test_whoever_signs_on_another_site_goes_on_in_a_tab_of_ours(site: Up, browser: Browser, host_page: HostPage) -> None:
    context = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
    page = context.new_page()
    host_page.body = snippet(page, site)
    page.goto(host_page.url)
    inside = page.frame_locator("iframe")
    expect(inside.locator("input[name=source]")).to_have_value(re.compile("^localhost"))
    inside.get_by_label("Your name").fill("Zoë Brontë-O’Neill")
    inside.get_by_label("Your email address").fill("embedded@example.org")
    inside.get_by_label("Postcode").fill("SW1A 1AA")
    with context.expect_page() as opened:
        inside.get_by_role("button", name="Sign", exact=True).click()
    expect(opened.value.get_by_role("heading", name="Check your email")).to_be_visible()
    assert urlsplit(opened.value.url).path == f"{CAMPAIGN}/check-your-email"
    assert page.url == host_page.url
    context.close()


def test_a_mistyped_mail_domain_is_pointed_out_and_never_corrected_by_force(visitor: Callable[..., Visitor]) -> None:
    zoe = visitor()
    zoe.page.clock.install()
    zoe.go()
    email, hint = zoe.page.get_by_label("Your email address"), zoe.page.locator("[data-suggest]")

    def typed(address: str) -> None:
        email.fill(address)
        zoe.page.keyboard.press("Tab")
        zoe.page.clock.run_for(1000)

    typed("zoe@gmial.com")
    expect(hint).to_contain_text("Did you mean zoe@gmail.com?")
    expect(email).to_have_value("zoe@gmial.com")
    email.fill("zoe@gmial.co")
    expect(hint).to_be_empty()

    typed("zoe@hotmial.co.uk")
    expect(hint).to_contain_text("Did you mean zoe@hotmail.co.uk?")
    zoe.press("Use it")
    expect(email).to_have_value("zoe@hotmail.co.uk")
    expect(email).to_be_focused()
    expect(hint).to_be_empty()

    for real in ("zoe@hotmail.com", "zoe@mail.com", "zoe@yahoo.fr", "zoe@bt.com", "zoe@example.org", "zoe"):
        typed(real)
        expect(hint).to_be_empty()


def test_what_was_typed_is_still_there_for_whoever_comes_back_to_correct_it(visitor: Callable[..., Visitor]) -> None:
    zoe = visitor()
    zoe.go()
    zoe.page.get_by_label("Show my name in public").check()
    zoe.fill(name="Zoë", country="GB", postcode="SW1A 1AA", comment="It matters.\nTo me.")
    zoe.press("Sign")
    expect(zoe.page.get_by_role("heading", name="Check your email")).to_be_visible()
    zoe.follow("Correct it and sign again")
    page = zoe.page
    expect(page.get_by_label("Your name")).to_have_value("Zoë")
    expect(page.get_by_label("Your email address")).to_have_value(zoe.email)
    expect(page.get_by_label("Postcode")).to_have_value("SW1A 1AA")
    expect(page.get_by_label("Comment")).to_have_value("It matters.\nTo me.")
    expect(page.get_by_label("Show my name in public")).to_be_checked()

    # Whoever comes by any other way finds the form empty, and nothing kept.
    zoe.go()
    expect(page.get_by_label("Your name")).to_have_value("")
    assert zoe.evaluate("sessionStorage.length") == 0


def test_the_page_that_says_check_your_email_says_which_address_and_what_to_look_for(visitor: Callable[..., Visitor]) -> None:
    zoe = visitor(scripts=False)
    zoe.email = "zoe.misspelt@gmial.com"
    zoe.go()
    zoe.sign()
    main = zoe.page.get_by_role("main")
    expect(main).to_contain_text("zoe.misspelt@gmial.com")
    expect(main).to_contain_text("Did you mean zoe.misspelt@gmail.com?")
    assert "misspelt" not in zoe.page.url
    expect(main).to_contain_text(CONFIRM)
    zoe.follow("Correct it")
    assert zoe.path == CAMPAIGN

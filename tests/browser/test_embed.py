"""The campaign on another site: two lines of HTML, a frame that sizes itself, and a form that leads to us."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.visitor import DESKTOP
from tests.support.processes import wait_until
from tests.support.up_process import CAMPAIGN_PATH, UpProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


class HostPage:
    """A page on another origin, as a campaigner's own site is one."""

    def __init__(self) -> None:
        self.body = ""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(handler) -> None:  # noqa: N805
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


def snippet(page: Page, site: UpProcess) -> str:
    """What the share page says to put on another site."""
    page.goto(f"{site.url}{CAMPAIGN_PATH}/share")
    return page.get_by_role("region", name="On your own website").get_by_label("HTML for your page").input_value()


def test_two_lines_put_the_campaign_on_another_site_and_it_sizes_itself(
    site: UpProcess, browser: Browser, host_page: HostPage
) -> None:
    context = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
    page = context.new_page()
    lines = snippet(page, site)
    assert len(lines.splitlines()) == 2
    host_page.body = f"<p>Before</p>\n{lines}\n<p>After</p>"
    page.goto(host_page.url)
    frame, inside = page.locator("iframe"), page.frame_locator("iframe")
    expect(inside.get_by_role("heading", level=1)).to_be_visible()

    def height(element: Locator) -> float:
        return float(element.evaluate("element => element.getBoundingClientRect().height"))

    def fits() -> None:
        # Either may still change, when a font has come for example.
        wait_until(lambda: abs(height(frame) - height(inside.locator("body"))) < 2, "the frame is as high as what is in it")

    fits()
    wide = height(frame)
    page.set_viewport_size({"width": 300, "height": 700})
    page.wait_for_function("before => document.querySelector('iframe').getBoundingClientRect().height > before + 20", arg=wide)
    fits()

    # Nobody else sizes it: neither the page itself, nor another frame.
    page.evaluate("postMessage({countersign: 5}, '*')")
    page.evaluate("new Promise((done) => { addEventListener('message', () => done(0)); postMessage(0, '*'); })")
    fits()
    assert context.cookies() == []
    context.close()


def test_who_signs_on_another_site_goes_on_in_a_tab_of_ours(site: UpProcess, browser: Browser, host_page: HostPage) -> None:
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
        inside.get_by_role("button", name="Sign the petition").click()
    expect(opened.value.get_by_role("heading", name="Check your email")).to_be_visible()
    assert urlsplit(opened.value.url).path == f"{CAMPAIGN_PATH}/check-your-email"
    assert page.url == host_page.url
    context.close()


def test_in_a_frame_that_may_run_scripts_alone_it_is_a_card_with_one_link(
    site: UpProcess, browser: Browser, host_page: HostPage
) -> None:
    host_page.body = (
        f'<iframe class="wp-embedded-content" sandbox="allow-scripts" security="restricted" width="480" height="760" '
        f'src="{site.url}{CAMPAIGN_PATH}/embed#?secret=Ab3dE5gH1j"></iframe>'
        "<script>told = []; addEventListener('message', e => told.push([e.data.message, e.data.value, e.data.secret]))</script>"
    )
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(host_page.url)
        inside = page.frame_locator("iframe")
        link = inside.get_by_role("link")
        expect(link).to_have_count(1)
        expect(link).to_be_visible()
        expect(inside.get_by_role("heading", level=1)).to_be_visible()
        expect(inside.locator("form")).to_have_count(0)
        # The style sheet has come, though this frame is of no site.
        expect(link).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")
        page.wait_for_function(
            "told.some(([what, value, secret]) => what === 'height' && value > 99 && secret === 'Ab3dE5gH1j')"
        )
        link.click()
        page.wait_for_function("told.some(([what]) => what === 'link')")
        ((_, address, _),) = page.evaluate("told.filter(([what]) => what === 'link')")
        assert urlsplit(address).path == CAMPAIGN_PATH

"""Somebody at a real browser."""

import json
import re
import time
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response, expect

from tests.support.processes import TIMEOUT_SECONDS, wait_until
from tests.support.up_process import CAMPAIGN_PATH, UpProcess

Scheme = Literal["light", "dark"]

PHONE = (360, 740)
DESKTOP = (1280, 900)
NARROWEST = (320, 640)

CONFIRM = "Confirm your signature"

_REFUSED = "Failed to load resource: the server responded with a status of "

expect.set_options(timeout=TIMEOUT_SECONDS * 1000)


class Visitor:
    """One browser without a past, with a tab, and with a list of all that it asks for and complains of."""

    def __init__(
        self,
        browser: Browser,
        site: UpProcess,
        email: str,
        *,
        screen: tuple[int, int] = DESKTOP,
        scheme: Scheme = "light",
        scripts: bool = True,
        density: float = 1,
        campaign: str = CAMPAIGN_PATH,
    ) -> None:
        self.site, self.email, self.screen, self.campaign = site, email, screen, campaign
        self.context = browser.new_context(
            viewport={"width": screen[0], "height": screen[1]}, color_scheme=scheme, java_script_enabled=scripts,
            base_url=site.url, locale="en-GB", device_scale_factor=density,
        )  # fmt: skip
        self.context.set_default_timeout(TIMEOUT_SECONDS * 1000)
        self.requested_urls: list[str] = []
        self.expected_complaints: list[str] = []
        """Words in complaints of the browser that a test brings about on purpose."""
        self._complaints: list[tuple[str, str]] = []
        self._pages_refused: set[str] = set()
        self.context.on("request", self._note_request)
        self.context.on("response", self._note_response)
        self.context.on("console", self._note_console)
        self.context.on("weberror", lambda error: self._complaints.append(("", str(error.error))))
        self.page: Page = self.context.new_page()

    def _note_request(self, request: Request) -> None:
        self.requested_urls.append(request.url)

    def _note_response(self, response: Response) -> None:
        # A script of ours that sends a form takes 422 for what it is: the form again, with what is wrong in it.
        if response.status == 422 or (response.request.is_navigation_request() and response.status >= 400):
            self._pages_refused.add(response.url)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._complaints.append((message.location["url"], f"{message.type}: {message.text}"))

    def _is_expected(self, url: str, words: str) -> bool:
        # A page that is itself the answer to something wrong is no complaint; anything it fails to load is one. The browser may
        # complain before it tells of the answer: so all of it is judged at the end.
        return (_REFUSED in words and url in self._pages_refused) or any(each in words for each in self.expected_complaints)

    def check_and_close(self) -> None:
        """Close the browser, once it has shown that our pages kept their promises while it looked at them."""
        try:
            strangers = [url for url in self.requested_urls if urlsplit(url).netloc != urlsplit(self.site.url).netloc]
            assert strangers == [], "something was loaded from elsewhere"
            for page in self.context.pages:
                page.wait_for_load_state()
                if page.url.startswith(self.site.url):
                    assert json.loads(page.evaluate("JSON.stringify(localStorage)")) == {}
            complaints = [words for url, words in self._complaints if not self._is_expected(url, words)]
            assert complaints == [], "the browser complained"
        finally:
            self.context.close()

    def go(self, path: str = "") -> None:
        """Go to a page by its address; without one to the campaign they have heard of."""
        self.page.goto(path or self.campaign)

    def stop_clock(self) -> None:
        """Let the clock of pages stand still from their beginning, and run when a test says so, however long all else takes."""
        # It runs from the first to the second of these calls, and cannot be stopped at a time that is over by then.
        self.page.clock.install(time=(now := time.time()) - 2 * TIMEOUT_SECONDS)
        self.page.clock.pause_at(now)

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def focused(self) -> Locator:
        return self.page.locator(":focus")

    def fill(self, **fields: str) -> None:
        for name, value in {"name": "Zoë Brontë-O’Neill", "email": self.email, **fields}.items():
            if name == "country":
                unfolded = self.page.locator("details", has=self.page.get_by_text("Not in the UK?"))
                if unfolded.get_attribute("open") is None:
                    unfolded.locator("summary").click()
                self.page.select_option("#country", value)
            else:
                self.page.fill(f"#{name}", value)

    def press(self, words: str) -> None:
        """Press a button."""
        self.click(self.page.get_by_role("button", name=words, exact=True))

    def follow(self, words: str) -> None:
        """Follow a link. Where several say the same, they lead to the same place."""
        links = self.page.get_by_role("link", name=words, exact=True)
        expect(links.first).to_be_visible()
        assert links.evaluate_all("links => new Set(links.map((link) => link.href)).size") == 1, words
        self.click(links.first)

    def click(self, what: Locator) -> None:
        """Click on something. Where that leads to another page, this one is gone and the other is here whole.

        Whole means that its scripts have run: until then, what they do may still take the focus away.
        """
        what.click()
        self.page.wait_for_load_state()

    def enter(self) -> None:
        """Press Enter on what has the focus, and wait as after a click. `keyboard.press` waits for no page."""
        self.focused.press("Enter")
        self.page.wait_for_load_state()

    def sign(self, **fields: str) -> None:
        self.fill(**({"postcode": "SW1A 1AA"} | fields))
        self.press("Sign the petition")
        expect(self.page.get_by_role("heading", name="Check your email")).to_be_visible()

    def open_mail(self, subject: str) -> None:
        """Open the newest mail to this visitor with a subject that begins so, once it is in the development mailbox."""
        mail = self.page.get_by_role("listitem").filter(has_text=self.email).get_by_role("link", name=re.compile(subject))

        def arrived() -> bool:
            self.go("/dev/mailbox")
            return mail.count() > 0

        wait_until(arrived, f"a mail “{subject}” to {self.email} is in the development mailbox")
        self.click(mail.first)
        expect(self.page.get_by_role("heading", name=re.compile(subject))).to_be_visible()

    def expect_thanks(self) -> None:
        """See the thank-you page come; where it does not, the failure shows what came instead."""
        expect(self.page.get_by_role("heading", name="Thank you, ")).to_be_visible()
        self.page.wait_for_load_state()
        assert self.path == f"{self.campaign}/thanks"

    def mail_link(self, kind: str) -> Locator:
        """The link of a kind (v: verify, s: my signature) in the text of the open mail."""
        return self.page.locator(f'.mail-text a[href*="/{kind}/"]')

    def count_on_page(self, page: Page | None = None) -> Locator:
        """The number on a page."""
        return (page or self.page).locator("[data-count]")

    def evaluate(self, script: str, argument: Any = None) -> Any:
        return self.page.evaluate(script, argument)

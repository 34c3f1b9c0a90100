"""Somebody at a real browser."""

import json
import re
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
    ) -> None:
        self.site, self.email, self.screen = site, email, screen
        self.context = browser.new_context(
            viewport={"width": screen[0], "height": screen[1]}, color_scheme=scheme, java_script_enabled=scripts,
            base_url=site.url, locale="en-GB", device_scale_factor=density,
        )  # fmt: skip
        self.context.set_default_timeout(TIMEOUT_SECONDS * 1000)
        self.requested_urls: list[str] = []
        self.console_errors: list[str] = []
        self._pages_refused: set[str] = set()
        self.context.on("request", self._note_request)
        self.context.on("response", self._note_response)
        self.context.on("console", self._note_console)
        self.context.on("weberror", lambda error: self.console_errors.append(str(error.error)))
        self.page: Page = self.context.new_page()

    def _note_request(self, request: Request) -> None:
        self.requested_urls.append(request.url)

    def _note_response(self, response: Response) -> None:
        # A script of ours that sends a form takes 422 for what it is: the form again, with what is wrong in it.
        if response.status == 422 or (response.request.is_navigation_request() and response.status >= 400):
            self._pages_refused.add(response.url)

    def _note_console(self, message: ConsoleMessage) -> None:
        # A page that is itself the answer to something wrong is no complaint; anything it fails to load is one.
        refused = message.text.startswith(_REFUSED) and message.location["url"] in self._pages_refused
        if message.type in ("error", "warning") and not refused:
            self.console_errors.append(f"{message.type}: {message.text}")

    def check_and_close(self) -> None:
        """Close the browser, once it has shown that our pages kept their promises while it looked at them."""
        try:
            strangers = [url for url in self.requested_urls if urlsplit(url).netloc != urlsplit(self.site.url).netloc]
            assert strangers == [], "something was loaded from elsewhere"
            assert self.console_errors == [], "the browser complained"
            for page in self.context.pages:
                if page.url.startswith(self.site.url):
                    assert json.loads(page.evaluate("JSON.stringify(localStorage)")) == {}
        finally:
            self.context.close()

    def go(self, path: str = CAMPAIGN_PATH) -> None:
        self.page.goto(path)

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def focus_label(self) -> str:
        """The id of what has the focus, or its words where it has none."""
        return str(self.page.evaluate("document.activeElement.id || document.activeElement.innerText"))

    @property
    def focused(self) -> Locator:
        return self.page.locator(":focus")

    def fill(self, **fields: str) -> None:
        for name, value in {"name": "Zoë Brontë-O’Neill", "email": self.email, **fields}.items():
            if name == "country":
                for closed in self.page.locator("details:not([open]) > summary", has_text="Not in the UK?").all():
                    closed.click()
                self.page.select_option("#country", value)
            else:
                self.page.fill(f"#{name}", value)

    def press(self, words: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=words, exact=True).click()

    def follow(self, words: str) -> None:
        """Follow a link. Where several say the same, they lead to the same place."""
        links = self.page.get_by_role("link", name=words, exact=True)
        expect(links.first).to_be_visible()
        assert len({link.get_attribute("href") for link in links.all()}) == 1, words
        links.first.click()

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
        mail.first.click()
        expect(self.page.get_by_role("heading", name=re.compile(subject))).to_be_visible()

    def expect_thanks(self) -> None:
        """See the thank-you page come; where it does not, the failure shows what came instead."""
        expect(self.page.get_by_role("heading", name="Thank you, ")).to_be_visible()
        assert self.path == f"{CAMPAIGN_PATH}/thanks"

    def mail_link(self, kind: str) -> Locator:
        """The link of a kind (v: verify, s: my signature) in the text of the open mail."""
        return self.page.locator(f'.mail-text a[href*="/{kind}/"]')

    def count_on_page(self, page: Page | None = None) -> Locator:
        """The number on a page."""
        return (page or self.page).locator("[data-count]")

    def evaluate(self, script: str, argument: Any = None) -> Any:
        return self.page.evaluate(script, argument)

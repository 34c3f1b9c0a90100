"""Somebody at the desk with a real browser, whose clicks are counted."""

import re
from typing import Any

from playwright.sync_api import Browser, expect

from tests.browser.visitor import Visitor
from tests.support.up_process import UpProcess


class Campaigner(Visitor):
    """A visitor of the desk. Every press, link, choice and field that is gone to is a click."""

    def __init__(self, browser: Browser, site: UpProcess, email: str, **how: Any) -> None:
        super().__init__(browser, site, email, **how)
        self.clicks = 0

    def press(self, words: str) -> None:
        self.clicks += 1
        super().press(words)

    def follow(self, words: str) -> None:
        self.unfold(words)
        self.clicks += 1
        super().follow(words)

    def unfold(self, words: str) -> None:
        """Unfold the part of the navigation where a link is, if it is in sight nowhere."""
        links = self.page.get_by_role("link", name=words, exact=True, include_hidden=True)
        expect(links.first).to_be_attached()
        if not links.evaluate_all("links => links.some((link) => link.checkVisibility({visibilityProperty: true}))"):
            self.clicks += 1
            self.page.locator("header details", has=links).locator("summary").click()

    def fill_field(self, label: str, words: str) -> None:
        """Go to a field and write into it."""
        self.clicks += 1
        self.page.get_by_label(label, exact=False).first.fill(words)

    def choose(self, label: str, option: str) -> None:
        """Choose one of a list: open it, and click on what is wanted."""
        self.clicks += 2
        self.page.get_by_label(label, exact=False).first.select_option(label=option)

    def expect_heading(self, heading: str) -> None:
        """Come to a page with this heading."""
        expect(self.page.get_by_role("heading", name=heading, level=1)).to_be_visible()

    def sign_in_by_printed_link(self) -> None:
        """By a link that the command line prints, as somebody new to the site."""
        self.go(self.site.run_command("campaigner", "add", self.email, "--name", "Mary Seacole").split()[-1])
        self.press("Sign in")
        self.expect_heading("Campaigns")

    def create_campaign(self, title: str) -> str:
        """From the list of campaigns to one that everybody can sign: its path."""
        self.click(self.page.get_by_role("link", name="New campaign").first)
        self.clicks += 1
        self.fill_field("Title", title)
        self.choose("Whom do you ask?", "A council")
        self.fill_field("Their name", "The parish council")
        self.fill_field("What do you ask of them?", "Keep it as it is.")
        self.press("Make the draft")
        self.expect_heading("Text")
        self.fill_field("Why", "It is older than the village.")
        self.press("Save")
        self.follow("Settings")
        self.expect_heading("Settings")
        self.fill_field("Organiser", "Friends of the village")
        self.fill_field("Contact", self.email)
        self.press("Save")
        self.follow("Status")
        self.expect_heading("Status")
        self.follow("Publish")
        self.expect_heading("Publish")
        self.press("Publish")
        expect(self.page.get_by_text("The campaign is published.")).to_be_visible()
        found = re.search(r"/desk/c/([a-z0-9-]+)/", self.page.url)
        assert found
        return f"/c/{found[1]}"

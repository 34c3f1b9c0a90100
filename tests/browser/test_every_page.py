"""Every page in every state: accessible, in light and dark; readable when small and when enlarged; the focus always in sight;
no button so near another that it is pressed for it.

A page is loaded once and then looked at in one way after another, since loading it takes longest. Most are looked at in a
browser that paints nothing; those whose scripts wait for a frame before they lay something out, in one that does.
"""

import pytest
from playwright.sync_api import Browser

from tests.browser.accessibility_checks import AccessibilityChecks
from tests.browser.catalogue_browser import CatalogueBrowser
from tests.browser.layout_checks import FRAME_WATCH, FocusChecks, crowded_buttons, overflow_problems
from tests.browser.visitor import DESKTOP, NARROWEST, PHONE
from tests.page_states import PageCatalogue

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1500)]

_ENLARGED_DESKTOP = (DESKTOP[0] // 2, DESKTOP[1] // 2)
"""A desktop's window at 200 %, in CSS pixels."""


class _PageChecks:
    """All that is looked at on a page that is open in a browser."""

    def __init__(self, browser: Browser) -> None:
        self.browser = CatalogueBrowser(browser, PHONE)
        self.browser.context.add_init_script(FRAME_WATCH)
        self.accessibility, self.focus = AccessibilityChecks(self.browser), FocusChecks(self.browser)

    @property
    def waits_for_frames(self) -> bool:
        """Whether a script of the page waits for what happens only where something is painted."""
        return bool(self.browser.evaluate("window.waitsForFrames"))

    def problems(self) -> list[str]:
        browser = self.browser
        found = [*self.accessibility.check(), *self.focus.problems(), *crowded_buttons(browser)]
        found += self._overflow("text of 200 % on a phone", 2)

        browser.change_appearance(DESKTOP, "dark")
        found += [f"dark: {problem}" for problem in self.accessibility.check_appearance()]
        found += self._overflow("text of 200 % on a desktop", 2)

        browser.change_appearance(_ENLARGED_DESKTOP, "dark")
        found += self._overflow("a desktop enlarged to 200 %")
        browser.change_appearance(NARROWEST, "dark")
        found += self._overflow("320 pixels")
        browser.change_appearance(PHONE, "light")
        return found

    def _overflow(self, size: str, times: float = 1) -> list[str]:
        return [f"{size}: {problem}" for problem in overflow_problems(self.browser, times)]


def test_no_page_breaks_a_rule_of_accessibility_overflows_or_hides_the_focus(
    browser: Browser, unpainted_browser: Browser, pages: PageCatalogue
) -> None:
    most, waiting = _PageChecks(unpainted_browser), _PageChecks(browser)
    for page, found in most.browser.each_page(pages):
        if not most.waits_for_frames:
            found.extend(most.problems())
            continue
        waiting.browser.open(page, unfolded=True)
        found.extend(waiting.problems())
        found.extend(f"the browser complains: {complaint}" for complaint in waiting.browser.console_errors)
    assert waiting.accessibility.looks, "no page draws by frames any more: nothing needs the browser that paints"
    assert len(most.focus.layouts) >= 3
    assert len(most.accessibility.looks) >= 100
    for checks in (most, waiting):
        checks.browser.close()

"""Every page in every state: accessible, in light and dark; readable when small and when enlarged; the focus always in sight.

A page is loaded once and then looked at in one way after another, since loading it takes longest.
"""

import pytest
from playwright.sync_api import Browser

from tests.browser.accessibility_checks import AccessibilityChecks
from tests.browser.catalogue_browser import CatalogueBrowser
from tests.browser.layout_checks import FocusChecks, overflow_problems
from tests.browser.visitor import DESKTOP, NARROWEST, PHONE
from tests.page_states import PageCatalogue

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser_catalogue"), pytest.mark.timeout(1500)]

_ENLARGED_DESKTOP = (DESKTOP[0] // 2, DESKTOP[1] // 2)
"""A desktop's window at 200 %, in CSS pixels."""


def test_no_page_breaks_a_rule_of_accessibility_overflows_or_hides_the_focus(
    unpainted_browser: Browser, pages: PageCatalogue
) -> None:
    catalogue_browser = CatalogueBrowser(unpainted_browser, PHONE)
    accessibility, focus = AccessibilityChecks(catalogue_browser), FocusChecks(catalogue_browser)

    def overflow(size: str, times: float = 1) -> list[str]:
        return [f"{size}: {problem}" for problem in overflow_problems(catalogue_browser, times)]

    for _, found in catalogue_browser.each_page(pages):
        found.extend(accessibility.check())
        found.extend(focus.problems())
        found.extend(overflow("text of 200 % on a phone", 2))

        catalogue_browser.change_appearance(DESKTOP, "dark")
        found.extend(f"dark: {problem}" for problem in accessibility.check_appearance())
        found.extend(overflow("text of 200 % on a desktop", 2))

        catalogue_browser.change_appearance(_ENLARGED_DESKTOP, "dark")
        found.extend(overflow("a desktop enlarged to 200 %"))
        catalogue_browser.change_appearance(NARROWEST, "dark")
        found.extend(overflow("320 pixels"))
        catalogue_browser.change_appearance(PHONE, "light")
    catalogue_browser.close()
    assert len(focus.layouts) >= 3
    assert len(accessibility.looks) >= 100

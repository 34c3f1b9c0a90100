"""No page breaks a rule of WCAG 2.2 AA that a machine can check, in light or dark, on a phone or a desktop."""

from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.catalogue_browser import CatalogueBrowser
from tests.browser.visitor import DESKTOP, PHONE, Scheme
from tests.page_states import PageCatalogue

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser_catalogue"), pytest.mark.timeout(1500)]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_VISUAL_RULES = ["color-contrast", "scrollable-region-focusable", "target-size"]
"""What colours and sizes decide. All else is the same on the same page, however it looks."""
_OPTIONS: dict[str, Any] = {
    "resultTypes": ["violations"],
    # The one frame there is shows a mail as it was sent, where no script runs.
    "iframes": False,
}
APPEARANCES: tuple[tuple[tuple[int, int], Scheme, dict[str, Any]], ...] = (
    (DESKTOP, "dark", {"type": "rule", "values": _VISUAL_RULES}),
    (PHONE, "light", {"type": "tag", "values": RULES}),
)
_RUN = "options => axe.run(document, options).then(found => found.violations)"


def test_no_page_breaks_a_rule_of_accessibility(catalogue_browser: CatalogueBrowser, pages: PageCatalogue) -> None:
    for _, found in catalogue_browser.each_page(pages):
        catalogue_browser.evaluate(AXE_SCRIPT)
        for screen, scheme, rules in APPEARANCES:
            catalogue_browser.resize(*screen)
            catalogue_browser.set_color_scheme(scheme)
            violations = catalogue_browser.evaluate(_RUN, {**_OPTIONS, "runOnly": rules})
            found += [f"{scheme}: {_words(violation, node)}" for violation in violations for node in violation["nodes"]]


def _words(violation: dict[str, Any], node: dict[str, Any]) -> str:
    why = "; ".join(check["message"] for kind in ("any", "all", "none") for check in node[kind])
    return f"{violation['id']} ({violation['impact']}) at {' '.join(map(str, node['target']))}: {why or violation['help']}"

"""A campaigner types in a sheet by keyboard alone."""

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.campaigner import Campaigner
from tests.support.up_process import UpProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_sheet_is_typed_in_without_leaving_the_keyboard(browser: Browser, site: UpProcess, *, scripts: bool) -> None:
    mary = Campaigner(browser, site, f"typist{int(scripts)}@campaign.example", scripts=scripts)
    try:
        mary.sign_in_by_printed_link()
        path = mary.create_campaign(f"Keep the {'' if scripts else 'silent '}mill")
        mary.go(f"/desk{path}/paper")
        mary.fill_field("How many sheets", "1")
        mary.press("Make sheets")
        expect(mary.page.get_by_text("1 sheet is ready to be printed.")).to_be_visible()
        mary.go(f"/desk{path}/paper/type?sheet=1")
        for number, name in enumerate(("Ann Smith", "李小龍", "Bob Jones"), start=1):
            expect(mary.page.locator("#name")).to_be_focused()
            expect(mary.page.locator("#line")).to_have_value(str(number))
            mary.page.keyboard.type(name)
            mary.page.keyboard.press("Tab")
            mary.page.keyboard.type("1 High Street, Leeds ls1 4ap")
            mary.page.keyboard.press("Enter")
            expect(mary.page.get_by_role("listitem").filter(has_text=name)).to_be_visible()
        # Who looks like somebody there is left out by Enter, too.
        mary.page.keyboard.type("ANN SMITH")
        mary.page.keyboard.press("Tab")
        mary.page.keyboard.type("LS1 4AP")
        mary.page.keyboard.press("Enter")
        expect(mary.page.get_by_role("link", name="Leave it out and go on")).to_be_focused()
        mary.page.keyboard.press("Enter")
        expect(mary.page.locator("#line")).to_have_value("4")
        mary.page.get_by_role("button", name="Undo line 3").press("Enter")
        expect(mary.page.get_by_text("Line 3 is taken back.")).to_be_visible()
        expect(mary.page.get_by_role("listitem").filter(has_text="Bob Jones")).to_have_count(0)
    finally:
        mary.check_and_close()


def test_lines_typed_ahead_arrive_and_a_mistake_loses_none_of_them(browser: Browser, site: UpProcess) -> None:
    mary = Campaigner(browser, site, "fast-typist@campaign.example")
    try:
        mary.sign_in_by_printed_link()
        path = mary.create_campaign("Keep the weir")
        mary.go(f"/desk{path}/paper/type")
        held: list[Route] = []
        mary.page.route("**/paper/type", lambda route: held.append(route) if not held else route.fallback())
        # The server takes its time over the first line. The second has no postcode, and the fourth is not finished.
        for name, postcode in (("Ann Smith", "LS1 4AP"), ("Bob Jones", ""), ("Cleo Brown", "LS1 4AP")):
            expect(mary.page.locator("#name")).to_be_focused()
            mary.page.keyboard.type(name)
            mary.page.keyboard.press("Tab")
            mary.page.keyboard.type(postcode)
            mary.page.keyboard.press("Enter")
        mary.page.keyboard.type("Dora Gre")
        expect(mary.page.get_by_text("3 lines are on their way.")).to_be_visible()
        held[0].fallback()
        expect(mary.page.get_by_role("heading", name="There is a problem")).to_be_visible()
        expect(mary.page.locator("#name")).to_have_value("Bob Jones")
        mary.page.locator("#postcode").fill("LS1 4AQ")
        mary.page.keyboard.press("Enter")
        for name in ("Ann Smith", "Bob Jones", "Cleo Brown"):
            expect(mary.page.get_by_role("listitem").filter(has_text=name)).to_be_visible()
        expect(mary.page.locator("#name")).to_have_value("Dora Gre")
        expect(mary.page.locator("#line")).to_have_value("4")
        # Without a connection it waits.
        mary.context.set_offline(True)
        mary.page.locator("#name").fill("Dora Green")
        mary.page.locator("#postcode").fill("LS1 4AP")
        mary.page.keyboard.press("Enter")
        expect(mary.page.get_by_text("No connection.")).to_be_visible()
        mary.context.set_offline(False)
        expect(mary.page.get_by_role("listitem").filter(has_text="Dora Green")).to_be_visible()
        mary.console_errors.clear()
    finally:
        mary.check_and_close()

"""A campaigner types in a sheet by keyboard alone."""

import pytest
from playwright.sync_api import Browser, expect

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

        def expect_line(number: int) -> None:
            """See the form ready for a line. Its number alone tells nothing: who is asked something of a line sees it, too."""
            expect(mary.page.locator("#name")).to_be_focused()
            expect(mary.page.locator("#line")).to_have_value(str(number))

        def type_line(name: str, postcode: str) -> None:
            mary.page.keyboard.type(name)
            mary.page.keyboard.press("Tab")
            mary.page.keyboard.type(postcode)
            mary.enter()

        for number, name in enumerate(("Ann Smith", "李小龍", "Bob Jones"), start=1):
            expect_line(number)
            type_line(name, "1 High Street, Leeds ls1 4ap")
            expect(mary.page.get_by_role("listitem").filter(has_text=name)).to_be_visible()
        # Who looks like somebody there is left out by Enter, too.
        expect_line(4)
        type_line("ANN SMITH", "LS1 4AP")
        expect(mary.page.get_by_role("link", name="Leave it out and go on")).to_be_focused()
        mary.enter()
        expect_line(4)
        mary.page.get_by_role("button", name="Undo line 3").press("Enter")
        expect(mary.page.get_by_text("Line 3 is taken back.")).to_be_visible()
        expect(mary.page.get_by_role("listitem").filter(has_text="Bob Jones")).to_have_count(0)
    finally:
        mary.check_and_close()

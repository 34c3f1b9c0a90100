"""Lines of a sheet typed in faster than the server answers: nothing begun is lost, and nothing goes to another line."""

from collections.abc import Iterator
from itertools import count

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.campaigner import Campaigner
from tests.support.up_process import UpProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

_numbers = count(1)


@pytest.fixture
def mary(browser: Browser, site: UpProcess) -> Iterator[Campaigner]:
    made = Campaigner(browser, site, f"fast-typist{next(_numbers)}@campaign.example")
    yield made
    made.check_and_close()


def hold(mary: Campaigner, most: int = 100) -> list[Route]:
    """What is from now on sent to the page that lines are typed into, or asked of it: held until a test lets it go on."""
    held: list[Route] = []
    mary.page.route("**/paper/type", lambda route: held.append(route) if len(held) < most else route.fallback())
    return held


def send(mary: Campaigner) -> None:
    """Press Enter, which sends or asks for something."""
    with mary.page.expect_request("**/paper/type"):
        mary.page.keyboard.press("Enter")


def type_line(mary: Campaigner, name: str) -> None:
    mary.page.keyboard.type(name)
    mary.page.keyboard.press("Tab")
    mary.page.keyboard.type("LS1 4AP")
    send(mary)


def test_what_is_begun_while_the_server_takes_its_time_stays(mary: Campaigner) -> None:
    name, date = mary.page.locator("#name"), mary.page.locator("#date")
    mary.sign_in_by_printed_link()
    path = mary.create_campaign("Keep the lode")
    mary.go(f"/desk{path}/paper/type")
    held = hold(mary)
    # The date of the lines that follow is written while the first is on its way.
    expect(name).to_be_focused()
    type_line(mary, "Ann Smith")
    date.fill("31/3/2026")
    held.pop().continue_()
    expect(mary.page.get_by_role("listitem").filter(has_text="Ann Smith")).to_be_visible()
    expect(date).to_have_value("31/3/2026")
    expect(date).to_be_focused()
    date.fill("")
    # Who looks like her is left out by a link that is pressed again and again, since nothing seems to happen.
    name.focus()
    type_line(mary, "ANN SMITH")
    mary.page.keyboard.type("Dora Gre")
    held.pop().continue_()
    leave_out = mary.page.get_by_role("link", name="Leave it out and go on")
    expect(leave_out).to_be_focused()
    asked: list[str] = []
    mary.page.on("request", lambda request: None if request.redirected_from else asked.append(request.method))
    send(mary)
    mary.page.keyboard.press("Enter")
    held.pop().continue_()
    expect(name).to_have_value("Dora Gre")
    type_line(mary, "en")
    held.pop().continue_()
    expect(mary.page.get_by_role("listitem").filter(has_text="Dora Green")).to_be_visible()
    assert asked == ["GET", "POST"]


def test_a_statement_that_was_ticked_on_one_line_is_ticked_on_no_other(site: UpProcess, mary: Campaigner) -> None:
    definition = site.folder / "tarn.toml"
    definition.write_text(
        'slug = "keep-the-tarn"\ntitle = "Keep the tarn"\nrecipient = "The council"\nask = "Keep it."\n'
        'contact = "tarn@example.org"\ncloses_at = 2099-12-31T23:59:59\neligibility = "area"\nstatement = "I live in Leeds."\n'
    )
    site.run_command("campaign", "create", str(definition))
    name, postcode = mary.page.locator("#name"), mary.page.locator("#postcode")
    ticked = mary.page.get_by_label("They ticked", exact=False)
    added = site.run_command("campaigner", "add", mary.email, "--name", "Mary Seacole", "--campaign", "keep-the-tarn")
    mary.go(added.split()[-1])
    mary.press("Sign in")
    mary.go("/desk/c/keep-the-tarn/paper/type")
    held = hold(mary)
    # The first line is ticked and lacks a postcode; it comes back while the second, which is not, is typed.
    ticked.check()
    name.fill("Ann Smith")
    send(mary)
    name.fill("Bob Jones")
    held.pop().continue_()
    expect(mary.page.get_by_role("heading", name="There is a problem")).to_be_visible()
    expect(ticked).to_be_checked()
    postcode.fill("LS1 4AP")
    send(mary)
    expect(name).to_have_value("Bob Jones")
    expect(ticked).not_to_be_checked()
    # Nor is a tick lost that was set meanwhile.
    ticked.check()
    held.pop().continue_()
    expect(mary.page.get_by_role("listitem").filter(has_text="Ann Smith")).to_be_visible()
    expect(name).to_have_value("Bob Jones")
    expect(ticked).to_be_checked()


def test_lines_typed_ahead_arrive_and_a_mistake_loses_none_of_them(mary: Campaigner) -> None:
    mary.sign_in_by_printed_link()
    path = mary.create_campaign("Keep the weir")
    mary.go(f"/desk{path}/paper/type")
    held = hold(mary, 1)
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
    mary.expected_complaints.append("net::ERR_INTERNET_DISCONNECTED")

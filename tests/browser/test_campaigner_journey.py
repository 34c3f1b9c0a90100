"""The main journey of a campaigner: from the printed link to a campaign that runs, and what goes wrong with it put right."""

import re
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Route, expect

from tests.browser.campaigner import Campaigner
from tests.browser.test_keyboard import tab_to
from tests.browser.visitor import PHONE, Visitor
from tests.support.up_process import UpProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

MAX_CLICKS = 25
"""Under three minutes: at five seconds a click, and a minute to write three sentences."""
_BURST_SIGNATURES = 6
_numbers = count(1)


@pytest.fixture
def campaigner(browser: Browser, site: UpProcess) -> Iterator[Callable[..., Campaigner]]:
    """Makes campaigners, each with an address and a browser of their own."""
    made: list[Campaigner] = []

    def make(**how: Any) -> Campaigner:
        made.append(Campaigner(browser, site, f"campaigner{next(_numbers)}@campaign.example", **how))
        return made[-1]

    yield make
    for one in made:
        one.check_and_close()


@pytest.mark.parametrize("site", ["sqlite", "postgresql"], indirect=True)
def test_a_newcomer_comes_from_the_printed_link_to_a_published_campaign_in_a_few_clicks(
    site: UpProcess, campaigner: Callable[..., Campaigner]
) -> None:
    printed = re.search(r"http\S+/desk/enter/\S+", site.process.output)
    assert printed
    mary = campaigner()
    mary.go(printed[0])
    mary.clicks += 1
    mary.fill_field("Your name", "Mary Seacole")
    mary.fill_field("Your email address", mary.email)
    mary.press("Sign in")
    mary.expect_heading("Campaigns")
    path = mary.create_campaign("Keep the old oak")
    mary.follow("Public page")
    mary.expect_heading("Keep the old oak")
    assert mary.path == path == "/c/keep-the-old-oak"
    assert mary.clicks <= MAX_CLICKS
    mary.go(printed[0])
    mary.expect_heading("This link is over")
    stranger = campaigner()
    stranger.go(path)
    expect(stranger.page.get_by_role("button", name="Sign the petition")).to_be_visible()


def test_the_number_at_the_desk_moves_when_somebody_signs(
    campaigner: Callable[..., Campaigner], visitor: Callable[..., Visitor]
) -> None:
    mary, zoe = campaigner(), visitor()
    mary.sign_in_by_printed_link()
    path = mary.create_campaign("Mend the mill")
    mary.follow("Overview")
    verified = mary.page.locator('[data-say="verified"]')
    expect(verified).to_have_text("0")
    mary.evaluate("window.notLoadedAgain = true")
    zoe.go(path)
    zoe.sign()
    zoe.open_mail("Confirm your signature")
    zoe.mail_link("v").click()
    expect(verified).to_have_text("1")
    assert mary.evaluate("window.notLoadedAgain")
    mary.page.reload()
    expect(mary.page.locator("[data-chart] canvas")).to_be_visible()
    mary.follow("Signatures")
    mary.follow("Zoë Brontë-O’Neill")
    expect(mary.page.get_by_text(zoe.email).first).to_be_visible()


def test_a_burst_is_found_invalidated_by_a_rule_and_given_back(site: UpProcess, campaigner: Callable[..., Campaigner]) -> None:
    mary = campaigner()
    mary.sign_in_by_printed_link()
    path = mary.create_campaign("Save the moor")
    for number in range(_BURST_SIGNATURES):
        form = {"name": f"Max Burst {number}", "email": f"max{number}@burst.example", "country": "GB", "postcode": "SW1A 1AA"}
        assert site.post(f"{path}/signatures", **form, source="burst" if number else "leaflet")[0] == 303
    mary.follow("Signatures")
    _unfold(mary, "More filters")
    mary.fill_field("Source", "burst")
    mary.press("Search")
    expect(mary.page.get_by_text(f"{_BURST_SIGNATURES - 1} signatures found")).to_be_visible()
    mary.follow("Invalidate all that match")
    mary.expect_heading("Invalidate signatures")
    expect(mary.page.get_by_role("definition").first).to_have_text(str(_BURST_SIGNATURES - 1))
    mary.page.get_by_label("Made by a program").check()
    mary.fill_field("The reason", "One machine")
    mary.press(f"Invalidate {_BURST_SIGNATURES - 1} signatures")
    _comes_to(mary, "done")
    assert _states(mary) == {"waiting": 1, "invalidated": _BURST_SIGNATURES - 1}
    mary.page.go_back()
    mary.fill_field("Why", "A school, not a machine")
    mary.press("Undo")
    _comes_to(mary, "undone")
    assert _states(mary) == {"waiting": _BURST_SIGNATURES}


def test_somebody_without_a_mouse_signs_in_and_out(site: UpProcess, campaigner: Callable[..., Campaigner]) -> None:
    mary = campaigner(screen=PHONE)
    site.run_command("campaigner", "add", mary.email, "--name", "Mary Seacole")
    mary.go("/desk/")
    tab_to(mary, "email")
    mary.page.keyboard.type(mary.email)
    mary.enter()
    mary.expect_heading("Check your email")
    mary.open_mail("Sign in to the desk")
    mary.go(str(mary.page.locator('.mail-text a[href*="/desk/enter/"]').get_attribute("href")))
    tab_to(mary, "Sign in")
    mary.enter()
    mary.expect_heading("Campaigns")
    tab_to(mary, "Menu")
    mary.enter()
    tab_to(mary, "Sign out")
    mary.enter()
    expect(mary.page.get_by_text("You are signed out.")).to_be_visible()
    mary.go("/desk/")
    mary.expect_heading("Sign in to the desk")


def test_who_types_before_the_script_has_come_keeps_their_place(campaigner: Callable[..., Campaigner]) -> None:
    mary = campaigner()
    mary.sign_in_by_printed_link()
    mary.go("/desk/campaigns/new")
    held: list[Route] = []
    mary.page.route("**/desk.js*", lambda route: held.append(route))  # noqa: PLW0108 - Playwright wants a function of Python
    mary.page.get_by_role("button", name="Make the draft").click()
    expect(mary.page.get_by_role("heading", name="There is a problem")).to_be_visible()
    title = mary.page.get_by_label("Title")
    title.fill("Keep the pound")
    held.pop().continue_()
    mary.page.wait_for_load_state()
    expect(title).to_be_focused()


def test_a_chosen_picture_is_not_lost_to_a_missing_description(campaigner: Callable[..., Campaigner], tmp_path: Path) -> None:
    mary = campaigner()
    mary.sign_in_by_printed_link()
    path = mary.create_campaign("Keep the old bench")
    Image.new("RGB", (400, 300), "teal").save(picture := tmp_path / "bench.png")
    mary.go(f"/desk{path}/text/picture")
    mary.page.locator("input[type=file]").set_input_files(picture)
    mary.press("Save")
    expect(mary.focused).to_have_attribute("type", "text")
    mary.page.locator("input[type=text]").fill("The bench under the lime tree")
    mary.press("Save")
    expect(mary.page.get_by_text("The picture is stored.")).to_be_visible()


def test_without_scripts_a_campaign_is_made_and_published(campaigner: Callable[..., Campaigner]) -> None:
    mary = campaigner(scripts=False)
    mary.sign_in_by_printed_link()
    path = mary.create_campaign("Light the lane")
    mary.follow("Overview")
    expect(mary.page.get_by_text("Nothing counted yet")).to_be_visible()
    mary.go(path)
    mary.expect_heading("Light the lane")


def _unfold(mary: Campaigner, words: str) -> None:
    mary.clicks += 1
    mary.page.locator("summary", has_text=words).click()


def _comes_to(mary: Campaigner, state: str) -> None:
    """Watch a batch until it is in a state; its page moves on by itself."""
    expect(mary.page.get_by_role("heading", level=1).get_by_text(state, exact=True)).to_be_visible()


def _states(mary: Campaigner) -> dict[str, int]:
    """How many signatures the table shows in each state."""
    mary.follow("Signatures")
    words = ("waiting", "verified", "invalidated", "withdrawn")
    cells = mary.page.locator("tbody tr .badge")
    expect(cells.first).to_be_visible()
    shown = cells.all_inner_texts()
    return {word: shown.count(word) for word in words if word in shown}

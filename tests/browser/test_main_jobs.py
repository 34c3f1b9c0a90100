"""The main jobs of a campaigner on a phone and a desktop: in as few clicks as the comparison says, with nothing typed lost."""

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, expect

from tests.browser.campaigner import Campaigner
from tests.browser.visitor import DESKTOP, PHONE
from tests.support.up_process import UpProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

_COMPARISON = Path(__file__).parents[2] / "docs/comparison.md"
_numbers = count(1)


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def mary(browser: Browser, site: UpProcess, request: pytest.FixtureRequest) -> Iterator[Campaigner]:
    made = Campaigner(browser, site, f"busy{next(_numbers)}@campaign.example", screen=request.param)
    yield made
    made.check_and_close()


def told_clicks(screen: tuple[int, int]) -> dict[str, int]:
    """Clicks that the comparison says each job takes on a screen."""
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| (\d+) \| (\d+) \|$", _COMPARISON.read_text(encoding="utf-8"), re.MULTILINE)
    return {job: int(phone if screen == PHONE else desktop) for job, desktop, phone in rows}


def test_the_main_jobs_take_as_many_clicks_as_the_comparison_says(site: UpProcess, mary: Campaigner) -> None:
    """Every link, button and choice is a click, and so is Enter; typing is none."""
    mary.sign_in_by_printed_link()
    path = _make_draft(mary, f"Keep the ford {next(_numbers)}")
    took: dict[str, int] = {}

    def begin() -> None:
        mary.go(f"/desk{path}/")
        mary.clicks = 0

    begin()
    mary.follow("Publish…")
    mary.press("Publish")
    expect(mary.page.get_by_text("The campaign is published.")).to_be_visible()
    took["Publish a draft"] = mary.clicks

    name = "Max Burst"
    form = {"name": name, "email": f"max{next(_numbers)}@burst.example", "country": "GB", "postcode": "SW1A 1AA"}
    assert site.post(f"{path}/signatures", **form)[0] == 303
    begin()
    mary.page.get_by_label("Find a signature").get_by_role("textbox").fill("burst")
    mary.enter()
    mary.clicks += 1
    expect(mary.page.get_by_role("link", name=name)).to_be_in_viewport(ratio=1)
    mary.page.get_by_label("Made by a program").check()
    mary.clicks += 1
    mary.page.get_by_label("The reason", exact=True).first.fill("One machine")
    mary.press("Invalidate")
    expect(mary.page.get_by_role("heading", level=1).get_by_text("invalidated")).to_be_visible()
    took["Find a signature and invalidate it"] = mary.clicks

    begin()
    mary.follow("Settings")
    mary.follow("Team")
    mary.page.get_by_label("Email address").fill(f"friend{next(_numbers)}@campaign.example")
    mary.press("Invite")
    expect(mary.page.get_by_role("heading", name="Invited")).to_be_visible()
    took["Invite somebody to the team"] = mary.clicks

    begin()
    mary.follow("Hand in")
    mary.click(mary.page.get_by_role("link", name=re.compile("ouncil")).first)
    mary.clicks += 1
    mary.press("Make the pack")
    download = mary.page.get_by_role("link", name=re.compile("Download"))
    expect(download).to_be_visible()
    with mary.page.expect_download() as begun:
        download.click()
    mary.clicks += 1
    assert re.fullmatch(r"keep-the-ford.*-council-\d{4}-\d\d-\d\d\.zip", begun.value.suggested_filename)
    took["Hand in: a pack on one’s own disk"] = mary.clicks

    assert took == told_clicks(mary.screen)


def test_who_leaves_a_changed_form_is_asked_and_finds_their_words_again(mary: Campaigner) -> None:
    mary.sign_in_by_printed_link()
    path = _make_draft(mary, f"Keep the lock {next(_numbers)}")
    stays = [True]

    def answer(dialog: Dialog) -> None:
        dialog.dismiss() if stays.pop() else dialog.accept()

    mary.page.on("dialog", answer)
    mary.go(f"/desk{path}/text")
    field = mary.page.get_by_label("Why", exact=False).first
    field.fill("It is older than the village.")
    mary.unfold("Overview")
    with mary.page.expect_event("dialog") as question:
        mary.page.get_by_role("link", name="Overview").click(no_wait_after=True)
    assert question.value.type == "beforeunload"
    expect(field).to_have_value("It is older than the village.")
    assert mary.path.endswith("/text")
    stays.append(False)
    mary.follow("Overview")
    mary.expect_heading("Overview")
    mary.page.go_back()
    expect(field).to_have_value("It is older than the village.")


def test_a_double_click_sends_a_form_once(site: UpProcess, mary: Campaigner) -> None:
    mary.sign_in_by_printed_link()
    path = _make_draft(mary, f"Keep the quay {next(_numbers)}")
    mary.go(f"/desk{path}/copy")
    sent: list[str] = []
    mary.page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    mary.page.get_by_role("button", name="Copy it").dblclick(no_wait_after=True)
    mary.expect_heading("Text")
    assert [url for url in sent if not url.endswith("/preview")] == [f"{site.url}/desk{path}/copy"]


def _make_draft(mary: Campaigner, title: str) -> str:
    """Path of a new draft."""
    mary.go("/desk/campaigns/new")
    mary.page.get_by_label("Title").fill(title)
    mary.page.get_by_label("Whom do you ask?").select_option(label="A council")
    mary.page.get_by_label("Their name").fill("The parish council")
    mary.page.get_by_label("What do you ask of them?").fill("Keep it as it is.")
    mary.press("Make the draft")
    mary.expect_heading("Text")
    found = re.search(r"/desk/c/([a-z0-9-]+)/", mary.page.url)
    assert found
    return f"/c/{found[1]}"

"""Appearance of pages where looks matter: light and dark, without the style sheet, in the colours of the system, in a
picture."""

from pathlib import Path

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Browser, expect

from tests.browser.catalogue_browser import CatalogueBrowser
from tests.browser.screenshots import take_screenshots
from tests.browser.visitor import DESKTOP, NARROWEST, PHONE, Scheme
from tests.page_states import PageCatalogue

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

_LINE = """({selector, which}) => {
  const style = getComputedStyle(document.querySelector(selector));
  return [style[`${which}Style`], parseFloat(style[`${which}Width`])];
}"""


def test_screenshots_show_each_page_on_a_phone_and_a_desktop_in_light_and_dark(
    browser: Browser, pages: PageCatalogue, tmp_path: Path
) -> None:
    written = take_screenshots(browser, [pages.page_named("campaign, open"), pages.page_named("error 413")], tmp_path / "shots")
    assert len(written) == len(set(written)) == 8
    for path in written:
        _, width, scheme = path.stem.rsplit("-", 2)
        with Image.open(path) as image:
            assert image.width == int(width)
            assert image.height >= 740
            brightness = ImageStat.Stat(image.convert("L")).median[0]
        assert (brightness > 200) if scheme == "light" else (brightness < 60), path.name


def test_without_the_style_sheet_everything_is_there_and_signs(
    catalogue_browser: CatalogueBrowser, pages: PageCatalogue
) -> None:
    catalogue_browser.context.route("**/*.css*", lambda route: route.abort())
    catalogue_browser.open(pages.page_named("campaign, open"))
    page = catalogue_browser.page
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_text("Not in the UK?").click()
    for label in ("Your name", "Your email address", "Country", "Postcode"):
        expect(page.get_by_label(label, exact=False).first).to_be_visible()
    page.get_by_label("Your name").fill("Zoë")
    page.get_by_label("Your email address").fill("zoe@unstyled.example.org")
    page.get_by_label("Postcode").fill("SW1A 1AA")
    page.get_by_role("button", name="Sign the petition").click()
    expect(page.get_by_role("heading", name="Check your email")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_the_colours_of_the_system_the_focus_and_the_fields_are_still_seen(
    browser: Browser, pages: PageCatalogue, scheme: Scheme
) -> None:
    catalogue_browser = CatalogueBrowser(browser, PHONE, scheme)
    catalogue_browser.page.emulate_media(forced_colors="active", color_scheme=scheme)
    catalogue_browser.open(pages.page_named("campaign, open"))
    for selector in ("#name", "#email", "#sign button[type=submit]", "#main a"):
        catalogue_browser.page.locator(selector).first.focus()
        catalogue_browser.page.keyboard.press("Shift")  # Reached by a key, as far as the browser knows.
        style, width = catalogue_browser.evaluate(_LINE, {"selector": ":focus", "which": "outline"})
        assert (style, width >= 2) == ("solid", True), selector
    assert catalogue_browser.evaluate(_LINE, {"selector": "#name", "which": "borderTop"})[0] == "solid"
    catalogue_browser.close()


_FEATURED_GAP = """() => {
  const box = (selector) => document.querySelector(selector).getBoundingClientRect();
  return box(".featured").bottom - box(".featured > img").bottom;
}"""


def test_the_picture_of_the_featured_campaign_is_as_high_as_the_words_beside_it(browser: Browser, pages: PageCatalogue) -> None:
    catalogue_browser = CatalogueBrowser(browser, DESKTOP)
    catalogue_browser.open(pages.page_named("home, many campaigns"))
    catalogue_browser.evaluate("document.querySelector('.featured-words').append('word '.repeat(400))")
    assert catalogue_browser.evaluate(_FEATURED_GAP) < 3
    catalogue_browser.close()


def test_of_the_mailboxes_on_the_page_that_says_to_look_none_is_more_likely_than_others(
    browser: Browser, pages: PageCatalogue
) -> None:
    phone = browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, is_mobile=True, has_touch=True)
    page = phone.new_page()
    page.goto(pages.page_named("check your email").url)
    colours = page.locator(".share-links a").evaluate_all(
        "links => links.map((link) => getComputedStyle(link).backgroundColor)"
    )
    assert (len(colours) > 2, len(set(colours))) == (True, 1)
    phone.close()


def test_a_table_that_goes_on_beyond_its_edge_is_in_shade_there_and_no_other(
    browser: Browser, pages: PageCatalogue, tmp_path: Path
) -> None:
    catalogue_browser = CatalogueBrowser(browser, PHONE)
    catalogue_browser.open(pages.page_named("desk, signatures"))
    table = catalogue_browser.page.locator(".scroll").first

    def edges() -> tuple[float, float]:
        """Brightness of the two edges below the heading, badges and words aside."""
        table.screenshot(path=tmp_path / "table.png")
        with Image.open(tmp_path / "table.png") as image:
            grey, bottom = image.convert("L"), image.height - 20
            start, end = (ImageStat.Stat(grey.crop((x, 60, x + 2, bottom))).median[0] for x in (3, image.width - 5))
            return start, end

    start, end = edges()
    assert start > end + 20
    table.evaluate("table => { table.scrollLeft = 9999; }")
    start, end = edges()
    assert end > start + 20
    catalogue_browser.close()


def test_on_a_phone_the_desk_begins_with_the_page_and_unfolds_the_way_to_others_without_scripts(
    browser: Browser, pages: PageCatalogue
) -> None:
    catalogue_browser = CatalogueBrowser(browser, NARROWEST, scripts=False)
    page = catalogue_browser.page
    for name in ("desk, signatures", "desk, site"):
        for language, menu in (("en", "Menu"), ("cy", "Dewislen")):
            catalogue_browser.change_appearance(NARROWEST, "light")
            catalogue_browser.open(pages.page_named(name).in_language(language))
            content = page.locator("#main").bounding_box()
            assert content is not None
            assert content["y"] < NARROWEST[1] / 2, (name, language)
            summaries = page.locator("header summary")
            assert summaries.first.inner_text() == menu
            here = page.locator(".desk-pages [aria-current]")
            assert here.inner_text() in summaries.last.inner_text()
            expect(here).to_be_hidden()
            summaries.last.press("Enter")
            expect(here).to_be_visible()
            catalogue_browser.change_appearance(DESKTOP, "light")
            page.reload()
            expect(here).to_be_visible()
            expect(summaries.first).to_be_hidden()
    catalogue_browser.close()

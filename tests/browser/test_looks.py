"""How pages look where looks matter: light and dark, without the style sheet, in the colours of the system, in a picture."""

from pathlib import Path

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Browser, expect

from tests.browser.looker import Looker
from tests.browser.screenshots import shoot
from tests.browser.visitor import PHONE, Scheme
from tests.gallery import Gallery

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(300)]

_LINE = """({selector, which}) => {
  const style = getComputedStyle(document.querySelector(selector));
  return [style[`${which}Style`], parseFloat(style[`${which}Width`])];
}"""


def test_screenshots_show_each_page_on_a_phone_and_a_desktop_in_light_and_dark(
    browser: Browser, pages: Gallery, tmp_path: Path
) -> None:
    written = shoot(browser, [pages.page("campaign, open"), pages.page("error 413")], tmp_path / "shots")
    assert len(written) == len(set(written)) == 8
    for path in written:
        _, width, scheme = path.stem.rsplit("-", 2)
        with Image.open(path) as image:
            assert image.width == int(width)
            assert image.height >= 740
            brightness = ImageStat.Stat(image.convert("L")).median[0]
        assert (brightness > 200) if scheme == "light" else (brightness < 60), path.name


def test_without_the_style_sheet_everything_is_there_and_signs(looker: Looker, pages: Gallery) -> None:
    looker.context.route("**/*.css*", lambda route: route.abort())
    looker.open(pages.page("campaign, open"))
    page = looker.page
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for label in ("Your name", "Your email address", "Country", "Postcode"):
        expect(page.get_by_label(label, exact=False).first).to_be_visible()
    page.get_by_label("Your name").fill("Zoë")
    page.get_by_label("Your email address").fill("zoe@unstyled.example.org")
    page.get_by_label("Postcode").fill("SW1A 1AA")
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("heading", name="Check your email")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_the_colours_of_the_system_the_focus_and_the_fields_are_still_seen(
    browser: Browser, pages: Gallery, scheme: Scheme
) -> None:
    looker = Looker(browser, PHONE, scheme)
    looker.page.emulate_media(forced_colors="active", color_scheme=scheme)
    looker.open(pages.page("campaign, open"))
    for selector in ("#name", "#email", "#sign button[type=submit]", "#main a"):
        looker.page.locator(selector).first.focus()
        looker.page.keyboard.press("Shift")  # Reached by a key, as far as the browser knows.
        style, width = looker.evaluate(_LINE, {"selector": ":focus", "which": "outline"})
        assert (style, width >= 2) == ("solid", True), selector
    assert looker.evaluate(_LINE, {"selector": "#name", "which": "borderTop"})[0] == "solid"
    looker.close()

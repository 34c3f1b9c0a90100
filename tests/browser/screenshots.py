"""`make screenshots`: a picture of every page in every state, on a phone and a desktop, light and dark, to be looked at.

`make screenshots ARGS="thanks verify"` takes those whose name has one of these words; `ARGS="--lang cy"` asks in Welsh.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.catalogue_browser import CatalogueBrowser
from tests.browser.chromium import find_executable, launch_chromium
from tests.browser.visitor import DESKTOP, PHONE, Scheme
from tests.conftest import NO_BROWSER_WARNING
from tests.page_states import PageState, build_page_catalogue

_FOLDER = Path("var/screenshots")
_UNSTUCK = "scrollTo(0, 0); for (const bar of document.querySelectorAll('.bar')) bar.style.position = 'static'"
_SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def take_screenshots(browser: Browser, pages: Sequence[PageState], folder: Path) -> list[Path]:
    """Write a PNG for each page, size and scheme; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for screen in (PHONE, DESKTOP):
        for scheme in _SCHEMES:
            catalogue_browser = CatalogueBrowser(browser, screen, scheme)
            for page in pages:
                path = folder / f"{page.file_name}-{screen[0]}-{scheme}.png"
                catalogue_browser.open(page)
                # From its top, also where the focus is further down; what sticks to the screen at its own place.
                catalogue_browser.evaluate(_UNSTUCK)
                catalogue_browser.page.screenshot(path=path, full_page=True)
                written.append(path)
            catalogue_browser.close()
    return written


def main() -> None:
    """Take them all, or those asked for."""
    parser = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    parser.add_argument("words", nargs="*", help="only pages whose name has one of these words")
    parser.add_argument("--lang", default="", help="ask for the pages in this language")
    options = parser.parse_args()
    executable = find_executable()
    if executable is None:
        raise SystemExit(NO_BROWSER_WARNING.replace("NOT TESTED IN A BROWSER", "No browser"))
    with launch_chromium(executable) as browser, build_page_catalogue() as made:
        pages = [page for page in made.pages if not options.words or any(word in page.name for word in options.words)]
        folder = _FOLDER / options.lang if options.lang else _FOLDER
        written = take_screenshots(
            browser, [page.in_language(options.lang) for page in pages] if options.lang else pages, folder
        )
    print(f"{len(written)} screenshots of {len(pages)} pages are in {folder.resolve()}")  # noqa: T201 - that is its answer


if __name__ == "__main__":
    main()

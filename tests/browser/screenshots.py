"""`make screenshots`: a picture of every page in every state, on a phone and a desktop, light and dark, to be looked at.

`make screenshots ARGS="thanks verify"` takes those whose name has one of these words; `ARGS="--lang cy"` asks in Welsh.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.chromium import chromium, found
from tests.browser.looker import Looker
from tests.browser.visitor import DESKTOP, PHONE, Scheme
from tests.conftest import NOT_TESTED
from tests.gallery import Page, gallery

_FOLDER = Path("var/screenshots")
_UNSTUCK = "scrollTo(0, 0); for (const bar of document.querySelectorAll('.bar')) bar.style.position = 'static'"
_SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def shoot(browser: Browser, pages: Sequence[Page], folder: Path) -> list[Path]:
    """Write a PNG for each page, size and scheme; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for screen in (PHONE, DESKTOP):
        for scheme in _SCHEMES:
            looker = Looker(browser, screen, scheme)
            for page in pages:
                path = folder / f"{page.file}-{screen[0]}-{scheme}.png"
                looker.open(page)
                # From its top, also where the focus is further down; what sticks to the screen at its own place.
                looker.evaluate(_UNSTUCK)
                looker.page.screenshot(path=path, full_page=True)
                written.append(path)
            looker.close()
    return written


def main() -> None:
    """Take them all, or those asked for."""
    parser = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    parser.add_argument("words", nargs="*", help="only pages whose name has one of these words")
    parser.add_argument("--lang", default="", help="ask for the pages in this language")
    options = parser.parse_args()
    executable = found()
    if executable is None:
        raise SystemExit(NOT_TESTED.replace("NOT TESTED IN A BROWSER", "No browser"))
    with chromium(executable) as browser, gallery() as made:
        pages = [page for page in made.pages if not options.words or any(word in page.name for word in options.words)]
        folder = _FOLDER / options.lang if options.lang else _FOLDER
        written = shoot(browser, [page.said_in(options.lang) for page in pages] if options.lang else pages, folder)
    print(f"{len(written)} screenshots of {len(pages)} pages are in {folder.resolve()}")  # noqa: T201 - that is its answer


if __name__ == "__main__":
    main()

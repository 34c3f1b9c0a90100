"""The Chromium of this machine, started as the tests need it."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserType, sync_playwright

_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The one without windows first: the same engine loads a page in half the processor time where no window is drawn around it."""
_QUIETLY = (
    # What would draw on a graphics card draws in the browser's own process.
    "--disable-gpu", "--in-process-gpu",
    "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip

_UNPAINTED = (
    # No frame is drawn unless a debugger asks for it. Where there is no such switch, in a browser with windows, all is painted.
    "--enable-begin-frame-control", "--run-all-compositor-stages-before-draw",
    # Each page runs the same rules of accessibility anew: what was compiled of them for one page is kept for the next. To
    # optimise them for one page alone takes longer than it saves.
    "--js-flags=--no-flush-bytecode --no-turbofan --no-maglev",
)  # fmt: skip


def find_executable() -> str | None:
    """Where it is; None where there is none."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


@contextmanager
def launch_chromium(executable: str) -> Iterator[Browser]:
    """A browser, as long as it is needed."""
    with sync_playwright() as playwright, _launched(playwright.chromium, executable, _QUIETLY) as browser:
        yield browser


@contextmanager
def launch_unpainted(beside: Browser, executable: str) -> Iterator[Browser]:
    """Another browser, which has styles and lay-out and takes keys, but paints nothing: no pictures, no clicks.

    That takes a third less of the processor.
    """
    with _launched(beside.browser_type, executable, (*_QUIETLY, *_UNPAINTED)) as browser:
        yield browser


@contextmanager
def _launched(kind: BrowserType, executable: str, arguments: Sequence[str]) -> Iterator[Browser]:
    # Chromium's own sandbox refuses root, which is who runs the tests in a container.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    browser = kind.launch(executable_path=executable, args=[*arguments, *sandbox])
    yield browser
    browser.close()

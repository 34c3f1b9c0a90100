"""A browser that goes through the catalogue, page after page, in one size and one colour scheme."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Response

from tests.browser.visitor import Scheme
from tests.page_states import PageCatalogue, PageState, problem_report
from tests.support.processes import TIMEOUT_SECONDS

_SUBMIT = """fields => {
  const form = Object.assign(document.createElement("form"), {method: "post", action: fields.to});
  for (const [name, value] of Object.entries(fields.form))
    form.append(Object.assign(document.createElement("textarea"), {name, value}));
  document.body.append(form);
  form.submit();
}"""

_READY = """async unfolded => {
  if (unfolded) for (const folded of document.querySelectorAll("details")) folded.open = true;
  await document.fonts.ready;
}"""


def _not_found_url(url: str) -> str:
    """A page of the same site, whatever it is."""
    return "{0.scheme}://{0.netloc}/nowhere".format(urlsplit(url))


class UnexpectedPageError(Exception):
    """Another page came than the catalogue means."""


class CatalogueBrowser:
    """One browser context; every page is opened in the same tab."""

    def __init__(self, browser: Browser, screen: tuple[int, int], scheme: Scheme = "light", *, scripts: bool = True) -> None:
        self._scheme = scheme
        # Nothing moves while it is looked at.
        self.context = browser.new_context(
            viewport={"width": screen[0], "height": screen[1]}, color_scheme=scheme, reduced_motion="reduce",
            java_script_enabled=scripts, locale="en-GB",
        )  # fmt: skip
        self.context.set_default_timeout(TIMEOUT_SECONDS * 1000)
        self.console_errors: list[str] = []
        self._answered: set[str] = set()
        self.context.on("console", self._note)
        self.context.on("weberror", lambda error: self.console_errors.append(str(error.error)))
        self.page = self.context.new_page()
        # A page whose form holds what was not sent asks before it is left, once a key was pressed on it: yes, leave it.
        self.page.on("dialog", lambda dialog: dialog.accept())

    def _note(self, message: ConsoleMessage) -> None:
        # A page that is itself the answer to something wrong is no complaint; anything it fails to load is one.
        if message.type in ("error", "warning") and message.location["url"] not in self._answered:
            self.console_errors.append(message.text)

    def open(self, page: PageState, *, unfolded: bool = False) -> None:
        """Open a page as its visitor comes to it, and all that can be unfolded on it. Raises UnexpectedPageError."""
        self._answered = {page.url, _not_found_url(page.url)} if page.status >= 400 or page.form is not None else set()
        self.console_errors.clear()
        self.context.clear_cookies()
        if page.cookies:
            self.context.add_cookies([{"name": name, "value": value, "url": page.url} for name, value in page.cookies.items()])
        response = self.page.goto(page.url) if page.form is None else self._submit(page.url, page.form)
        if response is None or response.status != page.status:
            raise UnexpectedPageError(f"{page.name}: {response and response.status} instead of {page.status}")
        self.evaluate(_READY, unfolded)

    def each_page(self, pages: PageCatalogue) -> Iterator[tuple[PageState, list[str]]]:
        """Every page, opened with all that can be unfolded, and a list for what is wrong with it.

        Raises AssertionError at the end, with all that was put into the lists.
        """
        found: dict[str, list[str]] = {}
        for page in pages.pages:
            found[page.name] = []
            try:
                self.open(page, unfolded=True)
            except UnexpectedPageError as other:
                found[page.name].append(str(other))
                continue
            yield page, found[page.name]
            found[page.name] += [f"the browser complains: {complaint}" for complaint in self.console_errors]
        wrong = problem_report(found)
        assert not wrong, wrong

    def _submit(self, url: str, form: dict[str, str]) -> Response:
        # A form of a page of the same site, since no page may send one to another.
        self.page.goto(_not_found_url(url))
        with self.page.expect_navigation() as navigation:
            self.evaluate(_SUBMIT, {"to": url, "form": form})
        return navigation.value

    def change_appearance(self, screen: tuple[int, int], scheme: Scheme) -> None:
        """Another size and colour scheme for the page that is open, as if somebody turned their device or it grew dark."""
        self.page.set_viewport_size({"width": screen[0], "height": screen[1]})
        if scheme != self._scheme:
            self.page.emulate_media(color_scheme=scheme)
            self._scheme = scheme

    def evaluate(self, script: str, argument: Any = None) -> Any:
        return self.page.evaluate(script, argument)

    def close(self) -> None:
        self.context.close()

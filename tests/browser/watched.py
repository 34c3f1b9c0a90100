"""A campaign's page under observation: what it asks for and says, on a clock that runs when a test says so."""

import json
from itertools import pairwise
from typing import Any

from playwright.sync_api import Locator, Route

from tests.browser.visitor import Visitor

# When each count was asked for and each announcement made, on the page's clock; and what was painted as the number.
_WATCH = """
  window.asked = []; window.flying = []; window.drawn = []; window.announced = [];
  const ask = fetch, read = Response.prototype.json;
  window.fetch = (...what) => {
    if (String(what[0]).endsWith("/count.json")) asked.push(performance.now() / 1000);
    const answer = ask(...what);
    flying.push(answer);
    return answer;
  };
  Response.prototype.json = function () { const body = read.call(this); flying.push(body); return body; };
  addEventListener("DOMContentLoaded", () => {
    new MutationObserver(() => {
      const shown = document.querySelector("[data-count]").textContent;
      if (shown !== drawn[drawn.length - 1]) drawn.push(shown);
    }).observe(document.querySelector("[data-total]"), {childList: true, subtree: true, characterData: true});
    const status = document.querySelector("[data-announce]");
    new MutationObserver(() => announced.push([performance.now() / 1000, status.textContent]))
      .observe(status, {childList: true});
  });
"""


class Watched:
    """A campaign's page whose reader we watch, with a clock that runs when we say so."""

    def __init__(self, reader: Visitor, *, clock: bool = True) -> None:
        self.reader, self.page, self.clock = reader, reader.page, clock
        self.answer: dict[str, Any] = {}
        self.headers: dict[str, str] = {}
        self.status = 200
        reader.page.add_init_script(_WATCH)
        if clock:
            reader.page.clock.install()

    def go(self) -> None:
        self.reader.go()
        self.page.evaluate("window.neverLoadedAgain = true")
        if self.clock:
            self.page.clock.pause_at(self.page.evaluate("Date.now() / 1000 + 1"))
            self.settle()

    def shape(self, status: int = 200, headers: dict[str, str] | None = None, **changes: Any) -> None:
        """From now on the count is answered so: what the site says, but for these changes."""
        first = not (self.answer or self.headers or self.status != 200)
        self.answer, self.headers, self.status = changes, headers or {}, status
        if first:
            self.page.route("**/count.json", self._serve)

    def _serve(self, route: Route) -> None:
        real = route.fetch()
        body = json.dumps({**real.json(), **self.answer})
        route.fulfill(status=self.status, headers={**real.headers, **self.headers}, body=body)

    def settle(self) -> None:
        """Let every answer that is on its way arrive."""
        self.page.evaluate("Promise.allSettled(flying).then(() => Promise.allSettled(flying)).then(() => 0)")

    def run(self, seconds: int) -> None:
        """Let time go by, second by second; answers take no time."""
        for _ in range(seconds):
            self.page.clock.run_for(1000)
            self.settle()

    def leap(self, seconds: int) -> None:
        """Let much time go by at once."""
        self.page.clock.fast_forward(seconds * 1000)
        self.settle()
        self.run(1)

    @property
    def asked(self) -> list[float]:
        return list(self.page.evaluate("asked"))

    def gaps(self) -> list[float]:
        """Seconds between one question and the next."""
        asked = self.asked
        return [after - before for before, after in pairwise(asked)]

    def part(self, name: str) -> Locator:
        return self.page.locator(f"[data-{name}]")

    @property
    def seconds_left(self) -> int:
        return int(self.part("live").get_attribute("data-seconds-left") or "")

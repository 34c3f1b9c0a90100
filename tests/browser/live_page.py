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


class LivePage:
    """A campaign's page whose reader we watch, with a clock that runs when we say so."""

    def __init__(self, reader: Visitor) -> None:
        self.visitor, self.page = reader, reader.page
        self.body_overrides: dict[str, Any] = {}
        self.header_overrides: dict[str, str] = {}
        self.status_override = 200
        reader.page.add_init_script(_WATCH)
        reader.stop_clock()

    def open(self) -> None:
        self.visitor.go()
        self.page.evaluate("window.neverLoadedAgain = true")

    def override_count(self, status: int = 200, headers: dict[str, str] | None = None, **changes: Any) -> None:
        """From now on the count is answered so: what the site says, but for these changes."""
        first = not (self.body_overrides or self.header_overrides or self.status_override != 200)
        self.body_overrides, self.header_overrides, self.status_override = changes, headers or {}, status
        if first:
            self.page.route("**/count.json", self._serve)

    def _serve(self, route: Route) -> None:
        real = route.fetch()
        body = json.dumps({**real.json(), **self.body_overrides})
        route.fulfill(status=self.status_override, headers={**real.headers, **self.header_overrides}, body=body)

    def wait_for_responses(self) -> None:
        """Let every answer that is on its way arrive."""
        self.page.evaluate("Promise.allSettled(flying).then(() => Promise.allSettled(flying)).then(() => 0)")

    def run_clock(self, seconds: int) -> None:
        """Let time go by, second by second; answers take no time."""
        for _ in range(seconds):
            self.page.clock.run_for(1000)
            self.wait_for_responses()

    def fast_forward(self, seconds: int) -> None:
        """Let much time go by at once."""
        self.page.clock.fast_forward(seconds * 1000)
        self.wait_for_responses()
        self.run_clock(1)

    @property
    def request_times(self) -> list[float]:
        return list(self.page.evaluate("asked"))

    def request_intervals(self) -> list[float]:
        """Seconds between one question and the next."""
        asked = self.request_times
        return [after - before for before, after in pairwise(asked)]

    def part(self, name: str) -> Locator:
        return self.page.locator(f"[data-{name}]")

    @property
    def seconds_left(self) -> int:
        return int(self.part("live").get_attribute("data-seconds-left") or "")

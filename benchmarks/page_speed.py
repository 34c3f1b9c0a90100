"""Speed of the public pages in a real Chromium on an emulated phone.

First and largest paint, shifts of the layout and weight on a slow mobile network, and how long an honest signatory takes from
the tap on "Sign" to "Check your email".

python -m benchmarks.page_speed [--loads 5] [--slowdown 4] [--url https://sign.example.org/c/save-the-pond]

Without `--url` it starts `countersign up` in an empty folder and measures the demonstration, where it signs as well.
"""

import argparse
import contextlib
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.chromium import find_executable, launch_chromium
from tests.support.servers import free_port
from tests.support.up_process import CAMPAIGN_PATH, UpProcess

PHONE = {"width": 360, "height": 640}
KEY_MS = 200
"""Between two keys of somebody who types with a thumb."""
SIGNATORY: Mapping[str, str] = {"name": "Ada Lovelace", "email": "ada@example.org", "postcode": "SW1A 1AA"}
SLOW_4G = {
    "offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8,
}  # fmt: skip
"""The network that Lighthouse measures phones on: milliseconds for each answer, octets a second."""
_SETTLE_MS = 1_500
_OBSERVE = """
  window.seen = {lcp: 0, cls: 0, what: ""};
  new PerformanceObserver(list => { for (const one of list.getEntries()) {
    seen.lcp = one.startTime; seen.what = one.element ? one.element.tagName.toLowerCase() : "";
  } }).observe({type: "largest-contentful-paint", buffered: true});
  new PerformanceObserver(list => { for (const one of list.getEntries()) if (!one.hadRecentInput) seen.cls += one.value; })
    .observe({type: "layout-shift", buffered: true});
"""
_HAS_PAINTED = "() => performance.getEntriesByName('first-contentful-paint').length"
_RESULT = """() => ({...seen, fcp: performance.getEntriesByName("first-contentful-paint")[0].startTime})"""


@dataclass(frozen=True)
class Load:
    """One first visit: milliseconds, score, octets on the wire."""

    first_paint_ms: float
    largest_paint_ms: float
    largest_element: str
    layout_shift: float
    kilobytes: float
    requests: int


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page_speed", description=__doc__)
    parser.add_argument("--loads", type=int, default=5, help="first visits to each page; the median is printed")
    parser.add_argument("--url", default="", help="a page of a running site, to be looked at and not signed")
    parser.add_argument(
        "--slowdown", type=int, default=1, help="times slower than this machine; Lighthouse takes 4 for a phone"
    )
    options = parser.parse_args()
    executable = find_executable()
    if executable is None:
        raise SystemExit("There is no Chromium here.")
    with _site(options.url) as site, launch_chromium(executable) as browser:
        pages = {"page": options.url} if options.url else _demonstration(site)
        print(f"{'':<34}{'FCP ms':>8}{'LCP ms':>8}  {'element':<9}{'CLS':>7}{'kB':>7}{'requests':>10}")
        for name, url in pages.items():
            _print(name, [_load(browser, url, options.slowdown) for _ in range(options.loads)])
        if not options.url:
            typed = sum(map(len, SIGNATORY.values())) * KEY_MS / 1000
            took = [_sign(browser, urljoin(site, CAMPAIGN_PATH), number, options.slowdown) for number in range(options.loads)]
            print(f"from the tap on Sign to “Check your email”: {statistics.median(took):.1f} s, {typed:.1f} s of it typing")


def _demonstration(site: str) -> dict[str, str]:
    return {
        "home": site,
        "campaign": urljoin(site, CAMPAIGN_PATH),
        "campaign, frame in Arabic": urljoin(site, f"{CAMPAIGN_PATH}?lang=ar"),
        "campaign, widget": urljoin(site, f"{CAMPAIGN_PATH}/embed"),
    }


@contextlib.contextmanager
def _site(url: str) -> Iterator[str]:
    if url:
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="cs-bench-", ignore_cleanup_errors=True) as folder:
        process = UpProcess(Path(folder), free_port())
        try:
            process.wait_until_running()
            yield process.url
        finally:
            process.close()


@contextlib.contextmanager
def _phone(browser: Browser, slowdown: int) -> Iterator[Page]:
    """A page of a browser without a past, on the slow network."""
    context: BrowserContext = browser.new_context(viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.add_init_script(_OBSERVE)
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", SLOW_4G)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    yield page
    context.close()


def _load(browser: Browser, url: str, slowdown: int) -> Load:
    with _phone(browser, slowdown) as page:
        octets: dict[str, int] = {}
        devtools = page.context.new_cdp_session(page)
        devtools.on(
            "Network.loadingFinished", lambda event: octets.update({event["requestId"]: int(event["encodedDataLength"])})
        )
        devtools.send("Network.enable")
        page.goto(url)
        while not page.evaluate(_HAS_PAINTED):
            page.wait_for_timeout(100)
        page.wait_for_timeout(_SETTLE_MS)
        seen = page.evaluate(_RESULT)
        on_wire = [each for each in octets.values() if each]
        return Load(seen["fcp"], seen["lcp"], seen["what"], seen["cls"], sum(on_wire) / 1000, len(on_wire))


def _print(name: str, loads: list[Load]) -> None:
    middle = sorted(loads, key=lambda load: load.largest_paint_ms)[len(loads) // 2]
    print(
        f"{name:<34}{middle.first_paint_ms:>8.0f}{middle.largest_paint_ms:>8.0f}  {middle.largest_element:<9}"
        f"{max(load.layout_shift for load in loads):>7.3f}{middle.kilobytes:>7.1f}{middle.requests:>10}"
    )


def _sign(browser: Browser, url: str, number: int, slowdown: int) -> float:
    """Seconds from the tap on "Sign" to the page that says where the mail is."""
    with _phone(browser, slowdown) as page:
        page.goto(url)
        page.wait_for_timeout(_SETTLE_MS)
        began = time.monotonic()
        page.get_by_role("link", name="Sign", exact=True).first.tap()
        for field, words in SIGNATORY.items():
            typed = words.replace("ada@", f"ada{number}@") if field == "email" else words
            page.locator(f"#{field}").tap()
            page.keyboard.type(typed, delay=KEY_MS)
        page.locator(".sign [type=submit]").tap()
        page.get_by_role("heading", name="Check your email").wait_for()
        return time.monotonic() - began


if __name__ == "__main__":
    main()

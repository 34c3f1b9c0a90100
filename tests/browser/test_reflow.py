"""Nothing is cut off and nobody scrolls sideways: on the narrowest screen, and with text twice as large."""

import pytest

from tests.browser.catalogue_browser import CatalogueBrowser
from tests.browser.visitor import PHONE
from tests.page_states import PageCatalogue

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser_catalogue"), pytest.mark.timeout(1500)]

SIZES = {
    "320 pixels": (320, 1),
    "a desktop of 1280 pixels enlarged to 200 %": (640, 1),
    "text of 200 % on a phone": (360, 2),
    "text of 200 % on a desktop": (1280, 2),
}
"""Width in CSS pixels, and how much larger the text is."""

_ENLARGE = """times => {
  const root = document.documentElement, size = () => parseFloat(getComputedStyle(document.body).fontSize);
  root.style.fontSize = "";
  const before = size();
  root.style.fontSize = `${parseFloat(getComputedStyle(root).fontSize) * times}px`;
  return size() / before;
}"""

# A thing sticks out unless it, or what it stands in, scrolls by itself, or is for the ears alone.
_OVERFLOWING = """() => {
  const style = (e) => getComputedStyle(e), found = new Set();
  const name = (e) => e.localName + (e.id ? `#${e.id}` : e.className ? `.${e.className.trim().replace(/ +/g, ".")}` : "");
  const width = document.documentElement.clientWidth, whole = document.documentElement.scrollWidth;
  if (whole > width) found.add(`the page scrolls to ${whole}`);
  const scrolls = (e) => /auto|scroll/.test(style(e).overflowX);
  const excused = (e) => style(e).clipPath !== "none" || style(e).position === "fixed" || scrolls(e);
  for (const e of document.body.querySelectorAll("*")) {
    if (e.closest("svg, iframe, select") || !e.checkVisibility()) continue;
    let up = e;
    while (up && !excused(up)) up = up.parentElement;
    const {left, right, width: wide} = e.getBoundingClientRect();
    if (!up && wide > 1 && (right > width + 1 || left < -1)) found.add(`${name(e)} reaches from ${left | 0} to ${right | 0}`);
    const clips = /hidden|clip/.test(style(e).overflowX) && e.clientWidth > 1 && e.innerText?.trim();
    if (clips && e.scrollWidth > e.clientWidth + 1) found.add(`${name(e)} cuts its words off`);
  }
  return [...found];
}"""

# What sticks to the screen, and what the focus comes to: pages alike in both are alike in what hides what. The link over
# everything that leads to the content is seen only while it has the focus itself.
_LAYOUT = """() => {
  const name = (e) => e.localName + (e.id || e.className), all = (what) => [...document.body.querySelectorAll(what)];
  const sticky = all("*:not(.skip)").filter((e) => /fixed|sticky/.test(getComputedStyle(e).position)).map(name);
  return [sticky.join(" "), all("a, button, input, select, textarea, summary").map(name).join(" ")];
}"""

_FOCUS_RECTANGLE = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  // Where it is in a frame is that page's own affair.
  if (e.localName === "iframe") return ["frame", ""];
  const name = e.id ? `#${e.id}` : `${e.localName} “${(e.innerText || e.name || "").trim().slice(0, 40)}”`;
  // A link may run over two lines: its first piece is looked at. Of what is high, the first line is what must be seen.
  const {left, top, width, height} = e.getClientRects()[0] || e.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + Math.min(height / 2, 24)];
  const seen = document.elementFromPoint(x, y);
  const label = seen?.closest("label")?.control === e;
  if (seen && (label || e.contains(seen))) return [name, ""];
  const at = `${Math.round(x)}, ${Math.round(y)}`;
  return [name, seen ? `hidden at ${at} by ${seen.localName}.${seen.className}` : `out of sight at ${at}`];
}"""

_MAX_TAB_STOPS = 80


def test_no_page_must_be_scrolled_sideways_or_cuts_words_off(catalogue_browser: CatalogueBrowser, pages: PageCatalogue) -> None:
    for _, found in catalogue_browser.each_page(pages):
        for size, (width, larger) in SIZES.items():
            catalogue_browser.resize(width)
            grown = catalogue_browser.evaluate(_ENLARGE, larger)
            if grown != pytest.approx(larger, rel=0.02):
                found.append(f"{size}: the text grows by {grown} only")
            found += [f"{size}: {what}" for what in catalogue_browser.evaluate(_OVERFLOWING)]


def test_the_focus_is_never_hidden(catalogue_browser: CatalogueBrowser, pages: PageCatalogue) -> None:
    catalogue_browser.resize(*PHONE)
    seen: set[tuple[str, str]] = set()
    for _, found in catalogue_browser.each_page(pages):
        sticky, stops = catalogue_browser.evaluate(_LAYOUT)
        if sticky and (sticky, stops) not in seen:
            seen.add((sticky, stops))
            found += [*_hidden(catalogue_browser, "Tab"), *_hidden(catalogue_browser, "Shift+Tab")]
    assert len(seen) >= 3


def _hidden(catalogue_browser: CatalogueBrowser, key: str) -> list[str]:
    """Press a key until the focus has been everywhere; where it was not seen."""
    catalogue_browser.evaluate("document.activeElement.blur()")
    stops: list[list[str]] = []
    for _ in range(_MAX_TAB_STOPS):
        catalogue_browser.page.keyboard.press(key)
        stop = catalogue_browser.evaluate(_FOCUS_RECTANGLE)
        if stop is not None:
            stops.append(stop)
        elif stops:
            break  # Past the last one, the focus is the browser's own.
    assert 2 < len(stops) < _MAX_TAB_STOPS
    return [f"{name}: {wrong}" for name, wrong in stops if wrong]

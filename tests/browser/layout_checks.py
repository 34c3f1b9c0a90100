"""Lay-out of a page that is open in a browser: nothing is cut off, nobody scrolls sideways, and the focus is in sight."""

from tests.browser.catalogue_browser import CatalogueBrowser

FRAME_WATCH = """for (const name of ["requestAnimationFrame", "ResizeObserver", "IntersectionObserver"]) {
  const note = () => { window.waitsForFrames = true; };
  window[name] = new Proxy(window[name], {
    apply: (real, _, given) => { note(); return real.apply(window, given); },
    construct: (real, given) => { note(); return new real(...given); },
  });
}"""
"""For each page from its beginning: whether a script waits for what happens only where something is painted."""

# What waits for a frame before it lays itself out has done so in the next. A thing sticks out unless it, or what it stands in,
# scrolls by itself, or is for the ears alone.
_OVERFLOWING = """async times => {
  if (window.waitsForFrames) await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const root = document.documentElement, textSize = () => parseFloat(getComputedStyle(document.body).fontSize);
  const before = textSize();
  root.style.fontSize = `${parseFloat(getComputedStyle(root).fontSize) * times}px`;
  const grown = textSize() / before;
  const style = (e) => getComputedStyle(e), found = new Set();
  if (Math.abs(grown - times) > 0.02 * times) found.add(`the text grows by ${grown} only`);
  const name = (e) => e.localName + (e.id ? `#${e.id}` : e.className ? `.${e.className.trim().replace(/ +/g, ".")}` : "");
  const width = root.clientWidth, whole = root.scrollWidth;
  if (whole > width) found.add(`the page scrolls to ${whole}`);
  const scrolls = (e) => /auto|scroll/.test(style(e).overflowX);
  const excused = (e) => style(e).clipPath !== "none" || style(e).position === "fixed" || scrolls(e);
  for (const e of document.body.querySelectorAll("*")) {
    if (e.closest("svg, iframe, select") || !e.checkVisibility()) continue;
    const {left, right, width: wide} = e.getBoundingClientRect();
    if (wide > 1 && (right > width + 1 || left < -1)) {
      let up = e;
      while (up && !excused(up)) up = up.parentElement;
      if (!up) found.add(`${name(e)} reaches from ${left | 0} to ${right | 0}`);
    }
    const clips = /hidden|clip/.test(style(e).overflowX) && e.clientWidth > 1 && e.innerText?.trim();
    if (clips && e.scrollWidth > e.clientWidth + 1) found.add(`${name(e)} cuts its words off`);
  }
  root.style.fontSize = "";
  return [...found];
}"""

# Buttons that touch are pressed for one another.
_CROWDED = """() => {
  const all = [...document.querySelectorAll("main :is(a.button, button, summary)")];
  const drawn = ({borderTopWidth, borderTopColor}) => parseFloat(borderTopWidth) && borderTopColor !== "rgba(0, 0, 0, 0)";
  const buttons = all.filter((e) => e.checkVisibility() && drawn(getComputedStyle(e)));
  const boxes = buttons.map((e) => [e, e.getBoundingClientRect()]), found = [];
  const name = (e) => `“${e.innerText.trim().slice(0, 40)}”`;
  boxes.forEach(([one, a], at) => boxes.slice(at + 1).forEach(([other, b]) => {
    if (one.contains(other) || other.contains(one)) return;
    const across = Math.max(a.left, b.left) - Math.min(a.right, b.right);
    const down = Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom), gap = Math.max(across, down);
    if (gap < 4) found.push(`${name(one)} and ${name(other)} are ${gap.toFixed(0)} pixels apart`);
  }));
  return found;
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


def overflow_problems(catalogue_browser: CatalogueBrowser, times: float) -> list[str]:
    """What sticks out or is cut off while the text is so many times as large as usual."""
    found: list[str] = catalogue_browser.evaluate(_OVERFLOWING, times)
    return found


def crowded_buttons(catalogue_browser: CatalogueBrowser) -> list[str]:
    """Buttons with less than four pixels between them."""
    found: list[str] = catalogue_browser.evaluate(_CROWDED)
    return found


class FocusChecks:
    """The walk of the focus through page after page: once through all pages that are alike in what can hide it."""

    def __init__(self, catalogue_browser: CatalogueBrowser) -> None:
        self._browser = catalogue_browser
        self.layouts: set[tuple[str, str]] = set()

    def problems(self) -> list[str]:
        """Where the focus cannot be seen on the page."""
        sticky, stops = self._browser.evaluate(_LAYOUT)
        if not sticky or (sticky, stops) in self.layouts:
            return []
        self.layouts.add((sticky, stops))
        return [*_hidden(self._browser, "Tab"), *_hidden(self._browser, "Shift+Tab")]


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

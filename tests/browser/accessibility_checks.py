"""Rules of WCAG 2.2 AA that a machine can check, as axe-core checks them, on a page that is open in a browser."""

from collections.abc import Iterable
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.catalogue_browser import CatalogueBrowser

_ALL_RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_VISUAL_RULES = {"type": "rule", "values": ["color-contrast", "scrollable-region-focusable", "target-size"]}
"""What colours and sizes decide. All else is the same on the same page, however it looks."""
_OPTIONS: dict[str, Any] = {
    "resultTypes": ["violations"],
    # The one frame there is shows a mail as it was sent, where no script runs.
    "iframes": False,
    # Reading all style sheets again and waiting for media, on each page, for the one rule about sound that begins by itself.
    "preload": False,
}

# The rule of contrast takes more than half of all the time, and each page has the same head, foot, buttons and fields. What it
# says of a text follows from what is hashed here: the text's own colour and size, what is painted behind it by the elements
# around it, what is positioned over the page, and whether it is exempt. So of texts alike in all that one is checked.
_TEXT_LOOKS = """() => {
  const hash = (text) => {
    let [a, b] = [0xdeadbeef, 0x41c6ce57];
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      a = Math.imul(a ^ code, 2654435761);
      b = Math.imul(b ^ code, 1597334677);
    }
    return (a >>> 0).toString(36) + (b >>> 0).toString(36);
  };
  const behind = new Map([[null, ""]]), positioned = new Set();
  const painted = (s) => [s.backgroundColor, s.backgroundImage, s.opacity, s.filter, s.mixBlendMode, s.clipPath].join();
  const nothing = "rgba(0, 0, 0, 0),none,1,none,normal,none";
  for (const e of document.querySelectorAll("html, body, body *")) {
    const style = getComputedStyle(e);
    const pseudo = ["::before", "::after"].map((which) => getComputedStyle(e, which));
    const look = [style, ...pseudo.filter((s) => s.content !== "none")].map(painted).filter((one) => one !== nothing);
    const below = behind.get(e.parentElement);
    behind.set(e, look.length ? hash(below + look.join("|")) : below);
    if (/absolute|fixed|sticky/.test(style.position) && look.length && e.checkVisibility()) positioned.add(behind.get(e));
  }
  const page = hash([...positioned].sort().join());
  const exempt = (e) => e?.closest(":disabled, [aria-disabled], [inert], [aria-hidden]");
  const looks = window.textLooks = new Map();
  for (const e of document.body.querySelectorAll("*")) {
    const control = /^(input|select|textarea|button)$/.test(e.localName);
    const text = [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim().length > 1);
    if (!(text || control) || !e.checkVisibility()) continue;
    const s = getComputedStyle(e), {width, height} = e.getBoundingClientRect();
    const labelled = e.id && document.querySelector(`[aria-labelledby~="${e.id}"]:is(:disabled, [aria-disabled])`);
    const look = hash([page, behind.get(e), control && [e.localName, e.type, !!e.value, !!e.placeholder],
      s.color, s.fontSize, s.fontWeight, s.textShadow, s.webkitTextFillColor, s.webkitTextStroke, width > 1 && height > 1,
      !!(exempt(e) || exempt(e.closest("label")?.control) || labelled)].join());
    looks.set(look, [...(looks.get(look) || []), e]);
  }
  return [...looks.keys()];
}"""

_RUN = """async ({looks, options}) => {
  if (document.querySelector("audio, video")) throw new Error("There is sound on a page: axe-core is to preload it");
  for (const e of document.querySelectorAll("[data-new-look]")) e.removeAttribute("data-new-look");
  for (const look of looks) window.textLooks.get(look)[0].setAttribute("data-new-look", "");
  axe.configure({rules: [{id: "color-contrast", selector: "[data-new-look]"}]});
  return (await axe.run(document, options)).violations;
}"""


class AccessibilityChecks:
    """axe-core, run on page after page."""

    def __init__(self, catalogue_browser: CatalogueBrowser) -> None:
        self._browser = catalogue_browser
        # In each page from its beginning, which takes half of what handing it over anew takes.
        catalogue_browser.context.add_init_script(AXE_SCRIPT)
        self.looks: set[str] = set()
        """The hashes of all texts' looks that were checked for contrast."""

    def check(self) -> list[str]:
        """The rules that the page breaks, which was opened after this object was made."""
        return self._violations(_ALL_RULES)

    def check_appearance(self) -> list[str]:
        """The rules that the page breaks in another size or colour scheme than the one it was checked in."""
        return self._violations(_VISUAL_RULES)

    def _violations(self, rules: dict[str, Any]) -> list[str]:
        new = set(self._browser.evaluate(_TEXT_LOOKS)) - self.looks
        self.looks |= new
        found = self._browser.evaluate(_RUN, {"looks": sorted(new), "options": {**_OPTIONS, "runOnly": rules}})
        return [_sentence(violation, node) for violation in found for node in violation["nodes"]]


def _sentence(violation: dict[str, Any], node: dict[str, Any]) -> str:
    checks: Iterable[dict[str, Any]] = (check for kind in ("any", "all", "none") for check in node[kind])
    why = "; ".join(check["message"] for check in checks)
    return f"{violation['id']} ({violation['impact']}) at {' '.join(map(str, node['target']))}: {why or violation['help']}"

// The number somebody is comes a moment after they are thanked: the page is asked again until it knows.
(() => {
  const ordinal = $("[data-ordinal=wait]");
  let left = 15;
  const look = async () => {
    try {
      const page = await (await fetch(location.href)).text();
      const known = $("[data-ordinal='']", new DOMParser().parseFromString(page, "text/html"));
      if (known) {
        // Nobody who is on the link loses their place.
        const inside = ordinal.contains(document.activeElement);
        ordinal.replaceWith(known);
        known.tabIndex = -1;
        if (inside) known.focus();
        return;
      }
    } catch (_) { /* The next time, perhaps. */ }
    if (--left) setTimeout(look, 1000);
  };
  if (ordinal) setTimeout(look, 1000);
})();
// How many friends have signed through one's own link, while somebody looks: every quarter of a minute, for half an hour.
(() => {
  const friends = $("[data-friends]");
  if (!friends) return;
  let timer = 0, left = 120, pause = 15000;
  const look = async () => {
    clearTimeout(timer);
    if (document.hidden || left < 1) return;
    left -= 1;
    try {
      const answer = await fetch(friends.dataset.friends);
      if (!answer.ok) throw answer;
      const now = await answer.json(), label = $("p", friends);
      pause = 15000;
      if (label.textContent !== now.label) label.textContent = now.label;
      $("progress", friends).value = Math.min(now.friends, 3);
    } catch (_) {
      pause = Math.min(pause * 2, 240000);
    }
    timer = setTimeout(look, pause);
  };
  document.addEventListener("visibilitychange", look);
  timer = setTimeout(look, pause);
})();

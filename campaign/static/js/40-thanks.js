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

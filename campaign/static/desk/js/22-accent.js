"use strict";
// Shows an accent colour as the pages will use it. What is readable our server says; where no script runs, a button asks for it.
(() => {
  const field = document.querySelector("[data-accent]");
  if (!field) return;
  const place = document.querySelector("[data-swatches]"), words = place.querySelector("[data-swatch-words]");
  const button = document.querySelector("[data-accent-button]");
  let newest = null;
  const show = async () => {
    const asked = newest = new URLSearchParams(new FormData(field.form));
    const answer = await fetch(field.dataset.accent, { method: "POST", body: asked }).catch(() => null);
    if (!answer || !answer.ok) return;
    const found = await answer.json();
    // What was chosen first may be answered last.
    if (asked !== newest) return;
    place.hidden = !found.words;
    if (!found.words) return;
    words.textContent = found.words;
    for (const name of ["light", "dark"]) {
      const swatch = place.querySelector(`[data-swatch=${name}]`);
      swatch.style.setProperty("--swatch", found[name].accent);
      swatch.style.setProperty("--on-swatch", found[name].on_accent);
    }
  };
  button.hidden = true;
  field.addEventListener("change", show);
})();

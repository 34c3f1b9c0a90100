"use strict";
// Suggests the address of a page from its title, until somebody writes one. The server does the same where no script runs.
(() => {
  const title = document.querySelector("[data-slug-from]");
  const slug = title && document.getElementById(title.dataset.slugFrom);
  if (!slug) return;
  const LONGEST = 60;
  const letters = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };
  const suggested = (text) => {
    const plain = text.normalize("NFKD").toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/g, "").replace(/['’`ʼ]/g, "")
      .replace(/[ßæœøłđðþı]/g, (letter) => letters[letter]);
    let address = "";
    for (const word of plain.split(/[^a-z0-9]+/).filter(Boolean)) {
      const longer = address ? `${address}-${word}` : word.slice(0, LONGEST);
      if (longer.length > LONGEST) break;
      address = longer;
    }
    return address;
  };
  let own = slug.value !== "" && slug.value !== suggested(title.value);
  slug.addEventListener("input", () => { own = slug.value !== ""; });
  title.addEventListener("input", () => { if (!own) slug.value = suggested(title.value); });
})();

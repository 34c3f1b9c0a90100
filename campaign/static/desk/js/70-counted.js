"use strict";
// How many characters stand in a field whose recipient counts them, said anew while somebody writes. Our server counts too.
(() => {
  for (const field of document.querySelectorAll("[data-counted]")) {
    const said = document.getElementById(`${field.name}-counted`), most = Number(field.dataset.counted);
    field.addEventListener("input", () => {
      // A letter outside the basic plane is one character, as our server counts.
      const length = [...field.value.trim()].length, over = length - most;
      said.textContent = `${length.toLocaleString("en-GB")} of ${most.toLocaleString("en-GB")} characters`
        + (over > 0 ? `, ${over.toLocaleString("en-GB")} too many` : "");
    });
  }
})();

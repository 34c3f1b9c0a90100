"use strict";
// Unsent forms: whoever leaves a page with a changed form is asked once more. Searches are no loss. A form that comes back has lost the
// file that was chosen, so where one is, what the form lacks is said before it goes.
(() => {
  const changed = new Set();
  const keeps = (form) => form && form.method === "post" && form.getAttribute("role") !== "search";
  document.addEventListener("input", (event) => { if (keeps(event.target.form)) changed.add(event.target.form); });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (![...form.querySelectorAll("[type=file]")].some((field) => field.files.length) || form.reportValidity()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  document.addEventListener("submit", (event) => { if (!event.defaultPrevented) changed.delete(event.target); });
  document.addEventListener("reset", (event) => changed.delete(event.target));
  addEventListener("pageshow", () => { for (const form of document.querySelectorAll("form[data-resend]")) changed.add(form); });
  addEventListener("beforeunload", (event) => { if ([...changed].some((form) => form.isConnected)) event.preventDefault(); });
})();

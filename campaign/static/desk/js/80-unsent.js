"use strict";
// Unsent forms: whoever leaves a page with a changed form is asked once more. Searches are no loss.
(() => {
  const changed = new Set();
  const keeps = (form) => form && form.method === "post" && form.getAttribute("role") !== "search";
  document.addEventListener("input", (event) => { if (keeps(event.target.form)) changed.add(event.target.form); });
  document.addEventListener("submit", (event) => { if (!event.defaultPrevented) changed.delete(event.target); });
  document.addEventListener("reset", (event) => changed.delete(event.target));
  addEventListener("pageshow", () => { for (const form of document.querySelectorAll("form[data-resend]")) changed.add(form); });
  addEventListener("beforeunload", (event) => { if ([...changed].some((form) => form.isConnected)) event.preventDefault(); });
})();

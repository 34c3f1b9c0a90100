"use strict";
// Unsent forms: whoever leaves a page with a changed form is asked once more, and a form that is sent is not sent a second time by a
// double click. Searches are no loss.
(() => {
  const SENT_MILLISECONDS = 5000;
  const changed = new Set();
  const keeps = (form) => form && form.method === "post" && form.getAttribute("role") !== "search";
  document.addEventListener("input", (event) => { if (keeps(event.target.form)) changed.add(event.target.form); });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !keeps(form)) return;
    if (form.dataset.sent) return event.preventDefault();
    changed.delete(form);
    form.dataset.sent = "yes";
    // A download leaves the page where it is: the form can be sent again after a while.
    setTimeout(() => delete form.dataset.sent, SENT_MILLISECONDS);
  });
  document.addEventListener("reset", (event) => changed.delete(event.target));
  addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
    for (const form of document.querySelectorAll("form[data-resend]")) changed.add(form);
  });
  addEventListener("beforeunload", (event) => { if ([...changed].some((form) => form.isConnected)) event.preventDefault(); });
})();

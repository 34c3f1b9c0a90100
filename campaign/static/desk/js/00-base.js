"use strict";
// Everything here is an extra: each page of the desk works without it. It asks nothing by an alert and has no words of its own.
(() => {
  // What is wrong is read first, unless somebody is in a field already: a slow connection brings this script late.
  const first = document.querySelector("[data-focus]"), at = document.activeElement;
  if (first && (at === document.body || at.autofocus)) first.focus();

  // A form that changes something is sent once. `aria-disabled` keeps the focus where it is.
  const sent = new Map();
  const free = (form) => {
    if (sent.get(form)) sent.get(form).removeAttribute("aria-disabled");
    sent.delete(form);
  };
  document.addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter;
    if (event.defaultPrevented || form.method !== "post") return;
    if (sent.has(form)) return event.preventDefault();
    sent.set(form, button);
    if (button) button.setAttribute("aria-disabled", "true");
    // A download stays on the page, and a connection may be lost.
    setTimeout(free, 8000, form);
  });
  addEventListener("pageshow", (event) => event.persisted && [...sent.keys()].forEach(free));
})();

"use strict";
// Shows beside a text how it will look, a moment after each change. Where no script runs, the button asks for it.
(() => {
  const form = document.querySelector("form[data-looks]");
  if (!form) return;
  const place = form.querySelector("[data-looks-place]"), into = form.querySelector("[data-looks-into]");
  const button = form.querySelector("[data-looks-button]");
  const PAUSE = 400;
  let waiting = 0, asked = null;
  const show = async () => {
    if (asked) asked.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(form.dataset.looks, { method: "POST", body: new FormData(form), signal: asked.signal });
      if (!answer.ok) throw new Error(answer.status);
      // Made by our server, which cleans it: nothing that was typed comes back as anything but text.
      into.innerHTML = await answer.text();
      place.hidden = false;
    } catch (error) {
      // The button still works.
      if (error.name !== "AbortError") button.hidden = false;
    }
  };
  button.hidden = true;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, PAUSE);
  });
  show();
})();

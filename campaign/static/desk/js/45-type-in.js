// Typing in signatures on paper: a line is sent while the next one is typed. Lines typed ahead wait in their order, and a mistake
// in one of them loses none of the others. Without this script each line loads the page again, which is all it changes.
(() => {
  const RETRY_MILLISECONDS = 5000;
  const KEPT = ["sheet", "date", "country"], ROW = ["name", "postcode", "declared", "email", "updates", "public"];
  const main = document.querySelector("main");
  const form = () => main.querySelector("form[data-type-in]");
  if (!form() || !window.fetch || !window.DOMParser) return;

  const waiting = [];
  // `stash` is what was typed of a later line when an earlier one had to be corrected.
  let sending = false, halted = false, correcting = false, leaving = false, stash = [];

  const fields = (names) => names.map((name) => form().elements[name]).filter(Boolean);
  const typed = () => fields(ROW).map((field) => [field.name, field.type === "checkbox" ? field.checked : field.value]);
  const isEmpty = (row) => row.every((pair) => !pair[1]);
  const asSent = (field) => field.options
    ? field.selectedIndex === Math.max(0, [...field.options].findIndex((option) => option.defaultSelected))
    : field.value === field.defaultValue;
  // Nothing is begun that a page in place of this one would undo, not even by going to another field.
  const isUntouched = () => isEmpty(typed()) && fields([...KEPT, "line"]).every(asSent)
    && [document.body, form().elements.name].includes(document.activeElement);
  const fill = (row) => {
    for (const [name, value] of row) {
      const field = form().elements[name];
      if (field && field.type === "checkbox") field.checked = value;
      else if (field) field.value = value;
    }
  };
  const say = (words) => {
    const place = main.querySelector("[data-waiting]");
    if (place) place.textContent = words;
  };
  const sayWaiting = () => say(waiting.length > 1 ? `${waiting.length} lines are on their way.` : "");

  // A form without a row; sheet, date and country stay for the next one.
  const clear = () => {
    for (const field of fields(KEPT)) {
      if (field.options) for (const option of field.options) option.defaultSelected = option.selected;
      else field.defaultValue = field.value;
    }
    for (const field of fields(ROW)) {
      if (field.type === "checkbox") field.defaultChecked = false;
      else field.defaultValue = "";
    }
    form().reset();
    form().elements.name.focus();
  };

  const show = (page) => {
    main.replaceChildren(...page.querySelector("main").childNodes);
    const first = main.querySelector("[data-focus]") || main.querySelector("[autofocus]") || form().elements.name;
    first.focus();
  };

  const added = (page) => {
    waiting.shift();
    const row = typed();
    if (correcting || (!waiting.length && isUntouched())) {
      correcting = false;
      show(page);
      fill(row);
    } else {
      const last = main.querySelector("[data-typed-last]"), at = last.contains(document.activeElement) && document.activeElement;
      last.replaceWith(page.querySelector("[data-typed-last]"));
      // Who is on a button of the list stays on it.
      const same = at && main.querySelector(`[data-typed-last] [aria-label="${CSS.escape(at.getAttribute("aria-label"))}"]`);
      if (at) (same || form().elements.name).focus();
      const line = form().elements.line, next = page.querySelector("#line");
      if (line.value === line.defaultValue) line.value = line.defaultValue = next.value;
    }
    sayWaiting();
  };

  const refused = (page) => {
    waiting.shift();
    halted = true;
    stash = typed();
    show(page);
    if (waiting.length) say(`${waiting.length} more are typed in, and wait for this line.`);
  };

  // A later session has another secret in its forms.
  const renewed = async () => {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const secret = page.querySelector("form[data-type-in] [name=csrf]");
    if (!answer.ok || !secret) return;
    for (const line of waiting) line.set("csrf", secret.value);
    for (const one of document.querySelectorAll("[name=csrf]")) one.value = secret.value;
  };

  const send = async () => {
    if (sending || halted || !waiting.length) return;
    sending = true;
    let again = 0;
    try {
      const answer = await fetch(form().action, { method: "POST", body: waiting[0] });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (answer.ok && page.querySelector("form[data-type-in]")) added(page);
      else if (answer.status === 422) refused(page);
      else {
        const why = page.querySelector(".note") || page.querySelector("h1");
        say(`Not stored yet: ${why ? why.textContent.trim() : answer.status} Keep this page open; it is sent again by itself.`);
        await renewed();
        again = RETRY_MILLISECONDS;
      }
    } catch (_) {
      say("No connection. What you typed is kept here, and sent once there is one.");
      again = RETRY_MILLISECONDS;
    }
    sending = false;
    if (again) setTimeout(send, again);
    else send();
  };

  main.addEventListener("submit", (event) => {
    if (event.target !== form()) return;
    event.preventDefault();
    const line = form().elements.line, data = new URLSearchParams(new FormData(form()));
    // The number that was proposed may be taken by a line before it by now: the next free one is meant.
    if (line.value === line.defaultValue) data.set("line", "");
    if (event.submitter && event.submitter.name) data.set(event.submitter.name, event.submitter.value);
    if (halted) {
      waiting.unshift(data);
      halted = false;
      correcting = true;
      clear();
      fill(stash);
      stash = [];
    } else {
      waiting.push(data);
      clear();
    }
    sayWaiting();
    send();
  });

  main.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-leave-out]");
    if (!link || !halted) return;
    event.preventDefault();
    if (leaving) return;
    leaving = true;
    const page = await fetch(link.href).then((answer) => answer.text())
      .then((text) => new DOMParser().parseFromString(text, "text/html")).catch(() => null);
    leaving = false;
    // The line was sent again meanwhile: that is how it stands.
    if (!halted) return;
    if (!page || !page.querySelector("form[data-type-in]")) return say("Not left out yet. Keep this page open, and try again.");
    show(page);
    fill(stash);
    halted = false;
    stash = [];
    send();
  });

  addEventListener("beforeunload", (event) => { if (waiting.length || !isEmpty(stash)) event.preventDefault(); });
})();

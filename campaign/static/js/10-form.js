// Forms: sent once, kept for whoever comes back, and a hint where a mail address looks mistyped.
(() => {
  // Who came here before this script did keeps the field they are in, and what they have typed.
  const summary = $("[data-summary]");
  if (summary && document.activeElement === document.body) summary.focus();

  // What was typed is kept in this tab from the moment of sending, for "Correct it" on the next page; any other page drops it.
  const form = $("[data-embedded]") ? null : $('form[action*="/signatures"]');
  const fields = () => [...form.elements].filter((field) => field.name && field.type !== "hidden");
  const tick = (field) => field.type === "checkbox";
  const asSent = (field) => field.options
    ? field.selectedIndex === Math.max(0, [...field.options].findIndex((option) => option.defaultSelected))
    : tick(field) ? field.checked === field.defaultChecked : field.value === field.defaultValue;
  try {
    if (form && /[?&]again=/.test(location.search) && sessionStorage.typed) {
      const [action, typed] = JSON.parse(sessionStorage.typed);
      if (action === form.action) fields().forEach((field) => {
        if (field.name in typed && asSent(field)) field[tick(field) ? "checked" : "value"] = typed[field.name];
      });
    } else if (!$("[data-keep]")) sessionStorage.removeItem("typed");
    // Who says that another address was meant finds it in the form.
    const link = $("[data-meant]"), kept = link && JSON.parse(sessionStorage.typed);
    if (kept) link.onclick = () => {
      kept[1].email = link.dataset.meant;
      sessionStorage.typed = JSON.stringify(kept);
    };
    if (form) form.addEventListener("submit", () => {
      const typed = {};
      fields().forEach((field) => { typed[field.name] = tick(field) ? field.checked : field.value; });
      sessionStorage.typed = JSON.stringify([form.action, typed]);
    });
  } catch (_) { /* A browser that stores nothing keeps nothing. */ }

  // "Sign" leads to the first field at once: on a phone the keyboard comes with it.
  const bar = $(".bar a");
  if (bar) bar.onclick = () => {
    $("#sign").scrollIntoView();
    $("#name").focus();
    return false;
  };

  // A postcode is asked for in one country only.
  const only = $("[data-only-in]"), country = $("#country");
  const fit = () => { only.hidden = country.value !== only.dataset.onlyIn; };
  if (only && country) {
    country.addEventListener("change", fit);
    addEventListener("pageshow", fit);
    fit();
  }

  // Where a visitor came from: the host, and nothing else.
  const source = $("input[name=source]");
  try {
    const from = new URL(document.referrer).host;
    if (source && !source.value && from !== location.host) source.value = from;
  } catch (_) { /* They came from nowhere. */ }

  // How many slips of a finger lie between two words: a letter too many, too few, another one, or two swapped.
  const slips = (a, b) => {
    const rows = [[...Array(b.length + 1).keys()]];
    for (let i = 1; i <= a.length; i++) {
      rows[i] = [i];
      for (let j = 1; j <= b.length; j++) {
        rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] !== b[j - 1]));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
          rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
        }
      }
    }
    return rows[a.length][b.length];
  };
  // What a mistyped domain was probably meant to be. `known`: the usual ones, the commonest first, then real ones that look like
  // slips ("=mail.com"). A usual name in another country is real too; a short one is a slip away from too many others.
  const meant = (domain, known) => {
    const [name, end] = /^([^.]*)\.?(.*)/.exec(domain).slice(1), first = (one) => one.split(".")[0];
    if (known.includes(domain) || known.includes(`=${domain}`)) return "";
    if (known.some((one) => first(one) === name) && /^(com?\.)?[a-z]{2}$/.test(end) && !/^(co|cm|om|com\.uk)$/.test(end)) return "";
    let least = 3, best = "";
    for (const one of known) {
      const n = slips(domain, one), common = first(one);
      if (n < least && (common.length > 4 ? n < 2 || one[0] === domain[0] : n < 2 && common === name)) [least, best] = [n, one];
    }
    return best;
  };
  const hint = $("[data-suggest]"), email = $("#email");
  if (hint && email) {
    hint.hidden = false;
    const offer = () => {
      const [, person, domain] = /^\s*(.+)@([^@\s]+)\s*$/.exec(email.value) || [];
      const better = domain && domain.length < 31 && meant(domain.toLowerCase(), hint.dataset.domains.split(" "));
      if (!better || document.activeElement === email) return;
      const use = document.createElement("button");
      use.type = "button";
      use.className = "quiet";
      use.textContent = hint.dataset.use;
      use.addEventListener("click", () => {
        email.value = `${person}@${better}`;
        hint.textContent = "";
        email.focus();
      });
      hint.textContent = `${fill(hint.dataset.words, { address: `${person}@${better}` })} `;
      hint.append(use);
    };
    // Not at once: what moves while a finger is on a button makes it miss.
    email.addEventListener("blur", () => setTimeout(offer, 300));
    email.addEventListener("input", () => { hint.textContent = ""; });
  }

  // A form is sent once. `aria-disabled` keeps the focus where it is.
  const sent = new Set();
  const mark = (form, busy) => {
    const button = $("[type=submit]", form);
    if (button) busy ? button.setAttribute("aria-disabled", "true") : button.removeAttribute("aria-disabled");
  };
  const free = (form) => {
    sent.delete(form);
    mark(form, false);
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (sent.has(form)) return event.preventDefault();
    sent.add(form);
    mark(form, true);
    // A download stays on the page, and a connection may be lost.
    setTimeout(free, 8000, form);
  });

  // The browser that signed presses the button by itself.
  const press = $("form[data-press]"), status = $("[data-press-status]");
  if (press) addEventListener("load", () => {
    status.textContent = press.dataset.press;
    press.requestSubmit ? press.requestSubmit() : press.submit();
  });

  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    sent.forEach(free);
    if (press) status.textContent = "";
  });
})();

"use strict";
// Everything here is an extra: each page works without it.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector) => document.querySelectorAll(selector);

  $("[data-summary]")?.focus();

  // A postcode is asked for in one country only.
  const only = $("[data-only-in]"), country = $("#country");
  const fit = () => { only.hidden = country.value !== only.dataset.onlyIn; };
  if (only && country) {
    country.addEventListener("change", fit);
    addEventListener("pageshow", fit);
    fit();
  }

  // A form is sent once. `aria-disabled` keeps the focus where it is.
  const sent = new Set();
  const free = (form) => {
    sent.delete(form);
    $("[type=submit]", form).removeAttribute("aria-disabled");
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (sent.has(form)) return event.preventDefault();
    sent.add(form);
    $("[type=submit]", form).setAttribute("aria-disabled", "true");
    // A download stays on the page, and a connection may be lost.
    setTimeout(free, 8000, form);
  });

  // The browser that signed presses the button by itself.
  const press = $("form[data-press]"), status = $("[data-press-status]");
  if (press) addEventListener("load", () => {
    status.textContent = "Confirming…";
    press.requestSubmit();
  });

  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    sent.forEach(free);
    if (press) status.textContent = "";
  });

  for (const button of all("[data-copy]")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = "Copied";
    });
  }

  // The live count and the countdown.
  const live = $("[data-live]");
  if (!live) return;
  const part = (name) => $(`[data-${name}]`, live);
  const { live: path, state } = live.dataset;
  const count = part("count"), goal = part("goal"), bar = part("progress"), noun = part("noun");
  const clock = part("countdown"), spoken = part("announce"), pause = part("pause");
  const fastest = 5000, idle = 15000, slowest = 60000, uptime = () => performance.now();
  const words = (number) => number.toLocaleString("en-GB");
  let shown = +count.dataset.count, aim = +goal.dataset.goal, told = shown, toldAt = -slowest;
  let closes = Date.parse(live.dataset.closesAt);
  // Server time less uptime. A cache can only make it too small, so the largest one seen is kept.
  let ahead = closes - live.dataset.secondsLeft * 1000 - uptime();
  let pace = "soon" in live.dataset ? 1000 : fastest, notBefore = 0, timer = 0, paused = false, over = false, renewing = false;

  const typing = () => [...all("input, textarea")].some((field) => /^(text|email)/.test(field.type) && field.value);

  // Load the page again when it would look different: once a minute at most, and never while somebody types.
  const renew = () => {
    if (renewing || !("renew" in live.dataset)) return;
    renewing = true;
    setTimeout(() => {
      renewing = false;
      try {
        if (typing() || Date.now() - sessionStorage.renewed < slowest) return;
        sessionStorage.renewed = Date.now();
      } catch { return; }
      location.pathname === path ? location.reload() : location.replace(path);
    }, 2000 + 6000 * Math.random());
  };

  const show = (data) => {
    pace = Math.min(idle, pace * 1.5);
    if (data.signatures !== shown || data.goal !== aim) {
      [shown, aim, pace] = [data.signatures, data.goal, fastest];
      count.textContent = words(shown);
      noun.textContent = shown === 1 ? "signature" : "signatures";
      bar.max = aim;
      bar.value = Math.min(shown, aim);
      goal.textContent = shown < aim ? `${words(shown)} of ${words(aim)}` : `Goal of ${words(aim)} reached`;
    }
    if (told !== shown && uptime() - toldAt >= 30000) {
      [told, toldAt] = [shown, uptime()];
      spoken.textContent = `${words(shown)} ${noun.textContent}`;
    }
  };

  const next = (wait) => {
    clearTimeout(timer);
    if (!paused) timer = setTimeout(ask, Math.max(wait, notBefore - uptime()) * (1 + 0.2 * Math.random()));
  };
  const ask = async () => {
    notBefore = uptime() + Math.min(pace, fastest);
    try {
      const answer = await fetch(`${path}/count.json`);
      const header = (name) => answer.headers.get(name);
      if (!answer.ok) {
        notBefore = uptime() + Math.max(fastest, header("Retry-After") * 1000 || 0);
        throw answer;
      }
      const data = await answer.json();
      // An unchanged count comes with the `now` it was stored with, but with the Date of this answer.
      const date = Date.parse(header("Date")?.slice(0, 29)) + header("Age") * 1000;
      ahead = Math.max(ahead, Math.max(Date.parse(data.now), date || 0) - uptime());
      closes = Date.parse(data.closes_at);
      if (!paused) show(data);
      if (data.state !== state) renew();
    } catch {
      pace = Math.min(slowest, pace * 2);
    }
    next(document.hidden ? slowest : pace);
  };

  const tick = () => {
    if (!clock || paused || over) return;
    const left = Math.floor((closes - uptime() - ahead) / 1000);
    over = left <= 0;
    if (over) {
      clock.textContent = spoken.textContent = "Closed";
      return renew();
    }
    const days = left / 86400 | 0;
    const parts = [[days, days === 1 ? "day" : "days"], [(left / 3600 | 0) % 24, "h"], [(left / 60 | 0) % 60, "min"], [left % 60, "s"]];
    const first = parts.findIndex(([amount]) => amount);
    clock.textContent = `${parts.slice(first).map((pair) => pair.join("\u00a0")).join(" ")} left`;
  };

  const wake = () => {
    if (document.hidden || paused) return;
    pace = fastest;
    tick();
    next(0);
  };
  pause.hidden = false;
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? "Resume live updates" : "Pause live updates";
    clearTimeout(timer);
    wake();
  });
  document.addEventListener("visibilitychange", wake);
  setInterval(tick, 1000);
  tick();
  next(1000 * Math.random());
})();

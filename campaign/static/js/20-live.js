// The number that moves, the ladder of goals, and the countdown on the server's time.
(() => {
  const live = $("[data-live]");
  if (!live) return;
  const part = (name) => $(`[data-${name}]`, live);
  const { live: path, closesAt, zone } = live.dataset, language = document.documentElement.lang;
  const words = JSON.parse(part("words").textContent), plural = Intl.PluralRules ? new Intl.PluralRules(language) : { select: () => "other" };
  // As the server writes them: in these digits, thousands always apart.
  const say = new Intl.NumberFormat(language, { numberingSystem: "latn", useGrouping: true }).format;
  const amount = (forms, num) => fill(forms[plural.select(num)] || forms.other || forms, { num: say(num) });
  const total = part("total"), count = part("count"), goal = part("goal"), bar = part("progress");
  const ladder = part("ladder"), next = part("next"), spoken = part("announce"), pause = $("[data-pause]");
  const clock = part("countdown"), toneWords = part("tone-words");
  const uptime = () => performance.now(), still = matchMedia("(prefers-reduced-motion: reduce)");
  const goals = live.dataset.goals.split(" ").map(Number);
  const saving = navigator.connection && navigator.connection.saveData;
  const fastest = 5000, idle = 30000, slowest = 60000;

  let { state } = live.dataset, closes = Date.parse(closesAt), moved = false, over = !clock;
  let shown = +count.dataset.count, aim = +goal.dataset.goal, drawn = shown, frame = 0;
  let told = shown, toldAt = -slowest, news = "";
  // Server time less uptime. A cache can only make it too small, so the largest one seen is kept.
  let ahead = closes - live.dataset.secondsLeft * 1000 - uptime();
  let pace = "soon" in live.dataset ? 1000 : fastest, floor = 0, notBefore = 0, timer = 0, paused = false, renewing = false;

  // Load the page again when it would look different: once a minute at most, and never while somebody types.
  const typing = () => all("input, textarea").some((field) => /^(text|email)/.test(field.type) && !field.readOnly && field.value);
  const renew = () => {
    if (renewing || !live.dataset.renew) return;
    renewing = true;
    setTimeout(() => {
      renewing = false;
      try {
        if (typing() || Date.now() - sessionStorage.renewed < slowest) return;
        sessionStorage.renewed = Date.now();
      } catch (_) { return; }
      const to = new URL(live.dataset.renew, location);
      location.pathname === to.pathname ? location.reload() : location.replace(to);
    }, 2000 + 6000 * Math.random());
  };

  // What else on the page says the same.
  const also = (what, text) => all(`[data-also=${what}]`).forEach((element) => { element.textContent = text; });

  // The number eases to its new value within a second, or is there at once for whoever wants nothing to move.
  const ease = () => {
    cancelAnimationFrame(frame);
    const from = drawn, began = uptime();
    const step = () => {
      const way = still.matches || document.hidden || paused ? 1 : Math.min(1, (uptime() - began) / 1000);
      drawn = Math.round(shown + (from - shown) * (1 - way) ** 3);
      count.textContent = say(drawn);
      bar.value = Math.min(drawn, aim);
      if (way < 1) frame = requestAnimationFrame(step);
    };
    step();
  };

  // A goal that was just reached gets its line among the milestones.
  const climb = (reached) => {
    const rung = say(reached), line = document.createElement("li");
    news = fill(words.reached, { goal: rung });
    if ([...ladder.children].some((one) => one.dataset.rung === rung)) return;
    const day = new Date(ahead + uptime()).toLocaleDateString(language === "en" ? "en-GB" : language, {
      day: "numeric", month: "long", year: "numeric", timeZone: zone, numberingSystem: "latn",
    });
    line.dataset.rung = rung;
    line.className = "new";
    line.textContent = fill(words.milestone, { goal: rung, day });
    ladder.insertBefore(line, next);
    ladder.hidden = false;
  };

  const show = (data) => {
    pace = Math.min(idle, pace * 1.5);
    if (data.signatures !== shown || data.goal !== aim) {
      pace = fastest;
      // One answer can pass several goals, and one that was set after the page was made.
      [aim, ...goals].forEach((rung) => { if (shown < rung && rung <= data.signatures) climb(rung); });
      [shown, aim] = [data.signatures, data.goal];
      const [before, after = ""] = (words.signatures[plural.select(shown)] || words.signatures.other).split("%(num)s");
      total.textContent = before;
      total.append(count, after);
      bar.max = aim;
      const values = { signatures: say(shown), goal: say(aim) };
      goal.textContent = fill(shown < aim ? words.of : words.reached, values);
      const note = words.notes[aim];
      next.textContent = note ? fill(words.noted, { goal: say(aim), note }) : fill(words.next, values);
      next.hidden = over || shown >= aim || (ladder.hidden && !note);
      if (note && !next.hidden) ladder.hidden = false;
      also("signatures", amount(words.signatures, shown));
      const kinds = part("kinds"), paper = data.signatures_on_paper;
      if (kinds) kinds.textContent = fill(kinds.dataset.kinds, { online: say(shown - paper), paper: say(paper) });
      ease();
    }
    if ((news || told !== shown) && uptime() - toldAt >= 30000) {
      spoken.textContent = [news, amount(words.signatures, shown)].filter(Boolean).join(". ");
      [told, toldAt, news] = [shown, uptime(), ""];
    }
  };

  // Closed, without loading anything: the number stays, the form and all that leads to it go.
  const close = () => {
    over = true;
    clock.textContent = spoken.textContent = words.closed;
    const template = $("template[data-closed]", live);
    // A deadline that was moved is not the one the page tells of.
    if (moved || !template) return renew();
    state = "closed";
    next.hidden = true;
    const closed = template.content.cloneNode(true), form = $("#sign");
    part("when").replaceWith($("[data-when]", closed));
    live.dataset.tone = "";
    all("[data-until-closed]").forEach((element) => { element.hidden = true; });
    if (!form) return;
    const inside = form.contains(document.activeElement), title = $("h2", closed);
    form.textContent = "";
    form.append(closed);
    title.id = "sign-title";
    title.tabIndex = -1;
    if (inside) title.focus();
  };

  const later = (wait) => {
    clearTimeout(timer);
    if (!paused) timer = setTimeout(ask, Math.max(wait, floor, notBefore - uptime()) * (1 + 0.2 * Math.random()));
  };
  const ask = async () => {
    notBefore = uptime() + Math.min(pace, fastest);
    try {
      const answer = await fetch(`${path}/count.json`);
      const header = (name) => answer.headers.get(name) || "";
      floor = 1000 * (/max-age=(\d+)/.exec(header("Cache-Control")) || [])[1] || 0;
      if (!answer.ok) {
        const retry = header("Retry-After");
        notBefore = uptime() + Math.max(fastest, retry * 1000 || Date.parse(retry) - ahead - uptime() || 0);
        throw answer;
      }
      const data = await answer.json();
      // An unchanged count comes with the `now` it was stored with, but with the Date of this answer.
      const date = Date.parse(header("Date").slice(0, 29)) + header("Age") * 1000;
      ahead = Math.max(ahead, Math.max(Date.parse(data.now), date || 0) - uptime());
      closes = Date.parse(data.closes_at);
      moved = closes !== Date.parse(closesAt);
      if (!paused) show(data);
      if (data.state === "closed" && !over) close();
      else if (moved || (data.state !== state && !(state === "closed" && data.state !== "final"))) renew();
    } catch (_) {
      pace = Math.min(slowest, pace * 2);
    }
    later(document.hidden || saving ? slowest : pace);
  };

  const tick = () => {
    if (over) return;
    const left = Math.floor((closes - uptime() - ahead) / 1000);
    if (left <= 0) return close();
    if (paused) return;
    const tone = state !== "open" || left > 86400 ? "" : left <= 3600 ? "last-hour" : "last-day";
    if (tone !== live.dataset.tone) {
      live.dataset.tone = tone;
      toneWords.textContent = words[tone] || "";
    }
    const parts = [[words.day, left / 86400 | 0], [words.h, (left / 3600 | 0) % 24], [words.min, (left / 60 | 0) % 60], [words.s, left % 60]];
    // Days while there are two or more, then hours with them, and to the second on the last day.
    const [days] = parts[0].slice(1), last = days > 1 ? 1 : days ? 2 : 4;
    const time = parts.slice(parts.findIndex(([, num]) => num), last).map(([forms, num]) => amount(forms, num).replace(" ", "\u00a0"));
    clock.textContent = fill(words.left, { time: time.join(" ") });
    also("left", fill(words.left, { time: time[0] }));
  };

  const wake = () => {
    if (document.hidden || paused) return;
    pace = fastest;
    tick();
    later(0);
  };
  pause.hidden = false;
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? words.resume : words.pause;
    clearTimeout(timer);
    wake();
  });
  document.addEventListener("visibilitychange", wake);
  addEventListener("online", wake);
  setInterval(tick, 1000);
  tick();
  later(1000 * Math.random());
})();

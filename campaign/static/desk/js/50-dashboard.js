// The overview of a campaign: its numbers move on while it does, and its growth is drawn.
(() => {
  const box = document.querySelector("[data-numbers]");
  if (!box) return;
  const pause = box.querySelector("[data-pause]"), bar = box.querySelector("[data-bar]");
  const often = 5000, seldom = 60000;
  let held = false, timer = 0, moved = 0;
  const say = (answer) => {
    for (const [name, words] of Object.entries(answer.words)) {
      const place = box.querySelector(`[data-say="${name}"]`);
      if (place && place.textContent !== words) place.textContent = words;
    }
    bar.max = answer.goal;
    bar.value = Math.min(answer.verified, answer.goal);
    if (answer.state !== box.dataset.state) location.reload();
  };
  const look = async () => {
    clearTimeout(timer);
    let wait = document.hidden ? seldom : often;
    try {
      const answer = await fetch(box.dataset.numbers, { headers: { Accept: "application/json" } });
      if (answer.redirected || answer.status === 401) return location.reload();
      if (answer.ok) {
        const now = await answer.json();
        if (held) return;
        moved = now.verified === Number(bar.value) ? moved + 1 : 0;
        say(now);
      } else {
        wait = Math.max(wait, 1000 * Number(answer.headers.get("Retry-After") || 15));
      }
      // Where nothing has moved for a while, one looks less often.
      if (moved > 24) wait = Math.max(wait, 20000);
    } catch (_) {
      wait = seldom / 2;
    }
    if (!held) timer = setTimeout(look, wait);
  };
  pause.hidden = false;
  pause.addEventListener("click", () => {
    held = !held;
    pause.textContent = held ? "Go on" : "Pause";
    if (held) clearTimeout(timer);
    else look();
  });
  document.addEventListener("visibilitychange", () => !document.hidden && !held && look());
  timer = setTimeout(look, often);
})();

(() => {
  const figure = document.querySelector("[data-chart]");
  if (!figure || !window.uPlot) return;
  const place = figure.querySelector("[data-plot]"), by = figure.querySelector("[data-by]");
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const number = new Intl.NumberFormat("en-GB"), zone = figure.dataset.zone;
  const clock = (words) => {
    const written = new Intl.DateTimeFormat("en-GB", Object.assign({ timeZone: zone }, words));
    return (seconds) => written.format(new Date(seconds * 1000));
  };
  const day = clock({ day: "numeric", month: "short" }), hour = clock({ hour: "2-digit", minute: "2-digit" });
  const midnight = (seconds) => hour(seconds) === "00:00";
  // Under a tick its day; the hour where several ticks share one.
  const days = (_, splits, __, ___, apart) => splits.map((at) => (apart >= 86400 || midnight(at) ? day(at) : hour(at)));
  let plot = null, shown = null, wanted = "";
  const draw = () => {
    if (!shown || !shown.at.length) return;
    if (plot) plot.destroy();
    // What is gained in the last day or hour so far, apart: its time is not over.
    const end = shown.at.length - 1, soFar = shown.gained.map((gained, index) => (index === end ? gained : null));
    const whole = shown.gained.map((gained, index) => (index === end ? null : gained));
    const bars = uPlot.paths.bars({ size: [0.7, 48] }), worded = (_, value) => (value == null ? "" : number.format(value));
    const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line") } };
    const values = (_, splits) => splits.map((value) => (value % 1 ? "" : number.format(value)));
    const dash = shown.total.map(() => shown.goal);
    const near = Math.max(...shown.total) > shown.goal / 4;
    // A campaign of one day has a week to stand in, not the years that a single point would be given.
    const step = shown.at.length > 1 ? shown.at[1] - shown.at[0] : 86400;
    const [first, last] = [shown.at[0], shown.at[shown.at.length - 1]];
    const wide = () => [Math.min(first, last - 6 * step) - step, last + step];
    plot = new uPlot({
      width: place.clientWidth, height: Math.min(360, Math.max(220, place.clientWidth / 2)),
      scales: { x: { range: wide }, gained: { range: (_, low, high) => [Math.min(0, low), Math.max(high, 5) * 1.05] },
        total: { range: (_, low, high) => [0, Math.max(high, 5) * 1.05] } },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
      axes: [
        Object.assign({ values: days, space: 64 }, step < 86400 ? {} : { incrs: [1, 2, 4, 7, 14, 28, 56].map((many) => many * 86400) }),
        { scale: "gained", values, size: 64, label: "Gained", labelSize: 20 },
        { scale: "total", side: 1, values, size: 72, label: "Total", labelSize: 20, grid: { show: false } },
      ].map((own) => Object.assign({}, axis, own)),
      series: [
        { label: "When", value: (_, at) => (at == null ? "" : step < 86400 ? `${day(at)}, ${hour(at)}` : day(at)) },
        { label: "Gained", scale: "gained", stroke: colour("--accent"), fill: colour("--accent"), width: 0, points: { show: false },
          paths: bars, value: worded },
        { label: "So far", scale: "gained", stroke: colour("--accent"), fill: colour("--tint"), width: 1, points: { show: false },
          paths: bars, value: worded },
        { label: "Total", scale: "total", stroke: colour("--good"), width: 2, points: { show: false }, value: worded },
        ...(near ? [{ label: "Goal", scale: "total", stroke: colour("--warn"), width: 1, dash: [6, 6], points: { show: false },
          value: worded }] : []),
      ],
    }, [shown.at, whole, soFar, shown.total, ...(near ? [dash] : [])], place);
  };
  const load = async (kind) => {
    wanted = kind;
    try {
      const answer = await fetch(`${figure.dataset.chart}?by=${kind}`);
      if (!answer.ok) return;
      const found = await answer.json();
      // What was wanted first may come last.
      if (kind !== wanted) return;
      shown = found;
      draw();
    } catch (_) {
      // The table below says the same.
    }
  };
  by.hidden = false;
  by.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    for (const one of by.querySelectorAll("button")) one.setAttribute("aria-pressed", String(one === button));
    load(button.dataset.kind);
  });
  let width = 0;
  new ResizeObserver(() => {
    if (Math.abs(place.clientWidth - width) < 2) return;
    width = place.clientWidth;
    draw();
  }).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  load("day");
})();

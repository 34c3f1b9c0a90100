// Moves the page of a running batch on in place, until it is through.
(() => {
  const box = document.querySelector("[data-batch]");
  if (!box || !["running", "undoing"].includes(box.dataset.state)) return;
  const bar = box.querySelector("progress"), said = (name) => box.querySelector(`[data-${name}]`);
  const numbers = new Intl.NumberFormat("en-GB");
  const look = async () => {
    try {
      const answer = await fetch(box.dataset.batch, { headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) return location.reload();
      const now = await answer.json();
      if (now.state !== box.dataset.state) return location.reload();
      said("moved").textContent = numbers.format(now.moved);
      said("restored").textContent = numbers.format(now.restored);
      if (bar) bar.value = now.state === "running" ? now.moved : now.restored;
    } catch (_) {
      // The network is away; the next look may find it again.
    }
    setTimeout(look, 1500);
  };
  setTimeout(look, 1000);
})();

// Moves the bars of exports that are being made on in place, until one is through.
(() => {
  for (const row of document.querySelectorAll("[data-export]")) {
    const bar = row.querySelector("progress");
    const look = async () => {
      try {
        const answer = await fetch(row.dataset.export, { headers: { Accept: "application/json" } });
        if (!answer.ok || answer.redirected) return location.reload();
        const now = await answer.json();
        if (now.state !== row.dataset.state) return location.reload();
        bar.max = Math.max(1, now.expected);
        bar.value = now.written;
      } catch (_) {
        // The network is away; the next look may find it again.
      }
      setTimeout(look, 1500);
    };
    setTimeout(look, 1000);
  }
})();

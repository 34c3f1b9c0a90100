// Passing a campaign on: the phone's own share sheet, and a link to copy.
(() => {
  for (const button of all("[data-share]")) {
    const { share: url, title, text } = button.dataset;
    button.parentNode.hidden = !navigator.share;
    // Whoever closes the sheet again has done nothing wrong.
    button.addEventListener("click", () => navigator.share({ url, title, text }).catch(() => {}));
  }

  for (const field of all("[data-select]")) field.addEventListener("focus", () => field.select());

  for (const button of all("[data-copy]")) {
    const field = $(`#${button.dataset.copy}`), before = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(field.value);
      } catch (_) {
        // Without https there is only the old way.
        field.select();
        if (!document.execCommand("copy")) return;
        button.focus();
      }
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = before; }, 4000);
    });
  }
})();

// Words and links to be copied: a click selects them, a button copies them.
(() => {
  for (const field of document.querySelectorAll("[data-select]")) field.addEventListener("focus", () => field.select());
  for (const button of document.querySelectorAll("[data-copy]")) {
    const field = document.getElementById(button.dataset.copy), before = button.textContent;
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

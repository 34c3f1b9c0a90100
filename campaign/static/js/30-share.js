// Passing a campaign on by the phone's own share sheet.
(() => {
  for (const button of all("[data-share]")) {
    const { share: url, title, text } = button.dataset;
    button.parentNode.hidden = !navigator.share;
    // Whoever closes the sheet again has done nothing wrong.
    button.addEventListener("click", () => navigator.share({ url, title, text }).catch(() => {}));
  }
})();

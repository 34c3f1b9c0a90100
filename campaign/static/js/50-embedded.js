// Inside a page of another site: tell it how high we are, whenever that changes or it asks. Editors that frame what /oembed says
// (WordPress) want it in words of their own, with the secret that they put behind our address.
if (parent !== window && $("[data-embedded]")) {
  const secret = (/secret=([0-9A-Za-z]+)/.exec(location.hash) || [])[1];
  const say = (message, value) => { if (secret) parent.postMessage({ message, value, secret }, "*"); };
  const tell = () => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    parent.postMessage({ countersign: height }, "*");
    say("height", height);
  };
  addEventListener("message", (event) => {
    if (event.source === parent && event.data && event.data.countersign === "size") tell();
  });
  // A frame that may run scripts and nothing else opens no tab and sends no form: what works there is a card with one link.
  const link = $("[data-sandboxed]");
  if (self.origin === "null" && link) {
    document.querySelectorAll(".sign, [data-not-sandboxed]").forEach((one) => one.remove());
    link.hidden = false;
    link.addEventListener("click", () => say("link", $("a", link).href));
  }
  if (window.ResizeObserver) new ResizeObserver(tell).observe(document.body);
  tell();
}

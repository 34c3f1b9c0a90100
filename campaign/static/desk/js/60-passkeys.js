// Passkeys: the form of the page is sent once the browser has answered. Everything that is said stands in the page.
(() => {
  const forms = [...document.querySelectorAll("form[data-passkey]")];
  if (!forms.length || !window.PublicKeyCredential || !window.isSecureContext) return;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) => {
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const decoded = (list) => (list || []).map((one) => Object.assign({}, one, { id: bytes(one.id) }));
  const ask = {
    new: (options) => navigator.credentials.create({
      publicKey: Object.assign({}, options, {
        challenge: bytes(options.challenge), user: Object.assign({}, options.user, { id: bytes(options.user.id) }),
        excludeCredentials: decoded(options.excludeCredentials),
      }),
    }),
    use: (options) => navigator.credentials.get({
      publicKey: Object.assign({}, options, {
        challenge: bytes(options.challenge), allowCredentials: decoded(options.allowCredentials),
      }),
    }),
  };
  const written = ({ id, rawId, type, response }) => {
    const parts = { clientDataJSON: text(response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) parts[name] = text(response[name]);
    }
    if (response.getTransports) parts.transports = response.getTransports();
    return JSON.stringify({ id, rawId: text(rawId), type, response: parts, clientExtensionResults: {} });
  };
  const begin = async (form) => {
    const sent = { method: "POST", redirect: "manual", body: new URLSearchParams({ csrf: form.elements.csrf.value }) };
    const answer = await fetch(form.dataset.question, sent);
    // It is too long ago that they said who they are: the page asks them.
    if (answer.type === "opaqueredirect") return location.assign(form.dataset.again);
    if (!answer.ok) throw new Error(answer.status);
    form.elements.credential.value = written(await ask[form.dataset.passkey](await answer.json()));
    form.submit();
  };

  for (const form of forms) {
    const button = form.querySelector("button"), failed = form.querySelector("[data-failed]");
    const known = form.querySelector("[data-known]") || failed;
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (button.hasAttribute("aria-disabled")) return;
      button.setAttribute("aria-disabled", "true");
      failed.hidden = known.hidden = true;
      try {
        await begin(form);
      } catch (error) {
        (error.name === "InvalidStateError" ? known : failed).hidden = false;
        button.removeAttribute("aria-disabled");
      }
    });
    addEventListener("pageshow", (event) => event.persisted && button.removeAttribute("aria-disabled"));
  }
  document.querySelectorAll("[data-without-passkeys]").forEach((words) => { words.hidden = true; });
})();

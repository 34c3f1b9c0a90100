// Proof of work, where a form came back that needs it: solves a challenge of ours and sends the form again. Nothing to do for
// whoever signs; what they can do instead stands below the form, and comes back should this fail.
(() => {
  const box = document.querySelector("[data-proof]"), subtle = self.crypto && crypto.subtle;
  if (!box || !subtle || !self.fetch) return;
  const form = box.closest("form"), status = box.querySelector("[data-proof-status]");
  const instead = [...form.querySelectorAll("[data-proof-instead]")];
  const mostTries = 1000;
  const octets = (digits) => Uint8Array.from(digits.match(/../g), (two) => parseInt(two, 16));
  const hex = (buffer) => [...new Uint8Array(buffer)].map((one) => one.toString(16).padStart(2, "0")).join("");

  async function solve({ nonce, salt, cost, keyLength, keyPrefix }) {
    const start = octets(nonce), password = new Uint8Array(start.length + 4), number = new DataView(password.buffer, start.length);
    password.set(start);
    for (let counter = 0; counter < mostTries; counter += 1) {
      number.setUint32(0, counter);
      const key = await subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
      const how = { name: "PBKDF2", hash: "SHA-256", salt: octets(salt), iterations: cost };
      const derivedKey = hex(await subtle.deriveBits(how, key, keyLength * 8));
      if (derivedKey.startsWith(keyPrefix)) return { counter, derivedKey };
    }
    throw new Error("not solved");
  }

  async function prove() {
    const answer = await fetch(box.dataset.proof, { cache: "no-store", credentials: "omit" });
    if (!answer.ok) throw new Error("no challenge");
    const challenge = await answer.json();
    const solution = await solve(challenge.parameters);
    form.elements.proof.value = btoa(JSON.stringify({ challenge, solution }));
    form.submit();
  }

  const showInstead = (shown) => instead.forEach((part) => { part.hidden = !shown; });
  showInstead(false);
  status.textContent = box.dataset.words;
  prove().catch(() => { status.textContent = ""; showInstead(true); });
})();

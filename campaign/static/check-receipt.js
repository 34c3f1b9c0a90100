// A receipt of the public log, checked on this device alone: nothing is sent anywhere. docs/log.md describes the formats.
(() => {
  const section = document.getElementById("check-receipt"), subtle = self.crypto && crypto.subtle;
  const [file, text, button] = ["receipt-file", "receipt-text", "receipt-check"].map((id) => document.getElementById(id));
  const signatureLine = /^\u2014 (\S+) (\S+)$/;
  const utf8 = (words) => new TextEncoder().encode(words);
  const hex = (octets) => [...octets].map((one) => one.toString(16).padStart(2, "0")).join("");
  const base64 = (octets) => btoa(String.fromCharCode(...octets));

  // A sentence of the page: which part does not hold.
  class Problem extends Error {}
  const require = (holds, outcome) => { if (!holds) throw new Problem(outcome); };

  function unhex(digits) {
    require(/^([0-9a-f]{2})*$/.test(digits), "unreadable");
    return Uint8Array.from(digits.match(/../g) || [], (two) => parseInt(two, 16));
  }

  function unbase64(words) {
    let octets = null;
    try { octets = Uint8Array.from(atob(words), (one) => one.charCodeAt(0)); } catch (_) { /* What is no base64 is refused below. */ }
    require(octets && base64(octets) === words, "unreadable");
    return octets;
  }

  async function sha256(...parts) {
    const octets = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) { octets.set(part, at); at += part.length; }
    return new Uint8Array(await subtle.digest("SHA-256", octets));
  }

  function readReceipt(whole) {
    const [head, ...rest] = whole.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n").split(/^== (statement|salt|entry|key|proof)\n/m);
    const names = rest.filter((_, at) => at % 2 === 0).join(" ");
    require(head.startsWith("countersign-receipt/1\n") && names === "statement salt entry key proof", "unreadable");
    const [statement, salt, entry, key, proof] = rest.filter((_, at) => at % 2);
    const values = statement.replace(/\n$/, "").split("\n").map((line, at) => {
      const label = ["text", "name", "address", "postcode", "country", "kind"][at];
      require(label && line.startsWith(`${label}:`), "unreadable");
      return line.slice(label.length + 1).replace(/^ /, "");
    });
    const fields = entry.split("\n");
    require(values.length === 6 && fields.length === 10 && fields[0] === "countersign-entry/1" && fields[9] === "", "unreadable");
    return { values, salt: unhex(salt.trim()), entry, fields, key: key.trim(), proof };
  }

  function readProof(proof) {
    const end = proof.indexOf("\n\n"), lines = proof.slice(0, end).split("\n"), note = proof.slice(end + 2);
    require(end > 0 && lines.shift() === "c2sp.org/tlog-proof@v1", "unreadable");
    if (lines[0] && lines[0].startsWith("extra ")) lines.shift();
    const index = /^index (0|[1-9][0-9]{0,14})$/.exec(lines.shift() || ""), last = note.lastIndexOf("\n\n");
    require(index && last > 0, "unreadable");
    const signed = note.slice(0, last + 1), [origin, size, root] = signed.split("\n");
    require(/^[1-9][0-9]{0,14}$/.test(size), "unreadable");
    return {
      index: Number(index[1]), path: lines.map(unbase64), signed, origin, size: Number(size), root,
      signatures: note.slice(last + 2).trim().split("\n").map((line) => signatureLine.exec(line)),
    };
  }

  // RFC 9162, 2.1.3.2. Numbers and not bits: a log may have more entries than 32 bits count.
  async function rootOf(leaf, { index, size, path }) {
    let node = index, last = size - 1, hash = leaf;
    require(index < size, "unproven");
    for (const sibling of path) {
      require(last > 0, "unproven");
      if (node % 2 || node === last) {
        hash = await sha256(Uint8Array.of(1), sibling, hash);
        while (node % 2 === 0 && node) { node /= 2; last = Math.floor(last / 2); }
      } else {
        hash = await sha256(Uint8Array.of(1), hash, sibling);
      }
      node = Math.floor(node / 2);
      last = Math.floor(last / 2);
    }
    require(last === 0, "unproven");
    return base64(hash);
  }

  // Whether the log has signed; null where this browser does not know such signatures.
  async function isSigned({ signed, origin, signatures }, key) {
    const [, name, id, data] = /^(.+)\+([0-9a-f]{8})\+(.+)$/.exec(key) || [], octets = unbase64(data || "");
    require(name === origin && octets[0] === 1 && octets.length === 33, "unsigned");
    require(hex((await sha256(utf8(`${name}\n`), octets)).slice(0, 4)) === id, "unsigned");
    const line = signatures.find((one) => one && one[1] === name && hex(unbase64(one[2]).slice(0, 4)) === id);
    require(line, "unsigned");
    let known = null;
    try {
      known = await subtle.importKey("raw", octets.slice(1), { name: "Ed25519" }, false, ["verify"]);
    } catch (_) {
      return null;
    }
    return subtle.verify({ name: "Ed25519" }, known, unbase64(line[2]).slice(4), utf8(signed));
  }

  async function check(whole) {
    const receipt = readReceipt(whole), { values, salt, entry, fields, key } = receipt, proof = readProof(receipt.proof);
    require(key === section.dataset.key, "other-key");
    const statement = values.map((value) => `${value}\n`).join("");
    const commitment = await sha256(utf8("countersign-commitment/1\n"), salt, utf8(`\n${statement}`));
    require(salt.length === 32 && hex(commitment) === fields[8], "changed");
    const leaf = await sha256(Uint8Array.of(0), utf8(entry));
    require(await rootOf(leaf, proof) === proof.root, "unproven");
    const isHeld = await isSigned(proof, key);
    require(isHeld !== false, "unsigned");
    const told = { name: values[1], campaign: fields[1], number: fields[2], total: fields[5], hour: fields[6].replace("T", " ").replace("Z", ":00"), size: proof.size };
    return [isHeld ? "holds" : "signature-unknown", told];
  }

  function show(outcome, told = {}) {
    for (const one of section.querySelectorAll("[data-outcome]")) {
      one.hidden = one.dataset.outcome !== outcome;
      one.dataset.words = one.dataset.words || one.textContent;
      if (!one.hidden) one.textContent = one.dataset.words.replace(/\{(\w+)\}/g, (_, name) => told[name]);
    }
  }

  async function checkTyped() {
    if (!text.value.trim()) return;
    if (!subtle) { show("no-browser"); return; }
    try {
      show(...await check(text.value));
    } catch (error) {
      show(error instanceof Problem ? error.message : "unreadable");
    }
  }

  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    if (!chosen) return;
    // A receipt has three thousand octets.
    text.value = chosen.size > 65536 ? "?" : await new Response(chosen).text();
    checkTyped();
  });
  button.addEventListener("click", checkTyped);
  section.hidden = false;
})();

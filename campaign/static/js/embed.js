// For pages that embed a campaign: makes each frame of ours as high as what is in it.
(() => {
  const ours = new URL(document.currentScript.src).origin;
  const frames = () => [...document.querySelectorAll("iframe")].filter((frame) => frame.src.startsWith(`${ours}/`));
  addEventListener("message", ({ data, origin, source }) => {
    const height = data && data.countersign;
    if (origin !== ours || !(height > 0)) return;
    const frame = frames().find((one) => one.contentWindow === source);
    if (frame) frame.style.height = `${height}px`;
  });
  const ask = () => frames().forEach((frame) => frame.contentWindow.postMessage({ countersign: "size" }, "*"));
  ask();
  addEventListener("load", ask);
})();

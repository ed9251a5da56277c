(() => {
  const owner = document.documentElement.dataset.owner ?? "";

  // Which controls the reader has used: what a browser puts back by itself is not the reader's.
  const used = (event) => event.isTrusted && event.target.setAttribute?.("data-touched", "");
  addEventListener("input", used, true);
  addEventListener("change", used, true);
  // Forms of a page one comes back to are as the server sends them: what was typed and ticked in
  // them may be another person's.
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
    else if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") {
      for (const form of document.forms) {
        if (form.method === "post" && !form.querySelector("[data-touched]")) form.reset();
      }
    }
  });

  // Who is signed in here is told to the other tabs: they leave with a sign-out, and say so where
  // another person has signed in.
  if (self.BroadcastChannel) {
    const tabs = new BroadcastChannel("kvarten"), signIn = "/logga-in?ut=1";
    const isOut = location.pathname === "/logga-in" && location.search.includes("ut=");
    if (owner || isOut) tabs.postMessage(owner);
    tabs.onmessage = ({ data }) => {
      if (!owner || data === owner) return;
      if (!data) location.replace(signIn);
      else document.body.setAttribute("data-other", "");
    };
  }

  // What has just come under the finger takes no tap until it has been seen: the second tap of a
  // double tap was meant for what stood there before. The keyboard and assistive technology make
  // clicks without a tap (`detail` 0).
  const SEEN = 500, NEAR = 32, TAP = 1500;
  const came = new WeakMap();
  let last = { x: 0, y: 0, at: -TAP };
  const control = (node) =>
    (node.nodeType === 1 ? node : node.parentElement)?.closest("a,button,label,summary,input,select");
  new MutationObserver((changes) => {
    const now = performance.now();
    for (const { type, target, addedNodes } of changes) {
      for (const node of addedNodes) if (node.nodeType === 1) came.set(node, now);
      const changed = type === "characterData" || addedNodes.length ? control(target) : null;
      if (changed) came.set(changed, now);
    }
  }).observe(document, { childList: true, characterData: true, subtree: true });
  addEventListener("click", (event) => {
    if (!event.isTrusted || !event.detail) return;
    const { clientX: x, clientY: y } = event, now = performance.now(), before = last;
    last = { x, y, at: now };
    if (now - before.at > TAP || Math.hypot(x - before.x, y - before.y) > NEAR) return;
    for (let node = event.target; node; node = node.parentElement) {
      const at = came.get(node) ?? -SEEN;
      if (at > before.at && now - at < SEEN) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
    }
  }, true);
})();

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

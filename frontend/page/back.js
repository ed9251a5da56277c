// A step back leads to the place, the link and the fields that were left.
import { later } from "./press.js";
import { hear, here, state } from "./state.js";

const capture = { capture: true, passive: true };

/** The address that is drawn. */
let shown = here();
/** What a step back is to find again. */
let back;
/** How far parts of the page are scrolled. */
let parts = {};
/** Where the reader is being led, and since when. */
let leading;
export const goal = () => (leading && performance.now() - leading.at < 10_000 ? leading.to : undefined);

const pathOf = (link) => link.pathname + link.search;
const linksTo = (path) => [...document.querySelectorAll("main a[href]")].filter((link) => pathOf(link) === path);
const followed = (left) => (left?.link ? linksTo(left.link[0])[left.link[1]] : undefined);

/** Notes, with this step of the history, where the reader is. */
function note(link) {
  if (back || state.isOver || shown !== here()) return;
  const before = history.state?.kvarten;
  const kvarten = { y: Math.round(scrollY), parts, link: link ?? before?.link };
  try {
    history.replaceState({ ...history.state, kvarten }, "");
  } catch {
    // Too often for this browser; the next one counts.
  }
}

let resting;
addEventListener("scroll", ({ target }) => {
  if (target !== document && target.classList?.[0]) parts[`.${target.classList[0]}`] = target.scrollTop;
  clearTimeout(resting);
  resting = later(note, 200);
}, capture);
addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  const isPlain = !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!link || !isPlain || link.target || link.hasAttribute("download") || link.origin !== location.origin) return note();
  const place = link.closest("main") ? linksTo(pathOf(link)).indexOf(link) : -1;
  note(place < 0 ? undefined : [pathOf(link), place]);
  leading = { to: link.href, at: performance.now() };
}, capture);
addEventListener("submit", ({ target: form, submitter }) => {
  note();
  if (form.method !== "get") return;
  const to = new URL(form.action);
  to.search = new URLSearchParams(new FormData(form, submitter));
  leading = { to: to.href, at: performance.now() };
}, capture);
addEventListener("keydown", ({ key }) => key === "Enter" && note(), capture);
addEventListener("pagehide", () => note());
addEventListener("popstate", () => {
  leading = undefined;
  if (state.isReplaced) return;
  if (state.isOver) return location.reload();
  if (here() === shown) return;
  clearTimeout(resting);
  parts = {};
  back = { ...history.state?.kvarten };
}, capture);
for (const name of ["wheel", "touchstart", "pointerdown", "keydown"]) {
  addEventListener(name, () => back?.until && (back = undefined), capture);
}

// Another page has come: the focus goes to its content, but not on the way back.
hear("arrive", (event) => back && event.preventDefault());
hear("drawn", () =>
  requestAnimationFrame(() => {
    if (shown !== here()) {
      shown = here();
      if (!back) parts = {};
    }
    leading = undefined;
    if (back && !back.until) restore();
  }),
);

function restore() {
  const left = back;
  left.until = performance.now() + 3_000;
  // The fields of a search say what the address says.
  for (const form of document.querySelectorAll("main form:not([method=post])")) form.reset();
  let isFocused = false;
  let isThere = false;
  const step = () => {
    if (back !== left) return;
    const link = isFocused ? null : followed(left);
    link?.focus({ preventScroll: true });
    isFocused ||= Boolean(link);
    let isDone = isFocused || !left.link;
    for (const [name, top] of Object.entries(left.parts ?? {})) {
      const part = document.querySelector(name);
      if (part && part.scrollTop !== top) part.scrollTop = top;
      isDone &&= !part || Math.abs(part.scrollTop - top) < 2;
    }
    const y = left.y ?? 0;
    if (!isThere) scrollTo(0, y);
    isThere ||= Math.abs(scrollY - y) < 2;
    isDone &&= isThere;
    if (!isDone && performance.now() < left.until) return requestAnimationFrame(step);
    if (!isFocused) document.getElementById("main")?.focus({ preventScroll: true });
    back = undefined;
  };
  step();
}

hear("alive", () => {
  shown = here();
  // A page that was left for another document: the browser has found the place, not the link.
  const { type } = performance.getEntriesByType("navigation")[0] ?? {};
  if (type === "back_forward" && document.activeElement === document.body) {
    followed(history.state?.kvarten)?.focus({ preventScroll: true });
  }
});

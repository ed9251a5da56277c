// What the program runs in: the page, which others change too. Translators put elements around
// words, password managers put elements beside fields, and the program may end in a trap. Then the
// page goes on as links and forms, as the server draws it; see docs/decisions/034.
//
// `scripts/site.mjs` bundles this with the glue that wasm-bindgen makes, and leads every closure of
// the program through `run`. The program speaks to this by events; `make watch` runs without it.
import "./tap.js";
import "./tabs.js";
import init, { hydrate } from "../kvarten.js";
import { goal } from "./back.js";
import { isInTheWay, shape } from "./others.js";
import { flying, later } from "./press.js";
import { hear, here, root, state } from "./state.js";
import { swap } from "./typed.js";

export * from "../kvarten.js";

/** Whether this is the second try, whose program builds the page instead of taking it over. */
let isAgain = false;
let begun;
let depth = 0;
const watcher = new MutationObserver((records) => depth || look(records));

/** Takes the page over, or builds it anew. `at` is the address that the page was drawn for. */
export async function begin(program, at, again = false) {
  begun = [program, at, true];
  isAgain = again;
  await init({ module_or_path: program });
  await new Promise((done) => setTimeout(done));
  if (here() !== at) return;
  try {
    hydrate();
  } catch (error) {
    trapped();
    throw error;
  }
}

const watch = () => watcher.observe(document.body, { childList: true, subtree: true });

/** Looks at what others have changed. */
function look(records) {
  if (state.isOver || !records.map(isInTheWay).includes(true)) return;
  if (state.isAlive) fall();
  else restart();
}

/** Runs a closure of the program. */
export function run(closure, a, b, args) {
  if (state.isOver) return undefined;
  if (depth === 0) look(watcher.takeRecords());
  if (state.isOver) return undefined;
  depth += 1;
  try {
    return closure(a, b, ...args);
  } catch (error) {
    trapped(args[0]);
    throw error;
  } finally {
    depth -= 1;
    // What the program has changed itself is nothing to look at.
    if (depth === 0) watcher.takeRecords();
  }
}

/** The program has ended in the middle of something. */
function trapped(event) {
  if (state.isOver) return;
  if (!state.isAlive) return restart();
  const again = event instanceof Event && event.defaultPrevented ? event : undefined;
  const link = again?.type === "click" && again.target.closest?.("a[href]");
  fall(link ? () => location.assign(link.href) : again?.type === "submit" && (() => resend(again)));
}

function resend({ target: form, submitter }) {
  form.noValidate = true;
  if (submitter?.isConnected) form.requestSubmit(submitter);
  else form.submit();
}

/** Gives up before anything was taken over, and builds the page anew: once. */
function restart() {
  end();
  if (isAgain) return say();
  state.isReplaced = true;
  import(`${import.meta.url}#again`).then(({ begin }) => begin(...begun)).catch(say);
}

function end() {
  state.isOver = true;
  watcher.disconnect();
  document.body.removeAttribute("data-hydrated");
}

/** Says, quietly, that every step is a new page from now on. */
function say() {
  root.classList.add("plain");
  // What only the program can do has no button that does nothing.
  for (const button of document.querySelectorAll("main button[type=button]")) button.disabled = true;
  const word = root.dataset.plain;
  const main = document.getElementById("main");
  if (!word || !main || main.querySelector(".note--plain")) return;
  const note = document.createElement("div");
  note.className = "note note--info note--plain";
  note.setAttribute("role", "status");
  note.append(document.createElement("p"));
  note.firstChild.textContent = word;
  main.prepend(note);
}

/** Ends the program. The page goes on as the server draws it, with what has been typed. */
async function fall(instead) {
  end();
  // A form cannot be sent while it is being sent.
  if (instead) return later(instead, 1);
  await Promise.race([Promise.allSettled([...flying]), new Promise((done) => later(done, 10_000))]);
  const to = goal();
  if (to && to !== location.href) return location.assign(to);
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.redirected || !answer.headers.get("content-type")?.startsWith("text/html")) return location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.title = page.title;
    swap(page.body);
  } catch {
    // Without contact the page stays as it is; what only the program could do is gone.
  }
  say();
}

// It is about to take the page over: not as it is, if others have changed it.
hear("begin", (event) => {
  const { body } = document;
  const drawn = body.dataset.shape;
  if (isAgain || (drawn && drawn !== shape(body))) return event.preventDefault();
  watch();
});
// It has built the page in an element at the end of it.
hear("built", (event) => {
  swap(event.target);
  document.body.dataset.rebuilt = "";
});
hear("alive", () => {
  state.isAlive = true;
  watch();
});

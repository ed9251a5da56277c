// How long it takes from a keystroke to the filtered matrix, for a manager of some 2 000 people × 20
// systems; printed as JSON.
//   node scripts/matrix-bench.mjs [--people N] [--systems N] [--keystrokes N] [--out FILE]
//
// What is measured: a real key is pressed (`keydown` as the browser's input pipeline delivers it) or
// an option chosen (`input`). From that event's own time stamp to
//   filtered  the moment the rows of `.matrix__people` have been replaced (a MutationObserver), and
//   shown     the first task after the frame that draws them: style, layout and paint are done. This
//             includes waiting for the frame, which begins every 16.7 ms whatever the page does;
//   worked    the same without that wait: what the page does from the event to the end of the frame.
//             As long as it is less than a frame, none is missed.
// A keystroke that lets the same people through changes no row and is not counted.
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { launchOptions, signIn, sizes } from "./browser.mjs";
import { startServer } from "./server.mjs";

const { values: options } = parseArgs({
  options: {
    people: { type: "string", default: "2000" },
    systems: { type: "string", default: "20" },
    keystrokes: { type: "string", default: "120" },
    out: { type: "string" },
  },
});

const names = [
  // Letters that have a key of their own.
  "andersson", "karin", "berg", "mohamed ali", "lindqvist", "moradi", "hassan", "eva lund", "nilsson",
  "bergstr", "johansson", "fatima", "svensson", "pham", "sandberg", "malin", "ek", "danielsson",
  "tesfay", "gustafsson", "rosa", "kowalczyk", "holm", "yusuf", "sundberg",
];

/** Runs in the page: measures every `input` event and keeps the figures in `window.measured`. */
function watch() {
  const people = document.querySelector(".matrix__people");
  const after = (task) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = task;
    port2.postMessage(null);
  };
  window.measured = [];
  let pressed = 0;
  window.addEventListener("keydown", (event) => { pressed = event.timeStamp; }, true);
  window.addEventListener("input", (event) => {
    const isKey = event.target.id === "f-namn";
    const begun = isKey ? pressed : event.timeStamp;
    let filtered = 0;
    let frames = 0;
    const observer = new MutationObserver(() => { filtered ||= performance.now(); });
    observer.observe(people, { childList: true });
    const frame = () => {
      const started = performance.now();
      // Rows that are there when the frame begins are drawn in it.
      const isDrawn = filtered > 0;
      after(() => {
        frames += 1;
        if (!isDrawn && frames < 4) return requestAnimationFrame(frame);
        observer.disconnect();
        const shown = performance.now();
        window.measured.push({
          what: isKey ? "key" : "select",
          filtered: isDrawn ? filtered - begun : null,
          shown: isDrawn ? shown - begun : null,
          worked: isDrawn ? filtered - begun + (shown - started) : null,
        });
      });
    };
    requestAnimationFrame(frame);
  }, true);
}

/** Does something that changes the filter, and waits till it has been measured. */
async function measured(page, act) {
  const before = await page.evaluate(() => window.measured.length);
  await act();
  await page.waitForFunction((count) => window.measured.length > count, before);
}

/** Chooses something in each list and ticks the box, and then takes it back. */
async function choose(page) {
  const lists = page.locator(".find__grid select");
  for (let at = 0; at < (await lists.count()); at += 1) {
    const list = lists.nth(at);
    await measured(page, () => list.selectOption({ index: 1 }));
    await measured(page, () => list.selectOption({ index: 0 }));
  }
  const referred = page.locator(".find__grid input[type=checkbox]");
  await measured(page, () => referred.check());
  await measured(page, () => referred.uncheck());
}

async function type(page, keystrokes) {
  const field = page.locator("#f-namn");
  const counted = () => page.evaluate(() => window.measured.filter((one) => one.shown !== null).length);
  for (let at = 0; (await counted()) < keystrokes; at += 1) {
    if (at > 20 * names.length) throw new Error("typing does not filter the matrix");
    await field.focus();
    for (const letter of names[at % names.length]) {
      await measured(page, () => page.keyboard.press(letter === " " ? "Space" : letter));
    }
    // Half of the names are taken back letter by letter, the others at once.
    if (at % 2 === 0) {
      for (const _ of names[at % names.length]) {
        await measured(page, () => page.keyboard.press("Backspace"));
      }
    } else {
      await page.keyboard.press("Control+a");
      await measured(page, () => page.keyboard.press("Delete"));
    }
  }
}

function figures(all) {
  const counted = all.filter((one) => one.shown !== null);
  const at = (key, percent) => {
    const values = counted.map((one) => one[key]).sort((a, b) => a - b);
    return Number((values[Math.ceil((values.length * percent) / 100) - 1] ?? NaN).toFixed(2));
  };
  return {
    counted: counted.length,
    unchanged: all.length - counted.length,
    shown_median_ms: at("shown", 50),
    shown_p95_ms: at("shown", 95),
    worked_median_ms: at("worked", 50),
    worked_p95_ms: at("worked", 95),
    filtered_median_ms: at("filtered", 50),
    filtered_p95_ms: at("filtered", 95),
  };
}

/** Opens the matrix of everybody and waits till it answers by itself. */
async function open(page) {
  await page.goto("/enhet");
  // It becomes a grid as soon as everybody is there.
  await page.locator(".matrix[role=grid]").waitFor();
  const rows = page.locator(".matrix__people tr:not(.matrix__room)");
  const systems = (await rows.first().locator("td").count()) - 1;
  const count = (await page.getByRole("status").textContent())?.match(/(\d+)\D+(\d+)/);
  await page.evaluate(watch);
  return { people: Number(count?.[2]), systems };
}

async function main() {
  const server = await startServer({ people: Number(options.people), systems: Number(options.systems) });
  let browser;
  try {
    const boss = { email: "95", password: "kaffe och bulle i solen" };
    const who = ["--employee-number", boss.email, "--given-name", "Hanna", "--family-name", "Åhs"];
    const where = ["--unit", "Lindvike kommun", "--profession", "enhetschef", "--role", "manager"];
    await server.command(["person", "create", ...who, ...where, "--stdin"], boss.password);
    browser = await chromium.launch(launchOptions());
    const context = await browser.newContext({
      baseURL: server.url,
      locale: "sv-SE",
      viewport: sizes.desktop,
    });
    const page = await context.newPage();
    await signIn(page, boss);
    const { people, systems } = await open(page);
    const keystrokes = Number(options.keystrokes);
    // Once without counting, so that what the browser compiles is compiled.
    await type(page, 20);
    const run = async (count) => {
      await page.evaluate(() => { window.measured.length = 0; });
      await type(page, count);
      const keys = figures(await page.evaluate(() => window.measured));
      await page.evaluate(() => { window.measured.length = 0; });
      await choose(page);
      return { keys, selects: figures(await page.evaluate(() => window.measured)) };
    };
    const plain = await run(keystrokes);
    const session = await context.newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    const slow = await run(Math.ceil(keystrokes / 4));
    const text = JSON.stringify({ people, systems, ...plain, slow }, null, 2);
    if (options.out) await writeFile(options.out, `${text}\n`);
    console.log(text);
  } finally {
    await browser?.close();
    await server.stop();
  }
}

try {
  await main();
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}
process.exit();

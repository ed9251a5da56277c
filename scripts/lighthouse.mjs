// Lighthouse, mobile, simulated slow 4G and 4× slower CPU, on the four screens a learner meets,
// signed in from the second on: the median of five runs each, printed as JSON.
//   node scripts/lighthouse.mjs [--runs N] [--out FILE]
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import lighthouse from "lighthouse";
import { chromium } from "playwright-core";
import { beginClimb, firstLesson, launchOptions, signIn } from "./browser.mjs";
import { accountOf, useServer } from "./server.mjs";

const { values: options } = parseArgs({
  options: { runs: { type: "string", default: "5" }, out: { type: "string" } },
});
const runs = Number(options.runs);
const categories = ["performance", "accessibility", "best-practices"];

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** One run, in the browser's own profile: cookies stay, the cache is emptied. */
async function measure(url, port) {
  const { lhr } = await lighthouse(url, {
    port,
    output: "json",
    logLevel: "error",
    onlyCategories: categories,
    formFactor: "mobile",
    throttlingMethod: "simulate",
  });
  if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
  const score = (category) => Math.round(lhr.categories[category].score * 100);
  const value = (audit) => lhr.audits[audit].numericValue;
  return {
    final: new URL(lhr.finalDisplayedUrl).pathname,
    performance: score("performance"),
    accessibility: score("accessibility"),
    best_practices: score("best-practices"),
    lcp_ms: value("largest-contentful-paint"),
    cls: value("cumulative-layout-shift"),
    tbt_ms: value("total-blocking-time"),
    lost: Object.values(lhr.audits)
      .filter((audit) => audit.score !== null && audit.score < 0.9 && audit.scoreDisplayMode !== "informative")
      .map((audit) => audit.id),
  };
}

async function screen(name, path, server, port) {
  const measured = [];
  for (let run = 0; run < runs; run += 1) {
    const figures = await measure(server.url + path, port);
    if (figures.final !== path) throw new Error(`${name}: ${path} led to ${figures.final}`);
    measured.push(figures);
    console.error(`${name} ${run + 1}/${runs}: performance ${figures.performance}, LCP ${Math.round(figures.lcp_ms)} ms, TBT ${Math.round(figures.tbt_ms)} ms`);
  }
  const middle = (key) => median(measured.map((each) => each[key]));
  return {
    screen: name,
    path,
    performance: middle("performance"),
    accessibility: middle("accessibility"),
    best_practices: middle("best_practices"),
    lcp_ms: Math.round(middle("lcp_ms")),
    cls: Number(middle("cls").toFixed(4)),
    tbt_ms: Math.round(middle("tbt_ms")),
    lost: [...new Set(measured.flatMap((each) => each.lost))],
  };
}

async function main() {
  const server = await useServer({ people: 400 });
  const profile = await mkdtemp(join(tmpdir(), "kvarten-lighthouse-"));
  try {
    const { args, ...launch } = launchOptions();
    const context = await chromium.launchPersistentContext(profile, {
      ...launch,
      args: [...args, "--remote-debugging-port=0", "--lang=sv-SE"],
      baseURL: server.url,
      locale: "sv-SE",
    });
    try {
      const port = Number((await readFile(join(profile, "DevToolsActivePort"), "utf8")).split("\n")[0]);
      const results = [await screen("sign-in", "/logga-in", server, port)];
      const page = await context.newPage();
      await signIn(page, accountOf(server.accounts, "staff"));
      const lesson = await firstLesson(page);
      await beginClimb(page, lesson);
      await page.close();
      results.push(await screen("lär", "/lar", server, port));
      results.push(await screen("lesson", `${lesson}/1`, server, port));
      results.push(await screen("ladder", `${lesson}/stegen`, server, port));
      const text = JSON.stringify(results, null, 2);
      if (options.out) await writeFile(options.out, `${text}\n`);
      console.log(text);
    } finally {
      await context.close();
    }
  } finally {
    await rm(profile, { recursive: true, force: true });
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

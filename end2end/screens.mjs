// Pictures of screens in three sizes and both themes, for people to look at.
//   node end2end/screens.mjs [--role staff] [--out end2end/screenshots] [--no-js] /lar /poang …
// Without addresses: the learner's screens. `{lesson}` stands for the first lesson's address. A role
// of `none` does not sign in. KVARTEN_URL and KVARTEN_ACCOUNTS name a server that is running already.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { firstLesson, launchOptions, signIn, sizes } from "../scripts/browser.mjs";
import { accountOf, useServer } from "../scripts/server.mjs";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    role: { type: "string", default: "staff" },
    out: { type: "string", default: "end2end/screenshots" },
    "no-js": { type: "boolean", default: false },
  },
});
const learner = ["/lar", "{lesson}", "{lesson}/1", "{lesson}/stegen", "/kunskaper", "/poang", "/mer"];
const addresses = positionals.length ? positionals : learner;

const server = await useServer({ people: 400 });
const browser = await chromium.launch(launchOptions());
try {
  await mkdir(options.out, { recursive: true });
  const context = await browser.newContext({
    baseURL: server.url,
    locale: "sv-SE",
    timezoneId: "Europe/Stockholm",
    javaScriptEnabled: !options["no-js"],
  });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) console.error(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => console.error(`${page.url()}: ${error.stack}`));
  let lesson = "";
  if (options.role !== "none") {
    await signIn(page, accountOf(server.accounts, options.role));
    if (addresses.some((address) => address.includes("{lesson}"))) lesson = await firstLesson(page);
  }
  for (const pattern of addresses) {
    const address = pattern.replace("{lesson}", lesson);
    const name = address.replace(/^\/|\/$/g, "").replace(/[^\wåäö]+/gi, "-") || "start";
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.setViewportSize(viewport);
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        const response = await page.goto(address, { waitUntil: "networkidle" });
        if (!response.ok()) console.error(`${address} answered ${response.status()}`);
        await page.screenshot({ path: join(options.out, `${name}-${size}-${colorScheme}.png`), fullPage: true });
      }
    }
    console.log(`${address} → ${join(options.out, name)}-*.png`);
  }
} finally {
  await browser.close();
  await server.stop();
}

// The machine's own Chromium, driven by playwright-core: finding it, starting it, signing in.
// `node scripts/browser.mjs find` prints its path.
import { accessSync, constants, readFileSync, realpathSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Path of the browser to use: CHROMIUM, else the first on PATH that is not a snap. */
export function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const name of names) {
    for (const folder of (process.env.PATH ?? "").split(delimiter)) {
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        if (!isSnap(file)) return file;
      } catch {
        // not here
      }
    }
  }
  throw new Error("no Chromium found: run `scripts/setup test`, or set CHROMIUM to its path");
}

/** A snap cannot be driven: its sandbox hides the temporary profile folder. */
function isSnap(file) {
  const program = realpathSync(file);
  if (program.startsWith("/snap/") || program === "/usr/bin/snap") return true;
  // Ubuntu's chromium-browser is a short script that starts the snap.
  return statSync(program).size < 64 * 1024 && readFileSync(program, "utf8").includes("/snap/bin/");
}

/** Everything Chromium would do on the network of its own accord is switched off. */
export const chromiumArgs = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** Options for playwright's `launch`. */
export function launchOptions() {
  return { executablePath: findChromium(), args: chromiumArgs };
}

/** The three sizes every screen is looked at in. */
export const sizes = {
  phone: { width: 360, height: 740 },
  tablet: { width: 820, height: 1180 },
  desktop: { width: 1440, height: 900 },
};

/** Opens a page, unless it is open already. */
async function stand(page, path) {
  if (!URL.canParse(page.url()) || new URL(page.url()).pathname !== path) await page.goto(path);
}

/** Signs in through the form, in the Swedish interface, and waits for the page after it. */
export async function signIn(page, account) {
  await stand(page, "/logga-in");
  await page.getByLabel("E-post eller anställningsnummer").fill(account.email);
  await page.getByLabel("Lösenord", { exact: true }).fill(account.password);
  await page.getByRole("button", { name: "Logga in", exact: true }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/logga-in"));
}

/** Address of the first lesson that Lär links to, such as `/lar/hitta-i-journalen`. */
export async function firstLesson(page) {
  await stand(page, "/lar");
  const addresses = await page
    .locator('main a[href^="/lar/"]')
    .evaluateAll((links) => links.map((link) => new URL(link.href).pathname));
  const lesson = addresses.find((address) => /^\/lar\/[^/]+/.test(address));
  if (!lesson) throw new Error("Lär links to no lesson");
  return lesson.split("/").slice(0, 3).join("/");
}

/** Stands before a question: begins the climb of a lesson's ladder where none is under way. */
export async function beginClimb(page, lesson) {
  await stand(page, `${lesson}/stegen`);
  if (!(await page.locator(".ask__q").first().isVisible())) {
    await page.locator("main form button").click();
  }
  await page.locator(".ask__q").first().waitFor();
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv[2] === "find") {
    try {
      console.log(findChromium());
    } catch (error) {
      console.error(error.message);
      process.exitCode = 1;
    }
  }
}

import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test as base, type BrowserContext, type Page } from "@playwright/test";
import { signIn as signInAs, sizes } from "../scripts/browser.mjs";
import { accountOf } from "../scripts/server.mjs";

export { expect, sizes };

export type Role = "staff" | "champion" | "manager" | "administrator";

export interface Account {
  role: string;
  name: string;
  employee_number: string;
  email: string;
  password: string;
}

interface Fixtures {
  /** The demo account of a role. */
  account: (role: Role) => Account;
  /** Signs `page` in as a role's demo account, through the form. */
  signIn: (role: Role) => Promise<Account>;
  /** A page of a browser with JavaScript off, watched like any other. */
  noScript: Page;
  /** Pages of further devices: `await device()` is a browser with its own cookies. */
  device: () => Promise<Page>;
  /** What went wrong in any page of the story; it must be empty at the story's end. */
  faults: string[];
  /** Requests that a story makes fail on purpose: `expectFailure(/\/api\//)`. */
  expectFailure: (address: RegExp) => void;
}

const accounts = () => JSON.parse(process.env.KVARTEN_STORY_ACCOUNTS ?? "[]") as Account[];

/** Writes down every console warning or error, uncaught exception and failed request. */
function watch(context: BrowserContext, faults: string[], expected: RegExp[]) {
  const isExpected = (address: string) => expected.some((pattern) => pattern.test(address));
  context.on("console", (message) => {
    if (!["error", "warning"].includes(message.type())) return;
    if (isExpected(message.location().url)) return;
    faults.push(`console ${message.type()} on ${message.page()?.url()}: ${message.text()}`);
  });
  context.on("weberror", (error) => {
    faults.push(`uncaught on ${error.page()?.url()}: ${error.error().stack ?? error.error()}`);
  });
  context.on("requestfailed", (request) => {
    // A page that is left stops its own requests, and so does a video that has loaded enough.
    const harmless = request.failure()?.errorText === "net::ERR_ABORTED";
    if (harmless || isExpected(request.url())) return;
    faults.push(`failed: ${request.method()} ${request.url()}: ${request.failure()?.errorText}`);
  });
  context.on("response", (response) => {
    if (response.status() < 400 || isExpected(response.url())) return;
    faults.push(`${response.status()}: ${response.request().method()} ${response.url()}`);
  });
}

export const test = base.extend<Fixtures & { expected: RegExp[]; watched: void }>({
  baseURL: async ({}, use) => use(process.env.KVARTEN_STORY_URL),
  faults: async ({}, use) => use([]),
  expected: async ({}, use) => use([]),
  expectFailure: async ({ expected }, use) => use((address) => void expected.push(address)),
  watched: [
    async ({ context, faults, expected }, use) => {
      watch(context, faults, expected);
      await use();
      expect(faults, "console, exceptions and requests").toEqual([]);
    },
    { auto: true },
  ],
  account: async ({}, use) => use((role) => accountOf(accounts(), role)),
  signIn: async ({ page, account }, use) => {
    await use(async (role) => {
      await signInAs(page, account(role));
      return account(role);
    });
  },
  device: async ({ browser, contextOptions, baseURL, faults, expected }, use) => {
    const opened: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext({ ...contextOptions, baseURL });
      opened.push(context);
      watch(context, faults, expected);
      return context.newPage();
    });
    for (const context of opened) await context.close();
  },
  noScript: async ({ browser, contextOptions, baseURL, faults, expected }, use) => {
    const context = await browser.newContext({ ...contextOptions, baseURL, javaScriptEnabled: false });
    watch(context, faults, expected);
    await use(await context.newPage());
    await context.close();
  },
});

/** Waits until Leptos has taken over the page, which it says by `data-hydrated` on the body. */
export async function hydrated(page: Page, { isRebuilt = false as boolean | "either" } = {}) {
  const body = page.locator("body[data-hydrated]");
  await body.waitFor({ state: "attached" });
  if (isRebuilt === "either") return;
  // Taken over as it was sent, unless something else has changed it before.
  const found = (await body.getAttribute("data-rebuilt").catch(() => null)) !== null;
  expect(found, "the program has built the page anew").toBe(isRebuilt);
}

/** Waits until what has just come can have been seen: before, a tap where the last one was does nothing. */
export const seen = (page: Page) => page.waitForTimeout(550);

/** A viewport in which nothing lies under the bar at the bottom, for axe. */
export const tall = { width: 360, height: 14_000 };

/** Fails on anything axe finds: WCAG 2.2 A and AA, and good practice. */
export async function expectAccessible(page: Page) {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  const found = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    where: nodes.map((node) => `${node.target.join(" ")}  ${node.failureSummary ?? ""}`),
  }));
  expect(found, `axe on ${page.url()}`).toEqual([]);
}

/** The same in a viewport in which nothing lies under the bar at the bottom, in both themes. */
export async function expectAccessibleInFull(page: Page) {
  const before = page.viewportSize();
  await page.setViewportSize(tall);
  for (const colorScheme of ["light", "dark"] as const) {
    // Without movement: a colour on its way from one theme to the other is not looked at.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {}))));
    await expectAccessible(page);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (before) await page.setViewportSize(before);
}

/** Fails when the page can be scrolled sideways, which WCAG's reflow rule forbids. */
export async function expectNoSidewaysScroll(page: Page) {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(content, `width of ${page.url()}`).toBeLessThanOrEqual(window);
}

/** Pictures of the page as it is, in three sizes and both themes, into end2end/screenshots. */
export async function takeScreenshots(page: Page, name: string) {
  const before = page.viewportSize();
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({
        path: join(import.meta.dirname, "screenshots", `${name}-${size}-${colorScheme}.png`),
        fullPage: true,
        animations: "disabled",
      });
    }
  }
  await page.emulateMedia({ colorScheme: null });
  if (before) await page.setViewportSize(before);
}

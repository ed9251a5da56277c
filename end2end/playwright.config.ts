import { defineConfig } from "@playwright/test";
import { launchOptions, sizes } from "../scripts/browser.mjs";

// One story per role, in the machine's own Chromium, against a throw-away server that
// global-setup.ts starts. A story of another size sets `test.use({ viewport: sizes.desktop })`.
export default defineConfig({
  testDir: ".",
  testMatch: "*.story.spec.ts",
  outputDir: "test-results",
  globalSetup: "./global-setup.ts",
  workers: process.env.CI ? 1 : 2,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: process.env.KVARTEN_STORIES_JSON
    ? [["list"], ["json", { outputFile: process.env.KVARTEN_STORIES_JSON }]]
    : [["list"]],
  use: {
    launchOptions: launchOptions(),
    locale: "sv-SE",
    timezoneId: "Europe/Stockholm",
    viewport: sizes.phone,
    hasTouch: true,
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
  },
  projects: [{ name: "stories" }],
});

import type { Page } from "@playwright/test";
import { expect, hydrated, test } from "./fixtures";

/** Makes the pieces of the start wait; what is returned lets the next one go. */
async function slowly(page: Page) {
  await page.addInitScript(() => {
    const timer = window.setTimeout.bind(window);
    const waiting: (() => void)[] = [];
    const slow = (piece: () => void, pause = 0) => (pause > 0 ? timer(piece, pause) : waiting.push(piece));
    Object.assign(window, { setTimeout: slow, waiting });
  });
  return async () => {
    await page.waitForFunction(() => (window as unknown as { waiting: unknown[] }).waiting.length > 0);
    await page.evaluate(() => (window as unknown as { waiting: (() => void)[] }).waiting.shift()?.());
  };
}

test.describe("while the program starts", () => {
  // The page is taken over in pieces, each in a task of its own; here each waits for the one before.
  for (const pieces of [0, 1, 2, 3]) {
    test(`a tap after ${pieces} pieces leads where it should`, async ({ page, signIn }) => {
      await signIn("staff");
      await hydrated(page);
      const next = await slowly(page);
      await page.goto("/lar");
      for (let done = 0; done < pieces; done += 1) await next();
      await page.getByRole("link", { name: "Poäng" }).click();
      await expect(page).toHaveURL(/\/poang$/);
      await expect(page.getByRole("heading", { level: 1, name: "Poäng" })).toBeVisible();
      await page.getByRole("link", { name: "Lär" }).first().click();
      await expect(page.getByRole("heading", { level: 1, name: "Lär" })).toBeVisible();
      await expect(page.locator("main")).toHaveCount(1);
    });
  }

  // The page stays the same and only what it shows is asked for anew.
  for (const pieces of [2, 3]) {
    test(`a tap on another step after ${pieces} pieces leads there`, async ({ page, signIn }) => {
      await signIn("staff");
      await hydrated(page);
      const next = await slowly(page);
      await page.goto("/lar/saker-e-post/2");
      const title = await page.title();
      for (let done = 0; done < pieces; done += 1) await next();
      // An answer takes its time, and the next piece does not wait for it.
      await page.route(/\/api\//, async (route) => {
        await new Promise((done) => setTimeout(done, 500));
        await route.continue().catch(() => {});
      });
      await page.getByRole("link", { name: "Tillbaka" }).click();
      if (pieces === 2) await next();
      await expect(page).toHaveURL(/\/1$/);
      await expect(page).not.toHaveTitle(title);
      await expect(page.locator("main")).toHaveCount(1);
    });
  }

  test("what is ticked before it runs is kept", async ({ page, signIn }) => {
    await signIn("champion");
    await hydrated(page);
    const next = await slowly(page);
    await page.goto("/lar/saker-e-post/6");
    await page.locator(".tasks input").nth(1).check();
    const kept = page.waitForResponse(/api\/tick/);
    for (let pieces = 0; pieces < 3; pieces += 1) await next();
    await kept;
    await page.goto("/lar/saker-e-post/6");
    await expect(page.locator(".tasks input").nth(1)).toBeChecked();
    await expect(page.locator(".tasks input").nth(0)).not.toBeChecked();
  });

  test("going back before it runs leads back", async ({ page, signIn }) => {
    await signIn("staff");
    await hydrated(page);
    await page.getByRole("link", { name: "Poäng" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Poäng" })).toBeVisible();
    await page.route(/\.wasm$/, async (route) => {
      await new Promise((done) => setTimeout(done, 1_500));
      await route.continue().catch(() => {});
    });
    await page.reload();
    await page.evaluate(() => history.back());
    await expect(page.getByRole("heading", { level: 1, name: "Lär" })).toBeVisible();
    await hydrated(page);
    await page.getByRole("link", { name: "Mer" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Mer" })).toBeVisible();
  });
});

test.describe("a screen in a part of its own", () => {
  const goToPoints = async (page: Page) => {
    await page.getByRole("link", { name: "Poäng" }).click();
    await expect(page).toHaveTitle(/^Poäng/);
    await expect(page.getByRole("heading", { level: 1, name: "Poäng" })).toBeVisible();
  };

  test("is there when it is opened, and has the focus", async ({ page, signIn }) => {
    const parts: string[] = [];
    page.on("response", (response) => void parts.push(...(response.url().match(/kvarten-points/g) ?? [])));
    await signIn("staff");
    await hydrated(page);
    expect(parts).toEqual([]);
    await goToPoints(page);
    await expect(page.locator("main")).toBeFocused();
    expect(parts).toEqual(["kvarten-points"]);
    await expect(page.locator("body")).toHaveAttribute("data-hydrated");
  });

  test("comes from the server when its part does not come", async ({ page, signIn, expectFailure }) => {
    expectFailure(/\/pkg\/kvarten/);
    await signIn("staff");
    await hydrated(page);
    await page.route(/kvarten-points/, (route) => route.fulfill({ status: 404 }));
    await goToPoints(page);
    await expect(page.locator("body")).not.toHaveAttribute("data-hydrated");
    await page.getByRole("link", { name: "Lär" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Lär" })).toBeVisible();
    await hydrated(page);
  });
});

import type { Page } from "@playwright/test";
import { expect, hydrated, sizes, test } from "./fixtures";

const top = (page: Page) => page.evaluate(() => Math.round(scrollY));

/** Scrolls there and follows a link that is in sight. */
async function follow(page: Page, y: number, links: string) {
  await page.evaluate((y) => scrollTo(0, y), y);
  await page.waitForTimeout(300);
  const y0 = await top(page);
  const inSight = await page.locator(links).evaluateAll((links) =>
    links.findIndex((link) => {
      const box = link.getBoundingClientRect();
      return box.top > 80 && box.bottom < innerHeight - 120;
    }),
  );
  const link = page.locator(links).nth(inSight);
  const href = (await link.getAttribute("href")) ?? "";
  const before = page.url();
  await link.click();
  await expect(page).not.toHaveURL(before);
  return { y: y0, href };
}

test("Back on Lär leads to the place and the link that was followed", async ({ page, signIn }) => {
  await signIn("staff");
  await page.goto("/lar");
  await hydrated(page);
  const { y, href } = await follow(page, 1_400, ".cards a");
  expect(y).toBeGreaterThan(1_000);
  await expect(page.locator("main.lesson")).toBeVisible();
  await expect(page.locator("main")).toBeFocused();
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: "Lär" })).toBeVisible();
  await expect.poll(() => top(page)).toBeGreaterThan(y - 3);
  await expect.poll(() => top(page)).toBeLessThan(y + 3);
  await expect(page.locator(`a[href="${href}"]`).and(page.locator(":focus"))).toHaveCount(1);
  // Forward and back once more, and over a page of the server.
  await page.goForward();
  await expect(page.locator("main.lesson")).toBeVisible();
  await page.reload();
  await hydrated(page);
  await page.goBack();
  await expect.poll(() => top(page)).toBeGreaterThan(y - 3);
  await expect(page.locator(`a[href="${href}"]`).and(page.locator(":focus"))).toHaveCount(1);
});

test("Back leads to the place without JavaScript, too", async ({ noScript: page, account }) => {
  const { email, password } = account("staff");
  await page.goto("/logga-in");
  await page.getByLabel("E-post eller anställningsnummer").fill(email);
  await page.getByLabel("Lösenord", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Logga in", exact: true }).click();
  await page.waitForURL(/\/lar$/);
  await page.mouse.wheel(0, 1_400);
  await page.locator(".cards a").nth(6).click();
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: "Lär" })).toBeAttached();
  await expect(page.getByRole("heading", { level: 1, name: "Lär" })).not.toBeInViewport();
});

test("the field of a search follows the address", async ({ page, signIn }) => {
  await signIn("staff");
  await page.goto("/lar");
  await hydrated(page);
  const field = page.getByRole("searchbox");
  const hits = page.locator(".hits");
  const all = await hits.textContent();
  const counts: Record<string, string | null> = {};
  for (const words of ["journal", "larm"]) {
    const before = await hits.textContent();
    await field.fill(words);
    await field.press("Enter");
    await expect(page).toHaveURL(new RegExp(`sok=${words}`));
    await expect(hits).not.toHaveText(before ?? "");
    counts[words] = await hits.textContent();
  }
  await field.fill("påbörjat men inte sökt");
  await page.goBack();
  await expect(hits).toHaveText(counts.journal ?? "");
  await expect(field).toHaveValue("journal");
  await page.goBack();
  await expect(hits).toHaveText(all ?? "");
  await expect(field).toHaveValue("");
  await page.goForward();
  await expect(field).toHaveValue("journal");
  await page.goForward();
  await expect(hits).toHaveText(counts.larm ?? "");
  await expect(field).toHaveValue("larm");
});

test("Back to the matrix leads to its filter, its row and the person", async ({ page, signIn }) => {
  await page.setViewportSize(sizes.desktop);
  await signIn("manager");
  await page.goto("/enhet");
  await page.getByRole("grid").waitFor();
  await page.getByRole("searchbox").fill("a");
  await expect(page).toHaveURL(/namn=a/);
  const scroll = page.locator(".matrix__scroll");
  await scroll.evaluate((element) => element.scrollTo(0, 400));
  const place = await scroll.evaluate((element) => element.scrollTop);
  await page.waitForTimeout(300);
  const link = page.locator(".matrix__people a").nth(10);
  const href = await link.getAttribute("href");
  await link.click();
  await expect(page).toHaveURL(/\/enhet\/person\//);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.goBack();
  await page.getByRole("grid").waitFor();
  await expect(page.getByRole("searchbox")).toHaveValue("a");
  await expect(page.locator(`a[href="${href}"]`)).toBeFocused();
  await expect.poll(() => scroll.evaluate((element) => element.scrollTop)).toBeGreaterThan(place - 60);
});

test("an address is decoded once", async ({ page, signIn }) => {
  await signIn("staff");
  await page.goto("/lar");
  await hydrated(page);
  const field = page.getByRole("searchbox");
  for (const words of ["å%E5", "100%", "%25", "a+b", "x%20y", "&sok=b", "#a"]) {
    await field.fill(words);
    await field.press("Enter");
    await expect.poll(() => new URL(page.url()).searchParams.get("sok")).toBe(words);
    await expect(page.getByText(words, { exact: false }).first()).toBeVisible();
    await page.reload();
    await expect(field).toHaveValue(words);
    await hydrated(page);
    await expect(field).toHaveValue(words);
  }
  for (const [raw, shown] of [["%2525", "%25"], ["%", "%"], ["a%00b", "a\ufffdb"], ["%E5", "\ufffd"], ["a+b", "a b"]]) {
    await page.goto(`/lar?sok=${raw}`);
    await expect(field).toHaveValue(shown);
    await hydrated(page);
    await expect(field).toHaveValue(shown);
  }
});

test("a path is decoded once", async ({ page, signIn, expectFailure }) => {
  expectFailure(/\/lar\/[a%]/);
  await signIn("staff");
  for (const path of ["/lar/%25", "/lar/%2525", "/lar/a%2Fb", "/lar/%E5"]) {
    await page.goto(path);
    await expect(page.getByText("Sidan finns inte").first()).toBeVisible();
    await hydrated(page);
    await expect(page).toHaveURL(new RegExp(`${path}$`));
  }
});

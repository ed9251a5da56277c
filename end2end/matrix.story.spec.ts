import type { Page } from "@playwright/test";
import { expect, expectAccessible, hydrated, sizes, test } from "./fixtures";
import { enterAlive, hire } from "./program";

const parts = (page: Page) => ({
  region: page.getByRole("region", { name: "Personer och system" }),
  grid: page.getByRole("grid", { name: "Personer och system" }),
  rows: page.locator(".matrix__people tr:not(.matrix__room)"),
  focused: page.locator(".matrix__people :focus"),
});

/** Which row the focus is in, as the screen reader is told. */
const rowOf = (page: Page) =>
  page.evaluate(() => Number(document.activeElement?.closest("tr")?.getAttribute("aria-rowindex")));

/** Fails where the focus lies under the head or the names, or outside the frame. */
async function expectInSight(page: Page) {
  const hidden = await page.evaluate(() => {
    const cell = document.activeElement?.closest("td, th")?.getBoundingClientRect();
    const frame = document.querySelector(".matrix__scroll")?.getBoundingClientRect();
    const head = document.querySelector(".matrix thead th")?.getBoundingClientRect();
    if (!cell || !frame || !head) return "nothing is focused";
    if (cell.top < head.bottom - 1) return "under the head";
    if (cell.left > head.left && cell.left < head.right - 1) return "under the names";
    return cell.bottom > frame.bottom + 1 || cell.right > frame.right + 1 ? "outside" : "";
  });
  expect(hidden).toBe("");
}

test.describe("a manager without a mouse", () => {
  test.use({ viewport: sizes.desktop });

  test("walks the matrix by the arrows, opens a cell and gets out again", async ({ page, signIn }) => {
    await signIn("manager");
    await page.goto("/enhet");
    await hydrated(page);
    const { region, grid, rows, focused } = parts(page);
    await expect(grid).toBeVisible();
    await region.focus();
    await page.keyboard.press("ArrowDown");
    const cell = (row: number, column: number) => rows.nth(row).locator(":scope > *").nth(column);
    await expect(cell(0, 0).getByRole("link")).toBeFocused();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await expect(cell(1, 2)).toBeFocused();
    await expectInSight(page);
    await expectAccessible(page);
    await page.keyboard.press("End");
    await expect(rows.nth(1).locator("td").last()).toBeFocused();
    await expectInSight(page);
    await page.keyboard.press("Home");
    await expect(cell(1, 0).getByRole("link")).toBeFocused();
    for (let moves = 0; moves < 4; moves += 1) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowUp");
    await expect(cell(0, 4)).toBeFocused();

    // What the cell is about: this person, this system.
    const person = (await cell(0, 0).getByRole("link").getAttribute("href")) ?? "";
    const system = ((await page.locator(".matrix thead th").nth(4).textContent()) ?? "").trim();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1, name: `: ${system}` })).toBeVisible();
    expect(new URL(page.url()).pathname).toMatch(new RegExp(`^${person}/[a-z0-9-]+$`));
    await page.goBack();
    await expect(grid).toBeVisible();
    await region.focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(person);
    await page.goBack();

    // The Tab key leads out at both ends: the matrix is one stop.
    await expect(grid).toBeVisible();
    await region.focus();
    await page.keyboard.press("Control+End");
    await expect(rows.last().locator("td").last()).toBeFocused();
    await page.keyboard.press("Tab");
    await expect(focused).toHaveCount(0);
    await region.focus();
    await page.keyboard.press("Control+Home");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Tab");
    await expect(focused).toHaveCount(0);
    await region.focus();
    await page.keyboard.press("Control+Home");
    await page.keyboard.press("ArrowRight");

    // The space bar picks whose row it is, wherever one stands in it; Escape leads back to the frame.
    await page.keyboard.press("Space");
    await expect(cell(0, 0).getByRole("checkbox")).toBeChecked();
    await expect(page.getByRole("link", { name: "Hänvisa valda (1)" })).toBeVisible();
    await expectInSight(page);
    await page.keyboard.press("Escape");
    await expect(region).toBeFocused();
    await page.keyboard.press("Control+Home");
    await page.keyboard.press("Shift+Tab");
    await expect(region).toBeFocused();
    await page.keyboard.press("Shift+Tab");
    await expect(region).not.toBeFocused();
    await expect(focused).toHaveCount(0);
  });

  test("walks among hundreds, to rows that are not drawn yet", async ({ page }) => {
    await hire("9601", "Hillevi Åkerö", "Vård- och omsorgsförvaltningen", "enhetschef", "manager");
    await enterAlive(page, "9601", "/enhet");
    const { region, grid, rows } = parts(page);
    await expect(grid).toBeVisible();
    const all = Number((await page.getByRole("status").textContent())?.match(/av (\d+)/)?.[1]);
    expect(all).toBeGreaterThan(150);
    await region.focus();
    await page.keyboard.press("Control+End");
    await expect.poll(() => rowOf(page)).toBe(all + 2);
    await expectInSight(page);
    expect(await rows.count()).toBeLessThanOrEqual(40);
    await page.keyboard.press("PageUp");
    const above = await rowOf(page);
    expect(above).toBeLessThan(all + 1);
    await expectInSight(page);
    await page.keyboard.press("Control+Home");
    await expect.poll(() => rowOf(page)).toBe(3);
    await page.keyboard.press("ArrowRight");
    for (let moves = 1; moves <= 70; moves += 1) {
      await page.keyboard.press("ArrowDown");
      await expect.poll(() => rowOf(page)).toBe(moves + 3);
    }
    await expectInSight(page);

    // Whoever scrolls away with the wheel comes back with an arrow.
    await region.hover();
    await page.mouse.wheel(0, 5000);
    await expect(region).toBeFocused();
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => rowOf(page)).toBe(73);
    await expectInSight(page);

    // With a mouse, a click on a cell does what Enter does.
    await page.locator('tr[aria-rowindex="73"] .cell').first().click();
    await expect(page).toHaveURL(/\/enhet\/person\/[^/]+\/[a-z0-9-]+$/);
  });
});

// What is delayed never comes before what the reader does.
import { expect, hydrated, sizes, test } from "./fixtures";

test.beforeEach(async ({ page, signIn }) => {
  await page.setViewportSize(sizes.desktop);
  await signIn("manager");
  await page.goto("/enhet");
  await page.getByRole("grid").waitFor();
});

test("rows are not drawn anew between a press and its click", async ({ page }) => {
  // Time passes only when it is told to, so that the delay ends in the middle of the press.
  await page.clock.install();
  await page.reload();
  await page.getByRole("grid").waitFor();
  const name = (await page.locator(".matrix__people a").first().textContent()) ?? "";
  await page.clock.pauseAt(Date.now() + 60_000);
  await page.getByRole("searchbox").fill(name.split(",")[0]);
  const link = page.getByRole("link", { name, exact: true }).first();
  await link.evaluate((element) => element.classList.add("pressed"));
  const box = await link.boundingBox();
  if (!box) throw new Error("no row");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  // The rest of the rows, and the address, would come now.
  await page.clock.runFor(500);
  await expect(page.locator("a.pressed")).toHaveCount(1);
  await page.mouse.up();
  await page.clock.resume();
  await expect(page).toHaveURL(/\/enhet\/person\//);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(/namn=/);
});

for (const pause of [0, 150, 180, 250]) {
  test(`a click ${pause} ms after the last letter leads where it should`, async ({ page }) => {
    // The page takes its time: the filter's address would come before it.
    await page.route(/kvarten-points|\/api\/(points|colleague)/, async (route) => {
      await new Promise((done) => setTimeout(done, 700));
      await route.continue().catch(() => {});
    });
    await page.getByRole("searchbox").pressSequentially("an");
    await page.waitForTimeout(pause);
    await page.getByRole("link", { name: "Poäng" }).click();
    await expect(page).toHaveURL(/\/poang$/);
    await expect(page.getByRole("heading", { level: 1, name: "Poäng" })).toBeVisible();
    await page.goBack();
    await expect(page).toHaveURL(/\/enhet\?namn=an$/);
    await expect(page.getByRole("searchbox")).toHaveValue("an");
  });
}

test("a click in the very task in which the delay ends leads there", async ({ page }) => {
  const name = (await page.locator(".matrix__people a").first().textContent()) ?? "";
  await page.evaluate((word) => {
    const field = document.querySelector<HTMLInputElement>("#f-namn");
    if (!field) return;
    field.value = word;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    // 180 ms is how long the filter waits.
    setTimeout(() => document.querySelector<HTMLElement>(".matrix__people a")?.click(), 180);
    setTimeout(() => {}, 181);
  }, name.split(",")[0]);
  await expect(page).toHaveURL(/\/enhet\/person\//);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});

test("a step back while a filter waits stays back", async ({ page }) => {
  await page.getByRole("link", { name: "Lär" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Lär" })).toBeVisible();
  await page.getByRole("link", { name: "Min enhet" }).first().click();
  await page.getByRole("grid").waitFor();
  await page.getByRole("searchbox").fill("an");
  await page.goBack();
  await page.waitForTimeout(400);
  await expect(page).toHaveURL(/\/lar$/);
  await expect(page.getByRole("heading", { level: 1, name: "Lär" })).toBeVisible();
});

test("an answer that comes late does not lead away from where the reader went", async ({ page }) => {
  await page.goto("/lar/saker-e-post/1");
  await hydrated(page);
  await page.route(/api\/finish_step/, async (route) => {
    await new Promise((done) => setTimeout(done, 400));
    await route.continue().catch(() => {});
  });
  await page.route(/kvarten-points|\/api\/points/, async (route) => {
    await new Promise((done) => setTimeout(done, 900));
    await route.continue().catch(() => {});
  });
  await page.locator("main .actions button").click();
  await page.getByRole("link", { name: "Poäng" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Poäng" })).toBeVisible();
  await page.waitForTimeout(600);
  await expect(page).toHaveURL(/\/poang$/);
});

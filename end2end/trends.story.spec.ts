import type { Page } from "@playwright/test";
import { expect, expectAccessibleInFull, expectNoSidewaysScroll, hydrated, sizes, test } from "./fixtures";
import { button, keyboard } from "./hands";

test.use({ viewport: sizes.desktop });

const title = (page: Page) => page.getByRole("heading", { level: 1 });
const chart = (page: Page, system: string) =>
  page.getByRole("img", { name: new RegExp(`^${system}, andel som når kravet\\.`) });

/** How many reach what is required today, and of how many, as the drawing of a system says it. */
async function today(page: Page, system: string) {
  const words = (await chart(page, system).getAttribute("aria-label")) ?? "";
  const figures = words.match(/I dag: (\d+) av (\d+) når kravet/);
  if (!figures) throw new Error(`no figure in ${words}`);
  return { reached: Number(figures[1]), needed: Number(figures[2]) };
}

test.describe("a manager", () => {
  test("follows a profession over a year, by the keyboard", async ({ page, signIn }) => {
    await signIn("manager");
    await page.goto("/enhet");
    await hydrated(page);
    await page.waitForLoadState("networkidle");
    await keyboard.press(page.getByRole("link", { name: "Utveckling över tid" }));
    await expect(title(page)).toHaveText("Utveckling över tid");
    await expect(page.getByText(/^Ditt val omfattar \d+ personer\. Alla räknas med, precis som i Min enhet\./)).toBeVisible();

    await keyboard.choose(page.getByLabel("Yrkesgrupp", { exact: true }), "undersköterska");
    await keyboard.press(button(page, "Visa"));
    await expect(page).toHaveURL(/\/enhet\/utveckling\?yrke=underskoterska$/);
    await hydrated(page);
    await expect(page.getByText(/^Solgläntan, undersköterska, \d+ \S+ \d{4}$/)).toBeVisible();
    await expect(page.getByLabel("Yrkesgrupp", { exact: true })).toHaveValue("underskoterska");

    // The drawing and the table say the same.
    await expect(chart(page, "Journalen")).toBeVisible();
    const { reached, needed } = await today(page, "Journalen");
    expect(needed).toBeGreaterThanOrEqual(5);
    const row = page.getByRole("table", { name: "Siffrorna" }).getByRole("row", { name: /^Journalen/ });
    await expect(row.getByRole("cell").last()).toContainText(`${reached} av ${needed} når kravet`);
    await expect(row.getByRole("cell").last()).toContainText(/Medelnivå \d,\d/);

    // Every month is there for whoever cannot see the line.
    const months = page.getByRole("region", { name: "Månad för månad. Andel som når kravet" });
    await expect(months).toBeHidden();
    await keyboard.press(page.locator("summary").filter({ hasText: "Månad för månad" }));
    await expect(months.getByRole("row")).toHaveCount(14);
    await page.keyboard.press("Tab");
    await expect(months).toBeFocused();

    // One unit has nothing to stand beside.
    await expect(page.getByRole("heading", { name: "Enheterna bredvid varandra" })).toHaveCount(0);
  });

  test("counts a few, too, and is told why there is nothing to see", async ({ page, signIn, expectFailure }) => {
    expectFailure(/yrke=tomte/);
    await signIn("manager");
    // There are but a few of them, whom the list beside it shows by name.
    await page.goto("/enhet/utveckling?yrke=specialistunderskoterska");
    await expect(page.getByText(/^Ditt val omfattar [1-4] person/)).toBeVisible();
    await expect(chart(page, "Journalen")).toBeVisible();
    const few = await today(page, "Journalen");
    expect(few.needed).toBeLessThan(5);
    await page.goto("/enhet/utveckling?yrke=sjukskoterska");
    await expect(page.getByRole("status")).toContainText("Ingen som arbetar här i dag passar ditt val.");
    await page.goto("/enhet/utveckling?yrke=tomte");
    await expect(title(page)).toHaveText("Sidan finns inte");
  });

  test("chooses with JavaScript off", async ({ noScript: page, account }) => {
    await page.goto("/logga-in?till=/enhet/utveckling");
    const { email, password } = account("manager");
    await page.getByLabel("E-post eller anställningsnummer").fill(email);
    await page.getByLabel("Lösenord", { exact: true }).fill(password);
    await button(page, "Logga in").click();
    await expect(title(page)).toHaveText("Utveckling över tid");
    await page.getByLabel("Yrkesgrupp", { exact: true }).selectOption({ label: "undersköterska" });
    await button(page, "Visa").click();
    await expect(page).toHaveURL(/yrke=underskoterska$/);
    await expect(chart(page, "Journalen")).toBeVisible();
    await expect(page.getByRole("table", { name: "Siffrorna" })).toContainText("Medelnivå");
  });

  test("takes it along on paper", async ({ page, signIn }) => {
    await signIn("manager");
    await page.goto("/enhet/utveckling");
    await page.emulateMedia({ media: "print" });
    await expect(page.getByLabel("Yrkesgrupp", { exact: true })).toBeHidden();
    await expect(page.getByRole("navigation")).toBeHidden();
    await expect(page.locator("summary").filter({ hasText: "Månad för månad" })).toBeHidden();
    await expect(page.getByRole("img").first()).toBeVisible();
    await expect(page.getByRole("table", { name: "Siffrorna" })).toBeVisible();
  });

  test("has no access to the whole municipality", async ({ page, signIn, expectFailure }) => {
    expectFailure(/\/karta\/laget/);
    await signIn("manager");
    const answer = await page.goto("/karta/laget");
    expect(answer?.status()).toBe(403);
    await expect(title(page)).toHaveText("Du har inte tillgång till sidan");
    await expect(page.getByRole("img")).toHaveCount(0);
  });

  test("finds every screen accessible, and no wider than a phone", async ({ page, signIn }) => {
    test.setTimeout(120_000);
    await signIn("manager");
    for (const query of ["", "?yrke=underskoterska", "?yrke=specialistunderskoterska", "?yrke=sjukskoterska"]) {
      await page.goto(`/enhet/utveckling${query}`);
      await hydrated(page);
      for (const fold of await page.locator("main summary").all()) await fold.click();
      await expectAccessibleInFull(page);
      await page.setViewportSize({ width: 320, height: 640 });
      await expectNoSidewaysScroll(page);
      await page.setViewportSize(sizes.desktop);
    }
  });
});

test.describe("an administrator", () => {
  test("raises a requirement and sees the share fall, and puts it back", async ({ page, signIn }) => {
    test.setTimeout(120_000);
    const system = "Mobilen och surfplattan";
    /** Changes what is required of personal assistants. */
    const require = async (seen: string, level: string) => {
      await page.goto("/karta/krav");
      await hydrated(page);
      const cell = page.getByLabel(`personlig assistent, ${system}`);
      await expect(cell).toHaveValue(seen);
      await cell.selectOption({ label: level });
      await button(page, "Spara ändringarna").click();
      await expect(page.getByRole("status").filter({ hasText: "1 ändring sparad" })).toBeVisible();
    };
    await signIn("administrator");
    await page.goto("/karta");
    await hydrated(page);
    await page.getByRole("link", { name: "Läget i kommunen" }).click();
    await expect(title(page)).toHaveText("Läget i kommunen");
    const unit = `${"\u00a0".repeat(4)}Personlig assistans`;
    await page.getByLabel("Enhet", { exact: true }).selectOption({ label: unit });
    await button(page, "Visa").click();
    await expect(page.getByText(/^Personlig assistans, \d+ \S+ \d{4}$/)).toBeVisible();
    const address = page.url();
    const before = await today(page, system);
    expect(before.reached).toBeGreaterThan(0);

    await require("11", "4");
    await page.goto(address);
    await expect(chart(page, system)).toBeVisible();
    const raised = await today(page, system);
    expect(raised.needed).toBe(before.needed);
    expect(raised.reached).toBeLessThan(before.reached);

    await require("44", "1");
    await page.goto(address);
    await expect(chart(page, system)).toBeVisible();
    expect(await today(page, system)).toEqual(before);
  });

  test("sees the units side by side, and nothing of a few", async ({ page, signIn }) => {
    await signIn("administrator");
    await page.goto("/karta/laget");
    await hydrated(page);
    const units = page.getByRole("table", { name: /^Enheterna bredvid varandra/ });
    await expect(units.getByRole("row", { name: /^Lindvike/ })).toContainText(/\d+ av \d+ når kravet, \d+\s%/);
    await expect(units.getByRole("row", { name: /^Solgläntan/ })).toContainText(/\d+ av \d+ når kravet/);
    const few = units.getByRole("row", { name: /^Träffpunkt Ankaret/ });
    await expect(few).toContainText("visas inte, för att skydda enskilda personer");
    await expect(few).not.toContainText("når kravet");

    // A part of the municipality, with the units below it.
    const all = await units.getByRole("row").count();
    await page.getByLabel("Enhet", { exact: true }).selectOption({ label: "\u00a0\u00a0Hemtjänst" });
    await button(page, "Visa").click();
    await expect(page.getByText(/^Hemtjänst, \d+ \S+ \d{4}$/)).toBeVisible();
    expect(await units.getByRole("row").count()).toBeLessThan(all);
  });

  test("finds the screen accessible, and no wider than a phone", async ({ page, signIn }) => {
    test.setTimeout(180_000);
    await signIn("administrator");
    await page.goto("/karta/laget");
    await hydrated(page);
    for (const fold of await page.locator("main summary").all()) await fold.click();
    await expectAccessibleInFull(page);
    await page.setViewportSize(sizes.desktop);
    await expectAccessibleInFull(page);
    await page.setViewportSize({ width: 320, height: 640 });
    await expectNoSidewaysScroll(page);
  });
});

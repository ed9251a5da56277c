import type { Page } from "@playwright/test";
import { expect, hydrated, sizes, test, seen } from "./fixtures";
import { enterAlive, hire } from "./program";

// How far somebody reaches: what a learner's browser asks for, and how a manager gets from everybody
// to one person and back.

/** The parts of the program that the browser asks for, by name. */
function partsOf(page: Page) {
  const parts = new Set<string>();
  page.on("request", (request) => {
    const part = new URL(request.url()).pathname.match(/^\/pkg\/kvarten-(\w+)\./)?.[1];
    if (part) parts.add(part);
  });
  return parts;
}

const rows = (page: Page) => page.locator(".matrix__people tr:not(.matrix__room)");
const names = (page: Page) => page.locator(".matrix__people .matrix__who a");
const title = (page: Page) => page.getByRole("heading", { level: 1 });

/** "Min enhet", once everybody is in the browser. */
async function openUnit(page: Page) {
  await page.goto("/enhet");
  await hydrated(page);
  await page.getByRole("grid", { name: "Personer och system" }).waitFor();
}

/** How many are shown. */
async function shown(page: Page) {
  const text = (await page.locator("#hits").textContent()) ?? "";
  return Number(text.match(/^Visar (\d+) av/)?.[1]);
}

test.describe("a learner", () => {
  test("never downloads what only managers and administrators use", async ({ page, device, account }) => {
    test.setTimeout(120_000);
    await hire("9802", "Lova Åsberg", "Havsblick", "underskoterska");
    const parts = partsOf(page);
    await enterAlive(page, "9802");
    const screens = [
      "/lar",
      "/kunskaper",
      "/kunskaper/journalen",
      "/kunskaper/journalen/skatta",
      "/kunskaper/insyn",
      "/poang",
      "/mer",
      "/mina-uppgifter",
      "/fil?till=/mina-uppgifter.json",
      "/program/ny-underskoterska",
      "/lar/saker-e-post",
      "/lar/saker-e-post/1",
      "/lar/saker-e-post/stegen",
    ];
    for (const screen of screens) {
      const answer = await page.goto(screen);
      expect(answer?.status(), screen).toBe(200);
      await hydrated(page);
      await page.waitForLoadState("networkidle");
    }
    // From screen to screen within the program, too.
    await page.goto("/lar");
    await hydrated(page);
    for (const name of ["Kunskaper", "Poäng", "Mer", "Lär"]) {
      await page.locator(".nav__link").filter({ hasText: name }).click();
      await expect(page.locator(".nav__link[aria-current]")).toHaveText(name);
      await page.waitForLoadState("networkidle");
    }
    expect([...parts]).toEqual(expect.arrayContaining(["knowledge", "points", "more"]));
    expect([...parts].filter((part) => ["chef", "admin"].includes(part))).toEqual([]);

    // Those are their names: whoever may use them gets them.
    for (const [role, screen, part] of [
      ["manager", "/enhet", "chef"],
      ["administrator", "/karta", "admin"],
    ] as const) {
      const other = await device();
      const others = partsOf(other);
      await other.goto("/logga-in");
      await other.getByLabel("E-post eller anställningsnummer").fill(account(role).email);
      await other.getByLabel("Lösenord", { exact: true }).fill(account(role).password);
      await other.getByRole("button", { name: "Logga in", exact: true }).click();
      await other.waitForURL(/\/lar$/);
      await other.goto(screen);
      await hydrated(other);
      expect([...others]).toContain(part);
    }
  });

  // What an outline is drawn with can be told from what it is drawn on, where the colours are the
  // reader's own and on paper.
  const ways = { "in her own colours": { forcedColors: "active" }, "on paper": { media: "print" } } as const;
  for (const [way, media] of Object.entries(ways)) {
    test(`sees the outlines of her radar ${way}`, async ({ page, signIn }) => {
      await signIn("staff");
      await page.goto("/kunskaper?da=2026-06-01");
      await hydrated(page);
      await page.emulateMedia(media);
      await expect(page.locator(".radar__svg")).toBeVisible();
      const ground = await page.evaluate(() => {
        const sample = document.body.appendChild(document.createElement("i"));
        sample.style.setProperty("forced-color-adjust", "none");
        sample.style.color = "Canvas";
        const color = getComputedStyle(sample).color;
        sample.remove();
        return color;
      });
      for (const name of ["required", "shown", "then"]) {
        const outline = page.locator(`.radar__svg path.radar__${name}`);
        await expect(outline).toBeVisible();
        const { stroke, strokeOpacity, strokeWidth, opacity } = await outline.evaluate((path) => {
          const { stroke, strokeOpacity, strokeWidth, opacity } = getComputedStyle(path);
          return { stroke, strokeOpacity, strokeWidth, opacity };
        });
        expect(["none", "transparent", "rgba(0, 0, 0, 0)", ground], name).not.toContain(stroke);
        expect(parseFloat(strokeWidth), name).toBeGreaterThan(0.5);
        expect(parseFloat(strokeOpacity) * parseFloat(opacity), name).toBeGreaterThan(0.5);
      }
    });
  }
});

test.describe("a manager on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 } });

  test("filters many people, is led to how many there are, and has more drawn", async ({ page }) => {
    await hire("9801", "Hedda Åsberg", "Vård- och omsorgsförvaltningen", "enhetschef", "manager");
    await enterAlive(page, "9801");
    await openUnit(page);
    await expect(rows(page)).toHaveCount(30);
    await expect(rows(page).first()).toBeVisible();
    await expect(page.locator(".matrix thead")).toBeHidden();

    const fold = page.locator("details.find__fold");
    await expect(fold).not.toHaveAttribute("open");
    await fold.locator("summary").tap();
    await page.getByLabel("System", { exact: true }).selectOption({ label: "Journalen" });
    await page.getByLabel("Att lära", { exact: true }).selectOption({ label: "Minst en nivå" });
    await fold.getByRole("button", { name: /^Visa \d+$/ }).tap();
    await expect(fold).not.toHaveAttribute("open");
    const count = page.locator("#hits");
    await expect(count).toBeFocused();
    await expect(count).toBeInViewport();
    await expect(count).toHaveText(/^Visar \d+ av \d+ personer$/);
    await expect(page).toHaveURL(/\/enhet\?system=journalen&behov=1$/);

    // Whom the filter lets through, as cards.
    const found = await shown(page);
    await expect(rows(page)).toHaveCount(Math.min(30, found));
    await expect(rows(page).first().locator('[data-system="Journalen"]')).toBeVisible();
    await fold.locator("summary").tap();
    await page.getByLabel("Att lära", { exact: true }).selectOption({ index: 0 });
    await page.getByLabel("System", { exact: true }).selectOption({ index: 0 });
    await fold.getByRole("button", { name: /^Visa \d+$/ }).tap();
    await expect.poll(() => shown(page)).toBeGreaterThan(60);
    await expect(rows(page)).toHaveCount(30);
    await page.getByRole("button", { name: "Visa fler", exact: true }).tap();
    await expect(rows(page)).toHaveCount(60);
  });
});

test.describe("a manager", () => {
  test.use({ viewport: sizes.desktop });

  test("goes from a filter to a person, back, and to the same person again", async ({ page, signIn }) => {
    await signIn("manager");
    await openUnit(page);
    const system = page.getByLabel("System", { exact: true });
    const filtered = /\/enhet\?system=journalen$/;
    await system.selectOption({ label: "Journalen" });
    await expect(page).toHaveURL(filtered);
    const name = (await names(page).first().textContent()) ?? "";
    const [family, given] = name.split(", ");
    const address = (await names(page).first().getAttribute("href")) ?? "";
    expect(address).toMatch(/^\/enhet\/person\/[0-9a-f-]{36}$/);
    const link = page.getByRole("link", { name, exact: true });
    /** The person's page, at its own address. */
    const isOpen = async () => {
      await expect(title(page)).toHaveText(`${given} ${family}`);
      expect(new URL(page.url()).pathname).toBe(address);
    };
    /** The matrix, filtered as before. */
    const isFiltered = async () => {
      await expect(page).toHaveURL(filtered);
      await page.getByRole("grid", { name: "Personer och system" }).waitFor();
      await expect(system).toHaveValue("journalen");
      await expect(link).toBeVisible();
    };

    await link.click();
    await isOpen();
    await page.goBack();
    await isFiltered();
    await seen(page);
    await link.click();
    await isOpen();
    await page.reload();
    await hydrated(page);
    await isOpen();

    // The way back at the top of the page leads to the filter, too.
    await page.goBack();
    await isFiltered();
    await seen(page);
    await link.click();
    await isOpen();
    await page.locator(".crumb").getByRole("link").click();
    await isFiltered();
  });

  test("picks two people, and refers these two", async ({ page, signIn }) => {
    await signIn("manager");
    await openUnit(page);
    const picked = [1, 3];
    const chosen: string[] = [];
    for (const at of picked) {
      await rows(page).nth(at).locator(".matrix__pick input").check();
      chosen.push((await names(page).nth(at).textContent()) ?? "");
    }
    await page.getByRole("link", { name: "Hänvisa valda (2)", exact: true }).click();
    await expect(page).toHaveURL(/\/enhet\/hanvisa\?person=/);
    await hydrated(page);
    const boxes = page.getByRole("group", { name: "Till vilka" }).getByRole("checkbox");
    await expect(boxes).toHaveCount(2);
    for (const box of await boxes.all()) await expect(box).toBeChecked();
    await expect(page.locator(".refer__list bdi")).toHaveText(chosen);
  });

  test("picks nobody any more, and refers those who are shown", async ({ page, signIn }) => {
    await signIn("manager");
    await openUnit(page);
    const box = rows(page).first().locator(".matrix__pick input");
    await box.check();
    await expect(page.getByRole("link", { name: "Hänvisa valda (1)", exact: true })).toBeVisible();
    await page.getByRole("button", { name: "Rensa valet", exact: true }).click();
    await expect(box).not.toBeChecked();
    await expect(page.getByRole("link", { name: "Hänvisa dem som visas", exact: true })).toBeVisible();
  });
});

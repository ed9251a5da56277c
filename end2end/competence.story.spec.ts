import type { Page } from "@playwright/test";
import { replyRightly } from "./answers";
import { expect, expectAccessibleInFull, expectNoSidewaysScroll, hydrated, seen, sizes, test } from "./fixtures";
import { touch } from "./hands";
import { command, enterAlive, hire } from "./program";

/** The employee number of somebody in Solgläntan. */
async function numberOf(name: string) {
  const people = (await command("person", "list", "--unit", "Solgläntan")).split("\n");
  const line = people.find((person) => person.split("\t").includes(name));
  if (!line) throw new Error(`nobody is called ${name}`);
  return line.split("\t")[0];
}

/** Goes from a lesson's first step to the top of its ladder. */
async function takeLesson(page: Page) {
  for (let steps = 0; steps < 12 && !page.url().endsWith("/stegen"); steps += 1) {
    await hydrated(page);
    const title = await page.title();
    await seen(page);
    await page.locator(".actions button").tap();
    await expect(page).not.toHaveTitle(title);
  }
  await page.getByRole("button", { name: "Börja svara" }).tap();
  const top = page.getByRole("heading", { level: 1, name: "Du är högst upp" });
  for (let replies = 0; replies < 30; replies += 1) {
    await page.locator(".ask__q, .climbed--top").first().waitFor();
    if (await top.isVisible()) break;
    await replyRightly(page, touch);
    await seen(page);
    await page.locator(".actions a.btn--big").tap();
    await expect(page.locator(".reply--right")).toBeHidden();
  }
  await expect(top).toBeVisible();
}

test.describe("an assistant nurse", () => {
  test("assesses herself, sees a gap, closes it and watches the radar grow", async ({
    page,
    signIn,
    expectFailure,
  }) => {
    test.setTimeout(180_000);
    expectFailure(/\/api\/assess$/);
    await signIn("staff");
    await page.goto("/kunskaper");
    await hydrated(page);
    const spoke = page.getByRole("link", { name: /^Trygghetslarm: krav 1/ });
    await expect(spoke).toHaveAttribute("aria-label", /egen bedömning saknas, visat 0/);

    // Two minutes of reading, one level at a time. An answer is kept as soon as it is given.
    await page.getByRole("link", { name: "Trygghetslarm", exact: true }).last().click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Trygghetslarm: vad kan du?");
    const answer = page.getByRole("group").first().getByLabel("Det stämmer");
    const kept = page.waitForResponse(/api\/keep_claim/);
    await answer.tap();
    await kept;
    await page.reload();
    await hydrated(page);
    await expect(page.getByRole("group").first().getByLabel("Det stämmer")).toBeChecked();
    await page.getByRole("button", { name: "Fortsätt" }).tap();
    await expect(page.getByRole("alert")).toContainText("Svara på alla påståenden");
    await expectAccessibleInFull(page);
    const answerAll = async (claim: string) => {
      for (const group of await page.getByRole("group").all()) await group.getByLabel(claim).tap();
      await page.getByRole("button", { name: "Fortsätt" }).tap();
    };
    await answerAll("Det stämmer");
    await expect(page.getByText("Nivå 2 av 4")).toBeVisible();
    await answerAll("Inte än");
    await expect(page.getByRole("status").filter({ hasText: "Tack" })).toContainText("motsvarar nivå 1");

    // The gap, and what closes it.
    await page.goto("/kunskaper");
    await hydrated(page);
    await expect(spoke).toHaveAttribute("aria-label", /egen bedömning 1, visat 0/);
    await page.goto("/lar/ta-emot-larm/1");
    await takeLesson(page);
    await page.goto("/kunskaper");
    await hydrated(page);
    await expect(spoke).toHaveAttribute("aria-label", /egen bedömning 1, visat 1/);
    await expect(page.getByRole("row", { name: /Trygghetslarm/ })).toContainText("Klart");

    // Before today nothing was shown there.
    await page.goto("/kunskaper?da=2026-01-15");
    await expect(page.getByRole("link", { name: /^Trygghetslarm: .*visat 1\. Då krav .*, visat 0/ })).toBeVisible();
  });

  test("walks her radar with the keyboard", async ({ page, signIn }) => {
    await signIn("staff");
    await page.goto("/kunskaper");
    await hydrated(page);
    const spokes = page.locator(".radar__spoke");
    await spokes.first().focus();
    for (let at = 0; at < (await spokes.count()); at += 1) {
      await expect(spokes.nth(at)).toBeFocused();
      await expect(spokes.nth(at)).toHaveAttribute("aria-label", /krav \d, egen bedömning .+, visat \d/);
      await page.keyboard.press("Tab");
    }
    await spokes.nth(1).focus();
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/kunskaper\/[a-z-]+$/);
  });

  test("assesses herself with JavaScript off", async ({ noScript: page }) => {
    await page.goto("/logga-in");
    await page.getByLabel("E-post eller anställningsnummer").fill("10005");
    await page.getByLabel("Lösenord", { exact: true }).fill("en kvart om dagen");
    await page.getByRole("button", { name: /Logga in|Sign in/ }).last().click();
    await page.goto("/kunskaper/mobilen/skatta?niva=1");
    for (const group of await page.getByRole("group").all()) await group.getByRole("radio").last().check();
    await page.locator(".actions button").click();
    await expect(page).toHaveURL(/\/kunskaper\/mobilen\?klart=1/);
    await expect(page.locator(".note--right")).toBeVisible();
  });
});

test.describe("a manager", () => {
  test.use({ viewport: sizes.desktop });

  test("finds the three people behind in the care record", async ({ page, signIn }) => {
    await signIn("manager");
    await page.getByRole("link", { name: "Min enhet" }).click();
    await hydrated(page);
    const count = page.getByRole("status").filter({ hasText: /^Visar/ });
    await expect(count).toHaveText(/^Visar/);
    const everybody = Number((await count.textContent())?.match(/av (\d+)/)?.[1]);
    expect(everybody).toBeGreaterThan(20);
    await expect(page.locator(".matrix__people tr")).toHaveCount(everybody);
    await page.waitForLoadState("networkidle");
    await page.getByLabel("System", { exact: true }).selectOption({ label: "Journalen" });
    await page.getByLabel("Att lära", { exact: true }).selectOption({ label: "Minst en nivå" });
    await expect(count).toHaveText(`Visar 3 av ${everybody} personer`);
    await expect(page).toHaveURL(/\/enhet\?system=journalen&behov=1$/);
    const names = await page.locator(".matrix__people .matrix__who a").allTextContents();
    expect(names).toHaveLength(3);

    // The address says it all: opened elsewhere it shows the same.
    await page.reload();
    await hydrated(page);
    await expect(count).toHaveText(`Visar 3 av ${everybody} personer`);
    await expect(page.locator(".matrix__people .matrix__who a")).toHaveText(names);
    await page.waitForLoadState("networkidle");
    await page.getByRole("searchbox").pressSequentially("qqq");
    await expect(count).toHaveText(`Visar 0 av ${everybody} personer`);
    await expect(page.getByText("Ingen passar filtret.")).toBeVisible();
    await expect(page.getByRole("link", { name: "Hänvisa dem som visas" })).toBeHidden();
    await page.getByRole("searchbox").fill("");

    // From the matrix to the person, with the same picture that she has herself.
    await page.getByRole("link", { name: names[0] }).focus();
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/enhet\/person\//);
    await expect(page.getByRole("link", { name: /^Journalen: krav 2/ })).toBeVisible();
    await expect(page.getByRole("button", { name: "Börja svara" })).toBeHidden();
    await expect(page.getByRole("main").getByText("poäng", { exact: false })).toHaveCount(0);
  });

  test("refers the three, sees one of them finish and prints the page", async ({ page, signIn, device, account }) => {
    test.setTimeout(180_000);
    await signIn("manager");
    await page.goto("/enhet?system=journalen&behov=1");
    await hydrated(page);
    await page.waitForLoadState("networkidle");
    await expect(page.locator(".matrix__people .matrix__who a")).toHaveCount(3);
    await page.getByRole("link", { name: "Hänvisa dem som visas" }).click();
    await hydrated(page);
    await expect(page.getByRole("checkbox")).toHaveCount(3);
    await expect(page.getByLabel("Utbildning eller program")).not.toHaveValue("");
    await page.getByLabel("Några egna ord").fill("Vi pratar om det på nästa APT.");
    await page.getByLabel("Gärna senast").fill("2030-01-31");
    await expectAccessibleInFull(page);
    await page.getByRole("button", { name: "Skicka" }).click();
    await expect(page.getByText("Hänvisningen är skickad till 3 personer")).toBeVisible();

    // One of them meets it first in Lär, and takes the lesson.
    await page.goto("/enhet/hanvisningar");
    await hydrated(page);
    await expect(page.locator(".tag", { hasText: "Skickad" })).toHaveCount(3);
    const name = (await page.locator(".rows__item a").first().textContent()) ?? "";
    const [family, given] = name.split(", ");
    const number = await numberOf(`${given} ${family}`);
    const phone = await device();
    await phone.setViewportSize(sizes.phone);
    await phone.goto("/logga-in");
    await phone.getByLabel("E-post eller anställningsnummer").fill(number);
    await phone.getByLabel("Lösenord", { exact: true }).fill(account("staff").password);
    await phone.getByRole("button", { name: "Logga in", exact: true }).click();
    await phone.waitForURL(/\/lar$/);
    const pointed = phone.getByRole("region", { name: "Från din chef" });
    await expect(pointed).toContainText("Vi pratar om det på nästa APT.");
    await expect(pointed).toContainText("Gärna senast 31 januari 2030");
    await expectAccessibleInFull(phone);
    const slug = (await pointed.getByRole("link").getAttribute("href")) ?? "";
    await phone.goto(`${slug}/1`);
    await takeLesson(phone);
    await phone.goto("/lar");
    await expect(pointed).toHaveCount(0);

    await page.reload();
    await hydrated(page);
    await expect(page.locator(".tag", { hasText: "Klar" })).toHaveCount(1);
    // Another is withdrawn.
    await page.locator("summary").filter({ hasText: "Ändra eller ta tillbaka" }).first().click();
    await page.getByRole("button", { name: /^Ta tillbaka/ }).first().click();
    await expect(page.locator(".tag", { hasText: "Återtagen" })).toHaveCount(1);
    await expectAccessibleInFull(page);

    await page.goto("/enhet");
    await page.waitForLoadState("networkidle");
    await page.emulateMedia({ media: "print" });
    await expect(page.getByRole("search")).toBeHidden();
    await expect(page.getByRole("navigation")).toBeHidden();
    await expect(page.locator(".matrix__people tr").last()).toBeVisible();
  });

  test("has the page open while somebody moves to another unit", async ({ page, signIn, expectFailure }) => {
    expectFailure(/\/enhet\/person\/|\/api\/colleague/);
    await signIn("manager");
    await page.goto("/enhet");
    await hydrated(page);
    await page.waitForLoadState("networkidle");
    const who = page.locator(".matrix__people tr").filter({ hasText: "vårdbiträde" }).last().getByRole("link");
    const [family, given] = ((await who.textContent()) ?? "").split(", ");
    await command("person", "move", await numberOf(`${given} ${family}`), "--unit", "Havsblick", "--profession", "vardbitrade");
    await who.click();
    await expect(page.getByRole("heading", { level: 1, name: "Sidan finns inte" })).toBeVisible();
    await page.goto("/enhet");
    await expect(page.getByRole("link", { name: `${family}, ${given}`, exact: true })).toHaveCount(0);
  });

  test("with hundreds of people scrolls to the last, and prints them all", async ({ page }) => {
    await hire("9500", "Hanna Åhs", "Vård- och omsorgsförvaltningen", "enhetschef", "manager");
    await enterAlive(page, "9500", "/enhet");
    await expect(page.getByRole("status")).toHaveText(/^Visar (\d+) av \1 personer/);
    const all = Number((await page.getByRole("status").textContent())?.match(/av (\d+)/)?.[1]);
    expect(all).toBeGreaterThan(150);
    const rows = page.locator(".matrix__people tr:not(.matrix__room)");
    await expect(page.getByRole("grid")).toBeVisible();
    const region = page.getByRole("region", { name: "Personer och system" });
    await region.focus();
    await page.keyboard.press("End");
    await expect(rows.last()).toHaveAttribute("aria-rowindex", String(all + 2));
    expect(await rows.count()).toBeLessThanOrEqual(40);
    await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
    await expect(rows).toHaveCount(all);
    await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
    expect(await rows.count()).toBeLessThanOrEqual(40);
  });

  test("works with JavaScript off, filtering at the server", async ({ noScript: page, account }) => {
    await page.goto("/logga-in?till=/enhet");
    const { email, password } = account("manager");
    await page.getByLabel("E-post eller anställningsnummer").fill(email);
    await page.getByLabel("Lösenord", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Logga in", exact: true }).click();
    await expect(page).toHaveURL(/\/enhet$/);
    await page.getByLabel("System", { exact: true }).selectOption({ label: "Journalen" });
    await page.getByLabel("Att lära", { exact: true }).selectOption({ label: "Minst en nivå" });
    await page.getByRole("button", { name: "Visa", exact: true }).first().click();
    await expect(page.locator(".matrix__people tr")).toHaveCount(3);
  });

  test("finds every screen accessible, and no wider than a phone", async ({ page, signIn }) => {
    test.setTimeout(120_000);
    await signIn("manager");
    await page.goto("/enhet");
    await hydrated(page);
    await page.waitForLoadState("networkidle");
    const person = await page.locator(".matrix__people a").first().getAttribute("href");
    for (const address of ["/enhet", "/enhet?namn=qqq", `${person}`, `${person}/journalen`, "/mer"]) {
      await page.goto(address);
      await hydrated(page);
      await page.waitForLoadState("networkidle");
      await expectAccessibleInFull(page);
      await page.setViewportSize(sizes.desktop);
      await expectAccessibleInFull(page);
      await page.setViewportSize({ width: 320, height: 640 });
      await expectNoSidewaysScroll(page);
    }
  });
});

test.describe("an administrator", () => {
  test.use({ viewport: sizes.desktop });

  test("raises a requirement, and the gap is in the picture of whoever it is about", async ({ page, signIn, device }) => {
    const staff = await device();
    await staff.goto("/logga-in");
    await staff.getByLabel("E-post eller anställningsnummer").fill("10005");
    await staff.getByLabel("Lösenord", { exact: true }).fill("en kvart om dagen");
    await staff.getByRole("button", { name: /Logga in|Sign in/ }).last().click();
    await staff.waitForURL(/\/lar$/);
    await staff.goto("/kunskaper");
    const spoke = staff.locator('.radar__spoke[href$="/schemat"]');
    await expect(spoke).toHaveAttribute("aria-label", /(required|krav) 1/);

    await signIn("administrator");
    await page.getByRole("link", { name: "System", exact: true }).click();
    await page.getByRole("link", { name: "Krav per yrkesgrupp" }).click();
    await hydrated(page);
    const cell = page.getByLabel("vårdbiträde, Schemat");
    await expect(cell).toHaveValue("11");
    await cell.selectOption({ label: "3" });
    await page.getByRole("button", { name: "Spara ändringarna" }).click();
    await expect(page.getByRole("status").filter({ hasText: "1 ändring sparad" })).toBeVisible();
    await expect(cell).toHaveValue("33");
    await staff.reload();
    await expect(spoke).toHaveAttribute("aria-label", /(required|krav) 3/);

    // What was required yesterday can still be seen.
    await page.getByLabel("Dag", { exact: true }).fill("2026-03-01");
    await page.getByRole("button", { name: "Visa", exact: true }).click();
    await expect(page.getByText("Kraven som de gäller 1 mars 2026")).toBeVisible();
    await expect(page.getByRole("row", { name: /^vårdbiträde/ })).toContainText("1");

    // A unit cannot ask for less, and a system that is retired cannot be asked for.
    await page.goto("/karta/krav");
    await page.getByLabel("Gäller för", { exact: true }).selectOption({ label: "\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0Solgläntan" });
    await page.getByRole("button", { name: "Visa", exact: true }).click();
    const ofUnit = page.getByLabel("vårdbiträde, Schemat");
    await expect(ofUnit.locator("option")).toHaveText(["(3)", "4"]);
    await expect(page.getByRole("columnheader", { name: "Tidlappen" })).toHaveCount(0);
  });

  test("describes a level, and is told what will not do", async ({ page, signIn, expectFailure }) => {
    expectFailure(/\/api\/(change_level|create_system)/);
    await signIn("administrator");
    await page.goto("/karta/onenote");
    await hydrated(page);
    const level = page.locator("#niva-4");
    await level.getByLabel("Nytt påstående, svenska").fill("Jag kan bygga en pärm från grunden.");
    await level.getByRole("button", { name: /^Spara\s?: Nivå 4/ }).click();
    await expect(page.getByRole("status").filter({ hasText: "Sparat" })).toBeVisible();
    await expect(level.getByLabel(/^Påstående \d, svenska/).last()).toHaveValue("Jag kan bygga en pärm från grunden.");
    await level.getByLabel("Antal månader som intyget gäller").fill("500");
    await level.getByRole("button", { name: /^Spara\s?: Nivå 4/ }).click();
    await expect(level.getByText("Skriv ett tal från 1 till 120")).toBeVisible();
    await expect(level.getByLabel("Antal månader som intyget gäller")).toBeFocused();
    await expect(page.getByText("Skriv ett tal från 1 till 120")).toHaveCount(1);
    await page.goto("/karta");
    await hydrated(page);
    await page.getByLabel("Namn", { exact: true }).fill("Outlook");
    await page.getByRole("button", { name: "Lägg till" }).click();
    await expect(page.getByText("Namnet är upptaget")).toBeVisible();
    await expect(page.getByLabel("Namn", { exact: true })).toHaveValue("Outlook");
  });

  test("finds every screen accessible, and no wider than a phone", async ({ page, signIn }) => {
    test.setTimeout(120_000);
    await signIn("administrator");
    for (const address of ["/karta", "/karta/journalen", "/karta/krav", "/karta/krav?dag=2026-03-01"]) {
      await page.goto(address);
      await hydrated(page);
      await expectAccessibleInFull(page);
      await page.setViewportSize({ width: 320, height: 640 });
      await expectNoSidewaysScroll(page);
    }
  });
});

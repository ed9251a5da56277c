// Pictures of every screen in three sizes and both themes, for people to look at: `make pictures`.
import { signIn } from "../scripts/browser.mjs";
import { asked, lessons, replyRightly, replyWrongly } from "./answers";
import { expect, hydrated, type Role, takeScreenshots, test } from "./fixtures";
import { button, touch } from "./hands";

test.setTimeout(600_000);

const screens: [Role | "nobody", string[]][] = [
  ["nobody", ["/logga-in", "/tillganglighet", "/mejl/0a1b", "/finns-inte"]],
  ["staff", [
    "/lar", "/lar?sok=xyzq", "/lar?niva=2", "/kunskaper", "/kunskaper?da=2026-03-01", "/kunskaper/journalen",
    "/kunskaper/journalen?klart=1", "/kunskaper/signering/skatta", "/kunskaper/insyn", "/poang", "/mer", "/mina-uppgifter", "/fil?till=/mina-uppgifter.json",
    "/program/ny-underskoterska",
    "/lar/finns-inte",
  ]],
  ["manager", [
    "/enhet", "/enhet?system=journalen&behov=1", "/enhet?namn=xyzq", "/enhet/hanvisa?system=journalen&behov=1", "/enhet/utveckling",
    "/enhet/utveckling?yrke=specialistunderskoterska", "/enhet/hanvisningar", "/enhet/staende", "/mer",
  ]],
  ["administrator", [
    "/karta", "/karta/journalen", "/karta/krav", "/karta/krav?dag=2026-03-01", "/karta/laget", "/karta/program",
    "/karta/program/ny-chef",
  ]],
];
for (const [role, addresses] of screens) {
  test(`screens of ${role}`, async ({ page, signIn, expectFailure }) => {
    expectFailure(/finns-inte|mejl/);
    if (role !== "nobody") await signIn(role);
    for (const address of addresses) {
      await page.goto(address);
      await hydrated(page);
      await takeScreenshots(page, `${role}-${address.replace(/[^\wåäö]+/gi, "-").slice(1)}`);
    }
    if (role !== "manager") return;
    // Somebody, and how they are doing in one system; they have no address of their own here.
    await page.goto("/enhet?system=journalen&behov=1");
    const person = (await page.locator(".matrix__people a").first().getAttribute("href")) ?? "";
    for (const [name, address] of [["person", person], ["person-system", `${person}/journalen`]]) {
      await page.goto(address);
      await hydrated(page);
      await takeScreenshots(page, `${role}-${name}`);
    }
  });
}

test("a refused sign-in", async ({ page, expectFailure }) => {
  expectFailure(/\/(logga-in|api\/)/);
  await page.goto("/logga-in");
  await hydrated(page);
  await page.getByLabel("E-post eller anställningsnummer").fill("10001");
  await page.getByLabel("Lösenord", { exact: true }).fill("inte rätt");
  await button(page, "Logga in").click();
  await expect(page.getByRole("alert")).toBeVisible();
  await takeScreenshots(page, "nobody-refused");
});

const kinds = new Set<string>();
const drawn = ["saker-e-post", "rapportera-avvikelse", "digitala-kalendern", "skriv-i-journalen"];
for (const [at, lesson] of lessons.filter(({ slug }) => drawn.includes(slug)).entries()) {
  test(`the lesson ${lesson.slug}`, async ({ page }) => {
    const picture = (name: string) => takeScreenshots(page, `${lesson.slug}-${name}`);
    await signIn(page, { email: `9${at * 3 + 1}`, password: "kaffe och bulle i solen" });
    await page.goto(`/lar/${lesson.slug}`);
    await picture("0");
    await page.locator(".actions a").click();
    for (let step = 1; step < 12; step += 1) {
      await page.waitForURL(/\/(\d+|stegen)$/);
      await hydrated(page);
      if (page.url().endsWith("/stegen")) break;
      await picture(`${step}`);
      const title = await page.title();
      for (const box of await page.locator(".tasks input").all()) await touch.tick(box);
      await page.locator(".actions button").click();
      await expect(page).not.toHaveTitle(title);
    }
    await picture("ladder");
    await button(page, "Börja svara").click();
    const top = page.getByRole("heading", { level: 1, name: "Du är högst upp" });
    let missed = 0;
    for (let replies = 0; replies < 40; replies += 1) {
      await page.locator(".ask__q, .climbed--top").first().waitFor();
      if (await top.isVisible()) break;
      const { kind } = await asked(page);
      const isNew = !kinds.has(kind);
      kinds.add(kind);
      if (isNew) await takeScreenshots(page, `question-${kind}`);
      if (missed < 2 && (await replyWrongly(page))) {
        missed += 1;
        await picture(`wrong-${missed}`);
      } else {
        await replyRightly(page, touch);
        if (isNew) await takeScreenshots(page, `question-${kind}-right`);
        if (await page.locator(".climbed").isVisible()) await picture(`rung-${replies}`);
      }
      await page.locator(".actions a.btn--big").click();
      await expect(page.locator(".reply--right, .reply--wrong")).toBeHidden();
    }
    await picture("top");
  });
}

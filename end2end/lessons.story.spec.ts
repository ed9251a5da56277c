import { asked, lessons, replyRightly } from "./answers";
import { expect, expectAccessibleInFull, hydrated, test, seen } from "./fixtures";
import { button, type Hand, keyboard, plain, touch } from "./hands";

// Each lesson, by somebody new, on a phone: signing in, finding it, every step, to the top of its
// ladder, and the points are what the rules say.
const ways: [string, Hand][] = [
  ["by touch", touch],
  ["with the keyboard alone", keyboard],
  ["with JavaScript off", plain],
];

// Those with a film or pictures in every way; of the others each in one way, by turns.
const inEveryWay = ["saker-e-post", "rapportera-avvikelse", "digitala-kalendern", "skriv-i-journalen"];
const waysOf = (slug: string, at: number) => (inEveryWay.includes(slug) ? ways : [ways[at % ways.length]]);

// Each has a newcomer of its own: whoever is free takes the next.
test.describe.configure({ mode: "parallel" });

let number = 0;
for (const [at, lesson] of lessons.entries()) {
  for (const [way, hand] of waysOf(lesson.slug, at)) {
    number += 1;
    const newcomer = `9${number}`;
    test(`somebody new takes “${lesson.title}” ${way}`, async ({ page: live, noScript }) => {
      test.setTimeout(180_000);
      const page = hand.isLive ? live : noScript;
      const alive = async () => {
        if (hand.isLive) await hydrated(page);
      };

      await page.goto("/logga-in");
      await alive();
      await hand.write(page.getByLabel("E-post eller anställningsnummer"), newcomer);
      await hand.write(page.getByLabel("Lösenord", { exact: true }), "kaffe och bulle i solen");
      await hand.press(button(page, "Logga in"));
      await expect(page.getByRole("heading", { level: 1, name: "Lär" })).toBeVisible();

      await alive();
      await hand.write(page.getByRole("searchbox"), lesson.title.split(" ").at(-1) ?? "");
      await hand.press(button(page, "Sök"));
      await expect(page).toHaveURL(/sok=/);
      await hand.press(page.getByRole("link", { name: lesson.title }));
      await expect(page.getByRole("heading", { level: 1, name: lesson.title })).toBeVisible();
      await hand.press(page.locator(".actions a"));

      for (let steps = 0; steps < 12 && !page.url().endsWith("/stegen"); steps += 1) {
        await expect(page).toHaveURL(/\/(\d+|stegen)$/);
        const title = await page.title();
        for (const box of await page.locator(".tasks input").all()) await hand.tick(box);
        if (hand === touch) await expectAccessibleInFull(page);
        await seen(page);
        await hand.press(page.locator(".actions button"));
        await expect(page).not.toHaveTitle(title);
      }
      await hand.press(button(page, "Börja svara"));
      const top = page.getByRole("heading", { level: 1, name: "Du är högst upp" });
      const kinds = new Set<string>();
      for (let replies = 0; replies < 30; replies += 1) {
        await page.locator(".ask__q, .climbed--top").first().waitFor();
        if (await top.isVisible()) break;
        const { kind } = await asked(page);
        const isNew = hand === touch && !kinds.has(kind);
        kinds.add(kind);
        if (isNew) await expectAccessibleInFull(page);
        await replyRightly(page, hand);
        if (isNew) await expectAccessibleInFull(page);
        await hand.press(page.locator(".actions a.btn--big"));
        await expect(page.locator(".reply--right")).toBeHidden();
      }
      await expect(top).toBeVisible();

      const rungs = lesson.rung.map(({ draw }, at) => draw * 10 * (at + 1));
      const due = rungs.reduce((sum, points) => sum + points, 20);
      await page.goto("/poang");
      await expect(page.locator(".total__num")).toHaveText(String(due));
    });
  }
}

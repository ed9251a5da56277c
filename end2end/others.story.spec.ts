import type { Page } from "@playwright/test";
import { expect, hydrated, sizes, test } from "./fixtures";
import { afterInputs, changeBefore, type Kind, kinds, translate } from "./others";
import { enter, hire } from "./program";

/** What each lesson is called, by its address. */
async function titles(page: Page) {
  const cards = await page.locator('main a[href^="/lar/"]').evaluateAll((links) =>
    links.map((link) => [new URL((link as HTMLAnchorElement).href).pathname, link.textContent?.trim() ?? ""]),
  );
  return new Map(cards.filter(([path]) => path.split("/").length === 3) as [string, string][]);
}

const search = async (page: Page, words: string) => {
  await page.getByRole("searchbox").fill(words);
  await page.getByRole("searchbox").press("Enter");
  await expect(page).toHaveURL(new RegExp(`sok=${words}`));
};

test.describe("a page that a translator changes while it lives", () => {
  test("leads to the lessons whose titles it shows", async ({ page, signIn }) => {
    await signIn("staff");
    await page.goto("/lar");
    await hydrated(page);
    const known = await titles(page);
    await page.evaluate(translate, "");
    await expect(page.locator(".note--plain")).toBeVisible();
    await search(page, "journal");
    await expect(page.getByRole("status").first()).toBeAttached();
    await page.waitForLoadState();
    const found = await titles(page);
    expect(found.size).toBeGreaterThan(0);
    for (const [path, title] of found) expect(title, path).toBe(known.get(path) ?? title);
    expect(found.size).toBeLessThan(known.size);
    await hydrated(page);
    await expect(page.locator(".note--plain")).toHaveCount(0);
  });

  test("is translated in the middle of a search without mixing two lists", async ({ page, signIn }) => {
    await signIn("staff");
    await page.goto("/lar");
    await hydrated(page);
    const known = await titles(page);
    await page.route(/api\/learn_page/, async (route) => {
      await new Promise((done) => setTimeout(done, 400));
      await route.continue().catch(() => {});
    });
    await page.getByRole("searchbox").fill("journal");
    await page.getByRole("searchbox").press("Enter");
    await page.evaluate(translate, "");
    await expect(page).toHaveURL(/sok=journal/);
    await expect(page.locator(".note--plain")).toBeVisible();
    await expect.poll(async () => (await titles(page)).size).toBeLessThan(known.size);
    for (const [path, title] of await titles(page)) expect(title, path).toBe(known.get(path) ?? title);
    await expect(page.getByRole("searchbox")).toHaveValue("journal");
  });

  test("keeps what is typed and goes on by forms: points", async ({ page }) => {
    await enter(page, "95", "/poang");
    await hydrated(page);
    await page.getByLabel("Namn att visa").fill("Norrsken 95");
    await page.evaluate(translate, "");
    await expect(page.locator(".note--plain")).toBeVisible();
    await expect(page.getByLabel("Namn att visa")).toHaveValue("Norrsken 95");
    await page.getByRole("button", { name: "Var med" }).click();
    await expect(page.getByText("Norrsken 95")).toBeVisible();
  });

  test("goes on by forms: ladder", async ({ page }) => {
    await enter(page, "96");
    await page.goto("/lar/saker-e-post/stegen");
    await hydrated(page);
    await page.locator("main form button").click();
    await page.locator(".ask__q").first().waitFor();
    await page.evaluate(translate, "");
    await expect(page.locator(".note--plain")).toBeVisible();
    const choice = page.locator("main form input[type=radio], main form input[type=checkbox]").first();
    if (await choice.count()) await choice.check();
    await page.locator("main form button:not([type=button])").first().click();
    await expect(page).toHaveURL(/svar=|fel=/);
    await hydrated(page);
  });

  test("goes on by links and forms: matrix", async ({ page, signIn }) => {
    await page.setViewportSize(sizes.desktop);
    await signIn("manager");
    await page.goto("/enhet");
    await page.getByRole("grid").waitFor();
    await page.evaluate(translate, "");
    await expect(page.locator(".note--plain")).toBeVisible();
    await expect(page.locator(".matrix__pick").first()).toBeHidden();
    const name = (await page.locator(".matrix__people a").first().textContent()) ?? "";
    await page.getByRole("searchbox").fill(name.split(",")[0]);
    await page.getByRole("searchbox").press("Enter");
    await expect(page).toHaveURL(/namn=/);
    await page.getByRole("link", { name, exact: true }).first().click();
    await expect(page).toHaveURL(/\/enhet\/person\//);
    await expect(page.getByRole("heading", { level: 1 })).toContainText(name.split(", ")[1]);
  });

  test("that a blocker takes parts from is drawn again, with what is typed", async ({ page, signIn }) => {
    await signIn("staff");
    await page.goto("/lar");
    await hydrated(page);
    await page.getByRole("searchbox").fill("jour");
    await page.evaluate(() => document.querySelector(".hits")?.remove());
    await expect(page.locator(".note--plain")).toBeVisible();
    await expect(page.getByRole("searchbox")).toHaveValue("jour");
    await expect(page.getByRole("searchbox")).toBeFocused();
    await expect(page.locator(".hits")).toBeVisible();
  });

  test("still goes back", async ({ page, signIn }) => {
    await signIn("staff");
    await page.goto("/lar");
    await hydrated(page);
    await page.getByRole("link", { name: "Poäng" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Poäng" })).toBeVisible();
    await page.evaluate(translate, "");
    await expect(page.locator(".note--plain")).toBeVisible();
    await page.goBack();
    await expect(page.getByRole("heading", { level: 1, name: "Lär" })).toBeVisible();
  });
});

test.describe("a page that a password manager changes while it lives", () => {
  test("goes on living", async ({ page, signIn }) => {
    await signIn("staff");
    await page.goto("/lar");
    await hydrated(page);
    await page.evaluate(() => {
      for (const input of document.querySelectorAll("input")) input.after(document.createElement("div"));
      document.body.append("Hjälp med lösenord");
    });
    await search(page, "journal");
    await expect(page.locator("body[data-hydrated]")).toBeAttached();
    await expect(page.locator(".note--plain")).toHaveCount(0);
  });
});

// Before the program starts: it builds the page anew, and the page lives.
for (const kind of kinds) {
  test.describe(`a page that is changed before it lives (${kind})`, () => {
    test("lives: Lär, points, ladder", async ({ page, signIn }: { page: Page; signIn: (role: "staff") => Promise<unknown> }) => {
      await signIn("staff");
      await changeBefore(page, kind as Kind);
      await page.goto("/lar");
      await page.getByRole("searchbox").fill("jour");
      await hydrated(page, { isRebuilt: true });
      await expect(page.getByRole("searchbox")).toHaveValue("jour");
      await search(page, "journal");
      await expect(page.locator(".cards")).toBeVisible();
      await expect(page.locator("main")).toHaveCount(1);
      await expect(page.locator("font, mark")).toHaveCount(0);
      await page.goto("/poang?period=week");
      await hydrated(page, { isRebuilt: "either" });
      await page.getByRole("link", { name: "Månad" }).click();
      await expect(page).toHaveURL(/period=m/);
      await page.goto("/lar/saker-e-post/stegen");
      await hydrated(page, { isRebuilt: "either" });
    });
  });
}

test.describe("a page that is changed while the program starts", () => {
  test("lives all the same", async ({ page, signIn }) => {
    await signIn("staff");
    await page.addInitScript(`addEventListener("kvarten:begin", () =>
      Promise.resolve().then(${afterInputs.toString()}), { once: true })`);
    await page.goto("/lar");
    await hydrated(page, { isRebuilt: true });
    await search(page, "journal");
    await expect(page.locator("main")).toHaveCount(1);
    await page.getByRole("link", { name: "Poäng" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Poäng" })).toBeVisible();
    await page.goBack();
    await expect(page.getByRole("searchbox")).toHaveValue("journal");
    await hydrated(page, { isRebuilt: true });
  });

  test("stays as it was sent when the program cannot start", async ({ page, signIn, faults }) => {
    await signIn("staff");
    await page.goto("/lar");
    await hydrated(page);
    await page.addInitScript(() => {
      addEventListener("kvarten:begin", () => {
        for (const name of ["createElement", "createTextNode"] as const) {
          const make = document[name].bind(document) as (what: string) => Node;
          let isOver = false;
          Object.assign(document, {
            [name]: (what: string) => {
              // The note that says so is made when the program has ended.
              isOver ||= document.documentElement.classList.contains("plain");
              if (isOver) return make(what);
              throw new WebAssembly.RuntimeError("unreachable");
            },
          });
        }
        Object.defineProperty(Node.prototype, "firstChild", {
          configurable: true,
          get(this: Node) {
            if (document.documentElement.classList.contains("plain")) return this.childNodes[0] ?? null;
            throw new WebAssembly.RuntimeError("unreachable");
          },
        });
      });
    });
    await page.goto("/lar");
    await expect(page.locator(".note--plain")).toBeVisible();
    await expect(page.locator("body[data-hydrated]")).toHaveCount(0);
    await search(page, "journal");
    await expect(page.locator(".cards")).toBeVisible();
    const others = faults.splice(0).filter((fault) => !/unreachable|RuntimeError/.test(fault));
    expect(others).toEqual([]);
  });
});

test.describe("a sign-in that a password manager changes", () => {
  for (const kind of ["afterInputs", "translate", "first"] as Kind[]) {
    test(`signs in (${kind})`, async ({ page, account, expectFailure }) => {
      expectFailure(/sign_in|logga-in/);
      await changeBefore(page, kind);
      await page.goto("/logga-in");
      const { email, password } = account("staff");
      await page.locator("#name").fill(email);
      await hydrated(page, { isRebuilt: true });
      await expect(page.locator("#name")).toHaveValue(email);
      await page.locator("#password").fill("fel");
      await page.getByRole("button", { name: "Logga in", exact: true }).click();
      await expect(page.locator(".note--wrong")).toBeVisible();
      await page.locator("#password").fill(password);
      await page.getByRole("button", { name: "Logga in", exact: true }).click();
      await page.waitForURL(/\/lar$/);
    });
  }
});

test.describe("a program that ends in a trap", () => {
  for (const way of ["form", "link"]) {
    test(`leaves a page of links and forms (${way})`, async ({ page, signIn, faults }) => {
      await signIn("staff");
      await page.goto("/lar");
      await hydrated(page);
      // The router relies on it.
      await page.evaluate(() => {
        history.pushState = () => {
          throw new Error("no");
        };
      });
      if (way === "link") {
        await page.getByRole("link", { name: "Poäng" }).click();
        await expect(page.getByRole("heading", { level: 1, name: "Poäng" })).toBeVisible();
        await expect(page).toHaveURL(/poang/);
      } else {
        await page.getByRole("searchbox").fill("journal");
        await page.getByRole("searchbox").press("Enter");
        await expect(page).toHaveURL(/sok=journal/);
        await expect(page.getByRole("searchbox")).toHaveValue("journal");
      }
      await expect(page.locator("main")).toHaveCount(1);
      const others = faults.splice(0).filter((fault) => !/unreachable|RuntimeError/.test(fault));
      expect(others).toEqual([]);
    });
  }
});

test("what people write is text, also where the browser draws it", async ({ page }) => {
  const hostile = '</textarea></li></ul><form method=post action=/api/create_system><button>Visa</button></form>"><img src=x>';
  await hire("9731", "Greta Hagman", "Havsblick", "enhetschef", "manager");
  await hire("9732", "Ulla Hagman", "Havsblick", "vardbitrade");
  await enter(page, "9731", "/enhet");
  await page.setViewportSize(sizes.desktop);
  await page.getByRole("searchbox").fill("ulla hagman");
  await page.getByRole("link", { name: "Hagman, Ulla", exact: true }).click();
  await page.getByRole("link", { name: "Hänvisa till en utbildning" }).click();
  await page.getByLabel("Utbildning eller program").selectOption({ index: 1 });
  await page.getByLabel("Några egna ord (valfritt)").fill(hostile);
  await page.getByRole("button", { name: "Skicka", exact: true }).click();
  await expect(page.getByText("Hänvisningen är skickad till 1 person.")).toBeVisible();
  await page.goto("/enhet/hanvisningar");
  for (const isFresh of [false, true]) {
    if (isFresh) await page.reload();
    await hydrated(page);
    await expect(page.locator('form[action="/api/create_system"], main img')).toHaveCount(0);
    await expect(page.locator("main textarea").first()).toHaveValue(hostile);
  }
  await page.getByRole("link", { name: "Min enhet" }).first().click();
  await page.getByRole("grid").waitFor();
  await page.getByRole("link", { name: "Alla hänvisningar" }).click();
  await expect(page.locator("main textarea").first()).toHaveValue(hostile);
  await expect(page.locator('form[action="/api/create_system"], main img')).toHaveCount(0);
});

import type { Page, Route } from "@playwright/test";
import { asked, replyRightly } from "./answers";
import { expect, hydrated, sizes, test } from "./fixtures";
import { plain, touch } from "./hands";
import { command, enter, enterAlive, hire, password } from "./program";

const gateway = (route: Route) =>
  route.fulfill({ status: 502, contentType: "text/html", body: "<html><h1>502 Bad Gateway</h1></html>" });
const portal = (route: Route) =>
  route.fulfill({ status: 200, contentType: "text/html", body: "<html>Godkänn villkoren</html>" });

/** Begins the climb of a lesson whose first question is answered by one tap. */
async function climb(page: Page, lesson = "ta-emot-larm") {
  await page.goto(`/lar/${lesson}/stegen`);
  await hydrated(page);
  await page.getByRole("button", { name: "Börja svara" }).click();
  await page.locator(".ask__q").first().waitFor();
}

const ticks = async (number: string) => {
  const kept = JSON.parse(await command("person", "export", number));
  return JSON.stringify(kept).match(/"ticks":(\s*\d+|\s*"[^"]*"|\s*\[[^\]]*\])/g) ?? [];
};

test.describe("an answer from elsewhere", () => {
  test("to signing in is said, and what was typed stays", async ({ page, expectFailure }) => {
    expectFailure(/api\/sign_in/);
    await hire("8801", "Nora Elm", "Havsblick", "underskoterska");
    await page.goto("/logga-in");
    await hydrated(page);
    await page.route("**/api/sign_in", gateway);
    await page.getByLabel("E-post eller anställningsnummer").fill("8801");
    await page.getByLabel("Lösenord", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Logga in", exact: true }).click();
    const said = page.getByRole("alert").filter({ hasText: "Något gick fel hos oss" });
    await expect(said).toBeFocused();
    await expect(page.getByLabel("E-post eller anställningsnummer")).toHaveValue("8801");
    await expect(page.getByLabel("Lösenord", { exact: true })).toHaveValue(password);
    await page.unroute("**/api/sign_in");
    await said.getByRole("button", { name: "Försök igen" }).click();
    await page.waitForURL(/\/lar$/);
  });

  test("to a reply keeps the reply chosen, and it can be sent again", async ({ page, expectFailure }) => {
    expectFailure(/api\/submit_reply/);
    await hire("8802", "Nils Elm", "Havsblick", "underskoterska");
    await enter(page, "8802");
    await climb(page);
    await page.route("**/api/submit_reply", gateway);
    await replyRightly(page, touch, false);
    await expect(page.getByRole("alert").filter({ hasText: "Något gick fel hos oss" })).toBeVisible();
    await expect(page.getByText("Det gick inte att läsa svaret")).toHaveCount(0);
    const isOneTap = await page.locator("button.answer").count();
    await expect(page.locator(".answer[aria-current=true]")).toHaveCount(isOneTap ? 1 : 0);
    await page.unroute("**/api/submit_reply");
    // The note may have come under the finger, which then waits until it has been seen.
    await page.waitForTimeout(600);
    await page.getByRole("button", { name: "Försök igen" }).click();
    await expect(page.locator(".reply--right")).toBeVisible();
  });

  test("never counts as done", async ({ page, expectFailure }) => {
    expectFailure(/api\/(change_password|join_leaderboard|choose_mail)/);
    await hire("8803", "Noa Elm", "Havsblick", "underskoterska");
    await enterAlive(page, "8803", "/mer");
    await page.route("**/api/change_password", portal);
    await page.getByLabel("Nuvarande lösenord").fill(password);
    await page.getByLabel("Nytt lösenord").fill("te och bulle på altanen");
    await page.getByRole("button", { name: "Byt lösenord" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "Vi når inte Kvarten" })).toBeVisible();
    await expect(page.getByText("Lösenordet är bytt")).toHaveCount(0);
    await expect(page.getByLabel("Nytt lösenord")).toHaveValue("te och bulle på altanen");

    const answers: [string, (route: Route) => Promise<void>][] = [
      ["Vi når inte Kvarten", (route) => route.fulfill({ status: 200, body: "" })],
      ["Vi når inte Kvarten", (route) => route.fulfill({ status: 204 })],
      ["Vi når inte Kvarten", (route) => route.fulfill({ status: 200, contentType: "application/octet-stream", body: "ok" })],
      ["Vi når inte Kvarten", (route) => route.fulfill({ status: 403, contentType: "text/html", body: "Spärrad" })],
      ["Vi når inte Kvarten", (route) => route.fulfill({ status: 200, contentType: "application/json", body: "{}" })],
      ["för mycket på en gång", (route) => route.fulfill({ status: 413, body: "too large" })],
      ["för många försök", (route) => route.fulfill({ status: 429, body: "slow down" })],
      ["Något gick fel hos oss", (route) => route.fulfill({ status: 503, body: "" })],
      ["Något gick fel hos oss", (route) => route.fulfill({ status: 500, contentType: "text/plain", body: "Something went wrong." })],
    ];
    await page.goto("/poang");
    await hydrated(page);
    const name = page.getByLabel("Namn att visa");
    await name.fill("Eko");
    for (const [words, answer] of answers) {
      await page.route("**/api/join_leaderboard", answer);
      await page.getByRole("button", { name: "Var med", exact: false }).click();
      await expect(page.getByRole("alert").filter({ hasText: words })).toBeVisible();
      await expect(name).toHaveValue("Eko");
      await page.unroute("**/api/join_leaderboard");
    }
  });
});

test.describe("without contact", () => {
  test("ticks wait, are said to be unsent, and are sent once there is contact", async ({ page, expectFailure }) => {
    expectFailure(/api\/(tick|open_step)/);
    await hire("8811", "Olle Elm", "Havsblick", "underskoterska");
    await enter(page, "8811");
    await page.goto("/lar/ta-emot-larm/6");
    await hydrated(page);
    const boxes = page.locator(".tasks input");
    const first = page.waitForResponse(/api\/tick/);
    await boxes.nth(0).check();
    await first;
    await page.context().setOffline(true);
    await boxes.nth(1).check();
    await boxes.nth(2).check();
    await expect(page.getByText("2 saker är inte skickade än.")).toBeVisible();
    await page.context().setOffline(false);
    await expect(page.getByText("Listan sparas.")).toBeVisible();
    await page.reload();
    for (const at of [0, 1, 2]) await expect(boxes.nth(at)).toBeChecked();
  });

  test("a reply waits, and is sent once there is contact, once", async ({ page, expectFailure }) => {
    expectFailure(/api\/submit_reply/);
    await hire("8812", "Olga Elm", "Havsblick", "underskoterska");
    await enter(page, "8812");
    await climb(page);
    let sent = 0;
    page.on("response", (response) => void (sent += Number(/submit_reply/.test(response.url()))));
    await page.context().setOffline(true);
    await replyRightly(page, touch, false);
    await expect(page.getByRole("alert").filter({ hasText: "Inte skickat än" })).toBeVisible();
    await page.context().setOffline(false);
    await expect(page.locator(".reply--right")).toBeVisible();
    expect(sent).toBe(1);
  });
});

test.describe("two people in one browser", () => {
  test("are told apart: nothing is done in another's name", async ({ page, context, expectFailure }) => {
    expectFailure(/api\/(join_leaderboard|submit_reply|sign_out)/);
    await hire("8821", "Anna Elm", "Havsblick", "underskoterska");
    await hire("8822", "Bo Elm", "Havsblick", "underskoterska");
    await enter(page, "8821");
    await climb(page);
    const board = await context.newPage();
    await board.goto("/poang");
    await hydrated(board);
    const other = await context.newPage();
    await enter(other, "8822");
    await expect(board.getByText("Någon annan är inloggad här nu").first()).toBeVisible();

    await board.getByLabel("Namn att visa").fill("Annas namn");
    await board.getByRole("button", { name: "Var med", exact: false }).click();
    await expect(board.locator("form").getByText("Någon annan är inloggad här nu")).toBeVisible();
    await replyRightly(page, touch, false);
    await expect(page.locator("form").getByText("Någon annan är inloggad här nu")).toBeVisible();
    await expect(page.getByText("Sidan finns inte")).toHaveCount(0);
    expect(await command("person", "export", "8822")).not.toContain("Annas namn");
    expect(await command("person", "export", "8821")).not.toContain("Annas namn");
  });

  test("do not get each other's ticks by going back", async ({ page }) => {
    await hire("8823", "Ada Elm", "Havsblick", "underskoterska");
    await hire("8824", "Bea Elm", "Havsblick", "underskoterska");
    await enter(page, "8823");
    await page.goto("/lar/ta-emot-larm/6");
    await hydrated(page);
    for (const at of [0, 1, 2]) {
      const kept = page.waitForResponse(/api\/tick/);
      await page.locator(".tasks input").nth(at).check();
      await kept;
    }
    await page.goto("/mer");
    await hydrated(page);
    await page.getByRole("button", { name: "Logga ut", exact: true }).click();
    await page.waitForURL(/\/logga-in/);
    await enter(page, "8824");
    for (let back = 0; back < 8 && !page.url().endsWith("/lar/ta-emot-larm/6"); back += 1) await page.goBack();
    await expect(page).toHaveURL(/\/lar\/ta-emot-larm\/6$/);
    await hydrated(page);
    await page.waitForTimeout(1_000);
    await expect(page.locator(".tasks input:checked")).toHaveCount(0);
    expect((await ticks("8824")).filter((kept) => /[1-9]/.test(kept))).toEqual([]);
  });

  test("in two tabs: a sign-out is followed at once", async ({ page, context }) => {
    await hire("8825", "Ebbe Elm", "Havsblick", "underskoterska");
    await enterAlive(page, "8825");
    const other = await context.newPage();
    await other.goto("/mer");
    await hydrated(other);
    await other.getByRole("button", { name: "Logga ut", exact: true }).click();
    await expect(page).toHaveURL(/\/logga-in\?ut=1/);
  });
});

test.describe("a double tap", () => {
  for (const viewport of [{ width: 360, height: 640 }, sizes.tablet]) {
    test.describe(`${viewport.width} pixels wide`, () => {
      test.use({ viewport, hasTouch: true });

      test("on the way to the next question answers nothing", async ({ page }) => {
        test.setTimeout(120_000);
        const number = `883${viewport.width % 10}${viewport.width > 500 ? 1 : 2}`;
        await hire(number, "Tapp Elm", "Havsblick", "underskoterska");
        await enter(page, number);
        await climb(page);
        let replies = 0;
        page.on("request", (request) => void (replies += Number(/submit_reply/.test(request.url()))));
        for (let round = 1; round <= 10; round += 1) {
          await replyRightly(page, touch);
          const next = page.locator(".actions a.btn--big");
          const box = await next.boundingBox();
          if (!box) throw new Error("no way on");
          const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
          await page.touchscreen.tap(x, y);
          await page.waitForTimeout(130);
          await page.touchscreen.tap(x, y);
          await page.locator(".ask__q, .climbed--top").first().waitFor();
          await page.waitForTimeout(600);
          expect(replies, `after ${round} replies`).toBe(round);
          if (await page.getByRole("heading", { name: "Du är högst upp" }).isVisible()) break;
        }
      });
    });
  }
});

test.describe("a form that is refused", () => {
  test("comes back whole without JavaScript", async ({ noScript: page, expectFailure }) => {
    expectFailure(/enhet\/hanvisa/);
    await hire("8841", "Chefa Elm", "Havsblick", "enhetschef", "manager");
    await enter(page, "8841", "/enhet/hanvisa");
    const boxes = page.locator(".refer__list input");
    await expect(boxes.first()).toBeVisible();
    const all = await boxes.count();
    await boxes.nth(1).uncheck();
    await page.getByLabel("Utbildning eller program").selectOption({ index: 2 });
    const chosen = await page.getByLabel("Utbildning eller program").inputValue();
    await page.getByLabel("Några egna ord (valfritt)").fill("</textarea><b>Hej & välkommen</b>");
    await page.getByLabel(/Gärna senast/).fill("2020-01-15");
    await page.getByRole("button", { name: "Skicka", exact: true }).click();
    await expect(page.getByText("Den dagen har redan varit.")).toBeVisible();
    await expect(page.getByLabel("Några egna ord (valfritt)")).toHaveValue("</textarea><b>Hej & välkommen</b>");
    await expect(page.getByLabel("Utbildning eller program")).toHaveValue(chosen);
    await expect(page.getByLabel(/Gärna senast/)).toHaveValue("2020-01-15");
    await expect(page.getByLabel(/Gärna senast/)).toBeFocused();
    await expect(page.locator(".refer__list input:checked")).toHaveCount(all - 1);
    await expect(boxes.nth(1)).not.toBeChecked();
  });

  test("says without JavaScript that the session had ended", async ({ noScript: page }) => {
    await hire("8842", "Doris Elm", "Havsblick", "underskoterska");
    await enter(page, "8842");
    await page.goto("/lar/ta-emot-larm/stegen");
    await page.getByRole("button", { name: "Börja svara" }).click();
    await asked(page);
    await page.context().clearCookies();
    await replyRightly(page, plain, false);
    await expect(page).toHaveURL(/\/logga-in/);
    await expect(page.getByText("Svaret kom inte med.")).toBeVisible();
  });

  test("takes the focus to the first field at fault", async ({ page, expectFailure }) => {
    expectFailure(/api\/refer/);
    await hire("8843", "Eivor Elm", "Havsblick", "enhetschef", "manager");
    await enterAlive(page, "8843", "/enhet/hanvisa");
    const boxes = page.locator(".refer__list input:checked");
    while ((await boxes.count()) > 0) await boxes.first().uncheck();
    await page.getByRole("button", { name: "Skicka", exact: true }).click();
    const said = page.getByText("Välj minst en person.");
    await expect(said).toBeInViewport();
    await expect(page.locator(".refer__list input").first()).toBeFocused();
  });
});

import { asked, lessons as all, replyRightly, replyWrongly } from "./answers";
import {
  expect,
  expectAccessible,
  expectAccessibleInFull,
  expectNoSidewaysScroll,
  hydrated,
  seen,
  tall,
  test,
} from "./fixtures";
import { touch } from "./hands";

const lessons = ["saker-e-post", "rapportera-avvikelse", "digitala-kalendern", "skriv-i-journalen"];

test.describe("a learner", () => {
  test("goes on where she stopped, in one tap", async ({ page, signIn }) => {
    await signIn("staff");
    await hydrated(page);
    await expect(page.getByRole("heading", { name: "Ta en kvart" })).toBeVisible();
    await page.getByRole("link", { name: "Fortsätt" }).click();
    // Alma stands in the middle of her seven steps: three are seen.
    await expect(page).toHaveURL(/\/lar\/saker-e-post\/4$/);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  });

  test("takes a lesson from the first step to the top of its ladder", async ({ page, signIn, device }) => {
    test.setTimeout(180_000);
    await signIn("manager");
    await hydrated(page);
    await page.goto("/lar/saker-e-post");
    await hydrated(page);
    await expect(page.getByText("Rutin för e-post", { exact: false }).first()).toBeVisible();
    await page.goto("/lar/saker-e-post/1");
    await hydrated(page);
    for (let step = 1; step <= 7; step += 1) {
      await expect(page).toHaveURL(new RegExp(`/lar/saker-e-post/${step}$`));
      await expect(page.locator("summary").getByText(`Steg ${step} av`)).toBeVisible();
      await expectNoSidewaysScroll(page);
      const boxes = page.locator(".tasks input");
      if ((await boxes.count()) > 0) await boxes.first().check();
      await seen(page);
      await page.locator(".actions button").click();
    }
    await expect(page).toHaveURL(/\/stegen$/);
    await page.getByRole("button", { name: /Börja svara|Repetera frågorna/ }).click();
    await expect(page.locator(".ask__q").first()).toBeVisible();

    // The same attempt looks the same on another device.
    const prompt = (await asked(page)).prompt;
    const tablet = await device();
    await tablet.goto("/logga-in");
    await tablet.getByLabel("E-post eller anställningsnummer").fill("10003");
    await tablet.getByLabel("Lösenord", { exact: true }).fill("en kvart om dagen");
    await tablet.getByRole("button", { name: "Logga in", exact: true }).click();
    await tablet.waitForURL(/\/lar$/);
    await tablet.goto("/lar/saker-e-post/stegen");
    expect((await asked(tablet)).prompt).toBe(prompt);

    let missed = false;
    for (let replies = 0; replies < 40; replies += 1) {
      const isTop = await page.getByRole("heading", { level: 1, name: "Du är högst upp" }).isVisible();
      if (isTop) break;
      if (!missed) {
        missed = await replyWrongly(page);
        if (missed) await expectAccessibleInFull(page);
        if (!missed) await replyRightly(page, touch);
      } else {
        await replyRightly(page, touch);
      }
      await seen(page);
      await page.locator(".actions a.btn--big").click();
      await expect(page.locator(".reply--right, .reply--wrong")).toBeHidden();
      await page.locator(".ask__q, .climbed--top").first().waitFor();
    }
    await expect(page.getByRole("heading", { level: 1, name: "Du är högst upp" })).toBeVisible();
    await expect(page.getByRole("heading", { name: /Outlook, nivå 1/ })).toBeVisible();
    await page.setViewportSize(tall);
    await expectAccessible(page);
  });

  test("watches a film with captions, by its transcript, and goes on where she stopped", async ({
    page,
    signIn,
  }) => {
    await signIn("champion");
    await page.goto("/lar/saker-e-post/2");
    await hydrated(page);
    const film = page.locator("video");
    const seen = <T>(read: (video: HTMLVideoElement) => T) => film.evaluate(read);
    await expect.poll(() => seen((video) => video.textTracks[0]?.mode)).toBe("showing");
    await expect(film).toHaveAttribute("poster", /\/media\//);
    await page.getByRole("button", { name: "1,25" }).click();
    expect(await seen((video) => video.playbackRate)).toBe(1.25);

    const cue = page.locator(".cue").nth(4);
    await cue.click();
    await expect(cue).toHaveAttribute("aria-current", "true");
    const place = await seen((video) => video.currentTime);
    expect(place).toBeGreaterThan(5);
    await expect.poll(() => seen((video) => !video.paused && video.currentTime)).toBeGreaterThan(place);
    const kept = page.waitForResponse(/api\/watch/);
    await seen((video) => video.pause());
    await kept;

    await page.reload();
    await hydrated(page);
    await expect.poll(() => seen((video) => video.currentTime)).toBeGreaterThan(place - 1);
    const again = page.waitForResponse(/api\/watch/);
    await seen((video) => video.play());
    await seen((video) => video.pause());
    expect((await again).request().postData()).not.toContain("seconds=0");
  });

  test("finds a lesson by the words she types, and the address keeps them", async ({ page, signIn }) => {
    await signIn("staff");
    await hydrated(page);
    await page.getByLabel("Sök utbildning").fill("avikelser");
    await page.getByLabel("Sök utbildning").press("Enter");
    await expect(page).toHaveURL(/sok=avikelser/);
    await expect(page.locator(".cards .card").first()).toContainText("avvikelse");
    await page.reload();
    await expect(page.getByLabel("Sök utbildning")).toHaveValue("avikelser");
    await page.goto("/lar?sok=zzzzqqqq");
    await expect(page.getByText("Ingen träff på ”zzzzqqqq”")).toBeVisible();
    await page.getByRole("link", { name: "Rensa sökningen" }).click();
    await expect(page.locator(".cards .card")).toHaveCount(all.length);
  });

  test("joins the leaderboard under a name and leaves it", async ({ page, signIn }) => {
    await signIn("champion");
    await page.goto("/poang");
    await hydrated(page);
    const leave = page.getByRole("button", { name: "Lämna listan" });
    if (await leave.isVisible()) await leave.click();
    await page.getByLabel("Namn att visa").fill("Vintergröna");
    await page.getByRole("button", { name: "Var med" }).click();
    await expect(page.getByText("Vintergröna")).toBeVisible();
    await leave.click();
    await expect(page.getByText("Vintergröna")).toBeHidden();
  });

  test("chooses another language, and it is remembered", async ({ page, signIn }) => {
    await signIn("champion");
    await page.goto("/mer");
    await page.getByRole("button", { name: "English" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "More" })).toBeVisible();
    await page.goto("/lar");
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
    await page.goto("/mer");
    await page.getByRole("button", { name: "Svenska" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Mer" })).toBeVisible();
  });

  test("is told when a reply comes after the end of her session, and comes back to it", async ({
    page,
    signIn,
    expectFailure,
  }) => {
    expectFailure(/\/api\/submit_reply/);
    const { email, password } = await signIn("administrator");
    await page.goto("/lar/rapportera-avvikelse/stegen");
    await hydrated(page);
    const start = page.getByRole("button", { name: /Börja svara|Repetera frågorna/ });
    if (await start.isVisible()) await start.click();
    const { prompt } = await asked(page);
    await page.context().clearCookies();
    await replyRightly(page, touch, false);
    await expect(page.getByRole("alert")).toContainText("hann inte sparas");
    await expectAccessibleInFull(page);
    await page.getByRole("alert").getByRole("link", { name: "Logga in" }).click();
    await page.getByLabel("E-post eller anställningsnummer").fill(email);
    await page.getByLabel("Lösenord", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Logga in", exact: true }).click();
    await expect(page).toHaveURL(/rapportera-avvikelse\/stegen$/);
    expect((await asked(page)).prompt).toBe(prompt);
  });

  test("signs out", async ({ page, signIn }) => {
    await signIn("staff");
    await page.goto("/mer");
    await page.getByRole("button", { name: "Logga ut", exact: true }).click();
    await expect(page.getByText("Du är utloggad")).toBeVisible();
    await page.goto("/lar");
    await expect(page).toHaveURL(/\/logga-in/);
  });

  const screens = [
    "/lar",
    "/kunskaper",
    "/kunskaper?da=2026-03-01",
    "/kunskaper/journalen",
    "/kunskaper/signering/skatta",
    "/kunskaper/insyn",
    "/poang",
    "/mer",
    "/mina-uppgifter",
    "/fil?till=/mina-uppgifter.json",
    "/tillganglighet",
    ...lessons.flatMap((slug) => [`/lar/${slug}`, `/lar/${slug}/1`, `/lar/${slug}/2`, `/lar/${slug}/3`]),
    "/lar/saker-e-post/stegen",
  ];
  test("finds every screen accessible, in light and dark, and no wider than the phone", async ({
    page,
    signIn,
  }) => {
    test.setTimeout(240_000);
    await signIn("staff");
    for (const address of screens) {
      await page.goto(address);
      await hydrated(page);
      await expectAccessibleInFull(page);
      await page.setViewportSize({ width: 320, height: 640 });
      await expectNoSidewaysScroll(page);
    }
  });

  test("is told when there is no such page", async ({ page, signIn, expectFailure }) => {
    expectFailure(/finns-inte/);
    await signIn("staff");
    const response = await page.goto("/lar/finns-inte");
    expect(response?.status()).toBe(404);
    await expect(page.getByRole("heading", { level: 1, name: "Sidan finns inte" })).toBeVisible();
  });
});

import { expect, expectAccessibleInFull, expectNoSidewaysScroll, hydrated, sizes, test } from "./fixtures";
import { enter, enterAlive, hire } from "./program";

test.describe("a program", () => {
  test("is made by an administrator, pointed to by a manager and met first in Lär", async ({
    page,
    signIn,
    device,
    expectFailure,
  }) => {
    test.setTimeout(120_000);
    expectFailure(/\/(api\/set_program|karta\/program)$/);
    await page.setViewportSize(sizes.desktop);
    await hire("9701", "Vilma Norén", "Havsblick", "boendestodjare");
    await hire("9702", "Sigge Norén", "Havsblick", "enhetschef", "manager");

    // With the keyboard alone.
    await signIn("administrator");
    await page.goto("/karta/program");
    await hydrated(page);
    const name = page.getByLabel("Namn", { exact: true });
    await name.focus();
    await page.keyboard.press("Enter");
    await expect(page.getByText("Skriv något här.").first()).toBeVisible();
    await name.fill("Trygg på natten");
    await page.getByLabel("Vad det är till för").fill("Det du behöver när du arbetar natt.");
    await page.getByLabel("Yrkesgrupp").selectOption({ label: "boendestödjare" });
    await page.getByLabel("Utbildning 1", { exact: true }).selectOption({ label: "Trygghetslarm, nivå 1: Trygghetslarm: ta emot, kvittera och provlarma" });
    await page.getByLabel("Utbildning 3", { exact: true }).selectOption({ index: 1 });
    await name.focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1, name: "Trygg på natten" })).toBeVisible();
    await expect(page).toHaveURL(/\/karta\/program\/trygg-pa-natten$/);
    await hydrated(page);
    await page.getByLabel("Utbildning 3", { exact: true }).selectOption({ index: 2 });
    await page.getByRole("button", { name: "Spara", exact: true }).click();
    await expect(page.getByRole("status").filter({ hasText: "Sparat" })).toBeVisible();
    await expect(page.getByLabel("Utbildning 3", { exact: true })).not.toHaveValue("");

    // Whoever it is for meets it; the manager points to it all the same.
    const boss = await device();
    await enterAlive(boss, "9702", "/enhet");
    await boss.getByRole("grid").waitFor();
    await boss.getByRole("searchbox").fill("vilma norén");
    await boss.getByRole("link", { name: "Norén, Vilma", exact: true }).click();
    await boss.getByRole("link", { name: "Hänvisa till en utbildning" }).click();
    await hydrated(boss);
    await boss.getByLabel("Utbildning eller program").selectOption({ label: "Trygg på natten" });
    await boss.getByLabel("Några egna ord (valfritt)").fill("Ta det i din takt.");
    await boss.getByRole("button", { name: "Skicka", exact: true }).click();
    await expect(boss.getByText("Hänvisningen är skickad till 1 person.")).toBeVisible();

    const vilma = await device();
    await enterAlive(vilma, "9701");
    const pointed = vilma.getByRole("region", { name: "Från din chef" });
    await expect(pointed).toContainText("Ta det i din takt.");
    await pointed.getByRole("link", { name: "Trygg på natten" }).click();
    await expect(vilma.getByRole("heading", { level: 1, name: "Trygg på natten" })).toBeVisible();
    await expect(vilma.getByText("0 av 3 klara").first()).toBeVisible();
    await vilma.getByRole("link", { name: /^Börja med: Trygghetslarm: ta emot/ }).click();
    await expect(vilma).toHaveURL(/\/lar\/ta-emot-larm$/);

    // Ended, it is gone from Lär.
    await page.getByLabel("Avsluta programmet").check();
    await page.getByRole("button", { name: "Spara", exact: true }).click();
    await expect(page.getByText("Programmet är avslutat och visas inte längre")).toBeVisible();
    await vilma.goto("/lar");
    await expect(vilma.getByRole("region", { name: "Ditt program" })).toHaveCount(0);
  });

  test("of one's profession is on Lär, also without JavaScript", async ({ noScript: page }) => {
    await hire("9703", "Tova Norén", "Havsblick", "underskoterska");
    await enter(page, "9703");
    const mine = page.getByRole("region", { name: "Ditt program" });
    await expect(mine).toContainText("0 av 5 klara · Nästa: ");
    await mine.getByRole("link", { name: "Ny som undersköterska" }).click();
    await expect(page.getByRole("list").locator("li.rows__item")).toHaveCount(5);
  });
});

test.describe("a standing referral", () => {
  test("is made by a manager and reaches whoever joins", async ({ page, device, expectFailure }) => {
    expectFailure(/\/(api\/make_standing|enhet\/staende)$/);
    await page.setViewportSize(sizes.desktop);
    await hire("9711", "Doris Vallin", "Havsblick", "enhetschef", "manager");
    await enterAlive(page, "9711", "/enhet");
    await page.getByRole("link", { name: "Alla hänvisningar" }).click();
    await page.getByRole("link", { name: "Hänvisa nya medarbetare" }).click();
    await expect(page.getByText("Ingenting skickas än.")).toBeVisible();
    await hydrated(page);
    const add = page.getByRole("button", { name: "Lägg till", exact: true });
    await page.getByLabel("Önskat antal dagar (valfritt)").fill("tre");
    await add.click();
    await expect(page.locator("#n-days")).toHaveValue("tre");
    await expect(page.getByText("1–365, räknat från första dagen.")).toHaveCount(2);
    await page.getByLabel("Önskat antal dagar (valfritt)").fill("30");
    await page.getByLabel("Yrkesgrupp", { exact: true }).selectOption({ label: "stödassistent" });
    await page.getByLabel("Utbildning eller program").selectOption({ label: "Mobilen och surfplattan, nivå 1: Jobbmobilen: lås, ring, fota rätt och kom ut på nätet" });
    await page.getByLabel("Några egna ord (valfritt)").fill("Välkommen till oss!");
    await add.click();
    await expect(page.getByRole("status").filter({ hasText: "Sparat." })).toBeVisible();
    await expect(page.getByRole("listitem").filter({ hasText: "Havsblick, stödassistent" })).toBeVisible();

    await hire("9712", "Ivar Vallin", "Havsblick", "stodassistent");
    await hire("9713", "Elsa Vallin", "Havsblick", "vardbitrade");
    const ivar = await device();
    await enterAlive(ivar, "9712");
    const pointed = ivar.getByRole("region", { name: "Från din chef" });
    await expect(pointed).toContainText("Välkommen till oss!");
    await expect(pointed).toContainText("Från Doris Vallin");
    const elsa = await device();
    await enterAlive(elsa, "9713");
    await expect(elsa.getByRole("region", { name: "Från din chef" })).toHaveCount(0);

    await page.reload();
    await expect(page.getByText("Antal skickade: 1")).toBeVisible();
    await hydrated(page);
    await page.getByRole("button", { name: /^Sluta skicka/ }).click();
    await expect(page.getByText("Hänvisningen skickas inte längre.")).toBeVisible();
    await expect(page.getByText("Ingenting skickas än.")).toBeVisible();
  });
});

test.describe("mail", () => {
  test("is stopped and begun again in Mer, and stays so", async ({ page, noScript, signIn, account }) => {
    await signIn("champion");
    await page.goto("/mer");
    await hydrated(page);
    const mail = page.getByRole("region", { name: "Mejl från Kvarten" });
    await expect(mail).toContainText(account("champion").email);
    await mail.getByRole("button", { name: "Stäng av mejlen" }).click();
    await expect(mail).toContainText("Du får inga mejl.");
    await page.reload();
    await expect(mail).toContainText("Du får inga mejl.");

    const { email, password } = account("champion");
    await noScript.goto("/logga-in?till=/mer");
    await noScript.getByLabel("E-post eller anställningsnummer").fill(email);
    await noScript.getByLabel("Lösenord", { exact: true }).fill(password);
    await noScript.getByRole("button", { name: "Logga in", exact: true }).click();
    await noScript.getByRole("button", { name: "Slå på mejlen igen" }).click();
    await expect(noScript.getByRole("button", { name: "Stäng av mejlen" })).toBeVisible();
  });
});

test("every screen of programs, standing referrals and mail is accessible, and no wider than a phone", async ({
  page,
  device,
  signIn,
  expectFailure,
}) => {
  test.setTimeout(180_000);
  // Nobody was sent this word.
  expectFailure(/mejl\/0a1b/);
  await hire("9721", "Ture Lindh", "Havsblick", "enhetschef", "manager");
  const boss = await device();
  await enterAlive(boss, "9721");
  await signIn("administrator");
  const walks: [typeof page, string[]][] = [
    [page, ["/karta/program", "/karta/program/ny-chef", "/program/ny-chef", "/mejl/0a1b", "/mer"]],
    [boss, ["/enhet/staende", "/lar"]],
  ];
  for (const [walker, addresses] of walks) {
    for (const address of addresses) {
      await walker.goto(address);
      await hydrated(walker);
      await walker.waitForLoadState("networkidle");
      await expectAccessibleInFull(walker);
      await walker.setViewportSize(sizes.desktop);
      await expectAccessibleInFull(walker);
      await walker.setViewportSize({ width: 320, height: 640 });
      await expectNoSidewaysScroll(walker);
    }
  }
});

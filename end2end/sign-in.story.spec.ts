import { expect, expectAccessible, expectNoSidewaysScroll, hydrated, tall, test } from "./fixtures";

test.describe("signing in", () => {
  test("someone who is not signed in is asked to, and comes to Lär", async ({ page, account }) => {
    const alma = account("staff");
    await page.goto("/lar");
    await expect(page).toHaveURL(/\/logga-in/);
    await expect(page.getByRole("heading", { level: 1, name: "Logga in" })).toBeVisible();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);

    await page.getByLabel("E-post eller anställningsnummer").fill(alma.employee_number);
    await page.getByLabel("Lösenord", { exact: true }).fill(alma.password);
    await page.getByRole("button", { name: "Logga in", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Lär" })).toBeVisible();
    await expect(page).toHaveURL(/\/lar$/);
    await page.setViewportSize(tall);
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
  });

  test("with the keyboard alone", async ({ page, account }) => {
    const alma = account("staff");
    await page.goto("/logga-in");
    await page.getByLabel("E-post eller anställningsnummer").focus();
    await page.keyboard.type(alma.email);
    await page.getByLabel("Lösenord", { exact: true }).focus();
    await page.keyboard.type(alma.password);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/lar$/);
  });

  test("with JavaScript off, at the second try", async ({ noScript: page, account }) => {
    const alma = account("staff");
    await page.goto("/logga-in");
    await page.getByLabel("E-post eller anställningsnummer").fill(alma.email);
    await page.getByLabel("Lösenord", { exact: true }).fill("inte rätt");
    await page.getByRole("button", { name: "Logga in", exact: true }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await expect(page.getByLabel("E-post eller anställningsnummer")).toHaveValue(alma.email);
    await page.getByLabel("Lösenord", { exact: true }).fill(alma.password);
    await page.getByRole("button", { name: "Logga in", exact: true }).click();
    await expect(page).toHaveURL(/\/lar$/);
  });

  test("a wrong password is said, and nothing typed is lost", async ({ page, account, expectFailure }) => {
    // The refusal is an honest 401 or 422, which Chromium writes to the console.
    expectFailure(/\/(logga-in|api\/)/);
    const alma = account("staff");
    await page.goto("/logga-in");
    await hydrated(page);
    await page.getByLabel("E-post eller anställningsnummer").fill(alma.email);
    await page.getByLabel("Lösenord", { exact: true }).fill("inte rätt");
    await page.getByRole("button", { name: "Logga in", exact: true }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await expect(page).toHaveURL(/\/logga-in/);
    await expect(page.getByLabel("E-post eller anställningsnummer")).toHaveValue(alma.email);
    await expectAccessible(page);

    await page.getByLabel("Lösenord", { exact: true }).fill(alma.password);
    await page.getByRole("button", { name: "Logga in", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Lär" })).toBeVisible();
  });
});

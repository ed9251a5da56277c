import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { parse } from "smol-toml";
import { expect } from "./fixtures";

interface Option {
  text: string;
  right?: boolean;
}

interface Question {
  kind: "single" | "multiple" | "true_false" | "order" | "match" | "word" | "point";
  prompt: string;
  options?: Option[];
  is_true?: boolean;
  items?: string[];
  pairs?: { left: string; right: string }[];
  before?: string;
  accepted?: string[];
  areas?: { label: string; x: number; y: number; w: number; h: number; right?: boolean }[];
}

/** The demo's own lessons hold the key. */
function key(): Question[] {
  const folder = join(import.meta.dirname, "..", "server", "demo", "lessons");
  const questions: Question[] = [];
  for (const lesson of readdirSync(folder)) {
    const draft = parse(readFileSync(join(folder, lesson, "lesson.toml"), "utf8")) as unknown as {
      rung: { question: Question[] }[];
    };
    for (const rung of draft.rung) questions.push(...rung.question);
  }
  return questions;
}

const questions = key();

/** The question on the screen. */
export async function asked(page: Page): Promise<Question> {
  const prompt = ((await page.locator(".ask__q").first().textContent()) ?? "").trim();
  const sentence = (await page.locator(".blank").textContent({ timeout: 100 }).catch(() => null)) ?? "";
  const question = questions.find(
    ({ prompt: known, before }) => known === prompt && sentence.includes((before ?? "").trim()),
  );
  if (!question) throw new Error(`no such question: ${prompt}`);
  return question;
}

const send = (page: Page) => page.getByRole("button", { name: "Svara", exact: true }).click();

/** Replies to the question on the screen, rightly, and waits for the verdict. */
export async function replyRightly(page: Page, options: { live: boolean }) {
  const question = await asked(page);
  const right = (question.options ?? []).filter((option) => option.right).map((option) => option.text);
  switch (question.kind) {
    case "single":
      await page.locator(".answers").getByRole("button", { name: right[0], exact: true }).click();
      break;
    case "true_false":
      await page.getByRole("button", { name: question.is_true ? "Sant" : "Falskt", exact: true }).click();
      break;
    case "multiple":
      for (const text of right) await page.getByLabel(text, { exact: true }).check();
      await send(page);
      break;
    case "match":
      for (const pair of question.pairs ?? []) {
        await page.getByLabel(pair.left, { exact: true }).selectOption({ label: pair.right });
      }
      await send(page);
      break;
    case "word":
      await page.getByLabel("Ordet som saknas").fill(question.accepted?.[0] ?? "");
      await send(page);
      break;
    case "order":
      await putInOrder(page, question.items ?? [], options.live);
      await send(page);
      break;
    case "point":
      await page.getByText("Välj i lista i stället").click();
      await page.getByLabel(question.areas?.find((area) => area.right)?.label ?? "", { exact: true }).check();
      await send(page);
      break;
  }
  await expect(page.locator(".reply--right")).toBeVisible();
}

/** By the arrows where the page is alive, else by the numbers. */
async function putInOrder(page: Page, items: string[], live: boolean) {
  if (!live) {
    for (const [at, item] of items.entries()) {
      await page.getByLabel(`Plats för: ${item}`, { exact: true }).selectOption(String(at + 1));
    }
    return;
  }
  for (const [at, item] of items.entries()) {
    const line = page.locator(".order__item").filter({ hasText: item });
    for (let tries = 0; tries < items.length; tries += 1) {
      const place = Number.parseInt((await line.locator(".order__no").textContent()) ?? "", 10);
      if (place === at + 1) break;
      await page.getByRole("button", { name: `Flytta upp: ${item}`, exact: true }).press("Enter");
    }
  }
}

/** A reply that is surely wrong, where the question is one of choice; else none, and `false`. */
export async function replyWrongly(page: Page): Promise<boolean> {
  const question = await asked(page);
  const wrong = (question.options ?? []).find((option) => !option.right)?.text;
  if (question.kind === "single" && wrong) {
    await page.locator(".answers").getByRole("button", { name: wrong, exact: true }).click();
  } else if (question.kind === "true_false") {
    await page.getByRole("button", { name: question.is_true ? "Falskt" : "Sant", exact: true }).click();
  } else if (question.kind === "multiple" && wrong) {
    await page.getByLabel(wrong, { exact: true }).check();
    await send(page);
  } else {
    return false;
  }
  await expect(page.locator(".reply--wrong")).toBeVisible();
  return true;
}

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { parse } from "smol-toml";
import { expect } from "./fixtures";
import { button, type Hand } from "./hands";

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

interface Lesson {
  slug: string;
  title: string;
  rung: { draw: number; question: Question[] }[];
}

const folder = join(import.meta.dirname, "..", "server", "demo", "lessons");

/** The demo's own lessons, which hold the key. */
export const lessons = readdirSync(folder).map(
  (lesson) => parse(readFileSync(join(folder, lesson, "lesson.toml"), "utf8")) as unknown as Lesson,
);

const questions = lessons.flatMap((lesson) => lesson.rung.flatMap((rung) => rung.question));

/** The question on the screen. */
export async function asked(page: Page): Promise<Question> {
  const prompt = ((await page.locator(".ask__q").first().textContent()) ?? "").trim();
  const [sentence = ""] = await page.locator(".blank").allTextContents();
  const question = questions.find(
    ({ prompt: known, before }) => known === prompt && sentence.includes((before ?? "").trim()),
  );
  if (!question) throw new Error(`no such question: ${prompt}`);
  return question;
}

/** Replies to the question on the screen, rightly, and waits for the verdict where one is due. */
export async function replyRightly(page: Page, hand: Hand, isVerdictDue = true) {
  const question = await asked(page);
  const right = (question.options ?? []).filter((option) => option.right).map((option) => option.text);
  const send = () => hand.press(button(page, "Svara"));
  switch (question.kind) {
    case "single":
      await hand.press(page.locator(".answers").getByRole("button", { name: right[0], exact: true }));
      break;
    case "true_false":
      await hand.press(button(page, question.is_true ? "Sant" : "Falskt"));
      break;
    case "multiple":
      // In the order of the page, so that the Tab key need not go round it.
      for (const box of await page.locator(".answers label").all()) {
        const text = ((await box.textContent()) ?? "").trim();
        if (right.includes(text)) await hand.tick(box.locator("input"));
      }
      await send();
      break;
    case "match":
      for (const line of await page.locator(".match__pair").all()) {
        const left = ((await line.locator("label").textContent()) ?? "").trim();
        // Two questions may ask the same of other pairs.
        const alike = questions.filter(({ prompt }) => prompt === question.prompt);
        const pair = alike.flatMap(({ pairs }) => pairs ?? []).find((pair) => pair.left === left);
        await hand.choose(line.locator("select"), pair?.right ?? "");
      }
      await send();
      break;
    case "word":
      await hand.write(page.getByLabel("Ordet som saknas"), question.accepted?.[0] ?? "");
      await send();
      break;
    case "order":
      await putInOrder(page, question.items ?? [], hand);
      await send();
      break;
    case "point":
      await pointAt(page, question, hand);
      await send();
      break;
  }
  if (!isVerdictDue) return;
  await expect(page.locator(".reply--right")).toBeVisible();
  const said = { true_false: question.is_true ? "Sant" : "Falskt", single: right[0], multiple: right[0] };
  const shown = said[question.kind as keyof typeof said];
  if (shown) await expect(page.locator(".answer--shown")).toContainText(shown);
}

/** In the picture where the hand can point, else by the list. */
async function pointAt(page: Page, question: Question, hand: Hand) {
  const area = question.areas?.find((area) => area.right);
  if (!area) throw new Error(`nothing is right in ${question.prompt}`);
  if (await hand.point(page.locator(".spot"), area.x + area.w / 2, area.y + area.h / 2)) return;
  await hand.press(page.getByText("Välj i lista i stället"));
  await hand.tick(page.getByLabel(area.label, { exact: true }));
}

/** By the arrows where the page is alive, else by the numbers. */
async function putInOrder(page: Page, items: string[], hand: Hand) {
  for (const [at, item] of items.entries()) {
    if (!hand.isLive) {
      await hand.choose(page.getByLabel(`Plats för: ${item}`, { exact: true }), String(at + 1));
      continue;
    }
    const line = page.locator(".order__item").filter({ hasText: item });
    for (let tries = 0; tries < items.length; tries += 1) {
      const place = Number.parseInt((await line.locator(".order__no").textContent()) ?? "", 10);
      if (place === at + 1) break;
      await hand.press(button(page, `Flytta upp: ${item}`));
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
    await button(page, "Svara").click();
  } else {
    return false;
  }
  await expect(page.locator(".reply--wrong")).toBeVisible();
  return true;
}

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import { target } from "../scripts/server.mjs";
import { hydrated } from "./fixtures";

/** Runs the program beside the server that the stories use. */
async function run(input: string, words: string[]) {
  const env = { ...process.env, KVARTEN_DATA: process.env.KVARTEN_STORY_DATA };
  for (const name of Object.keys(env)) if (name.startsWith("KVARTEN_STOR")) delete env[name];
  const running = promisify(execFile)(join(target, "release/kvarten"), words, { env });
  running.child.stdin?.end(input);
  return (await running).stdout;
}

/** Runs a command of the program. */
export const command = (...words: string[]) => run("", words);

/** The password of everybody that stories hire. */
export const password = "kaffe och bulle i solen";

/** Hires somebody: `hire("9501", "Ny Berg", "Solgläntan", "underskoterska", "manager")`. */
export async function hire(number: string, name: string, unit: string, profession: string, role = "staff") {
  const [given, family] = name.split(" ");
  const who = ["--employee-number", number, "--given-name", given, "--family-name", family];
  const where = ["--unit", unit, "--profession", profession, "--role", role];
  await run(`${password}\n`, ["person", "create", ...who, ...where, "--stdin"]);
}

/** Signs somebody in whom a story hired, and goes where they were going. */
export async function enter(page: Page, number: string, till = "/lar") {
  await page.goto(`/logga-in?till=${till}`);
  await page.getByLabel("E-post eller anställningsnummer").fill(number);
  await page.getByLabel("Lösenord", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Logga in", exact: true }).click();
  await page.waitForURL((address) => address.pathname === till);
}

/** The same, once the program has taken over the page. */
export async function enterAlive(page: Page, number: string, till = "/lar") {
  await enter(page, number, till);
  await hydrated(page);
}

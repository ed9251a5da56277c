// What translators, password managers, highlighters and advertisers do to pages.
import type { Page } from "@playwright/test";

/** Wraps every text in elements of its own, as translators do. */
export function translate(prefix = "") {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const nodes: Text[] = [];
  while (walk.nextNode()) nodes.push(walk.currentNode as Text);
  for (const node of nodes) {
    if (!node.data.trim() || node.parentElement?.closest("script, style, noscript, option, textarea, svg, font")) continue;
    const outer = document.createElement("font");
    outer.append(document.createElement("font"));
    (outer.firstChild as Element).textContent = prefix + node.data;
    node.replaceWith(outer);
  }
}

/** Puts an element after every field, as password managers do. */
export function afterInputs() {
  for (const input of document.querySelectorAll("input:not([type=hidden]), textarea")) {
    input.after(document.createElement("div"));
  }
}

/** Puts an element first in the page. */
export function first() {
  document.body.prepend(document.createElement("div"));
}

/** Marks a word in each text. */
export function highlight() {
  const walk = document.createTreeWalker(document.querySelector("main") ?? document.body, NodeFilter.SHOW_TEXT);
  const nodes: Text[] = [];
  while (walk.nextNode()) nodes.push(walk.currentNode as Text);
  for (const node of nodes) {
    if (!/\w{3}/.test(node.data) || node.parentElement?.closest("option, textarea, svg, script")) continue;
    const word = node.splitText(node.data.search(/\w{3}/));
    word.splitText(3);
    const mark = document.createElement("mark");
    word.replaceWith(mark);
    mark.append(word);
  }
}

/** Takes elements away, as blockers of advertisements do. */
export function block() {
  document.querySelectorAll(".hits, .lead, .small").forEach((element) => element.remove());
}

const before = { translate, afterInputs, first, highlight, block };
export type Kind = keyof typeof before;
export const kinds = Object.keys(before) as Kind[];

/** Changes every further page as soon as it is there, before its program starts. */
export async function changeBefore(page: Page, kind: Kind) {
  await page.addInitScript(`addEventListener("DOMContentLoaded", () => (${before[kind].toString()})())`);
}

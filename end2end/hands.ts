import { type Locator, type Page } from "@playwright/test";
import { expect, seen } from "./fixtures";

/** A way to use a page. */
export interface Hand {
  /** Whether the page's program runs. */
  isLive: boolean;
  press(target: Locator): Promise<void>;
  tick(target: Locator): Promise<void>;
  choose(list: Locator, label: string): Promise<void>;
  write(field: Locator, text: string): Promise<void>;
  /** Points at a place in a picture, in per cent from its upper left corner; `false` where it cannot. */
  point(picture: Locator, x: number, y: number): Promise<boolean>;
}

/** By fingers on a screen. */
export const touch: Hand = {
  isLive: true,
  press: async (target) => {
    await seen(target.page());
    await target.tap();
  },
  tick: async (target) => {
    if (!(await target.isChecked())) await target.tap();
  },
  choose: async (list, label) => void (await list.selectOption({ label })),
  write: async (field, text) => {
    await field.tap();
    await field.fill(text);
  },
  point: async (picture, x, y) => {
    await picture.scrollIntoViewIfNeeded();
    const box = await picture.boundingBox();
    if (!box) throw new Error("no picture");
    await picture.tap({ position: { x: (box.width * x) / 100, y: (box.height * y) / 100 } });
    return true;
  },
};

/** Where no program runs: links and forms. */
export const plain: Hand = {
  isLive: false,
  press: (target) => target.click(),
  tick: (target) => target.check(),
  choose: async (list, label) => void (await list.selectOption({ label })),
  write: (field, text) => field.fill(text),
  point: async () => false,
};

/** Moves the focus to an element with the Tab key, as somebody without a mouse does. */
async function reach(target: Locator) {
  const page = target.page();
  await target.waitFor();
  for (let presses = 0; presses < 150; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) {
      await expect(target, "the focus can be seen").toBeInViewport();
      return;
    }
    await page.keyboard.press("Tab");
  }
  throw new Error(`the Tab key does not lead to ${target}`);
}

/** By the keyboard alone. */
export const keyboard: Hand = {
  isLive: true,
  press: async (target) => {
    await reach(target);
    await target.page().keyboard.press("Enter");
  },
  tick: async (target) => {
    await reach(target);
    if (!(await target.isChecked())) await target.page().keyboard.press("Space");
  },
  choose: async (list, label) => {
    await reach(list);
    const chosen = () =>
      list.evaluate((element) => (element as HTMLSelectElement).selectedOptions[0]?.label);
    for (let presses = 0; (await chosen()) !== label; presses += 1) {
      if (presses > 30) throw new Error(`the arrow key does not lead to ${label}`);
      await list.page().keyboard.press("ArrowDown");
    }
  },
  write: async (field, text) => {
    await reach(field);
    await field.page().keyboard.type(text);
  },
  point: async (picture, x, y) => {
    await reach(picture);
    const walk = async (from: number, to: number, back: string, on: string) => {
      for (let at = from; Math.abs(at - to) >= 2; at += Math.sign(to - at) * 2) {
        await picture.page().keyboard.press(to < at ? back : on);
      }
    };
    // The first key puts the cross in the middle and moves it.
    await walk(50, x, "ArrowLeft", "ArrowRight");
    await walk(50, y, "ArrowUp", "ArrowDown");
    return true;
  },
};

/** The button of a name, in the part of the page that changes. */
export const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

// Going by keys alone. What Tab does not lead to within a page's worth of presses fails, and so does what has the focus
// without showing it, or is too small to be pressed by everybody.

import type { Locator, Page } from '@playwright/test';
import type { Person } from './stack.ts';
import { expect, hydrated } from './test.ts';

const MOST = 160;

/** Presses Tab, or Shift and Tab, until this has the focus, and sees to it that one can see where it is. */
export async function reach(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  const lies = await target.evaluate((element) => document.activeElement?.compareDocumentPosition(element) ?? 0);
  const key = lies & 2 /* before where one is */ ? 'Shift+Tab' : 'Tab';
  for (let presses = 0; presses < MOST; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) {
      await shown(target);
      return;
    }
    await page.keyboard.press(key);
  }
  throw new Error(`${key} does not lead to ${target}`);
}

/** What has the focus says so, is not covered by anything, and is large enough: 24 px each way. */
async function shown(target: Locator): Promise<void> {
  const fault = await target.evaluate((element) => {
    if (!element.matches(':focus-visible')) return 'does not show that it has the focus';
    // Some controls are drawn by what they are in: a file by its label, a caption by its frame.
    const around: Element[] = [];
    for (let one: Element | null = element; one && around.length < 6; one = one.parentElement) around.push(one);
    const drawn = around.flatMap((one) => [getComputedStyle(one), getComputedStyle(one, '::after')]);
    if (!drawn.some(({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && outlineWidth !== '0px')) return 'has no outline';

    const parts = [element, element.closest('label')].flatMap((part) => (part ? [part] : []));
    const areas = parts.map((part) => part.getBoundingClientRect());
    const hits = (x: number, y: number, fits: (hit: Element) => boolean) => {
      const hit = document.elementFromPoint(x, y);
      return hit !== null && fits(hit);
    };
    const isOwn = (hit: Element) => parts.some((part) => part.contains(hit));
    const isLarge = areas.some(({ left, top, width, height }) => {
      const [x, y] = [left + width / 2, top + height / 2];
      const edge = [[x - 11.5, y], [x + 11.5, y], [x, y - 11.5], [x, y + 11.5]] as const;
      return (width >= 24 && height >= 24) || edge.every(([x, y]) => hits(x, y, isOwn));
    });
    // A link within a sentence is as high as its line.
    if (!isLarge && getComputedStyle(element).display !== 'inline') return `is ${areas.map(({ width, height }) => `${width} × ${height}`).join(', ')} px`;
    const isSeen = areas.some(({ left, top, right, bottom }) => {
      const points = [[(left + right) / 2, (top + bottom) / 2], [left + 3, top + 3], [right - 3, bottom - 3]] as const;
      return points.some(([x, y]) => hits(x, y, (hit) => isOwn(hit) || hit.contains(element)));
    });
    return isSeen ? '' : 'is covered';
  });
  expect(fault, `what has the focus: ${target}`).toBe('');
}

/** Goes there and presses Enter. */
export async function press(page: Page, target: Locator): Promise<void> {
  await reach(page, target);
  await page.keyboard.press('Enter');
}

/** Goes to something to be ticked, and ticks it or takes the tick away. */
export async function tick(page: Page, target: Locator): Promise<void> {
  await reach(page, target);
  await page.keyboard.press('Space');
}

/** Goes to a field and writes this in the place of what it says. */
export async function write(page: Page, target: Locator, words: string): Promise<void> {
  await reach(page, target);
  await page.keyboard.press('Control+A');
  await page.keyboard.type(words);
  await expect(target).toHaveValue(words);
}

/** Goes to a list of choices and takes the one that begins like this. */
export async function choose(page: Page, target: Locator, words: string): Promise<void> {
  await reach(page, target);
  await page.keyboard.type(words);
  const chosen = () => target.evaluate((select) => (select as HTMLSelectElement).selectedOptions[0]?.text ?? '');
  await expect.poll(chosen).toContain(words);
}

/** Whoever goes by keys is still somewhere: a part of the page has the focus, and not all of it. */
export async function somewhere(page: Page): Promise<void> {
  const where = () => page.evaluate(() => document.activeElement?.tagName);
  await expect.poll(where, { message: 'the focus is lost' }).not.toBe('BODY');
}

/** Signs in by the form, from wherever the front page leads. */
export async function signInByKeys(page: Page, person: Person): Promise<void> {
  await page.goto('/');
  await hydrated(page);
  await write(page, page.getByLabel('Email'), person.email);
  await write(page, page.getByLabel('Password', { exact: true }), person.password);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/clients/);
  await hydrated(page);
}

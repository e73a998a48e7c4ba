// A month as full as an agency makes one: every post can be reached, the page holds no more than it shows, and nothing
// jumps. How fast it scrolls is measured by ./dev bench calendar.

import type { Page } from '@playwright/test';
import { accessible, Agency } from '../support/steps.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';

const POSTS = 500;
const A_DAY = 25;
/** The first day of the month after this one: all of it is still to come. */
const FIRST = (() => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1));
})();
/** The first day that has posts. */
const FROM = 5;

const day = (number: number) => new Date(FIRST.getTime() + (number - 1) * 86_400_000).toISOString().slice(0, 10);
const caption = (number: number) => `Number ${String(number).padStart(3, '0')} of the month #coffee`;

test('a month of five hundred posts is whole, light and still @desktop', async ({ page, stack }) => {
  test.setTimeout(240_000);
  await watchShifts(page);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Crowd', 'kestrelcrowd');
  await fill(agency, page, stack.url);

  await page.goto(`/clients/${agency.client}/calendar?month=${day(1).slice(0, 7)}`);
  await hydrated(page);
  const last = FROM + POSTS / A_DAY - 1;

  await test.step('it holds what it shows, whatever there is', async () => {
    await expect(page.locator('.month .post-card')).toHaveCount((last - FROM + 1) * 3);
    expect(await elements(page)).toBeLessThan(4_000);
    await accessible(page);
  });
  await test.step('it scrolls to its end and back, and nothing jumps', async () => {
    await page.mouse.move(700, 500);
    await expect
      .poll(async () => {
        await page.mouse.wheel(0, 700);
        return page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight - window.scrollY);
      })
      .toBeLessThanOrEqual(1);
    await expect(page.locator(`#day-${day(last)}`)).toBeInViewport();
    await expect
      .poll(async () => {
        await page.mouse.wheel(0, -700);
        return page.evaluate(() => window.scrollY);
      })
      .toBe(0);
    expect(await shifts(page)).toBeLessThan(0.05);
  });
  await test.step('each of them is reached by the day that it is on', async () => {
    const reached = new Set<string>();
    const panel = page.locator('.day-panel');
    for (let number = FROM; number <= last; number++) {
      const more = page.locator(`#day-${day(number)}`).getByRole('link', { name: new RegExp(`^${A_DAY - 3} more posts`) });
      await more.click();
      await expect(panel.locator('.post-card-link').first()).toHaveText(caption((number - FROM) * A_DAY));
      await expect(panel.locator('.post-card')).toHaveCount(A_DAY);
      for (const title of await panel.locator('.post-card-link').allTextContents()) reached.add(title);
    }
    expect([...reached].sort()).toEqual(Array.from({ length: POSTS }, (_, index) => caption(index)));
    expect(await elements(page)).toBeLessThan(5_000);
    await page.keyboard.press('Escape');
    await expect(panel).toHaveCount(0);
  });
  await test.step('one of them is dragged to a day that is full, and back by Undo', async () => {
    const on = (number: number) => page.locator(`#day-${day(number)}`);
    const moved = on(FROM).locator('.post-card').first();
    await expect(moved).toContainText(caption(0));
    await moved.dragTo(on(FROM + 1));
    const toast = page.locator('.toast');
    await expect(toast).toContainText(/^Moved to /);
    await expect(on(FROM).getByRole('link', { name: /more posts/ })).toHaveText(`+${A_DAY - 4} more`);
    await expect(on(FROM + 1).getByRole('link', { name: /more posts/ })).toHaveText(`+${A_DAY - 2} more`);
    await toast.getByRole('button', { name: 'Undo' }).click();
    await expect(on(FROM).locator('.post-card').first()).toContainText(caption(0));
    await expect(on(FROM).getByRole('link', { name: /more posts/ })).toHaveText(`+${A_DAY - 3} more`);
  });
});

/** Fills the month by a file, as people do. */
async function fill(agency: Agency, page: Page, origin: string): Promise<void> {
  const rows = Array.from({ length: POSTS }, (_, index) => {
    const minute = (index % A_DAY) * 30 + 8 * 60;
    const time = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
    return `${day(FROM + Math.floor(index / A_DAY))};${time};@kestrelcrowd;${caption(index)}`;
  });
  const text = ['date;time;accounts;caption', ...rows].join('\r\n');
  const kept = await page.request.post('/api/import_posts', { headers: { origin }, data: { client: agency.client, text, keep: true }, timeout: 60_000 });
  expect(kept.ok(), await kept.text()).toBe(true);
  expect(((await kept.json()) as { imported: number }).imported).toBe(POSTS);
}

/** How many elements the page has. */
function elements(page: Page): Promise<number> {
  return page.evaluate(() => document.querySelectorAll('*').length);
}

/** Adds up by how much things jump that nobody has just pressed. */
async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const all = window as unknown as { shifted: number };
    all.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as unknown as { value: number; hadRecentInput: boolean }[]) {
        if (!entry.hadRecentInput) all.shifted += entry.value;
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

function shifts(page: Page): Promise<number> {
  return page.evaluate(() => (window as unknown as { shifted: number }).shifted);
}

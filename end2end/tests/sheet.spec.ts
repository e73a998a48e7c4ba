// The composer over the calendar: what is opened from there is written there, and closing it leads back to where one
// was. On a phone, and with a key held, the post has its page.

import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { accessible, Agency, fits, upload } from '../support/steps.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';
import { portraitVideo } from '../support/videos.ts';

const DAY_MS = 86_400_000;
/** The 14th and the 16th of the month after this one, as "2026-10-14". */
const [first, second] = ((now) => [14, 16].map((day) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, day)).toISOString().slice(0, 10)))(new Date()) as [string, string];
const inDays = Math.round((Date.parse(first) - Date.parse(new Date().toISOString().slice(0, 10))) / DAY_MS);
const month = first.slice(0, 7);

const sheetOf = (page: Page) => page.getByRole('dialog', { name: 'Post', exact: true });

test('a post is opened, changed and left over the calendar @desktop', async ({ page, stack }) => {
  test.setTimeout(120_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Sheet', 'kestrelsheet');
  const post = await agency.draft('Written over the month', inDays);
  await agency.open(`calendar?month=${month}&status=draft`);
  const link = page.getByRole('link', { name: 'Written over the month' });
  const sheet = sheetOf(page);
  const caption = sheet.getByRole('textbox', { name: 'Caption' });

  await test.step('a click lays it over the calendar, which stays', async () => {
    await link.click();
    await expect(caption).toHaveValue('Written over the month');
    expect(new URL(page.url()).search).toBe(`?month=${month}&status=draft&post=${post}`);
    await expect(page.locator(`#day-${first}`)).toBeVisible();
    await expect(page).toHaveTitle(/calendar/);
    await fits(page);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await accessible(page);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  });

  await test.step('nothing below can be reached by keys, and no key of the calendar does anything', async () => {
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press('Tab');
      const outside = await page.evaluate(() => document.activeElement?.closest('.rail, .under-sheet') !== null);
      expect(outside, `after ${presses + 1} presses of Tab`).toBe(false);
    }
    await sheet.focus();
    await page.keyboard.press('w');
    await expect(page.locator('.is-week')).toHaveCount(0);
  });

  await test.step('what is above it takes Escape first; then it closes, what was typed is kept, and the focus is back', async () => {
    await caption.fill('Changed over the month');
    await sheet.locator('summary[aria-label="More actions"]').click();
    await page.keyboard.press('Escape');
    await expect(caption).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(sheet).toBeHidden();
    expect(new URL(page.url()).search).toBe(`?month=${month}&status=draft`);
    const changed = page.getByRole('link', { name: 'Changed over the month' });
    await expect(changed).toBeFocused();
  });

  await test.step('it is a step of the way: forwards, reload, backwards', async () => {
    await page.goForward();
    await expect(caption).toHaveValue('Changed over the month');
    await page.reload();
    await hydrated(page);
    await expect(caption).toHaveValue('Changed over the month');
    await sheet.getByRole('button', { name: 'Close' }).click();
    await expect(sheet).toBeHidden();
    await expect(page.locator(`#day-${first}`)).toContainText('Changed over the month');
  });

  await test.step('beside it is a press on the calendar; its page is one press away', async () => {
    await page.getByRole('link', { name: 'Changed over the month' }).click();
    await expect(caption).toBeVisible();
    await page.mouse.click(40, 450);
    await expect(sheet).toBeHidden();
    await page.getByRole('link', { name: 'Changed over the month' }).click();
    await sheet.getByRole('link', { name: 'Open as a page' }).click();
    await page.waitForURL(new RegExp(`/posts/${post}$`));
    await expect(page.getByRole('textbox', { name: 'Caption' })).toHaveValue('Changed over the month');
    await expect(sheet).toBeHidden();
    await expect(page.locator('.rail')).not.toHaveAttribute('inert');
    await expect(page).toHaveTitle(/Changed over the month/);
  });

  await test.step('with a key held it is a page of its own', async () => {
    await agency.open(`calendar?month=${month}`);
    const [opened] = await Promise.all([page.context().waitForEvent('page'), page.getByRole('link', { name: 'Changed over the month' }).click({ modifiers: ['ControlOrMeta'] })]);
    await expect(opened.getByRole('textbox', { name: 'Caption' })).toHaveValue('Changed over the month');
    expect(new URL(opened.url()).pathname).toMatch(new RegExp(`/posts/${post}$`));
    await opened.close();
  });

  await test.step('a copy is opened in its place, on the page and on the sheet', async () => {
    await agency.open(`posts/${post}`);
    await page.locator('summary[aria-label="More actions"]').click();
    await page.getByRole('button', { name: 'Duplicate' }).click();
    await expect(page.locator('.toast')).toContainText('This is a copy, kept as a draft.');
    await page.waitForURL((url) => /\/posts\/[0-9a-f-]{36}$/.test(url.pathname) && !url.pathname.endsWith(post));
    await expect(page.getByRole('textbox', { name: 'Caption' })).toHaveValue('Changed over the month');
    await agency.open(`calendar?month=${month}&post=${post}`);
    await sheet.locator('summary[aria-label="More actions"]').click();
    await sheet.getByRole('button', { name: 'Duplicate' }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('post')).not.toBe(post);
    await expect(caption).toHaveValue('Changed over the month');
    await page.keyboard.press('Escape');
    await expect(sheet).toBeHidden();
  });
});

test('an empty day opens a new post over it, which is scheduled there @desktop', async ({ page, stack }) => {
  test.setTimeout(120_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Slot', 'kestrelslot');
  await upload(page, stack, agency.client, await readFile(await portraitVideo(6)), 'swan.mp4');
  await agency.open(`calendar?month=${month}`);
  const sheet = sheetOf(page);
  await page.locator(`#day-${second} .day-add`).click();
  await expect(sheet.locator('input[type=datetime-local]')).toHaveValue(new RegExp(`^${second}T`));
  await sheet.getByRole('textbox', { name: 'Caption' }).fill('Planned on its day');
  // Once it is kept, the address knows it, and so does a reload.
  await expect.poll(() => new URL(page.url()).searchParams.get('post')).toMatch(/^[0-9a-f-]{36}$/);
  await page.reload();
  await hydrated(page);
  await expect(sheet.getByRole('textbox', { name: 'Caption' })).toHaveValue('Planned on its day');
  await sheet.getByRole('button', { name: 'From the library' }).click();
  const picker = page.getByRole('dialog', { name: 'From the library' });
  await picker.getByRole('button', { name: /swan/ }).click();
  await expect(picker).toBeHidden();
  await sheet.getByLabel('Who can see it').selectOption({ index: 1 });
  await sheet.getByRole('button', { name: 'Schedule', exact: true }).click();
  await expect(sheet).toBeHidden();
  await expect(page.locator('.toast')).toContainText('Scheduled for');
  const card = page.locator(`#day-${second} .post-card`);
  await expect(card).toContainText('Planned on its day');
  await expect(card).toContainText('Scheduled');
  expect(new URL(page.url()).search).toBe(`?month=${month}`);

  await test.step('N begins another, and one that is deleted takes the sheet along', async () => {
    await page.keyboard.press('n');
    await sheet.getByRole('textbox', { name: 'Caption' }).fill('Not to be');
    await expect.poll(() => new URL(page.url()).searchParams.get('post')).toMatch(/^[0-9a-f-]{36}$/);
    await sheet.locator('summary[aria-label="More actions"]').click();
    await sheet.getByRole('button', { name: 'Delete post…' }).click();
    await page.getByRole('dialog', { name: 'Delete this post?' }).getByRole('button', { name: 'Delete post' }).click();
    await expect(sheet).toBeHidden();
    await expect(page.locator('.toast')).toContainText('The post is deleted.');
    await expect(page.getByText('Not to be')).toHaveCount(0);
  });
});

test('where there is no room for it, a post has its page', async ({ page, stack }, { project }) => {
  test.setTimeout(90_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, `Kestrel Room ${project.name}`, `kestrelroom${project.name}`);
  const post = await agency.draft('Too wide for this', inDays);
  await page.setViewportSize({ width: 1024, height: 800 });
  await agency.open(`calendar?list=${month}`);
  await page.getByRole('link', { name: 'Too wide for this' }).first().click();
  await page.waitForURL(new RegExp(`/posts/${post}$`));
  await hydrated(page);
  // So does the address of a sheet that somebody sends.
  await agency.open(`calendar?list=${month}&post=${post}`);
  await page.waitForURL(new RegExp(`/posts/${post}$`));
  await expect(page.getByRole('textbox', { name: 'Caption' })).toHaveValue('Too wide for this');
});

// Uploads over breaks: the connection goes twice, the page is loaded anew, a person pauses; and what the server keeps
// is the file, byte for byte. Many files at once, the tray that goes along, and the library.

import path from 'node:path';
import type { Page } from '@playwright/test';
import { accessible, Agency, fits } from '../support/steps.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';
import { largePortraitVideo, picture, portraitVideo, sha256 } from '../support/videos.ts';

/** Lets parts pass one by one, so that a fast machine does not outrun the test. Returns how many have passed. */
async function slowly(page: Page): Promise<{ passed: () => number; open: () => void }> {
  let passed = 0;
  let delay = 1000;
  await page.route(/\/uploads\/[0-9a-f-]{36}$/, async (route) => {
    if (route.request().method() === 'PATCH') await new Promise((resolve) => setTimeout(resolve, delay));
    passed += 1;
    await route.continue().catch(() => {});
  });
  return {
    passed: () => passed,
    open: () => {
      delay = 0;
    },
  };
}

const row = (page: Page, name: string) => page.getByRole('group', { name, exact: true });

async function per(page: Page, name: string): Promise<number> {
  const text = await row(page, name).getByText(/^\d+%$/).textContent();
  return Number.parseInt(text ?? '0', 10);
}

test('an upload survives two breaks, a reload and a pause, and is attached to a post @desktop', async ({ page, context, stack, faults }) => {
  test.setTimeout(240_000);
  faults.expect(/ERR_INTERNET_DISCONNECTED|Failed to load resource|net::ERR|requestfailed|Failed to fetch|423|409/);
  const video = await largePortraitVideo();
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Uploads', 'kestreluploads');
  await agency.open('library');
  page.on('dialog', (dialog) => dialog.accept());
  const parts = await slowly(page);
  const name = path.basename(video);

  await test.step('the connection goes twice', async () => {
    await page.locator('input[type=file]').setInputFiles(video);
    await expect.poll(() => per(page, name)).toBeGreaterThan(5);
    for (const _ of [1, 2]) {
      const before = parts.passed();
      await context.setOffline(true);
      await expect(row(page, name)).toContainText('the connection is gone', { timeout: 20_000 });
      await context.setOffline(false);
      await expect.poll(() => parts.passed(), { timeout: 40_000 }).toBeGreaterThan(before + 1);
      await expect(row(page, name)).not.toContainText('the connection is gone', { timeout: 40_000 });
    }
  });

  await test.step('a person pauses, goes to another page, and goes on', async () => {
    await row(page, name).getByRole('button', { name: 'Pause' }).click();
    await expect(row(page, name)).toContainText('paused by you');
    const still = await per(page, name);
    await page.getByRole('link', { name: 'Calendar', exact: true }).click();
    await page.waitForURL(/\/calendar/);
    await expect(row(page, name)).toContainText('paused by you');
    expect(await per(page, name)).toBe(still);
    await accessible(page);
    await row(page, name).getByRole('button', { name: 'Go on' }).click();
    await expect(row(page, name)).not.toContainText('paused by you');
  });

  await test.step('the page is loaded anew, and the file is chosen again', async () => {
    await page.goto(`/clients/${agency.client}/library`);
    await hydrated(page);
    const left = row(page, name);
    await expect(left).toContainText(/Was at \d+%\. Choose it again to go on\./);
    await accessible(page);
    const at = Number.parseInt(/Was at (\d+)%/.exec((await left.textContent()) ?? '')?.[1] ?? '0', 10);
    expect(at).toBeGreaterThan(5);
    await left.locator('input[type=file]').setInputFiles(video);
    // It goes on where it was, and does not begin anew.
    await expect.poll(async () => (await left.textContent()) ?? '', { timeout: 20_000 }).not.toContain('Was at');
    parts.open();
    await expect(left).toContainText('Checked: 720 × 1280', { timeout: 120_000 });
  });

  await test.step('it is in the library, byte for byte', async () => {
    const card = page.getByRole('listitem').filter({ hasText: name });
    await expect(card).toContainText('Not used');
    await expect(card).toContainText(/Kept until \d+ \w+/);
    await accessible(page);
    await card.getByRole('link').click();
    await expect(page.getByText(await sha256(video))).toBeVisible();
    await expect(page.getByText('In no post yet.')).toBeVisible();
    await accessible(page);
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download the original' }).click();
    expect(await sha256(await (await download).path())).toBe(await sha256(video));
  });

  await test.step('a post takes it from the library', async () => {
    await agency.open('posts/new');
    await page.getByRole('button', { name: 'From the library' }).click();
    const dialog = page.getByRole('dialog', { name: 'From the library' });
    await dialog.getByRole('button', { name }).click();
    // The button goes with the dialog: a video stands alone.
    await expect(page.getByRole('group', { name: `File ${name}` })).toBeFocused();
    await page.getByRole('textbox', { name: 'Caption' }).fill('From the library');
    await page.waitForURL(/\/posts\/[0-9a-f-]{36}/);
    await expect(page.getByText(/^Saved \d\d:\d\d/)).toBeVisible();
    await agency.open('library');
    await expect(page.getByRole('listitem').filter({ hasText: name })).toContainText('In 1 post');
    await page.getByLabel('Use', { exact: true }).selectOption('no');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await expect(page.getByText('No file is like that.')).toBeVisible();
  });
});

test('many pictures come in at once, and one is described and deleted @desktop', async ({ page, stack }) => {
  test.setTimeout(120_000);
  const colours = ['red', 'green', 'blue', 'gray'];
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Album', 'kestrelalbum');
  await agency.open('library');
  await page.locator('input[type=file]').setInputFiles(await Promise.all(colours.map(picture)));
  for (const colour of colours) {
    await expect(row(page, `picture-${colour}.jpg`)).toContainText('Checked: 1200 × 900', { timeout: 60_000 });
  }
  await expect(page.getByRole('region', { name: 'Uploads' })).toContainText('4 files uploaded');
  await expect(page.getByRole('list').getByRole('link', { name: /\.jpg$/ })).toHaveCount(4);
  await page.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('region', { name: 'Uploads' })).toHaveCount(0);

  // A post takes pictures from there until it has enough, and the focus goes back to where it was.
  await agency.open('posts/new');
  const from = page.getByRole('button', { name: 'From the library' });
  await from.click();
  const picker = page.getByRole('dialog', { name: 'From the library' });
  await picker.getByRole('button', { name: 'picture-green.jpg' }).click();
  await picker.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('group', { name: 'File picture-green.jpg' })).toBeVisible();
  await expect(from).toBeFocused();
  await expect(page.getByText(/^Saved \d\d:\d\d/)).toBeVisible();
  await agency.open('library');

  // A file that no post under way needs can be removed before its time.
  await page.getByRole('link', { name: 'picture-red.jpg' }).click();
  await page.getByLabel('Description for people who cannot see it').fill('A red wall');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Description saved')).toBeVisible();
  await page.getByText('Delete…').click();
  await page.getByRole('button', { name: 'Delete the file' }).click();
  await page.waitForURL(/\/library$/);
  await expect(page.getByRole('link', { name: /\.jpg$/ })).toHaveCount(3);
});

test('the library and its tray fit a phone', async ({ page, stack }) => {
  test.setTimeout(120_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, `Kestrel Small ${test.info().project.name}`, `kestrelsmall${test.info().project.name}`);
  await agency.open('library');
  await expect(page.getByText('No files yet')).toBeVisible();
  await accessible(page);
  await page.locator('input[type=file]').first().setInputFiles(await portraitVideo(6));
  await expect(page.getByRole('region', { name: 'Uploads' })).toContainText('1 file uploaded', { timeout: 60_000 });
  await accessible(page);
  await fits(page);
});

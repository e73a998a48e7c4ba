// Copies of files: a video that breaks a rule becomes one that fits, beside what is being written; and a part of a
// picture, by keyboard alone.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { accessible, Agency, fits, upload } from '../support/steps.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';
import { fastVideo, picture, portraitVideo } from '../support/videos.ts';

const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const SHOTS = path.resolve(import.meta.dirname, '../results/copies');

/** Looks at the page as it is: on a desk and on a phone, light and dark. */
async function looks(page: Page, name: string): Promise<void> {
  for (const [width, size] of [['wide', DESK], ['narrow', PHONE]] as const) {
    await page.setViewportSize(size);
    await fits(page);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await accessible(page);
      await page.screenshot({ path: path.join(SHOTS, `${name}-${width}-${colorScheme}.png`) });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(DESK);
}

const making = (page: Page) => page.getByText(/^Making a copy for TikTok, \d+%$/);

async function perCent(page: Page): Promise<number> {
  const text = await making(page).textContent();
  return Number.parseInt(text?.match(/(\d+)%/)?.[1] ?? '0', 10);
}

/** The file and the words of the post that is open, as the server has them. */
async function kept(page: Page, agency: Agency): Promise<string[]> {
  const post = new URL(page.url()).pathname.split('/').pop() ?? '';
  const { post: data } = (await (await agency.call('composer', { client: agency.client, post })).json()) as {
    post: { caption: string; media: { asset: { file_name: string } }[] };
  };
  return [...data.media.map((file) => file.asset.file_name), data.caption];
}

test('a video that breaks a rule becomes a copy that fits, while the post is written @desktop', async ({ page, stack }) => {
  test.setTimeout(480_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Copies', 'kestrelcopies');
  await agency.open('posts/new');
  const video = await fastVideo(20);
  const original = page.getByRole('group', { name: 'File fast-20s.mp4' });
  const copy = page.getByRole('group', { name: 'File fast-20s (TikTok).mp4' });
  const finding = page.getByText(/^The video has 100 frames a second/);
  const fit = page.getByRole('button', { name: 'Make a copy that fits TikTok' });

  await test.step('the finding offers it, and progress shows at the file', async () => {
    await page.locator('input[type=file]').setInputFiles(video);
    await expect(original).toBeVisible({ timeout: 120_000 });
    await expect(finding).toBeVisible();
    await fit.click();
    await expect(making(page)).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText('A copy is being made')).toBeVisible();
    await expect(fit).toHaveCount(0);
    await expect.poll(() => perCent(page), { timeout: 120_000 }).toBeGreaterThan(2);
  });

  await test.step('it goes on over a reload, and what is written meanwhile stays', async () => {
    // What is still on its way when a page is left would count as another window's.
    const saved = page.waitForResponse(/\/api\/save_post/);
    await page.getByRole('textbox', { name: 'Caption' }).fill('Half a second slower');
    await saved;
    await expect(page.locator('.saved')).toHaveText(/^Saved \d\d:\d\d/);
    await page.reload();
    await hydrated(page);
    await expect(making(page)).toBeVisible({ timeout: 30_000 });
    await page.getByRole('textbox', { name: 'Caption' }).fill('Half a second slower, and twice as good');
    await expect(copy).toBeVisible({ timeout: 300_000 });
    await expect(original).toHaveCount(0);
    await expect(finding).toHaveCount(0);
    await expect(copy).toContainText('720 × 1280, H.264, 30 fps');
    await expect(copy).toContainText('Made from fast-20s.mp4 for TikTok');
    await expect(page.getByRole('textbox', { name: 'Caption' })).toHaveValue('Half a second slower, and twice as good');
    await expect.poll(() => kept(page, agency), { timeout: 30_000 }).toEqual(['fast-20s (TikTok).mp4', 'Half a second slower, and twice as good']);
    await page.reload();
    await hydrated(page);
    await expect(copy).toBeVisible();
    await expect(page.getByRole('textbox', { name: 'Caption' })).toHaveValue('Half a second slower, and twice as good');
    await looks(page, 'composer');
  });

  await test.step('the original is used again, and the copy that is there already once more', async () => {
    await copy.getByRole('button', { name: 'Use the original again' }).click();
    await expect(original).toBeVisible();
    await expect(finding).toBeVisible();
    await fit.click();
    // Nothing is worked on twice.
    await expect(copy).toBeVisible({ timeout: 10_000 });
    await expect(finding).toHaveCount(0);
    await expect(page.getByText('The copy for TikTok takes the file’s place')).toBeVisible();
  });

  await test.step('the library tells what it was made from', async () => {
    await agency.open('library');
    await expect(page.getByText('Made from fast-20s.mp4 for TikTok')).toBeVisible();
    await page.getByRole('link', { name: 'fast-20s (TikTok).mp4' }).click();
    await page.getByRole('link', { name: 'fast-20s.mp4', exact: true }).click();
    await expect(page.getByRole('link', { name: 'fast-20s (TikTok).mp4' })).toBeVisible();
  });
});

test('a copy is given up in the library, and one that is made shows there by itself @desktop', async ({ page, stack }) => {
  test.setTimeout(360_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Given Up', 'kestrelgivenup');
  const asset = await upload(page, stack, agency.client, await readFile(await fastVideo(20)), 'fast.mp4');
  await agency.open(`library/${asset}`);
  await page.getByRole('button', { name: 'Make a copy that fits TikTok' }).click();
  await expect(making(page)).toBeVisible({ timeout: 30_000 });
  await looks(page, 'library');
  const row = page.getByRole('group', { name: 'Copy for TikTok' });
  await row.getByRole('button', { name: 'Cancel' }).click();
  await expect(row).toHaveCount(0);
  await page.reload();
  await hydrated(page);
  await expect(page.getByRole('button', { name: 'Make a copy that fits TikTok' })).toBeEnabled();
  await expect(row).toHaveCount(0);
  const made = page.getByRole('link', { name: 'fast (TikTok).mp4' });
  await expect(made).toHaveCount(0);

  await page.getByRole('button', { name: 'Make a copy that fits TikTok' }).click();
  await expect(making(page)).toBeVisible({ timeout: 30_000 });
  await page.getByRole('link', { name: 'Library', exact: true }).click();
  await expect(page.getByRole('link', { name: 'fast.mp4', exact: true })).toBeVisible();
  await expect(made).toHaveCount(0);
  await expect(made).toBeVisible({ timeout: 300_000 });
});

test('a picture is cropped by keyboard alone, and a video by pointer @desktop', async ({ page, stack }) => {
  test.setTimeout(360_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Crops', 'kestrelcrops');
  const asset = await upload(page, stack, agency.client, await readFile(await picture('teal')), 'wall.jpg');
  await agency.open(`library/${asset}`);
  const dialog = page.getByRole('dialog', { name: 'Crop wall.jpg' });
  const said = page.locator('.crop-said');

  await test.step('keys choose proportions, place and size', async () => {
    await page.getByRole('button', { name: 'Crop' }).focus();
    await page.keyboard.press('Enter');
    await expect(dialog).toBeVisible();
    await expect(said).toHaveText('506 × 900 pixels, 346 from the left, 0 from the top');
    await looks(page, 'crop');
    await tabTo(page, 'input[name=crop-shape]');
    await page.keyboard.press('ArrowRight');
    await expect(said).toHaveText('720 × 900 pixels, 240 from the left, 0 from the top');
    await expect(dialog).toContainText('4:5 tall in a feed');
    await tabTo(page, '.crop-picture');
    for (const key of ['-', '-', 'ArrowLeft', 'Shift+ArrowLeft', 'ArrowDown']) await page.keyboard.press(key);
    await expect(said).toHaveText('648 × 810 pixels, 250 from the left, 62 from the top');
    await page.keyboard.press('+');
    await expect(said).toHaveText('684 × 856 pixels, 232 from the left, 38 from the top');
    await tabTo(page, 'button.primary');
    await page.keyboard.press('Enter');
    await expect(dialog).toHaveCount(0);
    const made = page.getByRole('link', { name: 'wall (4x5).jpg' });
    await expect(made).toBeVisible({ timeout: 30_000 });
    await made.focus();
    await page.keyboard.press('Enter');
    await expect(page.getByText(/^684 × 856, JPEG/)).toBeVisible();
    await expect(page.getByRole('definition').filter({ hasText: 'wall.jpg cropped to 4:5' })).toBeVisible();
  });

  await test.step('the whole is no part', async () => {
    await agency.open('posts/new');
    await page.locator('input[type=file]').setInputFiles(await portraitVideo(6));
    const item = page.getByRole('group', { name: 'File portrait-6s.mp4' });
    await item.getByRole('button', { name: 'Crop' }).click({ timeout: 120_000 });
    await page.getByText('9:16', { exact: true }).click();
    await expect(said).toHaveText('That is the whole file. Choose a part of it.');
    await page.getByText('1:1', { exact: true }).click();
    await expect(said).toHaveText('720 × 720 pixels, 0 from the left, 280 from the top');
  });

  await test.step('a pointer drags the frame, and the post gets the part', async () => {
    const stage = page.locator('.crop-touch');
    const box = (await stage.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await page.mouse.move(middle.x, middle.y);
    await page.mouse.down();
    await page.mouse.move(middle.x, middle.y - box.height, { steps: 6 });
    await page.mouse.up();
    await expect(said).toHaveText('720 × 720 pixels, 0 from the left, 0 from the top');
    // Without dragging: press where the middle is to be.
    await page.mouse.click(middle.x, box.y + box.height - 2);
    await expect(said).toHaveText('720 × 720 pixels, 0 from the left, 560 from the top');
    await looks(page, 'crop-video');
    await page.getByRole('button', { name: 'Make the copy' }).click();
    const copy = page.getByRole('group', { name: 'File portrait-6s (1x1).mp4' });
    await expect(copy).toContainText('720 × 720, H.264, 30 fps', { timeout: 200_000 });
    await expect(copy).toContainText('Made from portrait-6s.mp4 cropped to 1:1');
  });
});

/** Goes on by Tab until the focus is on this. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let press = 0; press < 20; press += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never came to ${selector}`);
}

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, hydrated, signIn, test } from '../support/test.ts';
import type { Stack } from '../support/stack.ts';
import { backOnCalendar, newPost, openClient } from '../support/steps.ts';
import { largePortraitVideo, portraitVideo, sha256 } from '../support/videos.ts';

test.describe.configure({ mode: 'serial' });

// From nothing to a published video, the way a new agency goes. The publisher really waits for its minute.
test('a scheduled video is published byte for byte and on time @desktop', async ({ page, stack, emulator }) => {
  test.setTimeout(300_000);
  const video = await portraitVideo(6);

  await test.step('sign in', () => signIn(page, stack.owner));
  await test.step('create a client with its zone', () => addClient(page, 'Blue Door Bakery', 'Asia/Tokyo'));
  await test.step("connect TikTok on the platform's own page", () => connectTikTok(page, stack, 'kestrelcoffee'));

  await test.step('write the post and schedule it one minute ahead', async () => {
    await openComposer(page);
    await uploadVideo(page, video);
    await page.getByRole('textbox', { name: 'Caption' }).fill('Fresh from the oven at seven #bakery');
    const privacy = page.getByLabel('Who can see it');
    await expect(privacy).toHaveValue('');
    await expect(page.getByRole('button', { name: 'Schedule' })).toBeDisabled();
    await privacy.selectOption('PUBLIC_TO_EVERYONE');
    await page.getByLabel('Goes out').fill(inZone(nextMinute(), 'Asia/Tokyo'));
    await expect(page.getByText("By posting, you agree to TikTok's")).toBeVisible();
    await violations(page);
    await page.getByRole('button', { name: 'Schedule' }).click();
  });

  await test.step('watch its card turn without a reload', async () => {
    await backOnCalendar(page);
    const card = page.locator('.post-card').filter({ hasText: 'Fresh from the oven' }).first();
    await expect(card).toContainText('Scheduled');
    await violations(page);
    await page.evaluate(() => Object.assign(window, { notReloaded: true }));
    await expect(card).toContainText('Published', { timeout: 180_000 });
    expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true);
  });

  await test.step('compare what the platform received with the file', async () => {
    const posts = (await emulator.tiktokPosts()).filter((post) => JSON.stringify(post).includes('Fresh from the oven'));
    expect(posts.flatMap((post) => post.media.map((file) => file.sha256))).toEqual([await sha256(video)]);
  });

  await test.step('read what happened', async () => {
    await page.locator('.post-card').filter({ hasText: 'Fresh from the oven' }).first().getByRole('link').first().click();
    await hydrated(page);
    await expect(page.getByText('Checked the account')).toBeVisible();
    await expect(page.getByText('publicaly_available_post_id')).toBeVisible({ timeout: 30_000 });
    await violations(page);
    await page.getByRole('link', { name: 'History', exact: true }).first().click();
    await expect(page.getByRole('row').filter({ hasText: 'Fresh from the oven' })).toContainText('Published');
  });
});

test('a video of more than 64 MB goes out in several parts, at once @desktop', async ({ page, stack, emulator }) => {
  test.setTimeout(300_000);
  const video = await largePortraitVideo();
  await signIn(page, stack.owner);
  await openComposer(page);
  await uploadVideo(page, video);
  await page.getByRole('textbox', { name: 'Caption' }).fill('All of it');
  await page.getByLabel('Who can see it').selectOption('PUBLIC_TO_EVERYONE');
  await page.getByLabel('Other ways to send').click();
  await page.getByRole('button', { name: 'Publish now' }).click();
  await backOnCalendar(page);
  const card = page.locator('.post-card').filter({ hasText: 'All of it' }).first();
  await expect(card).toContainText('Published', { timeout: 180_000 });
  const wanted = await sha256(video);
  expect((await emulator.tiktokPosts()).filter((post) => post.media[0]?.sha256 === wanted)).toHaveLength(1);
  await card.getByRole('link').first().click();
  await expect(page.getByText(/Sent part \d+ of \d+/).first()).toBeVisible();
});

test('a file that can be no post is refused with what can be, and a draft survives a reload @desktop', async ({ page, stack, faults }) => {
  faults.expect(/\b422\b/);
  await signIn(page, stack.owner);
  await openComposer(page);
  const notes = Buffer.from('these are notes, and not a video at all');
  await page.locator('input[type=file]').setInputFiles({ name: 'notes.mp4', mimeType: 'video/mp4', buffer: notes });
  await expect(page.getByText(/neither a video nor a picture that AutoPost can read\. Upload MP4, MOV or WebM, or JPEG/)).toBeVisible();
  await page.getByRole('textbox', { name: 'Caption' }).fill('Half a thought');
  await page.waitForURL(/[?&]post=[0-9a-f-]{36}/);
  await expect(page.getByText(/^Saved \d\d:\d\d/)).toBeVisible();
  await page.reload();
  await hydrated(page);
  await expect(page.getByRole('textbox', { name: 'Caption' })).toHaveValue('Half a thought');
});

test('a refusal on the consent page is told, and nothing is connected @desktop', async ({ page, stack }) => {
  await signIn(page, stack.owner);
  await addClient(page, 'Northbank Climbing', 'America/New_York');
  await page.getByRole('button', { name: /Connect TikTok/ }).first().click();
  await page.waitForURL(`${stack.emulatorUrl}/**`);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.waitForURL(`${stack.url}/**`);
  await expect(page.getByText(/did not grant access/)).toBeVisible();
});

test('disconnecting works while the WASM is not loaded, and purges @desktop', async ({ browser, page, stack, faults }) => {
  // What a browser without scripts says about the script that it does not load.
  faults.expect(/(autopost|__wasm_split)[\w.]*\.js: csp$/);
  await signIn(page, stack.owner);
  await addClient(page, 'Maribel’s Pottery', 'Europe/Madrid');
  await connectTikTok(page, stack, 'maribelspottery');
  const context = await browser.newContext({ baseURL: stack.url, javaScriptEnabled: false, storageState: await page.context().storageState() });
  faults.watch(context);
  const plain = await context.newPage();
  await plain.goto(page.url());
  await plain.locator('summary[aria-label*="maribelspottery"], .table-actions summary').first().click();
  await plain.getByRole('link', { name: /Disconnect/ }).first().click();
  await plain.getByLabel(/Type maribelspottery/).fill('maribelspottery');
  await plain.getByRole('button', { name: 'Disconnect and purge' }).click();
  await expect(plain.getByText(/disconnected/i).first()).toBeVisible();
  await context.close();
  await page.reload();
  await expect(page.getByText('@maribelspottery')).toHaveCount(0);
});

async function addClient(page: Page, name: string, zone: string): Promise<void> {
  await page.goto('/clients/new');
  await hydrated(page);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Time zone').selectOption(zone);
  await page.getByRole('button', { name: 'Add the client' }).click();
  await page.waitForURL(/\/accounts/);
  await hydrated(page);
}

async function connectTikTok(page: Page, stack: Stack, username: string): Promise<void> {
  await page.getByRole('button', { name: /Connect TikTok/ }).first().click();
  await page.waitForURL(`${stack.emulatorUrl}/**`);
  await page.locator(`input[name=account][value=${username}]`).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL(`${stack.url}/**`);
  await expect(page.getByText('Working').first()).toBeVisible();
  await hydrated(page);
  await violations(page);
}

async function openComposer(page: Page): Promise<void> {
  await openClient(page, 'Blue Door Bakery');
  await page.getByRole('link', { name: 'Calendar', exact: true }).first().click();
  await newPost(page);
  await expect(page.getByText('@kestrelcoffee').first()).toBeVisible();
}

async function uploadVideo(page: Page, video: string): Promise<void> {
  await page.locator('input[type=file]').setInputFiles(video);
  await expect(page.getByText(/720 × 1280, H\.264, 30 fps/)).toBeVisible({ timeout: 120_000 });
}

/** What an aid could not deal with. */
async function violations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
}

/** The next full minute that is at least 20 seconds away. */
function nextMinute(): Date {
  const minute = 60_000;
  return new Date(Math.ceil((Date.now() + 20_000) / minute) * minute);
}

/** What a datetime-local field wants: `2027-01-31T09:05` on the clock of a zone. */
function inZone(instant: Date, timeZone: string): string {
  const options = { timeZone, dateStyle: 'short', timeStyle: 'short' } as const;
  return new Intl.DateTimeFormat('sv-SE', options).format(instant).replace(' ', 'T');
}

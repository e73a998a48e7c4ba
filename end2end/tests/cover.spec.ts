// The cover of a video on TikTok: chosen by keys along a strip of its frames, seen in the preview, shown to whoever
// approves it, and sent to TikTok in milliseconds.

import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { buttonOf, portalUser } from '../support/portal.ts';
import { accessible, Agency, fits, upload } from '../support/steps.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';
import { portraitVideo } from '../support/videos.ts';

/** Whether a picture has arrived and has something in it. */
const drawn = (page: Page, selector: string) =>
  page.waitForFunction((selector) => {
    const picture = document.querySelector<HTMLImageElement>(selector);
    return picture?.complete && picture.naturalWidth > 0;
  }, selector);

/** The picture in the preview, by where it is from. */
const preview = (page: Page) => page.locator('.preview img.preview-media');

test('the cover is chosen by keys, shown in the preview, kept, and sent to TikTok @desktop', async ({ page, stack, emulator }) => {
  test.setTimeout(240_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Covers', 'kestrelcovers');
  await agency.open('posts/new');
  await page.locator('input[type=file]').setInputFiles(await portraitVideo(6));
  await expect(page.getByText(/720 × 1280, H\.264, 30 fps/)).toBeVisible({ timeout: 120_000 });
  await page.getByRole('textbox', { name: 'Caption' }).fill('The pour, and then the cup');
  const panel = page.getByRole('region', { name: 'TikTok settings' });
  const slider = panel.getByRole('slider', { name: 'Cover' });

  await test.step('the first frame is what TikTok takes by itself, and that is said', async () => {
    await expect(slider).toHaveAttribute('aria-valuetext', 'First frame of 0:06.0');
    await expect(panel.getByText('Without a choice it is the first frame.')).toBeVisible();
    await expect(preview(page)).toHaveAttribute('src', /\/poster\?at=0$/);
    await drawn(page, '.preview img.preview-media');
    await drawn(page, 'img.cover-strip');
    const shape = await page.locator('img.cover-strip').evaluate((strip: HTMLImageElement) => [strip.naturalWidth, strip.naturalHeight]);
    // Ten upright frames beside each other.
    expect(shape).toEqual([900, 160]);
  });

  await test.step('keys move it by tenths of a second, and the preview follows', async () => {
    await slider.focus();
    for (const _ of [1, 2, 3, 4]) await page.keyboard.press('PageUp');
    await page.keyboard.press('ArrowRight');
    await expect(slider).toHaveAttribute('aria-valuetext', '0:02.5 of 0:06.0');
    await expect(panel.locator('output')).toHaveText('0:02.5');
    await expect(preview(page)).toHaveAttribute('src', /\/poster\?at=2500$/);
    await drawn(page, '.preview img.preview-media');
    await accessible(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await accessible(page);
    await shoot(page, 'composer');
    await page.setViewportSize({ width: 390, height: 844 });
    await fits(page);
    await accessible(page);
    await slider.scrollIntoViewIfNeeded();
    await shoot(page, 'composer-narrow');
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.emulateMedia({ colorScheme: 'light' });
  });

  await test.step('it is kept with the post', async () => {
    await page.waitForURL(/\/posts\/[0-9a-f-]{36}/);
    await expect(page.getByText(/^Saved \d\d:\d\d/)).toBeVisible();
    await page.reload();
    await hydrated(page);
    await expect(slider).toHaveAttribute('aria-valuetext', '0:02.5 of 0:06.0');
    await panel.getByRole('button', { name: 'Use the first frame' }).click();
    await expect(slider).toHaveAttribute('aria-valuetext', 'First frame of 0:06.0');
    await slider.focus();
    await page.keyboard.press('End');
    await expect(slider).toHaveAttribute('aria-valuetext', '0:06.0 of 0:06.0');
  });

  await test.step('a draft is sent without one', async () => {
    await panel.getByText('Send as a draft').click();
    await expect(slider).toHaveCount(0);
    await panel.getByText('Publish', { exact: true }).click();
    await expect(slider).toHaveAttribute('aria-valuetext', '0:06.0 of 0:06.0');
  });

  await test.step('with another video it is chosen anew', async () => {
    await page.locator('input[type=file]').first().setInputFiles(await portraitVideo(4));
    await expect(slider).toHaveAttribute('aria-valuetext', 'First frame of 0:04.0', { timeout: 120_000 });
    await slider.focus();
    for (const _ of [1, 2, 3]) await page.keyboard.press('PageUp');
    await expect(slider).toHaveAttribute('aria-valuetext', '0:01.2 of 0:04.0');
  });

  await test.step('it goes out with it', async () => {
    await panel.getByLabel('Who can see it').selectOption('PUBLIC_TO_EVERYONE');
    await expect(page.getByText('All checks passed').first()).toBeVisible();
    await page.getByLabel('Other ways to send').click();
    await page.getByRole('button', { name: 'Publish now' }).click();
    await page.waitForURL(/\/calendar/);
    await hydrated(page);
    await expect(agency.card('The pour, and then the cup')).toContainText('Published', { timeout: 90_000 });
    const posts = (await emulator.tiktokPosts()).filter((post) => post.account === 'kestrelcovers');
    expect(posts.map((post) => post.video_cover_timestamp_ms)).toEqual([1200]);
    const feed = await page.request.get(`${stack.emulatorUrl}/tiktok/@kestrelcovers`);
    expect(await feed.text()).toContain('<dt>Cover</dt><dd>1200 ms</dd>');
  });

  await test.step('its history says which it was', async () => {
    await agency.card('The pour, and then the cup').getByRole('link').first().click();
    await page.waitForURL(/\/history\//);
    await hydrated(page);
    await expect(page.getByText('The frame at 0:01.2')).toBeVisible();
    await expect(page.locator('img.thumb[src$="?at=1200"]')).toHaveCount(1);
  });
});

test('whoever approves sees the frame that was chosen @desktop', async ({ page, stack, mails, browser, faults }) => {
  test.setTimeout(180_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Poster', 'kestrelposter');
  await portalUser(stack, agency.client, 'Ines Prat', 'ines@kestrel.example');
  const headers = { origin: stack.url };
  const { accounts } = (await (await agency.call('composer', { client: agency.client })).json()) as { accounts: { id: string }[] };
  const id = await upload(page, stack, agency.client, await readFile(await portraitVideo(6)));
  const options = { platform: 'tiktok', privacy_level: 'PUBLIC_TO_EVERYONE', video_cover_ms: 3300 };
  const day = new Date(Date.now() + 4 * 86_400_000).toISOString().slice(0, 10);
  const form = { id: null, caption: 'With a frame of its own', media: [{ id, alt: '' }], targets: [{ account: accounts[0]?.id, options }], local_time: `${day}T09:30` };
  const saved = await page.request.post('/api/save_post', { headers, data: { client: agency.client, form, intent: 'SaveDraft' } });
  expect(saved.ok(), await saved.text()).toBe(true);
  const { id: post } = (await saved.json()) as { id: string };
  const sent = await page.request.post('/api/send_for_approval', { headers, data: { picks: [{ client: agency.client, post }] } });
  expect(sent.ok(), await sent.text()).toBe(true);

  const mail = await mails.waitFor('ines@kestrel.example');
  const context = await browser.newContext({ baseURL: stack.url, viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, locale: 'en-GB' });
  faults.watch(context);
  const phone = await context.newPage();
  await phone.goto(buttonOf(mail));
  await hydrated(phone);
  await phone.getByRole('button', { name: 'Continue as Ines Prat' }).click();
  await phone.waitForURL(/\/portal/);
  await phone.goto(`/portal/clients/${agency.client}/posts/${post}`);
  await hydrated(phone);
  const poster = await phone.locator('video').getAttribute('poster');
  expect(poster).toMatch(/\/poster\?at=3300$/);
  const frame = await phone.request.get(poster ?? '');
  expect([frame.status(), frame.headers()['content-type']]).toEqual([200, 'image/jpeg']);
  // What is not in the video, or not a moment, is refused in a sentence.
  for (const at of ['60000', 'soon']) {
    const refused = await phone.request.get((poster ?? '').replace('3300', at));
    expect(refused.status()).toBe(422);
    expect(await refused.text()).toMatch(/Choose a moment within it\.|whole milliseconds/);
  }
  await accessible(phone);
  await fits(phone);
  await shoot(phone, 'portal');
  await context.close();
});

/** A picture for looking at: only when asked for by AUTOPOST_SCREENS=1. */
async function shoot(page: Page, name: string): Promise<void> {
  if (process.env.AUTOPOST_SCREENS) await page.screenshot({ path: `results/screens/cover/${name}.png` });
}

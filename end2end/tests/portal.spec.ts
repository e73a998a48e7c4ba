// A client approves from a phone: from the mail to the confirmation, and asks for changes at a moment of a video.

import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { buttonOf, portalUser } from '../support/portal.ts';
import { accessible, Agency, fits, upload } from '../support/steps.ts';
import type { Stack } from '../support/stack.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';
import { picture, portraitVideo } from '../support/videos.ts';

const FOLDER = 'results/screens/portal';
const PHONE = { width: 390, height: 844 };
const COLOUR = '#1f4a44';

test('a client decides from a phone @desktop', async ({ page, stack, mails, browser, faults }) => {
  test.setTimeout(180_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Portal', 'kestrelportal');
  await agency.call('save_client_settings', { client: agency.client, 'form[name]': 'Kestrel Portal', 'form[brand_color]': COLOUR });
  await portalUser(stack, agency.client, 'Priya Nair', 'priya@kestrel.example');
  await send(page, stack, agency, ['First attempt at a swan. We will let you decide what it looks like.', 'Three grind sizes, three cups, one bean. Which one is yours?', 'A day at origin, part two: the washing station before sunrise.']);
  const mail = await mails.waitFor('priya@kestrel.example');

  const context = await browser.newContext({ baseURL: stack.url, viewport: PHONE, isMobile: true, hasTouch: true, locale: 'en-GB', timezoneId: 'America/New_York' });
  faults.watch(context);
  const phone = await context.newPage();

  await test.step('one tap, and no password', async () => {
    await phone.goto(buttonOf(mail));
    await hydrated(phone);
    await accessible(phone);
    await fits(phone);
    await shoot(phone, 'tap');
    await phone.getByRole('button', { name: 'Continue as Priya Nair' }).click();
    await phone.waitForURL('/portal');
    await hydrated(phone);
    await expect(phone.getByRole('heading', { name: '3 waiting for you' })).toBeVisible();
    const line = phone.locator('.portal-brand');
    await expect(line.locator('rect')).toHaveCSS('fill', 'rgb(31, 74, 68)');
    expect(await line.boundingBox()).toEqual({ x: 0, y: 0, width: PHONE.width, height: 3 });
    await accessible(phone);
    await fits(phone);
    await shoot(phone, 'inbox');
  });

  await test.step('approve one, and see when it goes out', async () => {
    await phone.getByRole('link', { name: /First attempt at a swan/ }).click();
    await phone.waitForURL(/\/posts\//);
    await expect(phone.getByText('1 of 3')).toBeVisible();
    await accessible(phone);
    await fits(phone);
    await shoot(phone, 'review');
    await phone.getByRole('button', { name: 'Approve' }).click();
    await phone.waitForURL(/\/decided$/);
    await expect(phone.getByRole('heading', { name: 'Approved' })).toBeVisible();
    await expect(phone.getByText('You can withdraw until')).toBeVisible();
    await accessible(phone);
    await fits(phone);
    await shoot(phone, 'decided');
  });

  await test.step('changes at a moment of the next one', async () => {
    await phone.getByRole('link', { name: /Review the next one/ }).click();
    await phone.waitForURL((url) => !url.pathname.endsWith('/decided'));
    await expect(phone.getByText('1 of 2')).toBeVisible();
    await phone.getByRole('link', { name: 'Request changes' }).click();
    await phone.getByLabel('What should be changed?').fill('Could the cup turn so the logo shows?');
    const bar = phone.locator('.decide-bar');
    await bar.getByLabel('sec').fill('3');
    await accessible(phone);
    await shoot(phone, 'ask-changes');
    await bar.getByRole('button', { name: 'Request changes' }).click();
    await phone.waitForURL(/\/decided$/);
    await expect(phone.getByRole('heading', { name: 'Changes requested' })).toBeVisible();
    const href = new URL(phone.url()).pathname.replace('/decided', '');
    await phone.goto(href);
    await hydrated(phone);
    const moment = phone.getByRole('link', { name: '0:03' });
    await moment.click();
    await expect.poll(() => phone.locator('video').evaluate((video) => (video as HTMLVideoElement).currentTime)).toBeCloseTo(3, 1);
    await shoot(phone, 'changes-asked');
  });

  await test.step('the editor is told at once', async () => {
    await agency.open('calendar');
    await expect(page.locator('.bell-count')).toBeVisible({ timeout: 30_000 });
  });

  await test.step('the rest from the list', async () => {
    await phone.goto('/portal');
    await hydrated(phone);
    await phone.getByLabel(/Select A day at origin|Select Three grind/).check();
    await shoot(phone, 'inbox-selected');
    await phone.getByRole('button', { name: 'Approve what is selected' }).click();
    await expect(phone.getByText('One post is approved.')).toBeVisible();
    await shoot(phone, 'inbox-empty');
  });

  await test.step('what is sent meanwhile shows up by itself', async () => {
    await expect(phone.getByRole('heading', { name: 'Nothing waits for you' })).toBeVisible();
    // A mark that would not survive a reload.
    await phone.evaluate(() => document.documentElement.toggleAttribute('data-same-document', true));
    await send(page, stack, agency, ['Last bags of the winter roast, first come, first served.']);
    await expect(phone.getByRole('heading', { name: '1 waiting for you' })).toBeVisible({ timeout: 45_000 });
    await expect(phone.getByRole('link', { name: /Last bags of the winter roast/ })).toBeVisible();
    await expect(phone.locator('html')).toHaveAttribute('data-same-document');
  });

  await test.step('the other pages', async () => {
    for (const name of ['calendar', 'published', 'accounts', 'activity']) {
      await phone.goto(`/portal/clients/${agency.client}/${name}`);
      await hydrated(phone);
      await accessible(phone);
      await fits(phone);
      await shoot(phone, name);
    }
  });
  await context.close();
});

test('a client sees pictures for TikTok with the title that stands above their caption @desktop', async ({ page, stack, mails, browser, faults }) => {
  test.setTimeout(120_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Rooms', 'kestrelrooms');
  await portalUser(stack, agency.client, 'Rhea Nair', 'rhea@kestrel.example');
  await send(page, stack, agency, ['Before the guests come'], { path: await picture('orange'), name: 'room.jpg', title: 'Two rooms' });
  const mail = await mails.waitFor('rhea@kestrel.example');
  const context = await browser.newContext({ baseURL: stack.url, viewport: PHONE, isMobile: true, hasTouch: true });
  faults.watch(context);
  const phone = await context.newPage();
  await phone.goto(buttonOf(mail));
  await hydrated(phone);
  // A mail about one post leads to it.
  await phone.getByRole('button', { name: 'Continue as Rhea Nair' }).click();
  await phone.waitForURL(/\/posts\//);
  await expect(phone.locator('.portal-preview .preview-title')).toHaveText('Two rooms');
  await expect(phone.locator('.portal-preview .preview-caption')).toHaveText('Before the guests come');
  await accessible(phone);
  await fits(phone);
  await context.close();
});

/** Writes a post for each caption and sends all of them to be approved: with a video, or with this picture. */
async function send(page: Page, stack: Stack, agency: Agency, captions: string[], photo?: { path: string; name: string; title: string }): Promise<void> {
  const headers = { origin: stack.url };
  const { accounts } = (await (await agency.call('composer', { client: agency.client })).json()) as { accounts: { id: string }[] };
  const posts: string[] = [];
  for (const [index, caption] of captions.entries()) {
    const id = await upload(page, stack, agency.client, await readFile(photo?.path ?? (await portraitVideo(6))), photo?.name);
    const options = { platform: 'tiktok', privacy_level: 'PUBLIC_TO_EVERYONE', title: photo?.title ?? '' };
    const day = new Date(Date.now() + (index + 4) * 86_400_000).toISOString().slice(0, 10);
    const form = { id: null, caption, media: [{ id, alt: '' }], targets: [{ account: accounts[0]?.id, options }], local_time: `${day}T09:30` };
    const saved = await page.request.post('/api/save_post', { headers, data: { client: agency.client, form, intent: 'SaveDraft' } });
    expect(saved.ok(), await saved.text()).toBe(true);
    posts.push(((await saved.json()) as { id: string }).id);
  }
  const picks = posts.map((post) => ({ client: agency.client, post }));
  const sent = await page.request.post('/api/send_for_approval', { headers, data: { picks } });
  expect(sent.ok(), await sent.text()).toBe(true);
}

/** A picture for looking at, light and dark, narrow and wide: only when asked for by AUTOPOST_SCREENS=1. */
async function shoot(page: Page, name: string): Promise<void> {
  if (!process.env.AUTOPOST_SCREENS) return;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const [width, height] of [[1440, 900], [PHONE.width, PHONE.height]] as const) {
      await page.setViewportSize({ width, height });
      await page.screenshot({ path: `${FOLDER}/${name}-${width}-${colorScheme}.png` });
    }
  }
  await page.emulateMedia({ colorScheme: null });
}

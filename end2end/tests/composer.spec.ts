// One post for several accounts, each with its own words; two people at one post; words that survive a killed browser.

import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { expect, hydrated, signIn, test } from '../support/test.ts';
import type { Stack } from '../support/stack.ts';
import { accessible, Agency, fits } from '../support/steps.ts';
import { portraitVideo } from '../support/videos.ts';

test.describe.configure({ mode: 'serial' });
// A stack of its own: what was posted is counted.
test.use({ stackOptions: { environment: { AUTOPOST_LOG: 'info' } } });

const BAKERY = 'kestrelcoffee.bsky.test';
const MAJA = { name: 'Maja Brandt', email: 'maja@agency.example', password: 'words-of-her-own' };

test('three accounts get their own words and settings in one go @desktop', async ({ page, stack, emulator }) => {
  test.setTimeout(300_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Roasters', 'kestrelroasters');
  await agency.alsoConnect('Kestrel Bar', 'kestrelbar');
  await page.goto(`/clients/${agency.client}/accounts/connect/bluesky`);
  await hydrated(page);
  await page.getByText('Use an app password instead').click();
  await page.getByLabel('Handle of the account').fill(BAKERY);
  await page.getByLabel('App password', { exact: true }).fill(await emulator.blueskyPassword(BAKERY));
  await page.getByRole('button', { name: 'Connect with the app password' }).click();
  await page.waitForURL(/\/accounts\?connected=/);

  await agency.open('posts/new');
  await expect(page.getByText('Choose the account that this goes to.')).toBeVisible();
  for (const account of ['@kestrelroasters', '@kestrelbar', `@${BAKERY}`]) {
    await page.getByRole('checkbox', { name: account }).check();
  }
  await page.locator('input[type=file]').setInputFiles(await portraitVideo(6));
  await expect(page.getByText(/720 × 1280, H\.264, 30 fps/)).toBeVisible({ timeout: 120_000 });

  await test.step('write once for all, and differently for one', async () => {
    await page.getByRole('textbox', { name: 'Caption' }).fill('é'.repeat(301));
    // The tightest of them is what counts.
    await expect(page.getByText('Bluesky 301 / 300')).toBeVisible();
    await page.getByRole('tab', { name: 'Bluesky' }).click();
    const own = page.getByRole('textbox', { name: `Caption for @${BAKERY} on Bluesky` });
    await expect(own).toHaveValue('é'.repeat(301));
    await own.fill('Good morning from https://kestrel.example #bakery');
    await expect(page.getByRole('tab', { name: 'Bluesky edited' })).toBeVisible();
    await expect(page.locator('.post-preview .post-link')).toHaveText(['https://kestrel.example', '#bakery']);
    await page.getByRole('tab', { name: 'Shared' }).click();
    await page.getByRole('textbox', { name: 'Caption' }).fill('Open from seven #coffee');
    await expect(page.getByText('TikTok 23 / 2,200')).toBeVisible();

    await page.getByRole('tab', { name: '@kestrelbar' }).click();
    await page.getByRole('textbox', { name: 'Caption for @kestrelbar on TikTok' }).fill('The bar opens at six #espresso');
    await page.getByRole('button', { name: 'Reset to shared' }).click();
    await expect(page.getByRole('textbox', { name: 'Caption for @kestrelbar on TikTok' })).toHaveValue('Open from seven #coffee');
    await expect(page.locator('.preview-caption')).toHaveText('Open from seven #coffee');
    await page.locator('.preview-switcher').getByText('Bluesky').click();
    await expect(page.locator('.post-text')).toHaveText('Good morning from https://kestrel.example #bakery');
  });

  await test.step('each account on TikTok has its own panel and its own checks', async () => {
    const bar = page.getByRole('region', { name: 'TikTok settings, @kestrelbar' });
    await page.getByRole('region', { name: 'TikTok settings, @kestrelroasters' }).getByLabel('Who can see it').selectOption('PUBLIC_TO_EVERYONE');
    await expect(bar.getByLabel('Who can see it')).toHaveValue('');
    await expect(page.getByRole('heading', { name: '@kestrelbar', exact: true })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Schedule' })).toBeDisabled();
    await bar.getByLabel('Who can see it').selectOption('MUTUAL_FOLLOW_FRIENDS');
    await page.getByRole('region', { name: /^Bluesky settings/ }).getByLabel('Language', { exact: true }).selectOption('English');
    await accessible(page);
    await page.setViewportSize({ width: 390, height: 844 });
    await fits(page);
    await accessible(page);
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await accessible(page);
    await page.emulateMedia({ colorScheme: 'light' });
  });

  await test.step('all of it is there after a reload', async () => {
    await expect(page.locator('.saved')).toHaveText(/^Saved \d\d:\d\d/);
    await page.reload();
    await hydrated(page);
    await expect(page.getByRole('tab', { name: 'Bluesky edited' })).toBeVisible();
    await expect(page.getByRole('region', { name: 'TikTok settings, @kestrelbar' }).getByLabel('Who can see it')).toHaveValue('MUTUAL_FOLLOW_FRIENDS');
  });

  await page.getByLabel('Goes out').fill(inZone(nextMinute(), 'Europe/London'));
  await page.getByRole('button', { name: 'Schedule' }).click();
  await page.waitForURL(/\/calendar/);
  await hydrated(page);
  await expect(agency.card('Open from seven')).toContainText('Published', { timeout: 180_000 });
  const said = (await emulator.tiktokPosts()).map(({ account, caption, privacy_level }) => ({ account, caption, privacy_level }));
  expect(said.toSorted((one, other) => String(one.account).localeCompare(String(other.account)))).toEqual([
    { account: 'kestrelbar', caption: 'Open from seven #coffee', privacy_level: 'MUTUAL_FOLLOW_FRIENDS' },
    { account: 'kestrelroasters', caption: 'Open from seven #coffee', privacy_level: 'PUBLIC_TO_EVERYONE' },
  ]);
  const posts = (await emulator.blueskyPosts()).map(({ text, langs }) => ({ text, langs }));
  expect(posts).toEqual([{ text: 'Good morning from https://kestrel.example #bakery', langs: ['en'] }]);
});

test('two people at one post are told of each other, and nobody writes over anybody @desktop', async ({ browser, page, stack, faults }) => {
  test.setTimeout(180_000);
  faults.expect(/\b409\b/);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Two Desks', 'twodesks');
  const post = await agency.draft('As it was', 20);
  await addUser(stack, MAJA, 'manager');
  const elsewhere = await browser.newContext({ baseURL: stack.url });
  faults.watch(elsewhere);
  const hers = await elsewhere.newPage();
  await signIn(hers, MAJA);
  for (const desk of [page, hers]) {
    await desk.goto(`/clients/${agency.client}/posts/${post}`);
    await hydrated(desk);
  }
  const caption = (desk: Page) => desk.getByRole('textbox', { name: 'Caption' });

  await saved(hers, () => caption(hers).fill('As Maja wants it'));
  await caption(page).fill('As Olga wants it');
  await expect(page.getByText(/^Maja Brandt saved this at \d\d:\d\d while you were writing\./)).toBeVisible();
  await expect(caption(page)).toHaveValue('As Olga wants it');
  await accessible(page);
  await page.getByRole('button', { name: 'See what changed' }).click();
  await expect(page.getByRole('dialog').locator('del')).toHaveText('Olga');
  await expect(page.getByRole('dialog').locator('ins')).toHaveText('Maja');
  await accessible(page);
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  await saved(page, () => page.getByRole('button', { name: 'Keep mine' }).click());
  await expect(page.getByText(/^Saved \d\d:\d\d/)).toBeVisible();

  // She is told without having done anything, and loses nothing of what she goes on to write.
  await expect(hers.getByText(/^Olga Owner saved this at/)).toBeVisible();
  await expect(hers.getByRole('button', { name: 'Show it' })).toBeVisible();
  await caption(hers).fill('As Maja would like it');
  await hers.getByRole('button', { name: 'Take theirs' }).click();
  await expect(caption(hers)).toHaveValue('As Olga wants it');
  await expect(hers.getByText(/^You had unsaved changes from/)).toBeVisible();
  await hydrated(hers);
  await saved(hers, () => hers.getByRole('button', { name: 'Restore' }).click());
  await expect(caption(hers)).toHaveValue('As Maja would like it');
  await hers.reload();
  await hydrated(hers);
  await expect(caption(hers)).toHaveValue('As Maja would like it');
  await expect(hers.getByText(/^You had unsaved changes/)).toHaveCount(0);
  await elsewhere.close();
});

test('what was typed survives a browser that is killed while the server is gone @desktop', async ({ browser, page, stack }) => {
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Last Words', 'lastwords');
  const post = await agency.draft('As it was', 21);
  for (const address of ['posts/new', `posts/${post}`]) {
    const lost = await sameBrowser(browser, page.context(), stack);
    await lost.route('**/api/save_post', (route) => route.abort());
    const before = await lost.newPage();
    await before.goto(`/clients/${agency.client}/${address}`);
    await hydrated(before);
    const caption = before.getByRole('textbox', { name: 'Caption' });
    await caption.fill('Typed a second before the end');
    const left = await sameBrowser(browser, lost, stack);
    await lost.close();

    const after = await left.newPage();
    await after.goto(`/clients/${agency.client}/${address}`);
    await hydrated(after);
    await expect(after.getByText(/^You had unsaved changes from \d\d:\d\d\./)).toBeVisible();
    await expect(after.getByRole('textbox', { name: 'Caption' })).not.toHaveValue(/Typed/);
    await accessible(after);
    await saved(after, () => after.getByRole('button', { name: 'Restore' }).click());
    await expect(after.getByRole('textbox', { name: 'Caption' })).toHaveValue('Typed a second before the end');
    await after.reload();
    await hydrated(after);
    await expect(after.getByRole('textbox', { name: 'Caption' })).toHaveValue('Typed a second before the end');
    await expect(after.getByText(/^You had unsaved changes/)).toHaveCount(0);
    await left.close();
  }
});

/** Does something, and waits until the server has kept it. */
async function saved(page: Page, act: () => Promise<void>): Promise<void> {
  const kept = page.waitForResponse((response) => response.url().endsWith('/api/save_post') && response.ok());
  await act();
  await kept;
}

/** Another browser with what this one has stored, as after a restart. */
async function sameBrowser(browser: Browser, context: BrowserContext, stack: Stack): Promise<BrowserContext> {
  return browser.newContext({ baseURL: stack.url, storageState: await context.storageState() });
}

/** Adds a person by the command that operators use. */
async function addUser(stack: Stack, person: typeof MAJA, role: string): Promise<void> {
  const binary = path.resolve(process.env.AUTOPOST_BINARIES ?? '../target/debug', 'autopost');
  const words = ['user', 'add', '--email', person.email, '--name', person.name, '--role', role, '--password-stdin'];
  const child = spawn(binary, words, { env: stack.environment, stdio: ['pipe', 'ignore', 'inherit'] });
  child.stdin.end(person.password);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect(code).toBe(0);
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

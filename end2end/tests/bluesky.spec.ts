import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, hydrated, signIn, test } from '../support/test.ts';
import { backOnCalendar, newPost, openClient } from '../support/steps.ts';
import { picture, sha256 } from '../support/videos.ts';

test.describe.configure({ mode: 'serial' });

const BAKERY = 'kestrelcoffee.bsky.test';
const GYM = 'northbankclimbing.bsky.test';

test('an app password connects an account, and a wrong one is told without being kept @desktop', async ({ page, stack, emulator }) => {
  await signIn(page, stack.owner);
  await addClient(page, 'Red Gate Bakery', 'Asia/Tokyo');
  await page.getByRole('link', { name: 'Connect Bluesky' }).click();
  await hydrated(page);
  await page.getByText('Use an app password instead').click();
  await violations(page);
  await page.getByLabel('Handle of the account').fill(BAKERY);
  await page.getByLabel('App password', { exact: true }).fill('gues-sedp-assw-ordx');
  await page.getByRole('button', { name: 'Connect with the app password' }).click();
  await expect(page.getByText('The account was not connected.')).toBeVisible();
  await expect(page.getByLabel('Handle of the account')).toHaveValue(BAKERY);
  await expect(page.getByLabel('App password', { exact: true })).toHaveValue('');
  expect(page.url()).not.toContain('gues-sedp');
  await page.getByLabel('App password', { exact: true }).fill(await emulator.blueskyPassword(BAKERY));
  await page.getByRole('button', { name: 'Connect with the app password' }).click();
  await page.waitForURL(/\/accounts\?connected=/);
  await hydrated(page);
  await expect(page.getByText('Working').first()).toBeVisible();
  await violations(page);
});

test('two pictures with descriptions are published in order on their minute @desktop', async ({ page, stack, emulator }) => {
  test.setTimeout(300_000);
  const [bread, oven] = await Promise.all([picture('orange'), picture('teal')]);
  await signIn(page, stack.owner);
  await openClient(page, 'Red Gate Bakery');
  await page.getByRole('link', { name: 'Calendar', exact: true }).first().click();
  await newPost(page);
  await page.locator('input[type=file]').setInputFiles([oven, bread]);
  const files = page.getByRole('group', { name: /^File / });
  await expect(files).toHaveCount(2, { timeout: 60_000 });
  await files.nth(0).getByLabel(/^Description/).fill('The oven at six');
  await files.nth(1).getByLabel(/^Description/).fill('A loaf, still warm');
  await files.nth(1).getByRole('button', { name: 'Move earlier' }).press('Enter');
  await expect(files.nth(0).getByLabel(/^Description/)).toHaveValue('A loaf, still warm');
  await expect(files.nth(0).getByRole('button', { name: 'Move earlier' })).toBeFocused();
  await page.getByRole('textbox', { name: 'Caption' }).fill('Fresh from the oven 👩‍🍳 #bakery');
  await expect(page.getByText('29 / 300')).toBeVisible();
  await page.getByLabel('Language', { exact: true }).selectOption('English');
  await page.getByLabel('Goes out').fill(inZone(nextMinute(), 'Asia/Tokyo'));
  await expect(page.getByText('All checks passed').first()).toBeVisible();
  await violations(page);
  await page.getByRole('button', { name: 'Schedule' }).click();

  await backOnCalendar(page);
  const card = page.locator('.post-card').filter({ hasText: 'Fresh from the oven' }).first();
  await expect(card).toContainText('Scheduled');
  await expect(card).toContainText('Published', { timeout: 180_000 });

  const posts = await emulator.blueskyPosts();
  expect(posts.map(({ text, langs }) => ({ text, langs }))).toEqual([{ text: 'Fresh from the oven 👩‍🍳 #bakery', langs: ['en'] }]);
  expect(posts[0]?.media.map(({ sha256, alt }) => ({ sha256, alt }))).toEqual([
    { sha256: await sha256(bread), alt: 'A loaf, still warm' },
    { sha256: await sha256(oven), alt: 'The oven at six' },
  ]);
  await page.goto(`${stack.emulatorUrl}/bluesky/profile/${BAKERY}`);
  await expect(page.getByRole('img', { name: 'A loaf, still warm' })).toBeVisible();
  await expect(page.getByRole('link', { name: '#bakery' })).toBeVisible();
});

test("the consent page of the account's own server connects it, and a refusal is told @desktop", async ({ page, stack }) => {
  await signIn(page, stack.owner);
  await addClient(page, 'Southbank Climbing', 'America/New_York');
  for (const decision of ['Deny access', 'Authorize']) {
    await page.getByRole('link', { name: 'Connect Bluesky' }).first().click();
    await hydrated(page);
    await page.getByLabel('Handle', { exact: true }).fill(`@${GYM}`);
    await page.getByRole('button', { name: 'Continue to Bluesky' }).click();
    await page.waitForURL(`${stack.emulatorUrl}/oauth/authorize**`);
    await expect(page.locator(`input[name=account][value="${GYM}"]`)).toBeChecked();
    await page.getByRole('button', { name: decision }).click();
    await page.waitForURL(`${stack.url}/**`);
    await hydrated(page);
    if (decision === 'Deny access') await expect(page.getByText(/did not grant access/)).toBeVisible();
  }
  // A server that is reached by plain http gets sessions of two weeks, and says so.
  await expect(page.getByRole('row').filter({ hasText: GYM })).toContainText(/Expires in \d+ days/);
});

test('text alone is enough for Bluesky, and its limit is counted as people count @desktop', async ({ page, stack, emulator }) => {
  test.setTimeout(120_000);
  await signIn(page, stack.owner);
  await openClient(page, 'Red Gate Bakery');
  await page.getByRole('link', { name: 'Calendar', exact: true }).first().click();
  await newPost(page);
  const caption = page.getByRole('textbox', { name: 'Caption' });
  await caption.fill('é'.repeat(301));
  await expect(page.getByText('301 / 300')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Schedule' })).toBeDisabled();
  await caption.fill('Sold out by nine. Back tomorrow!');
  await page.getByLabel('Other ways to send').click();
  await page.getByRole('button', { name: 'Publish now' }).click();
  await backOnCalendar(page);
  await expect.poll(async () => (await emulator.blueskyPosts()).map(({ text }) => text), { timeout: 60_000 }).toContain('Sold out by nine. Back tomorrow!');
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

// A month out of a spreadsheet, told row by row first, and a calendar for other programs at a secret address.

import { Agency, accessible, fits } from '../support/steps.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';

test('a file with errors is told row by row, mended, imported whole, and not twice', async ({ page, stack, faults }) => {
  // A file that is none is refused, which the browser logs.
  faults.expect(/\b422\b/);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Bulk & Co', 'bulkandco');
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const file = (time: string, handle: string) =>
    ['date;time;accounts;caption;tags', `${day(3)};09:00;@bulkandco;"Kenya AA;\nis back";autumn, reel`, `${day(4)};${time};${handle};Open late;`].join('\r\n');
  await agency.open('settings');
  await page.getByRole('link', { name: 'Import posts' }).click();
  await page.waitForURL(/\/import$/);
  await hydrated(page);
  await page.getByText('How the file is written').click();
  await expect(page.getByRole('cell', { name: /Handles, parted by spaces/ })).toBeVisible();
  await accessible(page);

  const rows = page.getByLabel('or paste its rows');
  await rows.fill('when,what\n1,2');
  await page.getByRole('button', { name: 'Check the rows' }).click();
  await expect(page.getByText('There is no column “date”.')).toBeVisible();

  await page.locator('input[type=file]').setInputFiles({ name: 'november.csv', mimeType: 'text/csv', buffer: Buffer.from(file('25:00', '@nobody')) });
  await expect(page.getByText('1 row has to be mended first.')).toBeVisible();
  const wrong = page.getByRole('row', { name: /Open late/ });
  await expect(wrong).toContainText('“25:00” is no time. Write it as 09:05.');
  await expect(wrong).toContainText('This client has no account “nobody”.');
  await expect(page.getByRole('button', { name: /^Import/ })).toHaveCount(0);
  await accessible(page);
  await fits(page);

  await page.locator('input[type=file]').setInputFiles({ name: 'november.csv', mimeType: 'text/csv', buffer: Buffer.from(`\ufeff${file('21:30', 'bulkandco')}`) });
  await expect(page.getByText('2 rows can be imported.')).toBeVisible();
  await page.getByRole('button', { name: 'Import 2 drafts' }).click();
  await expect(page.getByText('2 drafts are kept.')).toBeVisible();
  await page.getByRole('button', { name: 'Check the rows' }).click();
  await expect(page.getByText('There is nothing new in it.')).toBeVisible();
  await expect(page.getByRole('row', { name: /Open late/ })).toContainText('is there already');
  await page.setViewportSize({ width: 390, height: 844 });
  await fits(page);
  await page.setViewportSize({ width: 1440, height: 900 });

  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export as CSV' }).click()]);
  expect(download.suggestedFilename()).toMatch(/^posts-\d{4}-\d\d-01-to-/);
  const exported = await page.request.get(`/clients/${agency.client}/posts.csv?from=${day(1)}&until=${day(10)}`);
  expect(await exported.text()).toContain('"tiktok:bulkandco","Kenya AA;\nis back","autumn, reel"');
  await agency.open(`calendar?month=${day(3).slice(0, 7)}`);
  await expect(agency.card('Kenya AA;')).toBeVisible();
});

test('a calendar’s address is shown once, is read by whoever has it, and ends when it is taken back', async ({ page, stack }) => {
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Feed & Co', 'feedandco');
  await agency.open('settings');
  await expect(page.getByText('There is no address.')).toBeVisible();
  await page.getByRole('button', { name: 'Make an address' }).click();
  const field = page.getByLabel('Address', { exact: true });
  await expect(field).toHaveValue(/\/calendar\/feed\/[\w-]{43}\.ics$/);
  const address = await field.inputValue();
  await accessible(page);
  const calendar = await fetch(address);
  expect(calendar.status).toBe(200);
  expect(await calendar.text()).toContain('X-WR-CALNAME:Feed & Co');
  const again = await fetch(address, { headers: { 'if-none-match': calendar.headers.get('etag') ?? '' } });
  expect(again.status).toBe(304);

  await page.reload();
  await hydrated(page);
  await expect(page.getByText('There is an address, made by Olga Owner')).toBeVisible();
  await expect(field).toHaveCount(0);
  await page.getByRole('button', { name: 'Make a new address' }).click();
  await expect(field).toBeVisible();
  expect((await fetch(address)).status).toBe(404);
  const newer = await field.inputValue();
  expect((await fetch(newer)).status).toBe(200);
  await page.getByRole('button', { name: 'Take it back' }).click();
  await expect(page.getByText('There is no address.')).toBeVisible();
  await expect(field).toHaveCount(0);
  expect((await fetch(newer)).status).toBe(404);
  await fits(page);
});

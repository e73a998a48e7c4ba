// A client by keyboard alone: added, set up, paused, given a calendar address; its posting times, and its posts out of a
// file and into one.

import { choose, press, reach, signInByKeys, somewhere, tick, write } from '../support/keyboard.ts';
import { Agency } from '../support/steps.ts';
import { expect, hydrated, test } from '../support/test.ts';

test('a client is added, set up, given a calendar address and paused by keyboard alone @desktop', async ({ page, stack }) => {
  test.setTimeout(120_000);
  await signInByKeys(page, stack.owner);
  const main = page.getByRole('navigation', { name: 'Main' });

  await test.step('add it', async () => {
    await page.request.post('/api/create_client', { headers: { origin: stack.url }, form: { name: 'Kestrel Before', time_zone: 'Europe/London' } });
    await press(page, main.getByRole('link', { name: 'Clients' }));
    await page.waitForURL(/\/clients$/);
    await press(page, page.getByRole('link', { name: 'Add a client' }));
    await page.waitForURL(/\/clients\/new$/);
    await write(page, page.getByLabel('Name'), 'Kestrel Keyboard');
    await choose(page, page.getByLabel('Time zone'), 'Europe/Lisbon');
    await press(page, page.getByRole('button', { name: 'Add the client' }));
    await page.waitForURL(/\/accounts/);
    await expect(page.locator('.switcher')).toContainText('Kestrel Keyboard');
    await somewhere(page);
  });

  await test.step('set it up', async () => {
    await press(page, main.getByRole('link', { name: 'Settings' }));
    await page.waitForURL(/\/settings$/);
    await hydrated(page);
    await choose(page, page.getByLabel('Approval', { exact: true }), 'Optional');
    await press(page, page.getByRole('button', { name: 'Save' }));
    await expect(page.getByRole('status').getByText('Saved.')).toBeVisible();
    await somewhere(page);
    await expect(page.getByLabel('Approval', { exact: true })).toHaveValue('optional');
  });

  await test.step('make a calendar address, and take it back', async () => {
    await press(page, page.getByRole('button', { name: 'Make an address' }));
    const address = page.getByLabel('Address', { exact: true });
    await expect(address).toHaveValue(/\.ics$/);
    await somewhere(page);
    await reach(page, address);
    await press(page, page.getByRole('button', { name: 'Take it back' }));
    await expect(page.getByText('There is no address.')).toBeVisible();
    await expect(address).toHaveCount(0);
    await somewhere(page);
  });

  await test.step('pause it, and go on by the line at the top', async () => {
    const banner = page.getByRole('region', { name: 'Paused' });
    await press(page, page.getByRole('button', { name: 'Pause publishing' }));
    await expect(banner).toBeVisible();
    await somewhere(page);
    await press(page, banner.getByRole('button', { name: /Resume/ }));
    await expect(banner).toBeHidden();
    await somewhere(page);
  });
});

test('posting times are set, and posts come out of a file and go into one, by keyboard alone @desktop', async ({ page, stack }) => {
  test.setTimeout(120_000);
  await signInByKeys(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Files', 'kestrelfiles');

  await test.step('posting times', async () => {
    await agency.open('accounts');
    const times = page.getByRole('region', { name: 'Posting times' });
    await tick(page, times.getByLabel('Monday'));
    await tick(page, times.getByLabel('Friday'));
    await reach(page, times.getByLabel('Time', { exact: true }));
    // The browser's own field has twelve hours.
    await page.keyboard.type('0715AM');
    await expect(times.getByLabel('Time', { exact: true })).toHaveValue('07:15');
    await press(page, times.getByRole('button', { name: 'Add' }));
    await expect(times.getByRole('listitem')).toHaveCount(2);
    await somewhere(page);
    await press(page, times.getByRole('button', { name: /^Remove Fri 07:15/ }));
    await expect(times.getByRole('listitem')).toHaveCount(1);
    await somewhere(page);
  });

  await test.step('in from a file', async () => {
    await agency.open('settings');
    await press(page, page.getByRole('link', { name: 'Import posts' }));
    await page.waitForURL(/\/import$/);
    const day = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
    const rows = `date;time;accounts;caption\r\n${day};09:00;@kestrelfiles;From a file`;
    const file = page.locator('input[type=file]');
    await reach(page, file);
    await file.setInputFiles({ name: 'posts.csv', mimeType: 'text/csv', buffer: Buffer.from(rows) });
    await expect(page.getByText('1 row can be imported.')).toBeVisible();
    await press(page, page.getByRole('button', { name: 'Import 1 draft' }));
    await expect(page.getByText('1 draft is kept.')).toBeVisible();
    await somewhere(page);
  });

  await test.step('into one', async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), press(page, page.getByRole('button', { name: 'Export as CSV' }))]);
    expect(download.suggestedFilename()).toMatch(/\.csv$/);
  });
});

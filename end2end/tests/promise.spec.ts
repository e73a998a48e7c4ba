// What a newcomer is promised: one post for three accounts with a video of a gigabyte, over a connection that goes
// twice, scheduled without reading anything.

import path from 'node:path';
import { accessible, Agency, backOnCalendar, newPost } from '../support/steps.ts';
import { expect, signIn, test } from '../support/test.ts';
import { gigabyteVideo } from '../support/videos.ts';

test('a post for three accounts with a video of a gigabyte is scheduled over a connection that goes twice @desktop', async ({ page, context, stack, faults }) => {
  test.setTimeout(420_000);
  faults.expect(/ERR_INTERNET_DISCONNECTED|Failed to load resource|net::ERR|requestfailed|Failed to fetch|423|409/);
  const video = await gigabyteVideo();
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Promise', 'kestrelpromise');
  await agency.alsoConnect('Kestrel Second', 'kestrelsecondary');
  await agency.alsoConnect('Kestrel Third', 'kestreltertiary');
  const names = ['@kestrelpromise', '@kestrelsecondary', '@kestreltertiary'];
  let parts = 0;
  page.on('requestfinished', (request) => {
    if (request.method() === 'PATCH') parts += 1;
  });

  await agency.open('calendar');
  await newPost(page);
  for (const name of names) await page.getByRole('checkbox', { name }).check();
  await page.locator('input[type=file]').first().setInputFiles(video);
  await page.getByRole('textbox', { name: 'Caption' }).fill('A day at the roastery, from seven to seven');

  for (const _ of [1, 2]) {
    const before = parts;
    await expect.poll(() => parts, { timeout: 90_000 }).toBeGreaterThan(before + 4);
    await context.setOffline(true);
    await expect(page.getByText(/the connection is gone/).first()).toBeVisible({ timeout: 30_000 });
    // What is written meanwhile is not lost either.
    await page.getByRole('textbox', { name: 'Caption' }).press('End');
    await page.getByRole('textbox', { name: 'Caption' }).pressSequentially('!');
    await context.setOffline(false);
    await expect(page.getByText(/the connection is gone/)).toHaveCount(0, { timeout: 60_000 });
  }
  await expect(page.getByRole('group', { name: `File ${path.basename(video)}` })).toBeVisible({ timeout: 240_000 });
  await expect(page.getByText(/720 × 1280, H\.264/)).toBeVisible();

  for (const name of names) {
    await page.getByRole('region', { name: `TikTok settings, ${name}` }).getByLabel('Who can see it').selectOption('PUBLIC_TO_EVERYONE');
  }
  await accessible(page);
  const day = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);
  await page.getByLabel('Goes out').fill(`${day}T17:30`);
  await page.getByRole('button', { name: 'Schedule' }).click();
  await backOnCalendar(page);
  const card = agency.card('A day at the roastery, from seven to seven!!');
  await expect(card).toContainText('Scheduled');
  await expect(card).toContainText('17:30');
  await card.getByRole('link').click();
  for (const name of names) await expect(page.getByRole('checkbox', { name })).toBeChecked();
});

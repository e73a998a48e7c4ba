// Pictures on TikTok: written in the composer, fetched by TikTok from signed addresses, shown in the order that was chosen.

import path from 'node:path';
import { accessible, Agency } from '../support/steps.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';
import { picture, sha256 } from '../support/videos.ts';

test('two pictures go out on TikTok with a title and a cover @desktop', async ({ page, stack, emulator }) => {
  test.setTimeout(180_000);
  const [terrace, kitchen] = await Promise.all([picture('orange'), picture('teal')]);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Pictures', 'kestrelpictures');
  await agency.open('posts/new');
  const files = page.getByRole('group', { name: /^File / });
  // The first is held up until the second is there: they stand as they were chosen all the same.
  await page.route(/\/uploads$/, async (route) => {
    const [, name = ''] = (route.request().headers()['upload-metadata'] ?? '').split(' ');
    if (Buffer.from(name, 'base64').toString() === path.basename(terrace)) await expect(files).toHaveCount(1, { timeout: 30_000 });
    await route.continue();
  });
  await page.locator('input[type=file]').setInputFiles([terrace, kitchen]);
  await expect(files).toHaveCount(2, { timeout: 60_000 });
  await files.nth(1).getByRole('button', { name: 'Move earlier' }).click();
  await page.getByRole('textbox', { name: 'Caption' }).fill('Before the guests come');

  const panel = page.getByRole('region', { name: 'TikTok settings' });
  await panel.getByLabel('Title').fill('Two rooms');
  await panel.getByLabel('Cover').selectOption('Picture 2');
  await expect(panel.getByLabel('Duet')).toHaveCount(0);
  await expect(panel.getByLabel('Stitch')).toHaveCount(0);
  await panel.getByLabel('Who can see it').selectOption('PUBLIC_TO_EVERYONE');
  await expect(page.getByText('All checks passed').first()).toBeVisible();
  await accessible(page);
  await page.getByLabel('Other ways to send').click();
  await page.getByRole('button', { name: 'Publish now' }).click();
  await page.waitForURL(/\/calendar/);
  await hydrated(page);
  await expect(agency.card('Before the guests come')).toContainText('Published', { timeout: 90_000 });

  const [post, ...more] = (await emulator.tiktokPosts()).filter((post) => JSON.stringify(post).includes('Before the guests come'));
  expect(more).toEqual([]);
  expect(post?.media.map((file) => file.sha256)).toEqual([await sha256(kitchen), await sha256(terrace)]);
  expect(JSON.stringify(post)).toContain('Two rooms');
});

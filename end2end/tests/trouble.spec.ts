// What a person is told when publishing goes wrong, and what comes of what they do about it.

import { accessible, Agency, fits } from '../support/steps.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';

/** TikTok takes everything and then will not say what became of it. */
const SILENCE = { times: 100_000, status: 400, code: 'invalid_params', message: 'scripted silence' };

test('an unknown outcome says what to check, and each answer to it is kept', async ({ page, stack, emulator, faults }) => {
  test.setTimeout(240_000);
  faults.expect(/\b422\b/);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Trouble', 'kestreltrouble');
  const captions = ['It was there', 'It was not there', 'Nobody minds'] as const;
  const posts = async (caption: string) => (await emulator.tiktokPosts()).filter((post) => JSON.stringify(post).includes(caption)).length;

  await test.step('TikTok goes silent after it has everything', async () => {
    await agency.breaks('status/fetch', SILENCE);
    for (const caption of captions) {
      await agency.publish(caption);
      await agency.open('calendar');
      await expect(agency.card(caption)).toContainText('Unknown', { timeout: 60_000 });
    }
    await expect(page.getByText('3 posts need attention')).toBeVisible();
    await page.getByText('3 posts need attention').click();
    await expect(page.locator('.attention-item')).toHaveCount(3);
    await accessible(page);
    await fits(page);
  });

  await test.step('it is there: its address is checked and kept', async () => {
    await page.locator('.attention-item').filter({ hasText: captions[0] }).getByRole('link').click();
    await page.waitForURL(/\/history\//);
    await hydrated(page);
    await expect(page.getByRole('heading', { name: 'Nobody knows yet whether this went out.' })).toBeVisible();
    await expect(page.getByText(/AutoPost asks TikTok again/)).toBeVisible();
    await expect(page.getByRole('link', { name: 'Look at @kestreltrouble on TikTok' })).toHaveAttribute('href', 'https://www.tiktok.com/@kestreltrouble');
    await accessible(page);
    await fits(page);
    await page.getByRole('button', { name: 'It is there…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Address of the post').fill('https://www.tiktok.com/@kestreltrouble');
    await dialog.getByRole('button', { name: 'It is published' }).click();
    await expect(dialog.getByText('This is the address of a profile, not of the post.', { exact: false })).toBeVisible();
    await accessible(page);
    await dialog.getByLabel('Address of the post').fill('https://www.tiktok.com/@kestreltrouble/video/7426118830452871457');
    await dialog.getByRole('button', { name: 'It is published' }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByText('Somebody looked, and it is there.', { exact: false })).toBeVisible();
    await expect(page.getByText('By Olga Owner').first()).toBeVisible();
  });

  await test.step('given up: it is failed, and let rest it needs nobody', async () => {
    await agency.open('calendar');
    await agency.card(captions[2]).getByRole('link').click();
    await page.waitForURL(/\/history\//);
    await hydrated(page);
    await page.getByRole('button', { name: 'Give up…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Give up' }).click();
    await expect(page.getByRole('heading', { name: 'This did not go out.' })).toBeVisible();
    await accessible(page);
    await page.getByRole('button', { name: 'Let it rest' }).click();
    await expect(page.getByRole('heading', { name: 'This does not go out.' })).toBeVisible();
  });

  await test.step('it is not there: it is sent again, once', async () => {
    const before = await posts(captions[1]);
    await agency.open('calendar');
    await agency.card(captions[1]).getByRole('link').click();
    await page.waitForURL(/\/history\//);
    await hydrated(page);
    await page.getByRole('button', { name: 'It is not there: send again…' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText('what is sent twice is seen twice', { exact: false })).toBeVisible();
    await accessible(page);
    // TikTok speaks again only now: as soon as it does, AutoPost would find out by itself.
    await agency.mend();
    await dialog.getByRole('button', { name: 'Send again' }).click();
    await expect(dialog).toBeHidden();
    await expect(page.locator('.top-bar')).toContainText('Published', { timeout: 60_000 });
    await expect(page.getByText('Sent again', { exact: true })).toBeVisible();
    expect(await posts(captions[1])).toBe(before + 1);
    await agency.open('calendar');
    await expect(page.locator('.attention')).toHaveCount(0);
  });
});

test('what was refused says why, and goes out when somebody tries again @desktop', async ({ page, stack, emulator }) => {
  test.setTimeout(120_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Refused', 'kestrelrefused');
  await agency.breaks('video/init', { status: 403, code: 'spam_risk' });
  await agency.publish('Second time lucky');
  await agency.open('calendar');
  const card = agency.card('Second time lucky');
  await expect(card).toContainText('Failed', { timeout: 60_000 });
  await card.getByRole('link').click();
  await page.waitForURL(/\/history\//);
  await hydrated(page);
  await expect(page.getByText('TikTok’s spam protection refused this post.', { exact: false }).first()).toBeVisible();
  await expect(page.getByRole('link', { name: 'Choose another time' })).toBeVisible();
  // The same is said where the post is written.
  await page.getByRole('link', { name: 'Open the post' }).click();
  await page.waitForURL(/\/posts\//);
  await hydrated(page);
  await expect(page.getByRole('heading', { name: 'This did not go out.' })).toBeVisible();
  await accessible(page);
  await page.getByRole('button', { name: 'Try again…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Try again' }).click();
  await agency.open('calendar');
  await expect(card).toContainText('Published', { timeout: 60_000 });
  expect((await emulator.tiktokPosts()).filter((post) => JSON.stringify(post).includes('Second time lucky'))).toHaveLength(1);
});

test('taking back what is being published asks first, and says what came of it @desktop', async ({ page, stack }) => {
  test.setTimeout(120_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Regrets', 'kestrelregrets');
  // It stays on its way for half a minute, while the question is answered.
  await agency.breaks('status/fetch', { times: 4, status: 500 });
  await agency.publish('Too late');
  await agency.open('calendar');
  const card = agency.card('Too late');
  await expect(card).toContainText('Publishing', { timeout: 30_000 });
  await card.getByRole('link').click();
  await hydrated(page);
  await page.getByRole('button', { name: 'Cancel…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('what has left cannot be unsent', { exact: false })).toBeVisible();
  await accessible(page);
  // What happens to the post meanwhile does not take the question away.
  await expect.poll(() => agency.faultsLeft('status/fetch'), { timeout: 30_000 }).toBeLessThan(3);
  await dialog.getByRole('button', { name: 'Take it back' }).click();
  await expect(page.getByText('Asked to take it back')).toBeVisible();
  await agency.mend();
  await expect(page.getByText('Could not be taken back').first()).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('heading', { name: 'It could not be taken back: it is published.' })).toBeVisible({ timeout: 60_000 });
});

import { expect, hydrated, signIn, test } from '../support/test.ts';
import { portraitVideo, sha256 } from '../support/videos.ts';

const CAPTION = 'Fresh from the oven at seven #bakery';

// From nothing to a published video, the way a new agency goes. The publisher really waits for its minute.
test('a scheduled video is published byte for byte and on time @desktop', async ({ page, stack, emulator }) => {
  test.setTimeout(300_000);
  const video = await portraitVideo(6);

  await test.step('sign in', () => signIn(page, stack.owner));

  await test.step('create a client with its zone', async () => {
    await page.goto('/clients');
    await hydrated(page);
    await page.getByRole('button', { name: 'New client' }).or(page.getByRole('link', { name: 'New client' })).first().click();
    await page.getByLabel('Name').fill('Blue Door Bakery');
    await page.getByLabel('Time zone').fill('Asia/Tokyo');
    await page.getByRole('button', { name: 'Create client' }).click();
    await expect(page.getByText('Blue Door Bakery').first()).toBeVisible();
  });

  await test.step("connect TikTok on the platform's own page", async () => {
    await page.getByRole('link', { name: 'Accounts' }).first().click();
    await hydrated(page);
    await page.getByRole('link', { name: /Connect TikTok/ }).or(page.getByRole('button', { name: /Connect TikTok/ })).first().click();
    await page.waitForURL(`${stack.emulatorUrl}/**`);
    await page.locator('input[name=account]').first().check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(`${stack.url}/**`);
    await expect(page.getByText('Working').first()).toBeVisible();
  });

  await test.step('write the post and schedule it one minute ahead', async () => {
    await page.getByRole('link', { name: 'New post' }).first().click();
    await hydrated(page);
    await page.locator('input[type=file]').setInputFiles(video);
    await page.getByLabel('Caption').fill(CAPTION);
    await page.getByLabel('Who can see it').selectOption({ index: 1 });
    await page.locator('input[type=datetime-local]').fill(inZone(nextMinute(), 'Asia/Tokyo'));
    const schedule = page.getByRole('button', { name: 'Schedule' });
    await expect(schedule).toBeEnabled({ timeout: 30_000 });
    await schedule.click();
  });

  await test.step('watch its card turn without a reload', async () => {
    await page.getByRole('link', { name: 'Calendar' }).first().click();
    await hydrated(page);
    const card = page.getByRole('article').or(page.getByRole('listitem')).filter({ hasText: 'Fresh from the oven' }).first();
    await expect(card).toContainText('Scheduled');
    await page.evaluate(() => Object.assign(window, { notReloaded: true }));
    await expect(card).toContainText('Published', { timeout: 180_000 });
    expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true);
  });

  await test.step('compare what the platform received with the file', async () => {
    const posts = await emulator.tiktokPosts();
    expect(posts.map((post) => post.sha256)).toEqual([await sha256(video)]);
  });
});

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

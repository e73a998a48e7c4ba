import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { backOnCalendar, newPost } from '../support/steps.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';
import { portraitVideo } from '../support/videos.ts';

// A stack of its own: other stories count what was posted.
test.use({ stackOptions: { environment: { AUTOPOST_LOG: 'info' } } });

// Into TikTok's inbox instead of onto the profile: said so before, while it waits, and when its person has published it.
test('a draft waits in TikTok’s inbox until its person publishes it there @desktop', async ({ page, stack }) => {
  test.setTimeout(240_000);
  await signIn(page, stack.owner);
  await page.goto('/clients/new');
  await hydrated(page);
  await page.getByLabel('Name').fill('Drafts & Co');
  await page.getByLabel('Time zone').selectOption('Europe/London');
  await page.getByRole('button', { name: 'Add the client' }).click();
  await page.waitForURL(/\/accounts/);
  await hydrated(page);
  await page.getByRole('button', { name: /Connect TikTok/ }).first().click();
  await page.waitForURL(`${stack.emulatorUrl}/**`);
  await page.locator('input[name=account][value=northbankclimbing]').check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL(`${stack.url}/**`);
  await hydrated(page);

  await page.getByRole('link', { name: 'Calendar', exact: true }).first().click();
  await newPost(page);
  await page.locator('input[type=file]').setInputFiles(await portraitVideo(6));
  await expect(page.getByText(/720 × 1280, H\.264, 30 fps/)).toBeVisible({ timeout: 120_000 });
  const panel = page.getByRole('region', { name: 'TikTok settings' });
  await expect(panel.getByLabel('Who can see it')).toBeVisible();
  await panel.getByLabel('Send as a draft').check();
  await expect(panel.getByLabel('Who can see it')).toHaveCount(0);
  await expect(panel.getByLabel('Duet')).toHaveCount(0);
  await expect(page.getByText("By posting, you agree to TikTok's")).toHaveCount(0);
  await violations(page);
  await page.getByLabel('Other ways to send').click();
  await page.getByRole('button', { name: 'Publish now' }).click();
  await backOnCalendar(page);
  await page.locator('.post-card').first().getByRole('link').first().click();
  await hydrated(page);
  await expect(page.getByText(/In TikTok’s inbox, and not public before @northbankclimbing/).first()).toBeVisible({ timeout: 60_000 });
  await violations(page);

  const tasks = `${stack.emulatorUrl}/control/tiktok`;
  const [task] = (await (await fetch(`${tasks}/tasks`)).json()) as { publish_id: string; status: string }[];
  expect(task?.status).toBe('SEND_TO_USER_INBOX');
  await fetch(`${tasks}/drafts/finish`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ publish_id: task?.publish_id }),
  });
  // TikTok tells by itself; nobody asks for the next ten minutes.
  await page.goto(page.url());
  await expect(async () => {
    await page.reload();
    await expect(page.getByText('TikTok may take a few minutes to show it on the profile.')).toBeVisible({ timeout: 2000 });
  }).toPass({ timeout: 60_000 });
});

/** What an aid could not deal with. */
async function violations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
}

// Accounts by keyboard alone: connected, connected again, a link for the client made and revoked, and disconnected. What
// the platform's own page asks is answered there as it likes.

import { press, reach, signInByKeys, somewhere, write } from '../support/keyboard.ts';
import { consent, emulate } from '../support/steps.ts';
import { expect, hydrated, test } from '../support/test.ts';

test('an account is connected, connected again and disconnected by keyboard alone @desktop', async ({ page, stack }) => {
  test.setTimeout(120_000);
  await signInByKeys(page, stack.owner);
  await emulate(stack, 'Kestrel Account', 'kestrelaccount');
  const created = await page.request.post('/api/create_client', { headers: { origin: stack.url }, form: { name: 'Kestrel Account', time_zone: 'Europe/London' }, maxRedirects: 0 });
  const client = (created.headers().location ?? created.headers().serverfnredirect ?? '').split('/')[2] ?? '';
  await page.goto(`/clients/${client}/accounts`);
  await hydrated(page);
  const menu = page.locator('summary[aria-label^="Actions for"]');

  await test.step('connect it, and once more', async () => {
    await press(page, page.getByRole('button', { name: 'Connect TikTok' }));
    await consent(page, stack, 'kestrelaccount');
    await expect(page.getByText('is connected.')).toBeVisible();
    await press(page, menu);
    await press(page, page.getByRole('button', { name: 'Reconnect' }));
    await consent(page, stack, 'kestrelaccount');
    await expect(page.getByText('is connected.')).toBeVisible();
    await expect(page.locator('.account-health')).toHaveCount(1);
  });

  await test.step('pause it in its menu, which gives the focus back', async () => {
    await press(page, menu);
    await press(page, page.getByRole('button', { name: 'Pause publishing' }));
    await expect(page.locator('.account-health')).toContainText('Paused');
    await expect(menu).toBeFocused();
    await page.keyboard.press('Enter');
    await press(page, page.getByRole('button', { name: 'Resume publishing' }));
    await expect(page.locator('.account-health')).not.toContainText('Paused');
    await expect(menu).toBeFocused();
  });

  await test.step('a link for the client is made and revoked', async () => {
    await press(page, page.getByRole('link', { name: 'Send connect link' }));
    await page.waitForURL(/\/accounts\/links/);
    await press(page, page.getByRole('button', { name: 'Make the link' }));
    await expect(page.getByLabel('Address', { exact: true })).toHaveValue(/\/connect\//);
    await somewhere(page);
    await reach(page, page.getByLabel('Address', { exact: true }));
    await press(page, page.getByRole('button', { name: 'Revoke' }));
    await expect(page.getByText('The link opens nothing any more.')).toBeVisible();
    await somewhere(page);
    await press(page, page.getByRole('link', { name: 'Back to accounts' }));
    await page.waitForURL(/\/accounts$/);
  });

  await test.step('disconnect it', async () => {
    await press(page, menu);
    await press(page, page.getByRole('link', { name: 'Disconnect...' }));
    await page.waitForURL(/\/disconnect$/);
    const typed = page.getByLabel(/^Type .+ to confirm/);
    const [, word = ''] = /^Type (.+) to confirm/.exec((await page.locator('label[for=typed]').textContent()) ?? '') ?? [];
    await write(page, typed, word);
    await press(page, page.getByRole('button', { name: 'Disconnect and purge' }));
    await expect(page.getByText('Access revoked at TikTok')).toBeVisible();
    await somewhere(page);
    await press(page, page.getByRole('link', { name: 'Done' }));
    await page.waitForURL(/\/accounts$/);
    await expect(page.getByText('No account connected yet')).toBeVisible();
  });
});

// The calendar by keyboard alone: to another client and back, filters, a day, a dialog that is left, and many posts moved,
// brought back and sent. Moving one by keys is in calendar.spec.ts.

import { portalUser } from '../support/portal.ts';
import { press, reach, signInByKeys, somewhere, tick } from '../support/keyboard.ts';
import { Agency } from '../support/steps.ts';
import { expect, test } from '../support/test.ts';

/** The middle of the month after this one. */
const middle = (() => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 14));
})();
const inDays = Math.round((middle.getTime() - Date.parse(new Date().toISOString().slice(0, 10))) / 86_400_000);
const month = middle.toISOString().slice(0, 7);

test('clients, filters, a day and many posts at once, by keyboard alone @desktop', async ({ page, stack }) => {
  test.setTimeout(180_000);
  await signInByKeys(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Calendar', 'kestrelcalendar');
  await portalUser(stack, agency.client, 'Priya Nair', 'calendar@kestrel.example');
  for (const number of ['One', 'Two', 'Three', 'Four']) await agency.draft(`${number} of a full day`, inDays);
  await page.request.post('/api/create_client', { headers: { origin: stack.url }, form: { name: 'Osprey Calendar', time_zone: 'Europe/London' } });

  await test.step('to another client and back, by its name', async () => {
    await agency.open('calendar');
    const switcher = page.locator('.switcher > summary');
    await press(page, switcher);
    await page.keyboard.press('Escape');
    await expect(switcher).toBeFocused();
    for (const name of ['Osprey Calendar', 'Kestrel Calendar']) {
      await press(page, switcher);
      await reach(page, page.getByRole('searchbox', { name: 'Find a client' }));
      await page.keyboard.press('Control+A');
      await page.keyboard.type(name.slice(0, 10));
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await expect(switcher).toContainText(name);
      await somewhere(page);
    }
  });

  await test.step('filter, and show all', async () => {
    await agency.open(`calendar?month=${month}`);
    await page.keyboard.press('/');
    await reach(page, page.getByRole('link', { name: 'Published', exact: true }));
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/status=published/);
    await expect(page.getByText(/matches the filters/)).toBeVisible();
    await somewhere(page);
    await press(page, page.locator('.filters summary.set'));
    await press(page, page.locator('.filters').getByRole('link', { name: 'Show all' }));
    await expect(page).not.toHaveURL(/status=/);
    await somewhere(page);
  });

  await test.step('a day opens and closes', async () => {
    const more = page.getByRole('link', { name: /^1 more post/ });
    const panel = page.getByRole('complementary').filter({ hasText: '4 posts' });
    for (const close of ['by its button', 'by Escape']) {
      await press(page, more);
      await expect(panel.getByRole('heading')).toBeFocused();
      if (close === 'by Escape') await page.keyboard.press('Escape');
      else await press(page, panel.getByRole('link', { name: 'Close the day' }));
      await expect(panel).toHaveCount(0);
      await expect(more).toBeFocused();
    }
  });

  await test.step('a dialog out of a menu gives the focus back to the menu', async () => {
    const menu = page.locator('summary[aria-label^="Actions for One of a full day"]');
    await press(page, menu);
    await press(page, page.getByRole('button', { name: 'Move…' }));
    const dialog = page.getByRole('dialog', { name: 'Move to another time' });
    await expect(dialog.getByLabel(/^Day and time/)).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expect(menu).toBeFocused();
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keys on the calendar' })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(menu).toBeFocused();
  });

  const bar = page.getByRole('toolbar');
  const toast = page.locator('.toast');
  await test.step('many are moved, and brought back', async () => {
    await page.keyboard.press('l');
    await expect(page).toHaveURL(/[?&]list=/);
    for (const number of ['One', 'Two']) await tick(page, page.getByLabel(new RegExp(`^Choose ${number} of`)));
    await press(page, bar.getByRole('button', { name: 'Move…' }));
    await expect(page.getByLabel('By how many days')).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(bar.getByRole('button', { name: 'Move…' })).toBeFocused();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('2');
    await page.keyboard.press('Enter');
    await expect(toast).toContainText('2 posts moved 2 days later.');
    await somewhere(page);
    await press(page, toast.getByRole('button', { name: 'Undo' }));
    await expect(toast).toContainText('2 posts moved 2 days earlier.');
    await somewhere(page);
  });

  await test.step('many are sent for approval', async () => {
    for (const number of ['Three', 'Four']) await tick(page, page.getByLabel(new RegExp(`^Choose ${number} of`)));
    await press(page, bar.getByRole('button', { name: 'Send for approval' }));
    await expect(toast).toContainText('2 sent for approval.');
    await expect(page.locator('.post-row').filter({ hasText: 'Three of' })).toContainText('Waiting');
    await somewhere(page);
  });
});

// Whoever may reads who did what, narrows it down, verifies it, and takes it out as a file.

import { accessible, Agency, fits } from '../support/steps.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';

test('what was done is found, verified and taken out as a file', async ({ page, stack }, { project }) => {
  test.setTimeout(180_000);
  await signIn(page, stack.owner);
  const username = `kestrelaudit${project.name}`;
  const agency = await Agency.found(page, stack, `Kestrel Audit ${project.name}`, username);
  await agency.publish('Nobody reads this in the audit');
  await agency.open('calendar');
  await expect(agency.card('Nobody reads this')).toContainText('Published', { timeout: 60_000 });

  await page.goto('/audit');
  await hydrated(page);
  const rows = page.locator('.audit-table tbody tr:not(.group)');
  await expect(rows.filter({ hasText: 'moved a delivery from publishing to' }).first()).toContainText('AutoPost (publisher)');
  await expect(page.locator('main')).not.toContainText('Nobody reads this');
  await expect(page.locator('main')).not.toContainText(username);
  await accessible(page);
  await fits(page);

  await page.getByLabel('Client', { exact: true }).selectOption({ label: `Kestrel Audit ${project.name}` });
  await page.getByLabel('Action').selectOption({ label: 'Uploaded a file' });
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page).toHaveURL(/action=asset_uploaded/);
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText('Olga Owner');
  await page.reload();
  await hydrated(page);
  await expect(page.getByLabel('Action')).toHaveValue('asset_uploaded');
  await expect(rows).toHaveCount(1);

  const address = (await page.getByRole('link', { name: 'Export CSV' }).getAttribute('href')) ?? '';
  const saved = await page.request.get(address);
  expect(saved.headers()['content-disposition']).toMatch(/audit-.*\.csv/);
  const lines = (await saved.text()).trim().split('\r\n');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain('"asset_uploaded"');

  await page.getByRole('link', { name: 'Clear' }).click();
  await expect(rows.first()).toContainText('exported the audit');
  // Entries are chained within seconds of being made.
  await expect(async () => {
    await page.getByRole('link', { name: 'Verify the newest entries' }).click();
    await expect(page.getByText(/The newest \d+ entries are as they were written/)).toBeVisible();
  }).toPass({ timeout: 30_000 });
  await accessible(page);
});

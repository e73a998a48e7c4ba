// What people are told: in the application at once, and by mail through a real mail server.

import { accessible, Agency, fits } from '../support/steps.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';

test('a failure reaches the team and the contact by mail, and the bell', async ({ page, stack, mails }) => {
  test.setTimeout(180_000);
  const contact = `boss-${test.info().project.name}@agency.example`;
  await signIn(page, stack.owner);

  await test.step('the agency says who else is told', async () => {
    await page.goto('/settings');
    await hydrated(page);
    await page.getByLabel('Told of failures besides the team').fill(contact);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Saved.')).toBeVisible();
    await accessible(page);
    await fits(page);
  });

  await test.step('what was told before is read', async () => {
    await page.goto('/notices');
    await hydrated(page);
    const read = page.getByRole('button', { name: 'Mark all as read' });
    if (await read.isVisible()) await read.click();
    await expect(page.locator('.bell-count')).toHaveCount(0);
  });

  const agency = await Agency.found(page, stack, 'Kestrel Mail', 'kestrelmail');
  await agency.breaks('video/init', { status: 403, code: 'spam_risk' });
  await agency.publish('Flat white');

  await test.step('the bell tells at once', async () => {
    await expect(page.locator('.bell-count')).toContainText('1', { timeout: 30_000 });
    await page.getByRole('link', { name: 'Notices' }).click();
    await page.waitForURL('/notices');
    await expect(page.getByRole('link', { name: '“Flat white” was not published on @kestrelmail' })).toBeVisible();
    await accessible(page);
    await fits(page);
    await page.getByRole('button', { name: 'Mark all as read' }).click();
    await expect(page.locator('.bell-count')).toHaveCount(0);
  });

  await test.step('one mail for each, and the contact’s opens nothing', async () => {
    const told = await mails.waitFor(stack.owner.email, (mail) => mail.subject.includes('Flat white')).catch(() => undefined);
    // What was read in the meantime is not mailed: whichever was first.
    if (told) expect(told.text).toContain(`${stack.url}/clients/`);
    const mail = await mails.waitFor(contact);
    expect(mail.subject).toBe('“Flat white” was not published on @kestrelmail');
    expect(mail.text).not.toContain('http');
    expect(mail.headers['auto-submitted']).toBe('auto-generated');
    expect(await mails.to(contact)).toHaveLength(1);
  });

  await test.step('the outbox shows it, without what it says', async () => {
    await page.goto('/settings/mail');
    await hydrated(page);
    await expect(page.getByRole('row').filter({ hasText: contact })).toContainText('Sent');
    await accessible(page);
    await fits(page);
  });

  await test.step('what one is told is one’s own choice', async () => {
    await page.goto('/me/notices');
    await hydrated(page);
    const choice = page.getByLabel('A post fails, or its outcome is unknown: by mail');
    await choice.uncheck();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Saved.')).toBeVisible();
    await page.reload();
    await hydrated(page);
    await expect(choice).not.toBeChecked();
    await accessible(page);
    await fits(page);
  });
});

// The team by keyboard alone: somebody is invited, comes in, is given less, is kept out; and one signs out.

import { press, reach, signInByKeys, somewhere, tick, write } from '../support/keyboard.ts';
import { expect, hydrated, test } from '../support/test.ts';

test('somebody is invited, comes in, is given other access and kept out, all by keyboard @desktop', async ({ page, browser, stack, mails, faults }) => {
  test.setTimeout(120_000);
  await signInByKeys(page, stack.owner);
  for (const name of ['Kestrel Team', 'Osprey Team']) {
    await page.request.post('/api/create_client', { headers: { origin: stack.url }, form: { name, time_zone: 'Europe/London' } });
  }
  const main = page.getByRole('navigation', { name: 'Main' });
  const row = page.getByRole('row').filter({ hasText: 'Kim Keys' });

  await test.step('invite', async () => {
    await press(page, main.getByRole('link', { name: 'Team' }));
    await page.waitForURL(/\/team$/);
    await press(page, page.getByRole('link', { name: 'Invite' }));
    await page.waitForURL(/\/team\/invite$/);
    await write(page, page.getByLabel('Email'), 'kim@keys.example');
    await reach(page, page.getByRole('radio', { name: /^Editor/ }));
    await page.keyboard.press('ArrowUp');
    await expect(page.getByRole('radio', { name: /^Manager/ })).toBeChecked();
    await tick(page, page.getByRole('checkbox', { name: 'Kestrel Team' }));
    await press(page, page.getByRole('button', { name: 'Send the invitation' }));
    await expect(page.getByRole('status').getByText('The invitation is on its way.')).toBeVisible();
    await somewhere(page);
    await expect(page.getByRole('row', { name: /kim@keys.example/ })).toContainText('Kestrel Team');
  });

  await test.step('who is invited comes in', async () => {
    const mail = await mails.waitFor('kim@keys.example');
    const context = await browser.newContext({ baseURL: stack.url });
    faults.watch(context);
    const theirs = await context.newPage();
    await theirs.goto(/http\S+\/invitation\/\S+/.exec(mail.text)?.[0] ?? '');
    await hydrated(theirs);
    await write(theirs, theirs.getByLabel('Your name'), 'Kim Keys');
    await write(theirs, theirs.getByLabel('Password', { exact: true }), 'a password of theirs');
    await press(theirs, theirs.getByRole('button', { name: 'Accept and go in' }));
    await expect(theirs.getByRole('navigation', { name: 'Main' })).toBeVisible();
    await context.close();
  });

  await test.step('change role and access', async () => {
    await page.reload();
    await hydrated(page);
    await press(page, page.getByRole('link', { name: 'Change Kim Keys' }));
    await page.waitForURL(/\/team\/[0-9a-f-]{36}$/);
    await reach(page, page.getByRole('radio', { name: /^Manager/ }));
    await page.keyboard.press('ArrowDown');
    await expect(page.getByRole('radio', { name: /^Editor/ })).toBeChecked();
    await tick(page, page.getByRole('checkbox', { name: 'Kestrel Team' }));
    await tick(page, page.getByRole('checkbox', { name: 'Osprey Team' }));
    await press(page, page.getByRole('button', { name: 'Save' }));
    await page.waitForURL(/\/team\?done=changed/);
    await expect(row).toContainText('Editor');
    await expect(row).toContainText('Osprey Team');
    await somewhere(page);
  });

  await test.step('keep out', async () => {
    await press(page, page.getByRole('link', { name: 'Change Kim Keys' }));
    await page.waitForURL(/\/team\/[0-9a-f-]{36}$/);
    await press(page, page.getByRole('button', { name: 'Disable' }));
    await page.waitForURL(/\/team\?done=disabled/);
    await expect(row).toContainText('Disabled');
    await somewhere(page);
  });

  await test.step('sign out', async () => {
    const menu = page.locator('.rail-user > summary');
    await press(page, menu);
    await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(menu).toBeFocused();
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowUp');
    await expect(page.getByRole('button', { name: 'Sign out' })).toBeFocused();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/sign-in/);
    await expect(page.getByLabel('Email')).toBeVisible();
  });
});

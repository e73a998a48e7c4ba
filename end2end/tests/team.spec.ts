// People come in by invitation, and look after themselves.

import { accessible, fits } from '../support/steps.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';

test('a manager is invited by mail, comes in without scripts, and is limited afterwards', async ({ page, browser, stack, mails, faults }) => {
  // A link that was used before says so, also to machines.
  faults.expect(/\b409\b/);
  // What a browser without scripts says about the script that it does not load.
  faults.expect(/(autopost|__wasm_split)[\w.]*\.js: csp$/);
  await signIn(page, stack.owner);
  for (const name of ['Kestrel Coffee', 'Northlane']) {
    await page.request.post('/api/create_client', { headers: { origin: stack.url }, form: { name, time_zone: 'Europe/London' } });
  }
  await page.goto('/team');
  await hydrated(page);
  await page.getByRole('link', { name: 'Invite' }).click();
  await page.getByLabel('Email').fill('mira@agency.example');
  await page.getByRole('radio', { name: /^Manager/ }).check();
  await page.getByRole('checkbox', { name: 'Every client, also those to come' }).check();
  await expect(page.getByRole('checkbox', { name: 'Northlane' })).toBeHidden();
  await accessible(page);
  await page.getByRole('button', { name: 'Send the invitation' }).click();
  await expect(page.getByRole('status').getByText('The invitation is on its way.')).toBeVisible();
  await expect(page.getByRole('row', { name: /mira@agency.example/ })).toContainText('Every client');

  const mail = await mails.waitFor('mira@agency.example');
  const link = /http\S+\/invitation\/\S+/.exec(mail.text)?.[0] ?? '';
  const context = await browser.newContext({ javaScriptEnabled: false });
  faults.watch(context);
  const her = await context.newPage();
  await her.goto(link);
  await her.getByLabel('Your name').fill('Mira Manager');
  await her.getByLabel('Password', { exact: true }).fill('a password of hers');
  await her.getByRole('button', { name: 'Accept and go in' }).click();
  await expect(her.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await her.goto(link);
  await expect(her.getByText('This invitation was accepted already')).toBeVisible();

  await page.goto('/team');
  await hydrated(page);
  await page.getByRole('link', { name: 'Change Mira Manager' }).click();
  await page.getByRole('checkbox', { name: 'Every client, also those to come' }).uncheck();
  await page.getByRole('checkbox', { name: 'Kestrel Coffee' }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('row', { name: /Mira Manager/ })).toContainText('Kestrel Coffee');
  await accessible(page);
  await fits(page);
  // Less than before: she signs in again, and sees the one client.
  await her.goto('/clients');
  await her.getByLabel('Email').fill('mira@agency.example');
  await her.getByLabel('Password', { exact: true }).fill('a password of hers');
  await her.getByRole('button', { name: 'Sign in' }).click();
  await her.goto('/clients');
  await expect(her.getByRole('row', { name: /Kestrel Coffee/ })).toBeVisible();
  await expect(her.getByText('Northlane')).toHaveCount(0);
  await context.close();
});

test('a forgotten password is replaced by a link, and other devices are signed out', async ({ page, browser, stack, mails }) => {
  const elsewhere = await browser.newContext({ baseURL: stack.url });
  const other = await elsewhere.newPage();
  await signIn(other, stack.owner);
  await page.goto('/sign-in');
  await hydrated(page);
  await page.getByRole('link', { name: 'Forgotten your password?' }).click();
  await page.getByLabel('Email').fill(stack.owner.email);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await expect(page.getByText('If there is a user with this address, a mail is on its way.')).toBeVisible();
  await accessible(page);
  const mail = await mails.waitFor(stack.owner.email, ({ subject }) => subject === 'Choose a new password');
  await page.goto(/http\S+\/reset\/\S+/.exec(mail.text)?.[0] ?? '');
  await hydrated(page);
  await page.getByLabel('New password').fill(stack.owner.password);
  await accessible(page);
  await page.getByRole('button', { name: 'Set it and sign in' }).click();
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await other.goto('/clients');
  await expect(other).toHaveURL(/\/sign-in/);

  await page.goto('/me');
  await hydrated(page);
  await expect(page.getByText('This one')).toBeVisible();
  await accessible(page);
  await fits(page);
  await elsewhere.close();
});

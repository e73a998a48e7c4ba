// A pause holds what is due, everybody sees it, and resuming sends what waited.

import { accessible, Agency, fits } from '../support/steps.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';

test('an account is paused, a due post is held and says so everywhere, and resuming sends it', async ({ page, stack, emulator }) => {
  test.setTimeout(180_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Paused', 'kestrelpaused');
  const posted = async () => (await emulator.tiktokPosts()).filter((post) => JSON.stringify(post).includes('After the pause')).length;
  const banner = page.getByRole('region', { name: 'Paused' });

  await test.step('pause it from its menu', async () => {
    await agency.open('accounts');
    await page.locator('.table-actions summary').first().click();
    await page.getByRole('button', { name: 'Pause publishing' }).click();
    await expect(banner).toContainText('Publishing on @kestrelpaused is paused.');
    await expect(banner).toContainText('By Olga Owner, today');
    await expect(page.locator('.account-health')).toContainText('Paused');
    await accessible(page);
    await fits(page);
  });

  await test.step('what is due is held', async () => {
    await agency.publish('After the pause');
    await agency.open('calendar');
    await expect(agency.card('After the pause')).toContainText('Held: paused', { timeout: 30_000 });
    await expect(page.getByText('1 post needs attention')).toBeVisible();
    await expect(banner).toContainText('1 post is due and waits');
    await accessible(page);
    await fits(page);
    await agency.card('After the pause').getByRole('link').click();
    await hydrated(page);
    await expect(page.getByRole('heading', { name: 'Held: publishing is paused.' })).toBeVisible();
    await expect(page.getByText(/It is still sent until tomorrow/)).toBeVisible();
    await agency.open('accounts');
    await expect(page.locator('.account-health')).toContainText('1 post held: paused');
    expect(await posted()).toBe(0);
  });

  await test.step('resume it from the line at the top', async () => {
    await agency.open('calendar');
    await banner.getByRole('button', { name: /Resume/ }).click();
    await expect(banner).toBeHidden();
    await expect(agency.card('After the pause')).toContainText('Published', { timeout: 60_000 });
    expect(await posted()).toBe(1);
    await agency.card('After the pause').getByRole('link').click();
    await hydrated(page);
    await expect(page.getByText('Released: publishing was resumed')).toBeVisible();
  });
});

test('everything and a client are paused and resumed, also without WASM @desktop', async ({ browser, page, stack, faults }) => {
  faults.expect(/(autopost|__wasm_split)[\w.]*\.js: csp$/);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Plain', 'kestrelplain');
  const context = await browser.newContext({ baseURL: stack.url, javaScriptEnabled: false, storageState: await page.context().storageState() });
  faults.watch(context);
  const plain = await context.newPage();
  const banner = plain.getByRole('region', { name: 'Paused' });

  await plain.goto('/clients');
  await plain.getByRole('button', { name: 'Pause everything' }).click();
  await expect(banner).toContainText('All publishing is paused.');
  await plain.goto(`/clients/${agency.client}/calendar`);
  await expect(banner).toContainText('All publishing is paused.');
  await banner.getByRole('button', { name: /Resume/ }).click();
  await expect(banner).toHaveCount(0);

  await plain.goto(`/clients/${agency.client}/settings`);
  await plain.getByRole('button', { name: 'Pause publishing' }).click();
  await expect(banner).toContainText('Publishing for Kestrel Plain is paused.');
  // Whoever has the page open sees it without doing anything.
  await agency.open('history');
  await expect(page.getByRole('region', { name: 'Paused' })).toBeVisible();
  await plain.getByRole('button', { name: 'Resume publishing' }).click();
  await expect(banner).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Paused' })).toBeHidden();

  await plain.getByLabel('Name').fill('Kestrel Renamed');
  await plain.getByLabel('A post that is late is still sent for').selectOption('6 hours');
  await plain.getByRole('button', { name: 'Save' }).click();
  await expect(plain.getByText('Saved.')).toBeVisible();
  await expect(plain.getByLabel('A post that is late is still sent for')).toHaveValue('360');
  await context.close();
});

test('the settings say what is wrong, and are kept @desktop', async ({ page, stack, faults }) => {
  faults.expect(/\b409\b/);
  await signIn(page, stack.owner);
  await Agency.found(page, stack, 'Kestrel First', 'kestrelfirst');
  const agency = await Agency.found(page, stack, 'Kestrel Second', 'kestrelsecond');
  await agency.open('settings');
  await accessible(page);
  await page.getByLabel('Name').fill('Kestrel First');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('There is a client called Kestrel First already.', { exact: false })).toBeVisible();
  await page.getByLabel('Name').fill('Kestrel Third');
  await page.getByLabel('A post that is late is still sent for').selectOption('1 hour');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await expect(page.locator('.switcher')).toContainText('Kestrel Third');
});

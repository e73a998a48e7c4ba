import { expect, signIn, test } from '../support/test.ts';

test('a wrong password is refused without saying which half was wrong', async ({ page, stack, faults }) => {
  faults.expect(/\b422\b/);
  await page.goto('/sign-in');
  await page.getByLabel('Email').fill(stack.owner.email);
  await page.getByLabel('Password', { exact: true }).fill('not-the-password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
});

test('signing in leads to the desk, and stays after a reload', async ({ page, stack }) => {
  await signIn(page, stack.owner);
  await page.reload();
  await expect(page.getByRole('button', { name: 'Sign in' })).toHaveCount(0);
  await expect(page.getByRole('navigation').first()).toBeVisible();
});

test('signing in works while the WASM is not loaded', async ({ browser, stack, faults }) => {
  // What a browser without scripts says about the script that it does not load.
  faults.expect(/(autopost|__wasm_split)[\w.]*\.js: csp$/);
  const context = await browser.newContext({ baseURL: stack.url, javaScriptEnabled: false });
  faults.watch(context);
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.getByLabel('Email').fill(stack.owner.email);
  await page.getByLabel('Password', { exact: true }).fill(stack.owner.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('navigation').first()).toBeVisible();
  await context.close();
});

test('a page of the desk asks a stranger to sign in', async ({ page }) => {
  await page.goto('/clients');
  await expect(page).toHaveURL(/\/sign-in/);
});

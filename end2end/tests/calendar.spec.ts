// The calendar as staff use it: three views of the same posts, moving them by pointer, keys and form, filters, the
// day that is opened, and what others do showing by itself.

import type { Page } from '@playwright/test';
import { portalUser } from '../support/portal.ts';
import { accessible, Agency, fits } from '../support/steps.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';

/** The day in so many days, as "2026-10-14". */
const day = (inDays: number) => new Date(Date.now() + inDays * 86_400_000).toISOString().slice(0, 10);

/** The middle of the month after this one: every day around it is shown, and still to come. */
const middle = (() => {
  const now = new Date();
  const then = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 14));
  return Math.round((then.getTime() - Date.parse(day(0))) / 86_400_000);
})();

const month = day(middle).slice(0, 7);

async function dark(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'dark' });
  await accessible(page);
  await page.emulateMedia({ colorScheme: 'light' });
}

test('a post is dragged to another day, and back by Undo; what has left stays @desktop', async ({ page, stack }) => {
  test.setTimeout(120_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Drag', 'kestreldrag');
  await agency.draft('Dragged along', middle);
  await agency.open(`calendar?month=${month}`);
  const on = (inDays: number) => page.locator(`#day-${day(inDays)}`);
  await expect(on(middle)).toContainText('Dragged along');
  await accessible(page);
  await dark(page);

  await agency.card('Dragged along').dragTo(on(middle + 2));
  await expect(on(middle + 2)).toContainText('Dragged along');
  await expect(on(middle + 2)).toContainText('09:30');
  const toast = page.locator('.toast');
  await expect(toast).toContainText(/^Moved to .+, 09:30 London\./);
  await toast.getByRole('button', { name: 'Undo' }).click();
  await expect(on(middle)).toContainText('Dragged along');
  await expect(on(middle + 2)).not.toContainText('Dragged along');

  await agency.publish('Out already');
  await agency.open('calendar');
  const out = agency.card('Out already');
  await expect(out).toContainText('Published', { timeout: 60_000 });
  await expect(out).not.toHaveAttribute('draggable', 'true');
  await out.hover();
  await out.locator('.card-menu-button').click();
  await expect(out.getByRole('button', { name: 'Duplicate' })).toBeVisible();
  await expect(out.getByRole('button', { name: 'Move…' })).toHaveCount(0);
});

test('everything goes by keys alone: views, moving, copies, the form, help @desktop', async ({ page, stack }) => {
  test.setTimeout(120_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Arrows', 'kestrelarrows');
  await agency.draft('Carried by keys', middle);
  await agency.open(`calendar?month=${month}`);
  const on = (inDays: number) => page.locator(`#day-${day(inDays)}`);
  const link = page.getByRole('link', { name: 'Carried by keys' });

  await test.step('Space takes it up, arrows move it, Enter puts it down, and the focus follows', async () => {
    await link.focus();
    await page.keyboard.press('Space');
    await expect(page.locator('.moving')).toContainText('Arrows move it');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await expect(on(middle + 8)).toHaveClass(/is-target/);
    await page.keyboard.press('Enter');
    await expect(on(middle + 8)).toContainText('Carried by keys');
    await expect(link).toBeFocused();
  });
  await test.step('Escape leaves it where it was', async () => {
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Escape');
    await expect(page.locator('.drag-label')).toHaveCount(0);
    await expect(on(middle + 8)).toContainText('Carried by keys');
    await expect(link).toBeFocused();
  });
  await test.step('in the week arrows go by half hours', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('w');
    await expect(page).toHaveURL(/[?&]week=/);
    await page.goto(`/clients/${agency.client}/calendar?week=${day(middle + 8)}`);
    await hydrated(page);
    await accessible(page);
    await dark(page);
    await link.focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(agency.card('Carried by keys')).toContainText('11:00');
  });
  await test.step('Shift M shows the form', async () => {
    await expect(link).toBeFocused();
    await page.keyboard.press('Shift+M');
    const dialog = page.getByRole('dialog', { name: 'Move to another time' });
    await expect(dialog).toBeVisible();
    await accessible(page);
    await dialog.getByLabel(/Day and time/).fill(`${day(middle + 9)}T16:45`);
    await page.keyboard.press('Enter');
    await expect(dialog).toBeHidden();
    await expect(on(middle + 9)).toContainText('16:45');
  });
  await test.step('help, the list, today', async () => {
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keys on the calendar' })).toBeVisible();
    await accessible(page);
    await page.keyboard.press('Escape');
    await page.keyboard.press('l');
    await expect(page).toHaveURL(/[?&]list=/);
    await expect(page.locator('.post-row').filter({ hasText: 'Carried by keys' })).toBeVisible();
    await accessible(page);
    await dark(page);
    await page.keyboard.press('m');
    await expect(page).toHaveURL(/[?&]month=/);
    await expect(page.locator('.calendar.is-list')).toHaveCount(0);
    await page.keyboard.press('j');
    await page.keyboard.press('t');
    await expect(page.locator('.day.today')).toBeVisible();
  });
  await test.step('D makes a copy and opens it', async () => {
    await page.goto(`/clients/${agency.client}/calendar?month=${month}`);
    await hydrated(page);
    await link.focus();
    await page.keyboard.press('d');
    await page.waitForURL(/[?&]post=[0-9a-f-]{36}$/);
    await expect(page.getByLabel('Caption')).toHaveValue('Carried by keys');
  });
});

test('a time that does not exist is explained, and of one that comes twice one is chosen @desktop', async ({ page, stack, faults }) => {
  faults.expect(/\b422\b/);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Clocks', 'kestrelclocks');
  await agency.draft('When the clocks change', middle);
  await agency.open(`calendar?month=${month}`);
  const dialog = page.getByRole('dialog', { name: 'Move to another time' });
  const move = async (to: string) => {
    await dialog.getByLabel('Day and time, London').fill(to);
    await dialog.getByRole('button', { name: 'Move', exact: true }).click();
  };
  await page.getByRole('link', { name: 'When the clocks change' }).focus();
  await page.keyboard.press('Shift+M');
  // The clocks of London go forward over this, and seven months later back over that.
  await move('2027-03-28T01:30');
  await expect(dialog.getByRole('alert')).toContainText('does not exist in Europe/London');
  await expect(dialog.getByLabel('Day and time, London')).toHaveValue('2027-03-28T01:30');
  await move('2027-10-31T01:30');
  await expect(dialog.getByRole('alert')).toContainText('happens twice in Europe/London');
  await accessible(page);
  await dialog.getByRole('button', { name: /^The second/ }).click();
  await expect(page.locator('.toast')).toContainText('Moved to Sun 31 Oct, 01:30 London');
  await page.goto(`/clients/${agency.client}/calendar?month=2027-10`);
  await expect(page.locator('#day-2027-10-31')).toContainText('When the clocks change');
});

test('a full day opens beside the month, and filters stand in the address, also without WASM @desktop', async ({ browser, page, stack, faults }) => {
  test.setTimeout(120_000);
  faults.expect(/(autopost|__wasm_split)[\w.]*\.js: csp$/);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Full', 'kestrelfull');
  for (const number of [1, 2, 3, 4, 5]) {
    await agency.draft(`Number ${number} of the day`, middle);
  }
  await agency.open(`calendar?month=${month}`);
  const full = page.locator(`#day-${day(middle)}`);
  await expect(full.locator('.post-card')).toHaveCount(3);
  await full.getByRole('link', { name: /^2 more posts/ }).click();
  const panel = page.getByRole('complementary').filter({ hasText: '5 posts' });
  await expect(panel.locator('.post-card')).toHaveCount(5);
  await expect(page).toHaveURL(new RegExp(`day=${day(middle)}`));
  await expect(panel.getByRole('heading')).toBeFocused();
  await accessible(page);
  await dark(page);
  await page.keyboard.press('Escape');
  await expect(panel).toHaveCount(0);

  await page.keyboard.press('/');
  await page.getByRole('link', { name: 'Published', exact: true }).click();
  await expect(page).toHaveURL(/status=published/);
  await expect(page.getByText(/No post in .+ matches the filters/)).toBeVisible();
  await page.reload();
  await hydrated(page);
  await expect(page.locator('.chip.filter.set')).toContainText('Published');
  await page.getByRole('link', { name: 'Show all' }).first().click();
  await expect(full.locator('.post-card')).toHaveCount(3);

  const context = await browser.newContext({ baseURL: stack.url, javaScriptEnabled: false, storageState: await page.context().storageState() });
  faults.watch(context);
  const plain = await context.newPage();
  await plain.goto(`/clients/${agency.client}/calendar?month=${month}`);
  await plain.getByRole('link', { name: /^2 more posts/ }).click();
  await expect(plain.locator('.day-panel .post-card')).toHaveCount(5);
  await plain.getByRole('link', { name: 'Close the day' }).click();
  await plain.getByText('Status', { exact: true }).click();
  await plain.getByRole('link', { name: 'Failed', exact: true }).click();
  await expect(plain.getByText(/matches the filters/)).toBeVisible();
  await context.close();
});

test('many are chosen in the list, moved together and back; others see it without reloading @desktop', async ({ browser, page, stack, faults }) => {
  test.setTimeout(120_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Many', 'kestrelmany');
  await agency.draft('First of two', middle);
  await agency.draft('Second of two', middle + 1);

  const context = await browser.newContext({ baseURL: stack.url, storageState: await page.context().storageState() });
  faults.watch(context);
  const colleague = await context.newPage();
  const follows = colleague.waitForRequest(/\/live\?client=/);
  await colleague.goto(`/clients/${agency.client}/calendar?month=${month}`);
  await hydrated(colleague);
  await follows;
  const theirs = (inDays: number) => colleague.locator(`#day-${day(inDays)}`);
  await expect(theirs(middle)).toContainText('First of two');

  await agency.open(`calendar?list=${month}`);
  await page.getByLabel(/^Choose First of two/).check();
  await page.getByLabel(/^Choose Second of two/).check();
  await accessible(page);
  const bar = page.getByRole('toolbar');
  await expect(bar).toContainText('2 selected');
  await bar.getByRole('button', { name: 'Move…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Move 2 posts' });
  await dialog.getByLabel('By how many days').fill('3');
  await dialog.getByRole('button', { name: 'Later' }).click();
  await expect(page.locator('.toast')).toContainText('2 posts moved 3 days later.');
  await expect(page.locator(`#day-${day(middle + 3)}`)).toContainText('First of two');
  await expect(theirs(middle + 3)).toContainText('First of two');
  await expect(theirs(middle + 4)).toContainText('Second of two');
  await page.locator('.toast').getByRole('button', { name: 'Undo' }).click();
  await expect(theirs(middle)).toContainText('First of two');
  await context.close();
});

test('what nobody approves any more becomes a draft when it is moved, and that is said @desktop', async ({ page, stack }) => {
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Unasked', 'kestrelunasked');
  await portalUser(stack, agency.client, 'Priya Nair', 'unasked@kestrel.example');
  const post = await agency.draft('Nobody is asked', middle);
  const sent = await page.request.post('/api/send_for_approval', { headers: { origin: stack.url }, data: { picks: [{ client: agency.client, post }] } });
  expect(await sent.json()).toEqual({ done: 1, refused: [] });
  const saved = await agency.call('save_client_settings', { client: agency.client, 'form[name]': 'Kestrel Unasked', 'form[approval_policy]': 'none' });
  expect(saved.ok(), await saved.text()).toBe(true);
  await agency.open(`calendar?month=${month}`);
  const card = agency.card('Nobody is asked');
  await expect(card).toContainText('Waiting');
  await page.getByRole('link', { name: 'Nobody is asked' }).focus();
  await page.keyboard.press('Space');
  await expect(page.locator('.moving')).toContainText('It becomes a draft: nobody is asked to approve it any more.');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  const words = 'It is a draft now, because nobody is asked to approve it any more. Open it to schedule it.';
  await expect(page.locator('.toast')).toContainText(new RegExp(`^Moved to .+, 09:30 London\\. ${words}`));
  await expect(page.locator(`#day-${day(middle + 1)}`)).toContainText('Nobody is asked');
  await expect(card).toContainText('Draft');
});

test('on a phone the calendar is an agenda, and posts are moved by their menu', async ({ page, stack, isMobile }) => {
  test.skip(!isMobile, 'what only a phone shows');
  test.setTimeout(180_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Pocket', 'kestrelpocket');
  await agency.draft('Moved on a phone', middle);
  for (const view of ['month', 'week', 'list']) {
    await agency.open(`calendar?${view}=${view === 'week' ? day(middle) : month}`);
    await expect(page.getByRole('link', { name: 'Moved on a phone' })).toBeVisible();
    await accessible(page);
    await dark(page);
    await fits(page);
  }
  await agency.open(`calendar?month=${month}`);
  await agency.card('Moved on a phone').locator('.card-menu-button').click();
  await page.getByRole('button', { name: 'Move…' }).click();
  await page.getByLabel('Day and time, London').fill(`${day(middle + 1)}T18:00`);
  await page.getByRole('button', { name: 'Move', exact: true }).click();
  await expect(page.locator(`#day-${day(middle + 1)}`)).toContainText('18:00');
});

test('on a phone the settings of a client are within reach', async ({ page, stack, isMobile }) => {
  test.skip(!isMobile, 'what only a phone shows');
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Reach', 'kestrelreach');
  await agency.open('calendar');
  await page.getByText('More', { exact: true }).click();
  await page.getByRole('link', { name: 'Client settings' }).click();
  await page.waitForURL(/\/settings$/);
  await hydrated(page);
  await accessible(page);
});

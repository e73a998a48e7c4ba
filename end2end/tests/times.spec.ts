// A client's times in the composer and on the calendar: which of two is meant where the clocks go back, and what a time
// is on the clock of whoever looks at it.

import type { Page } from '@playwright/test';
import { accessible, Agency, fits } from '../support/steps.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';

/** London's clocks go back over this: it comes at 00:30 and at 01:30 in UTC. */
const TWICE = '2027-10-31T01:30';
const tip = (page: Page) => page.getByRole('tooltip');

/** Which of two a post is kept at. */
async function which(agency: Agency, post: string): Promise<unknown> {
  const { post: kept } = (await (await agency.call('composer', { client: agency.client, post })).json()) as { post: { local_time: string; which: string | null } };
  return [kept.local_time, kept.which];
}

test('of a time that comes twice the composer lets one choose, and keeps it @desktop', async ({ page, stack }) => {
  test.setTimeout(120_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Autumn', 'kestrelautumn');
  const post = await agency.draft('The night of the long hour', 3);
  await agency.open(`posts/${post}`);
  const choice = page.getByRole('combobox', { name: /^Which of the two/ });
  await expect(choice).toHaveCount(0);
  await page.getByLabel('Goes out').focus();
  await expect(tip(page)).toContainText('04:30 in your time zone (New York)');
  await page.getByLabel('Goes out').fill(TWICE);
  await expect(choice).toHaveValue('');
  // Nobody knows which instant that is.
  await expect(tip(page)).toHaveCount(0);
  await expect(page.getByText('The clocks show 01:30 twice that day. Choose which of the two is meant.').first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Schedule' })).toBeDisabled();
  await accessible(page);
  await choice.selectOption('The second of two');
  await expect(page.getByRole('button', { name: 'Schedule' })).toBeEnabled();
  await expect.poll(() => which(agency, post)).toEqual([TWICE, 'Second']);
  await page.setViewportSize({ width: 390, height: 844 });
  await fits(page);
  await accessible(page);
  await shoot(page, 'twice-narrow');
  await page.setViewportSize({ width: 1440, height: 900 });
  await shoot(page, 'twice');

  await page.reload();
  await hydrated(page);
  await expect(choice).toHaveValue('second');
  await choice.selectOption('The first of two');
  await expect.poll(() => which(agency, post)).toEqual([TWICE, 'First']);
  // Where there is one alone, nothing is asked.
  await page.getByLabel('Goes out').fill('2027-10-31T02:00');
  await expect(choice).toHaveCount(0);
  await expect.poll(() => which(agency, post)).toEqual(['2027-10-31T02:00', null]);
});

test('what is moved away from one of two times goes back to that one without a question @desktop', async ({ page, stack }) => {
  test.setTimeout(120_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Undo', 'kestrelundo');
  const post = await agency.draft('Back and forth', 3);
  for (const meant of ['First', 'Second']) {
    const moved = await page.request.post('/api/move_post', { headers: { origin: stack.url }, data: { client: agency.client, post, to: TWICE, which: meant } });
    expect(moved.ok(), await moved.text()).toBe(true);
    await agency.open('calendar?month=2027-10');
    await page.getByRole('link', { name: 'Back and forth' }).focus();
    await page.keyboard.press('Shift+M');
    const dialog = page.getByRole('dialog', { name: 'Move to another time' });
    await dialog.getByLabel('Day and time, London').fill('2027-10-12T09:00');
    await dialog.getByRole('button', { name: 'Move', exact: true }).click();
    await expect(page.locator('.toast')).toContainText('Moved to Tue 12 Oct, 09:00 London');
    expect(await which(agency, post)).toEqual(['2027-10-12T09:00', null]);
    await page.locator('.toast').getByRole('button', { name: 'Undo' }).click();
    await expect(page.locator('.toast')).toContainText('Back at Sun 31 Oct, 01:30 London');
    expect(await which(agency, post)).toEqual([TWICE, meant]);
  }

  // The same for many, moved by days in the list.
  await agency.open('calendar?list=2027-10');
  await page.getByRole('checkbox', { name: /^Choose Back and forth/ }).check();
  await page.getByRole('button', { name: 'Move…' }).click();
  const many = page.getByRole('dialog', { name: 'Move 1 post' });
  await many.getByRole('button', { name: 'Later' }).click();
  await expect(page.locator('.toast')).toContainText('1 post moved 1 day later.');
  expect(await which(agency, post)).toEqual(['2027-11-01T01:30', null]);
  await page.locator('.toast').getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator('.toast')).toContainText('1 post moved 1 day earlier.');
  expect(await which(agency, post)).toEqual([TWICE, 'Second']);
});

test('a copy goes to the one of two times that is chosen @desktop', async ({ page, stack }) => {
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Twins', 'kestreltwins');
  await agency.draft('Said again', 3);
  await agency.open(`calendar?list=${new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 7)}`);
  await page.locator('summary[aria-label^="Actions for Said again"]').click();
  await page.getByRole('button', { name: 'Copy to…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Copy to another time' });
  await dialog.getByLabel('Day and time, London').fill(TWICE);
  await dialog.getByRole('button', { name: 'Make the copy' }).click();
  await expect(dialog.getByRole('alert')).toContainText('happens twice');
  await accessible(page);
  await dialog.getByRole('button', { name: 'The second, after they went back' }).click();
  await expect(page.locator('.toast')).toContainText('A copy is a draft at Sun 31 Oct, 01:30.');
  await page.locator('.toast').getByRole('button', { name: 'Open' }).click();
  await page.waitForURL(/[?&]post=[0-9a-f-]{36}/);
  const copy = new URL(page.url()).searchParams.get('post') ?? '';
  expect(await which(agency, copy)).toEqual([TWICE, 'Second']);
});

test('a client’s time is told on the clock of whoever looks, by pointer and by keys @desktop', async ({ page, browser, stack, faults }) => {
  test.setTimeout(240_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Zones', 'kestrelzones');
  // Five days after the clocks of London went back, and two before those of New York do.
  const post = await agency.draft('Far away', 3);
  for (const [to, local] of [['2027-10-14T09:30', 'Thu 14 Oct, 04:30'], ['2027-11-03T09:30', 'Wed 3 Nov, 05:30']] as const) {
    const words = `${local} in your time zone (New York)`;
    const moved = await page.request.post('/api/move_post', { headers: { origin: stack.url }, data: { client: agency.client, post, to, which: null } });
    expect(moved.ok(), await moved.text()).toBe(true);
    for (const view of to.startsWith('2027-10') ? ['month', 'week', 'list'] : ['month']) {
      await agency.open(`calendar?${view}=${to.slice(0, view === 'week' ? 10 : 7)}`);
      const link = page.getByRole('link', { name: 'Far away' });
      await expect(tip(page)).toHaveCount(0);
      await link.hover();
      await expect(tip(page)).toHaveText(words);
      await page.mouse.move(0, 0);
      await expect(tip(page)).toHaveCount(0);
      await link.focus();
      await expect(tip(page)).toHaveText(words);
      await expect(link).toHaveAccessibleDescription(words);
      await accessible(page);
      if (view === 'month') await shoot(page, 'zone-calendar');
      await page.keyboard.press('Escape');
      await expect(tip(page)).toHaveCount(0);
    }
    // The form in which it is given another one tells it too.
    await agency.open(`calendar?month=${to.slice(0, 7)}`);
    await page.getByRole('link', { name: 'Far away' }).focus();
    await page.keyboard.press('Shift+M');
    const other = page.getByRole('dialog', { name: 'Move to another time' }).getByLabel('Day and time, London');
    await other.focus();
    await expect(tip(page)).toHaveText(words);
    await agency.open(`posts/${post}`);
    const field = page.getByLabel('Goes out');
    await field.focus();
    await expect(tip(page)).toHaveText(words);
    await expect(field).toHaveAccessibleDescription(words);
    await accessible(page);
    await shoot(page, 'zone-composer');
    // It follows what is written.
    await field.fill(`${to.slice(0, 10)}T10:45`);
    await expect(tip(page)).toContainText(`:45 in your time zone`);
    await field.fill(to);
  }
  await expect(page.getByText(/^Saved \d\d:\d\d/)).toBeVisible();

  // The hours of a week are told too, each on its own day: the clocks of New York go back on that Sunday.
  await agency.open('calendar?week=2027-11-01');
  const hour = (day: string) => page.locator(`#day-${day} .week-slot`).filter({ hasText: '15:00 new post' });
  for (const [at, words] of [
    [page.locator('.week-hour').filter({ hasText: '15:00' }), 'Mon 1 Nov, 11:00'],
    [hour('2027-11-06'), 'Sat 6 Nov, 11:00'],
    [hour('2027-11-07'), 'Sun 7 Nov, 10:00'],
  ] as const) {
    await at.hover();
    await expect(tip(page)).toHaveText(`${words} in your time zone (New York)`);
    await page.mouse.move(0, 0);
    await expect(tip(page)).toHaveCount(0);
  }

  // On the client's own clock there is nothing to say.
  const at = await browser.newContext({ baseURL: stack.url, storageState: await page.context().storageState(), timezoneId: 'Europe/London', locale: 'en-GB' });
  faults.watch(at);
  const near = await at.newPage();
  await near.goto(`/clients/${agency.client}/calendar?month=2027-11`);
  await hydrated(near);
  await near.getByRole('link', { name: 'Far away' }).focus();
  await near.getByRole('link', { name: 'Far away' }).hover();
  await near.waitForTimeout(600);
  await expect(tip(near)).toHaveCount(0);
  await at.close();
});

test('a client’s time is told on the clock of whoever looks, also on a phone', async ({ page, stack }) => {
  await signIn(page, stack.owner);
  const project = test.info().project.name;
  const agency = await Agency.found(page, stack, `Kestrel Pocket ${project}`, `kestrelpocket${project}`);
  const post = await agency.draft('In the pocket', 3);
  await agency.open(`posts/${post}`);
  await page.getByLabel('Goes out').focus();
  await expect(tip(page)).toContainText('04:30 in your time zone (New York)');
  await accessible(page);
  await fits(page);
  await shoot(page, `zone-${project}`);
});

/** A picture for looking at: only when asked for by AUTOPOST_SCREENS=1. */
async function shoot(page: Page, name: string): Promise<void> {
  if (process.env.AUTOPOST_SCREENS) await page.screenshot({ path: `results/screens/times/${name}.png` });
}

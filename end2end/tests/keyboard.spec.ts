// From signing in to a cancelled post, and a client's decision, without ever touching the mouse.

import { readFile } from 'node:fs/promises';
import { press, reach, signInByKeys } from '../support/keyboard.ts';
import { buttonOf, portalUser, sendPosts } from '../support/portal.ts';
import { Agency, backOnCalendar, upload } from '../support/steps.ts';
import { expect, hydrated, test } from '../support/test.ts';
import { portraitVideo } from '../support/videos.ts';

test('a post is written, scheduled, found again and cancelled by keyboard alone @desktop', async ({ page, stack }) => {
  test.setTimeout(240_000);
  await signInByKeys(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Keys', 'kestrelkeys');
  await upload(page, stack, agency.client, await readFile(await portraitVideo(6)), 'swan.mp4');
  await agency.open('calendar');

  await test.step('write it', async () => {
    await page.keyboard.press('n');
    await page.waitForURL(/[?&]post=new/);
    await hydrated(page);
    await reach(page, page.getByRole('textbox', { name: 'Caption' }));
    await page.keyboard.type('Written without a mouse #coffee');
    await press(page, page.getByRole('button', { name: 'From the library' }));
    const picker = page.getByRole('dialog', { name: 'From the library' });
    // A video is all that a post takes: there is nothing more to choose.
    await press(page, picker.getByRole('button', { name: /swan/ }));
    await expect(picker).toBeHidden();
    const privacy = page.getByLabel('Who can see it');
    await reach(page, privacy);
    await page.keyboard.press('ArrowDown');
    await expect(privacy).not.toHaveValue('');
    const comments = page.getByRole('checkbox', { name: 'Comment' });
    await reach(page, comments);
    await expect(comments).not.toBeChecked();
    await page.keyboard.press('Space');
    await expect(comments).toBeChecked();
  });

  await test.step('schedule it', async () => {
    const schedule = page.getByRole('button', { name: 'Schedule' });
    await expect(schedule).toBeEnabled();
    await press(page, schedule);
    await backOnCalendar(page);
  });

  await test.step('find it again, and cancel it', async () => {
    const card = agency.card('Written without a mouse');
    await expect(card).toContainText('Scheduled');
    const link = card.getByRole('link').first();
    await press(page, link);
    const sheet = page.getByRole('dialog', { name: 'Post', exact: true });
    await press(page, sheet.locator('summary[aria-label="More actions"]'));
    await press(page, sheet.getByRole('button', { name: 'Cancel post' }));
    await expect(sheet.getByText('Cancelled').first()).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(sheet).toBeHidden();
    await expect(card).toContainText('Cancelled');
    await expect(link).toBeFocused();
  });
});

test('a client decides by keyboard alone @desktop', async ({ page, stack, mails, browser, faults }) => {
  test.setTimeout(180_000);
  await signInByKeys(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Keypad', 'kestrelkeypad');
  await portalUser(stack, agency.client, 'Priya Nair', 'keys@kestrel.example');
  await sendPosts(page, stack, agency, ['A swan for the portal', 'Three grind sizes']);

  const context = await browser.newContext({ baseURL: stack.url });
  faults.watch(context);
  const guest = await context.newPage();
  await guest.goto(buttonOf(await mails.waitFor('keys@kestrel.example')));
  await hydrated(guest);
  await press(guest, guest.getByRole('button', { name: 'Continue as Priya Nair' }));
  await guest.waitForURL('/portal');
  await hydrated(guest);
  await press(guest, guest.getByRole('link', { name: /A swan for the portal/ }));
  await guest.waitForURL(/\/posts\//);
  await hydrated(guest);
  await press(guest, guest.getByRole('button', { name: 'Approve' }));
  await guest.waitForURL(/\/decided$/);
  await expect(guest.getByRole('heading', { name: 'Approved' })).toBeVisible();
  await press(guest, guest.getByRole('link', { name: /Review the next one/ }));
  await guest.waitForURL((url) => !url.pathname.endsWith('/decided'));
  await hydrated(guest);
  await press(guest, guest.getByRole('link', { name: 'Request changes' }));
  await reach(guest, guest.getByLabel('What should be changed?'));
  await guest.keyboard.type('A little slower, please');
  await press(guest, guest.locator('.decide-bar').getByRole('button', { name: 'Request changes' }));
  await guest.waitForURL(/\/decided$/);
  await expect(guest.getByRole('heading', { name: 'Changes requested' })).toBeVisible();
  await context.close();
});

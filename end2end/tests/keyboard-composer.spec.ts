// What surrounds a post, by keyboard alone: captions per account, pictures and their order, tags, a note, snippets, the
// next free slot, versions, and its end.

import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { press, reach, signInByKeys, somewhere, tick, write } from '../support/keyboard.ts';
import { sql } from '../support/portal.ts';
import { Agency, upload } from '../support/steps.ts';
import { expect, hydrated, test } from '../support/test.ts';
import { picture } from '../support/videos.ts';

// A stack of its own: an account on Bluesky is one client's alone.
test.use({ stackOptions: { environment: { AUTOPOST_LOG: 'info' } } });

const GYM = 'northbankclimbing.bsky.test';

test('a post is written, illustrated, sorted and deleted by keyboard alone @desktop', async ({ page, stack, emulator }) => {
  test.setTimeout(240_000);
  await signInByKeys(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Desk', 'kestreldesk');
  for (const colour of ['orange', 'teal']) await upload(page, stack, agency.client, await readFile(await picture(colour)), `${colour}.jpg`);
  await page.goto(`/clients/${agency.client}/accounts/connect/bluesky`);
  await hydrated(page);

  await test.step('an account on Bluesky by its app password', async () => {
    await press(page, page.locator('summary', { hasText: 'Use an app password instead' }));
    await write(page, page.getByLabel('Handle of the account'), GYM);
    await write(page, page.getByLabel('App password', { exact: true }), await emulator.blueskyPassword(GYM));
    await press(page, page.getByRole('button', { name: 'Connect with the app password' }));
    await page.waitForURL(/\/accounts\?connected=/);
  });

  await agency.open('posts/new');
  const caption = page.getByRole('textbox', { name: 'Caption', exact: true });
  await test.step('captions: one for all, and one of its own', async () => {
    for (const account of ['@kestreldesk', `@${GYM}`]) {
      const box = page.getByRole('checkbox', { name: account });
      if (!(await box.isChecked())) await tick(page, box);
    }
    await write(page, caption, 'Shared words');
    await reach(page, page.getByRole('tab', { name: 'Shared' }));
    await expect(async () => {
      await page.keyboard.press('ArrowRight');
      await expect(page.getByRole('tab', { name: 'Bluesky' })).toBeFocused({ timeout: 500 });
    }).toPass();
    const own = page.getByRole('textbox', { name: `Caption for @${GYM} on Bluesky` });
    await write(page, own, 'Words of its own');
    await press(page, page.getByRole('button', { name: 'Reset to shared' }));
    await expect(own).toHaveValue('Shared words');
    await expect(own).toBeFocused();
    await reach(page, page.getByRole('tab', { name: 'Bluesky' }));
    await page.keyboard.press('Home');
    await expect(page.getByRole('tab', { name: 'Shared' })).toBeFocused();
  });

  await test.step('pictures: chosen, described, ordered', async () => {
    const library = page.getByRole('button', { name: 'From the library' });
    await press(page, library);
    const picker = page.getByRole('dialog', { name: 'From the library' });
    for (const colour of ['orange', 'teal']) await press(page, picker.getByRole('button', { name: colour }));
    await press(page, picker.getByRole('button', { name: 'Done' }));
    await expect(picker).toBeHidden();
    await expect(library).toBeFocused();
    const files = page.getByRole('group', { name: /^File / });
    const teal = page.getByRole('group', { name: 'File teal.jpg' });
    await write(page, teal.getByLabel(/^Description/), 'A teal wall');
    await press(page, teal.getByRole('button', { name: 'Move earlier' }));
    await expect(files.first()).toHaveAccessibleName('File teal.jpg');
    await expect(teal.getByRole('button', { name: 'Move earlier' })).toBeFocused();
    await press(page, page.getByRole('group', { name: 'File orange.jpg' }).getByRole('button', { name: 'Remove' }));
    await expect(files).toHaveCount(1);
    await somewhere(page);
  });

  await test.step('tags and a note', async () => {
    const tag = page.getByLabel('Add a tag');
    const tags = page.getByRole('list', { name: 'Tags of this post' }).getByRole('listitem');
    await reach(page, tag);
    await page.keyboard.type('Autumn,reel');
    await page.keyboard.press('Enter');
    await expect(tags).toHaveText(['Autumn', 'reel']);
    await press(page, page.getByRole('button', { name: 'Remove the tag Autumn' }));
    await expect(tags).toHaveText(['reel']);
    await expect(tag).toBeFocused();
    await write(page, page.getByRole('textbox', { name: 'Internal note' }), 'Ask Tessa.');
    await expect(page.getByText(/^Olga Owner, /)).toBeVisible();
  });

  await test.step('a snippet is kept, and put in', async () => {
    const menu = page.locator('summary', { hasText: 'Snippets' });
    await press(page, menu);
    await press(page, page.getByRole('button', { name: 'New and change…' }));
    const dialog = page.getByRole('dialog', { name: 'Snippets' });
    await write(page, dialog.getByLabel('Name'), 'Hours');
    await write(page, dialog.getByLabel('Text'), ' Open until eight.');
    await press(page, dialog.getByRole('button', { name: 'Save snippet' }));
    await expect(dialog.getByRole('listitem')).toContainText(['Hours']);
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expect(menu).toBeFocused();
    await page.keyboard.press('Enter');
    await press(page, page.getByRole('button', { name: 'Hours' }));
    await expect(caption).toHaveValue(/Open until eight\./);
    await expect(caption).toBeFocused();
  });

  await test.step('the next free slot', async () => {
    const { accounts } = (await (await agency.call('composer', { client: agency.client })).json()) as { accounts: { id: string }[] };
    const slots = { client: agency.client, account: accounts[0]?.id ?? '', time: '07:15', 'weekdays[0]': '0', 'weekdays[1]': '4' };
    const added = await agency.call('add_slots', slots);
    expect(added.ok(), await added.text()).toBe(true);
    await saved(page, () => press(page, page.getByRole('button', { name: 'Next free slot' })));
    await expect(page.getByLabel('Goes out')).toHaveValue(/T07:15$/);
    await somewhere(page);
  });

  await test.step('what it said before is brought back', async () => {
    // What one person saves again and again within minutes counts as one version.
    await sql(stack, "UPDATE post_saves SET began_at = began_at - interval '10 minutes'");
    const before = await caption.inputValue();
    await saved(page, () => write(page, caption, 'Worse words'));
    await expect(page.locator('.saved')).toHaveText(/^Saved/);
    await press(page, page.locator('summary', { hasText: 'Version history' }));
    await press(page, page.getByRole('button', { name: /^Restore what Olga Owner/ }));
    await expect(caption).toHaveValue(before);
    await hydrated(page);
  });

  await test.step('its end is asked about first', async () => {
    const menu = page.locator('summary[aria-label="More actions"]');
    const dialog = page.getByRole('dialog', { name: 'Delete this post?' });
    await press(page, menu);
    await press(page, page.getByRole('button', { name: 'Delete post…' }));
    await press(page, dialog.getByRole('button', { name: 'Keep it' }));
    await expect(dialog).toBeHidden();
    await expect(menu).toBeFocused();
    await page.keyboard.press('Enter');
    await press(page, page.getByRole('button', { name: 'Delete post…' }));
    await press(page, dialog.getByRole('button', { name: 'Delete post' }));
    await page.waitForURL(/\/calendar/);
    await expect(page.locator('.toast')).toContainText('The post is deleted.');
    await somewhere(page);
  });
});

/** Does something, and waits until the server has kept it. */
async function saved(page: Page, act: () => Promise<void>): Promise<void> {
  const kept = page.waitForResponse((response) => response.url().endsWith('/api/save_post') && response.ok());
  await act();
  await kept;
}

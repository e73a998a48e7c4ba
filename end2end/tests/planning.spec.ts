// What surrounds a post: tags, a note, snippets, posting times, and what it said before.

import { execFile } from 'node:child_process';
import path from 'node:path';
import type { Page } from '@playwright/test';
import type { Stack } from '../support/stack.ts';
import { Agency, accessible, fits } from '../support/steps.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';

/** Waits until the server has what stands in the composer. */
async function kept(page: Page, agency: Agency, post: string, what: Record<string, string>): Promise<void> {
  await expect
    .poll(async () => ((await (await agency.call('composer', { client: agency.client, post })).json()) as { post: object }).post, { timeout: 20_000 })
    .toMatchObject(what);
  await expect(page.locator('.saved')).toHaveText(/^Saved/);
}

test('a post is sorted, noted, written with snippets and planned for the next free slot @desktop', async ({ page, stack }) => {
  test.setTimeout(180_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Planning & Co', 'planningandco');
  const post = await agency.draft('Flat white', 3);

  await agency.open('accounts');
  const times = page.getByRole('region', { name: 'Posting times' });
  for (const day of ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']) await times.getByLabel(day).check();
  await times.getByLabel('Time', { exact: true }).fill('07:15');
  await times.getByRole('button', { name: 'Add' }).click();
  await expect(times.getByRole('listitem')).toHaveCount(7);
  await times.getByRole('button', { name: /^Remove Sun 07:15/ }).click();
  await expect(times.getByRole('listitem')).toHaveCount(6);
  await accessible(page);
  await fits(page);

  await agency.open(`posts/${post}`);
  const tag = page.getByLabel('Add a tag');
  await tag.fill('Autumn menu');
  await tag.press('Enter');
  await tag.fill('reel,');
  await tag.press('Enter');
  const tags = page.getByRole('list', { name: 'Tags of this post' }).getByRole('listitem');
  await expect(tags).toHaveText(['Autumn menu', 'reel']);
  const note = page.getByRole('textbox', { name: 'Internal note' });
  await note.fill('Ask Tessa about the cup.');
  await expect(page.getByText(/^Olga Owner, /)).toBeVisible();

  const caption = page.getByRole('textbox', { name: 'Caption' });
  await caption.selectText();
  await page.getByText('Snippets', { exact: true }).click();
  await page.getByRole('button', { name: 'New and change…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Snippets' });
  await expect(dialog.getByLabel('Text')).toHaveValue('Flat white');
  await dialog.getByLabel('Name').fill('Opening hours');
  await dialog.getByLabel('Text').fill(' Open until eight.');
  await dialog.getByRole('button', { name: 'Save snippet' }).click();
  await expect(dialog.getByRole('listitem')).toContainText(['Opening hours']);
  await accessible(page);
  await page.keyboard.press('Escape');
  await caption.press('End');
  await page.getByText('Snippets', { exact: true }).click();
  await page.getByRole('button', { name: 'Opening hours' }).click();
  await expect(caption).toHaveValue('Flat white Open until eight.');
  await expect(caption).toBeFocused();

  const before = await page.getByLabel('Goes out').inputValue();
  await page.getByRole('button', { name: 'Next free slot' }).click();
  await expect(page.getByLabel('Goes out')).toHaveValue(/T07:15$/);
  const first = await page.getByLabel('Goes out').inputValue();
  expect(first).not.toBe(before);
  await page.getByRole('button', { name: 'Next free slot' }).click();
  await expect(page.getByLabel('Goes out')).not.toHaveValue(first);
  await kept(page, agency, post, { caption: 'Flat white Open until eight.', local_time: await page.getByLabel('Goes out').inputValue() });
  await accessible(page);
  await fits(page);

  await page.reload();
  await hydrated(page);
  await expect(tags).toHaveText(['Autumn menu', 'reel']);
  await expect(note).toHaveValue('Ask Tessa about the cup.');
  await expect(caption).toHaveValue('Flat white Open until eight.');
  await page.getByRole('button', { name: 'Remove the tag reel' }).press('Enter');
  await expect(tags).toHaveText(['Autumn menu']);
  await expect(tag).toBeFocused();
  await page.setViewportSize({ width: 390, height: 844 });
  await fits(page);
  // On a phone the bar says in words what it offers, and leaves most of the page to the post.
  await expect(page.getByText('Next free slot', { exact: true })).toBeVisible();
  expect((await page.locator('.composer-bar').boundingBox())?.height).toBeLessThan(180);
});

test('what is out keeps its words, and its tags and note can still be changed @desktop', async ({ page, stack }) => {
  test.setTimeout(180_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Beside & Co', 'besideandco');
  await agency.publish('Out of our hands');
  await agency.open('calendar');
  const card = agency.card('Out of our hands');
  await expect(card).toContainText('Published', { timeout: 60_000 });
  await card.getByRole('link').first().click();
  await page.waitForURL(/\/history\/[0-9a-f-]{36}$/);
  await hydrated(page);
  await page.getByRole('link', { name: 'Tags and note' }).click();
  await page.waitForURL(/\/posts\/[0-9a-f-]{36}$/);
  await expect(page.getByText('What has left cannot be changed here.')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Caption' })).toHaveCount(0);

  const tag = page.getByLabel('Add a tag');
  const tags = page.getByRole('list', { name: 'Tags of this post' }).getByRole('listitem');
  const note = page.getByRole('textbox', { name: 'Internal note' });
  await note.fill('Well received. More of this.');
  await tag.fill('Autumn');
  await tag.press('Enter');
  await expect(tags).toHaveText(['Autumn']);
  // That it was sorted moves what is shown above, and nobody who types is thrown out of the field.
  await tag.pressSequentially('evergreen', { delay: 150 });
  await tag.press('Enter');
  await expect(tags).toHaveText(['Autumn', 'evergreen']);
  await expect(tag).toBeFocused();
  await expect(page.getByText(/^Olga Owner, /)).toBeVisible();
  await accessible(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  await accessible(page);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 390, height: 844 });
  await fits(page);

  await page.reload();
  await hydrated(page);
  await expect(tags).toHaveText(['Autumn', 'evergreen']);
  await expect(note).toHaveValue('Well received. More of this.');

  // What it said can be said again.
  await page.getByRole('button', { name: 'Duplicate' }).click();
  await expect(page.getByRole('textbox', { name: 'Caption' })).toHaveValue('Out of our hands');
  await expect(page.locator('.toast')).toContainText('This is a copy, kept as a draft.');
});

test('what a colleague overwrote is brought back from the versions @desktop', async ({ page, browser, stack, faults }) => {
  test.setTimeout(180_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Versions & Co', 'versionsandco');
  const post = await agency.draft('The words that were agreed on', 3);
  const maja = { name: 'Maja Manager', email: 'maja@agency.example', password: 'a password of hers' };
  await addOwner(stack, maja);
  const context = await browser.newContext({ baseURL: stack.url });
  faults.watch(context);
  const hers = await context.newPage();
  await signIn(hers, maja);
  await hers.goto(`/clients/${agency.client}/posts/${post}`);
  await hydrated(hers);
  await hers.getByRole('textbox', { name: 'Caption' }).fill('The words that Maja likes');
  await kept(hers, agency, post, { caption: 'The words that Maja likes' });
  await context.close();

  await agency.open(`posts/${post}`);
  const caption = page.getByRole('textbox', { name: 'Caption' });
  await expect(caption).toHaveValue('The words that Maja likes');
  await page.getByText('Version history').click();
  const versions = page.locator('.versions-list > li');
  await expect(versions).toHaveCount(2);
  await expect(versions.first()).toContainText('Maja Manager');
  await expect(versions.first().locator('ins')).toHaveText(['Maja', 'likes']);
  await accessible(page);
  await page.getByRole('button', { name: /^Restore what Olga Owner/ }).click();
  await expect(caption).toHaveValue('The words that were agreed on');
  await hydrated(page);
  await page.getByText('Version history').click();
  await expect(versions.first()).toContainText('Now');
  await expect(versions).toHaveCount(3);
});

/** Adds one more owner by the command that operators use. */
async function addOwner(stack: Stack, person: { name: string; email: string; password: string }): Promise<void> {
  const binary = path.join(process.env.AUTOPOST_BINARIES ?? '../target/debug', 'autopost');
  const args = ['user', 'add', '--email', person.email, '--name', person.name, '--role', 'owner', '--password-stdin'];
  await new Promise<void>((resolve, reject) => {
    const child = execFile(binary, args, { env: stack.environment }, (error) => (error ? reject(error) : resolve()));
    child.stdin?.end(person.password);
  });
}

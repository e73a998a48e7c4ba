// The ways in for files beside the button: a folder that is dropped with all that is in it, several files at once, and a
// picture from the clipboard; in the library and in a post.

import { copyFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { accessible, Agency } from '../support/steps.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';
import { picture } from '../support/videos.ts';

/** Drops files or folders of this machine on something, as the system's file manager does. */
async function drop(page: Page, on: Locator, files: string[]): Promise<void> {
  const box = await on.boundingBox();
  if (!box) throw new Error('There is nothing to drop on');
  const [x, y] = [box.x + box.width / 2, box.y + Math.min(box.height / 2, 200)];
  const browser = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await browser.send('Input.dispatchDragEvent', { type, x, y, data });
  }
  await browser.detach();
}

/** Puts a picture into the clipboard, as a screenshot does, and presses the keys that paste it. */
async function paste(page: Page, colour: string, words?: string): Promise<void> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate(
    async ([colour, words]) => {
      const canvas = new OffscreenCanvas(640, 480);
      const pen = canvas.getContext('2d');
      if (!pen) throw new Error('No canvas');
      pen.fillStyle = colour ?? '';
      pen.fillRect(0, 0, 640, 480);
      const kinds: Record<string, Blob> = { 'image/png': await canvas.convertToBlob({ type: 'image/png' }) };
      if (words) kinds['text/plain'] = new Blob([words], { type: 'text/plain' });
      await navigator.clipboard.write([new ClipboardItem(kinds)]);
    },
    [colour, words] as const,
  );
  await page.keyboard.press('Control+V');
}

const row = (page: Page, name: string) => page.getByRole('group', { name, exact: true });
const filesOfPost = (page: Page) => page.getByRole('group', { name: /^File / });

/** A folder with pictures in folders within it, and something that is none. */
async function folder(): Promise<string> {
  const root = path.join(await mkdtemp(path.join(tmpdir(), 'autopost-drop-')), 'shoot');
  const deep = path.join(root, 'details', 'close');
  await mkdir(deep, { recursive: true });
  await copyFile(await picture('red'), path.join(root, 'wide.jpg'));
  await copyFile(await picture('green'), path.join(root, 'details', 'cup.jpg'));
  await copyFile(await picture('blue'), path.join(deep, 'foam.jpg'));
  await writeFile(path.join(root, 'details', 'notes.txt'), 'Not for the feed');
  return root;
}

test('a folder is dropped on the library with all pictures in it, also those of folders within @desktop', async ({ page, stack }) => {
  test.setTimeout(120_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Folder', 'kestrelfolder');
  await agency.open('library');
  await drop(page, page.locator('.page-body.library'), [await folder()]);
  for (const name of ['wide.jpg', 'cup.jpg', 'foam.jpg']) {
    await expect(row(page, name)).toContainText('Checked: 1200 × 900', { timeout: 60_000 });
  }
  await expect(page.getByRole('region', { name: 'Uploads' })).toContainText('3 files uploaded');
  await expect(page.getByRole('list').getByRole('link', { name: /\.jpg$/ })).toHaveCount(3);
  await expect(page.getByText('notes.txt')).toHaveCount(0);
  await accessible(page);
});

test('a folder and a file beside it, dropped at once on the library, both arrive @desktop', async ({ page, stack }) => {
  test.setTimeout(120_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Both', 'kestrelboth');
  await agency.open('library');
  await drop(page, page.locator('.page-body.library'), [await picture('orange'), await folder()]);
  await expect(page.getByRole('list').getByRole('link', { name: /\.jpg$/ })).toHaveCount(4, { timeout: 60_000 });
  await expect(page.getByRole('list').getByRole('link', { name: 'picture-orange.jpg' })).toBeVisible();
});

test('several files dropped on a post at once are attached to it, and stay @desktop', async ({ page, stack }) => {
  test.setTimeout(120_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Dropped', 'kestreldropped');
  await agency.open('posts/new');
  await page.getByRole('textbox', { name: 'Caption' }).fill('Three at once');
  const files = await Promise.all(['teal', 'orange', 'purple'].map(picture));
  await drop(page, page.locator('.composer-main'), files);
  await expect(filesOfPost(page)).toHaveCount(3, { timeout: 60_000 });
  const attached = async () => {
    const { post } = (await (await agency.call('composer', { client: agency.client, post: page.url().split('/').pop()?.split('?')[0] ?? '' })).json()) as {
      post: { media: { asset: { file_name: string } }[] } | null;
    };
    return post?.media.map((file) => file.asset.file_name).sort();
  };
  await page.waitForURL(/\/posts\/[0-9a-f-]{36}/);
  await expect.poll(attached, { timeout: 20_000 }).toEqual(['picture-orange.jpg', 'picture-purple.jpg', 'picture-teal.jpg']);
  await page.reload();
  await hydrated(page);
  await expect(filesOfPost(page)).toHaveCount(3);

  // A folder works here as it does there.
  await drop(page, page.locator('.composer-main'), [await folder()]);
  await expect(filesOfPost(page)).toHaveCount(6, { timeout: 60_000 });
});

test('a picture is pasted into the library and into a post, and words stay words @desktop', async ({ page, stack }) => {
  test.setTimeout(120_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Pasted', 'kestrelpasted');
  await test.step('the library', async () => {
    await agency.open('library');
    await paste(page, 'rebeccapurple');
    await expect(row(page, 'image.png')).toContainText('Checked: 640 × 480', { timeout: 60_000 });
    await expect(page.getByRole('list').getByRole('link', { name: 'image.png' })).toBeVisible();
  });
  await test.step('a post, wherever the cursor is', async () => {
    await agency.open('posts/new');
    await paste(page, 'seagreen');
    await expect(filesOfPost(page)).toHaveCount(1, { timeout: 60_000 });
    const caption = page.getByRole('textbox', { name: 'Caption' });
    await caption.fill('Pasted');
    await caption.focus();
    await paste(page, 'tomato');
    await expect(filesOfPost(page)).toHaveCount(2, { timeout: 60_000 });
    await expect(caption).toHaveValue('Pasted');
    await accessible(page);
  });
  await test.step('words with a picture of them are words', async () => {
    const caption = page.getByRole('textbox', { name: 'Caption' });
    await caption.focus();
    await page.keyboard.press('End');
    await paste(page, 'gold', ' from a table');
    await expect(caption).toHaveValue('Pasted from a table');
    await expect(filesOfPost(page)).toHaveCount(2);
  });
  await test.step('it is kept', async () => {
    await page.waitForURL(/\/posts\/[0-9a-f-]{36}/);
    const kept = async () => {
      const post = page.url().split('/').pop()?.split('?')[0] ?? '';
      return ((await (await agency.call('composer', { client: agency.client, post })).json()) as { post: { caption: string } | null }).post?.caption;
    };
    await expect.poll(kept, { timeout: 20_000 }).toBe('Pasted from a table');
    await page.reload();
    await hydrated(page);
    await expect(filesOfPost(page)).toHaveCount(2);
    await expect(page.getByRole('textbox', { name: 'Caption' })).toHaveValue('Pasted from a table');
  });
});

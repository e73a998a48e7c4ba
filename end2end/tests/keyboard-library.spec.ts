// The library by keyboard alone: a file comes in, is paused on its way, described, and deleted.

import { press, reach, signInByKeys, somewhere, write } from '../support/keyboard.ts';
import { Agency } from '../support/steps.ts';
import { expect, test } from '../support/test.ts';
import { portraitVideo } from '../support/videos.ts';

test('a file is uploaded, paused, described and deleted by keyboard alone @desktop', async ({ page, stack }) => {
  test.setTimeout(120_000);
  const video = await portraitVideo(6);
  await signInByKeys(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Shelf', 'kestrelshelf');
  await agency.open('library');
  const tray = page.getByRole('region', { name: 'Uploads' });
  // Nothing goes out before the pause was pressed.
  let open = () => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  await page.route(/\/uploads\/[0-9a-f-]{36}$/, async (route) => {
    if (route.request().method() === 'PATCH') await gate;
    await route.continue().catch(() => {});
  });

  await test.step('upload, pause, go on', async () => {
    const chooser = page.locator('#choose-file');
    await reach(page, chooser);
    await chooser.setInputFiles(video);
    await press(page, tray.getByRole('button', { name: 'Pause', exact: true }));
    await expect(tray).toContainText('paused by you');
    await somewhere(page);
    await press(page, tray.getByRole('button', { name: 'Go on', exact: true }));
    await expect(tray).not.toContainText('paused by you');
    await somewhere(page);
    open();
    await expect(tray).toContainText('Checked: 720 × 1280', { timeout: 60_000 });
    await press(page, tray.getByRole('button', { name: 'Close' }));
    await expect(tray).toHaveCount(0);
    await somewhere(page);
  });

  await test.step('describe it', async () => {
    await press(page, page.getByRole('link', { name: /\.mp4$/ }));
    await page.waitForURL(/\/library\/[0-9a-f-]{36}$/);
    await write(page, page.getByLabel('Description for people who cannot see it'), 'Lines that move');
    await press(page, page.getByRole('button', { name: 'Save', exact: true }));
    await expect(page.locator('.toast')).toContainText('Description saved');
    await somewhere(page);
  });

  await test.step('delete it', async () => {
    await press(page, page.locator('.asset-removal > summary'));
    await press(page, page.getByRole('button', { name: 'Delete the file' }));
    await page.waitForURL(/\/library$/);
    await expect(page.getByText('No files yet')).toBeVisible();
    await somewhere(page);
  });
});

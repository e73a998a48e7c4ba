// The caption's field shows while somebody types what the platform will link, and what is too much.

import type { Locator, Page } from '@playwright/test';
import { accessible, Agency, fits } from '../support/steps.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';

const HANDLE = 'maribelspottery.test';
/** Lines that wrap, words without an end, spaces at the end of a line, empty lines, scripts and pictures. */
const HARD = [
  `Open from seven in the morning, also on Sundays, with the new #${'roast'.repeat(30)} and @kestrelmarks   `,
  '',
  `https://kestrel.example/${'menu-'.repeat(40)} #über #コーヒー 🦊👩‍👩‍👧‍👦 éé\tx`,
  'AVAVAV #To, -> fi ffl; (#not) #2026 @all. ',
  '',
].join('\n');

test('what is typed is marked as its platform reads it, and the field stays the browser’s own @desktop', async ({ page, stack, emulator }) => {
  test.setTimeout(180_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Marks', 'kestrelmarks');
  await page.goto(`/clients/${agency.client}/accounts/connect/bluesky`);
  await hydrated(page);
  await page.getByText('Use an app password instead').click();
  await page.getByLabel('Handle of the account').fill(HANDLE);
  await page.getByLabel('App password', { exact: true }).fill(await emulator.blueskyPassword(HANDLE));
  await page.getByRole('button', { name: 'Connect with the app password' }).click();
  await page.waitForURL(/\/accounts\?connected=/);

  await agency.open('posts/new');
  const caption = page.getByRole('textbox', { name: 'Caption' });
  const linked = page.locator('.marked-layer:visible .is-link');
  const text = 'Hi @kestrel.example, see https://a.example/x. #bread @all';

  await test.step('each platform marks what it links', async () => {
    await page.getByRole('checkbox', { name: '@kestrelmarks' }).check();
    await caption.fill(text);
    await expect(linked).toHaveText(['@kestrel.example', '#bread', '@all']);
    await page.getByRole('checkbox', { name: `@${HANDLE}` }).check();
    await page.locator('.preview-switcher').getByText('Bluesky').click();
    await expect(linked).toHaveText(['@kestrel.example', 'https://a.example/x', '#bread']);
    await page.locator('.preview-switcher').getByText('TikTok').click();
    await expect(linked).toHaveText(['@kestrel.example', '#bread', '@all']);
    await page.getByRole('tab', { name: 'Bluesky' }).click();
    const own = page.getByRole('textbox', { name: `Caption for @${HANDLE} on Bluesky` });
    await own.fill('Only here: kestrel.com #one #two');
    await expect(linked).toHaveText(['kestrel.com', '#one', '#two']);
    await page.getByRole('tab', { name: 'Shared' }).click();
  });

  await test.step('the words are drawn exactly where the field has them', async () => {
    for (const [width, height] of [[1440, 900], [390, 1600]] as const) {
      await page.setViewportSize({ width, height });
      for (const words of [text, HARD]) {
        await caption.fill(words);
        await caption.blur();
        // Edges of letters are smoothed differently by parts of a pixel; a whole one is a difference of 200 and more.
        expect(await apart(page, await drawn(caption, true), await drawn(caption, false)), `${width}`).toBeLessThan(100);
      }
      await fits(page);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  await test.step('what is too much is marked from where the tightest platform stops', async () => {
    await page.getByRole('tab', { name: 'Bluesky' }).click();
    await page.getByRole('button', { name: 'Reset to shared' }).click();
    await page.getByRole('tab', { name: 'Shared' }).click();
    await caption.fill(`${'é'.repeat(298)} #bakery`);
    await expect(page.getByText('Bluesky 306 / 300')).toBeVisible();
    await expect(page.locator('.marked-layer:visible .is-link')).toHaveText(['#']);
    await expect(page.locator('.marked-layer:visible .is-over')).toHaveText(['bakery']);
    await accessible(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await accessible(page);
    await page.emulateMedia({ colorScheme: 'light' });
  });

  await test.step('undo is the browser’s', async () => {
    await caption.fill('');
    await caption.pressSequentially('One #two');
    await expect(linked).toHaveText(['#two']);
    await page.keyboard.press('Control+z');
    await expect(caption).not.toHaveValue('One #two');
    await page.keyboard.press('Control+Shift+z');
    await expect(caption).toHaveValue('One #two');
    await expect(linked).toHaveText(['#two']);
  });

  await test.step('while an input method composes the field shows itself', async () => {
    const session = await page.context().newCDPSession(page);
    const field = page.locator('.marked-field').filter({ has: caption });
    await session.send('Input.imeSetComposition', { text: 'コー', selectionStart: 2, selectionEnd: 2 });
    await expect(field).not.toHaveClass(/is-marked/);
    expect(await fill(caption)).not.toBe('rgba(0, 0, 0, 0)');
    await session.send('Input.insertText', { text: 'コーヒー' });
    await expect(field).toHaveClass(/is-marked/);
    await expect(caption).toHaveValue('One #twoコーヒー');
    await expect(linked).toHaveText(['#twoコーヒー']);
    expect(await fill(caption)).toBe('rgba(0, 0, 0, 0)');
  });

  await test.step('with colours of the system’s own nothing is drawn twice', async () => {
    await page.emulateMedia({ forcedColors: 'active' });
    await expect(page.locator('.marked-layer').first()).toBeHidden();
    expect(await fill(caption)).not.toBe('rgba(0, 0, 0, 0)');
    await page.emulateMedia({ forcedColors: 'none' });
  });
});

/** The field with its words in one colour: drawn by the layer, or by the field itself. */
async function drawn(caption: Locator, byLayer: boolean): Promise<Buffer> {
  await caption.evaluate((field, byLayer) => {
    field.parentElement?.classList.toggle('is-marked', byLayer);
    for (const piece of field.parentElement?.querySelectorAll<HTMLElement>('.marked-layer span') ?? []) {
      piece.style.color = 'inherit';
      piece.style.background = 'none';
    }
  }, byLayer);
  const picture = await caption.screenshot({ animations: 'disabled' });
  await caption.evaluate((field) => field.parentElement?.classList.add('is-marked'));
  return picture;
}

/** By how much the pixels of two pictures differ at the most; 255 where the pictures are not of one size. */
function apart(page: Page, one: Buffer, other: Buffer): Promise<number> {
  return page.evaluate(
    async ([one, other]) => {
      const pixels = async (base64: string) => {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
        const canvas = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
        canvas?.drawImage(picture, 0, 0);
        return canvas?.getImageData(0, 0, picture.width, picture.height).data ?? new Uint8ClampedArray();
      };
      const [these, those] = [await pixels(one), await pixels(other)];
      if (these.length === 0 || these.length !== those.length) return 255;
      return these.reduce((most, value, at) => Math.max(most, Math.abs(value - (those[at] ?? 0))), 0);
    },
    [one.toString('base64'), other.toString('base64')] as const,
  );
}

/** The colour that the field draws its words with. */
function fill(caption: Locator): Promise<string> {
  return caption.evaluate((field) => getComputedStyle(field).getPropertyValue('-webkit-text-fill-color'));
}

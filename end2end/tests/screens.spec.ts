// Pictures of every page for looking at, in both colour schemes: AUTOPOST_SCREENS=1 ./dev e2e screens
// They land in end2end/results/screens/<project>-<scheme>/.

import path from 'node:path';
import type { Page } from '@playwright/test';
import { expect, hydrated, signIn, test } from '../support/test.ts';

const FOLDER = path.resolve(import.meta.dirname, '../results/screens');
const PUBLIC_PAGES = ['/sign-in', '/privacy', '/terms', '/data-deletion', '/no-such-page'];

test.skip(!process.env.AUTOPOST_SCREENS, 'only when asked for by AUTOPOST_SCREENS=1');
test.use({ stackOptions: { demo: true } });

for (const colorScheme of ['light', 'dark'] as const) {
  test(`screens, ${colorScheme}`, async ({ page, stack, faults }, { project }) => {
    test.setTimeout(600_000);
    faults.expect(/\b404\b/);
    const folder = path.join(FOLDER, `${project.name}-${colorScheme}`);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });

    for (const address of PUBLIC_PAGES) await picture(page, address, folder);

    await signIn(page, stack.owner);
    // One page of each kind: follow the links, and take ids for the same.
    const waiting = [new URL(page.url()).pathname];
    const done = new Set(PUBLIC_PAGES);
    for (let address = waiting.shift(); address; address = waiting.shift()) {
      const kind = kindOf(address);
      if (done.has(kind)) continue;
      done.add(kind);
      await picture(page, address, folder);
      waiting.push(...(await linksOf(page, stack.url)));
    }
    expect(done.size).toBeGreaterThan(PUBLIC_PAGES.length);
  });
}

async function picture(page: Page, address: string, folder: string): Promise<void> {
  await page.goto(address);
  await hydrated(page);
  await page.evaluate(() => document.fonts.ready);
  const name = kindOf(address).replaceAll(/[^\w:-]+/g, '_').replaceAll(':', '').replace(/^_/, '') || 'front';
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}

/** The addresses on our own site that a page links to, but for downloads and signing out. */
async function linksOf(page: Page, origin: string): Promise<string[]> {
  const links = await page.locator('a[href]:not([download]):not([rel=external])').evaluateAll((anchors) => anchors.map((anchor) => (anchor as HTMLAnchorElement).href));
  return links
    .filter((link) => link.startsWith(`${origin}/`) && !/sign-out|oauth|\/media\//.test(link))
    .map((link) => new URL(link).pathname);
}

function kindOf(address: string): string {
  return address.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ':id').replaceAll(/\d{4}-\d{2}(-\d{2})?/g, ':date');
}

// One page of each kind, found by following the links from where one is.

import type { Page } from '@playwright/test';
import { hydrated } from './test.ts';

/** Opens one page of each kind that the links lead to, beginning with `from`, and says which. */
export async function eachKind(page: Page, origin: string, from: string, look: (kind: string) => Promise<void>): Promise<string[]> {
  const waiting = [from];
  const done = new Set<string>();
  for (let address = waiting.shift(); address; address = waiting.shift()) {
    const kind = kindOf(address);
    if (done.has(kind)) continue;
    done.add(kind);
    await page.goto(address);
    await hydrated(page);
    await look(kind);
    waiting.push(...(await linksOf(page, origin)));
  }
  return [...done];
}

/** The addresses on our own site that a page links to, but for downloads and signing out. */
async function linksOf(page: Page, origin: string): Promise<string[]> {
  const links = await page.locator('a[href]:not([download]):not([rel=external])').evaluateAll((anchors) => anchors.map((anchor) => (anchor as HTMLAnchorElement).href));
  return links
    .filter((link) => link.startsWith(`${origin}/`) && !/sign-out|oauth|\/media\//.test(link))
    .map((link) => new URL(link).pathname);
}

/** The same for all pages that differ by an id or a day alone. */
export function kindOf(address: string): string {
  return address.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ':id').replaceAll(/\d{4}-\d{2}(-\d{2})?/g, ':date');
}

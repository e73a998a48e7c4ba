// What a visit costs, and what Lighthouse says of the pages that people see most.

import { launchBrowser, freePort, median, psql, say, signIn, startServer, theClient, withBrowser } from './lib.mjs';

/** How often Lighthouse looks at each page: it is noisy, and the median counts. */
const LOOKS = 3;

/** Every byte of the first visit to the calendar over the wire, compressed as the browser asks for it. */

export async function firstVisit(report) {
  const server = await startServer({ desk: true });
  try {
    await withBrowser(server, async ({ browser, context, client }) => {
      // Signed in, but with an empty cache: only the cookies are carried over.
      const fresh = await browser.newContext({ viewport: { width: 1440, height: 900 }, storageState: await context.storageState() });
      const page = await fresh.newPage();
      const session = await fresh.newCDPSession(page);
      await session.send('Network.enable');
      const names = new Map();
      const sizes = [];
      session.on('Network.requestWillBeSent', ({ requestId, request }) => names.set(requestId, request.url));
      session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => sizes.push([names.get(requestId), encodedDataLength]));
      const response = await page.goto(`${server.url}/clients/${client}/calendar`, { waitUntil: 'networkidle' });
      if (!response.ok()) throw new Error(`the calendar answered ${response.status()}`);
      for (const [url, size] of sizes.toSorted((a, b) => b[1] - a[1]).slice(0, 8)) say(`${(size / 1000).toFixed(1)} kB ${new URL(url).pathname}`);
      const wasm = sizes.filter(([url]) => new URL(url).pathname.endsWith('.wasm'));
      report('pages.wasm_kb', wasm.reduce((sum, [, size]) => sum + size, 0) / 1000, 'kB');
      report('pages.first_visit_kb', sizes.reduce((sum, [, size]) => sum + size, 0) / 1000, 'kB');
      await fresh.close();
    });
  } finally {
    await server.stop();
  }
}

/** Lighthouse, as a desk sees the pages: on a quick line and a large screen, each time with an empty cache. */
export async function scores(report) {
  const { default: lighthouse } = await import('lighthouse');
  const { default: desktop } = await import('lighthouse/core/config/desktop-config.js');
  const server = await startServer({ desk: true });
  const port = await freePort();
  const browser = await launchBrowser([`--remote-debugging-port=${port}`]);
  try {
    const cookie = await signIn(server.url);
    const client = await theClient();
    const post = (await psql(`SELECT id FROM posts WHERE client_id = '${client}' ORDER BY due_at LIMIT 1`)).stdout.trim();
    for (const [page, address, headers] of [
      ['sign_in', '/sign-in', {}],
      ['calendar', `/clients/${client}/calendar`, { Cookie: cookie }],
      ['composer', `/clients/${client}/posts/${post}`, { Cookie: cookie }],
    ]) {
      const looks = [];
      // Now and then Lighthouse misses that a page begins, which says nothing about the page: it looks again.
      for (let missed = 0; looks.length < LOOKS; ) {
        const flags = { port, logLevel: 'error', extraHeaders: headers, onlyCategories: ['performance', 'accessibility', 'best-practices'] };
        const { lhr } = await lighthouse(`${server.url}${address}`, flags, desktop);
        if (lhr.runtimeError?.code === 'NO_NAVSTART' && ++missed < LOOKS) continue;
        if (lhr.runtimeError) throw new Error(`${page}: ${lhr.runtimeError.message}`);
        if (new URL(lhr.finalDisplayedUrl).pathname !== address) throw new Error(`${page} led to ${lhr.finalDisplayedUrl}`);
        looks.push(lhr);
      }
      for (const [name, category] of [['performance', 'performance'], ['accessibility', 'accessibility'], ['best_practices', 'best-practices']]) {
        report(`pages.${page}.${name}`, 100 * median(looks.map((lhr) => lhr.categories[category].score)), 'of 100');
        for (const failed of failures(looks[0], category)) say(`${page}: ${failed}`);
      }
      const audit = (id) => median(looks.map((lhr) => lhr.audits[id].numericValue));
      report(`pages.${page}.first_visit_kb`, audit('total-byte-weight') / 1000, 'kB');
      report(`pages.${page}.cls`, audit('cumulative-layout-shift'), '');
    }
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** What keeps a category from its best, in a line each. */
function failures(lhr, category) {
  return lhr.categories[category].auditRefs
    .filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 0.9)
    .map(({ id }) => `${category}: ${lhr.audits[id].title} (${lhr.audits[id].displayValue ?? lhr.audits[id].score})`);
}

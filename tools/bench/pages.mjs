// What a first visit costs: every byte over the wire, compressed as the browser asks for it.

import { say, startServer, withBrowser } from './lib.mjs';

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
      report('pages.first_visit_kb', sizes.reduce((sum, [, size]) => sum + size, 0) / 1000, 'kB');
      await fresh.close();
    });
  } finally {
    await server.stop();
  }
}

// Every page is readable by everybody: no violation that axe can see, light and dark, wide and narrow, and nothing is
// wider than the window, however narrow that is. The pages are found by their links, so a new one is looked at without
// being named here.

import type { Page } from '@playwright/test';
import { eachKind } from '../support/crawl.ts';
import { buttonOf, portalUser, sendPosts } from '../support/portal.ts';
import { accessible, Agency, fits } from '../support/steps.ts';
import { hydrated, expect, signIn, test } from '../support/test.ts';

const PUBLIC_PAGES = ['/sign-in', '/reset', '/email/half', '/privacy', '/terms', '/data-deletion', '/no-such-page'];
/** What a crawl has to come by at the least: a page that no link leads to any more is missed. */
const DESK = ['calendar', 'posts/:id', 'approvals', 'accounts', 'library', 'library/:id', 'history', 'settings', 'import'].map((page) => `/clients/:id/${page}`);
const AGENCY = ['/clients', '/clients/new', '/team', '/team/invite', '/audit', '/settings', '/settings/mail', '/settings/webhooks', '/notices', '/me', '/me/notices'];
const PORTAL = ['/portal', '/portal/notices', '/portal/me'];
const PORTAL_CLIENT = ['posts/:id', 'calendar', 'published', 'activity', 'accounts'].map((page) => `/portal/clients/:id/${page}`);

/** A window of 1280 px that is enlarged to four times is as narrow as this. */
const ENLARGED = { width: 320, height: 640 };

async function look(page: Page): Promise<void> {
  await fits(page);
  const size = page.viewportSize();
  // The phone's width shows the same arrangement: once is enough.
  if (size && size.width > 1000) {
    await page.setViewportSize(ENLARGED);
    await fits(page);
    await page.setViewportSize(size);
  }
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await accessible(page);
  }
}

test('what anybody may read is accessible', async ({ page, faults }) => {
  faults.expect(/\b404\b/);
  for (const address of PUBLIC_PAGES) {
    await page.goto(address);
    await hydrated(page);
    await test.step(address, () => look(page));
  }
});

test('every page of the desk and of the portal is accessible', async ({ page, stack, mails, browser, faults }, { project }) => {
  test.setTimeout(480_000);
  await signIn(page, stack.owner);
  const name = `Kestrel Everywhere ${project.name}`;
  const email = `everywhere-${project.name}@kestrel.example`;
  const agency = await Agency.found(page, stack, name, `kestreleverywhere${project.name}`);
  await agency.publish('Tuesday is for tasting');
  await portalUser(stack, agency.client, 'Priya Nair', email);
  await sendPosts(page, stack, agency, ['A day at origin, part two']);

  const desk = await eachKind(page, stack.url, `/clients/${agency.client}/calendar`, (kind) => test.step(kind, () => look(page)));
  expect(desk).toEqual(expect.arrayContaining([...DESK, ...AGENCY]));

  const mail = await mails.waitFor(email);
  const context = await browser.newContext({ ...project.use, baseURL: stack.url });
  faults.watch(context);
  const guest = await context.newPage();
  await guest.goto(buttonOf(mail));
  await hydrated(guest);
  await look(guest);
  await guest.getByRole('button', { name: 'Continue as Priya Nair' }).click();
  // One post waits: it is opened at once.
  await guest.waitForURL(/\/portal\/clients\//);
  const portal = await eachKind(guest, stack.url, '/portal', (kind) => test.step(kind, () => look(guest)));
  expect(portal).toEqual(expect.arrayContaining([...PORTAL, ...PORTAL_CLIENT]));
  await context.close();
});

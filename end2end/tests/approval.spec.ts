// Ten posts from an editor, through the hands of a client, to the platform; and nothing of it for anybody else.

import { readFile } from 'node:fs/promises';
import type { APIResponse, Browser, BrowserContext, Page } from '@playwright/test';
import type { Mails } from '../support/mails.ts';
import type { Stack } from '../support/stack.ts';
import { accessible, Agency, fits, upload } from '../support/steps.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';
import { portraitVideo } from '../support/videos.ts';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const PASSWORD = 'a password of some length';

test('ten posts are sent, nine approved in a few taps, one is changed, and all go out @desktop', async ({ browser, page, stack, mails, emulator, faults }) => {
  test.setTimeout(900_000);
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Coffee', 'kestrelten');
  // TikTok takes six posts a minute from an account: ten would have to wait for each other.
  await agency.alsoConnect('Kestrel Coffee, too', 'kestreltwo');
  await call(page, stack, 'save_client_settings', {
    client: agency.client,
    'form[name]': 'Kestrel Coffee',
    'form[approval_policy]': 'required',
    'form[late_approval]': 'publish',
  });
  const other = await create(page, stack, 'Osprey Cycles');

  const editor = await joins(browser, stack, mails, page, { email: 'ed@agency.example', name: 'Ed Itor', role: 'editor', all_clients: 'true' });
  const ann = await joins(browser, stack, mails, page, { email: 'ann@kestrel.example', name: 'Ann Approver', role: 'client_approver', 'clients[0]': agency.client });
  const ben = await joins(browser, stack, mails, page, { email: 'ben@osprey.example', name: 'Ben Osprey', role: 'client_approver', 'clients[0]': other });
  faults.watch(editor);
  // Ann takes the mail, on her phone, and never types a password.
  await ann.close();
  const phone = await browser.newContext({ baseURL: stack.url, ...PHONE });
  faults.watch(phone);

  const desk = await editor.newPage();
  const captions = Array.from({ length: 10 }, (_, index) => `Latte number ${index + 1}`);
  await test.step('the editor writes ten posts and sends all of them at once', async () => {
    await write(desk, stack, agency.client, captions);
    await desk.goto(`/clients/${agency.client}/approvals`);
    await hydrated(desk);
    await desk.getByRole('link', { name: /Ready to send/ }).click();
    await desk.getByRole('checkbox', { name: 'Choose all' }).check();
    await accessible(desk);
    await desk.getByRole('button', { name: 'Send for approval' }).click();
    await desk.getByRole('link', { name: /With the client/ }).click();
    await expect(desk.getByRole('checkbox', { name: /^Choose “Latte/ })).toHaveCount(10);
  });

  const tap = await test.step('the client gets one mail', async () => {
    const mail = await mails.waitFor('ann@kestrel.example', (mail) => mail.text.includes('Latte number 10'), 60);
    for (const caption of captions) expect(mail.text).toContain(caption);
    expect(mail.attachments.length).toBeGreaterThan(0);
    const link = /https?:\/\/\S+\/tap\/\S+/.exec(mail.text)?.[0] ?? '';
    expect(link).toContain(stack.url);
    return link;
  });

  const review = await phone.newPage();
  await test.step('looking at the link opens nothing, and one tap opens the portal', async () => {
    // As a mail scanner does.
    for (let look = 0; look < 3; look += 1) expect((await fetch(tap)).status).toBe(200);
    await review.goto(tap);
    await hydrated(review);
    await accessible(review);
    await fits(review);
    await review.getByRole('button', { name: 'Continue as Ann Approver' }).click();
    await review.waitForURL(/\/portal/);
    await review.goto('/portal');
    await hydrated(review);
    await expect(review.getByRole('heading', { name: /10 / }).first()).toBeVisible();
    await accessible(review);
    await fits(review);
  });

  await test.step('one is to be changed, at 0:03 of its video', async () => {
    await review.getByRole('link', { name: /Latte number 7/ }).first().click();
    await review.waitForURL(/\/posts\//);
    await hydrated(review);
    await accessible(review);
    await fits(review);
    await review.getByRole('link', { name: 'Request changes' }).click();
    await review.getByLabel('What should be changed?').fill('The foam is gone here');
    await review.getByLabel('min').last().fill('0');
    await review.getByLabel('sec').last().fill('3');
    await review.getByRole('button', { name: 'Request changes' }).click();
    await review.waitForURL(/\/decided/);
    await expect(review.getByText('Changes requested').first()).toBeVisible();
    await accessible(review);
  });

  await test.step('the editor is told at once', async () => {
    await expect(desk.locator('.bell-count')).toBeVisible({ timeout: 15_000 });
    await desk.goto('/notices');
    await hydrated(desk);
    await expect(desk.getByText(/Latte number 7/).first()).toBeVisible();
  });

  await test.step('nine are approved in a few taps', async () => {
    await review.goto('/portal');
    await hydrated(review);
    await review.getByRole('link', { name: 'Select all' }).click();
    await review.getByRole('button', { name: /Approve/ }).click();
    await expect(review.getByText('9 posts are approved.')).toBeVisible({ timeout: 30_000 });
  });

  await test.step('the editor reads what is meant, mends it and sends it again; the client approves', async () => {
    await desk.goto(`/clients/${agency.client}/approvals`);
    await hydrated(desk);
    await desk.getByRole('link', { name: /Changes asked/ }).click();
    await desk.getByRole('link', { name: /Latte number 7/ }).first().click();
    await expect(desk.getByText('The foam is gone here').first()).toBeVisible();
    await expect(desk.getByText('0:03').first()).toBeVisible();
    await desk.getByRole('link', { name: 'Open' }).first().click();
    await desk.waitForURL(/\/posts\//);
    await hydrated(desk);
    await desk.getByLabel('Caption').fill('Latte number 7, with foam');
    await desk.getByRole('button', { name: 'Send for approval' }).first().click();
    await review.goto('/portal');
    await hydrated(review);
    await expect(review.getByRole('link', { name: /with foam/ }).first()).toBeVisible({ timeout: 30_000 });
    await review.getByRole('link', { name: /with foam/ }).first().click();
    await review.waitForURL(/\/posts\//);
    await hydrated(review);
    await expect(review.getByText('Changed since you decided')).toBeVisible();
    await review.getByRole('button', { name: 'Approve' }).click();
    await review.waitForURL(/\/decided/);
    await expect(review.getByRole('heading', { name: 'Approved', exact: true })).toBeVisible();
  });

  await test.step('all ten go out, as they were approved', async () => {
    const wanted = captions.map((caption) => (caption === 'Latte number 7' ? 'Latte number 7, with foam' : caption)).toSorted();
    await expect
      .poll(async () => (await emulator.tiktokPosts()).map(captionOf).filter((caption) => caption.startsWith('Latte')).toSorted(), { timeout: 480_000, intervals: [2_000] })
      .toEqual(wanted);
  });

  await test.step('another client’s user sees none of it, by any address', async () => {
    const stranger = await ben.newPage();
    const { deliveries, posts } = await known(page, agency.client);
    const addresses = [
      `/clients/${agency.client}/calendar`,
      `/clients/${agency.client}/approvals`,
      `/clients/${agency.client}/accounts`,
      `/clients/${agency.client}/history`,
      ...deliveries.map((id) => `/clients/${agency.client}/history/${id}`),
      ...posts.flatMap((id) => [`/clients/${agency.client}/posts/${id}`, `/portal/clients/${agency.client}/posts/${id}`, `/portal/clients/${agency.client}/posts/${id}/decided`]),
      ...['calendar', 'published', 'accounts', 'activity'].map((name) => `/portal/clients/${agency.client}/${name}`),
      '/portal',
      '/approvals',
      '/team',
      '/audit',
    ];
    for (const address of addresses) {
      const answer = await stranger.request.get(address, { headers: { accept: 'text/html' } });
      const body = await answer.text();
      expect(body, address).not.toContain('Latte');
      expect(body, address).not.toContain('Kestrel');
    }
    const used = await stranger.request.get(tap, { headers: { accept: 'text/html' } });
    expect(await used.text()).not.toContain('Latte');
  });
  await Promise.all([editor.close(), phone.close(), ben.close()]);
});

/** Invites somebody and has them accept, in a browser of their own. */
async function joins(browser: Browser, stack: Stack, mails: Mails, page: Page, person: Record<string, string>): Promise<BrowserContext> {
  await call(page, stack, 'invite', person);
  const mail = await mails.waitFor(person.email ?? '', (mail) => mail.text.includes('/invitation/'));
  const link = /https?:\/\/\S+\/invitation\/\S+/.exec(mail.text)?.[0] ?? '';
  const context = await browser.newContext({ baseURL: stack.url });
  const own = await context.newPage();
  await own.goto(link);
  await hydrated(own);
  await own.getByLabel('Password', { exact: false }).first().fill(PASSWORD);
  await own.getByRole('button', { name: /Join|Accept|Continue/ }).click();
  await own.waitForURL((url) => !url.pathname.startsWith('/invitation'));
  await own.close();
  return context;
}

/** Ten drafts with a video each, on the accounts in turn, two minutes ahead. */
async function write(page: Page, stack: Stack, client: string, captions: string[]): Promise<void> {
  await page.goto(`/clients/${client}/calendar`);
  const composer = (await (await call(page, stack, 'composer', { client })).json()) as { accounts: { id: string }[] };
  expect(composer.accounts).toHaveLength(2);
  const video = await readFile(await portraitVideo(6));
  const id = await upload(page, stack, client, video);
  // All that is done about them before their minute takes less than one; the whole minute after twice as long is
  // theirs, on the clock of London, where the client is.
  const at = new Date(Math.ceil((Date.now() + 100_000) / 60_000) * 60_000);
  const local_time = at.toLocaleString('sv-SE', { timeZone: 'Europe/London' }).slice(0, 16).replace(' ', 'T');
  for (const [index, caption] of captions.entries()) {
    const account = composer.accounts[index % composer.accounts.length]?.id;
    const form = { id: null, caption, media: [{ id, alt: '' }], targets: [{ account, options: { platform: 'tiktok', privacy_level: 'PUBLIC_TO_EVERYONE' } }], local_time };
    const saved = await page.request.post('/api/save_post', { headers: { origin: stack.url }, data: { client, form, intent: 'SaveDraft' } });
    expect(saved.ok(), await saved.text()).toBe(true);
  }
}

/** Adds a client and gives its id. */
async function create(page: Page, stack: Stack, name: string): Promise<string> {
  const created = await call(page, stack, 'create_client', { name, time_zone: 'Europe/London' });
  const { location, serverfnredirect } = created.headers();
  return (location ?? serverfnredirect ?? '').split('/')[2] ?? '';
}

async function call(page: Page, stack: Stack, name: string, form: Record<string, string>): Promise<APIResponse> {
  const answer = await page.request.post(`/api/${name}`, { headers: { origin: stack.url }, form, maxRedirects: 0 });
  expect(answer.status(), `${name}: ${await answer.text()}`).toBeLessThan(400);
  return answer;
}

/** The ids of all that the agency knows of a client. */
async function known(page: Page, client: string): Promise<{ deliveries: string[]; posts: string[] }> {
  const html = await (await page.request.get(`/clients/${client}/history`, { headers: { accept: 'text/html' } })).text();
  const calendar = await (await page.request.get(`/clients/${client}/calendar`, { headers: { accept: 'text/html' } })).text();
  const ids = (text: string, part: string) => [...new Set([...text.matchAll(new RegExp(`/${part}/([0-9a-f-]{36})`, 'g'))].map((match) => match[1] ?? ''))];
  const found = { deliveries: ids(html, 'history'), posts: ids(calendar, 'posts') };
  expect(found.deliveries.length).toBeGreaterThan(0);
  return found;
}

function captionOf(post: Record<string, unknown>): string {
  const text = JSON.stringify(post);
  return /Latte number \d+(, with foam)?/.exec(text)?.[0] ?? '';
}

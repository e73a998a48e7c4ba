// What many stories begin with, done by the addresses that the pages use: a client, its account, a post.

import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import type { APIResponse, Page } from '@playwright/test';
import type { Stack } from './stack.ts';
import { expect, hydrated } from './test.ts';
import { portraitVideo } from './videos.ts';

type Fields = Record<string, string>;

/** A client with a connected account, and the browser of somebody who is signed in. */
export class Agency {
  private constructor(
    readonly page: Page,
    private readonly stack: Stack,
    readonly client: string,
    private readonly account: string,
  ) {}

  /** Adds a client and connects an account that the emulator gets for it. The page is signed in already. */
  static async found(page: Page, stack: Stack, name: string, username: string): Promise<Agency> {
    await emulate(stack, name, username);
    const created = await page.request.post('/api/create_client', {
      headers: { origin: stack.url },
      form: { name, time_zone: 'Europe/London' },
      maxRedirects: 0,
    });
    const { location, serverfnredirect } = created.headers();
    const client = (location ?? serverfnredirect ?? '').split('/')[2] ?? '';
    await page.goto(`/clients/${client}/accounts`);
    await hydrated(page);
    await connect(page, stack, username);
    const agency = new Agency(page, stack, client, '');
    const { accounts } = (await (await agency.call('composer', { client })).json()) as { accounts: { id: string }[] };
    return new Agency(page, stack, client, accounts[0]?.id ?? '');
  }

  /** Connects one more account that the emulator gets for it. */
  async alsoConnect(name: string, username: string): Promise<void> {
    await emulate(this.stack, name, username);
    await this.open('accounts');
    await this.page.getByText('Connect account').click();
    await connect(this.page, this.stack, username);
  }

  /** Calls a server function as a page does. */
  call(name: string, form: Fields): Promise<APIResponse> {
    return this.page.request.post(`/api/${name}`, { headers: { origin: this.stack.url }, form });
  }

  /** Sends a post at once. */
  async publish(caption: string): Promise<void> {
    const id = await upload(this.page, this.stack, this.client, await readFile(await portraitVideo(6)));
    const options = { platform: 'tiktok', privacy_level: 'PUBLIC_TO_EVERYONE' };
    const form = { id: null, caption, media: [{ id, alt: '' }], targets: [{ account: this.account, options }], local_time: '2027-01-31T09:05' };
    const saved = await this.page.request.post('/api/save_post', {
      headers: { origin: this.stack.url },
      data: { client: this.client, form, intent: 'PublishNow' },
    });
    expect(saved.ok(), await saved.text()).toBe(true);
  }

  /** Writes a draft with a video that is due in so many days. Returns its id. */
  async draft(caption: string, inDays: number): Promise<string> {
    const headers = { origin: this.stack.url };
    const id = await upload(this.page, this.stack, this.client, await readFile(await portraitVideo(6)));
    const options = { platform: 'tiktok', privacy_level: 'PUBLIC_TO_EVERYONE' };
    const day = new Date(Date.now() + inDays * 86_400_000).toISOString().slice(0, 10);
    const form = { id: null, caption, media: [{ id, alt: '' }], targets: [{ account: this.account, options }], local_time: `${day}T09:30` };
    const saved = await this.page.request.post('/api/save_post', { headers, data: { client: this.client, form, intent: 'SaveDraft' } });
    expect(saved.ok(), await saved.text()).toBe(true);
    return ((await saved.json()) as { id: string }).id;
  }

  /** Lets the next requests to an endpoint of the emulated platform end in an error. */
  async breaks(endpoint: string, fault: Record<string, unknown>): Promise<void> {
    const added = await fetch(`${this.stack.emulatorUrl}/control/tiktok/faults`, json({ endpoint, ...fault }));
    expect(added.ok, await added.text()).toBe(true);
  }

  /** How many requests to this endpoint are still to be struck. */
  async faultsLeft(endpoint: string): Promise<number> {
    const answer = await fetch(`${this.stack.emulatorUrl}/control/tiktok/faults`);
    const faults = (await answer.json()) as { endpoint: string; times: number }[];
    return faults.filter((fault) => fault.endpoint === endpoint).reduce((sum, fault) => sum + fault.times, 0);
  }

  /** Ends all faults. */
  async mend(): Promise<void> {
    await fetch(`${this.stack.emulatorUrl}/control/tiktok/faults`, { method: 'DELETE' });
  }

  /** Opens a page of the client. */
  async open(page: string): Promise<void> {
    await this.page.goto(`/clients/${this.client}/${page}`);
    await hydrated(this.page);
  }

  /** A card on the calendar that is open. */
  card(caption: string) {
    return this.page.locator('.post-card').filter({ hasText: caption }).first();
  }
}

/** Brings a file in by tus, in one part. Returns the id of the asset. */
export async function upload(page: Page, stack: Stack, client: string, data: Buffer, name = 'clip.mp4'): Promise<string> {
  const headers = { origin: stack.url, 'tus-resumable': '1.0.0' };
  const begun = await page.request.post(`/clients/${client}/uploads`, {
    headers: { ...headers, 'upload-length': `${data.length}`, 'upload-metadata': `filename ${Buffer.from(name).toString('base64')}` },
  });
  const address = begun.headers().location ?? '';
  await page.request.patch(address, {
    headers: { ...headers, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
    data,
  });
  const taken = await page.request.post(`${address}/finish`, { headers });
  expect(taken.ok(), await taken.text()).toBe(true);
  return ((await taken.json()) as { id: string }).id;
}

/** Gives the emulated TikTok an account. */
export async function emulate(stack: Stack, name: string, username: string): Promise<void> {
  const made = await fetch(`${stack.emulatorUrl}/control/tiktok/accounts`, json({ username, display_name: name, open_id: `open-${username}`, union_id: `union-${username}` }));
  expect(made.ok, await made.text()).toBe(true);
}

/** Connects the account of this name, from the list of accounts to the list of accounts. */
async function connect(page: Page, stack: Stack, username: string): Promise<void> {
  await page.getByRole('button', { name: /Connect TikTok/ }).first().click();
  await consent(page, stack, username);
}

/** Agrees on TikTok's own page, as the account of this name. */
export async function consent(page: Page, stack: Stack, username: string): Promise<void> {
  await page.waitForURL(`${stack.emulatorUrl}/**`);
  await page.locator(`input[name=account][value=${username}]`).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL(`${stack.url}/**`);
  await hydrated(page);
}

/** What an aid could not deal with: nothing. */
export async function accessible(page: Page): Promise<void> {
  // Colours that are still changing are nobody's.
  const settled = () => document.getAnimations().every((one) => !(one instanceof CSSTransition) || one.playState !== 'running');
  // What is not drawn never ends: it is not looked at either.
  await page.waitForFunction(settled, undefined, { polling: 50, timeout: 2_000 }).catch(() => {});
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
}

/** Begins a post from the calendar. */
export async function newPost(page: Page): Promise<void> {
  await page.getByRole('link', { name: /^New post/ }).first().click();
  await expect(page.getByRole('textbox', { name: 'Caption' })).toBeVisible();
  await hydrated(page);
}

/** What was written is sent, and the calendar is all that is shown. */
export async function backOnCalendar(page: Page): Promise<void> {
  await page.waitForURL((url) => url.pathname.endsWith('/calendar') && !url.searchParams.has('post'));
  await expect(page.locator('.composer')).toHaveCount(0);
  await hydrated(page);
}

/** Opens a client. Which one signing in leads to depends on what else there is in the stack. */
export async function openClient(page: Page, name: string): Promise<void> {
  await page.goto('/clients');
  await page.getByRole('link', { name }).first().click();
  await page.waitForURL(/\/clients\/[0-9a-f-]{36}/);
}

/** Nothing is wider than the window. */
export async function fits(page: Page): Promise<void> {
  const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  expect(wide).toBeLessThanOrEqual(window ?? 0);
}

function json(body: unknown): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

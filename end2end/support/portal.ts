// A client's own people, who come by links in mails.

import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import type { Mail } from './mails.ts';
import type { Stack } from './stack.ts';
import { type Agency, upload } from './steps.ts';
import { expect } from './test.ts';
import { portraitVideo } from './videos.ts';

/** Lets a client's own person in, as an accepted invitation does. */
export async function portalUser(stack: Stack, client: string, name: string, email: string): Promise<void> {
  const id = randomUUID();
  await sql(
    stack,
    `INSERT INTO users (id, email, name, role, all_clients, created_at) VALUES ('${id}', '${email}', '${name}', 'client_approver', false, now());
     INSERT INTO user_clients (user_id, client_id) VALUES ('${id}', '${client}');
     UPDATE clients SET approval_policy = 'required' WHERE id = '${client}'`,
  );
}

/** Changes what is kept in a way that no page does. */
export async function sql(stack: Stack, statement: string): Promise<void> {
  const socket = path.join(stack.environment.AUTOPOST_DATA_DIR ?? '', 'postgres/socket');
  await promisify(execFile)('psql', ['--host', socket, '--username', 'autopost', '--dbname', 'postgres', '--set', 'ON_ERROR_STOP=1', '--command', statement]);
}

/** Where the button of a mail leads. */
export function buttonOf(mail: Mail): string {
  const [, address] = /(https?:\/\/\S+)/.exec(mail.text) ?? [];
  if (!address) throw new Error(`No link in “${mail.subject}”`);
  return address;
}

/** Sends a post for approval for each caption, a day apart: with a video, or with this picture. */
export async function sendPosts(page: Page, stack: Stack, agency: Agency, captions: string[], photo?: { path: string; name: string; title: string }): Promise<void> {
  const headers = { origin: stack.url };
  const { accounts } = (await (await agency.call('composer', { client: agency.client })).json()) as { accounts: { id: string }[] };
  const posts: string[] = [];
  for (const [index, caption] of captions.entries()) {
    const id = await upload(page, stack, agency.client, await readFile(photo?.path ?? (await portraitVideo(6))), photo?.name);
    const options = { platform: 'tiktok', privacy_level: 'PUBLIC_TO_EVERYONE', title: photo?.title ?? '' };
    const day = new Date(Date.now() + (index + 4) * 86_400_000).toISOString().slice(0, 10);
    const form = { id: null, caption, media: [{ id, alt: '' }], targets: [{ account: accounts[0]?.id, options }], local_time: `${day}T09:30` };
    const saved = await page.request.post('/api/save_post', { headers, data: { client: agency.client, form, intent: 'SaveDraft' } });
    expect(saved.ok(), await saved.text()).toBe(true);
    posts.push(((await saved.json()) as { id: string }).id);
  }
  const picks = posts.map((post) => ({ client: agency.client, post }));
  const sent = await page.request.post('/api/send_for_approval', { headers, data: { picks } });
  expect(sent.ok(), await sent.text()).toBe(true);
}

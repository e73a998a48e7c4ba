// A client's own people, who come by links in mails.

import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Mail } from './mails.ts';
import type { Stack } from './stack.ts';

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

async function sql(stack: Stack, statement: string): Promise<void> {
  const socket = path.join(stack.environment.AUTOPOST_DATA_DIR ?? '', 'postgres/socket');
  await promisify(execFile)('psql', ['--host', socket, '--username', 'autopost', '--dbname', 'postgres', '--set', 'ON_ERROR_STOP=1', '--command', statement]);
}

/** Where the button of a mail leads. */
export function buttonOf(mail: Mail): string {
  const [, address] = /(https?:\/\/\S+)/.exec(mail.text) ?? [];
  if (!address) throw new Error(`No link in “${mail.subject}”`);
  return address;
}

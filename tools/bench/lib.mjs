// What the benchmarks share: the server under measurement, a browser, and a little statistics.
//
// The environment comes from tools/commands/bench.sh.

import { execFile, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const { AUTOPOST_BINARY, AUTOPOST_SITE_ROOT, DATABASE_URL, BENCH_FOLDER } = process.env;

export const run = promisify(execFile);
export { sleep };

/** A folder for files of the measurements; removed at the end. */
export const folder = BENCH_FOLDER;

/** Who signs in. */
const OWNER = { email: 'bench@autopost.example', password: 'measured-every-time' };
/** How many drafts the month has that is looked at. */
const DRAFTS = 40;

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const say = (text) => console.error(`    ${text}`);

export async function freshDatabase() {
  await removeFolder();
  mkdirSync(folder, { recursive: true });
  const name = new URL(DATABASE_URL.replace('@/', '@localhost/')).pathname.slice(1);
  const psql = (sql) => run(path.join(REPOSITORY, 'tools/postgres.sh'), ['psql', '--quiet', '--command', sql]);
  await psql(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await psql(`CREATE DATABASE ${name}`);
}

export const removeFolder = () => rm(folder, { recursive: true, force: true });

/**
 * Starts the server on a free port, and measures from the start of the process to the first 200 of /health.
 * With `desk`, somebody can sign in, and there is a client with a month of drafts.
 */
export async function startServer({ desk = false } = {}) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const log = path.join(folder, 'server.log');
  const environment = {
    ...process.env,
    DATABASE_URL,
    AUTOPOST_ADDR: `127.0.0.1:${port}`,
    AUTOPOST_PUBLIC_URL: url,
    AUTOPOST_DATA_DIR: path.join(folder, 'data'),
    AUTOPOST_SITE_ROOT,
    // Nobody connects an account here: that nothing answers does not matter.
    AUTOPOST_TIKTOK_AUTHORIZE_URL: 'http://127.0.0.1:9/tiktok/v2/auth/authorize/',
    AUTOPOST_TIKTOK_API_URL: 'http://127.0.0.1:9/tiktok',
    AUTOPOST_TIKTOK_CLIENT_KEY: 'bench',
    AUTOPOST_TIKTOK_CLIENT_SECRET: 'bench',
  };
  const began = performance.now();
  const output = openSync(log, 'a');
  const child = spawn(AUTOPOST_BINARY, ['serve'], { env: environment, stdio: ['ignore', output, output] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let over = false;
  void ended.then(() => (over = true));
  child.once('error', () => (over = true));

  const stop = async () => {
    if (over) return;
    child.kill('SIGTERM');
    await ended;
  };
  for (;;) {
    const response = await fetch(`${url}/health`).catch(() => undefined);
    await response?.arrayBuffer();
    if (response?.status === 200) break;
    if (over || performance.now() - began > 60_000) {
      await stop();
      throw new Error(`the server did not come up:\n${readFileSync(log, 'utf8').slice(-2000)}`);
    }
    await sleep(2);
  }
  const startedIn = performance.now() - began;
  if (desk) await prepareDesk(url, environment);
  return { url, pid: child.pid, startedIn, stop };
}

/** Adds the owner, a client and its drafts, unless they are there already. */
async function prepareDesk(url, environment) {
  const adding = run(AUTOPOST_BINARY, ['user', 'add', '--email', OWNER.email, '--name', 'Bench', '--password-stdin'], { env: environment });
  adding.child.stdin.end(OWNER.password);
  const added = await adding.then(() => true, () => false);
  if (!added) return;
  const post = async (name, body, headers = {}) => {
    const answer = await fetch(`${url}/api/${name}`, { method: 'POST', redirect: 'manual', headers: { origin: url, ...headers }, body });
    if (answer.status >= 400) throw new Error(`${name} answered ${answer.status}: ${await answer.text()}`);
    return answer;
  };
  const signedIn = await post('sign_in', new URLSearchParams(OWNER));
  const cookie = signedIn.headers.getSetCookie()[0].split(';')[0];
  const created = await post('create_client', new URLSearchParams({ name: 'Kestrel Coffee', time_zone: 'Europe/London' }), { cookie });
  const client = (created.headers.get('location') ?? created.headers.get('serverfnredirect')).split('/')[2];
  const month = new Date().toISOString().slice(0, 7);
  for (let i = 0; i < DRAFTS; i++) {
    const local_time = `${month}-${String(1 + (i % 28)).padStart(2, '0')}T${String(8 + (i % 12)).padStart(2, '0')}:30`;
    const form = { id: null, caption: `What happens at the roastery, part ${i}`, asset: null, targets: [], local_time };
    await post('save_post', JSON.stringify({ client, form, intent: 'SaveDraft' }), { cookie, 'content-type': 'application/json' });
  }
}

/** A number of /proc/PID/status in MB, for example VmRSS or VmHWM. */
export function memory(pid, field) {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8').match(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm'));
  return (Number(line[1]) * 1024) / 1e6;
}

/** Does something with a browser that is signed in at the server. */
export async function withBrowser(server, use) {
  const { chromium } = createRequire(path.join(REPOSITORY, 'end2end/package.json'))('@playwright/test');
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.goto(`${server.url}/sign-in`);
    await page.getByLabel('Email').fill(OWNER.email);
    await page.getByLabel('Password', { exact: true }).fill(OWNER.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/clients/**');
    await page.goto(`${server.url}/clients`);
    const addresses = await page.locator('a[href*="/clients/"]').evaluateAll((links) => links.map((link) => link.href));
    const client = addresses.map((address) => address.match(/\/clients\/([0-9a-f-]{36})/)?.[1]).find(Boolean);
    if (!client) throw new Error('no link to a client on /clients');
    return await use({ browser, context, page, client });
  } finally {
    await browser.close();
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

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
/** The address of the database in a form that can be taken apart. */
const DATABASE = new URL(DATABASE_URL.replace('@/', '@localhost/'));

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

/** The value that so many per cent of all are at most. */
export function percentile(values, percent) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
}

export const say = (text) => console.error(`    ${text}`);

/** What the database of the measurements is called. */
export const databaseName = DATABASE.pathname.slice(1);

/** Where the throw-away PostgreSQL writes its log. */
export const databaseLog = path.join(DATABASE.searchParams.get('host') ?? '', 'server.log');

/** Runs SQL in the database of the measurements, or in another one, as its owner. */
export const psql = (sql, database = databaseName) =>
  run(path.join(REPOSITORY, 'tools/postgres.sh'), ['psql', '--quiet', '--no-align', '--tuples-only', '--set', 'ON_ERROR_STOP=1', '--dbname', database, '--command', sql]);

export async function freshDatabase() {
  await removeFolder();
  mkdirSync(folder, { recursive: true });
  await psql(`DROP DATABASE IF EXISTS ${databaseName} WITH (FORCE)`, 'postgres');
  await psql(`CREATE DATABASE ${databaseName}`, 'postgres');
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

/** Calls a server function as a page does. */
export async function call(url, name, body, headers = {}) {
  const answer = await fetch(`${url}/api/${name}`, { method: 'POST', redirect: 'manual', headers: { origin: url, ...headers }, body });
  if (answer.status >= 400) throw new Error(`${name} answered ${answer.status}: ${await answer.text()}`);
  return answer;
}

/** Signs in, and gives the cookie that says so. */
export async function signIn(url) {
  const signedIn = await call(url, 'sign_in', new URLSearchParams(OWNER));
  return signedIn.headers.getSetCookie()[0].split(';')[0];
}

/** The client that the desk was prepared with. */
export const theClient = async () => (await psql("SELECT id FROM clients WHERE name = 'Kestrel Coffee'")).stdout.trim();

/** Adds the owner, a client and its drafts, unless they are there already. */
async function prepareDesk(url, environment) {
  const adding = run(AUTOPOST_BINARY, ['user', 'add', '--email', OWNER.email, '--name', 'Bench', '--password-stdin'], { env: environment });
  adding.child.stdin.end(OWNER.password);
  const added = await adding.then(() => true, () => false);
  if (!added) return;
  const cookie = await signIn(url);
  await call(url, 'create_client', new URLSearchParams({ name: 'Kestrel Coffee', time_zone: 'Europe/London' }), { cookie });
  await psql(`
    INSERT INTO posts (id, client_id, caption, local_time, time_zone, due_at, version, created_by, created_at, updated_at)
    SELECT gen_random_uuid(), clients.id, 'What happens at the roastery, part ' || n, due AT TIME ZONE time_zone, time_zone, due, sha256(n::text::bytea), users.id, now(), now()
    FROM clients, users, generate_series(0, ${DRAFTS - 1}) n,
      LATERAL (SELECT date_trunc('month', now()) + make_interval(days => n % 28, hours => 8 + n % 12, mins => 30) AS due) at
    WHERE clients.name = 'Kestrel Coffee' AND users.email = '${OWNER.email}'`);
}

/** A number of /proc/PID/status in MB, for example VmRSS or VmHWM. */
export function memory(pid, field) {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8').match(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm'));
  return (Number(line[1]) * 1024) / 1e6;
}

/** The system's browser. */
export function launchBrowser(args = []) {
  const { chromium } = createRequire(path.join(REPOSITORY, 'end2end/package.json'))('@playwright/test');
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', ...args],
  });
}

/** Does something with a browser that is signed in at the server. */
export async function withBrowser(server, use) {
  const browser = await launchBrowser();
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

/** A port that nothing listens on at this moment. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

// A whole AutoPost of its own for a test: emulator, mail sink, server and the server's embedded PostgreSQL, on free ports
// and a fresh data folder. ./dev says by environment where the binaries and the site are.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const BINARIES = process.env.AUTOPOST_BINARIES ?? path.join(REPOSITORY, 'target/debug');
const SITE = process.env.AUTOPOST_SITE_ROOT ?? path.join(REPOSITORY, 'target/site');
const MAIL_SINK = path.join(REPOSITORY, 'tools/mail/node_modules/maildev/dist/bin/maildev.js');
const LOGS = path.join(REPOSITORY, 'end2end/results/logs');

export interface Person {
  name: string;
  email: string;
  password: string;
}

export interface Stack {
  /** The address of AutoPost. */
  url: string;
  /** The address of the emulator. */
  emulatorUrl: string;
  /** The address of the mail sink. */
  mailUrl: string;
  /** The one staff user that exists at the start. */
  owner: Person;
  /** The environment that the server was given, to run `autopost` commands beside it. */
  environment: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

export interface StackOptions {
  /** Start with the demo agency in place of an empty one. */
  demo?: boolean;
  /** More environment for the server. */
  environment?: Record<string, string>;
}

/** Who owns the demo agency. */
const DEMO_OWNER: Person = { name: 'Demo', email: 'demo@autopost.example', password: 'publish-on-time' };

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const [port, emulatorPort, mailPort, smtpPort] = await freePorts(4);
  const url = `http://127.0.0.1:${port}`;
  const emulatorUrl = `http://127.0.0.1:${emulatorPort}`;
  const mailUrl = `http://127.0.0.1:${mailPort}`;
  const clientKey = 'e2e-client-key';
  const clientSecret = randomBytes(16).toString('hex');
  const data = await mkdtemp(path.join(tmpdir(), 'autopost-e2e-'));
  // PostgreSQL may run as another user than the server, and has to get to its folder below this one.
  await chmod(data, 0o755);

  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    AUTOPOST_ADDR: `127.0.0.1:${port}`,
    AUTOPOST_PUBLIC_URL: url,
    AUTOPOST_DATA_DIR: data,
    AUTOPOST_SITE_ROOT: SITE,
    AUTOPOST_TIKTOK_AUTHORIZE_URL: `${emulatorUrl}/tiktok/v2/auth/authorize/`,
    AUTOPOST_TIKTOK_API_URL: `${emulatorUrl}/tiktok`,
    AUTOPOST_TIKTOK_CLIENT_KEY: clientKey,
    AUTOPOST_TIKTOK_CLIENT_SECRET: clientSecret,
    AUTOPOST_BLUESKY_RESOLVER_URL: emulatorUrl,
    AUTOPOST_BLUESKY_DIRECTORY_URL: `${emulatorUrl}/plc`,
    AUTOPOST_BLUESKY_APP_VIEW_URL: emulatorUrl,
    AUTOPOST_BLUESKY_VIDEO_URL: emulatorUrl,
    AUTOPOST_BLUESKY_SITE_URL: `${emulatorUrl}/bluesky`,
    AUTOPOST_BLUESKY_DEVELOPMENT_HOSTS: `127.0.0.1:${emulatorPort}`,
    AUTOPOST_SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
    AUTOPOST_MAIL_FROM: 'AutoPost <desk@agency.example>',
    AUTOPOST_MAIL_DIGEST_SECONDS: '2',
    ...options.environment,
  };
  delete environment.DATABASE_URL;
  delete environment.AUTOPOST_TEST_DATABASE_URL;

  const started: Program[] = [];
  const stop = async () => {
    for (const program of started.toReversed()) await program.stop();
    await rm(data, { recursive: true, force: true });
  };

  try {
    const emulator = await Program.start(`emulator-${emulatorPort}`, 'emulator', [
      ...['--addr', `127.0.0.1:${emulatorPort}`, '--data-dir', path.join(data, 'emulator')],
      ...['--client-key', clientKey, '--client-secret', clientSecret],
      ...['--redirect-uri', `${url}/oauth/tiktok/callback`],
      // TikTok fetches pictures by itself, and tells what became of a post.
      ...['--allow-http-pull', '--verified', `${url}/media/public/`],
      ...['--webhook-url', `${url}/webhooks/tiktok`],
    ]);
    started.push(emulator);
    const mail = await Program.start(`mail-${mailPort}`, process.execPath, [
      MAIL_SINK,
      ...['--ip', '127.0.0.1', '--smtp', `${smtpPort}`, '--web-ip', '127.0.0.1', '--web', `${mailPort}`],
      ...['--mail-directory', path.join(data, 'mail'), '--silent'],
    ]);
    started.push(mail);

    const owner = options.demo
      ? DEMO_OWNER
      : { name: 'Olga Owner', email: 'olga@agency.example', password: randomBytes(12).toString('base64url') };
    await addUser(owner, 'owner', environment);
    const server = await Program.start(`server-${port}`, 'autopost', ['serve'], environment);
    started.push(server);

    await emulator.answersAt(emulatorUrl);
    await mail.answersAt(`${mailUrl}/api/healthz`);
    await server.answersAt(`${url}/health`);
    if (options.demo) {
      await prepareDemo(url, mailUrl, owner, path.join(data, 'demo'));
    }
    return { url, emulatorUrl, mailUrl, owner, environment, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Gives the server the demo agency of `./dev run`. */
async function prepareDemo(url: string, mailUrl: string, owner: Person, folder: string): Promise<void> {
  const script = path.join(REPOSITORY, 'tools/demo.mjs');
  const environment = {
    ...process.env,
    ...{ ADDRESS: url, MAIL_ADDRESS: mailUrl, DEMO_EMAIL: owner.email, DEMO_PASSWORD: owner.password },
    ...{ DEMO_APPROVER: 'tessa@northbank.example', DEMO_FOLDER: folder },
  };
  await promisify(execFile)(process.execPath, [script], { env: environment });
}

/** Adds a staff user by the command that operators use. */
async function addUser(person: Person, role: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const program = await Program.start(
    `user-add-${environment.AUTOPOST_ADDR}`,
    'autopost',
    ['user', 'add', '--email', person.email, '--name', person.name, '--role', role, '--password-stdin'],
    environment,
    person.password,
  );
  const code = await program.ended;
  if (code !== 0) throw new Error(`autopost user add ended with ${code}:\n${await program.lastLines()}`);
}

/** A program of ours with its log file, which ends with the tests at the latest. */
class Program {
  readonly ended: Promise<number | null>;

  private constructor(
    private readonly name: string,
    private readonly process: ChildProcess,
    private readonly log: string,
  ) {
    this.ended = new Promise((resolve) => {
      process.once('error', () => resolve(null));
      process.once('exit', resolve);
    });
  }

  static async start(
    name: string,
    binary: string,
    args: string[],
    environment: NodeJS.ProcessEnv = process.env,
    input?: string,
  ): Promise<Program> {
    await mkdir(LOGS, { recursive: true });
    const log = path.join(LOGS, `${name.replaceAll(/[^\w.-]/g, '_')}.log`);
    const child = spawn(path.resolve(BINARIES, binary), args, { env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
    const file = createWriteStream(log);
    child.stdout.pipe(file, { end: false });
    child.stderr.pipe(file, { end: false });
    child.once('error', (error) => file.write(`${error}\n`));
    child.stdin.on('error', () => {}); // It may end without having read all of its input.
    child.stdin.end(input);
    const killWithUs = () => child.kill('SIGTERM');
    process.once('exit', killWithUs);
    child.once('exit', () => process.off('exit', killWithUs));
    return new Program(name, child, log);
  }

  /** Waits until an address answers with success. */
  async answersAt(address: string, seconds = 60): Promise<void> {
    let over = false;
    void this.ended.then(() => (over = true));
    for (const end = Date.now() + seconds * 1000; Date.now() < end && !over; ) {
      const response = await fetch(address).catch(() => undefined);
      if (response?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const what = over ? 'ended' : `did not answer within ${seconds} s`;
    throw new Error(`${this.name} ${what} (${address}):\n${await this.lastLines()}`);
  }

  /** Asks it to end, and insists after ten seconds. */
  async stop(): Promise<void> {
    this.process.kill('SIGTERM');
    const insist = setTimeout(() => this.process.kill('SIGKILL'), 10_000);
    await this.ended;
    clearTimeout(insist);
  }

  async lastLines(): Promise<string> {
    const text = await readFile(this.log, 'utf8').catch(() => '');
    return text.trimEnd().split('\n').slice(-20).join('\n');
  }
}

/** Ports below those that the system hands out by itself, so many for each worker that none meets another. */
const FIRST_PORT = 20_000;
const PORTS = 1_500;

/** Ports that nothing listens on at this moment. */
async function freePorts(count: number): Promise<number[]> {
  const first = FIRST_PORT + (Number(process.env.TEST_PARALLEL_INDEX ?? 0) % 8) * PORTS;
  const found = new Set<number>();
  while (found.size < count) {
    const port = first + Math.floor(Math.random() * PORTS);
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

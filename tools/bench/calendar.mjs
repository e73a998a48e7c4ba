// A month of 10,000 posts on the calendar, while 1,000,000 are stored: how long it takes, and how many queries.

import { readFile, stat } from 'node:fs/promises';
import { call, databaseLog, databaseName, median, percentile, psql, say, signIn, sleep, startServer, theClient, withBrowser } from './lib.mjs';

const STORED = Number(process.env.BENCH_STORED ?? 1_000_000);
const IN_MONTH = Number(process.env.BENCH_IN_MONTH ?? 10_000);
/** How often each is asked for, after a few to warm up. */
const ASKED = 40;
const WARM_UP = 5;
/** The server function that gives a month's posts. */
const MONTH = 'calendar';
/** How long the server is watched while nobody asks for anything. */
const IDLE_MS = 10_000;
/** How often the month and its list are scrolled to their ends and back, after once to warm up. */
const SCROLLED = 5;
/** By how many pixels it moves each frame. */
const STEP = 40;
/** A frame that takes longer is seen. */
const SEEN_MS = 50;

export async function monthOfMany(report) {
  let server = await startServer({ desk: true });
  try {
    const client = await theClient();
    const month = new Date().toISOString().slice(0, 7);
    await fill(client);

    let ask = await asker(server.url, client, month);
    for (const [name, once] of Object.entries(ask)) {
      for (let i = 0; i < WARM_UP; i++) await once();
      const times = [];
      let bytes = 0;
      for (let i = 0; i < ASKED; i++) {
        const began = performance.now();
        bytes = await once();
        times.push(performance.now() - began);
      }
      say(`${name}: ${(bytes / 1000).toFixed(0)} kB`);
      report(`calendar.${name}_ms.p50`, percentile(times, 50), 'ms');
      report(`calendar.${name}_ms.p95`, percentile(times, 95), 'ms');
    }

    const scrolls = await scrolled(server, client, month);
    report('calendar.scroll_longest_ms', median(scrolls.map((frames) => Math.max(...frames))), 'ms');
    report('calendar.scroll_dropped', median(scrolls.map((frames) => frames.filter((ms) => ms > SEEN_MS).length)), '');

    // Only now, and with fresh connections: the log would cost time.
    await psql(`ALTER DATABASE ${databaseName} SET log_statement = 'all'`);
    await server.stop();
    server = await startServer({ desk: true });
    ask = await asker(server.url, client, month);
    for (const [name, once] of Object.entries(ask)) report(`calendar.${name}_queries`, await countQueries(name, once), '');
  } finally {
    await server.stop();
    await psql(`ALTER DATABASE ${databaseName} RESET log_statement`);
  }
}

/** The page, as it opens, and the server function that a page calls when another month is chosen. */
async function asker(url, client, month) {
  const cookie = await signIn(url);
  return {
    month: async () => {
      const answer = await fetch(`${url}/clients/${client}/calendar?month=${month}`, { headers: { cookie } });
      const body = await answer.arrayBuffer();
      if (answer.status !== 200) throw new Error(`the calendar answered ${answer.status}`);
      return body.byteLength;
    },
    month_data: async () => {
      const answer = await call(url, MONTH, new URLSearchParams({ client, 'query[at]': month }), { cookie });
      return (await answer.arrayBuffer()).byteLength;
    },
  };
}

/** Scrolls the month and its list to their ends and back, each time on fresh pages: how long each frame took. */
async function scrolled(server, client, month) {
  return withBrowser(server, async ({ page }) => {
    const scrolls = [];
    for (let i = 0; i <= SCROLLED; i++) {
      const frames = [];
      for (const view of ['month', 'list']) {
        await page.goto(`${server.url}/clients/${client}/calendar?${view}=${month}`, { waitUntil: 'networkidle' });
        await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
        frames.push(...(await page.evaluate(toItsEndAndBack, STEP)));
      }
      say(`scrolled in ${frames.length} frames`);
      if (i > 0) scrolls.push(frames);
    }
    return scrolls;
  });
}

/** In the browser: scrolls by so many pixels each frame, and tells how long each took. */
function toItsEndAndBack(step) {
  return new Promise((resolve) => {
    const frames = [];
    let before;
    let direction = 1;
    const frame = (now) => {
      if (before !== undefined) frames.push(now - before);
      before = now;
      window.scrollBy(0, direction * step);
      const end = document.documentElement.scrollHeight - window.innerHeight;
      if (direction > 0 && window.scrollY >= end - 1) direction = -1;
      else if (direction < 0 && window.scrollY <= 0) return resolve(frames);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

/**
 * How many queries one request costs: the database's own log says what was executed. What the server does in the
 * background in so long a time is taken off, and so is the pool's question whether a connection still lives.
 */
async function countQueries(name, once) {
  for (let i = 0; i < WARM_UP; i++) await once();
  const began = performance.now();
  const asked = await executed(async () => {
    for (let i = 0; i < ASKED; i++) await once();
  });
  const took = performance.now() - began;
  const idle = await executed(() => sleep(IDLE_MS));
  let queries = 0;
  for (const [sql, count] of asked) {
    const each = Math.max(0, Math.round((count - (idle.get(sql) ?? 0) * (took / IDLE_MS)) / ASKED));
    if (each > 0) say(`${name}: ${each} × ${sql.slice(0, 110)}`);
    if (sql !== 'SELECT $1') queries += each;
  }
  return queries;
}

/** How often each query was executed while something was done. */
async function executed(something) {
  const { size } = await stat(databaseLog);
  await something();
  const log = (await readFile(databaseLog)).subarray(size).toString();
  const counts = new Map();
  for (const [, sql] of log.matchAll(/LOG: {2}(?:execute [^:]*|statement): (.*)/g)) {
    if (!/^(BEGIN|COMMIT|ROLLBACK|START)\b/i.test(sql)) counts.set(sql, (counts.get(sql) ?? 0) + 1);
  }
  return counts;
}

/** Fills the database past the server, which would take hours: triggers and references are not asked. */
async function fill(client) {
  say(`storing ${STORED} posts, ${IN_MONTH} of them in the month`);
  await psql(`
    SET session_replication_role = replica;
    SET synchronous_commit = off;
    DELETE FROM posts WHERE client_id = '${client}';
    INSERT INTO clients (id, name, time_zone, created_at)
      SELECT md5('client' || n)::uuid, 'Client ' || n, 'Europe/London', now() FROM generate_series(1, 99) n;
    INSERT INTO accounts (id, client_id, platform, status, nickname, handle, connected_at)
      SELECT md5('account' || id)::uuid, id, 'tiktok', 'working', name, 'account', now() FROM clients;
    INSERT INTO assets (id, client_id, file_name, format, video_codec, width, height, frame_rate, duration_ms, size_bytes, sha256, uploaded_by, created_at, kept_from)
      SELECT md5('asset' || n)::uuid, '${client}', 'clip ' || n || '.mp4', 'mp4', 'h264', 1080, 1920, 30, 32000, 48200000, sha256(n::text::bytea), users.id, now(), now()
      FROM generate_series(0, 199) n, (SELECT id FROM users LIMIT 1) users;

    -- The month; then years of the same client before it; then other clients.
    INSERT INTO posts (id, client_id, caption, local_time, time_zone, due_at, version, created_by, created_at, updated_at)
      SELECT md5('post' || n)::uuid, owner, 'What happens at the roastery on a quiet morning, part ' || n || E'\\n#coffee #roastery',
        due AT TIME ZONE 'Europe/London', 'Europe/London', due, sha256(n::text::bytea), users.id, now(), now()
      FROM generate_series(1, ${STORED}) n, (SELECT id FROM users LIMIT 1) users,
        LATERAL (SELECT date_trunc('month', now()) AS first) month,
        LATERAL (SELECT
          CASE WHEN n <= ${IN_MONTH} OR n % 2 = 0 THEN '${client}'::uuid ELSE md5('client' || 1 + n % 99)::uuid END AS owner,
          CASE WHEN n <= ${IN_MONTH} THEN first + (interval '27 days' * n / ${IN_MONTH}) + interval '12 hours'
            ELSE first - interval '20 days' - (interval '3600 days' * (n % 99991) / 99991) END AS due
        ) of;
    INSERT INTO post_assets (post_id, position, asset_id, alt)
      SELECT md5('post' || n)::uuid, 0, md5('asset' || n % 200)::uuid, '' FROM generate_series(1, ${IN_MONTH}) n;
    -- What is past is published, the rest are drafts: the publisher has nothing to do.
    INSERT INTO deliveries (id, client_id, post_id, account_id, options, state, due_at, published_at, created_at, updated_at)
      SELECT md5('delivery' || id)::uuid, client_id, id, md5('account' || client_id)::uuid, '{"platform":"tiktok","privacy_level":"PUBLIC_TO_EVERYONE"}',
        CASE WHEN due_at < now() THEN 'published' ELSE 'draft' END, due_at, CASE WHEN due_at < now() THEN due_at END, now(), now()
      FROM posts;`);
  await psql('VACUUM ANALYZE');
}

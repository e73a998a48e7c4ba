// How quickly the server is there, and how much memory it keeps while nobody asks for anything.

import { median, memory, say, sleep, startServer } from './lib.mjs';

const STARTS = 7;
const IDLE_MS = 5000;

/** From the start of the process to the first 200 of /health, with a database that exists already. */
export async function coldStart(report) {
  // The first start fills the database, which is not what is measured.
  await (await startServer({ desk: true })).stop();
  const times = [];
  for (let i = 0; i < STARTS; i++) {
    const server = await startServer();
    times.push(server.startedIn);
    await server.stop();
  }
  say(`cold starts: ${times.map((time) => `${time.toFixed(0)} ms`).join(', ')}`);
  report('server.cold_start_ms', median(times), 'ms');
}

/** The server process alone, after one page and five seconds of rest. */
export async function idleMemory(report) {
  const server = await startServer();
  try {
    await (await fetch(`${server.url}/sign-in`)).arrayBuffer();
    await sleep(IDLE_MS);
    report('server.idle_rss_mb', memory(server.pid, 'VmRSS'), 'MB');
  } finally {
    await server.stop();
  }
}

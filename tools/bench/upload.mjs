// An upload of 1 GB against copying and hashing the same file, and what it does to the server's memory.

import { appendFileSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { folder, median, memory, run, say, startServer, withBrowser } from './lib.mjs';

const BYTES = 1e9;
const RUNS = 3;

export async function upload(report) {
  const file = await largeVideo();
  const server = await startServer({ desk: true });
  try {
    const { client, cookie } = await withBrowser(server, async ({ context, client }) => {
      const cookies = await context.cookies();
      return { client, cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') };
    });
    await uploadOnce(server, client, cookie, await smallVideo());

    const copies = [];
    const uploads = [];
    const before = memory(server.pid, 'VmRSS');
    writeFileSync(`/proc/${server.pid}/clear_refs`, '5'); // The peak is counted from here.
    for (let i = 0; i < RUNS; i++) {
      copies.push(await copyAndHash(file));
      uploads.push(await uploadOnce(server, client, cookie, file));
      say(`run ${i + 1}: cp + sha256sum ${copies[i].toFixed(2)} s, upload ${uploads[i].toFixed(2)} s`);
    }
    report('upload.vs_copy_ratio', median(copies) / median(uploads), 'ratio');
    report('upload.rss_growth_mb', Math.max(0, memory(server.pid, 'VmHWM') - before), 'MB');
  } finally {
    await server.stop();
  }
}

async function copyAndHash(file) {
  const copy = path.join(folder, 'copy.mp4');
  const began = performance.now();
  await run('cp', [file, copy]);
  await run('sha256sum', [copy]);
  const seconds = (performance.now() - began) / 1000;
  await rm(copy);
  return seconds;
}

/**
 * One upload by curl, which streams, in one part; every file has other bytes at its end, so that none is known already.
 * It is over when the server has looked at the whole and taken it in.
 */
async function uploadOnce(server, client, cookie, file) {
  appendFileSync(file, freeBox(16));
  const began = performance.now();
  const headers = { Origin: server.url, Cookie: cookie, 'Tus-Resumable': '1.0.0' };
  const begun = await fetch(`${server.url}/clients/${client}/uploads`, {
    method: 'POST',
    headers: { ...headers, 'Upload-Length': `${statSync(file).size}`, 'Upload-Metadata': `filename ${btoa('bench.mp4')}` },
  });
  if (begun.status !== 201) throw new Error(`the upload was answered with ${begun.status}: ${await begun.text()}`);
  const upload = `${server.url}${begun.headers.get('location')}`;
  const { stdout: status } = await run('curl', [
    ...['--silent', '--show-error', '--request', 'PATCH', '--upload-file', file],
    ...['--header', 'Expect:', '--header', 'Content-Type: application/offset+octet-stream', '--header', 'Upload-Offset: 0'],
    ...Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
    ...['--write-out', '%{http_code}', upload],
  ]);
  if (status !== '204') throw new Error(`the bytes were answered with ${status}`);
  const taken = await fetch(`${upload}/finish`, { method: 'POST', headers });
  const body = await taken.text();
  const seconds = (performance.now() - began) / 1000;
  if (!taken.ok || !JSON.parse(body).id) throw new Error(`the file was answered with ${taken.status}: ${body.slice(0, 500)}`);
  return seconds;
}

/** A short and valid video. */
async function smallVideo(name = 'small.mp4') {
  const file = path.join(folder, name);
  await run('ffmpeg', [
    ...['-hide_banner', '-loglevel', 'error', '-y'],
    ...['-f', 'lavfi', '-i', 'testsrc2=size=720x1280:rate=30:duration=6', '-f', 'lavfi', '-i', 'sine=duration=6'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-movflags', '+faststart', file],
  ]);
  return file;
}

/** The same, filled up to 1 GB with boxes that players skip. */
async function largeVideo() {
  const file = await smallVideo('large.mp4');
  const box = freeBox(16e6);
  while (statSync(file).size < BYTES - box.length) appendFileSync(file, box);
  return file;
}

/** An ISO media box that says of itself that it is free space. */
function freeBox(size) {
  const box = randomBytes(size);
  box.writeUInt32BE(size, 0);
  box.write('free', 4, 'latin1');
  return box;
}

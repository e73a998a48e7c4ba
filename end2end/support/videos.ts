// Real videos and pictures to upload, made once by ffmpeg and kept in the target folder.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

const FOLDER = process.env.AUTOPOST_VIDEOS ?? path.resolve(import.meta.dirname, '../../target/e2e-videos');

/** A portrait video (9:16, H.264, 30 frames a second, AAC): about half a megabyte a second. */
export function portraitVideo(seconds: number): Promise<string> {
  return made(`portrait-${seconds}s.mp4`, [
    ...['-f', 'lavfi', '-i', `testsrc2=size=720x1280:rate=30:duration=${seconds}`],
    ...['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '30'],
  ]);
}

/** A portrait video of 100 frames a second, which is more than TikTok takes. */
export function fastVideo(seconds: number): Promise<string> {
  return made(`fast-${seconds}s.mp4`, [
    ...['-f', 'lavfi', '-i', `testsrc2=size=720x1280:rate=100:duration=${seconds}`],
    ...['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '34'],
  ]);
}

/** A portrait video of more than 64 MB, which platforms want in several pieces: four seconds of noise. */
export function largePortraitVideo(): Promise<string> {
  return made('portrait-large.mp4', [
    ...['-f', 'lavfi', '-i', 'color=gray:size=720x1280:rate=30:duration=4,noise=alls=100:allf=t'],
    ...['-f', 'lavfi', '-i', 'sine=frequency=440:duration=4'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '26'],
  ]);
}

/** A portrait video of more than a gigabyte: the large one again and again. */
export async function gigabyteVideo(): Promise<string> {
  const large = await largePortraitVideo();
  const { size } = await stat(large);
  const again = Math.ceil(1_000_000_000 / size);
  return made('portrait-gigabyte.mp4', ['-stream_loop', String(again), '-i', large], ['-c', 'copy']);
}

/** A picture (JPEG, 1200 × 900) in one of a few colours. */
export function picture(colour: string): Promise<string> {
  return made(`picture-${colour}.jpg`, ['-f', 'lavfi', '-i', `color=${colour}:size=1200x900`, '-frames:v', '1'], []);
}

/** The SHA-256 of a file, as hex. */
export async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

const AS_VIDEO = ['-pix_fmt', 'yuv420p', '-c:a', 'aac', '-shortest', '-movflags', '+faststart'];

async function made(name: string, args: string[], as = AS_VIDEO): Promise<string> {
  const file = path.join(FOLDER, name);
  if (!existsSync(file)) {
    await mkdir(FOLDER, { recursive: true });
    // Workers that need it at the same time each make one; the last to finish stays.
    const unfinished = path.join(FOLDER, `${process.pid}-${name}`);
    await promisify(execFile)('ffmpeg', [
      ...['-hide_banner', '-loglevel', 'error', '-y'],
      ...args,
      ...as,
      unfinished,
    ]);
    await rename(unfinished, file);
  }
  return file;
}

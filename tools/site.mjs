// Makes the folder that the server serves: what the browser loads, and what public/ holds.
//
//   node tools/site.mjs --wasm FILE --bindgen PROGRAM --out FOLDER [--release]
//
// Parts whose input has not changed since the last time are left alone. With --release the WASM is optimised,
// what is in pkg/ lies in a folder that is named by a hash of its content (build.txt tells the server which), and
// everything worth compressing lies beside itself as .br and .gz.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { bundle } from 'lightningcss';

const NAME = 'autopost';
const STYLE = 'style/main.css';
const STATIC = 'public';

// The oldest browsers that we support, as Lightning CSS counts versions: all of 2024.
const BROWSERS = { chrome: 123 << 16, edge: 123 << 16, firefox: 121 << 16, safari: (17 << 16) | (5 << 8) };

// What rustc's WASM may use; wasm-opt assumes less unless it is told.
const WASM_FEATURES = [
  '--enable-bulk-memory',
  '--enable-multivalue',
  '--enable-mutable-globals',
  '--enable-nontrapping-float-to-int',
  '--enable-reference-types',
  '--enable-sign-ext',
];

const COMPRESSED = /\.(css|html|js|json|svg|txt|wasm)$/;
const SMALLEST_COMPRESSED = 1024;
const SMALLEST_OPTIMISED = 16 * 1024;

const { values: options } = parseArgs({
  options: {
    wasm: { type: 'string' },
    bindgen: { type: 'string' },
    out: { type: 'string' },
    release: { type: 'boolean', default: false },
  },
});

const out = path.resolve(options.out);
const work = `${out}.parts`;
const parts = {
  script: { inputs: [options.wasm, options.bindgen], make: makeScript },
  style: { inputs: filesUnder(path.dirname(STYLE)), make: makeStyle },
  static: { inputs: filesUnder(STATIC), make: makeStatic },
};

const changed = [];
for (const [name, part] of Object.entries(parts)) {
  if (await madeAnew(name, part)) changed.push(name);
}
if (changed.length > 0 || !existsSync(out)) {
  await assemble();
}
console.error(changed.length > 0 ? `    made: ${changed.join(', ')}` : '    nothing has changed');

/** Makes a part in a folder of its own, unless its input is that of the last time. */
async function madeAnew(name, { inputs, make }) {
  const folder = path.join(work, name);
  const stamp = `${folder}.stamp`;
  const now = fingerprint([fileURLToPath(import.meta.url), ...inputs]);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return false;
  rmSync(stamp, { force: true });
  rmSync(folder, { force: true, recursive: true });
  mkdirSync(folder, { recursive: true });
  make(folder);
  if (options.release) await compress(folder);
  writeFileSync(stamp, now);
  return true;
}

/** The JavaScript and the WASM. */
function makeScript(folder) {
  const pkg = path.join(folder, 'pkg');
  execFileSync(options.bindgen, [options.wasm, pkg, NAME], { stdio: ['ignore', 2, 2] });
  if (options.release) {
    // The main part, and the parts that pages are loaded by; for the smallest there is nothing to gain.
    for (const wasm of filesUnder(pkg).filter((file) => file.endsWith('.wasm') && statSync(file).size > SMALLEST_OPTIMISED)) {
      // Higher levels make the files smaller, and larger again once they are compressed: what is alike is no longer the same.
      binaryen('wasm-opt', wasm, '-O1', '-o', wasm);
      const text = `${wasm}.wat`;
      binaryen('wasm-dis', wasm, '-o', text);
      writeFileSync(text, alikeTogether(readFileSync(text, 'utf8')));
      binaryen('wasm-as', text, '-o', wasm);
      rmSync(text);
    }
  }
}

/** A program of binaryen, which comes from npm. */
function binaryen(program, ...args) {
  const bin = path.join(path.dirname(createRequire(import.meta.url).resolve('binaryen/package.json')), 'bin', program);
  execFileSync(process.execPath, ['--max-old-space-size=6000', bin, ...args, ...WASM_FEATURES], { stdio: ['ignore', 2, 2] });
}

/**
 * Sorts the functions of a module, as text, by what they do. Their order means nothing to the browser, and most are one
 * generic function made for many types: beside each other they compress by another twentieth.
 */
function alikeTogether(text) {
  const rest = [];
  const functions = [];
  let open = null;
  for (const line of text.split('\n')) {
    if (open) {
      open.push(line);
      // The function is closed by a bracket at its own depth.
      if (line === ' )') open = null;
    } else if (line.startsWith(' (func ')) {
      const lines = [line];
      functions.push(lines);
      // An empty one stands on a single line.
      if (line.split('(').length !== line.split(')').length) open = lines;
    } else {
      rest.push(line);
    }
  }
  const sorted = functions
    .map((lines) => {
      const code = lines.join('\n');
      return { code, does: [...code.matchAll(/\(([a-z0-9_.]+)/g)].map((found) => found[1]).join(' ') };
    })
    .sort((one, other) => (one.does < other.does ? -1 : Number(one.does > other.does)));
  // The module is closed by its last line.
  const end = rest.lastIndexOf(')');
  return [...rest.slice(0, end), ...sorted.map(({ code }) => code), ...rest.slice(end)].join('\n');
}

/** The style sheets as one file. */
function makeStyle(folder) {
  const pkg = path.join(folder, 'pkg');
  const { code, warnings } = readStyle();
  for (const { message, loc } of warnings) console.error(`    ${loc.filename}:${loc.line}: ${message}`);
  mkdirSync(pkg, { recursive: true });
  writeFileSync(path.join(pkg, `${NAME}.css`), code);
}

function readStyle() {
  try {
    return bundle({ filename: STYLE, minify: options.release, targets: BROWSERS });
  } catch (error) {
    console.error(`${error.fileName}:${error.loc?.line}:${error.loc?.column}: ${error.message}`);
    process.exit(1);
  }
}

/** What is served as it is. */
function makeStatic(folder) {
  if (existsSync(STATIC)) cpSync(STATIC, folder, { recursive: true });
}

/** Puts the parts together beside the old folder and swaps the two, so that a running server never sees half of it. */
async function assemble() {
  const fresh = `${out}.new`;
  rmSync(fresh, { force: true, recursive: true });
  for (const name of Object.keys(parts)) {
    cpSync(path.join(work, name), fresh, { recursive: true, preserveTimestamps: true });
  }
  if (options.release) nameByContent(fresh);
  rmSync(out, { force: true, recursive: true });
  renameSync(fresh, out);
}

/**
 * Moves what is in pkg/ into a folder that is named by its content. The files name each other, so they keep their own
 * names, and a browser never mixes those of two versions.
 */
function nameByContent(site) {
  const pkg = path.join(site, 'pkg');
  const build = fingerprint(filesUnder(pkg).map((file) => [path.relative(pkg, file), file])).slice(0, 16);
  const aside = path.join(site, build);
  renameSync(pkg, aside);
  mkdirSync(pkg);
  renameSync(aside, path.join(pkg, build));
  writeFileSync(path.join(site, 'build.txt'), build);
}

/** Writes .br and .gz beside every file for which it pays. */
async function compress(folder) {
  const brotli = promisify(brotliCompress);
  const gz = promisify(gzip);
  await Promise.all(
    filesUnder(folder)
      .filter((file) => COMPRESSED.test(file) && statSync(file).size > SMALLEST_COMPRESSED)
      .map(async (file) => {
        const content = readFileSync(file);
        const parameters = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
        writeFileSync(`${file}.br`, await brotli(content, { params: parameters }));
        writeFileSync(`${file}.gz`, await gz(content, { level: 9 }));
      }),
  );
}

/** One hash over the names and contents of files; a pair is a file with the name that counts. */
function fingerprint(files) {
  const hash = createHash('sha256').update(options.release ? 'release' : 'dev');
  for (const one of files) {
    const [name, file] = Array.isArray(one) ? one : [one, one];
    const content = readFileSync(file);
    hash.update(`\0${name}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** All files under a folder, sorted; none when there is no such folder. */
function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

// The seeded world that all benches run on, as a rollcall store with the 100 segments of
// segments.js, unbuilt:
//   node bench/world.js CONTACTS FILE
// The data are made once for a scale and kept in a cache folder, see `worldAt`.
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyOfFiles } from './file-key.js';
import { rollcall } from './rollcall.js';
import { defineSegments } from './segments.js';
import { loadWorld } from './world/load.js';
import { CUSTOM_FIELDS, NOW_TEXT } from './world/values.js';

export { NOW, NOW_TEXT } from './world/values.js';
export const SEED = 'rollcall';
/** @typedef {{ contacts: number, seed?: string, cache?: string }} WorldOptions */

/**
 * Returns the path of a store with the world's data, which is made on first use. Do not write to
 * it: `copyWorld` is for that.
 * @param {WorldOptions} options `cache` is the folder that keeps worlds; else ROLLCALL_BENCH_CACHE,
 * else one among the temporary files
 */
export async function worldAt({
  contacts,
  seed = SEED,
  cache = process.env['ROLLCALL_BENCH_CACHE'] ?? join(tmpdir(), 'rollcall-bench-worlds'),
}) {
  const path = join(cache, `${contacts}-${keyOf(seed)}.db`);
  if (existsSync(path)) return path;
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'draft-'));
  try {
    const draft = join(folder, 'world.db');
    makeStore(draft, CUSTOM_FIELDS);
    loadWorld(draft, seed, contacts);
    renameSync(draft, path);
    return path;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Copies the world of `options` to `file` and defines segments there, unbuilt; gives `file`.
 * @param {string} file
 * @param {WorldOptions} options
 * @param {Parameters<typeof defineSegments>[1]} [segments] the hundred
 */
export async function copyWorld(file, options, segments) {
  copyStore(await worldAt(options), file);
  await defineSegments(file, segments);
  return file;
}

/**
 * Copies a store that no process has open.
 * @param {string} from
 * @param {string} to
 */
export function copyStore(from, to) {
  if (existsSync(`${from}-wal`))
    throw new Error(`${from} is open in some process, or was left by a crash`);
  for (const suffix of ['-wal', '-shm', '.lock']) rmSync(to + suffix, { force: true });
  copyFileSync(from, to, constants.COPYFILE_FICLONE);
}

/**
 * Makes an empty store with custom fields of contacts.
 * @param {string} db a path, or a URL
 * @param {readonly { alias: string, type: string, options?: string }[]} fields
 */
export function makeStore(db, fields) {
  rollcall('init', '--db', db, '-q');
  for (const { alias, type, options } of fields) {
    rollcall(
      'fields:create',
      alias,
      '--type',
      type,
      ...(options === undefined ? [] : ['--options', options]),
      '--db',
      db,
      '--now',
      NOW_TEXT,
      '-q',
    );
  }
}

/**
 * What a world depends on: its seed, the code that makes it, the schema and the capture triggers.
 * @param {string} seed
 */
function keyOf(seed) {
  const made = ['world/', '../drizzle/'].flatMap((folder) =>
    filesIn(new URL(folder, import.meta.url)),
  );
  const others = [
    '../fixtures/generator/random.js',
    '../src/store/sqlite/delta/capture-triggers.ts',
  ].map((file) => new URL(file, import.meta.url));
  return keyOfFiles([...made, ...others], seed);
}

/** @param {URL} folder */
function filesIn(folder) {
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return entries
    .map(({ name }) => new URL(name, folder))
    .sort((a, b) => (a.href < b.href ? -1 : 1));
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const [contacts, file] = process.argv.slice(2);
  if (file === undefined) throw new Error('usage: node bench/world.js CONTACTS FILE');
  await copyWorld(file, { contacts: Number(contacts) });
}

// The seeded world that all benches run on, as a rollcall store with the 100 segments of segments.js, unbuilt:
//   node bench/world.js CONTACTS FILE
// The data are made once for a scale and kept in a cache folder, see `worldAt`.
import { createHash } from 'node:crypto';
import { constants, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { rollcall } from './rollcall.js';
import { defineSegments } from './segments.js';
import { loadWorld } from './world/load.js';
import { CUSTOM_FIELDS, NOW_TEXT } from './world/values.js';

export { NOW, NOW_TEXT } from './world/values.js';
export const SEED = 'rollcall';
/** @typedef {{ contacts: number, seed?: string, cache?: string }} WorldOptions */

/**
 * Gives the path of a store with the world's data, made on first use. Do not write to it: `copyWorld` is for that.
 * @param {WorldOptions} options `cache` is the folder that keeps worlds; else ROLLCALL_BENCH_CACHE, else one among the temporary files
 */
export async function worldAt({ contacts, seed = SEED, cache = process.env['ROLLCALL_BENCH_CACHE'] ?? join(tmpdir(), 'rollcall-bench-worlds') }) {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'draft-'));
  try {
    const draft = join(folder, 'world.db');
    makeEmptyStore(draft);
    const path = join(cache, `${contacts}-${keyOf(draft, seed)}.db`);
    if (!existsSync(path)) {
      loadWorld(draft, seed, contacts);
      renameSync(draft, path);
    }
    return path;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Copies the world of `options` to `file` and defines the hundred segments there, unbuilt; gives `file`.
 * @param {string} file
 * @param {WorldOptions} options
 */
export async function copyWorld(file, options) {
  copyStore(await worldAt(options), file);
  await defineSegments(file);
  return file;
}

/**
 * Copies a store that no process has open.
 * @param {string} from
 * @param {string} to
 */
export function copyStore(from, to) {
  if (existsSync(`${from}-wal`)) throw new Error(`${from} is open in some process, or was left by a crash`);
  for (const suffix of ['-wal', '-shm', '.lock']) rmSync(to + suffix, { force: true });
  copyFileSync(from, to, constants.COPYFILE_FICLONE);
}

/** @param {string} path */
function makeEmptyStore(path) {
  rollcall('init', '--db', path, '-q');
  for (const { alias, type, options } of CUSTOM_FIELDS) {
    rollcall('fields:create', alias, '--type', type, ...(options === undefined ? [] : ['--options', options]), '--db', path, '--now', NOW_TEXT, '-q');
  }
}

/**
 * What a world hangs on: its seed, the schema of an empty store, and the code that makes it.
 * @param {string} emptyStore
 * @param {string} seed
 */
function keyOf(emptyStore, seed) {
  const db = new Database(emptyStore, { readonly: true });
  const hash = createHash('sha256').update(seed);
  for (const statement of db.prepare('select sql from sqlite_schema where sql is not null order by name').pluck().all()) hash.update(String(statement));
  db.close();
  const made = new URL('world/', import.meta.url);
  for (const file of [...readdirSync(made).sort().map((name) => new URL(name, made)), new URL('../fixtures/generator/random.js', import.meta.url)]) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const [contacts, file] = process.argv.slice(2);
  if (file === undefined) throw new Error('usage: node bench/world.js CONTACTS FILE');
  await copyWorld(file, { contacts: Number(contacts) });
}

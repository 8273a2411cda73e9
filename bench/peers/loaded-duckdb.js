import { existsSync, renameSync } from 'node:fs';
import { keyOfFiles } from '../file-key.js';
import { runNode } from '../measure.js';
import { dumpTables } from './tables.js';

const SCRIPT = new URL('duckdb.js', import.meta.url);

/**
 * The path of a DuckDB file with the tables of the world, without members; kept beside the world.
 * Do not write to it.
 * @param {string} world
 */
export async function loadedDuckdb(world) {
  const key = keyOfFiles([SCRIPT, ...['tables.js', '../package-lock.json'].map(urlOf)]);
  const file = `${world}.${key}.duckdb`;
  if (existsSync(file)) return file;
  const draft = `${file}.draft-${process.pid}`;
  await runNode(SCRIPT.pathname, 'load', draft, await dumpTables(world));
  renameSync(draft, file);
  return file;
}

/** @param {string} name */
function urlOf(name) {
  return new URL(name, import.meta.url);
}

import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { runTimed } from '../measure.js';
import { COLUMNS } from './file.js';

/** The version of the sqlite3 shell, or undefined where there is none. */
export function shellVersion() {
  const { status, stdout } = spawnSync('sqlite3', ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.split(' ')[0] : undefined;
}

/**
 * Imports the file into a table with the unique index that contacts have.
 * @param {string} db made anew
 * @param {string} file
 */
export async function importByShell(db, file) {
  rmSync(db, { force: true });
  const [key, ...others] = COLUMNS;
  const table =
    `create table people (${key} text collate nocase unique, ` +
    `${others.map((column) => `${column} text`).join(', ')});`;
  return runTimed('sqlite3', db, table, '.mode csv', `.import --skip 1 '${file}' people`);
}

/**
 * @param {string} db
 * @param {string} file
 */
export async function exportByShell(db, file) {
  return runTimed('sqlite3', '-csv', '-header', db, `.once '${file}'`, 'select * from people;');
}

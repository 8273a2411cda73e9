import { spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
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
  return timedShell(db, table, '.mode csv', `.import --skip 1 '${file}' people`);
}

/**
 * @param {string} db
 * @param {string} file
 */
export async function exportByShell(db, file) {
  return timedShell('-csv', '-header', db, `.once '${file}'`, 'select * from people;');
}

/**
 * What the shell takes, in processor time too, which `times` tells of what it has waited for.
 * @param {...string} args
 * @returns {Promise<import('../measure.js').Timed>}
 */
async function timedShell(...args) {
  const started = performance.now();
  const child = spawn('sh', ['-c', 'sqlite3 "$@" </dev/null && times >&3', 'sh', ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  let told = '';
  const report = /** @type {import('node:stream').Readable} */ (child.stdio[3]);
  report.setEncoding('utf8').on('data', (/** @type {string} */ text) => (told += text));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`sqlite3 ${args.join(' ')} ended with ${String(code)}`);
  return { ms: performance.now() - started, cpuMs: childrenMs(told) };
}

/**
 * The last line of `times`: user and system time of the children, as `0m1.230s 0m0.040s`.
 * @param {string} told
 */
function childrenMs(told) {
  const parts = [...(told.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  if (parts.length !== 2) throw new Error(`times says ${told}`);
  return parts.reduce(
    (sum, [, minutes, seconds]) => sum + (Number(minutes) * 60 + Number(seconds)) * 1000,
    0,
  );
}

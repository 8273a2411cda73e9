import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { amountLine, noteLine, ratioLine } from '../line.js';
import { interleaved, runNode, takenBy } from '../measure.js';
import { importPeer } from '../peers/import-peer.js';
import { BIN } from '../rollcall.js';
import { copyStore, makeStore } from '../world.js';
import { COLUMNS, CUSTOM_FIELDS, writePeople } from './file.js';
import { exportByShell, importByShell, shellVersion } from './sqlite-shell.js';

const DUCKDB = new URL('duckdb.js', import.meta.url).pathname;
const MB = 1024 ** 2;
const MOST_MB = 200;
/** The largest ratios of processor time. */
const MOST = { first: 2.5, again: 0.8, changed: 1.1, export: 3 };

/**
 * A file of so many people: imported, imported again, imported with a tenth of them changed, and
 * exported, each round into a store of its own.
 * @param {{ folder: string, rounds: number, say: (text: string) => void }} bench
 * @param {number} rows
 */
export async function peopleInAndOut({ folder, rounds, say }, rows) {
  if (shellVersion() === undefined) throw new Error('there is no sqlite3 in the path');
  const scale = `${rows.toLocaleString('en')} rows`;
  const at = (/** @type {string} */ name) => join(folder, name);
  say(`${scale}: writing the files`);
  await prepare(at, rows);
  let peakBytes = 0;
  const run = async (/** @type {string[]} */ ...args) => {
    say(`${scale}: ${args[0]}`);
    const ran = await runNode(BIN, ...args, '--db', at('crm.db'), '-q');
    peakBytes = Math.max(peakBytes, ran.peakBytes);
    return ran;
  };
  const duckdb = (await importPeer('@duckdb/node-api')) !== undefined;
  const cases = { ...rollcallAndShell(at, run), ...(duckdb ? duckdbCases(at) : {}) };
  const taken = await interleaved(rounds, cases);
  const megabytes = (statSync(at('people.csv')).size / MB).toFixed(0);
  const lines = [
    ...linesOf(scale, taken, duckdb),
    amountLine(`peak memory, ${scale}`, peakBytes / MB, 'MB', MOST_MB),
    noteLine(`the file of ${scale} has ${megabytes} MB`),
  ];
  return { taken, lines };
}

/**
 * @typedef {(name: string) => string} At the path of a file in the folder
 * @typedef {Readonly<Record<string, () => Promise<import('../measure.js').Timed>>>} Cases
 *
 * @param {At} at
 * @param {(...args: string[]) => Promise<import('../measure.js').Timed>} run
 * @returns {Cases}
 */
function rollcallAndShell(at, run) {
  const [file, out, columns] = [at('people.csv'), at('out.csv'), COLUMNS.join(',')];
  return {
    shellImport: async () => importByShell(at('shell.db'), file),
    first: async () => {
      copyStore(at('empty.db'), at('crm.db'));
      return run('contacts:import', file);
    },
    again: async () => run('contacts:import', file),
    changed: async () => run('contacts:import', at('changed.csv')),
    export: async () => run('contacts:export', '--fields', columns, '-o', out),
    shellExport: async () => exportByShell(at('shell.db'), out),
  };
}

/**
 * @param {At} at
 * @returns {Cases}
 */
function duckdbCases(at) {
  const db = at('people.duckdb');
  return {
    duckdbImport: async () => {
      for (const path of [db, `${db}.wal`]) rmSync(path, { force: true });
      return runNode(DUCKDB, 'import', db, at('people.csv'));
    },
    duckdbExport: async () => runNode(DUCKDB, 'export', db, at('out.csv')),
  };
}

/**
 * Writes both files and makes a store with the fields.
 * @param {At} at
 * @param {number} rows
 */
async function prepare(at, rows) {
  await writePeople(at('people.csv'), rows);
  await writePeople(at('changed.csv'), rows, true);
  rmSync(at('empty.db'), { force: true });
  makeStore(at('empty.db'), CUSTOM_FIELDS);
}

/**
 * @param {string} scale
 * @param {Record<string, import('../measure.js').Taken>} taken
 * @param {boolean} duckdb
 */
function linesOf(scale, taken, duckdb) {
  const line = (
    /** @type {string} */ work,
    /** @type {string} */ ours,
    /** @type {string} */ theirs,
    /** @type {string} */ to,
    /** @type {number | undefined} */ most = undefined,
  ) =>
    ratioLine(`${work}, ${scale}`, takenBy(taken, ours), {
      to,
      than: takenBy(taken, theirs),
      most: most === undefined ? undefined : { processor: most },
    });
  return [
    line('first import', 'first', 'shellImport', 'sqlite3 .import', MOST.first),
    line('the same file again', 'again', 'first', 'the first', MOST.again),
    line('a tenth changed', 'changed', 'first', 'the first', MOST.changed),
    line('export', 'export', 'shellExport', 'sqlite3 -csv', MOST.export),
    ...(duckdb
      ? [
          line('first import', 'first', 'duckdbImport', 'DuckDB, with a key'),
          line('export', 'export', 'duckdbExport', 'DuckDB'),
        ]
      : [noteLine('DuckDB is not installed')]),
  ];
}

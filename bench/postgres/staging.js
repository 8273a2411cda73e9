import { join } from 'node:path';
import { CUSTOM_FIELDS, writePeople } from '../csv/file.js';
import { ratioLine } from '../line.js';
import { interleaved, runNode } from '../measure.js';
import { copyStore, makeStore } from '../world.js';

const IMPORT = new URL('timed-import.js', import.meta.url).pathname;
const MOST = 1.5;

/**
 * First imports of people, a fifth as many as there are contacts, into empty stores: until they are
 * staged, and in all.
 * @param {import('../postgres.js').Bench} bench
 * @returns {Promise<import('../postgres.js').Results>}
 */
export async function staging(bench) {
  const rows = Math.floor(bench.contacts / 5);
  const people = `${rows.toLocaleString('en')} rows`;
  const imports = await importsOf(bench, rows);
  const medianOf = async (/** @type {keyof Import} */ part) =>
    interleaved(bench.rounds, {
      file: (round) => imports[round]?.file[part],
      served: (round) => imports[round]?.served[part],
    });
  const [staged, whole] = [await medianOf('staged'), await medianOf('whole')];
  return {
    lines: [
      ratioLine(`staging ${people}`, staged.served, { to: 'file', than: staged.file, most: MOST }),
      ratioLine(`import of ${people}`, whole.served, { to: 'file', than: whole.file }),
    ],
    costs: {},
  };
}

/**
 * @param {import('../postgres.js').Bench} bench
 * @param {number} rows
 */
async function importsOf({ cluster, folder, rounds, say }, rows) {
  const csv = join(folder, 'people.csv');
  const [empty, store] = [join(folder, 'empty.db'), join(folder, 'people.db')];
  await writePeople(csv, rows);
  makeStore(empty, CUSTOM_FIELDS);
  cluster.make('empty');
  makeStore(cluster.url('empty'), CUSTOM_FIELDS);
  /** @type {{ file: Import, served: Import }[]} */
  const imports = [];
  for (let round = 0; round < rounds; round++) {
    say(`imports of ${rows} people`);
    copyStore(empty, store);
    cluster.make('people', 'empty');
    imports.push({
      file: await timedImport(store, csv),
      served: await timedImport(cluster.url('people'), csv, cluster.pid),
    });
  }
  cluster.drop('people');
  return imports;
}

/**
 * @typedef {import('../measure.js').Timed} Timed
 * @typedef {{ staged: Timed, whole: Timed }} Import
 *
 * @param {string} store
 * @param {string} file
 * @param {...number} server
 * @returns {Promise<Import>}
 */
async function timedImport(store, file, ...server) {
  const { stdout } = await runNode(IMPORT, store, file, ...server);
  return JSON.parse(stdout);
}

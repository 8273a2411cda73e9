import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { runNode } from './measure.js';
import { memberCounts, requireEqualCounts, requireMembersByHand } from './members.js';
import { importPeer } from './peers/import-peer.js';
import { loadedDuckdb } from './peers/loaded-duckdb.js';
import {
  buildPostgres,
  findPostgres,
  loadPostgres,
  membersOfPostgres,
  startPostgres,
} from './peers/postgres.js';
import { dumpTables } from './peers/tables.js';
import { BIN, checkoutBefore, programOf } from './rollcall.js';
import { copyStore, NOW, NOW_TEXT, worldAt } from './world.js';

const BY_HAND = new URL('by-hand.js', import.meta.url).pathname;
const DUCKDB = new URL('peers/duckdb.js', import.meta.url).pathname;

/**
 * What takes turns at building all hundred segments of a fresh store. All of them have to find the
 * members that rollcall finds, so that it takes its turn first.
 *
 * @typedef {object} Builder
 * @property {string} name
 * @property {() => Promise<Timed>} build
 * @property {() => Promise<Timed>} [pass] brings up to date what is built, by evaluating all
 * @property {number} [rounds] in how many rounds it takes part, where that is not all
 * @property {import('./line.js').Most} [most] the largest ratio of rollcall's times to its own
 *
 * @typedef {import('./measure.js').Timed} Timed
 * @typedef {Readonly<Record<string, number>>} Counts members by a segment's alias
 */

/**
 * @param {string} defined a store with the segments, unbuilt
 * @param {string} built where the store is left that it has built
 */
export function rollcallBuilder(defined, built) {
  let peakBytes = 0;
  /** @type {Counts | undefined} */
  let counts;
  const getCounts = () => {
    if (counts === undefined) throw new Error('rollcall takes its turn first');
    return counts;
  };
  return {
    name: 'rollcall',
    async build() {
      copyStore(defined, built);
      const ran = await runNode(BIN, 'segments:update', '--db', built, '--now', NOW_TEXT);
      peakBytes = Math.max(peakBytes, ran.peakBytes);
      if (counts === undefined) requireMembersByHand(built, NOW);
      counts ??= memberCounts(built);
      return ran;
    },
    counts: getCounts,
    members: () => Object.values(getCounts()).reduce((sum, count) => sum + count, 0),
    peakBytes: () => peakBytes,
  };
}

/**
 * The release before, on a world that it has made itself.
 * @param {string} folder
 * @param {number} contacts
 * @param {() => Counts} counts rollcall's
 * @returns {Promise<Builder | undefined>}
 */
export async function beforeBuilder(folder, contacts, counts) {
  const checkout = checkoutBefore();
  if (checkout === undefined) return undefined;
  const [defined, store] = [join(folder, 'before-defined.db'), join(folder, 'before.db')];
  await runNode(join(checkout, 'bench', 'world.js'), contacts, defined);
  return {
    name: 'the release before',
    // 6.5 s of processor time where it took 19.3
    most: { processor: 6.5 / 19.3 },
    async build() {
      copyStore(defined, store);
      const ran = await runNode(
        programOf(checkout),
        'segments:update',
        '--db',
        store,
        '--now',
        NOW_TEXT,
      );
      requireEqualCounts('the release before', memberCounts(store), counts());
      return ran;
    },
  };
}

/**
 * @param {string} defined
 * @param {string} file
 * @param {() => Counts} counts rollcall's
 * @returns {Builder}
 */
export function handBuilder(defined, file, counts) {
  return {
    name: '(a) by hand',
    // 6.5 s of processor time where by hand takes 17.5
    most: { wall: 0.7, processor: 6.5 / 17.5 },
    async build() {
      copyStore(defined, file);
      const ran = await runNode(BY_HAND, 'build', file, NOW);
      requireEqualCounts('SQL by hand', memberCounts(file), counts());
      return ran;
    },
    pass: async () => runNode(BY_HAND, 'pass', file, NOW),
  };
}

/**
 * Without a key on the members, and with one; a pass goes over the members of the last of them.
 * @param {string} loaded
 * @param {string} file
 * @param {() => Counts} counts rollcall's
 * @returns {Builder[]}
 */
export function duckdbBuilders(loaded, file, counts) {
  const run = async (/** @type {string} */ what) => {
    const ran = await runNode(DUCKDB, what, file, NOW);
    requireEqualCounts('DuckDB', JSON.parse(ran.stdout), counts());
    return ran;
  };
  const build = (/** @type {string} */ what) => async () => {
    cpSync(loaded, file);
    return run(what);
  };
  return [
    { name: '(b) DuckDB, members with a key', build: build('build-with-key') },
    {
      name: '(b) DuckDB, members without a key',
      most: 0.65,
      build: build('build'),
      pass: async () => run('pass'),
    },
  ];
}

/**
 * The path of a loaded file, or undefined where DuckDB is not installed.
 * @param {number} contacts
 */
export async function findDuckdb(contacts) {
  if ((await importPeer('@duckdb/node-api')) === undefined) return undefined;
  return loadedDuckdb(await worldAt({ contacts }));
}

/**
 * PostgreSQL takes part in one round: it takes minutes, and only informs.
 * @param {string} folder
 * @param {number} contacts
 * @param {() => Counts} counts rollcall's
 * @returns {Promise<{ builder: Builder, stop: () => Promise<void> } | undefined>}
 */
export async function postgresBuilder(folder, contacts, counts) {
  const bin = findPostgres();
  if (bin === undefined) return undefined;
  const { socket, stop } = await startPostgres(bin, folder);
  loadPostgres(socket, await dumpTables(await worldAt({ contacts })));
  const builder = {
    name: '(c) PostgreSQL',
    rounds: 1,
    async build() {
      const ms = buildPostgres(socket, NOW);
      requireEqualCounts('PostgreSQL', membersOfPostgres(socket), counts());
      return { ms };
    },
  };
  return { builder, stop };
}

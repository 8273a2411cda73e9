import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findDuckdb } from '../builders.js';
import { noteLine, ratioLine } from '../line.js';
import { interleaved, runNode, takenBy } from '../measure.js';
import { BIN, checkoutBefore, programOf } from '../rollcall.js';
import { SHAPES } from '../segments.js';
import { copyStore, copyWorld, NOW, NOW_TEXT } from '../world.js';

const OURS = new URL('../new-segment.js', import.meta.url).pathname;
const DUCKDB = new URL('../peers/duckdb.js', import.meta.url).pathname;
const DUCKDB_NAME = "DuckDB's statement";

/**
 * One more segment of each shape in a built store, against DuckDB's statement for it and the same
 * in the release before. Each is a process of its own, which times only the update (the statement)
 * from its call to its return, with its commit: none is charged for its start. It then takes the
 * segment away again.
 * @param {import('../run.js').Bench} bench
 * @param {string} built made here if it is missing
 * @returns {Promise<import('../line.js').Line[]>}
 */
export async function newSegments(bench, built) {
  bench.say('one more segment: built stores');
  const ours = await rollcallAdder(bench, built);
  const others = [await duckdbAdder(bench), await beforeAdder(bench)].filter(
    (adder) => adder !== undefined,
  );
  const lines = [];
  for (const shape of SHAPES) {
    bench.say(`one more segment: ${shape}`);
    lines.push(...(await linesOf(shape, ours, others, bench.rounds)));
  }
  for (const adder of [ours, ...others]) adder.end();
  if (others.every(({ name }) => name !== DUCKDB_NAME))
    lines.push(noteLine('one more segment: DuckDB is not installed here'));
  return lines;
}

/**
 * @param {string} shape
 * @param {Adder} ours
 * @param {readonly Adder[]} others
 * @param {number} rounds
 */
async function linesOf(shape, ours, others, rounds) {
  const counts = new Set();
  /** @type {(adder: Adder) => [string, () => Promise<Added>]} */
  const turn = ({ name, add }) => [
    name,
    async () => {
      const added = await add(shape);
      counts.add(added.members);
      return added;
    },
  ];
  const adders = [ours, ...others];
  const taken = await interleaved(rounds, Object.fromEntries(adders.map(turn)));
  if (counts.size !== 1) throw new Error(`${shape} has ${[...counts].join(' or ')} members`);
  const own = takenBy(taken, ours.name);
  return others.map(({ name, most }) =>
    ratioLine(`one more segment, ${shape}`, own, { to: name, than: takenBy(taken, name), most }),
  );
}

/**
 * Adds a segment to a built store.
 * @typedef {object} Adder
 * @property {string} name
 * @property {number} [most]
 * @property {(shape: string) => Promise<Added>} add
 * @property {() => void} end removes its files
 *
 * @typedef {import('../measure.js').Timed & { members: number }} Added
 */

/**
 * @param {import('../run.js').Bench} bench
 * @param {string} built
 * @returns {Promise<Adder>}
 */
async function rollcallAdder({ folder, contacts }, built) {
  const store = join(folder, 'one-more.db');
  if (existsSync(built)) copyStore(built, store);
  else {
    await copyWorld(store, { contacts });
    await runNode(BIN, 'segments:update', '--db', store, '--now', NOW_TEXT);
  }
  return {
    name: 'rollcall',
    add: async (shape) => added(await runNode(OURS, store, shape)),
    end: () => rmSync(store),
  };
}

/**
 * @param {import('../run.js').Bench} bench
 * @returns {Promise<Adder | undefined>}
 */
async function beforeAdder({ folder, contacts }) {
  const checkout = checkoutBefore();
  if (checkout === undefined) return undefined;
  const store = join(folder, 'one-more-before.db');
  await runNode(join(checkout, 'bench', 'world.js'), contacts, store);
  await runNode(programOf(checkout), 'segments:update', '--db', store, '--now', NOW_TEXT);
  return {
    name: 'the release before',
    most: 1,
    add: async (shape) => added(await runNode(OURS, store, shape, checkout)),
    end: () => rmSync(store),
  };
}

/**
 * @param {import('../run.js').Bench} bench
 * @returns {Promise<Adder | undefined>}
 */
async function duckdbAdder({ folder, contacts }) {
  const loaded = await findDuckdb(contacts);
  if (loaded === undefined) return undefined;
  const file = join(folder, 'one-more.duckdb');
  cpSync(loaded, file);
  await runNode(DUCKDB, 'build', file, NOW);
  return {
    name: DUCKDB_NAME,
    most: 1.5,
    add: async (shape) => added(await runNode(DUCKDB, 'add', file, NOW, shape)),
    end: () => rmSync(file),
  };
}

/** @param {{ stdout: string }} ran @returns {Added} */
function added({ stdout }) {
  return JSON.parse(stdout);
}

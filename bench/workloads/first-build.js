import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { amountLine, duration, noteLine, ratioLine } from '../line.js';
import { interleaved, median, runNode } from '../measure.js';
import { bytesPerMembership, memberCounts, requireEqualCounts, requireMembersByHand } from '../members.js';
import { importPeer } from '../peers/import-peer.js';
import { buildPostgres, findPostgres, loadPostgres, membersOfPostgres, passPostgres, startPostgres } from '../peers/postgres.js';
import { dumpTables } from '../peers/tables.js';
import { BIN } from '../rollcall.js';
import { copyStore, copyWorld, NOW, NOW_TEXT, worldAt } from '../world.js';

const BY_HAND = new URL('../by-hand.js', import.meta.url).pathname;
const DUCKDB = new URL('../peers/duckdb.js', import.meta.url).pathname;

/**
 * What takes turns: a name, how it builds all segments of a fresh store and how it passes over them again, in ms.
 * @typedef {{ name: string, most?: number, build: () => number, pass?: () => number }} Peer
 */

/**
 * The first build of the hundred segments, rollcall against its peers; leaves the store that rollcall built at `built`.
 * @param {import('../run.js').Bench} bench
 * @param {string} built
 * @returns {Promise<import('../line.js').Line[]>}
 */
export async function firstBuild({ folder, contacts, rounds, say }, built) {
  const defined = await copyWorld(join(folder, 'defined.db'), { contacts });
  const ours = rollcallPeer(defined, built);
  say('first build: one by rollcall to compare with');
  ours.build();
  requireMembersByHand(built, NOW);
  const counts = memberCounts(built);
  const dump = `${await worldAt({ contacts })}-tables`;
  await dumpTables(defined, dump);
  const peers = [handPeer(defined, join(folder, 'hand.db'), counts), await duckdbPeer(dump, join(folder, 'duck.db'), counts)].filter((peer) => peer !== undefined);
  const postgres = await postgresPeer(dump, folder, counts, say);
  try {
    const all = [...peers, ...(postgres === undefined ? [] : [postgres.peer])];
    const ms = await interleaved(rounds, Object.fromEntries([ours, ...all].map(({ name, build }) => [name, () => (say(`first build: ${name}`), build())])));
    const passes = await interleaved(Math.min(rounds, 2), Object.fromEntries(all.flatMap(({ name, pass }) => (pass === undefined ? [] : [[name, () => (say(`full pass: ${name}`), pass())]]))));
    const members = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const missing = ['(b) DuckDB', '(c) PostgreSQL'].filter((name) => all.every((peer) => peer.name !== name));
    return [
      ...all.map(({ name, most }) => ratioLine(`first build of 100 segments, ${members.toLocaleString('en')} members`, ms[ours.name] ?? Number.NaN, { to: name, toMs: ms[name] ?? Number.NaN, ...(most === undefined ? {} : { most }) })),
      noteLine('first build, processor time', ours.cpu()),
      ...Object.entries(passes).map(([name, pass]) => noteLine(`a full pass with nothing to change, ${name}`, duration(pass))),
      ...missing.map((name) => noteLine(`first build of ${name}`, 'not installed here')),
      amountLine('storage of a membership after the first build', bytesPerMembership(built), 30, 'bytes'),
      amountLine('peak memory of the first build', ours.peak() / 1024 ** 2, 300, 'MB'),
    ];
  } finally {
    await postgres?.stop();
    for (const file of ['defined.db', 'hand.db', 'duck.db']) rmSync(join(folder, file), { force: true });
  }
}

/**
 * @param {string} defined
 * @param {string} built
 */
function rollcallPeer(defined, built) {
  /** @type {import('../measure.js').Ran[]} */
  const runs = [];
  return {
    name: 'rollcall',
    build() {
      copyStore(defined, built);
      const ran = runNode(BIN, 'segments:update', '--db', built, '--now', NOW_TEXT);
      runs.push(ran);
      return ran.ms;
    },
    cpu: () => duration(median(runs.map(({ cpuMs }) => cpuMs ?? Number.NaN))),
    peak: () => Math.max(...runs.map(({ maxRss }) => maxRss ?? Number.NaN)),
  };
}

/**
 * @param {string} defined
 * @param {string} file
 * @param {Readonly<Record<string, number>>} counts
 * @returns {Peer}
 */
function handPeer(defined, file, counts) {
  return {
    name: '(a) by hand',
    most: 0.7,
    build() {
      copyStore(defined, file);
      const { ms } = runNode(BY_HAND, 'build', file, NOW);
      requireEqualCounts('SQL by hand', memberCounts(file), counts);
      return ms;
    },
    pass: () => runNode(BY_HAND, 'pass', file, NOW).ms,
  };
}

/**
 * @param {string} dump
 * @param {string} file
 * @param {Readonly<Record<string, number>>} counts
 * @returns {Promise<Peer | undefined>}
 */
async function duckdbPeer(dump, file, counts) {
  if ((await importPeer('@duckdb/node-api')) === undefined) return undefined;
  const loaded = `${file}.loaded`;
  runNode(DUCKDB, 'load', loaded, dump);
  const checked = (/** @type {import('../measure.js').Ran} */ { ms, stdout }) => {
    requireEqualCounts('DuckDB', JSON.parse(stdout), counts);
    return ms;
  };
  return {
    name: '(b) DuckDB',
    most: 0.8,
    build() {
      cpSync(loaded, file);
      return checked(runNode(DUCKDB, 'build', file, NOW));
    },
    pass: () => checked(runNode(DUCKDB, 'pass', file, NOW)),
  };
}

/**
 * @param {string} dump
 * @param {string} folder
 * @param {Readonly<Record<string, number>>} counts
 * @param {(text: string) => void} say
 * @returns {Promise<{ peer: Peer, stop: () => Promise<void> } | undefined>}
 */
async function postgresPeer(dump, folder, counts, say) {
  const bin = findPostgres();
  if (bin === undefined) return undefined;
  const { socket, version, stop } = await startPostgres(bin, folder);
  say(`loading ${version}`);
  loadPostgres(socket, dump);
  const peer = {
    name: '(c) PostgreSQL',
    build() {
      const ms = buildPostgres(socket, NOW);
      requireEqualCounts('PostgreSQL', membersOfPostgres(socket), counts);
      return ms;
    },
    pass: () => passPostgres(socket, NOW),
  };
  return { peer, stop };
}

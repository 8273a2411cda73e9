import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { amountLine, duration, noteLine, ratioLine } from '../line.js';
import { interleaved, median, runNode } from '../measure.js';
import {
  bytesPerMembership,
  memberCounts,
  requireEqualCounts,
  requireMembersByHand,
} from '../members.js';
import { importPeer } from '../peers/import-peer.js';
import {
  buildPostgres,
  findPostgres,
  loadPostgres,
  membersOfPostgres,
  passPostgres,
  startPostgres,
} from '../peers/postgres.js';
import { dumpTables } from '../peers/tables.js';
import { BIN } from '../rollcall.js';
import { copyStore, copyWorld, NOW, NOW_TEXT, worldAt } from '../world.js';

const BY_HAND = new URL('../by-hand.js', import.meta.url).pathname;
const DUCKDB = new URL('../peers/duckdb.js', import.meta.url).pathname;

/**
 * One of the programs that take turns: its name, how it builds all segments of a fresh store, and
 * how it brings them up to date; both return ms. Processor time is known only for Node.
 * @typedef {{ name: string, most?: number, build: () => Timed, pass: () => Timed }} Peer
 * @typedef {{ ms: number, cpuMs?: number | undefined }} Timed
 */

/**
 * The first build of the hundred segments, rollcall against its peers; leaves the store that
 * rollcall built at `built`.
 * @param {import('../run.js').Bench} bench
 * @param {string} built
 * @returns {Promise<import('../line.js').Line[]>}
 */
export async function firstBuild({ folder, contacts, rounds, say }, built) {
  const defined = await copyWorld(join(folder, 'defined.db'), { contacts });
  const ours = rollcallPeer(defined, built);
  const dump = `${await worldAt({ contacts })}-tables`;
  await dumpTables(defined, dump);
  const postgres = await postgresPeer(dump, folder, ours.counts, say);
  try {
    const others = [
      handPeer(defined, join(folder, 'hand.db'), ours.counts),
      await duckdbPeer(dump, join(folder, 'duck.db'), ours.counts),
      postgres?.peer,
    ].filter((peer) => peer !== undefined);
    const builds = await takeTurns(
      'first build',
      rounds,
      [ours, ...others],
      ({ build }) => build(),
      say,
    );
    const passes = await takeTurns(
      'full pass',
      Math.min(rounds, 2),
      others,
      ({ pass }) => pass(),
      say,
    );
    const work = `first build of 100 segments, ${ours.members().toLocaleString('en')} members`;
    return [
      ...others.map(({ name, most }) =>
        ratioLine(work, builds.ms(ours.name), {
          to: name,
          toMs: builds.ms(name),
          ...(most === undefined ? {} : { most }),
        }),
      ),
      ...[ours, ...others].flatMap(({ name }) =>
        Number.isNaN(builds.cpuMs(name))
          ? []
          : [noteLine(`first build, processor time of ${name}`, duration(builds.cpuMs(name)))],
      ),
      ...others.map(({ name }) =>
        noteLine(`full pass with nothing to change, ${name}`, duration(passes.ms(name))),
      ),
      ...['(b) DuckDB', '(c) PostgreSQL']
        .filter((name) => others.every((peer) => peer.name !== name))
        .map((name) => noteLine(`first build, ${name}`, 'not installed here')),
      amountLine(
        'storage of a membership after the first build',
        bytesPerMembership(built),
        30,
        'bytes',
      ),
      amountLine('peak memory of the first build', ours.peak() / 1024 ** 2, 300, 'MB'),
    ];
  } finally {
    await postgres?.stop();
    for (const file of ['defined.db', 'hand.db', 'duck.db', 'duck.db.loaded'])
      rmSync(join(folder, file), { force: true });
  }
}

/**
 * Medians by the peers' names; NaN where nothing is known.
 * @param {string} work
 * @param {number} rounds
 * @param {readonly Peer[]} peers
 * @param {(peer: Peer) => Timed} run
 * @param {(text: string) => void} say
 */
async function takeTurns(work, rounds, peers, run, say) {
  /** @type {Map<string, number[]>} */
  const cpu = new Map(peers.map(({ name }) => [name, []]));
  /** @type {(peer: Peer) => [string, () => number]} */
  const turn = (peer) => [
    peer.name,
    () => {
      say(`${work}: ${peer.name}`);
      const { ms, cpuMs } = run(peer);
      if (cpuMs !== undefined) cpu.get(peer.name)?.push(cpuMs);
      return ms;
    },
  ];
  const medians = await interleaved(rounds, Object.fromEntries(peers.map(turn)));
  return {
    ms: (/** @type {string} */ name) => medians[name] ?? Number.NaN,
    cpuMs: (/** @type {string} */ name) => median(cpu.get(name) ?? []),
  };
}

/**
 * @param {string} defined
 * @param {string} built
 */
function rollcallPeer(defined, built) {
  let peak = 0;
  /** @type {Record<string, number> | undefined} */
  let counts;
  const getCounts = () => {
    if (counts === undefined) throw new Error('rollcall takes its turn first');
    return counts;
  };
  return {
    name: 'rollcall',
    build() {
      copyStore(defined, built);
      const ran = runNode(BIN, 'segments:update', '--db', built, '--now', NOW_TEXT);
      peak = Math.max(peak, ran.maxRss ?? 0);
      if (counts === undefined) requireMembersByHand(built, NOW);
      counts ??= memberCounts(built);
      return ran;
    },
    pass: () => runNode(BIN, 'segments:update', '--db', built, '--now', NOW_TEXT),
    /** The members of each segment, by alias. */
    counts: getCounts,
    members: () => Object.values(getCounts()).reduce((sum, count) => sum + count, 0),
    peak: () => peak,
  };
}

/**
 * @param {string} defined
 * @param {string} file
 * @param {() => Readonly<Record<string, number>>} counts rollcall's
 * @returns {Peer}
 */
function handPeer(defined, file, counts) {
  return {
    name: '(a) by hand',
    most: 0.7,
    build() {
      copyStore(defined, file);
      const ran = runNode(BY_HAND, 'build', file, NOW);
      requireEqualCounts('SQL by hand', memberCounts(file), counts());
      return ran;
    },
    pass: () => runNode(BY_HAND, 'pass', file, NOW),
  };
}

/**
 * @param {string} dump
 * @param {string} file
 * @param {() => Readonly<Record<string, number>>} counts rollcall's
 * @returns {Promise<Peer | undefined>}
 */
async function duckdbPeer(dump, file, counts) {
  if ((await importPeer('@duckdb/node-api')) === undefined) return undefined;
  const loaded = `${file}.loaded`;
  runNode(DUCKDB, 'load', loaded, dump);
  const checked = (/** @type {import('../measure.js').Ran} */ ran) => {
    requireEqualCounts('DuckDB', JSON.parse(ran.stdout), counts());
    return ran;
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
 * @param {() => Readonly<Record<string, number>>} counts rollcall's
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
      requireEqualCounts('PostgreSQL', membersOfPostgres(socket), counts());
      return { ms };
    },
    pass: () => ({ ms: passPostgres(socket, NOW) }),
  };
  return { peer, stop };
}

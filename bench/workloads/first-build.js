import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  beforeBuilder,
  duckdbBuilders,
  findDuckdb,
  handBuilder,
  postgresBuilder,
  rollcallBuilder,
} from '../builders.js';
import { amountLine, noteLine, ratioLine, timeLine } from '../line.js';
import { interleaved, takenBy } from '../measure.js';
import { bytesPerMembership } from '../members.js';
import { copyWorld } from '../world.js';

/** At this scale the processor time of a first build has a limit of its own. */
const FULL_SCALE = 1_000_000;
const MOST_CPU_S = 6.5;

/**
 * The first build of the hundred segments, rollcall against its peers; leaves the store that
 * rollcall built at `built`.
 * @param {import('../run.js').Bench} bench
 * @param {string} built
 * @returns {Promise<import('../line.js').Line[]>}
 */
export async function firstBuild(bench, built) {
  const { folder, contacts, say } = bench;
  say('first build: loading the peers');
  const defined = await copyWorld(join(folder, 'defined.db'), { contacts });
  const ours = rollcallBuilder(defined, built);
  const postgres = await postgresBuilder(folder, contacts, ours.counts);
  try {
    const duckdb = await findDuckdb(contacts);
    const before = await beforeBuilder(folder, contacts, ours.counts);
    const others = [
      ...(before === undefined ? [] : [before]),
      handBuilder(defined, join(folder, 'hand.db'), ours.counts),
      ...(duckdb === undefined ? [] : duckdbBuilders(duckdb, join(folder, 'duck.db'), ours.counts)),
      ...(postgres === undefined ? [] : [postgres.builder]),
    ];
    return [
      ...(await buildLines(bench, ours, others)),
      ...(await passLines(bench, others)),
      ...(duckdb === undefined ? [noteLine('(b) DuckDB is not installed here')] : []),
      ...(postgres === undefined ? [noteLine('(c) PostgreSQL is not installed here')] : []),
      amountLine('storage of a membership, first build', bytesPerMembership(built), 'bytes', 14),
      amountLine('peak memory of the first build', ours.peakBytes() / 1024 ** 2, 'MB', 300),
    ];
  } finally {
    await postgres?.stop();
    for (const file of ['defined.db', 'before-defined.db', 'before.db', 'hand.db', 'duck.db'])
      rmSync(join(folder, file), { force: true });
  }
}

/**
 * @param {import('../run.js').Bench} bench
 * @param {ReturnType<typeof rollcallBuilder>} ours
 * @param {readonly import('../builders.js').Builder[]} others
 */
async function buildLines({ contacts, rounds, say }, ours, others) {
  /** @type {(builder: import('../builders.js').Builder) => [string, (round: number) => Turn]} */
  const turn = ({ name, build, rounds: most = rounds }) => [
    name,
    async (round) => {
      if (round >= most) return undefined;
      say(`first build: ${name}`);
      return build();
    },
  ];
  const taken = await interleaved(rounds, Object.fromEntries([ours, ...others].map(turn)));
  const own = takenBy(taken, ours.name);
  const work = `first build of 100 segments, ${ours.members().toLocaleString('en')} members`;
  return [
    ...others.map(({ name, most }) =>
      ratioLine(work, own, { to: name, than: takenBy(taken, name), most }),
    ),
    amountLine(
      'processor time of the first build',
      (own.cpuMs ?? Number.NaN) / 1000,
      's',
      contacts === FULL_SCALE ? MOST_CPU_S : undefined,
    ),
  ];
}

/**
 * What the peers take to see that nothing has changed: one round of each, which informs.
 * @param {import('../run.js').Bench} bench
 * @param {readonly import('../builders.js').Builder[]} others
 */
async function passLines({ say }, others) {
  const lines = [];
  for (const { name, pass } of others) {
    if (pass === undefined) continue;
    say(`full pass: ${name}`);
    lines.push(
      timeLine(`full pass with nothing to change, ${name}`, { ...(await pass()), rounds: 1 }),
    );
  }
  return lines;
}

/** @typedef {Promise<import('../measure.js').Turn>} Turn */

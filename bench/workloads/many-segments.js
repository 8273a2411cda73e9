import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { BuiltStore, runBare } from '../built-store.js';
import { amountLine, ratioLine } from '../line.js';
import { interleaved } from '../measure.js';
import { SEGMENTS, segmentsOf } from '../segments.js';

const MOST_CONTACTS = 100_000;
/** Ten times as many segments may take eleven times as long. */
const GROWTH = 1.1;
/** A thousand segments to a bare Node. */
const MOST_TO_BARE = new Map([[1000, 4]]);

/**
 * A thousand segments against a hundred, at a hundred thousand contacts at most.
 * @param {import('../run.js').Bench} bench
 */
export async function thousandSegments(bench) {
  return manySegments({ ...bench, contacts: Math.min(bench.contacts, MOST_CONTACTS) }, 1000);
}

/**
 * So many segments against the hundred: first build, idle update, update after a hundredth of the
 * contacts, a thousand at most, have changed. All start at the same data.
 * @param {import('../run.js').Bench} bench
 * @param {number} count of segments, a multiple of a hundred
 * @returns {Promise<import('../line.js').Line[]>}
 */
export async function manySegments({ folder, contacts, rounds, say }, count) {
  const hundred = new BuiltStore(join(folder, 'hundred.db'));
  const many = new BuiltStore(join(folder, 'many.db'), segmentsOf(count));
  say(`${count} segments: first builds`);
  const first = await interleaved(rounds, {
    hundred: async () => firstBuild(hundred, contacts),
    many: async () => firstBuild(many, contacts),
  });
  say(`${count} segments: updates`);
  const idle = await interleaved(Math.max(rounds, 5), {
    bare: runBare,
    hundred: async () => hundred.updateIdle(),
    many: async () => many.updateIdle(),
  });
  const changes = Math.min(1000, contacts / 100);
  const changed = await interleaved(rounds, {
    hundred: async (round) => hundred.updateChanged(changes, round),
    many: async (round) => many.updateChanged(changes, round),
  });
  for (const store of [hundred, many]) {
    store.requireMembers();
    rmSync(store.path);
  }
  const named = (/** @type {string} */ work) =>
    `${work}, ${count.toLocaleString('en')} segments, ${contacts.toLocaleString('en')} contacts`;
  const growth = (
    /** @type {string} */ work,
    /** @type {Readonly<Record<'hundred' | 'many', import('../measure.js').Taken>>} */ taken,
  ) =>
    ratioLine(named(work), taken.many, {
      to: '100 segments',
      than: taken.hundred,
      most: (count / SEGMENTS.length) * GROWTH,
    });
  return [
    growth('first build', first),
    growth('idle update', idle),
    growth(`update, ${changes.toLocaleString('en')} changed`, changed),
    ratioLine(named('idle update'), idle.many, {
      to: 'bare node',
      than: idle.bare,
      most: MOST_TO_BARE.get(count),
    }),
    amountLine(named('peak memory'), many.peakBytes / 1024 ** 2, 'MB'),
  ];
}

/**
 * @param {BuiltStore} store
 * @param {number} contacts
 */
async function firstBuild(store, contacts) {
  await store.begin(contacts);
  return store.update(0);
}

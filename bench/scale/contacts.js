import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BuiltStore } from '../built-store.js';
import { amountLine, ratioLine } from '../line.js';
import { interleaved } from '../measure.js';
import { bytesPerMembership } from '../members.js';
import { watchDisk } from './disk.js';

const MB = 1024 ** 2;
const GROWTH = 1.1;
const FEW_ROUNDS = 3;
const CHANGED = 1000;
const MOST_MB = new Map([
  [1_000_000, 300],
  [10_000_000, 500],
]);

/**
 * The hundred segments in a world of so many contacts, once, against fewer contacts: first build,
 * idle update, update after some have changed; memory and disk. The fewer take three turns.
 * @param {import('../scale.js').Bench} bench
 * @param {number[]} scales many and few
 * @returns {Promise<import('../line.js').Line[]>}
 */
export async function manyContacts({ folder, say }, [many = 0, few = 0]) {
  const large = scaleAt(folder, many, say);
  const small = scaleAt(folder, few, say);
  const once =
    (/** @type {() => Promise<import('../measure.js').Timed>} */ work) =>
    async (/** @type {number} */ round) => (round === 1 ? work() : undefined);
  const first = await interleaved(FEW_ROUNDS, { few: small.build, many: once(large.build) });
  const idle = await interleaved(FEW_ROUNDS, { few: small.idle, many: once(large.idle) });
  const changed = await interleaved(FEW_ROUNDS, {
    few: small.changed,
    many: once(async () => large.changed(0)),
  });
  const grown = (
    /** @type {string} */ work,
    /** @type {typeof first} */ taken,
    /** @type {number | undefined} */ most = undefined,
  ) =>
    ratioLine(`${work}, ${many.toLocaleString('en')} contacts`, taken.many, {
      to: few.toLocaleString('en'),
      than: taken.few,
      most,
    });
  const lines = [
    grown('first build', first, (many / few) * GROWTH),
    grown('idle update', idle),
    grown(`update, ${CHANGED.toLocaleString('en')} changed`, changed),
    ...small.amounts(),
    ...large.amounts(),
  ];
  for (const { end } of [small, large]) end();
  return lines;
}

/**
 * @param {string} parent
 * @param {number} contacts
 * @param {(text: string) => void} say
 */
function scaleAt(parent, contacts, say) {
  const folder = join(parent, String(contacts));
  mkdirSync(folder);
  const store = new BuiltStore(join(folder, 'store.db'));
  const [at, sizes] = [
    `${contacts.toLocaleString('en')} contacts`,
    { before: 0, most: 0, after: 0 },
  ];
  return {
    async build() {
      say(`${at}: the world`);
      await store.begin(contacts);
      sizes.before = statSync(store.path).size;
      say(`${at}: first build`);
      const disk = watchDisk(folder);
      const ran = await store.update(0);
      sizes.most = disk.stop();
      sizes.after = statSync(store.path).size;
      return ran;
    },
    idle: async () => store.updateIdle(),
    changed: async (/** @type {number} */ round) => store.updateChanged(CHANGED, round),
    /** Of the last build; requires the right members. */
    amounts() {
      say(`${at}: members by hand`);
      store.requireMembers();
      return [
        amountLine(`peak memory, ${at}`, store.peakBytes / MB, 'MB', MOST_MB.get(contacts)),
        amountLine(`disk before the first build, ${at}`, sizes.before / MB, 'MB'),
        amountLine(`most disk in the first build, ${at}`, sizes.most / MB, 'MB'),
        amountLine(`disk after the first build, ${at}`, sizes.after / MB, 'MB'),
        amountLine(`a membership, ${at}`, bytesPerMembership(store.path), 'bytes', 14),
      ];
    },
    end: () => rmSync(folder, { recursive: true }),
  };
}

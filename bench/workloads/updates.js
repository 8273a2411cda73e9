import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BuiltStore, LATER_MS, runBare } from '../built-store.js';
import { amountLine, duration, noteLine, ratioLine } from '../line.js';
import { interleaved } from '../measure.js';
import { bytesPerMembership } from '../members.js';
import { DAY } from '../world/values.js';

const IDLE_ROUNDS = 11;
/** Of updates that take less than a few seconds. */
const LEAST_ROUNDS = 5;
const SMALL = 100_000;

/**
 * Updates of a built store, against its idle update, a bare Node, and the same at a tenth of the
 * contacts. The clock advances by a quarter of an hour before each, as under cron, unless said
 * otherwise.
 * @param {import('../run.js').Bench} bench
 * @param {string} built made here if it is missing
 * @returns {Promise<import('../line.js').Line[]>}
 */
export async function updates({ folder, contacts, rounds, say }, built) {
  const scale = scaleOf(contacts);
  say('updates: two built stores');
  const large = await builtStore(join(folder, 'large.db'), contacts, built);
  const small = await builtStore(join(folder, 'small.db'), scale.smaller);
  say('updates: nothing changed');
  const alone = await interleaved(IDLE_ROUNDS, {
    bare: runBare,
    idle: async () => large.updateIdle(),
  });
  say('updates: some contacts changed');
  const taken = await interleaved(Math.max(rounds, LEAST_ROUNDS), {
    idle: async () => large.updateIdle(),
    few: async (round) => large.updateChanged(scale.few, round),
    fewOfSmall: async (round) => small.updateChanged(scale.few, round),
    many: async (round) => large.updateChanged(scale.many, round),
    day: async () => large.update(DAY),
  });
  say('updates: a full rebuild');
  const full = await large.update(LATER_MS, '--full');
  for (const store of [large, small]) store.requireMembers();
  const stored = bytesPerMembership(large.path);
  for (const { path } of [large, small]) rmSync(path, { force: true });
  return [
    ratioLine('update, nothing changed, clock + 15 minutes', alone.idle, {
      to: 'bare node',
      than: alone.bare,
      most: 2.3,
    }),
    ...changedLines(taken, scale),
    breakEven(scale, taken, full),
    amountLine('storage of a membership after these updates', stored, 'bytes', 14),
    amountLine('peak memory of these updates', large.peakBytes / 1024 ** 2, 'MB', 300),
  ];
}

/**
 * How many contacts are changed, and how many there are in the smaller store. The figures are meant
 * for 20,000 contacts or more; smaller scales are for trials.
 * @param {number} contacts
 */
function scaleOf(contacts) {
  const smaller = Math.min(SMALL, contacts / 10);
  const few = Math.min(1000, smaller / 2);
  return { contacts, smaller, few, many: 10 * few };
}

/** @typedef {import('../measure.js').Taken} Taken */

/**
 * @param {Readonly<Record<'idle' | 'few' | 'fewOfSmall' | 'many' | 'day', Taken>>} taken
 * @param {ReturnType<typeof scaleOf>} scale
 */
function changedLines({ idle, few, fewOfSmall, many, day }, scale) {
  const toIdle = { to: 'idle update', than: idle };
  return [
    ratioLine(`update, ${counted(scale.few)} changed`, few, { ...toIdle, most: 2.5 }),
    ratioLine(`update, ${counted(scale.many)} changed`, many, { ...toIdle, most: 5 }),
    ratioLine('update, clock + 1 day, no data changed', day, { ...toIdle, most: 5 }),
    ratioLine(`update, ${counted(scale.few)} changed of ${counted(scale.contacts)}`, few, {
      to: `of ${counted(scale.smaller)}`,
      than: fewOfSmall,
      most: 1.2,
    }),
  ];
}

/** @param {number} count */
function counted(count) {
  return count.toLocaleString('en');
}

/**
 * The number of changed contacts from which a full rebuild is cheaper; CONTACTS_A_CANDIDATE in
 * src/segment/update/plan.ts should be near it.
 * @param {ReturnType<typeof scaleOf>} scale
 * @param {Readonly<Record<'few' | 'many', Taken>>} taken
 * @param {import('../measure.js').Timed} full
 */
function breakEven({ contacts, few, many }, taken, full) {
  const msEach = (taken.many.ms - taken.few.ms) / (many - few);
  return noteLine(
    `a full rebuild takes ${duration(full.ms)}, each contact more that changed ` +
      `${duration(msEach)}: they are as fast when one in ` +
      `${(contacts / (full.ms / msEach)).toFixed(0)} has changed`,
  );
}

/**
 * A store in the state after its first build.
 * @param {string} path
 * @param {number} contacts
 * @param {string} [built] such a store, which need not exist
 */
async function builtStore(path, contacts, built = '') {
  const store = new BuiltStore(path);
  if (existsSync(built)) store.continueFrom(built);
  else {
    await store.begin(contacts);
    await store.update(0);
  }
  return store;
}

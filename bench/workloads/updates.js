import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { changeContacts } from '../changes.js';
import { amountLine, duration, noteLine, ratioLine } from '../line.js';
import { interleaved, runNode, runPlain } from '../measure.js';
import { bytesPerMembership, requireMembersByHand } from '../members.js';
import { BIN } from '../rollcall.js';
import { copyStore, copyWorld, NOW } from '../world.js';
import { DAY, MINUTE } from '../world/values.js';

const IDLE_ROUNDS = 11;
const SMALL = 100_000;

/** A built store whose clock advances with each update. */
class Store {
  #now = NOW;
  peak = 0;

  /** @param {string} path */
  constructor(path) {
    this.path = path;
  }

  get now() {
    return this.#now;
  }

  /**
   * Runs one update, `laterMs` later, as a whole process; returns ms.
   * @param {number} laterMs
   * @param {string[]} options
   */
  update(laterMs, ...options) {
    this.#now += laterMs;
    const { ms, maxRss = 0 } = runNode(...this.#command(), ...options);
    this.peak = Math.max(this.peak, maxRss);
    return ms;
  }

  /**
   * The same with nothing in the process but rollcall, for times close to a bare Node's.
   * @param {number} laterMs
   */
  updatePlain(laterMs) {
    this.#now += laterMs;
    return runPlain(...this.#command()).ms;
  }

  /** @param {number} count @param {number} laterMs @param {number} round */
  updateChanged(count, laterMs, round) {
    changeContacts(this.path, { count, now: this.#now + laterMs, seed: `${count} ${round}` });
    return this.update(laterMs);
  }

  #command() {
    return [BIN, 'segments:update', '--db', this.path, '--now', new Date(this.#now).toISOString()];
  }
}

/**
 * Updates of a built store, against its full rebuild and against the same at a tenth of the
 * contacts. The clock advances by a quarter of an hour before each, as under cron, unless said
 * otherwise.
 * @param {import('../run.js').Bench} bench
 * @param {string} built made here if it is missing
 * @returns {Promise<import('../line.js').Line[]>}
 */
export async function updates({ folder, contacts, rounds, say }, built) {
  const large = new Store(join(folder, 'large.db'));
  const small = new Store(join(folder, 'small.db'));
  const smaller = Math.min(SMALL, contacts / 10);
  // the figures are meant for 20,000 contacts or more; smaller scales are for trials
  const few = Math.min(1000, smaller / 2);
  const many = 10 * few;
  say('updates: two built stores');
  await startFrom(built, large, contacts);
  await startFrom(undefined, small, smaller);
  say('updates: nothing changed');
  const idle = await interleaved(IDLE_ROUNDS, {
    bare: () => runPlain('-e', '0').ms,
    later: () => large.updatePlain(15 * MINUTE),
  });
  const ms = await interleaved(rounds, {
    thousand: (round) => (
      say('updates: some contacts changed'),
      large.updateChanged(few, 15 * MINUTE, round)
    ),
    thousandOfFew: (round) => small.updateChanged(few, 15 * MINUTE, round),
    tenThousand: (round) => large.updateChanged(many, 15 * MINUTE, round),
    day: () => large.update(DAY),
    full: () => (say('updates: a full rebuild'), large.update(15 * MINUTE, '--full')),
  });
  for (const store of [large, small]) requireMembersByHand(store.path, store.now);
  const stored = bytesPerMembership(large.path);
  for (const { path } of [large, small]) rmSync(path, { force: true });
  return [
    ratioLine('update, nothing changed, clock + 15 minutes', idle.later, {
      to: 'bare node',
      toMs: idle.bare,
      most: 3,
    }),
    ratioLine(`update, ${few.toLocaleString('en')} contacts changed`, ms.thousand, {
      to: 'full rebuild',
      toMs: ms.full,
      most: 1 / 50,
    }),
    ratioLine(`update, ${many.toLocaleString('en')} contacts changed`, ms.tenThousand, {
      to: 'full rebuild',
      toMs: ms.full,
      most: 1 / 8,
    }),
    ratioLine(
      `update, ${few.toLocaleString('en')} changed of ${contacts.toLocaleString('en')}`,
      ms.thousand,
      { to: `of ${smaller.toLocaleString('en')}`, toMs: ms.thousandOfFew, most: 1.5 },
    ),
    ratioLine('update, clock + 1 day, no data changed', ms.day, {
      to: 'full rebuild',
      toMs: ms.full,
      most: 1 / 20,
    }),
    breakEven(contacts, { ...ms, few, many }),
    amountLine('storage of a membership after these updates', stored, 30, 'bytes'),
    amountLine('peak memory of these updates', large.peak / 1024 ** 2, 300, 'MB'),
  ];
}

/**
 * The number of changed contacts from which a full rebuild is cheaper; CONTACTS_A_CANDIDATE in
 * src/segment/update/plan.ts should be near it.
 * @param {number} contacts
 * @param {{ few: number, many: number, thousand: number, tenThousand: number, full: number }}
 * measured
 */
function breakEven(contacts, { few, many, thousand, tenThousand, full }) {
  const msEach = (tenThousand - thousand) / (many - few);
  return noteLine(
    'a full rebuild is as fast as an update',
    `${duration(msEach)} for each contact more that changed: from one in ${(contacts / (full / msEach)).toFixed(0)} on`,
  );
}

/**
 * Brings `store` to the state after the first build.
 * @param {string | undefined} built such a store, when there is one
 * @param {Store} store
 * @param {number} contacts
 */
async function startFrom(built, store, contacts) {
  try {
    if (built !== undefined) return copyStore(built, store.path);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
  }
  await copyWorld(store.path, { contacts });
  store.update(0);
}

import { changeContacts } from './changes.js';
import { runNode } from './measure.js';
import { requireMembersByHand } from './members.js';
import { BIN, rollcall } from './rollcall.js';
import { copyStore, copyWorld, NOW } from './world.js';
import { MINUTE } from './world/values.js';

/** A quarter of an hour, as between two runs of cron. */
export const LATER_MS = 15 * MINUTE;

/** A store whose clock advances with each update. */
export class BuiltStore {
  #now = NOW;
  /** The most memory that an update held. */
  peakBytes = 0;

  /**
   * @param {string} path
   * @param {readonly import('./segments.js').Segment[]} [segments] the hundred
   */
  constructor(path, segments) {
    this.path = path;
    this.segments = segments;
  }

  get now() {
    return this.#now;
  }

  /**
   * Runs one update, `laterMs` later, as a whole process.
   * @param {number} laterMs
   * @param {string[]} options
   */
  async update(laterMs, ...options) {
    this.#now += laterMs;
    const now = new Date(this.#now).toISOString();
    const ran = await runNode(BIN, 'segments:update', '--db', this.path, '--now', now, ...options);
    this.peakBytes = Math.max(this.peakBytes, ran.peakBytes);
    return ran;
  }

  /** Nothing changed but the clock. */
  async updateIdle() {
    return this.update(LATER_MS);
  }

  /** @param {number} count of contacts that are changed before @param {number} round */
  async updateChanged(count, round) {
    await this.change({ count, now: this.#now + LATER_MS, seed: `${count} ${round}` });
    return this.update(LATER_MS);
  }

  /** @param {import('./changes.js').ChangeOptions} options */
  async change(options) {
    changeContacts(this.path, options);
  }

  /** Copies the world here, with the segments, unbuilt. @param {number} contacts */
  async begin(contacts) {
    this.#now = NOW;
    await copyWorld(this.path, { contacts }, this.segments);
  }

  /** Continues from a store of the same segments after its first build. @param {string} built */
  continueFrom(built) {
    copyStore(built, this.path);
  }

  /** Throws where the members are not those that SQL by hand finds. */
  requireMembers() {
    requireMembersByHand(this.path, this.#now, this.segments);
  }

  /** The same of segments that nobody has written by hand: by `segments:verify`. */
  verify() {
    rollcall('segments:verify', '--db', this.path, '--now', new Date(this.#now).toISOString());
  }
}

/** A bare Node, with what measures it. */
export async function runBare() {
  return runNode('-e', '0');
}

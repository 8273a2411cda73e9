import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { KINDS } from './deaths.js';
import { JOBS } from './jobs.js';
import { Stage } from './stage.js';
import { copyStore } from './state.js';
import { DAY_MS, START } from './world.js';

const CLOCK_STEPS = [15 * 60_000, 15 * 60_000, 3_600_000, DAY_MS, 3 * DAY_MS, 8 * DAY_MS];

/**
 * @typedef {object} Told one way in which a command was stopped, and what it left
 * @property {string} job
 * @property {string} kind of death
 * @property {string} label
 * @property {string} end exit code or signal
 * @property {import('./verdict.js').Left} left
 * @property {boolean} watched
 * @property {readonly string[]} problems
 *
 * @typedef {object} LifeOptions
 * @property {import('./random.js').Random} random
 * @property {string} world a store to begin with
 * @property {number} contacts in it
 * @property {string} folder for this life
 * @property {readonly string[]} jobs what is done, by name
 * @property {number} attempts how often each is stopped and then done
 * @property {readonly string[]} [kinds] of deaths
 * @property {readonly number[]} [inARow] how many deaths, one after the other
 * @property {(told: Told) => void} tell
 */

/**
 * The life of a store to which the same happens as to a twin, but that each command on it is
 * stopped, in this way and that, before it comes to its end. After each it must be what the twin
 * is, which is spared all of this and builds every segment in full.
 * @param {LifeOptions} options
 */
export async function liveTwice(options) {
  const { random, world, contacts, folder, jobs, tell } = options;
  mkdirSync(folder, { recursive: true });
  const stores = {
    subject: join(folder, 'crm.db'),
    twin: join(folder, 'twin.db'),
    probe: join(folder, 'probe.db'),
    saved: join(folder, 'saved.db'),
  };
  for (const db of [stores.subject, stores.twin]) copyStore(world, db);
  let now = START;
  for (const name of jobs) {
    now += random.pick(CLOCK_STEPS);
    const make = JOBS[name];
    if (make === undefined) throw new Error(`no job is called ${name}`);
    const job = make({ random, folder, contacts, now });
    const stage = new Stage({ ...options, kinds: options.kinds ?? KINDS }, stores, job, now);
    await stage.prepare();
    for (let attempt = 0; attempt < options.attempts; attempt += 1)
      for (const told of await stage.attempt()) tell({ ...told, job: name });
  }
}

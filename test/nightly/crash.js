#!/usr/bin/env node
/**
 * Stops commands in all kinds of ways, hundreds of times, and looks at what they leave:
 * `node test/nightly/crash.js [--rounds N] [--seed N] [--contacts N] [--only JOB] [--by WAY]`.
 * Prints the seed first, then each way that left something wrong; ends with 1 when there was one.
 * The same seed goes the same way again, but for when signals fall.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { meet } from './crash/crowd.js';
import { KINDS } from './crash/deaths.js';
import { figuresOf } from './crash/figures.js';
import { JOBS } from './crash/jobs.js';
import { liveTwice } from './crash/life.js';
import { hasOlder } from './crash/older-store.js';
import { seeded } from './crash/random.js';
import { makeStores, migrateStores } from './crash/whole.js';
import { makeWorld } from './crash/world.js';

const JOBS_A_LIFE = 8;
const ATTEMPTS = 4;
const MOST_SHOWN = 6;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '600' },
    seed: { type: 'string', default: String(Math.trunc(Math.random() * 2 ** 31)) },
    contacts: { type: 'string', default: '3000' },
    only: { type: 'string' },
    by: { type: 'string', default: '' },
  },
});
const [rounds, seed, contacts] = [
  Number(values.rounds),
  Number(values.seed),
  Number(values.contacts),
];
const kinds = KINDS.filter((kind) => kind.includes(values.by));
const names = Object.keys(JOBS).filter(
  (name) => values.only === undefined || name.includes(values.only),
);
console.log(
  `seed ${seed}: ${rounds} rounds on a store of ${contacts} contacts; ` +
    `ways to be stopped: ${kinds.join(', ')}${hasOlder ? '' : '; no older store to migrate'}`,
);

/** @type {import('./crash/life.js').Told[]} */
const all = [];
const root = mkdtempSync(join(existsSync('/var/tmp') ? '/var/tmp' : tmpdir(), 'rollcall-crash-'));
const random = seeded(seed);
const world = await makeWorld(root, contacts, random);
for (let life = 0; all.length < rounds; life += 1) {
  const jobs = Array.from({ length: JOBS_A_LIFE }, () => random.pick(names));
  const folder = join(root, `life-${life}`);
  await liveTwice({ random, world, contacts, folder, jobs, attempts: ATTEMPTS, kinds, tell });
  rmSync(folder, { recursive: true });
  if (values.only === undefined) await besides(join(root, `besides-${life}`));
  console.log(`${all.length} rounds`);
}
rmSync(root, { recursive: true });
console.log(figuresOf(all));
const wrong = all.filter(({ problems }) => problems.length > 0).length;
console.log(
  wrong === 0 ? 'nothing was lost, half done or seen half done' : `${wrong} left something wrong`,
);
process.exitCode = wrong === 0 ? 0 : 1;

/**
 * What is not a command in the life of a store: its making, its migration, and many commands at
 * once.
 * @param {string} folder
 */
async function besides(folder) {
  await makeStores({ random, folder, attempts: ATTEMPTS, kinds, tell });
  if (hasOlder) await migrateStores({ random, folder, attempts: ATTEMPTS, kinds, contacts, tell });
  for (const killOne of [false, true])
    await meet({ random, world, contacts, folder, killOne, tell });
}

/** @param {import('./crash/life.js').Told} told */
function tell(told) {
  all.push(told);
  const { job, label, end, left, watched, problems } = told;
  if (problems.length === 0) return;
  const round = `${job}, ${label}${watched ? ', watched' : ''}`;
  const shown = problems.slice(0, MOST_SHOWN).map((problem) => `\n  ${problem}`);
  console.log(`WRONG ${round}: ended with ${end}, left ${left}${shown.join('')}`);
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './program.js';

export const DAY_MS = 86_400_000;
export const START = Date.parse('2026-03-01T10:00:00Z');

const COUNTRIES = ['FR', 'BE', 'DE', 'US', ''];
const PLANS = ['free', 'pro', 'team', ''];
const TYPES = ['page.hit', 'page.hit', 'purchase', 'form.submit'];

/** Segments that hang on every kind of thing, on the clock, and on each other. */
export const SEGMENTS = {
  hot: 'points >= 50 and country in ("FR", "BE")',
  recent: 'did page.hit in last 7 days',
  payers: 'plan in ("pro", "team") or sum(purchase.value in last 1 month) >= 30',
  tagged: 'tagged "vip" and not suppressed(email)',
  big: 'company.name starts with "company 1" or points > 90',
  nested: 'in segment hot and not in segment payers',
  fresh: 'joined segment recent in last 2 days',
  sleepers: 'not did page.hit in last 30 days and email is not empty',
};

/**
 * The row of one contact in a file to import.
 * @param {import('./random.js').Random} random
 * @param {number} number
 * @returns {string}
 */
export function contactRow(random, number) {
  const tags = random.chance(0.2) ? random.pick(['vip', 'lead', 'vip|lead', '-vip']) : '';
  return [
    `c${number}@example.org`,
    `Name ${random.int(1000)}`,
    random.int(100),
    random.pick(COUNTRIES),
    random.pick(PLANS),
    tags,
    random.chance(0.5) ? `company ${random.int(40)}` : '',
  ].join(',');
}

/**
 * A file of contacts.
 * @param {readonly string[]} rows
 * @returns {string}
 */
export function contactsFile(rows) {
  return ['email,first_name,points,country,plan,tags,company', ...rows, ''].join('\n');
}

/**
 * A file of events around an instant, of the first so many contacts; some have an id of their own.
 * @param {import('./random.js').Random} random
 * @param {{ readonly count: number, readonly contacts: number, readonly now: number }} options
 * @returns {string}
 */
export function eventsFile(random, { count, contacts, now }) {
  const rows = Array.from({ length: count }, () => {
    const at = new Date(now - random.int(40 * DAY_MS) + 2 * DAY_MS).toISOString();
    return [
      `c${random.int(contacts)}@example.org`,
      random.pick(TYPES),
      `/page/${random.int(20)}`,
      random.int(40),
      at,
      random.chance(0.5) ? `e${random.int(10 * count)}` : '',
    ].join(',');
  });
  return ['email,type,subject,value,occurred_at,id', ...rows, ''].join('\n');
}

/**
 * Makes a store of so many contacts and twice as many events in `folder`, its segments up to date;
 * gives its path.
 * @param {string} folder
 * @param {number} contacts
 * @param {import('./random.js').Random} random
 * @returns {Promise<string>}
 */
export async function makeWorld(folder, contacts, random) {
  const db = join(folder, 'world.db');
  /** @param {...string} args */
  const run = async (...args) => {
    const { status, stderr } = await runProgram(
      { args: ['--now', String(new Date(START).toISOString()), ...args] },
      { db, cwd: folder },
    );
    if (status !== 0) throw new Error(`rollcall ${args.join(' ')} ended with ${status}: ${stderr}`);
  };
  writeFileSync(
    join(folder, 'contacts.csv'),
    contactsFile(Array.from({ length: contacts }, (_, number) => contactRow(random, number))),
  );
  writeFileSync(
    join(folder, 'events.csv'),
    eventsFile(random, { count: 2 * contacts, contacts, now: START }),
  );
  await run('init');
  await run('fields:create', 'plan', '--type', 'select', '--options', 'free,pro,team');
  await run('contacts:import', 'contacts.csv');
  await run('events:import', 'events.csv');
  await run('segments:create', 'List');
  for (const [name, where] of Object.entries(SEGMENTS))
    await run('segments:create', name, '--where', where);
  await run('segments:add', 'list', 'c1@example.org', 'c2@example.org');
  await run('segments:add', 'hot', 'c3@example.org', 'c4@example.org');
  await run('segments:remove', 'recent', 'c5@example.org');
  await run('segments:update');
  return db;
}

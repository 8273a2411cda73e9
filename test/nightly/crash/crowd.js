import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { runProgram } from './program.js';
import { problemsOf } from './soundness.js';
import { copyStore, lookingAtCopy, stateOf } from './state.js';
import { differences } from './verdict.js';
import { watch } from './watching.js';
import { contactRow, contactsFile, START } from './world.js';

/*
 * Commands that meet on one store: an import, updates, and exports, at the same time; one of them
 * may be killed.
 */

/**
 * Only filters that hang on no other segment are old or new as a whole while contacts change
 * between two segments of one run.
 */
const NESTED = ['nested', 'fresh'];
const EXPORTED = 'hot';
const CLOCK = ['--now', new Date(START + 900_000).toISOString()];
const UPDATE = ['segments:update'];
const COMMANDS = {
  'an import': ['contacts:import', 'contacts.csv'],
  'an update': UPDATE,
  'an update that skips': [...UPDATE, '--if-locked', 'skip'],
  'an update that waits': [...UPDATE, '--if-locked', 'wait=60'],
  'an export of a segment': ['segments:export', EXPORTED, '-o', 'segment.csv'],
  'an export of all': ['contacts:export', '-o', 'contacts-out.csv'],
};
/** What each may end with; a reader waits for nobody, a writer at most ten seconds. */
const ENDS = {
  'an import': [0, 75],
  'an update': [0, 75],
  'an update that skips': [0, 75],
  'an update that waits': [0, 75],
  'an export of a segment': [0],
  'an export of all': [0],
};
const LOCKED = 75;

/**
 * @typedef {object} CrowdOptions
 * @property {import('./random.js').Random} random
 * @property {string} world
 * @property {number} contacts
 * @property {string} folder
 * @property {boolean} killOne
 * @property {(told: import('./life.js').Told) => void} tell
 */

/**
 * Lets all commands loose at once. Each must end as its documentation says, each output be of one
 * instant, every reader see a segment's old members or its new ones; and once the work was done in
 * turn, the store must be what it is without the crowd.
 * @param {CrowdOptions} options
 */
export async function meet({ random, world, contacts, folder, killOne, tell }) {
  mkdirSync(folder, { recursive: true });
  const [db, twin] = [join(folder, 'crm.db'), join(folder, 'twin.db')];
  /** @type {Run} */
  const run = async (path, args, kill) =>
    runProgram({ args: [...CLOCK, ...args] }, { db: path, cwd: folder, kill });
  const rows = Array.from({ length: Math.ceil(contacts / 3) }, () =>
    contactRow(random, random.int(contacts + 50)),
  );
  writeFileSync(join(folder, 'contacts.csv'), contactsFile(rows));
  copyStore(world, db);
  for (const alias of NESTED.toReversed()) await run(db, ['segments:delete', alias, '--yes']);
  await run(db, UPDATE);
  copyStore(db, twin);
  const sides = { before: await sideOf(twin, folder, run), after: await inTurn(twin, folder, run) };

  const victim = killOne ? random.pick(Object.keys(COMMANDS)) : undefined;
  const { ended, sightings } = await letLoose(db, run, { victim, random });
  const problems = [
    ...ended.flatMap((each) =>
      each.signal === 'SIGKILL' && each.name === victim ? [] : wrongEnd(each),
    ),
    ...sightings.flatMap((sighting) => wrongSight(sighting, sides)),
    ...outputsIn(folder, ended, sides),
    ...lookingAtCopy(db, (copy) => problemsOf(copy)),
    ...(await wrongWhenDoneInTurn(db, run, sides.after)),
  ];
  tell(toldOf(ended, victim, problems));
  rmSync(folder, { recursive: true });
}

/**
 * @typedef {import('./program.js').Ended & { readonly name: string }} EndedByName
 * @typedef {import('./program.js').Ended} Ended
 * @typedef {import('./program.js').Surroundings['kill']} Kill
 * @typedef {(path: string, args: readonly string[], kill?: Kill) => Promise<Ended>} Run
 */

/**
 * All commands at once, watched by a reader.
 * @param {string} db
 * @param {Run} run
 * @param {object} fate
 * @param {string | undefined} fate.victim
 * @param {import('./random.js').Random} fate.random
 */
async function letLoose(db, run, { victim, random }) {
  const watcher = await watch(db, false);
  const killed = () => /** @type {const} */ ({ signal: 'SIGKILL', afterMs: 100 + random.int(400) });
  const ended = await Promise.all(
    Object.entries(COMMANDS).map(async ([name, args]) => ({
      name,
      ...(await run(db, args, name === victim ? killed() : undefined)),
    })),
  );
  return { ended, sightings: await watcher.end() };
}

/**
 * What is wrong once the import and the update have also run by themselves.
 * @param {string} db
 * @param {Run} run
 * @param {Side} after
 */
async function wrongWhenDoneInTurn(db, run, after) {
  const problems = [];
  for (const args of [COMMANDS['an import'], UPDATE]) {
    const { status, stderr } = await run(db, args);
    if (status !== 0)
      problems.push(`${args.join(' ')} ended with ${String(status)} when it was alone: ${stderr}`);
  }
  return [
    ...problems,
    ...differences(lookingAtCopy(db, stateOf), after.state),
    ...lookingAtCopy(db, (copy) => problemsOf(copy, { settled: true })),
  ];
}

/**
 * @param {readonly EndedByName[]} ended
 * @param {string | undefined} victim
 * @param {readonly string[]} problems
 * @returns {import('./life.js').Told}
 */
function toldOf(ended, victim, problems) {
  return {
    job: 'all at once',
    kind: victim === undefined ? 'each other' : 'each other and SIGKILL',
    label: ended
      .map(({ name, status, signal }) => `${name} ${signal ?? String(status)}`)
      .join(', '),
    end: ended.some(({ status }) => status === LOCKED) ? 'one was locked out' : 'all done',
    left: 'after',
    watched: true,
    problems,
  };
}

/**
 * What a store is at one side of the crowd, and what its exports say there.
 * @typedef {object} Side
 * @property {import('./state.js').State} state
 * @property {string} segment
 * @property {string} contacts
 *
 * @param {string} db
 * @param {string} folder
 * @param {Run} run
 * @returns {Promise<Side>}
 */
async function sideOf(db, folder, run) {
  for (const name of /** @type {const} */ (['an export of a segment', 'an export of all'])) {
    const { status, stderr } = await run(db, COMMANDS[name]);
    if (status !== 0) throw new Error(`${name} ended with ${String(status)}: ${stderr}`);
  }
  const side = {
    state: lookingAtCopy(db, stateOf),
    segment: readFileSync(join(folder, 'segment.csv'), 'utf8'),
    contacts: readFileSync(join(folder, 'contacts-out.csv'), 'utf8'),
  };
  for (const name of ['segment.csv', 'contacts-out.csv']) rmSync(join(folder, name));
  return side;
}

/**
 * @param {string} twin
 * @param {string} folder
 * @param {Run} run
 * @returns {Promise<Side>}
 */
async function inTurn(twin, folder, run) {
  await run(twin, COMMANDS['an import']);
  const db = new Sqlite(twin);
  db.prepare('update segments set fingerprint = null').run(); // built in full
  db.close();
  await run(twin, UPDATE);
  return sideOf(twin, folder, run);
}

/** @param {EndedByName} ended */
function wrongEnd({ name, status, stderr }) {
  const allowed = /** @type {Readonly<Record<string, readonly number[]>>} */ (ENDS)[name] ?? [];
  if (status === null || !allowed.includes(status))
    return [`${name} ended with ${String(status)}: ${stderr}`];
  return status === LOCKED && !/^error: .+\nhint: .+\n$/.test(stderr)
    ? [`${name} said: ${stderr}`]
    : [];
}

/**
 * @param {import('./watching.js').Sighting} sighting
 * @param {{ readonly before: Side, readonly after: Side }} sides
 */
function wrongSight({ view, problems }, { before, after }) {
  const strange = view.filter(([name, value]) =>
    [before, after].every(({ state }) => state.get(name)?.startsWith(value) !== true),
  );
  return [...problems, ...strange.map(([name]) => `half of ${name}`)].map(
    (problem) => `a reader saw ${problem}`,
  );
}

/**
 * Each output is of before or of after; an export of all contacts has nothing between.
 * @param {string} folder
 * @param {readonly EndedByName[]} ended
 * @param {{ readonly before: Side, readonly after: Side }} sides
 */
function outputsIn(folder, ended, { before, after }) {
  const done = (/** @type {string} */ name) =>
    ended.some((each) => each.name === name && each.status === 0);
  const read = (/** @type {string} */ name) => readFileSync(join(folder, name), 'utf8');
  const problems = [];
  if (
    done('an export of all') &&
    ![before.contacts, after.contacts].includes(read('contacts-out.csv'))
  )
    problems.push('the export of all contacts is of no one instant');
  if (
    done('an export of a segment') &&
    !isOfOneInstant(
      emailsOf(read('segment.csv')),
      [before, after].map((side) => emailsOf(side.segment)),
    )
  )
    problems.push('the export of the segment has neither the old members nor the new ones');
  return problems;
}

/**
 * @param {string} emails
 * @param {readonly string[]} sides
 */
function isOfOneInstant(emails, sides) {
  return sides.includes(emails);
}

/**
 * The members that an export shows; their other cells change with the import, before the segment
 * does.
 * @param {string} csv
 */
function emailsOf(csv) {
  const [head = '', ...rows] = csv.trimEnd().split('\n');
  const column = head.split(',').indexOf('email');
  return rows.map((row) => row.split(',')[column]).join('\n');
}

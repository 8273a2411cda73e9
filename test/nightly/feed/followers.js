import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { runProgram } from '../crash/program.js';

/*
 * Commands that write to one store, several at once, and those who follow its feed: a shell pipeline,
 * a reader with a file for its cursor, and the command of --on-change. Any of them may be killed.
 */

const BIN = new URL('../../../bin/rollcall.js', import.meta.url).pathname;
const FOLLOW = new URL('../../../fixtures/follow-members.sh', import.meta.url).pathname;
const START = Date.parse('2026-03-01T10:00:00Z');
const PEOPLE = 40;
const AT_ONCE = 3;
/** Within it most commands are at work or done. */
const LIFE_MS = 900;
const KILLED = 'SIGKILL';

/**
 * @typedef {import('../crash/random.js').Random} Random
 * @typedef {{ readonly db: string, readonly folder: string, readonly random: Random }} World
 */

/**
 * A store with people, a dynamic segment and a static one.
 * @param {string} folder
 * @param {Random} random
 * @returns {Promise<World>}
 */
export async function makeFollowed(folder, random) {
  mkdirSync(folder, { recursive: true });
  const world = { db: join(folder, 'crm.db'), folder, random };
  writeFileSync(join(folder, 'people.csv'), peopleFile(random));
  for (const args of [
    ['init'],
    ['contacts:import', 'people.csv'],
    ['segments:create', 'Hot', '--where', 'points >= 50'],
    ['segments:create', 'Hand'],
    ['segments:update'],
  ])
    await expectDone(world, 0, args);
  return world;
}

/** @param {Random} random */
function peopleFile(random) {
  const rows = Array.from({ length: PEOPLE }, (_, number) => `p${number}@x.org,${random.int(100)}`);
  return ['email,points', ...rows, ''].join('\n');
}

/**
 * Plays so many rounds: commands at once, followers meanwhile, some of them killed; after each one
 * the followers catch up and must have the members. Gives what was wrong.
 * @param {World} world
 * @param {number} rounds
 * @returns {Promise<string[]>}
 */
export async function playRounds(world, rounds) {
  /** @type {string[]} */
  let told = [];
  for (let round = 0; round < rounds; round += 1) {
    await meet(world, round);
    const wrong = [...(await catchUp(world, round)), ...compare(world)];
    const now = await linesSince(world, round, ['--since', 'start']);
    if (JSON.stringify(now.slice(0, told.length)) !== JSON.stringify(told))
      wrong.push('what was told before is told otherwise');
    told = now;
    if (wrong.length > 0) return wrong.map((problem) => `round ${round}: ${problem}`);
  }
  return [];
}

/**
 * @param {World} world
 * @param {number} round
 */
async function meet(world, round) {
  const { random } = world;
  const writers = Array.from({ length: AT_ONCE }, async () =>
    run(world, round, someCommand(world), random.chance(0.4)),
  );
  const readers = [follow(world, round, random.chance(0.6)), read(world, round)];
  await Promise.all([...writers, ...readers]);
}

/** @param {World} world */
function someCommand({ random, folder }) {
  const person = () => `p${random.int(PEOPLE)}@x.org`;
  const file = join(folder, `again-${random.int(1e9)}.csv`);
  const write = () => {
    writeFileSync(file, peopleFile(random));
    return file;
  };
  return random.pick([
    () => ['segments:update'],
    () => ['segments:update', '--on-change', `${FOLLOW} hook.db`],
    () => ['contacts:edit', person(), '--set', `points=${random.int(100)}`],
    () => ['contacts:delete', person(), '--yes'],
    () => ['contacts:import', write(), '--update'],
    () => ['segments:import', 'hand', write()],
    () => ['segments:import', 'hand', write(), '--mirror', '--yes'],
    () => ['segments:add', 'hand', person(), person(), '--override-removals'],
    () => ['segments:remove', 'hand', person(), person()],
    () => ['segments:add', 'hot', person()],
    () => ['segments:remove', 'hot', person()],
    () => ['segments:unpin', 'hot', person()],
    () => ['segments:delete', 'hand', '--yes'],
    () => ['segments:restore', 'hand'],
    () => ['segments:clear', 'hand', '--yes'],
    () => ['imports:undo', 'last', '--yes'],
  ])();
}

/**
 * @param {World} world
 * @param {number} round
 * @param {readonly string[]} args
 * @param {boolean} isKilled
 */
async function run({ db, folder, random }, round, args, isKilled) {
  const kill = isKilled
    ? /** @type {const} */ ({ signal: KILLED, afterMs: random.int(LIFE_MS) })
    : undefined;
  return runProgram({ args: [...clock(round), ...args] }, { db, cwd: folder, kill });
}

/** @param {number} round */
function clock(round) {
  return ['--now', new Date(START + round * 60_000).toISOString()];
}

/**
 * The pipeline of the shell, with all its processes killed after a while or not.
 * @param {World} world
 * @param {number} round
 * @param {boolean} isKilled
 */
async function follow({ db, folder, random }, round, isKilled) {
  const words = [FOLLOW, 'copy.db', process.execPath, BIN, ...clock(round)];
  const child = spawn('sh', [...words, 'segments:changes', '--db', db], {
    ...{ cwd: folder, stdio: 'ignore', detached: true },
  });
  const { pid } = child;
  const kill = () => {
    if (pid !== undefined && child.exitCode === null) process.kill(-pid, KILLED);
  };
  const timer = isKilled ? setTimeout(kill, random.int(LIFE_MS)) : undefined;
  const [status] = await once(child, 'exit');
  clearTimeout(timer);
  return Number(status);
}

/**
 * A reader with a file for its cursor that is killed; whatever it saw must come again.
 * @param {World} world
 * @param {number} round
 */
async function read(world, round) {
  const args = ['segments:changes', '--cursor-file', 'reader.cursor'];
  const cursor = join(world.folder, 'reader.cursor');
  const before = readIfThere(cursor);
  const { stdout } = await run(world, round, args, true);
  if (readIfThere(cursor) !== before) return; // it had come to its end
  const seen = stdout.slice(0, stdout.lastIndexOf('\n') + 1);
  writeFileSync(join(world.folder, 'seen'), seen);
}

/**
 * @param {World} world
 * @param {number} round
 */
async function catchUp(world, round) {
  const { folder } = world;
  const wrong = [];
  const seen = stripped(readIfThere(join(folder, 'seen')));
  const again = await linesSince(world, round, ['--cursor-file', 'reader.cursor']);
  const cut = seen.filter((line) => line.includes('"change"'));
  if (JSON.stringify(again.slice(0, cut.length)) !== JSON.stringify(cut))
    wrong.push('what a killed reader had seen does not come again');
  writeFileSync(join(folder, 'seen'), '');
  if ((await follow(world, round, false)) !== 0) wrong.push('the pipeline failed');
  await expectDone(world, round, ['segments:update', '--on-change', `${FOLLOW} hook.db`]);
  if ((await follow(world, round, false)) !== 0) wrong.push('the pipeline failed');
  return wrong;
}

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/**
 * The changes, without what is looked up as they are read.
 * @param {World} world
 * @param {number} round
 * @param {readonly string[]} since
 */
async function linesSince(world, round, since) {
  const text = await expectDone(world, round, ['segments:changes', ...since]);
  return stripped(text).filter((line) => line.includes('"change"'));
}

/** @param {string} text */
function stripped(text) {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.stringify({ ...JSON.parse(line), email: null, segment: null }));
}

/**
 * @param {World} world
 * @param {number} round
 * @param {readonly string[]} args
 */
async function expectDone(world, round, args) {
  const { status, stdout, stderr } = await run(world, round, args, false);
  if (status !== 0)
    throw new Error(`rollcall ${args.join(' ')} ended with ${String(status)}: ${stderr}`);
  return stdout;
}

/**
 * Whether both copies have the members that the store has.
 * @param {World} world
 */
function compare({ folder, db }) {
  const members = pairs(db, 'select segment_id, contact_id from joined order by 1, 2');
  return ['copy.db', 'hook.db'].flatMap((name) => {
    const copied = pairs(
      join(folder, name),
      'select segment_id, contact_id from members order by 1, 2',
    );
    return copied === members ? [] : [`${name} has ${copied}, not ${members}`];
  });
}

/**
 * @param {string} path
 * @param {string} query
 */
function pairs(path, query) {
  const db = new Sqlite(path, { readonly: true });
  try {
    return JSON.stringify(db.prepare(query).raw().all());
  } finally {
    db.close();
  }
}

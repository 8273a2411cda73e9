import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chooseDeath, KINDS } from './deaths.js';
import { contentsOf, lossesOf, makeOlder, NEWEST, versionOf } from './older-store.js';
import { runProgram } from './program.js';
import { copyStore, lookingAtCopy } from './state.js';
import { measure } from './strace.js';

/*
 * Commands that make files whole or not at all: a new store, and the backup that a migration
 * leaves.
 */

/**
 * @typedef {object} WholeOptions
 * @property {import('./random.js').Random} random
 * @property {string} folder
 * @property {number} attempts
 * @property {readonly string[]} [kinds]
 * @property {(told: import('./life.js').Told) => void} tell
 */

/**
 * Makes a store, stopped on the way: it must stand there whole or not at all, and the next `init`
 * must make it.
 * @param {WholeOptions} options
 */
export async function makeStores(options) {
  const db = join(options.folder, 'crm.db');
  const init = { args: ['init'] };
  await stopping(
    options,
    init,
    db,
    () => rmSync(options.folder, { recursive: true, force: true }),
    async (status) => {
      const left = existsSync(db) ? 'after' : 'before';
      const problems = [
        ...(existsSync(db) ? damageOf(db) : []),
        ...(status === 0 && left === 'before' ? ['it ended with 0, and there is no store'] : []),
        ...strangers(options.folder, /^crm\.db(-wal|-shm|\.lock|\.new-.*)?$/),
      ];
      const { status: then, stderr } = await runProgram(init, { db, cwd: options.folder });
      return {
        left,
        problems: [
          ...problems,
          ...(then === 0 ? damageOf(db) : [`the next init ended with ${String(then)}: ${stderr}`]),
        ],
      };
    },
  );
}

/** The second in which a backup was made is in its name; another one in it is refused (73). */
const TAKEN = 73;

/** @type {typeof runProgram} */
async function runInNextSecond(args, options) {
  let ran = await runProgram(args, options);
  while (ran.status === TAKEN) ran = await runProgram(args, options);
  return ran;
}

/**
 * Migrates a store of the first version, stopped on the way: it must be of the old version or the
 * new one with all that was in it, a backup that has its name must be whole, and the next
 * `db:migrate` must end right.
 * @param {WholeOptions & { readonly contacts: number }} options
 */
export async function migrateStores(options) {
  const db = join(options.folder, 'crm.db');
  const older = `${options.folder}-older.db`;
  makeOlder(older, options.contacts);
  const wanted = contentsOf(older);
  const migrate = { args: ['db:migrate'] };
  const begin = () => {
    rmSync(options.folder, { recursive: true, force: true });
    mkdirSync(options.folder, { recursive: true });
    copyStore(older, db);
  };
  await stopping(options, migrate, db, begin, async (status) => {
    const version = versionOf(db);
    const wrong = () => [
      ...damageOf(db),
      ...lossesOf(contentsOf(db), wanted),
      ...backupsIn(options.folder).flatMap((backup) =>
        [...damageOf(backup), ...lossesOf(contentsOf(backup), wanted)].map(
          (problem) => `backup: ${problem}`,
        ),
      ),
    ];
    const problems = [
      ...wrong(),
      ...(version === 1 || version === NEWEST ? [] : [`it has version ${version}`]),
      ...(status === 0 && version === 1 ? ['it ended with 0, and nothing was migrated'] : []),
      ...strangers(
        options.folder,
        /^crm\.db(-wal|-shm|\.lock|\.backup-v1-\d{8}T\d{6}Z(\.new-.*)?)?$/,
      ),
    ];
    const { status: then, stderr } = await runInNextSecond(migrate, { db, cwd: options.folder });
    return {
      left: version === 1 ? 'before' : 'after',
      problems: [
        ...problems,
        ...(then === 0 && versionOf(db) === NEWEST
          ? wrong()
          : [`the next db:migrate ended with ${String(then)}: ${stderr}`]),
      ],
    };
  });
  rmSync(older);
}

/**
 * @param {WholeOptions} options
 * @param {import('./program.js').Invocation} invocation
 * @param {string} db
 * @param {() => void} begin
 * @param {(status: number | null) => Promise<{ readonly left: import('./verdict.js').Left,
 * readonly problems: readonly string[] }>} look
 */
async function stopping(
  { random, folder, attempts, kinds = KINDS, tell },
  invocation,
  db,
  begin,
  look,
) {
  const at = { db, cwd: folder, anyFile: true };
  const start = () => {
    begin();
    mkdirSync(folder, { recursive: true });
  };
  start();
  const measured = await measure(invocation, at);
  const able = kinds.filter((kind) => kind !== 'read-only disk');
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    start();
    const death = chooseDeath(random, measured, random.pick(able));
    const { status, signal, stderr } = await death.run(invocation, at);
    for (const name of ['calls.txt', 'trace.txt', 'disk', 'back'])
      rmSync(join(folder, name), { recursive: true, force: true });
    const { left, problems } = await look(status);
    const told =
      status === 0 || signal !== null || (status === 74 && /^error: .+\nhint: .+\n$/.test(stderr))
        ? []
        : [`it ended with ${String(status)}: ${stderr}`];
    tell({
      job: invocation.args.join(' '),
      kind: death.kind,
      label: death.label,
      end: signal ?? String(status),
      left,
      watched: false,
      problems: [...told, ...problems],
    });
  }
  rmSync(folder, { recursive: true });
}

/** @param {string} path */
function damageOf(path) {
  const found = lookingAtCopy(path, (db) => String(db.pragma('integrity_check', { simple: true })));
  return found === 'ok' ? [] : [found];
}

/** @param {string} folder */
function backupsIn(folder) {
  return readdirSync(folder)
    .filter((name) => /\.backup-v\d+-\w+$/.test(name))
    .map((name) => join(folder, name));
}

/**
 * @param {string} folder
 * @param {RegExp} known
 */
function strangers(folder, known) {
  return readdirSync(folder)
    .filter((name) => !known.test(name))
    .map((name) => `it left ${name}`);
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contactRow, contactsFile, eventsFile, SEGMENTS } from './world.js';

/**
 * A command to be killed. Done twice it is done once, so that it can be tried again until it
 * succeeds.
 * @typedef {object} Job
 * @property {string} name
 * @property {readonly string[]} args
 * @property {string} [stdin] a file
 * @property {(db: import('better-sqlite3').Database) => void} [before] what somebody does to the
 * store beforehand, with SQL
 * @property {readonly string[]} [first] a command that is done beforehand, to its end
 * @property {boolean} [untidy] what was done beforehand leaves something over that only an update
 * takes along
 * @property {number} [again] the exit code of doing it again, when that is not the first one
 * @property {boolean} [inParts] each segment is done or not by itself; otherwise all is done, or
 * nothing
 * @property {string} [output] the file that it writes
 *
 * @typedef {object} Scene
 * @property {import('./random.js').Random} random
 * @property {string} folder for input files
 * @property {number} contacts how many the world began with
 * @property {number} now
 *
 * @typedef {(scene: Scene) => Job} JobMaker
 */

const ZONES = ['UTC', 'Europe/Paris', 'America/St_Johns', 'Pacific/Apia'];
const DYNAMIC = Object.keys(SEGMENTS);
const BULK_SHARE = 0.4;
const OVERRIDING = '--override-removals';

/** @type {Readonly<Record<string, JobMaker>>} */
export const JOBS = {
  'import of contacts': (scene) =>
    contactsJob(scene, { count: 20 + scene.random.int(60), more: ['--segment', 'list'] }),
  'import of many contacts': (scene) =>
    contactsJob(scene, { count: Math.ceil(scene.contacts * BULK_SHARE), more: [] }),
  'import with rejects': (scene) =>
    contactsJob(scene, {
      count: 50,
      more: [],
      bad: ['not-an-address,,,,,,', 'c1@example.org,,many,,,,'],
    }),
  'import of events': ({ random, folder, contacts, now }) => {
    const file = join(folder, 'events.csv');
    writeFileSync(
      file,
      eventsFile(random, { count: random.pick([40, contacts]), contacts: contacts + 10, now }),
    );
    return { name: 'events:import', args: ['events:import', file, '--create-contacts'] };
  },
  'import of wishes': ({ random, folder, contacts }) => {
    const rows = Array.from({ length: 200 }, () => [
      `c${random.int(contacts + 50)}@example.org`,
      random.pick(['email', 'sms']),
      random.pick(['unsubscribed', 'bounced', 'manual']),
    ]);
    const file = join(folder, 'wishes.csv');
    writeFileSync(file, ['address,channel,reason', ...rows, ''].join('\n'));
    return { name: 'suppressions:import', args: ['suppressions:import', file] };
  },
  'mirror of a file': (scene) => ({
    name: 'segments:import',
    first: membersOf(scene, 'before.csv'),
    args: [...membersOf(scene, 'members.csv'), '--mirror', '--max-shrink', '100%', '--yes'],
  }),
  'undo of an import': (scene) =>
    undo(
      contactsJob(scene, {
        count: 100,
        more: ['--segment', 'list', '--segment', scene.random.pick(DYNAMIC), OVERRIDING],
      }).args,
    ),
  'undo of a mirror': (scene) =>
    undo([...membersOf(scene, 'members.csv'), '--mirror', '--max-shrink', '100%', '--yes']),
  'update as time goes by': () => update(),
  'update after edits': ({ random }) => {
    const everyNth = 10 + random.int(30);
    return update(
      (db) =>
        void db
          .prepare('update contacts set points = (points * 7 + 13) % 101 where id % ? = 0')
          .run(everyNth),
    );
  },
  'update after a bulk change': () =>
    update(
      (db) =>
        void db
          .prepare(
            'update contacts set points = (points * 7 + 13) % 101, country = iif(id % 3 = 0, ?, country)',
          )
          .run('BE'),
    ),
  'update after deletions': () => ({
    ...update((db) => void db.prepare('delete from contacts where id % 97 = 0').run()),
    untidy: true,
  }),
  'first build': ({ random }) => {
    const [alias, like] = [`new-${random.int(1_000_000)}`, random.pick(DYNAMIC)];
    return update(
      (db) =>
        void db
          .prepare(
            `insert into segments (alias, name, kind, filter, created_at, updated_at)
              select ?, ?, kind, filter, created_at, updated_at
              from segments
              where alias = ?`,
          )
          .run(alias, alias, like),
    );
  },
  'conversion to static': ({ random }) => ({
    name: 'segments:convert',
    args: ['segments:convert', random.pick(DYNAMIC), '--to', 'static'],
  }),
  'conversion to dynamic': ({ random }) => ({
    name: 'segments:convert',
    args: [
      'segments:convert',
      random.pick(DYNAMIC),
      '--to',
      'dynamic',
      '--keep',
      random.pick(['drop', 'pin']),
    ],
  }),
  'adding members': (scene) =>
    decision(scene, ['segments:add', scene.random.pick(['list', ...DYNAMIC])], 200),
  'removing members': (scene) =>
    decision(scene, ['segments:remove', scene.random.pick(['list', ...DYNAMIC])], 200),
  'deleting contacts': (scene) => ({
    ...decision(scene, ['contacts:delete', '--yes'], 5),
    again: 3,
  }),
  'a setting': ({ random }) => ({
    name: 'settings:set',
    args: ['settings:set', 'timezone', random.pick(ZONES)],
  }),
  'a field': ({ random }) => ({
    name: 'fields:create',
    args: [
      'fields:create',
      `field_${random.int(1_000_000)}`,
      '--type',
      random.pick(['text', 'number', 'date']),
      ...random.pick([[], ['--index'], ['--unique']]),
    ],
    again: 1,
  }),
  'export of a segment': ({ random, folder }) =>
    exportJob(folder, ['segments:export', random.pick(DYNAMIC)]),
  'export of all contacts': ({ folder }) => exportJob(folder, ['contacts:export']),
};

/**
 * @param {Scene} scene
 * @param {{ readonly count: number, readonly more: readonly string[], readonly bad?:
 * readonly string[] }} options
 * @returns {Job}
 */
function contactsJob({ random, folder, contacts }, { count, more, bad = [] }) {
  const file = join(folder, 'contacts.csv');
  const known = Array.from({ length: count }, () =>
    contactRow(random, random.int(contacts + Math.ceil(count / 5))),
  );
  writeFileSync(file, contactsFile([...known, ...bad]));
  return {
    name: 'contacts:import',
    args: ['contacts:import', file, ...more],
    ...(bad.length === 0 ? {} : { output: `${file}.rejects.csv` }),
  };
}

/**
 * The command that reads a file of members, some of whom are new.
 * @param {Scene} scene
 * @param {string} name of the file
 * @returns {string[]}
 */
function membersOf({ random, folder, contacts }, name) {
  const file = join(folder, name);
  const rows = Array.from({ length: 200 }, () => `c${random.int(contacts + 50)}@example.org`);
  writeFileSync(file, ['email', ...rows, ''].join('\n'));
  return ['segments:import', 'list', file, '--create-contacts'];
}

/**
 * Taking back what that command imported.
 * @param {readonly string[]} first
 * @returns {Job}
 */
function undo(first) {
  return { name: 'imports:undo', first, args: ['imports:undo', 'last', '--yes'], again: 1 };
}

/**
 * @param {Job['before']} [before]
 * @returns {Job}
 */
function update(before) {
  return {
    name: 'segments:update',
    args: ['segments:update'],
    inParts: true,
    ...(before === undefined ? {} : { before }),
  };
}

/**
 * Something done to so many contacts named on standard input, some of whom there are no more.
 * @param {Scene} scene
 * @param {readonly string[]} words
 * @param {number} count
 * @returns {Job}
 */
function decision({ random, folder, contacts }, words, count) {
  const file = join(folder, 'references.txt');
  writeFileSync(
    file,
    Array.from({ length: count }, () => `c${random.int(contacts)}@example.org\n`).join(''),
  );
  return { name: words[0] ?? '', args: [...words, '-'], stdin: file };
}

/**
 * @param {string} folder
 * @param {readonly string[]} args
 * @returns {Job}
 */
function exportJob(folder, args) {
  const output = join(folder, 'out.csv');
  return { name: args[0] ?? '', args: [...args, '-o', output], output };
}

#!/usr/bin/env node
/**
 * Makes the stored fixture of a schema version: `node test/store/versions/make.js`, after
 * `npm run build`, whenever a migration was added. It runs the program as people do and leaves
 * `N.db.gz` beside this file, N being the version. `--program DIR` takes another checkout's, built,
 * for the version of that; `--force` makes again what is there.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import Sqlite from 'better-sqlite3';

const { values } = parseArgs({
  options: {
    program: { type: 'string', default: join(import.meta.dirname, '../../..') },
    force: { type: 'boolean', default: false },
  },
});
const bin = resolve(values.program, 'bin/rollcall.js');
const folder = mkdtempSync(join(tmpdir(), 'rollcall-version-'));
const db = join(folder, 'crm.db');
try {
  rollcall('2026-01-05', 'init');
  rollcall('2026-01-05', 'settings:set', 'timezone', 'Europe/Paris');
  makeFields();
  makeSegments();
  for (let number = 1; number <= 14; number += 1) addContact(number);
  useSegments();
  bySql();
  const raw = new Sqlite(db);
  raw.pragma('journal_mode = delete');
  const version = raw.pragma('user_version', { simple: true });
  raw.close();
  const path = join(import.meta.dirname, `${String(version)}.db.gz`);
  if (existsSync(path) && !values.force)
    throw new Error(
      `${path} is there: what was made by that version stays (--force makes it again)`,
    );
  writeFileSync(path, gzipSync(readFileSync(db), { level: 9 }));
  console.log(path);
} finally {
  rmSync(folder, { recursive: true });
}

/*
 * What commands of every version can do.
 */

function makeFields() {
  const fields = {
    member_no: ['text', '--unique'],
    plan: ['select', '--options', 'free,pro,team', '--index'],
    score: ['number'],
    vip: ['boolean'],
    born: ['date'],
    seen_at: ['datetime'],
    topics: ['multiselect', '--options', 'news,offers,events'],
  };
  for (const [field, [type = '', ...more]] of Object.entries(fields))
    rollcall('2026-01-05', 'fields:create', field, '--type', type, ...more);
  rollcall('2026-01-05', 'fields:create', 'vat', '--object', 'company', '--type', 'text');
  rollcall('2026-01-05', 'companies:add', 'Été & fils', '--set', 'vat=FR1', '--set', 'country=FR');
}

function makeSegments() {
  rollcall('2026-01-05', 'segments:create', 'List');
  rollcall('2026-01-05', 'segments:create', 'Rich', '--where', 'points >= 50');
  rollcall('2026-01-05', 'segments:create', 'Buyers', '--where', 'did purchase in last 30 days');
  rollcall(
    '2026-01-05',
    'segments:create',
    'Both',
    '--where',
    'in segment rich and tags has any ("beta") or plan = "team"',
  );
}

/** Members put in and taken out by hand, updates, and changes of contacts and of a filter. */
function useSegments() {
  const list = Array.from({ length: 6 }, (_, index) => address(index + 1));
  rollcall('2026-01-06', 'segments:add', 'list', ...list);
  rollcall('2026-01-06', 'segments:update');
  rollcall('2026-01-07', 'segments:remove', 'list', address(2));
  rollcall('2026-01-07', 'segments:add', 'rich', address(1), '--reason', 'met at the fair');
  rollcall('2026-01-07', 'segments:remove', 'rich', address(14));
  rollcall('2026-01-08', 'contacts:edit', address(9), '--set', 'points=10');
  rollcall('2026-01-08', 'segments:update');
  rollcall(
    '2026-01-08',
    'segments:create',
    'Draft',
    '--where',
    'city is not empty',
    '--unpublished',
  );
  rollcall('2026-01-09', 'segments:edit', 'rich', '--where', 'points >= 60');
  rollcall('2026-02-20', 'segments:update');
  const file = join(folder, 'people.csv');
  writeFileSync(file, `email,tags,city\n${address(20)},beta,Lyon\n${address(4)},gold|-beta,\n`);
  rollcall('2026-02-20', 'contacts:import', file, '--segment', 'list');
  rollcall('2026-02-21', 'contacts:edit', address(3), '--set', 'points=99', '--set', 'plan=team');
}

/** @param {number} number */
function addContact(number) {
  const more =
    number % 2 === 0
      ? ['--set', 'company=Été & fils', '--set', 'plan=pro']
      : ['--set', `topics=${number % 3 === 0 ? 'news|offers' : 'events'}`];
  rollcall(
    '2026-01-05',
    'contacts:add',
    address(number),
    '--set',
    `points=${number * 7}`,
    '--set',
    `member_no=m${number}`,
    '--set',
    `score=${number / 10}`,
    '--set',
    `vip=${number % 2 === 0 ? 'true' : 'false'}`,
    '--set',
    `born=19${70 + number}-02-0${(number % 9) + 1}`,
    '--set',
    'seen_at=2026-01-01T12:00:00Z',
    '--set',
    'city=Orléans',
    ...more,
  );
  if (number % 3 === 0) rollcall('2026-01-05', 'contacts:tag', address(number), '--tag', 'beta');
  if (number % 4 === 0)
    rollcall(
      '2026-01-05',
      'events:add',
      address(number),
      'purchase',
      '--value',
      `${number}.5`,
      '--at',
      '2026-01-04T10:00:00Z',
      '--property',
      'sku=a1',
    );
}

/** What no command of the first versions does, and changes that the next update has to find. */
function bySql() {
  const raw = new Sqlite(db);
  raw.pragma('foreign_keys = on');
  raw.exec(`
    insert into suppressions (contact_id, channel, reason, created_at)
      values (2, 'email', 'bounced', 1767600000000), (2, 'sms', 'manual', 1767600000000),
        (5, 'email', 'unsubscribed', 1767600000000);
    update contacts set points = 70 where id = 5;
    update segments set convert_after_inactivity = '400d', convert_planned_at = 1767600000000 where alias = 'both';
    delete from contacts where id = 13;
    insert into events (contact_id, type, occurred_at) values (7, 'purchase', 1771600000000)`);
  raw.close();
}

/** @param {number} number */
function address(number) {
  return `c${number}@example.org`;
}

/**
 * @param {string} day
 * @param {readonly string[]} args
 */
function rollcall(day, ...args) {
  const { status, stderr } = spawnSync(
    process.execPath,
    [bin, ...args, '--db', db, '--now', `${day}T08:00:00Z`],
    { encoding: 'utf8', env: { HOME: folder, USER: 'ada' } },
  );
  if (status !== 0)
    throw new Error(`rollcall ${args.join(' ')} ended with ${String(status)}: ${stderr}`);
}

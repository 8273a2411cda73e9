import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Examination, examineStore } from '../../src/segment/doctor/examine.ts';
import type { Store } from '../../src/store/index.ts';
import { initStore, openStore } from '../../src/store/sqlite/open.ts';
import { createField } from '../../src/contact/field-changes.ts';
import { createSegment } from '../../src/segment/definition.ts';
import { addToSegment, removeFromSegment } from '../../src/segment/members.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import { updateSegments } from '../../src/segment/update/run.ts';
import { BIN } from '../helpers/run.ts';
import { NOW } from './segment-world.ts';

/*
 * Each check: a sound store is broken with SQL, the check says so, what it advises is done word for word, and the store is clean
 * again. `tester` breaks and mends by the sqlite3 shell, as people do.
 */

const DAY = 86_400_000;
const hasShell = spawnSync('sqlite3', ['--version']).status === 0;

let folder = '';
let sound = '';
let path = '';
let programs = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-doctor-'));
  programs = join(folder, 'bin');
  spawnSync('mkdir', [programs]);
  spawnSync('ln', ['-s', BIN, join(programs, 'rollcall')]);
  sound = join(folder, 'sound.db');
  await initStore(sound);
  const store = await openStore(sound);
  await fill(store);
  await store.close();
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  path = join(mkdtempSync(join(folder, 'case-')), 'crm.db');
  copyFileSync(sound, path);
  chmodSync(path, 0o600);
});

/** Ten contacts; `rich` (5 to 9, with 1 pinned in and 9 out) and `richer`, which reads it; `hand`, static; all built at NOW. */
async function fill(store: Store): Promise<void> {
  const action = { now: NOW, by: 'tester' };
  await store.write(async (tx) => {
    await createField(tx, { alias: 'birthday', object: 'contact', type: 'date', indexed: true }, NOW);
    await createField(tx, { alias: 'plan', object: 'contact', type: 'select', options: ['free', 'pro'] }, NOW);
    await createField(tx, { alias: 'badges', object: 'contact', type: 'multiselect', options: ['a', 'b'] }, NOW);
    await createField(tx, { alias: 'vip', object: 'contact', type: 'boolean' }, NOW);
    await tx.companies.insert({ name: 'Acme' }, NOW);
    for (let n = 0; n < 10; n++) await tx.contacts.insert({ ...(n % 3 === 2 ? {} : { email: `c${n}@example.org`, identified_at: NOW }), points: n * 10, company_id: 1, plan: 'pro' }, NOW);
    await tx.contacts.tag([1, 2], ['new'], NOW);
    await tx.events.insert([{ contactId: 3, type: 'page.hit', subject: null, value: 1, occurredAt: NOW - DAY, properties: { a: 1 }, externalId: null }], NOW);
    for (const [name, where] of [['rich', 'points >= 50'], ['richer', 'in segment rich and last_active_at in last 30 days or points > 80'], ['hand', undefined]] as const) {
      await createSegment(tx, { name, where }, action);
    }
    await addToSegment(tx, await getSegment(tx, 'rich'), [1], { ...action, via: 'manual' });
    await removeFromSegment(tx, await getSegment(tx, 'rich'), [10], { ...action, via: 'manual' });
    await addToSegment(tx, await getSegment(tx, 'hand'), [2, 3], { ...action, via: 'manual' });
  });
  await updateSegments(store, { segments: [], now: NOW });
}

async function examine({ now = NOW, deep = false } = {}): Promise<Map<string, Examination>> {
  const store = await openStore(path);
  try {
    return new Map((await examineStore(store, { now, deep, staleMs: 7 * DAY })).map((each) => [each.id, each]));
  } finally {
    await store.close();
  }
}

/** What was found, but for what passed: `links warning: …`. */
function told(found: ReadonlyMap<string, Examination>): string[] {
  return [...found.values()].flatMap(({ id, findings }) => findings.map(({ severity, message }) => `${id} ${severity}: ${message}`));
}

function faults(found: ReadonlyMap<string, Examination>): string[] {
  return told(found).filter((line) => !line.split(' ')[1]?.startsWith('note'));
}

function breakWith(statements: string): void {
  const raw = new Sqlite(path);
  raw.pragma('foreign_keys = off');
  raw.pragma('ignore_check_constraints = on');
  raw.unsafeMode(true);
  raw.exec(statements);
  raw.close();
}

/** Does what a hint says, word for word: what stands before the first program is for people. */
function follow(hint: string | undefined): void {
  const line = /(?:sqlite3|rollcall|chmod|rm) [\s\S]*$/.exec(hint ?? '')?.[0] ?? '';
  expect(line, String(hint)).not.toBe('');
  const { status, stderr } = spawnSync('/bin/sh', ['-c', line], { encoding: 'utf8', env: { PATH: `${programs}:${process.env['PATH'] ?? ''}` }, cwd: folder });
  expect({ status, stderr }, line).toEqual({ status: 0, stderr: '' });
}

test('a store in order is clean, in use and idle', async () => {
  expect(told(await examine({ deep: true }))).toEqual([]);
  expect(faults(await examine({ now: NOW + 400 * DAY }))).toEqual([]);
});

test('a new store is clean', async () => {
  path = join(mkdtempSync(join(folder, 'case-')), 'new.db');
  await initStore(path);
  chmodSync(path, 0o600); // the program does so for all files by its umask
  expect(told(await examine())).toEqual([]);
});

/** id of the check, what breaks the store, what is then said, and which findings' hints are followed (all, unless said). */
const BROKEN: readonly [string, string, readonly string[]][] = [
  ['links', 'update contacts set company_id = 77 where id = 4', ['links warning: 1 row of contacts name rows of companies that do not exist (company_id)']],
  ['links', "insert into events (contact_id, type, occurred_at) values (99, 'page.hit', 5)", ['links warning: 1 row of events name rows of contacts that do not exist (contact_id)']],
  ['links', 'insert into contact_tags values (99, 1)', ['links warning: 1 row of contact_tags name rows of contacts that do not exist (contact_id)']],
  ['links', 'insert into contact_tags values (5, 88)', ['links warning: 1 row of contact_tags name rows of tags that do not exist (tag_id)']],
  ['links', "insert into suppressions values (99, 'email', 'manual', 5)", ['links warning: 1 row of suppressions name rows of contacts that do not exist (contact_id)']],
  ['links', "insert into membership_history (segment_id, contact_id, joined_at, left_at, joined_via, left_via) values (1, 99, 1, 2, 'filter', 'filter'), (66, 5, 1, 2, 'filter', 'filter')", ['links warning: 1 row of membership_history name rows of contacts that do not exist (contact_id)', 'links warning: 1 row of membership_history name rows of segments that do not exist (segment_id)']],
  ['links', "insert into segment_versions values (66, 1, 'x', 'static', null, 0, null)", ['links warning: 1 row of segment_versions name rows of segments that do not exist (segment_id)']],
  ['links', "insert into run_segments (run_id, segment_id, status) values (66, 1, 'ok')", ['links warning: 1 row of run_segments name rows of runs that do not exist (run_id)']],
  ['members', "insert into memberships values (66, 5, 1, 'manual', null)", ['members warning: memberships of 1 segment that does not exist']],
  ['values', "update contacts set birthday = '2023-02-30' where id = 2", ['values warning: 1 value of contacts.birthday is no day of the calendar']],
  ['values', 'update contacts set last_active_at = 9000000000000000 where id = 2', ['values warning: 1 value of contacts.last_active_at is no point in time']],
  ['values', 'update contacts set points = 9e999 where id = 1', ['values warning: 1 value of contacts.points is infinite']],
  ['values', 'update contacts set vip = 7 where id < 3', ['values warning: 2 values of contacts.vip are neither 0 nor 1']],
  ['values', "update contacts set badges = 'a' where id = 2", ['values warning: 1 value of contacts.badges is no list (|a|b|)']],
  ['values', "update contacts set plan = 'gold' where id = 2", ['values warning: 1 value of contacts.plan is not among the options']],
  ['values', 'update events set occurred_at = 9000000000000000', ['values warning: 1 value of events.occurred_at is no point in time']],
  ['values', "update events set properties = '[1'", ['values warning: 1 value of events.properties is no JSON object']],
  ['values', 'insert into contacts (id, created_at, updated_at) values (9007199254740993, 0, 0)', ['values error: 1 value of contacts.id is not between 1 and 2^53']],
  ['values', "insert into membership_history (segment_id, contact_id, joined_at, left_at, joined_via, left_via) values (1, 5, 9, 2, 'filter', 'filter')", ['values warning: 1 value of membership_history.left_at is before joined_at']],
  ['settings', "update settings set value = 'Mars/Base' where key = 'timezone'; update settings set value = 'x' where key = 'keep-runs'", ['settings error: there is no time zone Mars/Base', 'settings error: keep-runs is no number of days']],
  ['schema', 'drop index events_window', ['schema error: the index events_window is missing']],
  ['schema', 'drop view segment_members', ['schema error: the view segment_members is missing']],
  ['schema', 'drop view segment_members; create view segment_members as select 1 as x', ['schema error: the view segment_members is not as rollcall makes it']],
  ['fields', 'drop index field_contact_birthday', ['fields warning: the contact field birthday has lost its index']],
  ['fields', 'alter table contacts drop column vip', ['fields error: the contact field vip has lost its column and all values']],
  ['fields', 'alter table contacts add column shoe text', ['fields warning: a column shoe stands among those of contacts and is no field']],
  ['capture', 'drop trigger capture_events_update', ['capture error: 1 trigger that record changes missing: capture_events_update']],
  ['capture', 'drop trigger capture_tags_delete; create trigger capture_tags_delete after delete on tags begin select 1; end', ['capture error: 1 trigger that record changes not as rollcall makes them: capture_tags_delete']],
  ['capture', 'drop trigger capture_tags_delete; update capture set schema_version = (select schema_version from pragma_schema_version)', ['capture error: 1 trigger that record changes missing: capture_tags_delete']],
  ['capture', 'update capture set bulk = 1', ['capture error: changes are not recorded: a bulk load has switched that off']],
  ['pins', "insert into pins (segment_id, contact_id, kind, via, created_at) values (3, 5, 'in', 'manual', 0)", ['pins warning: 1 contact pinned in segment hand, which is static']],
];

describe.skipIf(!hasShell)('what is broken is said, and mended as advised', () => {
  test.each(BROKEN)('%s: %s', async (id, statements, expected) => {
    breakWith(statements);
    const found = await examine({ deep: true });
    expect(faults(found)).toEqual(expected);
    for (const { hint } of found.get(id)?.findings ?? []) follow(hint);
    expect(faults(await examine({ deep: true }))).toEqual([]);
  });

  test('permissions', async () => {
    chmodSync(path, 0o640);
    writeFileSync(`${path}.lock`, '', { mode: 0o644 });
    chmodSync(`${path}.lock`, 0o644);
    const found = await examine();
    expect(faults(found)).toEqual([`permissions warning: others may read or write ${path}, ${path}.lock`]);
    follow(found.get('permissions')?.findings[0]?.hint);
    expect(faults(await examine())).toEqual([]);
  });
});

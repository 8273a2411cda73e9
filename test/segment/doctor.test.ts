import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Examination, examineStore } from '../../src/segment/doctor/examine.ts';
import type { Store } from '../../src/store/index.ts';
import { EXIT } from '../../src/support/errors.ts';
import { recounting } from '../../src/store/sql/delta/cause-uses.ts';
import { initStore, openStore } from '../../src/store/sqlite/open.ts';
import { createField } from '../../src/contact/field-changes.ts';
import { createSegment } from '../../src/segment/definition.ts';
import { addToSegment, removeFromSegment } from '../../src/segment/members.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import { updateSegments } from '../../src/segment/update/run.ts';
import { BIN } from '../helpers/run.ts';
import { NOW } from './segment-world.ts';

/*
 * Each check: a sound store is broken with SQL, the check says so, what it advises is done word for
 * word, and the store is clean again. `tester` breaks and mends by the sqlite3 shell, as people do.
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

/**
 * Ten contacts; `rich` (5 to 9, with 1 pinned in and 9 out) and `richer`, which reads it; `hand`,
 * static; all built at NOW.
 */
async function fill(store: Store): Promise<void> {
  const action = { now: NOW, by: 'tester' };
  await store.write(async (tx) => {
    await createField(
      tx,
      { alias: 'birthday', object: 'contact', type: 'date', indexed: true },
      NOW,
    );
    await createField(
      tx,
      { alias: 'plan', object: 'contact', type: 'select', options: ['free', 'pro'] },
      NOW,
    );
    await createField(
      tx,
      { alias: 'badges', object: 'contact', type: 'multiselect', options: ['a', 'b'] },
      NOW,
    );
    await createField(tx, { alias: 'vip', object: 'contact', type: 'boolean' }, NOW);
    await createField(tx, { alias: 'card', object: 'contact', type: 'text', unique: true }, NOW);
    await tx.companies.insert({ name: 'Acme' }, NOW);
    for (let n = 0; n < 10; n++)
      await tx.contacts.insert(
        {
          ...(n % 3 === 2 ? {} : { email: `c${n}@example.org`, identified_at: NOW }),
          points: n * 10,
          company_id: 1,
          plan: 'pro',
        },
        NOW,
      );
    await tx.contacts.tag([1, 2], ['new'], NOW);
    await tx.events.insert(
      [
        {
          contactId: 3,
          type: 'page.hit',
          subject: null,
          value: 1,
          occurredAt: NOW - DAY,
          properties: { a: 1 },
          externalId: null,
        },
      ],
      NOW,
    );
    for (const [name, where] of [
      ['rich', 'points >= 50'],
      ['richer', 'in segment rich and last_active_at in last 30 days or points > 80'],
      ['hand', undefined],
    ] as const) {
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
    return new Map(
      (await examineStore(store, { now, deep, staleMs: 7 * DAY })).map((each) => [each.id, each]),
    );
  } finally {
    await store.close();
  }
}

/** What was found, but for what passed: `links warning: …`. */
function told(found: ReadonlyMap<string, Examination>): string[] {
  return [...found.values()].flatMap(({ id, findings }) =>
    findings.map(({ severity, message }) => `${id} ${severity}: ${message}`),
  );
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
function follow(hint: string | undefined, exit = 0): void {
  const line = /(?:sqlite3|rollcall|chmod|rm) [\s\S]*$/.exec(hint ?? '')?.[0] ?? '';
  expect(line, String(hint)).not.toBe('');
  const { status, stderr } = spawnSync('/bin/sh', ['-c', line], {
    encoding: 'utf8',
    env: { PATH: `${programs}:${process.env['PATH'] ?? ''}` },
    cwd: folder,
  });
  expect({ status, stderr }, line).toEqual({ status: exit, stderr: '' });
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
  breakWith(`insert into contacts (points, created_at, updated_at) values (1, 0, 0)`);
  // nor has a contact without company a link, where there are no companies
  expect(told(await examine())).toEqual([]);
});

/** For breaks that are not about the counters of causes. */
const COUNT_CAUSES = recounting();

/**
 * id of the check, what breaks the store, what is then said, and which findings' hints are followed
 * (all, unless said).
 */
const BROKEN: readonly [string, string, readonly string[]][] = [
  [
    'values',
    `insert into contacts (email, created_at, updated_at)
      values ('jörg@example.org', 1, 1), ('JÖRG@example.org', 1, 1)`,
    [
      'values warning: 1 value of contacts.email is the same as another record has, ' +
        'which is to be the only one',
    ],
  ],
  [
    'values',
    `insert into companies (name, created_at, updated_at)
      values ('Élan', 1, 1), ('élan', 1, 1), ('Plain ', 1, 1)`,
    [
      'values warning: 1 value of companies.name is the same as another record has, ' +
        'which is to be the only one',
      'values warning: 1 value of companies.name has blanks at the ends',
    ],
  ],
  [
    'values',
    "insert into tags (name, created_at) values ('Été', 1), ('ÉTÉ', 1), (char(160) || 'brand-new', 1)",
    [
      'values warning: 1 value of tags.name is the same as another record has, ' +
        'which is to be the only one',
      'values warning: 1 value of tags.name has blanks at the ends',
    ],
  ],
  [
    'consent',
    `update contacts set email = 'kim@example.org' where id = 4;
      insert into address_suppressions values ('KIM@example.org', 'sms', 'manual', 5)`,
    ['consent error: 1 suppression of addresses does not hold for who has them'],
  ],
  [
    'consent',
    `update contacts set card = 'k1' where id = 4;
      delete from contact_changes;
      insert into value_suppressions
        select id, 'K1', 'sms', 'manual', 5, 'k1' from fields where alias = 'card'`,
    ['consent error: 1 suppression of card does not hold for who has them'],
  ],
  [
    'links',
    'update contacts set company_id = 77 where id = 4',
    ['links warning: 1 row of contacts names a row of companies that does not exist (company_id)'],
  ],
  [
    'links',
    "insert into events (contact_id, type, occurred_at) values (99, 'page.hit', 5)",
    ['links warning: 1 row of events names a row of contacts that does not exist (contact_id)'],
  ],
  [
    'links',
    'insert into contact_tags values (99, 1)',
    [
      'links warning: 1 row of contact_tags names a row of contacts that does not exist (contact_id)',
    ],
  ],
  [
    'links',
    'insert into contact_tags values (5, 88)',
    ['links warning: 1 row of contact_tags names a row of tags that does not exist (tag_id)'],
  ],
  [
    'links',
    "insert into suppressions values (99, 'email', 'manual', 5)",
    [
      'links warning: 1 row of suppressions names a row of contacts that does not exist (contact_id)',
    ],
  ],
  [
    'links',
    `insert into joined_history (segment_id, contact_id, joined_cause, left_cause)
      select 1, 99, min(id), min(id) from causes where segment_id = 1
      union all select 66, 5, min(id), min(id) from causes where segment_id = 1;
      ${COUNT_CAUSES}`,
    [
      'links warning: 1 row of joined_history names a row of contacts that does not exist (contact_id)',
      'links warning: 1 row of joined_history names a row of segments that does not exist (segment_id)',
      'causes warning: 1 cause has memberships, ends and pins of other segments',
    ],
  ],
  [
    'links',
    'insert into import_tags values (99, 1, 1, 1), (5, 1, 88, 1)',
    [
      'links warning: 1 row of import_tags names a row of contacts that does not exist (contact_id)',
      'links warning: 1 row of import_tags names a row of tags that does not exist (tag_id)',
    ],
  ],
  [
    'links',
    `insert into former_values values (99, 1, 'x', 0), (5, 99, 'x', 0);
      insert into value_suppressions values (99, 'x', 'email', 'manual', 0, 'x');
      insert into merged_contacts values (98, null, 99)`,
    [
      'links warning: 1 row of former_values names a row of contacts that does not exist (contact_id)',
      'links warning: 1 row of former_values names a row of fields that does not exist (field_id)',
      'links warning: 1 row of value_suppressions names a row of fields that does not exist (field_id)',
      'links warning: 1 row of merged_contacts names a row of contacts that does not exist (merged_into)',
    ],
  ],
  [
    'links',
    `insert into import_pins values (99, 1, 1, null, 'manual', null, null, 0, null),
      (5, 66, 1, null, 'manual', null, null, 0, null)`,
    [
      'links warning: 1 row of import_pins names a row of contacts that does not exist (contact_id)',
      'links warning: 1 row of import_pins names a row of segments that does not exist (segment_id)',
    ],
  ],
  [
    'links',
    "insert into causes (segment_id, at, via) values (66, 5, 'filter')",
    ['links warning: 1 row of causes names a row of segments that does not exist (segment_id)'],
  ],
  [
    'links',
    'update causes set "by" = 77, name = 78, reason = 79 where id = 1',
    [
      'links warning: 1 row of causes names a row of cause_words that does not exist (name)',
      'links warning: 1 row of causes names a row of cause_words that does not exist (by)',
      'links warning: 1 row of causes names a row of cause_words that does not exist (reason)',
    ],
  ],
  [
    'causes links',
    'delete from causes where id = (select cause_id from joined where segment_id = 1)',
    [
      'links warning: 1 row of moved names a row of causes that does not exist (cause_id)',
      'causes warning: 1 cause of memberships, ends and pins is lost',
    ],
  ],
  [
    'links',
    "insert into run_segments (run_id, segment_id, status) values (66, 1, 'ok')",
    ['links warning: 1 row of run_segments names a row of runs that does not exist (run_id)'],
  ],
  [
    'members',
    `insert into joined select 66, 5, id from causes where segment_id = 1 limit 1;
      ${COUNT_CAUSES}`,
    [
      'members warning: memberships of 1 segment that does not exist',
      'causes warning: 1 cause has memberships, ends and pins of other segments',
    ],
  ],
  [
    'values',
    "update contacts set birthday = '2023-02-30' where id = 2",
    ['values warning: 1 value of contacts.birthday is no day of the calendar'],
  ],
  [
    'values',
    'update contacts set last_active_at = 9000000000000000 where id = 2',
    ['values warning: 1 value of contacts.last_active_at is no point in time'],
  ],
  [
    'values',
    'update contacts set points = 9e999 where id = 1',
    ['values warning: 1 value of contacts.points is infinite'],
  ],
  [
    'values',
    'update contacts set vip = 7 where id < 3',
    ['values warning: 2 values of contacts.vip are neither 0 nor 1'],
  ],
  [
    'values',
    "update contacts set badges = 'a' where id = 2",
    ['values warning: 1 value of contacts.badges is no list (|a|b|)'],
  ],
  [
    'values',
    "update contacts set plan = 'gold' where id = 2",
    ['values warning: 1 value of contacts.plan is not among the options'],
  ],
  [
    'values',
    'update events set occurred_at = 9000000000000000',
    ['values warning: 1 value of events.occurred_at is no point in time'],
  ],
  [
    'values',
    "update events set properties = '[1'",
    ['values warning: 1 value of events.properties is no JSON object'],
  ],
  [
    'settings',
    `update settings set value = 'Mars/Base' where key = 'timezone';
      update settings set value = 'x' where key = 'keep-runs'`,
    [
      'settings error: there is no time zone Mars/Base',
      'settings error: keep-runs is no number of days: no run is forgotten',
    ],
  ],
  [
    'settings',
    "update settings set value = 'noon' where key = 'week-start'",
    ['settings error: week-start is no day that a week starts on: monday counts'],
  ],
  [
    'settings',
    "insert into settings (key, value) values ('keep-history', 'x')",
    ['settings error: keep-history is no number of days: all history is kept'],
  ],
  ['schema', 'drop index events_window', ['schema error: the index events_window is missing']],
  ['schema', 'drop view segment_members', ['schema error: the view segment_members is missing']],
  [
    'schema',
    'drop view segment_members; create view segment_members as select 1 as x',
    ['schema error: the view segment_members is not as rollcall makes it'],
  ],
  [
    'fields',
    'drop index field_contact_birthday',
    ['fields warning: the contact field birthday has lost its index'],
  ],
  [
    'fields capture',
    'drop trigger capture_contacts_update; alter table contacts drop column vip',
    [
      'fields error: the contact field vip has lost its column and all values',
      'capture error: 1 trigger that records changes missing: capture_contacts_update',
    ],
  ],
  [
    'fields',
    'alter table contacts add column shoe text',
    ['fields warning: a column shoe stands among those of contacts and is no field'],
  ],
  [
    'capture',
    'drop trigger capture_events_update',
    ['capture error: 1 trigger that records changes missing: capture_events_update'],
  ],
  [
    'capture',
    'drop trigger capture_tags_delete; create trigger capture_tags_delete after delete on tags begin select 1; end',
    [
      'capture error: 1 trigger that records changes not as rollcall makes them: capture_tags_delete',
    ],
  ],
  [
    'capture',
    `drop trigger capture_tags_delete;
      update capture set schema_version = (select schema_version from pragma_schema_version)`,
    ['capture error: 1 trigger that records changes missing: capture_tags_delete'],
  ],
  [
    'capture',
    'update capture set bulk = 1',
    ['capture error: changes are not recorded: a bulk load has switched that off'],
  ],
  [
    'capture',
    'delete from capture',
    [
      'capture error: what the recording of changes goes by is gone or cannot be read: changes are missed',
    ],
  ],
  [
    'capture',
    'update capture set epoch = 9223372036854775807',
    [
      'capture error: what the recording of changes goes by is gone or cannot be read: changes are missed',
    ],
  ],
  [
    'capture',
    "insert into capture values (2, 1, 1, 0, 'x', 0, 0)",
    [
      'capture error: what the recording of changes goes by is gone or cannot be read: changes are missed',
      'change-log error: changes will be missed by rich, richer, hand: the watermark is ahead of what is recorded',
    ],
  ],
  [
    'capture',
    'update capture set bulk = -7',
    ['capture error: changes are not recorded: a bulk load has switched that off'],
  ],
  [
    'change-log',
    'delete from capture_kinds',
    ['change-log error: it is not known how far back some kinds of changes are recorded'],
  ],
  [
    'fields capture',
    'alter table contacts rename column last_name to surname',
    [
      'fields error: the column of the contact field last_name is called surname',
      'capture error: 1 trigger that records changes not as rollcall makes them: capture_contacts_update',
    ],
  ],
  [
    'fields',
    'alter table companies rename column industry to branch',
    ['fields error: the column of the company field industry is called branch'],
  ],
  [
    'schema',
    'alter table audit rename to old_audit',
    ['schema error: the table audit is called old_audit'],
  ],
  [
    'schema',
    'alter table imports rename to old_imports; create view imports as select * from old_imports',
    ['schema error: the table imports is called old_imports'],
  ],
  [
    'schema',
    'create trigger meddling after insert on contacts begin update contacts set points = 0 where id = new.id; end',
    ["schema warning: the trigger meddling on contacts is not rollcall's"],
  ],
  [
    'schema',
    'create view customers as select * from contacts',
    ["schema warning: the view customers is not rollcall's"],
  ],
  [
    'capture',
    'create trigger capture_meddling after insert on contacts begin select 1; end',
    ['capture error: 1 trigger that records changes not as rollcall makes them: capture_meddling'],
  ],
  [
    'fields values',
    "update fields set type = 'gibberish' where alias = 'vip'",
    [
      'fields error: the contact field vip has a column of another type',
      'values warning: 1 value of fields.type is no word that rollcall knows',
    ],
  ],
  [
    'values',
    "update fields set options = '{' where alias = 'birthday'",
    ['values warning: 1 value of fields.options is no JSON list'],
  ],
  [
    'values',
    "update runs set status = 'gone', now = 9223372036854775807",
    [
      'values warning: 1 value of runs.status is no word that rollcall knows',
      'values warning: 1 value of runs.now is no point in time',
    ],
  ],
  [
    'values',
    "update run_segments set mode = 'gone' where segment_id = 1",
    ['values warning: 1 value of run_segments.mode is no word that rollcall knows'],
  ],
  [
    'values',
    'update segments set moved_at = 9223372036854775807 where id = 1',
    ['values warning: 1 value of segments.moved_at is no point in time'],
  ],
  [
    'values',
    "update segments set manual = 'perhaps' where id = 3",
    ['values warning: 1 value of segments.manual is no word that rollcall knows'],
  ],
  [
    'values',
    'update causes set at = -9223372036854775807 where id = 1',
    ['values warning: 1 value of causes.at is no point in time'],
  ],
  [
    'values',
    'update pins set until = 9223372036854775807',
    ['values warning: 2 values of pins.until are no point in time'],
  ],
];

describe.skipIf(!hasShell)('what is broken is said, and mended as advised', () => {
  test.each(BROKEN)('%s: %s', async (ids, statements, expected) => {
    breakWith(statements);
    const found = await examine({ deep: true });
    expect(faults(found)).toEqual(expected);
    for (const id of ids.split(' '))
      for (const { hint } of found.get(id)?.findings ?? []) follow(hint);
    expect(faults(await examine({ deep: true }))).toEqual([]);
  });

  test.each([
    [
      'schema',
      'alter table runs rename column held to kept_back',
      ['schema error: the column runs.held is called kept_back'],
    ],
    [
      'schema',
      'alter table runs drop column held',
      ['schema error: the column runs.held is missing'],
    ],
    [
      'schema',
      'alter table segments drop column moved_at',
      ['schema error: the column segments.moved_at is missing'],
    ],
  ])('%s: %s, which keeps others from being read', async (id, statements, expected) => {
    breakWith(statements);
    const found = await examine();
    expect(faults(found)).toEqual(expect.arrayContaining([...expected]));
    for (const { hint } of found.get(id)?.findings ?? []) follow(hint);
    follow(
      found.get('capture')?.findings[0]?.severity === 'note'
        ? found.get('capture')?.findings[0]?.hint
        : 'rollcall segments:update --db ' + path,
    );
    expect(faults(await examine())).toEqual([]);
  });

  test('permissions', async () => {
    chmodSync(path, 0o640);
    writeFileSync(`${path}.lock`, '', { mode: 0o644 });
    chmodSync(`${path}.lock`, 0o644);
    const found = await examine();
    expect(faults(found)).toEqual([
      `permissions warning: others may read or write ${path}, ${path}.lock`,
    ]);
    follow(found.get('permissions')?.findings[0]?.hint);
    expect(faults(await examine())).toEqual([]);
  });
});

/** The same, where nothing needs to be done, or the next update does it: notes, and exit 0. */
const NOTED: readonly [string, string, readonly string[]][] = [
  [
    'a contact deleted in a shell',
    'delete from contacts where id in (3, 6)',
    [
      'links note: 1 row of events hangs on a row of contacts that does not exist (contact_id): ' +
        'the next update takes it along',
      'members note: 2 memberships of contacts that were deleted: the next update takes them along',
    ],
  ],
  [
    'a segment deleted in a shell',
    "delete from segments where alias = 'richer'",
    [
      'links note: 1 row of causes hangs on a row of segments that does not exist (segment_id): ' +
        'the next update takes it along',
      'links note: 1 row of segment_versions hangs on a row of segments that does not exist ' +
        '(segment_id): the next update takes it along',
      'members note: memberships of 1 segment that SQL deleted: the next update takes them along',
    ],
  ],
  [
    'a run that died',
    "insert into runs (command, now, started_at) values ('segments:update', 5, 5)",
    ['runs note: 1 run ended without a word: the next one closes the record'],
  ],
  [
    'changes that all have seen',
    `update capture set epoch = 19;
      update segments set seen_epoch = 19;
      insert into contact_changes values (12, 'profile', 4, 0, 0)`,
    ['change-log note: 1 recorded change that every segment has seen: the next update drops them'],
  ],
  [
    'DDL in a shell',
    'create table notes (x); drop table notes',
    ['capture note: somebody changed the schema: the next update builds everything in full'],
  ],
  [
    'a segment that was never built',
    `insert into segments (alias, name, kind, filter, created_at, updated_at)
      select 'young', 'Young', kind, filter, created_at, updated_at
      from segments
      where id = 1`,
    ['stale note: segment young was not built yet'],
  ],
];

test.each(NOTED)('%s is a note until the next update', async (_, statements, expected) => {
  breakWith(statements);
  expect(told(await examine())).toEqual(expected);
  const store = await openStore(path);
  await updateSegments(store, { segments: [], now: NOW });
  await store.close();
  expect(told(await examine())).toEqual([]);
});

test('decisions that wait for the next update are no findings', async () => {
  breakWith(`delete from pins where contact_id = 1;
    insert into pins (segment_id, contact_id, kind, via, created_at)
      values (1, 2, 'in', 'manual', 0), (1, 6, 'out', 'manual', 0)`);
  expect(told(await examine())).toEqual([]);
});

describe('members and counters', () => {
  const rich = (says: string, are: string): string =>
    `members warning: segment rich says ${says} anonymous; there are ${are} anonymous`;

  test.each([
    [
      'a counter',
      'update segments set members = 9 where id = 1',
      [rich('9 members, 2', '5 members, 2')],
    ],
    [
      'the anonymous counter',
      'update segments set anonymous = 3 where id = 1',
      [rich('5 members, 3', '5 members, 2')],
    ],
    [
      'who is pinned in and no member',
      `delete from joined where segment_id = 1 and contact_id = 1; ${COUNT_CAUSES}`,
      [
        rich('5 members, 2', '4 members, 2'),
        'pins error: 1 contact pinned into segment rich and not among its members',
      ],
    ],
    [
      'who is pinned out and a member',
      `insert into joined select 1, 10, id from causes where segment_id = 1 limit 1; ${COUNT_CAUSES}`,
      [
        rich('5 members, 2', '6 members, 2'),
        'pins error: 1 contact pinned out of segment rich and still among its members',
      ],
    ],
    [
      'members who are no contacts, without a record',
      'delete from contacts where id = 7; delete from contact_changes',
      ['members error: memberships of contacts that do not exist, in 1 segment'],
    ],
  ])('%s', async (_, statements, expected) => {
    breakWith(statements);
    const found = await examine();
    expect(faults(found)).toEqual(expected);
    // verify says what it found and put right
    follow(found.get('members')?.findings[0]?.hint, EXIT.finding);
    expect(told(await examine())).toEqual([]);
  });
});

test('causes that do not count what points to them are told, and counted anew', async () => {
  breakWith(
    'update causes set open = open + 1 where id = 1; update causes set uses = -1 where id = 2',
  );
  const found = await examine();
  expect(told(found)).toEqual(['causes warning: 2 causes do not count what points there']);
  follow(found.get('causes')?.findings[0]?.hint, EXIT.finding);
  expect(told(await examine())).toEqual([]);
});

describe('causes that stand for several segments', () => {
  const SHARED = `insert into joined_history (segment_id, contact_id, joined_cause, left_cause)
    select 1, 5, id, id from causes where segment_id = 3 union all select 3, 6, 1, 1;
    update pins set cause_id = (select max(id) from causes where segment_id = 3);
    update joined set cause_id = (select max(id) from causes where segment_id = 3)`;

  /** Each row with what its cause says, and whose cause that is. */
  const POINTERS = `select pointers.*, causes.at, causes.via, authors.word,
      causes.segment_id = pointers.segment_id as own
    from (
      select segment_id, contact_id, cause_id from joined
      union all select segment_id, contact_id, cause_id from pins
      union all select segment_id, contact_id, joined_cause from joined_history
      union all select segment_id, contact_id, left_cause from joined_history
    ) as pointers
    left join causes on causes.id = cause_id
    left join cause_words as authors on authors.id = causes."by"`;
  const rows = (statement: string): unknown[] => {
    const raw = new Sqlite(path);
    const found = raw.prepare(statement).raw().all();
    raw.close();
    return found;
  };
  const saying = (): unknown[] =>
    rows(`select segment_id, contact_id, at, via, word from (${POINTERS}) order by 1, 2, 3, 4`);

  test.skipIf(!hasShell)(
    'are told, and each segment gets its own, which says the same',
    async () => {
      breakWith(`${SHARED}; ${COUNT_CAUSES}`);
      const before = saying();
      const found = await examine();
      expect(told(found)).toEqual([
        'causes warning: 2 causes have memberships, ends and pins of other segments',
      ]);
      follow(found.get('causes')?.findings[0]?.hint);
      expect(told(await examine())).toEqual([]);
      expect(saying()).toEqual(before);
    },
  );

  test.skipIf(!hasShell)('and are lost get one for each segment', async () => {
    breakWith(`${SHARED}; delete from causes; ${COUNT_CAUSES}`);
    const found = await examine();
    expect(told(found)).toEqual([
      'links warning: 8 rows of moved name rows of causes that do not exist (cause_id)',
      'causes warning: 2 causes of memberships, ends and pins are lost',
    ]);
    for (const id of ['causes', 'links']) follow(found.get(id)?.findings[0]?.hint);
    expect(told(await examine())).toEqual([]);
    expect(rows(`select distinct via, own from (${POINTERS})`)).toEqual([['unknown', 1]]);
  });
});

describe('pins of a static segment', () => {
  test('are removals, which are no findings', async () => {
    breakWith(`insert into pins (segment_id, contact_id, kind, via, created_at)
      values (3, 5, 'out', 'manual', 0), (3, 9, 'out', 'form:bye', 0)`);
    expect(told(await examine())).toEqual([]);
  });

  test.each([
    [
      'in',
      'pins warning: 1 contact pinned into segment hand, which is static: a pin makes nobody a member there',
      /segments:unpin hand \d+ /,
    ],
    [
      'out',
      'pins error: 1 contact pinned out of segment hand and still among its members',
      /segments:remove hand \d+ /,
    ],
  ] as const)(
    'that say `%s` and should not, or are not followed, are, and the advice leads out',
    async (kind, finding, hint) => {
      breakWith(`insert into pins (segment_id, contact_id, kind, via, created_at)
        select 3, min(contact_id), '${kind}', 'manual', 0
        from memberships
        where segment_id = 3`);
      const found = await examine();
      expect(told(found)).toEqual([finding]);
      const [{ hint: advice = '' } = {}] = found.get('pins')?.findings ?? [];
      expect(advice).toMatch(hint);
      follow(advice, EXIT.done);
      expect(told(await examine())).toEqual([]);
    },
  );
});

describe('builds', () => {
  test.each([
    [
      'a watermark ahead',
      'update segments set seen_epoch = 999 where id = 1',
      'change-log error: changes will be missed by rich: the watermark is ahead of what is recorded',
    ],
    [
      'changes ahead',
      "insert into contact_changes values (999, 'profile', 4, 0, 0)",
      'change-log error: 1 change recorded ahead of time',
    ],
    [
      'a kind of change that is gone',
      "delete from capture_kinds where kind = 'tags'",
      'change-log error: it is not known how far back some kinds of changes are recorded',
    ],
    [
      'bounds that are none',
      "update segments set bounds = '[{}]' where id = 2",
      'bounds error: segment richer: what its last build left for the next cannot be read',
    ],
    [
      'bounds of another filter',
      "update segments set bounds = '[]' where id = 2",
      'bounds error: segment richer: what its last build left for the next cannot be read',
    ],
  ])('%s', async (_, statements, expected) => {
    breakWith(statements);
    const found = await examine();
    expect(faults(found)).toEqual([expected]);
    for (const { findings } of found.values()) findings.forEach(({ hint }) => follow(hint));
    expect(told(await examine())).toEqual([]);
  });

  test.each([
    [
      'a dynamic segment without filter',
      'update segments set filter = null where id = 2',
      'filters error: segment richer is dynamic and has no filter',
    ],
    [
      'a filter that is no JSON',
      "update segments set filter = '{' where id = 2",
      'filters error: the filter of segment richer does not check any more',
    ],
    [
      'a segment that was held',
      "update run_segments set status = 'held', reason = '9 would leave' where segment_id = 2",
      'last-build warning: segment richer was held in run 1: 9 would leave',
    ],
    [
      'a segment that failed',
      "update run_segments set status = 'failed', error_code = 'FILTER', error_message = 'oh' where segment_id = 2",
      'last-build warning: segment richer failed in run 1: oh',
    ],
  ])('%s', async (_, statements, expected) => {
    breakWith(statements);
    expect(faults(await examine()).map((line) => line.slice(0, expected.length))).toEqual([
      expected,
    ]);
  });

  test('a segment that other runs leave behind', async () => {
    breakWith(`update segments set built_at = built_at - ${9 * DAY} where id = 1`);
    expect(faults(await examine())).toEqual([
      'stale warning: segment rich was last built 9 days ago',
    ]);
  });

  test('a slow segment is a note that names the profile', async () => {
    breakWith('update run_segments set ms = 12345 where segment_id = 1');
    const found = await examine();
    expect(told(found)).toEqual(['slow note: segment rich took 12.3 s in run 1 (full)']);
    follow(found.get('slow')?.findings[0]?.hint);
  });

  test('a sleeping filter that does not check is a note', async () => {
    breakWith("update segments set filter = '{' where id = 3");
    const [line = ''] = told(await examine());
    expect(line).toMatch(
      /^filters note: the sleeping filter of segment hand does not check any more: /,
    );
  });
});

describe('a damaged file', () => {
  test('indexes that do not agree with their table are found and made again', async () => {
    breakWith(`pragma writable_schema = on;
      update sqlite_schema set sql = sql || ' where 0' where name = 'events_contact';
      pragma writable_schema = reset`);
    breakWith("insert into events (contact_id, type, occurred_at) values (4, 'page.hit', 5)");
    breakWith(`pragma writable_schema = on;
      update sqlite_schema set sql = replace(sql, ' where 0', '') where name = 'events_contact';
      pragma writable_schema = reset`);
    const found = await examine({ deep: true });
    expect(faults(found)).toEqual(['integrity error: indexes do not agree with their tables']);
    if (!hasShell) return;
    follow(found.get('integrity')?.findings[0]?.hint);
    expect(faults(await examine({ deep: true }))).toEqual([]);
  });

  test('a page that makes no sense is said, and what cannot be read for it', async () => {
    const raw = new Sqlite(path);
    const page =
      raw
        .prepare<[], number>(
          "select rootpage from sqlite_schema where name = 'joined_history_contact'",
        )
        .pluck()
        .get() ?? 0;
    const size = Number(raw.pragma('page_size', { simple: true }));
    raw.close();
    const file = readFileSync(path);
    file.fill(0xa5, (page - 1) * size, page * size);
    writeFileSync(path, file);
    const lines = faults(await examine());
    expect(lines[0]).toBe('integrity error: the file is damaged');
    expect(lines[1]).toMatch(
      /^links error: this cannot be looked at: database disk image is malformed/,
    );
  });

  test.each([
    ['pins', /^pins error: this cannot be looked at: no such table: pins$/],
    ['segments', /^filters error: this cannot be looked at: no such table: segments$/],
  ])(
    'a table %s that is gone is said, and what cannot be looked at without it',
    async (table, line) => {
      breakWith(`drop table ${table}`);
      const lines = faults(await examine());
      expect(lines).toContain(`schema error: the table ${table} is missing`);
      expect(lines.filter((each) => line.test(each))).toHaveLength(1);
    },
  );

  test("a table that is not rollcall's is a note", async () => {
    breakWith(
      'create table notes (x); update capture set schema_version = (select schema_version from pragma_schema_version)',
    );
    expect(told(await examine())).toEqual(["schema note: the table notes is not rollcall's"]);
  });

  test('a column that is gone', async () => {
    breakWith(
      'alter table runs drop column held; update capture ' +
        'set schema_version = (select schema_version from pragma_schema_version)',
    );
    expect(faults(await examine())).toContain('schema error: the column runs.held is missing');
  });
});

describe('around the store', () => {
  test('files left by a process that was killed', async () => {
    writeFileSync(`${path}.scan-1234-5-6`, 'x', { mode: 0o600 });
    const found = await examine();
    expect(told(found)).toEqual([
      `leftovers note: 1 file of a process that was killed: ${path}.scan-1234-5-6`,
    ]);
    follow(found.get('leftovers')?.findings[0]?.hint);
    expect(told(await examine())).toEqual([]);
  });

  test('a run at work is told by its process, and its record is not taken for a dead one', async () => {
    breakWith("insert into runs (command, now, started_at) values ('segments:update', 5, 5)");
    const holder = await openStore(path);
    const lock = await holder.lockRuns(0);
    chmodSync(`${path}.lock`, 0o600);
    const [line = ''] = told(await examine());
    expect(line).toMatch(
      process.platform === 'linux'
        ? new RegExp(`^lock note: a run is at work: process ${process.pid} `)
        : /^lock note: a run is at work/,
    );
    expect(told(await examine())).toHaveLength(1);
    await lock?.release();
    await holder.close();
    expect(told(await examine())).toEqual([
      'runs note: 1 run ended without a word: the next one closes the record',
    ]);
  });

  test('a folder that others may write', async () => {
    chmodSync(dirname(path), 0o777);
    const found = await examine();
    expect(faults(found)).toEqual([
      `permissions warning: others may replace the files in ${dirname(path)}`,
    ]);
    follow(found.get('permissions')?.findings[0]?.hint);
    expect(faults(await examine())).toEqual([]);
  });
});

import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { type Crm, makeCrm } from '../cli/commands/crm.ts';
import { foundInStore } from '../helpers/store-bytes.ts';

/*
 * A person who stands in every table that can name one, under the values of now, of before, and of
 * another contact that was merged into theirs. Each word of theirs has `zyx` in it, each word of the
 * other, who is in all the same places, `other`.
 */

const PEOPLE = ['zoe.zyx', 'old.zyx', 'loser.zyx', 'oldloser.zyx'].map((name) => `${name}@x.org`);
const [ZOE = '', OLD = '', LOSER = '', OLD_LOSER = ''] = PEOPLE;
const OTHER = 'other@x.org';

function crmWithZoe(): Crm {
  const crm = makeCrm();
  const { ok, world } = crm;
  const crowd = Array.from({ length: 40 }, (_, at) => `crowd${at}@x.org,c${at}\n`).join('');
  ok('fields:create', 'crm_id', '--type', 'text', '--unique');
  ok('fields:create', 'member_no', '--type', 'number', '--unique');
  world.file('crowd.csv', `email,crm_id\n${crowd}`);
  ok('contacts:import', 'crowd.csv');
  for (const name of ['List', 'Gone', 'Left', 'Bare']) ok('segments:create', name);
  ok('segments:add', 'list', '--where', 'email starts with "crowd"');
  ok('triggers:create', 'rich', '--when-points-reach', '100', '--add', 'bare');
  ok('triggers:create', 'bought', '--when', 'buy', '--add', 'bare');
  addPeople(crm);
  decideAboutThem(crm);
  makeThemOthers(crm);
  return crm;
}

function addPeople({ ok, world }: Crm): void {
  world.file(
    'people.csv',
    `email,crm_id,member_no,first_name,tags,points\n` +
      `${OLD},crmzyx-old,918272,firstzyx,vip,150\n` +
      `${OLD_LOSER},crmzyx-loser,918274,firstzyx,vip,150\n` +
      `${OTHER},other-1,5,Other,vip,150\n`,
  );
  ok('contacts:import', 'people.csv');
  const event = (email: string, subject: string): string =>
    `${email},buy,${subject},2026-01-01T00:00:00Z\n`;
  world.file(
    'events.csv',
    'email,type,subject,occurred_at\n' +
      event(OLD, 'subjectzyx') +
      event(OLD_LOSER, 'subjectzyx') +
      event(OTHER, 'subject of other'),
  );
  ok('events:import', 'events.csv');
}

/** Members, removals and consent, given by hand and by files, and forgotten with a segment. */
function decideAboutThem({ ok, world }: Crm): void {
  for (const [who, word] of [
    [OLD, 'reasonzyx'],
    [OLD_LOSER, 'losersayszyx'],
    [OTHER, 'reason of other'],
  ] as const) {
    for (const segment of ['list', 'left']) {
      ok('segments:add', segment, who, '--reason', word, '--by', `by ${word}`);
      ok('segments:remove', segment, who, '--reason', word, '--by', `by ${word}`);
    }
    ok('segments:add', 'gone', who, '--via', `api:${word.replaceAll(' ', '-')}`);
    ok('contacts:suppress', who, '--channel', 'email', '--reason', 'unsubscribed');
  }
  world.file('back.csv', `email\n${OLD}\n${OLD_LOSER}\n${OTHER}\n`);
  ok('segments:import', 'list', 'back.csv', '--override-removals');
  for (const who of [OLD, OLD_LOSER, OTHER]) ok('segments:remove', 'bare', who);
  for (const segment of ['gone', 'left']) ok('segments:delete', segment, '--yes');
}

function makeThemOthers({ ok, world }: Crm): void {
  for (const [before, now, id] of [
    [OLD, ZOE, 'crmzyx-new'],
    [OLD_LOSER, LOSER, 'crmzyx-loser2'],
    [OTHER, OTHER, 'other-2'],
  ] as const)
    ok('contacts:edit', before, '--set', `email=${now}`, '--set', `crm_id=${id}`);
  const member = (email: string): string =>
    `update contacts set member_no = member_no + 1 where email = '${email}';`;
  const db = new Sqlite(join(world.folder, 'crm.db'));
  db.exec([ZOE, LOSER, OTHER].map(member).join(''));
  const wish = db.prepare(
    `insert into value_suppressions (field_id, value, channel, reason, created_at)
     select id, ?, 'sms', 'manual', 0 from fields where alias = 'crm_id'`,
  );
  for (const id of ['crmzyx-new', 'CRMZYX-OLD', 'crmzyx-loser', 'other-2']) wish.run(id);
  db.close();
  ok('contacts:merge', ZOE, LOSER, '--yes');
  ok('contacts:merge', OTHER, 'crowd0@x.org', '--yes');
  ok('segments:remove', 'bare', ZOE, '--reason', 'morezyx');
  ok('segments:remove', 'bare', OTHER);
}

function reading<T>({ world }: Crm, work: (db: Sqlite.Database) => T): T {
  const db = new Sqlite(join(world.folder, 'crm.db'), { readonly: true });
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** The tables that name contacts, and how many rows there are of these in each. */
function rowsOf(crm: Crm, ids: readonly number[]): Record<string, number> {
  return reading(crm, (db) => {
    const columns = db
      .prepare(
        `select m.name as "table", c.name as "column"
         from sqlite_schema as m join pragma_table_info(m.name) as c
         where m.type = 'table' and c.name in ('contact_id', 'merged_into') order by 1, 2`,
      )
      .all() as { table: string; column: string }[];
    const count = ({ table, column }: (typeof columns)[number]): unknown =>
      db
        .prepare(`select count(*) from ${table} where ${column} in (${ids.join(', ')})`)
        .pluck()
        .get();
    return Object.fromEntries(
      columns.map((one) => [`${one.table}.${one.column}`, count(one) as number]),
    );
  });
}

const wishesIn = (crm: Crm): number =>
  reading(crm, (db) =>
    db
      .prepare<[], number>(
        `select (select count(*) from address_suppressions)
           + (select count(*) from value_suppressions)`,
      )
      .pluck()
      .get(),
  ) ?? 0;

const idOf = (crm: Crm, email: string): number =>
  reading(crm, (db) =>
    db.prepare<[string], number>('select id from contacts where email = ?').pluck().get(email),
  ) ?? 0;

/** All that is held of a contact; not how many others are members by the same causes. */
function heldOf({ json }: Crm, contact: string): Record<string, unknown> {
  const held = json('contacts:export', '--contact', contact, '--all') as {
    causes: Record<string, unknown>[];
  };
  return { ...held, causes: held.causes.map((cause) => ({ ...cause, open: 0 })) };
}

/** What is left of somebody who is gone: ids, for those who follow joins and leaves. */
const OF_THE_FEED = ['deleted_history.contact_id', 'moved.contact_id'];

/** With the contact that was merged into theirs: it was the next. */
const idsOfZoe = (crm: Crm): number[] => [idOf(crm, ZOE), idOf(crm, ZOE) + 1];

test('who is erased is in no table and no byte', () => {
  const crm = crmWithZoe();
  const persons = idsOfZoe(crm);
  const before = rowsOf(crm, persons);
  expect(Object.entries(before).filter(([, rows]) => rows === 0)).toEqual([]);
  expect(foundInStore(crm.world.folder, 'zyx', '918273')).not.toEqual([]);
  expect(crm.json('contacts:erase', ZOE, '--yes')).toMatchObject({ erased: 1, remains: [] });
  expect(foundInStore(crm.world.folder, 'zyx', '91827')).toEqual([]);
  const left = Object.entries(rowsOf(crm, persons)).filter(([, rows]) => rows > 0);
  expect(left.map(([place]) => place)).toEqual(OF_THE_FEED);
  for (const value of [...PEOPLE, 'crm_id=crmzyx-loser', 'member_no=918272'])
    expect(crm.run('contacts:erase', value, '--yes')).toMatchObject({ status: 1 });
});

test('what others have is as it was, and the store is well', () => {
  const crm = crmWithZoe();
  const before = heldOf(crm, OTHER);
  expect(JSON.stringify(before)).not.toContain('zyx');
  crm.ok('contacts:erase', ZOE, '--yes');
  expect(heldOf(crm, OTHER)).toEqual(before);
  expect(crm.ok('doctor', '--deep')).toContain('all well');
});

test('a dry run tells what would be done, and does nothing', () => {
  const crm = crmWithZoe();
  const before = heldOf(crm, ZOE);
  const tried = crm.json('contacts:erase', ZOE, '--dry-run') as Record<string, unknown>;
  expect(heldOf(crm, ZOE)).toEqual(before);
  const told = crm.json('contacts:erase', ZOE, '--yes');
  expect(told).toEqual({ ...tried, scoured: true, dry_run: false });
});

test('what a dry run counts is what there was', () => {
  const crm = crmWithZoe();
  const zoe = idOf(crm, ZOE);
  const rows = rowsOf(crm, [zoe]);
  const { traces } = crm.json('contacts:erase', ZOE, '--dry-run') as {
    traces: Record<string, number>;
  };
  const sum = (...places: string[]): number =>
    places.reduce((total, place) => total + (rows[`${place}.contact_id`] ?? Number.NaN), 0);
  expect(traces).toMatchObject({
    events: sum('events'),
    tags: sum('contact_tags'),
    memberships: sum('joined', 'deleted_joined'),
    past_memberships: sum('joined_history'),
    decisions: sum('pins', 'deleted_pins'),
    suppressions: sum('suppressions'),
    former_values: sum('former_values'),
    merged_contacts: rows['merged_contacts.merged_into'],
    import_records: sum('import_tags', 'import_pins'),
  });
  expect(Object.entries(traces).filter(([, count]) => count === 0)).toEqual([]);
  const wishes = wishesIn(crm);
  crm.ok('contacts:erase', ZOE, '--yes');
  expect(traces['wishes']).toBe(wishes - wishesIn(crm));
});

test('the import that had brought them can still be taken back, and brings nothing back', () => {
  const crm = crmWithZoe();
  crm.ok('contacts:erase', ZOE, '--yes');
  for (const id of ['4', '3', '2']) crm.ok('imports:undo', id, '--yes');
  expect(foundInStore(crm.world.folder, 'zyx')).toEqual([]);
  expect(crm.ok('doctor', '--deep')).toContain('all well');
});

test('a backup from before, put back, has none of it either', () => {
  const crm = crmWithZoe();
  crm.ok('backup', 'before.db');
  crm.ok('contacts:erase', ZOE, '--yes');
  const others = crm.ok('contacts:list', '--format', 'ids');
  copyFileSync(join(crm.world.folder, 'before.db'), join(crm.world.folder, 'old.db'));
  crm.ok('restore', 'old.db', '--yes');
  const kept = foundInStore(crm.world.folder, 'zyx').filter((file) => !file.includes('before'));
  expect(kept).toEqual([]);
  expect(crm.ok('contacts:list', '--format', 'ids')).toBe(others);
  expect(crm.ok('doctor', '--deep')).not.toContain('error');
});

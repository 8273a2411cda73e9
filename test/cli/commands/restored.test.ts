import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { type Crm, makeCrm } from './crm.ts';

/*
 * What a restore takes along from the store that it replaces: who must not be reached, under all
 * that they are and were, what was erased, and which ids were given out.
 */

const suppressedIn = (crm: Crm): unknown =>
  query(crm, 'select contact_id, channel, reason from suppressions order by 1, 2, 3');
const wishesIn = (crm: Crm): unknown =>
  query(crm, 'select value, channel from value_suppressions order by 1, 2');

function query(crm: Crm, text: string): unknown {
  return withStore(crm, (raw) => raw.prepare(text).raw().all());
}

function withStore<T>({ world }: Crm, work: (raw: Sqlite.Database) => T): T {
  const raw = new Sqlite(join(world.folder, 'crm.db'));
  try {
    return work(raw);
  } finally {
    raw.close();
  }
}

function crmWith(...addresses: readonly string[]): Crm {
  const crm = makeCrm();
  for (const address of addresses) crm.ok('contacts:add', address);
  return crm;
}

const restored = (crm: Crm, file = 'b.db'): unknown => crm.json('restore', file, '--yes');

function restoreLater({ world }: Crm, file: string): void {
  const options = { now: '2026-03-02T00:00:00Z' };
  expect(world.runWith(options, 'restore', file, '--yes', '--db', 'crm.db').status).toBe(0);
}

describe('suppressions of the store that is replaced', () => {
  it('are those of who was merged since into a contact that has them', () => {
    const crm = crmWith('m@x.example', 'l@x.example');
    crm.ok('backup', 'b.db');
    crm.ok('contacts:merge', 'm@x.example', 'l@x.example', '--yes');
    crm.ok('contacts:suppress', 'm@x.example', '--channel', 'sms');
    crm.ok('contacts:suppress', 'm@x.example', '--channel', 'email', '--reason', 'bounced');
    expect(restored(crm)).toMatchObject({ suppressions: { carried: 3, unplaced: 0 } });
    expect(suppressedIn(crm)).toEqual([
      [1, 'email', 'bounced'], // of that address alone
      [1, 'sms', 'manual'],
      [2, 'sms', 'manual'],
    ]);
  });

  it('are those of who was merged since, and has no value of its own', () => {
    const crm = makeCrm();
    for (const name of ['Ann', 'Anna']) crm.ok('contacts:add', '--set', `first_name=${name}`);
    crm.ok('backup', 'b.db');
    crm.ok('contacts:merge', '1', '2', '--yes');
    crm.ok('contacts:suppress', '1', '--channel', 'sms');
    restored(crm);
    expect(suppressedIn(crm)).toEqual([
      [1, 'sms', 'manual'],
      [2, 'sms', 'manual'],
    ]);
  });

  it('are those of a contact of the backup into which somebody was merged', () => {
    const crm = crmWith('w@x.example', 'l@x.example');
    crm.ok('backup', 'before.db');
    crm.ok('contacts:merge', 'w@x.example', 'l@x.example', '--yes');
    crm.ok('backup', 'b.db');
    restored(crm, 'before.db');
    crm.ok('contacts:suppress', 'l@x.example', '--channel', 'sms');
    crm.ok('contacts:edit', 'l@x.example', '--set', 'email=l2@x.example');
    restoreLater(crm, 'b.db');
    expect(suppressedIn(crm)).toEqual([[1, 'sms', 'manual']]);
  });

  it('are those of who had a value, but not of who is there and has it since', () => {
    const crm = crmWith('ann@x.example', 'info@x.example');
    crm.ok('contacts:edit', '2', '--set', 'email=bob@x.example');
    crm.ok('contacts:add', 'info@x.example'); // 3
    crm.ok('backup', 'b.db');
    crm.ok('contacts:delete', '1', '--yes');
    crm.ok('contacts:add', 'ann@x.example'); // 4
    crm.ok('contacts:edit', '4', '--set', 'email=ann2@x.example');
    for (const id of ['2', '4']) crm.ok('contacts:suppress', id, '--channel', 'sms');
    restored(crm);
    expect(suppressedIn(crm)).toEqual([
      [1, 'sms', 'manual'],
      [2, 'sms', 'manual'],
    ]);
  });

  it('are those that wait for a value in another spelling', () => {
    const crm = makeCrm();
    crm.ok('fields:edit', 'phone', '--unique');
    crm.ok('contacts:add', 'ann@x.example', '--set', 'phone=+33611111111');
    crm.ok('backup', 'b.db');
    crm.world.file('list.csv', 'phone\n+33622222222\n');
    crm.ok('suppressions:import', 'list.csv', '--key', 'phone', '--channel', 'phone');
    withStore(crm, (raw) => raw.exec("update contacts set phone = '0033622222222'"));
    restored(crm);
    expect(suppressedIn(crm)).toEqual([[1, 'phone', 'manual']]);
  });

  it('wait for values of a field that is unique in one of the stores alone', () => {
    const crm = makeCrm();
    crm.ok('contacts:add', 'ann@x.example');
    crm.ok('contacts:add', 'bob@x.example', '--set', 'phone=+33622222222');
    crm.ok('backup', 'shared.db');
    crm.ok('fields:edit', 'phone', '--unique');
    crm.ok('backup', 'unique.db');
    crm.ok('contacts:delete', 'bob@x.example', '--yes');
    crm.world.file('list.csv', 'phone\n0033622222222\n+33633333333\n');
    crm.ok('suppressions:import', 'list.csv', '--key', 'phone', '--channel', 'phone');

    restored(crm, 'shared.db');
    expect([suppressedIn(crm), wishesIn(crm)]).toEqual([
      [[2, 'phone', 'manual']],
      [['+33633333333', 'phone']],
    ]);

    restoreLater(crm, 'unique.db');
    expect(suppressedIn(crm)).toEqual([[2, 'phone', 'manual']]);
    expect(wishesIn(crm)).toContainEqual(['+33633333333', 'phone']);
  });

  it('are counted where the backup has no such field', () => {
    const crm = crmWith('ann@x.example');
    crm.ok('backup', 'b.db');
    crm.ok('fields:create', 'cno', '--type', 'text', '--unique');
    crm.world.file('list.csv', 'cno\nC1\nC2\n');
    crm.ok('suppressions:import', 'list.csv', '--key', 'cno', '--channel', 'sms');
    const { stderr, status } = crm.run('restore', 'b.db', '--yes');
    expect([status, stderr]).toEqual([
      0,
      expect.stringContaining(
        '2 suppressions could not be placed, of values of cno, a field that the backup does not have',
      ),
    ]);
  });
});

describe('what was erased since', () => {
  it('does not come back with a contact that stays, and is told', () => {
    const crm = crmWith('ann@x.example');
    crm.ok('contacts:suppress', 'ann@x.example', '--channel', 'email');
    crm.ok('backup', 'b.db');
    crm.ok('contacts:edit', 'ann@x.example', '--set', 'email=bo@x.example');
    crm.ok('contacts:erase', 'ann@x.example', '--value-alone', '--yes');
    expect(crm.ok('restore', 'b.db', '--yes')).toContain(
      '1 value of the backup erased again, as it was asked since\n',
    );
    expect(query(crm, 'select id, email from contacts')).toEqual([[1, null]]);
    expect(query(crm, 'select address from address_suppressions')).not.toContainEqual([
      'ann@x.example',
    ]);
    expect(suppressedIn(crm)).toEqual([[1, 'email', 'manual']]);
    expect(query(crm, 'select value from former_values')).toEqual([]);
    expect(crm.run('contacts:add', 'ann@x.example').status).toBe(1);
  });

  it('is not what was let in again', () => {
    const crm = crmWith('ann@x.example');
    crm.ok('contacts:erase', 'ann@x.example', '--yes');
    crm.ok('backup', 'b.db');
    crm.ok('contacts:add', 'ann@x.example', '--allow-erased');
    restored(crm);
    crm.ok('contacts:add', 'ann@x.example');
  });
});

describe('ids', () => {
  const COUNTED = `
    select name from sqlite_schema where type = 'table' and sql like '%autoincrement%' order by name`;

  it('are given out once, of tables too that had no row at the time of the backup', () => {
    const crm = makeCrm();
    crm.ok('backup', 'b.db');
    withStore(crm, (raw) => {
      raw.exec(`
        delete from sqlite_sequence;
        insert into sqlite_sequence (name, seq) select name, 100 from (${COUNTED})`);
    });
    restored(crm);
    const counters = query(
      crm,
      `
      select name from sqlite_sequence where name in (${COUNTED}) and seq >= 100 order by name`,
    );
    expect(counters).toEqual(query(crm, COUNTED));
    expect(query(crm, COUNTED)).toHaveLength(14);
    expect(crm.json('contacts:add', 'ann@x.example')).toMatchObject({ id: 101 });
    expect(crm.json('segments:create', 'News')).toMatchObject({ id: 101 });
  });
});

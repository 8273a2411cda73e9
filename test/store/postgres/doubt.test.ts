import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { changesTable } from '../../../src/store/postgres/delta/changes.ts';
import { isCaptureWhole } from '../../../src/store/postgres/delta/capture.ts';
import type { PostgresSession } from '../../../src/store/postgres/postgres-session.ts';
import { reading } from '../conformance/fixture.ts';
import { describePostgres, plainClient } from '../../helpers/postgres.ts';
import { loggedIn } from './logged.ts';
import { addSegment, open } from './run-log.ts';
import { makeTrial, openTrial, type TrialStore } from './trial-store.ts';

const PROGRAMS = process.env['ROLLCALL_TEST_PG_PROGRAMS'] ?? '/usr/lib/postgresql/15/bin';

/** The store that a dump of this one makes, in a database of its own. */
async function copyOf({ url, schema, client }: TrialStore): Promise<TrialStore> {
  const database = `copy_of_${schema}`;
  await client.query(`create database ${database} template template0 encoding 'UTF8' locale 'C'`);
  const server = await plainClient(url);
  const settings = { env: { ...process.env, PGHOST: server.host, PGPORT: String(server.port) } };
  const user = ['-U', server.user!, '-d'];
  const input = execFileSync(
    `${PROGRAMS}/pg_dump`,
    ['-Fc', '-n', schema, ...user, server.database!],
    settings,
  );
  execFileSync(`${PROGRAMS}/pg_restore`, ['--single-transaction', ...user, database], {
    ...settings,
    input,
  });
  const place = url.replace(/\/[^/?]+(?=\?)/, `/${database}`);
  return openTrial(place, schema, async () => {
    await server.query(`drop database ${database} with (force)`);
    await server.end();
  });
}

/** What nothing that is logged tells of: who is gone, and who is anonymous. */
const UNTRUE = `
  insert into segments (id, alias, name, kind, created_at, updated_at, members, anonymous)
  values (1, 's', 'S', 'static', 0, 0, 2, 0);
  insert into causes (segment_id, at, via, joined, open, uses) values (1, 0, 'manual', 2, 2, 2);
  insert into contacts (id, created_at, updated_at) values (3, 0, 0);
  insert into joined (segment_id, contact_id, cause_id) values (1, 3, 1), (1, 99, 1)`;

describePostgres('capture in doubt', () => {
  let trial: TrialStore;
  let db: PostgresSession;
  beforeEach(async () => {
    trial = await makeTrial();
    db = trial.db;
  });
  afterEach(async () => trial.cleanup());

  const edit = async (): Promise<string[]> => {
    await trial.client.query('truncate contact_changes, wide_changes');
    await trial.client.query(
      "insert into contacts (id, created_at, updated_at) values (7, 0, 0); update contacts set city = 'Paris'",
    );
    return loggedIn(db);
  };

  test.each([
    [
      'a trigger disabled and enabled',
      'alter table contacts disable trigger capture_contacts_update; alter table contacts enable always trigger capture_contacts_update',
    ],
    ['all triggers disabled', 'alter table contacts disable trigger user'],
    [
      'a trigger that runs for no replica',
      'alter table contacts enable trigger capture_contacts_update',
    ],
    ['a trigger dropped', 'drop trigger capture_contacts_update on contacts'],
    ['a function dropped', 'drop function capture_contacts_insert() cascade'],
    [
      'a function that does nothing',
      'create or replace function capture_contacts_update() returns trigger language plpgsql as $$ begin return null; end $$',
    ],
    [
      'a function that everybody may use',
      'grant execute on function capture_contacts_update() to public',
    ],
    [
      'a function without a search_path',
      'alter function capture_contacts_update() reset search_path',
    ],
    ['a function of whoever writes', 'alter function capture_contacts_update() security invoker'],
    [
      'a trigger of somebody else',
      'create function odd() returns trigger language plpgsql as $$ begin return new; end $$; create trigger odd before update on contacts for each row execute function odd()',
    ],
    [
      'a trigger of our name that is none of ours',
      'create trigger capture_mine after insert on events for each statement execute function capture_events_insert()',
    ],
    ['a column added', 'alter table contacts add column shoe_size float8'],
    ['a type changed', 'alter table contacts alter column points type numeric'],
    [
      'a field edited',
      "alter table contacts add column tier text; insert into fields (object, alias, label, type) values ('contact', 'tier', 'Tier', 'text')",
    ],
  ])('%s is noticed, once, and put right', async (_, statement) => {
    const { seen } = await open(db);
    await trial.client.query(statement);
    await trial.client.query(UNTRUE);
    expect((await open(db)).doubtful).toBe(true);
    expect(await db.tuples(sql`select id, anonymous from segments`)).toEqual([[1, 1]]);
    expect(await db.pluck(sql`select contact_id from joined`)).toEqual([3]);
    expect((await changesTable(db).reach())(seen, reading({}))).toBe(false);
    const again = await open(db);
    expect([again.doubtful, await isCaptureWhole(db)]).toEqual([false, true]);
    expect((await changesTable(db).reach())(again.seen, reading({}))).toBe(true);
    expect(await edit()).toEqual(['exists 7', 'profile 3', 'profile 7']);
  });

  test.each([
    [
      'upkeep of the server',
      'vacuum freeze; analyze; reindex table contacts; vacuum full contacts',
    ],
    ['an index of somebody else', 'create index mine on contacts (city)'],
    ['a table of somebody else', 'create table mine (id int)'],
  ])('%s is none', async (_, statements) => {
    for (const statement of statements.split('; ')) await trial.client.query(statement);
    expect((await open(db)).doubtful).toBe(false);
  });

  test('a field that comes is captured from then on, and one that goes no more', async () => {
    await trial.client.query(
      "alter table contacts add column tier text; insert into fields (object, alias, label, type, is_unique) values ('contact', 'tier', 'Tier', 'text', 1)",
    );
    await open(db);
    await trial.client.query(
      "insert into contacts (id, tier, created_at, updated_at) values (1, 'a', 0, 0)",
    );
    await trial.client.query("truncate contact_changes; update contacts set tier = 'b'");
    expect(await loggedIn(db)).toContain('profile 1');
    expect(await db.pluck(sql`select value from former_values`)).toEqual(['a']);
    await trial.client.query(
      "delete from fields where alias = 'tier'; alter table contacts drop column tier",
    );
    expect((await open(db)).doubtful).toBe(true);
    expect(await edit()).toContain('profile 7');
  });

  test.skipIf(!existsSync(`${PROGRAMS}/pg_dump`))(
    'a store from a dump lives anew, and is captured',
    async () => {
      await trial.client.query(
        'insert into contacts (id, created_at, updated_at) values (1, 0, 0)',
      );
      await addSegment(db, 1, (await open(db)).seen);
      await trial.client.query('update segments set built_at = 0');
      const copy = await copyOf(trial);
      try {
        const timeline = sql`select timeline from capture`;
        expect((await open(copy.db)).doubtful).toBe(true);
        expect(await copy.db.value(timeline)).not.toBe(await db.value(timeline));
        expect(await copy.db.pluck(sql`select seen_epoch from segments`)).toEqual([null]);
        expect(await copy.db.value(sql`select count(*) from contact_changes`)).toBe(0);
        expect((await open(copy.db)).doubtful).toBe(false);
        await copy.client.query("update contacts set city = 'Paris'");
        expect(await loggedIn(copy.db)).toEqual(expect.arrayContaining(['profile 1']));
      } finally {
        await copy.cleanup();
      }
    },
  );

  describe('another role', () => {
    let role: string;
    let other: pg.Client;
    beforeEach(async () => {
      role = `app_of_${trial.schema}`;
      await trial.client.query(`create role ${role} login`);
      await trial.client.query(
        `grant usage on schema ${trial.schema} to ${role}; grant select, insert, update, delete on contacts, events to ${role}; grant create on database postgres to ${role}`,
      );
      other = await trial.connect(role);
    });
    afterEach(async () => {
      await trial.client.query(`drop owned by ${role}`);
      await trial.client.query(`drop role ${role}`);
    });

    test('that may not write the log has its writes logged, wherever it looks for names', async () => {
      await expect(
        other.query("insert into contact_changes (contact_id, kind) values (1, 'x')"),
      ).rejects.toThrow(/permission denied/);
      await other.query(`
        create temp table contact_changes (contact_id bigint, kind text, aspects bigint, mark int);
        create schema mine_${role};
        create table mine_${role}.contact_changes (contact_id bigint, kind text, aspects bigint, mark int);
        set search_path = pg_temp, mine_${role}, ${trial.schema};
        insert into ${trial.schema}.contacts (id, created_at, updated_at) values (1, 0, 0);
        insert into ${trial.schema}.events (contact_id, type, occurred_at) values (1, 'web.visit', 0);
        update ${trial.schema}.contacts set city = 'Paris'`);
      expect(await loggedIn(db)).toEqual(['events 1', 'exists 1', 'profile 1']);
    });

    test('cannot have our functions delete for a table of its own', async () => {
      await other.query('create temp table mine (id bigint)');
      await expect(
        other.query(
          `create trigger mine after delete on mine referencing old table as o for each statement execute function ${trial.schema}.capture_contacts_delete()`,
        ),
      ).rejects.toThrow(/permission denied for function/);
    });
  });
});

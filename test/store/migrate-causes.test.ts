import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MigrationForecast } from '../../src/store/index.ts';
import { transacting } from '../../src/store/sqlite/connection/transacting.ts';
import { SqliteSession } from '../../src/store/sqlite/session.ts';
import { recounting } from '../../src/store/sql/delta/cause-uses.ts';
import { FileGuard, identify } from '../../src/store/sqlite/file/file-guard.ts';
import { migrateStore } from '../../src/store/sqlite/migration/migrate.ts';
import { applyMigrations, readMigrations } from '../../src/store/sqlite/migration/migrations.ts';

/* The last version in which memberships had no causes, filled with everything. */

const NOW = Date.parse('2026-03-01T08:00:00Z');
let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-causes-'));
  path = join(folder, 'crm.db');
  const stored = new URL('versions/6.db.gz', import.meta.url).pathname;
  writeFileSync(path, gunzipSync(readFileSync(stored)), { mode: 0o600 });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function withStore<T>(work: (raw: Sqlite.Database) => T): T {
  const raw = new Sqlite(path);
  try {
    return work(raw);
  } finally {
    raw.close();
  }
}

/** Contacts that somebody deleted with SQL are taken along, as by every migration. */
const STANDING = 'where contact_id in (select id from contacts)';
const PINS = `select segment_id, contact_id, via, pinned_by, reason from pins ${STANDING} order by 1, 2`;
const MEMBERS = `select * from memberships ${STANDING} order by 1, 2`;
const HISTORY = `select * from membership_history ${STANDING} order by 1`;
const rows = (statement: string): unknown[] =>
  withStore((raw) => raw.prepare(statement).raw().all());

test('says beforehand what it takes, and carries over who joined and left by what', async () => {
  const before = [MEMBERS, HISTORY, PINS].map(rows);
  const all =
    rows('select 1 from memberships').length + rows('select 1 from membership_history').length;
  const announced: MigrationForecast[] = [];
  const announce = async (forecast: MigrationForecast): Promise<void> => {
    expect(withStore((raw) => raw.pragma('user_version', { simple: true }))).toBe(6);
    announced.push(forecast);
  };
  await migrateStore(path, { now: NOW, announce });
  expect(announced.map((each) => each.rows)).toEqual([all]);
  expect(announced[0]!.bytes).toBeGreaterThan(announced[0]!.backup);
  expect([MEMBERS, HISTORY, PINS].map(rows)).toEqual(before);
  expect(
    rows(
      `select count(*) from pins join segment_causes as made on made.id = cause_id
        where made.via is not pins.via or made."by" is not pinned_by or made.reason is not pins.reason`,
    ),
  ).toEqual([[0]]);
  expect(rows('select count(*) from causes where version is null')).toEqual([[0]]);
});

test('says beforehand what many causes take', async () => {
  withStore((raw) => {
    raw.exec(`
      insert into contacts (points, created_at, updated_at)
        with recursive n (i) as (select 1 union all select i + 1 from n where i < 20000)
        select i, 0, 0 from n;
      delete from contact_changes;
      insert or ignore into memberships (segment_id, contact_id, since, via, run_id)
        select 1, id, id * 1000, 'filter', 1 from contacts`);
    raw.exec('vacuum');
  });
  const announced: MigrationForecast[] = [];
  const { backup } = await migrateStore(path, {
    now: NOW,
    announce: async (forecast) => {
      announced.push(forecast);
    },
  });
  const [{ bytes } = { bytes: 0 }] = announced;
  const grown = statSync(path).size - statSync(backup!).size;
  // what is written stands in the log too, until it is in the store
  expect(bytes).toBeGreaterThan(statSync(backup!).size + 2 * grown);
});

test('carries over by whom and why somebody is in or out, where a pin made them join or leave', async () => {
  const PINNED_AT = 5_000;
  withStore((raw) => {
    raw.exec(`
      delete from pins; delete from memberships; delete from membership_history;
      insert into pins (segment_id, contact_id, kind, via, pinned_by, reason, until, created_at)
        select 2, value, 'in', 'manual', 'ada', 'met', null, ${PINNED_AT}
          from json_each('[1, 2, 3, 4]')
        union all
        select 2, 5, 'in', 'form:fair', null, null, null, ${PINNED_AT}
        union all
        select 2, value, 'out', 'manual', 'bob', 'asked', null, ${PINNED_AT}
          from json_each('[6, 7]');
      insert into memberships (segment_id, contact_id, since, via, run_id) values
        (2, 1, ${PINNED_AT}, 'manual', null), (2, 2, ${PINNED_AT + 1}, 'manual', 7),
        (2, 3, ${PINNED_AT - 1}, 'manual', null), (2, 4, ${PINNED_AT + 1}, 'filter', 7),
        (2, 5, ${PINNED_AT}, 'form:fair', null), (2, 8, ${PINNED_AT}, 'manual', null);
      insert into membership_history
          (segment_id, contact_id, joined_at, left_at, joined_via, left_via, joined_run, left_run)
        values (2, 6, 1, ${PINNED_AT}, 'filter', 'manual', 7, null),
          (2, 7, 1, ${PINNED_AT - 1}, 'filter', 'manual', 7, null)`);
  });
  await migrateStore(path, { now: NOW });
  const told = (of: string): unknown[] =>
    rows(`select contact_id, "by", reason from ${of} join segment_causes as c on c.id = cause_id
      order by 1`);
  expect(told('joined')).toEqual([
    [1, 'ada', 'met'],
    [2, 'ada', 'met'],
    [3, null, null],
    [4, null, null],
    [5, null, null],
    [8, null, null],
  ]);
  expect(told('(select contact_id, left_cause as cause_id from joined_history)')).toEqual([
    [6, 'bob', 'asked'],
    [7, null, null],
  ]);
  // the pin and what it did have one cause, as when somebody decides today, and none is left over
  expect(rows('select 1 from pins join joined using (segment_id, contact_id, cause_id)')).toEqual([
    [1],
    [1],
  ]);
  expect(rows('select 1 from causes where uses = 0')).toEqual([]);
  expect(withStore((raw) => raw.prepare(recounting()).run().changes)).toBe(0);
});

test.each([
  ['an index', 'create index theirs on memberships (via)', 'the index theirs'],
  [
    'a trigger',
    'create trigger theirs after insert on memberships begin select 1; end',
    'the trigger theirs',
  ],
  [
    'a trigger that writes there',
    'create trigger theirs after insert on tags begin delete from memberships where via = new.name; end',
    'the trigger theirs',
  ],
  [
    'a foreign key',
    'create table theirs (s integer, c integer, foreign key (s, c) references memberships)',
    'the foreign key of the table theirs',
  ],
])(
  'is refused, and nothing done, where %s of others hangs on the table',
  async (_, made, named) => {
    withStore((raw) => raw.exec(made));
    await expect(migrateStore(path, { now: NOW })).rejects.toMatchObject({
      code: 'FOREIGN_OBJECTS',
      exit: 1,
      message: expect.stringContaining(named) as string,
    });
    expect(rows('pragma user_version')).toEqual([[6]]);
  },
);

test.each([
  ['a table', 'create table Causes (x)', 'the table Causes'],
  ['an index', 'create index causes_at on tags (created_at)', 'the index causes_at'],
  ['a view', 'create view segment_causes as select 1 as x', 'the view segment_causes'],
])('is refused, and nothing done, where %s of others has a new name', async (_, made, named) => {
  withStore((raw) => raw.exec(made));
  await expect(migrateStore(path, { now: NOW })).rejects.toMatchObject({
    code: 'FOREIGN_OBJECTS',
    exit: 1,
    message: expect.stringContaining(named) as string,
  });
  expect(rows('pragma user_version')).toEqual([[6]]);
});

test('is refused where others have added a column, and goes on with views that read the table', async () => {
  withStore((raw) => {
    raw.exec('create view theirs as select contact_id, via from memberships where segment_id = 1');
    raw.exec('alter table memberships add column note text');
  });
  await expect(migrateStore(path, { now: NOW })).rejects.toMatchObject({
    code: 'FOREIGN_COLUMNS',
  });
  withStore((raw) => raw.exec('alter table memberships drop column note'));
  const before = rows('select * from theirs order by 1');
  await migrateStore(path, { now: NOW });
  expect(rows('select * from theirs order by 1')).toEqual(before);
});

test('names its backup where somebody put another file in the place of the store', () => {
  withStore((raw) => {
    const file = identify(path);
    copyFileSync(path, `${path}.theirs`);
    renameSync(`${path}.theirs`, path);
    const backup = `${path}.backup-v6`;
    const guard = new FileGuard(raw, path, { location: path, file, backup });
    expect(() => {
      guard.check();
    }).toThrow(
      expect.objectContaining({
        code: 'REPLACED',
        hint: expect.stringContaining(`rollcall restore ${backup} --db ${path}`) as string,
      }) as Error,
    );
  });
});

test('that loses a row is a fault', async () => {
  const migrations = readMigrations().map((migration) => ({
    ...migration,
    sql: migration.sql.map((statement) =>
      statement
        .replace('insert into joined (', 'insert or ignore into joined (')
        .replace(
          'select memberships.segment_id, memberships.contact_id, caused.id',
          'select 1, 1, caused.id',
        ),
    ),
  }));
  const raw = new Sqlite(path);
  raw.pragma('foreign_keys = off');
  const migrate = transacting(raw, async () =>
    applyMigrations(new SqliteSession(raw), migrations, 6),
  );
  await expect(migrate).rejects.toThrow('loses rows of the table memberships');
  raw.close();
});

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { is } from 'drizzle-orm';
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  APPLICATION_ID,
  connect,
  SCHEMA_VERSION,
} from '../../src/store/sqlite/connection/connect.ts';
import { readMigrations } from '../../src/store/sqlite/migration/migrations.ts';
import { initStore, openStore } from '../../src/store/sqlite/open.ts';
import * as schema from '../../src/store/sql/schema.ts';
import { addContacts } from './conformance/fixture.ts';
import { type SqliteFixture, sqliteFixture } from './sqlite-fixture.ts';

let fixture: SqliteFixture;
let raw: Sqlite.Database;
beforeAll(async () => {
  fixture = await sqliteFixture();
  ({ raw } = fixture);
});
afterAll(async () => fixture.cleanup());

const declared = Object.values(schema)
  .filter((table) => is(table, SQLiteTable))
  .map((table) => getTableConfig(table));
const realTables = (): { name: string; strict: number; wr: number }[] =>
  raw
    .prepare(
      `select name, strict, wr
        from pragma_table_list
        where schema = 'main' and type = 'table' and name not like 'sqlite~_%' escape '~'
          and name <> '__drizzle_migrations'
        order by name`,
    )
    .all() as never;

interface Column {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
}
function realColumns(table: string): Column[] {
  const rows = raw
    .prepare(
      'select name, lower(type) as type, "notnull" or pk > 0 as not_null from pragma_table_xinfo(?)',
    )
    .all(table) as { name: string; type: string; not_null: number }[];
  return rows.map(({ name, type, not_null }) => ({ name, type, notNull: not_null === 1 }));
}
const byName = (columns: readonly Column[]): Column[] =>
  [...columns].sort((a, b) => (a.name < b.name ? -1 : 1));

describe('the schema that drizzle knows', () => {
  test('has only tables that there are', () => {
    const real = realTables().map((table) => table.name);
    expect(declared.map((table) => table.name).filter((name) => !real.includes(name))).toEqual([]);
  });

  test.each(declared.map((table) => table.name))('has the columns of %s', (name) => {
    const table = declared.find((candidate) => candidate.name === name);
    const own = table!.columns.map((column): Column => {
      const key = table!.primaryKeys.some((primary) =>
        primary.columns.some((member) => member.name === column.name),
      );
      return {
        name: column.name,
        type: column.getSQLType(),
        notNull: column.notNull || column.primary || key,
      };
    });
    expect(byName(own)).toEqual(byName(realColumns(name)));
  });
});

/**
 * Memberships are counted by segment instead: `HealthReader.memberships`. Of contacts that are gone
 * there is how they joined and left, and into whom they were merged.
 */
const NOT_FOLLOWED = ['joined', 'deleted_history', 'moved', 'merged_contacts'];

test.each(['contact_id', 'company_id', 'tag_id'])(
  'doctor follows every %s to where it leads',
  async (column) => {
    const links = await fixture.store.read(async (tx) => (await tx.health()).links());
    const followed = links.filter((link) => link.column === column).map(({ table }) => table);
    const standing = realTables().filter(
      ({ name }) =>
        !NOT_FOLLOWED.includes(name) && realColumns(name).some((each) => each.name === column),
    );
    expect(followed.sort()).toEqual(standing.map(({ name }) => name));
  },
);

describe('the tables', () => {
  test('are strict; those that grow with keys of two columns have no rowid', () => {
    const tables = new Map(realTables().map((table) => [table.name, table]));
    for (const table of tables.values())
      expect([table.name, table.strict]).toEqual([table.name, 1]);
    for (const name of [
      'joined',
      'pins',
      'contact_tags',
      'suppressions',
      'contact_changes',
      'member_changes',
    ])
      expect(tables.get(name)?.wr).toBe(1);
  });

  test('hold a column for every field but those that stand for links', () => {
    const fields = raw.prepare('select object, alias from fields').all() as {
      object: string;
      alias: string;
    }[];
    const columns = { contact: realColumns('contacts'), company: realColumns('companies') };
    const without = fields.filter(
      ({ object, alias }) =>
        !columns[object as 'contact' | 'company'].some((column) => column.name === alias),
    );
    expect(without.map((field) => field.alias)).toEqual(['company', 'tags']);
  });

  test('compare the text of contacts and companies without case', () => {
    for (const table of ['contacts', 'companies']) {
      const texts = realColumns(table)
        .filter((column) => column.type === 'text' && column.name !== 'email_domain')
        .map((column) => column.name);
      raw
        .prepare(
          `insert into ${table} (${texts.join(', ')}, created_at, updated_at)
            values (${texts.map(() => "'a@a'").join(', ')}, 0, 0)`,
        )
        .run();
      for (const column of texts)
        expect([
          column,
          raw.prepare(`select count(*) from ${table} where ${column} = 'A@A'`).pluck().get(),
        ]).toEqual([column, 1]);
    }
    expect(
      raw.prepare("select count(*) from contacts where email_domain = 'A'").pluck().get(),
    ).toBe(1);
  });

  test('of memberships have one index, their key, and no foreign key', () => {
    expect(raw.prepare("select origin from pragma_index_list('joined')").pluck().all()).toEqual([
      'pk',
    ]);
    for (const table of ['joined', 'pins', 'joined_history'])
      expect(raw.prepare('select * from pragma_foreign_key_list(?)').all(table)).toEqual([]);
  });

  test('have the indexes that updates walk', () => {
    const indexes = raw
      .prepare(
        "select name from sqlite_schema where type = 'index' and name not like 'sqlite~_%' escape '~' order by name",
      )
      .pluck()
      .all();
    expect(indexes).toEqual([
      'causes_at',
      'causes_unused',
      'causes_whole',
      'contact_tags_tag',
      'contacts_company',
      'deleted_history_contact',
      'events_contact',
      'events_window',
      'joined_history_contact',
      'merged_contacts_into',
      'odd_address_suppressions',
      'odd_companies_name',
      'odd_contacts_email',
      'odd_tags_name',
      'pins_until',
      'runs_status',
      'value_suppressions_key',
    ]);
  });

  test('say which application and version they are of: one version a migration', () => {
    expect([
      raw.pragma('application_id', { simple: true }),
      raw.pragma('user_version', { simple: true }),
    ]).toEqual([APPLICATION_ID, SCHEMA_VERSION]);
    expect(Buffer.from(APPLICATION_ID.toString(16), 'hex').toString()).toBe('ROLL');
    expect(readMigrations()).toHaveLength(SCHEMA_VERSION);
  });
});

describe('every connection', () => {
  test('syncs fully, keeps foreign keys and writes ahead, also on reopening', async () => {
    for (let round = 0; round < 2; round += 1) {
      const connection = connect(fixture.path);
      const pragma = (name: string): unknown => connection.pragma(name, { simple: true });
      expect([
        pragma('synchronous'),
        pragma('foreign_keys'),
        pragma('journal_mode'),
        pragma('busy_timeout'),
      ]).toEqual([2, 1, 'wal', 10_000]);
      connection.close();
    }
  });

  test('brings back WAL where a backup was put in the place of the store', async () => {
    const copy = join(fixture.folder, 'copy.db');
    raw.prepare('vacuum into ?').run(copy);
    const store = await openStore(copy);
    const other = connect(copy);
    expect(other.pragma('journal_mode', { simple: true })).toBe('wal');
    other.close();
    await store.close();
  });
});

describe('files', () => {
  test('are for their owner alone when the process asks for that', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rollcall-files-'));
    const before = process.umask(0o077); // as bin/rollcall.js does
    try {
      const path = join(folder, 'deep', 'er', 'crm.db');
      await initStore(path, { makeFolder: true });
      const store = await openStore(path);
      const lock = await store.lockRuns(0);
      await store.write(async (tx) => addContacts(tx, {}));
      const modes = Object.fromEntries(
        readdirSync(join(folder, 'deep', 'er')).map((name) => [
          name,
          statSync(join(folder, 'deep', 'er', name)).mode & 0o777,
        ]),
      );
      expect(modes).toEqual({
        'crm.db': 0o600,
        'crm.db-shm': 0o600,
        'crm.db-wal': 0o600,
        'crm.db.lock': 0o600,
      });
      expect(statSync(join(folder, 'deep')).mode & 0o777).toBe(0o700);
      await lock?.release();
      await store.close();
    } finally {
      process.umask(before);
      rmSync(folder, { recursive: true });
    }
  });

  test('of a new store are the store alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rollcall-files-'));
    expect(await initStore(join(folder, 'crm.db'))).toEqual({ created: true, names: 1 });
    expect(readdirSync(folder)).toEqual(['crm.db']);
    rmSync(folder, { recursive: true });
  });
});

import type Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { type SqliteFixture, sqliteFixture } from '../sqlite-fixture.ts';
import {
  ONLY_IN_DATABASES,
  ONLY_IN_FILES,
  OTHER_COLUMNS,
  OTHER_TYPES,
} from './differing-schema.ts';
import { hasServer, OwnSchema, serverTest } from './own-schema.ts';

type Column = Readonly<Record<'name' | 'type', string>> & { readonly required: boolean };
type Tables = Readonly<Record<string, readonly Column[]>>;

/** The types that columns of each SQLite type may have, where nothing else is said. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  INTEGER: ['bigint', 'integer', 'smallint'],
  REAL: ['double precision'],
  TEXT: ['text'],
  ANY: ['text'],
  BLOB: ['bytea'],
  NUMERIC: [],
};

/** The record is appended to, and has no keys. */
const LOG_INDEXES = [
  'contact_changes_identified',
  'contact_changes_xid',
  'member_changes_segment',
  'wide_changes_xid',
];

const own = new OwnSchema();
let file: SqliteFixture;
let raw: Sqlite.Database;
let inDatabase: Tables;
let inFile: Tables;
beforeAll(async () => {
  if (!hasServer) return;
  file = await sqliteFixture();
  ({ raw } = file);
  inDatabase = await tablesOfDatabase();
  inFile = tablesOfFile();
});
afterAll(async () => {
  if (hasServer) await file.cleanup();
});

async function tablesOfDatabase(): Promise<Tables> {
  const rows = await own.rows<Column & { table: string }>(
    `select relname as table, coalesce(attname, '') as name,
          coalesce(format_type(atttypid, null), '') as type, coalesce(attnotnull, false) as required
        from pg_class
        left join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
        where relnamespace = $1::regnamespace and relkind in ('r', 'v')
        order by 1, 2`,
    [own.schema],
  );
  return byTable(rows);
}

function tablesOfFile(): Tables {
  const rows = raw
    .prepare(
      `select tables.name as "table", columns.name, upper(columns.type) as type,
            columns."notnull" or columns.pk > 0 as required
          from pragma_table_list as tables
          join pragma_table_xinfo(tables.name) as columns
          where tables.schema = 'main' and tables.name not glob 'sqlite_*'
          order by 1, 2`,
    )
    .all() as { table: string; name: string; type: string; required: number }[];
  return byTable(rows.map((row) => ({ ...row, required: row.required === 1 })));
}

function byTable(rows: readonly (Column & { table: string })[]): Tables {
  const tables: Record<string, Column[]> = {};
  for (const { table, name, type, required } of rows) {
    tables[table] ??= [];
    if (name !== '') tables[table].push({ name, type, required });
  }
  return tables;
}

const shared = (): string[] => Object.keys(inFile).filter((table) => table in inDatabase);

/** The columns that both have, as pairs. */
function pairs(): { place: string; ours: Column; theirs: Column }[] {
  return shared().flatMap((table) =>
    (inFile[table] ?? []).flatMap((theirs) => {
      const ours = inDatabase[table]?.find(({ name }) => name === theirs.name);
      return ours === undefined ? [] : [{ place: `${table}.${theirs.name}`, ours, theirs }];
    }),
  );
}

describe('the schema in PostgreSQL', () => {
  serverTest('has the tables and views of a file', () => {
    expect(Object.keys(inFile).filter((table) => !(table in inDatabase))).toEqual(
      Object.keys(ONLY_IN_FILES).sort(),
    );
    expect(Object.keys(inDatabase).filter((table) => !(table in inFile))).toEqual(
      Object.keys(ONLY_IN_DATABASES).sort(),
    );
  });

  serverTest('has their columns', () => {
    const names = (columns: readonly Column[] = []): string[] => columns.map(({ name }) => name);
    const differing = shared().flatMap((table) => {
      const [ours, theirs] = [names(inDatabase[table]), names(inFile[table])];
      const other = [
        ...theirs.filter((name) => !ours.includes(name)).map((name) => `-${name}`),
        ...ours.filter((name) => !theirs.includes(name)).map((name) => `+${name}`),
      ];
      return other.length === 0 ? [] : [[table, other]];
    });
    expect(Object.fromEntries(differing)).toEqual(OTHER_COLUMNS);
  });

  serverTest('has columns of types that hold what those of a file hold', () => {
    const views = ['memberships', 'membership_history', 'segment_members', 'segment_causes'];
    const other: Record<string, string[]> = {};
    for (const { place, ours, theirs } of pairs()) {
      if (views.some((view) => place.startsWith(`${view}.`))) continue;
      if (TYPES[theirs.type]?.includes(ours.type) === true) continue;
      (other[ours.type] ??= []).push(place);
    }
    const sorted = (types: Readonly<Record<string, readonly string[]>>): unknown =>
      Object.fromEntries(Object.entries(types).map(([type, places]) => [type, [...places].sort()]));
    expect(sorted(other)).toEqual(sorted(OTHER_TYPES));
  });

  serverTest('wants a value wherever a file does', () => {
    const differing = pairs().filter(({ ours, theirs }) => ours.required !== theirs.required);
    expect(differing.map(({ place }) => place)).toEqual([]);
  });

  serverTest('compares all texts by "C"', async () => {
    const places = await own.pluck(
      `select attrelid::regclass || '.' || attname
        from pg_attribute
        join pg_class on pg_class.oid = attrelid
        where relnamespace = $1::regnamespace and relkind in ('r', 'v') and attnum > 0
          and attcollation not in (0, (select oid from pg_collation where collname = 'C'))`,
      [own.schema],
    );
    expect(places).toEqual([]);
  });

  serverTest('has the indexes of a file, and no other but those of keys', async () => {
    const ours = await own.pluck<string>(
      `select indexrelid::regclass::text
        from pg_index
        join pg_class on pg_class.oid = indexrelid
        where relnamespace = $1::regnamespace and not indisunique
        order by relname collate "C"`,
      [own.schema],
    );
    const theirs = raw
      .prepare("select name from sqlite_schema where type = 'index' and name not glob 'sqlite_*'")
      .pluck()
      .all() as string[];
    expect(ours).toEqual([...theirs, ...LOG_INDEXES].sort());
  });

  serverTest('lets be unique what is unique in a file', async () => {
    const ours = await own.rows<{ table: string; columns: string[] }>(
      `select indrelid::regclass::text as table,
          array(
            select regexp_replace(pg_get_indexdef(indexrelid, place, true), '^lower\\((.*)\\)$', '\\1')
            from generate_series(1, indnkeyatts) as place
            order by 1
          ) as columns
        from pg_index
        join pg_class on pg_class.oid = indexrelid
        where relnamespace = $1::regnamespace and indisunique`,
      [own.schema],
    );
    const keys = raw
      .prepare(
        `select tables.name as "table", (
            select json_group_array(columns.name) from pragma_index_xinfo(indexes.name) as columns
            where columns.key
          ) as columns
          from pragma_table_list as tables
          join pragma_index_list(tables.name) as indexes
          where tables.schema = 'main' and indexes."unique"
          union
          select tables.name, json_array(columns.name)
          from pragma_table_list as tables
          join pragma_table_xinfo(tables.name) as columns
          where tables.schema = 'main' and tables.type = 'table' and columns.pk
            and columns.type = 'INTEGER'
            and (select count(*) from pragma_table_xinfo(tables.name) where pk) = 1`,
      )
      .all() as { table: string; columns: string }[];
    const key = (table: string, columns: readonly string[]): string =>
      `${table} (${[...columns].sort().join(', ')})`;
    const isShared = (named: string): boolean =>
      shared().some((table) => named.startsWith(`${table} `)) &&
      // what an import made is a range in a file, and several where others write meanwhile
      !/^((contact|member)_changes|import_ids) /.test(named);
    const quoted = ours.map(({ table, columns }) =>
      key(
        table,
        columns.map((column) => column.replaceAll('"', '')),
      ),
    );
    const theirs = keys.map(({ table, columns }) => key(table, JSON.parse(columns) as string[]));
    expect(quoted.filter(isShared).sort()).toEqual([...new Set(theirs)].filter(isShared).sort());
  });

  serverTest('begins with the rows of a file', async () => {
    for (const table of ['fields', 'settings']) {
      const query = `select * from ${table} order by 1`;
      const names = inFile[table]?.map(({ name }) => name) ?? [];
      const rows = await own.rows(query);
      const plain = (row: Record<string, unknown>): unknown[] => names.map((name) => row[name]);
      expect(rows.map(plain)).toEqual(
        (raw.prepare(query).all() as Record<string, unknown>[]).map(plain),
      );
    }
    expect(
      await own.pluck(
        'select length(timeline) from capture union all select length(key) from erased_key',
      ),
    ).toEqual([32, 32]);
    expect(
      await own.pluck(
        "insert into fields (object, alias, label, type) values ('contact', 'nth', 'Nth', 'text') returning id",
      ),
    ).toEqual([1000]);
  });
});

import Sqlite from 'better-sqlite3';

/** One way to spoil a store: statements for somebody who looks neither at links nor at checks. */
export interface Spoiling {
  readonly name: string;
  /** The table that it is about, so that a sample meets each. */
  readonly about: string;
  readonly statements: string;
}

const LONG = "replace(hex(zeroblob(250000)), '0', 'é')";
const DEEP = `${repeated('[')} || ${repeated(']')}`;

/** So often that what goes down into it has to think of it. */
function repeated(text: string): string {
  return `replace(hex(zeroblob(5000)), '00', '${text}')`;
}

/** Values as SQL, by what is nasty about them. */
const NASTY: Readonly<Record<string, string>> = {
  null: 'null',
  zero: '0',
  'minus one': '-1',
  dangling: '4711',
  'beyond dates': '8640000000000001',
  nanoseconds: '1772359200000000000',
  'the largest integer': '9223372036854775807',
  'the smallest integer': '-9223372036854775808',
  infinity: '9e999',
  'minus infinity': '-9e999',
  'minus zero': '-0.0',
  huge: '1e308',
  empty: "''",
  blank: "' '",
  word: "'gibberish'",
  NUL: "'a' || char(0) || 'b'",
  'no UTF-8': "cast(x'61ff62' as text)",
  'lone surrogate': "cast(x'61eda08062' as text)",
  'control characters': "char(27) || '[2J' || char(10, 13, 155)",
  quotes: `'"'';--'`,
  long: LONG,
  'JSON, half': `'{"a":'`,
  'JSON, another kind': `'{"a":1}'`,
  'JSON, a list': `'[1,null,{"a":[]},"x"]'`,
  'JSON, null': `'null'`,
  'JSON, deep': DEEP,
  'JSON, deep objects': `${repeated('{"a":')} || '1' || ${repeated('}')}`,
  'filter, deep': [
    `'{"version":1,"filter":'`,
    repeated('{"kind":"not","filter":'),
    `'{"kind":"constant","value":true}'`,
    repeated('}'),
    "'}'",
  ].join(' || '),
  'filter, unknown field':
    `'{"version":1,"filter":{"kind":"test",` +
    `"operand":{"kind":"field","field":4711},"test":{"kind":"empty"}}}'`,
  'filter, unknown kind': `'{"version":1,"filter":{"kind":"perhaps"}}'`,
  'filter, of itself': `'{"version":1,"filter":{"kind":"inSegment","segment":1}}'`,
  'no day': "'2026-02-30'",
  'no number': "'NaN'",
};

/** Values that only a column which is not STRICT takes. */
const LOOSE: Readonly<Record<string, string>> = {
  blob: "x'00ff'",
  'text for a number': "'gibberish'",
  'number for a text': '17',
  fraction: '1.5',
};

interface Column {
  readonly table: string;
  readonly column: string;
}

/**
 * Each column of each table with each nasty value, in all rows, or in one where it has to be
 * unique.
 */
export function spoiledValues(path: string): Spoiling[] {
  return columnsOf(path).flatMap(({ table, column }) =>
    Object.entries(NASTY).map(([value, literal]) => ({
      name: `${table}.${column}: ${value}`,
      about: `${table}.${column}`,
      statements: `update "${table}" set "${column}" = ${literal}`,
    })),
  );
}

/** The same where the table has lost its STRICT. */
export function looseValues(path: string): Spoiling[] {
  return columnsOf(path).flatMap(({ table, column }) =>
    Object.entries(LOOSE).map(([value, literal]) => ({
      name: `${table}.${column}, not strict: ${value}`,
      about: `${table}.${column}`,
      statements: `${unstrict(table)}; update "${table}" set "${column}" = ${literal}`,
    })),
  );
}

function unstrict(table: string): string {
  const shorter =
    "replace(replace(sql, ') strict, without rowid', ') without rowid'), ') strict', ')')";
  return `pragma writable_schema = on;
    update sqlite_schema set sql = ${shorter} where name = '${table}';
    pragma writable_schema = reset`;
}

/**
 * Tables, columns, indexes, views and triggers that go or become others, and rows that are gone or
 * there twice.
 */
export function spoiledSchemas(path: string): Spoiling[] {
  const objects = objectsOf(path);
  const of = (kind: string): string[] =>
    objects.filter((object) => object.type === kind).map(({ name }) => name);
  const spoiling = (about: string, name: string, statements: string): Spoiling => ({
    about,
    name,
    statements,
  });
  return [
    ...of('table').flatMap((table) => [
      spoiling(table, `${table} emptied`, `delete from "${table}"`),
      spoiling(table, `${table} dropped`, `drop table "${table}"`),
      spoiling(
        table,
        `${table} renamed`,
        `pragma legacy_alter_table = on; alter table "${table}" rename to "old_${table}"`,
      ),
      spoiling(
        table,
        `${table} a view`,
        `alter table "${table}" rename to "old_${table}"; create view "${table}" as select * from "old_${table}"`,
      ),
      spoiling(
        table,
        `${table} another view`,
        `pragma legacy_alter_table = on;
          alter table "${table}" rename to "old_${table}";
          create view "${table}" as select 1 as x`,
      ),
      spoiling(
        table,
        `${table} made anew`,
        `create table copied as select * from "${table}"; drop table "${table}"; ` +
          `alter table copied rename to "${table}"`,
      ),
      spoiling(
        table,
        `${table} made anew, each row twice`,
        `create table copied as select * from "${table}" union all select * from "${table}"; ` +
          `drop table "${table}"; alter table copied rename to "${table}"`,
      ),
      spoiling(
        table,
        `a trigger on ${table} that refuses`,
        `create trigger foreign_${table} before insert on "${table}" begin select raise(abort, 'no'); end`,
      ),
      spoiling(
        table,
        `a trigger on ${table} that fails`,
        `create trigger foreign_${table} after update on "${table}" begin insert into nowhere values (1); end`,
      ),
      spoiling(
        table,
        `a column more in ${table}`,
        `alter table "${table}" add column shoe text default 'x'`,
      ),
    ]),
    ...columnsOf(path).flatMap(({ table, column }) => [
      spoiling(
        `${table}.${column}`,
        `${table}.${column} renamed`,
        `pragma legacy_alter_table = on; alter table "${table}" rename column "${column}" to "was_${column}"`,
      ),
      spoiling(
        `${table}.${column}`,
        `${table}.${column} dropped`,
        `${withoutObjectsOn(objects, table)}; alter table "${table}" drop column "${column}"`,
      ),
    ]),
    ...(['index', 'view', 'trigger'] as const).flatMap((kind) =>
      of(kind).map((name) => spoiling(name, `${name} dropped`, `drop ${kind} "${name}"`)),
    ),
    spoiling('file', 'another application', 'pragma application_id = 7'),
    spoiling('file', 'an older version', 'pragma user_version = 1'),
    spoiling('file', 'a version before the first', 'pragma user_version = 0'),
    spoiling('file', 'a negative version', 'pragma user_version = -5'),
    spoiling('file', 'a newer version', 'pragma user_version = 4711'),
    spoiling(
      'file',
      'garbage in the schema',
      "pragma writable_schema = on; update sqlite_schema set sql = 'gibberish' where name = 'settings'",
    ),
    spoiling('file', 'a view that fails', 'create view broken as select * from nowhere'),
    spoiling(
      'file',
      'a table of the same name in another schema',
      'create table temp_contacts as select * from contacts; create view contacts_again as select * from contacts',
    ),
  ];
}

/** Bytes of the file's head: https://sqlite.org/fileformat2.html */
export const HEAD_BYTES: Readonly<Record<string, readonly [number, number]>> = {
  'schema format 0': [47, 0],
  'schema format 1': [47, 1],
  'schema format 9': [47, 9],
  'encoding 0': [59, 0],
  'UTF-16': [59, 2],
  'encoding 9': [59, 9],
  'write version 1': [18, 1],
  'write version 9': [18, 9],
  'read version 9': [19, 9],
  'page size': [16, 3],
  'reserved space': [20, 200],
  'auto vacuum': [55, 1],
  'file size': [31, 1],
  'free list': [35, 9],
  'a letter of the magic': [3, 88],
};

function columnsOf(path: string): Column[] {
  return query<Column>(
    path,
    `select tables.name as "table", columns.name as "column"
    from sqlite_schema as tables, pragma_table_xinfo(tables.name) as columns
    where tables.type = 'table' and columns.hidden = 0 and tables.name not like 'sqlite~_stat%' escape '~'
    order by tables.name, columns.cid`,
  );
}

interface SchemaObject {
  readonly type: string;
  readonly name: string;
  readonly table: string;
}

function objectsOf(path: string): SchemaObject[] {
  return query<SchemaObject>(
    path,
    `select type, name, tbl_name as "table"
      from sqlite_schema
      where name not like 'sqlite~_%' escape '~'
      order by type, name`,
  );
}

/** What would keep SQLite from dropping a column. */
function withoutObjectsOn(objects: readonly SchemaObject[], table: string): string {
  const inTheWay = objects.filter(
    (object) =>
      object.type === 'trigger' ||
      object.type === 'view' ||
      (object.type === 'index' && object.table === table),
  );
  return inTheWay.map(({ type, name }) => `drop ${type} "${name}"`).join('; ');
}

function query<Row>(path: string, statement: string): Row[] {
  const raw = new Sqlite(path, { readonly: true });
  try {
    return raw.prepare<[], Row>(statement).all();
  } finally {
    raw.close();
  }
}
